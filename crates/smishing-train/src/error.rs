use crate::row::BadRow;
use std::path::PathBuf;

/// Why training or evaluation could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Rows that cannot be used, with their files.
    #[error("{} rows cannot be used (--skip-bad-rows goes on without them):\n{}", .0.len(), list(.0))]
    BadRows(Vec<(PathBuf, BadRow)>),
    /// The data do not hold what the task needs.
    #[error("{0}")]
    Data(String),
    /// A setting is out of its range.
    #[error("{0}")]
    Setting(String),
    /// The solver failed.
    #[error("fitting failed: {0}")]
    Solver(String),
    /// A warm start from a model of other features than this version's.
    #[error("the model was trained on other features than this version computes: train it anew")]
    OtherFeatures,
    /// A warm start from a model of another number of buckets.
    #[error("the model has {model} buckets, the data were hashed into {data}")]
    OtherBuckets {
        /// The model's.
        model: usize,
        /// The data's.
        data: usize,
    },
    /// The trained model is not valid.
    #[error(transparent)]
    Model(#[from] smishing::ModelError),
    /// An error of linfa's, for its `Fit` trait.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

fn list(rows: &[(PathBuf, BadRow)]) -> String {
    const SHOWN: usize = 20;
    let mut lines: Vec<_> = rows
        .iter()
        .take(SHOWN)
        .map(|(path, bad)| format!("  {}:{}: {}", path.display(), bad.line, bad.reason))
        .collect();
    if rows.len() > SHOWN {
        lines.push(format!("  ... and {} more", rows.len() - SHOWN));
    }
    lines.join("\n")
}
