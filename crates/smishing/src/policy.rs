use crate::model::Thresholds;
use crate::{Label, PolicyError};

/// From when on a message is flagged.
///
/// ```
/// # #[cfg(feature = "bundled")] {
/// use smishing::{Classifier, Policy};
/// let strict = Classifier::bundled().with_policy(Policy::MaxFalsePositiveRate(0.01))?;
/// # let _ = strict;
/// # }
/// # Ok::<(), smishing::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Policy {
    /// The model's default: most agreement at no more than 2 % false alarms on held-out messages.
    #[default]
    Balanced,
    /// Flags at most this share of genuine messages, in `0..1`, as measured on held-out ones.
    MaxFalsePositiveRate(f32),
    /// Says [`Label::Unsure`] where neither ham nor bad is clear.
    Abstaining,
}

/// The thresholds of one policy, in calibrated log-odds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decision {
    passes_below: f32,
    flags_from: f32,
}

impl Decision {
    pub(crate) fn of(policy: Policy, thresholds: &Thresholds) -> Result<Self, PolicyError> {
        let at = |logit| Self {
            passes_below: logit,
            flags_from: logit,
        };
        match policy {
            Policy::Balanced => Ok(at(thresholds.balanced)),
            Policy::Abstaining => Ok(Self {
                passes_below: thresholds.unsure.0,
                flags_from: thresholds.unsure.1,
            }),
            Policy::MaxFalsePositiveRate(asked) => {
                let rates = &thresholds.by_false_positive_rate;
                rates
                    .iter()
                    .rev()
                    .find(|threshold| threshold.rate <= asked)
                    .map(|threshold| at(threshold.logit))
                    .ok_or(PolicyError {
                        asked,
                        lowest: rates.first().map(|threshold| threshold.rate),
                    })
            }
        }
    }

    pub(crate) fn label(self, logit: f32, smishing_if_bad: Option<f32>) -> Label {
        if logit < self.passes_below {
            Label::Ham
        } else if logit < self.flags_from {
            Label::Unsure
        } else if smishing_if_bad.is_some_and(|smishing| smishing >= 0.5) {
            Label::Smishing
        } else {
            Label::Spam
        }
    }
}
