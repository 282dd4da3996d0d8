use core::fmt;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Label {
    /// Genuine: from a person, or from a business that the person deals with.
    Ham,
    /// Advertising that nobody asked for.
    Spam,
    /// An attempt to steal money, codes or identity.
    Smishing,
    /// In doubt; only under [`Policy::Abstaining`](crate::Policy::Abstaining).
    Unsure,
}

impl Label {
    /// The label as files and outputs carry it.
    ///
    /// ```
    /// assert_eq!(smishing::Label::Ham.as_str(), "ham");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ham => "ham",
            Self::Spam => "spam",
            Self::Smishing => "smishing",
            Self::Unsure => "unsure",
        }
    }

    /// Whether the message is flagged as spam or smishing.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Spam | Self::Smishing)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Calibrated probabilities of what a message is; they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probabilities {
    bad: f32,
    smishing_if_bad: Option<f32>,
}

impl Probabilities {
    pub(crate) const fn new(bad: f32, smishing_if_bad: Option<f32>) -> Self {
        Self { bad, smishing_if_bad }
    }

    /// That it is genuine, in `0..=1`.
    #[must_use]
    pub const fn ham(self) -> f32 {
        1.0 - self.bad
    }

    /// That it is spam, in `0..=1`; for a model of two classes, that it is bad.
    #[must_use]
    pub const fn spam(self) -> f32 {
        match self.smishing_if_bad {
            Some(smishing) => self.bad * (1.0 - smishing),
            None => self.bad,
        }
    }

    /// That it is smishing, in `0..=1`; `None` for a model that was trained on two classes.
    #[must_use]
    pub const fn smishing(self) -> Option<f32> {
        match self.smishing_if_bad {
            Some(smishing) => Some(self.bad * smishing),
            None => None,
        }
    }

    /// That it is spam or smishing, in `0..=1`.
    #[must_use]
    pub const fn bad(self) -> f32 {
        self.bad
    }
}

/// What the classifier says of one message.
///
/// ```
/// # #[cfg(feature = "bundled")] {
/// let verdict = smishing::Classifier::bundled().classify("lunch at one?");
/// assert!(!verdict.label().is_bad());
/// assert!(verdict.score() < 0.5);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    label: Label,
    logit: f32,
    probabilities: Probabilities,
}

impl Verdict {
    pub(crate) const fn new(label: Label, logit: f32, probabilities: Probabilities) -> Self {
        Self {
            label,
            logit,
            probabilities,
        }
    }

    /// What the message is, under the classifier's policy.
    #[must_use]
    pub const fn label(&self) -> Label {
        self.label
    }

    /// Calibrated probability that the message is bad (spam or smishing), in `0..=1`.
    #[must_use]
    pub const fn score(&self) -> f32 {
        self.probabilities.bad
    }

    /// Calibrated log-odds that the message is bad: `ln(score / (1 - score))`, without loss near 0 and 1.
    ///
    /// Like the score, for the share of bad messages that the classifier assumes
    /// ([`Classifier::with_prior`](crate::Classifier::with_prior)).
    #[must_use]
    pub const fn logit(&self) -> f32 {
        self.logit
    }

    /// Calibrated probabilities of all labels.
    #[must_use]
    pub const fn probabilities(&self) -> Probabilities {
        self.probabilities
    }
}
