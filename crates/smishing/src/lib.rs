//! Reads a text message and says whether it is genuine, spam or smishing (SMS phishing): calibrated, explained, and
//! fast enough for every message a carrier relays.
//!
//! ```
//! # #[cfg(feature = "bundled")] {
//! use smishing::{Classifier, Label, Message};
//!
//! let classifier = Classifier::bundled();
//! let verdict = classifier.classify("123456 is your Amazon OTP. Do not share it with anyone.");
//! assert_eq!(verdict.label(), Label::Ham);
//!
//! let scam = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";
//! let verdict = classifier.classify(Message::new(scam).with_sender("AMAZON"));
//! assert_eq!(verdict.label(), Label::Smishing);
//! assert!(verdict.probabilities().smishing() > Some(0.5));
//! # }
//! ```
//!
//! # How it decides
//!
//! A logistic regression over hashed n-grams of the normalised text and over named signals (what is asked, where links
//! lead, which story is told), whose score is calibrated on messages held out from training (at their share of bad ones,
//! [`ModelParts::prior`]: where scams are rarer, a score promises less, see [`Classifier::with_prior`]). [`Classifier::explain`]
//! gives the score as an exact sum. [`Policy`] says from when on a message is flagged. [`Classifier::kinds`] says what a
//! flagged message is about.
//!
//! # What to do
//!
//! [`Advice`] lists what to do about a [`Kind`] of scam, and after a [`Mistake`]; [`reporting`] says where to report in a
//! country, with sources.
//!
//! # Models
//!
//! `Classifier::bundled` runs the model that comes with the crate. Others are trained with the command line
//! (`smishing train`) or the `smishing-train` crate and loaded with `Classifier::from_path` or
//! [`Classifier::from_bytes`]. Files are checked: no bytes whatever make a wrong model, a panic or a huge allocation.
//!
//! # Features
//!
//! - `std` (default): `Classifier::from_path`, and buffers kept per thread in [`Classifier::classify`]; without it the
//!   crate is `no_std` with `alloc`.
//! - `bundled` (default): embeds the bundled model, some 310 KB.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod advice;
mod classifier;
mod error;
mod explanation;
pub mod html;
mod kind;
mod kinds;
mod model;
mod policy;
mod prior;
mod verdict;
mod wording;

pub use advice::{Advice, Channel, Mistake, ReportingPoint, Step, reporting};
pub use classifier::{Classifier, Scratch, ngram_scale};
pub use error::{ModelError, PolicyError};
pub use explanation::{Explanation, SignalContribution, SpanContribution, utf16_span};
pub use kind::{Kind, UnknownKind};
pub use kinds::Kinds;
pub use model::{FORMAT_VERSION, Head, KindClass, KindHead, Model, ModelParts, RateThreshold, Thresholds, Weights};
pub use policy::Policy;
pub use prior::{Prior, PriorError};
pub use smishing_features::{Buckets, Message, Signal, SignalSet};
pub use verdict::{Label, Probabilities, Verdict};
pub use wording::{Heading, Language, UnknownLanguage};
