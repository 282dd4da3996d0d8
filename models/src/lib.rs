//! The bundled model of the [`smishing`](https://docs.rs/smishing) classifier, as bytes.
//!
//! What it was trained on, and by whose leave, stands in `ATTRIBUTION.md` and in the model card beside it
//! (`smishing inspect` prints both).
#![no_std]

/// The bundled model file; `smishing::Classifier::bundled` loads it.
///
/// ```
/// assert!(smishing_models::BUNDLED.starts_with(b"SMSH"));
/// assert!(smishing_models::BUNDLED.len() <= 512 * 1024);
/// ```
pub static BUNDLED: &[u8] = include_bytes!("../bundled.smsh");

/// Names every source of the bundled model's training data, its licence, and what was done with the text.
pub const ATTRIBUTION: &str = include_str!("../ATTRIBUTION.md");
