//! From the text of a message to features: normalisation, words, hashed n-grams and named signals.
//!
//! Training and inference use the same emitter, so that the two cannot drift apart:
//!
//! 1. [`NormalizedText`] undoes case, accents, widths and disguises, and knows where each byte came from;
//! 2. [`words`] are those of Unicode's UAX #29;
//! 3. [`Extractor`] emits *buckets* (hashed byte 3- to 5-grams, words and word pairs, by a frozen hash), *word prefixes*
//!    (how words begin, hashed likewise) and *signals* ([`Signal`]: what is asked, where it leads, what story is told, what
//!    is hidden).
//!
//! ```
//! use smishing_features::{Extractor, Message, Signal};
//!
//! let mut extractor = Extractor::default();
//! extractor.read(&Message::new("Amazon: your account is locked, confirm the code you received at amaz0n-secure.top"));
//! assert!(extractor.signals().contains(Signal::LinkLookalike));
//! ```
//!
//! The crate is `no_std` with `alloc`, holds no unsafe code and answers any input in linear time.
#![no_std]

extern crate alloc;

mod class;
mod detect;
mod extract;
mod hash;
mod host_class;
mod link;
mod marks;
mod message;
mod normalize;
mod number;
mod phrase;
mod scan;
mod schema;
mod script;
mod sender;
mod signal;
mod strings;
mod table;
mod tables;
mod term;
mod token;

pub use extract::{Buckets, BucketsError, Extractor, Finding};
pub use message::Message;
pub use normalize::{Folds, NormalizedText};
pub use schema::schema_hash;
pub use signal::{Signal, SignalSet};
pub use token::{Words, words};
