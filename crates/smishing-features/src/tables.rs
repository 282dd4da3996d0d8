//! The tables that the build script made of `smishing-data`.
#![allow(clippy::unreadable_literal)]

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
