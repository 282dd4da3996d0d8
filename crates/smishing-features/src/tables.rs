//! The tables that the build script made of `smishing-data`.
#![allow(clippy::unreadable_literal)]

use crate::phrase::Phrase;
use crate::strings::Strings;
use crate::table::Table;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
