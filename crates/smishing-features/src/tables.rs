//! The tables that the build script made of `smishing-data`.
#![allow(clippy::unreadable_literal, clippy::large_stack_arrays)]

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
