//! Which kinds a flagged message may be of.
use crate::model::KindHead;
use crate::{Heading, Kind, Label, ngram_scale};
use alloc::vec;
use alloc::vec::Vec;
use smishing_features::{Extractor, Signal};

/// What a flagged message may be about, with calibrated probabilities that sum to 1 over all kinds that the model knows.
///
/// They assume that the message is bad, and not which of spam and smishing it is: kinds of both are ranked together, which
/// is more often right than taking the verdict for certain. But the kind that is named never contradicts the verdict.
///
/// ```
/// # #[cfg(feature = "bundled")] {
/// use smishing::{Classifier, Kind};
/// let classifier = Classifier::bundled();
/// let kinds = classifier.kinds("Your parcel is held at the depot. Pay the redelivery fee: post-fee.top").unwrap();
/// assert_eq!(kinds.likely(), Some(Kind::DeliveryFee));
/// for (kind, probability) in kinds.top(3) {
///     println!("{kind} {probability:.2}");
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Kinds {
    /// Most probable first.
    ranked: Vec<(Kind, f32)>,
    likely: Option<Kind>,
}

impl Kinds {
    /// The most probable kinds, at most so many, and their probabilities.
    pub fn top(&self, count: usize) -> impl Iterator<Item = (Kind, f32)> {
        self.ranked.iter().copied().take(count)
    }

    /// The most probable kind; `None` where it is not probable enough to be named ([`KindHead::other_below`]), or not one
    /// of the verdict's label ([`Kind::label`]; for models of two classes, any is).
    #[must_use]
    pub fn likely(&self) -> Option<Kind> {
        self.likely
    }

    /// What to tell a person: the kind that is named, or the three most probable ones under a heading that says so.
    pub fn to_tell(&self) -> (Heading, impl Iterator<Item = (Kind, f32)>) {
        let (heading, count) = match self.likely {
            Some(_) => (Heading::Kind, 1),
            None => (Heading::Perhaps, 3),
        };
        (heading, self.top(count))
    }
}

/// A kind head that is ready to read messages.
#[derive(Clone, Debug)]
pub(crate) struct KindScorer {
    classes: Vec<Class>,
    vocabulary: Vec<u16>,
    /// For each word prefix of the vocabulary its weights in all classes, in steps, side by side for the cache's sake.
    levels: Vec<i16>,
    /// By the signals' columns, likewise.
    signals: Vec<f32>,
    temperature: f32,
    other_below: f32,
}

#[derive(Clone, Copy, Debug)]
struct Class {
    kind: Kind,
    intercept: f32,
    step: f32,
}

impl KindScorer {
    pub(crate) fn new(head: &KindHead) -> Self {
        let known: Vec<_> = head
            .classes
            .iter()
            .filter_map(|class| Some((class.kind.parse().ok()?, class)))
            .collect();
        let mut levels = vec![0; head.vocabulary.len() * known.len()];
        for (column, (_, class)) in known.iter().enumerate() {
            let column = levels.iter_mut().skip(column).step_by(known.len());
            for (to, &level) in column.zip(class.prefixes.levels()) {
                *to = level;
            }
        }
        let mut signals = vec![0.0; Signal::COUNT * known.len()];
        for (at, id) in head.signals.iter().enumerate() {
            // As in the other heads: a signal that this version does not know is never found.
            if let Some(signal) = Signal::from_id(id) {
                let row = &mut signals[signal.column() * known.len()..];
                for (to, (_, class)) in row.iter_mut().zip(&known) {
                    *to = class.signals[at];
                }
            }
        }
        Self {
            classes: known
                .iter()
                .map(|&(kind, class)| Class {
                    kind,
                    intercept: class.intercept,
                    step: class.prefixes.step(),
                })
                .collect(),
            vocabulary: head.vocabulary.clone(),
            levels,
            signals,
            temperature: head.temperature,
            other_below: head.other_below,
        }
    }

    /// The kinds of the message last read; the one that is named is of the label, if one is given.
    pub(crate) fn kinds(&self, extractor: &mut Extractor, label: Option<Label>) -> Kinds {
        let count = self.classes.len();
        let mut sums = vec![0_i32; count];
        let mut present = 0;
        extractor.for_each_word_prefix(|prefix| {
            if let Ok(at) = self.vocabulary.binary_search(&prefix) {
                for (sum, &level) in sums.iter_mut().zip(&self.levels[at * count..]) {
                    *sum += i32::from(level);
                }
                present += 1;
            }
        });
        let scale = ngram_scale(present);
        let mut scores: Vec<f32> = self
            .classes
            .iter()
            .zip(sums)
            .map(|(class, sum)| class.intercept + scale * class.step * sum as f32)
            .collect();
        for signal in extractor.signals().iter() {
            for (score, weight) in scores.iter_mut().zip(&self.signals[signal.column() * count..]) {
                *score += weight;
            }
        }
        let mut ranked: Vec<(Kind, f32)> = self
            .classes
            .iter()
            .zip(scores)
            .map(|(class, score)| (class.kind, score / self.temperature))
            .collect();
        softmax(&mut ranked);
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let likely = ranked
            .first()
            .filter(|(_, probability)| *probability >= self.other_below)
            .map(|(kind, _)| *kind)
            .filter(|kind| label.is_none_or(|label| kind.label() == label));
        Kinds { ranked, likely }
    }
}

/// Turns logits into probabilities.
fn softmax(logits: &mut [(Kind, f32)]) {
    let most = logits.iter().map(|(_, logit)| *logit).fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for (_, logit) in logits.iter_mut() {
        *logit = libm::expf(*logit - most);
        sum += *logit;
    }
    for (_, share) in logits {
        *share /= sum;
    }
}
