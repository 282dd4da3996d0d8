//! Models as they are trained, stored and inspected; [`Classifier`](crate::Classifier) is what runs them.
use crate::ModelError;
use alloc::string::String;
use alloc::vec::Vec;
use smishing_features::{Buckets, Signal};

mod frame;
mod kind_head;
mod payload;
mod weights;

pub use frame::FORMAT_VERSION;
pub use kind_head::{KindClass, KindHead};
pub use weights::Weights;

/// A trained model: weights, calibration, thresholds and the card that tells where they come from.
///
/// A model is made by `smishing-train` or loaded from bytes; both ways check the same invariants, so a value of this
/// type is always usable: dimensions fit and every number is finite.
///
/// ```
/// # #[cfg(feature = "bundled")] {
/// let model = smishing::Model::from_bytes(smishing_models::BUNDLED)?;
/// assert!(model.card().contains("CC BY 4.0"));
/// assert_eq!(model.to_bytes(), smishing_models::BUNDLED);
/// # }
/// # Ok::<(), smishing::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    schema: u64,
    parts: ModelParts,
}

/// What a model is made of; [`Model::new`] checks it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelParts {
    /// Number of n-gram buckets.
    pub buckets: Buckets,
    /// Genuine (negative) against bad (positive).
    pub bad: Head,
    /// Spam (negative) against smishing (positive), among bad messages; `None` if trained on two classes.
    pub smishing: Option<Head>,
    /// What bad messages are about; `None` if trained on messages without kinds.
    pub kinds: Option<KindHead>,
    /// Share of bad messages in the training data: the prior that the calibration assumes, in `0..1`.
    pub prior: f32,
    /// Decision thresholds on the calibrated probability of bad.
    pub thresholds: Thresholds,
    /// Where the model comes from, as a JSON document.
    pub card: String,
}

/// One binary logistic regression: `logit = scale * (intercept + ngrams / sqrt(n) + signals) + offset`, where `n` is
/// the number of distinct buckets of the message.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Bias of the uncalibrated score.
    pub intercept: f32,
    /// One weight a bucket.
    pub ngrams: Weights,
    /// Weights of signals by id; a signal that is not named weighs 0.
    pub signals: Vec<(String, f32)>,
    /// Platt's calibration (J. Platt, *Probabilistic outputs for support vector machines*, 1999): slope, positive.
    pub scale: f32,
    /// Platt's calibration: offset.
    pub offset: f32,
}

/// From which calibrated log-odds of bad on a message is flagged.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// The default: the most agreement (Matthews correlation) at no more than 2 % false alarms, out of fold.
    pub balanced: f32,
    /// Below `unsure.0` a message passes, from `unsure.1` on it is flagged, between them lies doubt.
    pub unsure: (f32, f32),
    /// Log-odds that flag at most so many of a hundred genuine messages, by rising rate.
    pub by_false_positive_rate: Vec<RateThreshold>,
}

/// The threshold that kept false alarms on held-out genuine messages at or below a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateThreshold {
    /// Share of genuine messages flagged, at most.
    pub rate: f32,
    /// From these calibrated log-odds of bad on, a message is flagged.
    pub logit: f32,
}

impl Model {
    /// Checks the parts and makes a model of them, for the features of this version of the library.
    ///
    /// # Errors
    ///
    /// [`ModelError`] says which invariant does not hold: dimensions, finite numbers, order of thresholds.
    pub fn new(parts: ModelParts) -> Result<Self, ModelError> {
        Self::with_schema(smishing_features::schema_hash(), parts)
    }

    fn with_schema(schema: u64, parts: ModelParts) -> Result<Self, ModelError> {
        let heads = core::iter::once(&parts.bad).chain(&parts.smishing);
        for head in heads {
            check_head(head, parts.buckets)?;
        }
        if let Some(kinds) = &parts.kinds {
            kinds.check()?;
        }
        if !(parts.prior > 0.0 && parts.prior < 1.0) {
            return Err(ModelError::invalid("prior outside 0..1"));
        }
        let Thresholds {
            balanced,
            unsure,
            by_false_positive_rate,
        } = &parts.thresholds;
        let logits = [*balanced, unsure.0, unsure.1]
            .into_iter()
            .chain(by_false_positive_rate.iter().map(|threshold| threshold.logit));
        if !logits.into_iter().all(f32::is_finite) || unsure.0 > unsure.1 {
            return Err(ModelError::invalid("threshold not finite or band of doubt upside down"));
        }
        let rates_rise = by_false_positive_rate
            .windows(2)
            .all(|pair| pair[0].rate < pair[1].rate && pair[0].logit >= pair[1].logit);
        if !rates_rise
            || !by_false_positive_rate
                .iter()
                .all(|threshold| threshold.rate > 0.0 && threshold.rate < 1.0)
        {
            return Err(ModelError::invalid("thresholds by false-positive rate out of order"));
        }
        Ok(Self { schema, parts })
    }

    /// Reads a model file.
    ///
    /// # Errors
    ///
    /// [`ModelError`], whatever the bytes: no model, an unknown format version, cut short, damaged, or values that make
    /// no model. What is allocated on the way stays within a small multiple of the file's length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let frame = frame::open(bytes)?;
        Self::with_schema(frame.schema, payload::decode(frame.version, frame.payload)?)
    }

    /// The model file; equal models give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        frame::seal(self.schema, &payload::encode(&self.parts))
    }

    /// The model's parts.
    #[must_use]
    pub fn parts(&self) -> &ModelParts {
        &self.parts
    }

    /// Where the model comes from: a JSON document with data sources, licences, settings and figures.
    #[must_use]
    pub fn card(&self) -> &str {
        &self.parts.card
    }

    /// The features that the model was trained on; a classifier needs them to be those of this library.
    #[must_use]
    pub fn schema(&self) -> u64 {
        self.schema
    }

    /// Whether the model was trained on the features that this version of the library computes.
    #[must_use]
    pub fn is_runnable(&self) -> bool {
        self.schema == smishing_features::schema_hash()
    }
}

fn check_head(head: &Head, buckets: Buckets) -> Result<(), ModelError> {
    if head.ngrams.len() != buckets.count() {
        return Err(ModelError::invalid("as many weights as buckets expected"));
    }
    let numbers = [head.intercept, head.scale, head.offset].into_iter();
    let signals = head.signals.iter().map(|(_, weight)| *weight);
    if !numbers.chain(signals).all(is_weight) || !is_step(head.ngrams.step()) {
        return Err(ModelError::invalid("a weight is not finite or out of range"));
    }
    if head.scale <= 0.0 {
        return Err(ModelError::invalid("calibration slope not positive"));
    }
    if head.signals.len() > 4 * Signal::COUNT.max(64) || head.signals.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(ModelError::invalid("signal weights not sorted by distinct ids"));
    }
    Ok(())
}

/// Whether a number is finite and no larger than training gives: far larger ones would overflow in sums.
fn is_weight(number: f32) -> bool {
    number.abs() <= 1e6
}

/// The same of the step of weights.
fn is_step(number: f32) -> bool {
    (0.0..=100.0).contains(&number)
}
