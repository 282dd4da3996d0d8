use alloc::string::String;
use core::fmt;

/// Why a model could not be loaded or made.
///
/// ```
/// let error = smishing::Model::from_bytes(b"SMSH").unwrap_err();
/// assert!(error.is_truncated());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelError(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    NotAModel,
    UnsupportedVersion(u16),
    Truncated,
    TrailingBytes,
    Checksum,
    Malformed,
    Invalid(&'static str),
    Schema {
        found: u64,
        expected: u64,
    },
    #[cfg_attr(not(feature = "std"), allow(dead_code))]
    Io(String),
}

impl ModelError {
    pub(crate) const fn not_a_model() -> Self {
        Self(Kind::NotAModel)
    }

    pub(crate) const fn unsupported_version(version: u16) -> Self {
        Self(Kind::UnsupportedVersion(version))
    }

    pub(crate) const fn truncated() -> Self {
        Self(Kind::Truncated)
    }

    pub(crate) const fn trailing_bytes() -> Self {
        Self(Kind::TrailingBytes)
    }

    pub(crate) const fn checksum() -> Self {
        Self(Kind::Checksum)
    }

    pub(crate) const fn malformed() -> Self {
        Self(Kind::Malformed)
    }

    pub(crate) const fn invalid(what: &'static str) -> Self {
        Self(Kind::Invalid(what))
    }

    pub(crate) const fn schema(found: u64, expected: u64) -> Self {
        Self(Kind::Schema { found, expected })
    }

    #[cfg(feature = "std")]
    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self(Kind::Io(alloc::format!("{}: {error}", path.display())))
    }

    /// Whether the bytes are no model file at all.
    #[must_use]
    pub const fn is_not_a_model(&self) -> bool {
        matches!(self.0, Kind::NotAModel)
    }

    /// Whether the file is of a format that this version does not read.
    #[must_use]
    pub const fn is_unsupported_version(&self) -> bool {
        matches!(self.0, Kind::UnsupportedVersion(_))
    }

    /// Whether the file ends too early.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        matches!(self.0, Kind::Truncated)
    }

    /// Whether the file is damaged: its checksum does not fit, or it goes on after its end.
    #[must_use]
    pub const fn is_damaged(&self) -> bool {
        matches!(self.0, Kind::Checksum | Kind::TrailingBytes)
    }

    /// Whether the content makes no usable model: not decodable, wrong dimensions, numbers that are not finite.
    #[must_use]
    pub const fn is_invalid(&self) -> bool {
        matches!(self.0, Kind::Malformed | Kind::Invalid(_))
    }

    /// Whether the model was trained on other features than this version of the library computes.
    #[must_use]
    pub const fn is_schema_mismatch(&self) -> bool {
        matches!(self.0, Kind::Schema { .. })
    }

    /// Whether the file could not be read.
    #[must_use]
    pub const fn is_io(&self) -> bool {
        matches!(self.0, Kind::Io(_))
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::NotAModel => f.write_str("not a smishing model (it does not start with SMSH)"),
            Kind::UnsupportedVersion(version) => write!(
                f,
                "model format {version}; this version of smishing reads format {}",
                crate::model::FORMAT_VERSION
            ),
            Kind::Truncated => f.write_str("model file cut short; copy or train it again"),
            Kind::TrailingBytes => f.write_str("model file goes on after its end; copy or train it again"),
            Kind::Checksum => f.write_str("model file damaged (checksum does not fit); copy or train it again"),
            Kind::Malformed => f.write_str("model content cannot be decoded"),
            Kind::Invalid(what) => write!(f, "not a valid model: {what}"),
            Kind::Schema { found, expected } => write!(
                f,
                "model trained on other features (schema {found:016x}, this version computes {expected:016x}); retrain it with `smishing train`"
            ),
            Kind::Io(error) => f.write_str(error),
        }
    }
}

impl core::error::Error for ModelError {}

/// A policy that the model cannot serve.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyError {
    pub(crate) asked: f32,
    pub(crate) lowest: Option<f32>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no threshold for a false-positive rate of {}: ", self.asked)?;
        match self.lowest {
            Some(lowest) => write!(f, "the model's training data support no rate below {lowest}"),
            None => f.write_str("the model's training data were too few to support any rate"),
        }
    }
}

impl core::error::Error for PolicyError {}
