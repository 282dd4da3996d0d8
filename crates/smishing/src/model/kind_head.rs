use super::{Weights, is_step, is_weight};
use crate::ModelError;
use alloc::string::String;
use alloc::vec::Vec;
use smishing_features::Signal;

/// Tells what bad messages are about: a logistic regression a kind against all others, over how words begin and over
/// signals; `softmax((intercept + vocabulary / sqrt(n) + signals) / temperature)`, where `n` is the number of distinct
/// word prefixes of the message that are in the vocabulary.
#[derive(Clone, Debug, PartialEq)]
pub struct KindHead {
    /// The word prefixes that count, by [`Extractor::for_each_word_prefix`], rising; at most [`KindHead::MAX_VOCABULARY`].
    ///
    /// [`Extractor::for_each_word_prefix`]: smishing_features::Extractor::for_each_word_prefix
    pub vocabulary: Vec<u16>,
    /// Ids of the signals that count, in alphabetical order.
    pub signals: Vec<String>,
    /// The kinds, in alphabetical order; at most [`KindHead::MAX_CLASSES`].
    pub classes: Vec<KindClass>,
    /// Temperature scaling (C. Guo et al., *On calibration of modern neural networks*, 2017), positive.
    pub temperature: f32,
    /// A kind less probable than this is not named, in `0..=1`: from here on four of five named ones are right, held out.
    pub other_below: f32,
}

/// What speaks for one kind against all others.
#[derive(Clone, Debug, PartialEq)]
pub struct KindClass {
    /// Name of the [`Kind`](crate::Kind); names that a version does not know are kept, and not counted.
    pub kind: String,
    /// Bias.
    pub intercept: f32,
    /// One weight a word prefix of the vocabulary.
    pub prefixes: Weights,
    /// One weight a signal of the head.
    pub signals: Vec<f32>,
}

impl KindHead {
    /// Most word prefixes.
    pub const MAX_VOCABULARY: usize = 1 << 11;
    /// Most kinds.
    pub const MAX_CLASSES: usize = 64;
    /// Most signals.
    const MAX_SIGNALS: usize = 4 * Signal::COUNT;

    /// Whether lists of such lengths make a head: told before anything is made of them.
    pub(super) fn check_lengths(vocabulary: usize, signals: usize, classes: usize) -> Result<(), ModelError> {
        if vocabulary > Self::MAX_VOCABULARY
            || signals > Self::MAX_SIGNALS
            || !(1..=Self::MAX_CLASSES).contains(&classes)
        {
            return Err(ModelError::invalid(
                "too many word prefixes, signals or kinds, or no kind",
            ));
        }
        Ok(())
    }

    pub(super) fn check(&self) -> Result<(), ModelError> {
        Self::check_lengths(self.vocabulary.len(), self.signals.len(), self.classes.len())?;
        let rises = self.vocabulary.is_sorted_by(|a, b| a < b)
            && self.signals.is_sorted_by(|a, b| a < b)
            && self.classes.is_sorted_by(|a, b| a.kind < b.kind);
        if !rises {
            return Err(ModelError::invalid(
                "word prefixes, signals or kinds not sorted and distinct",
            ));
        }
        for class in &self.classes {
            if class.prefixes.len() != self.vocabulary.len() || class.signals.len() != self.signals.len() {
                return Err(ModelError::invalid(
                    "as many weights of a kind as word prefixes and signals expected",
                ));
            }
            let numbers = class.signals.iter().chain([&class.intercept]);
            if !numbers.copied().all(is_weight) || !is_step(class.prefixes.step()) {
                return Err(ModelError::invalid("a weight of a kind is not finite or out of range"));
            }
        }
        if !(1e-3..=1e3).contains(&self.temperature) || !(0.0..=1.0).contains(&self.other_below) {
            return Err(ModelError::invalid(
                "temperature or threshold of the kinds out of range",
            ));
        }
        Ok(())
    }
}
