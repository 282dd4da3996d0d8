use core::fmt;
use core::str::FromStr;

/// The share of messages that is bad, before anything is known of one: above 0 and below 1.
///
/// ```
/// use smishing::Prior;
/// assert_eq!(Prior::new(0.01).unwrap().share(), 0.01);
/// assert_eq!("0.01".parse(), Prior::new(0.01));
/// assert!(Prior::new(1.0).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Prior(f32);

impl Prior {
    /// A share.
    ///
    /// # Errors
    ///
    /// [`PriorError`] where it is not above 0 and below 1: all or nothing would leave nothing to decide.
    pub const fn new(share: f32) -> Result<Self, PriorError> {
        if share > 0.0 && share < 1.0 {
            Ok(Self(share))
        } else {
            Err(PriorError(()))
        }
    }

    /// The share, in `0..1`.
    #[must_use]
    pub const fn share(self) -> f32 {
        self.0
    }

    pub(crate) fn log_odds(self) -> f32 {
        crate::classifier::logit(self.0)
    }
}

impl FromStr for Prior {
    type Err = PriorError;

    /// A number, such as `0.01`.
    fn from_str(text: &str) -> Result<Self, PriorError> {
        Self::new(text.parse().map_err(|_| PriorError(()))?)
    }
}

/// What was given is no share above 0 and below 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorError(());

impl fmt::Display for PriorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a share above 0 and below 1, such as 0.01")
    }
}

impl core::error::Error for PriorError {}
