//! Reads labelled text messages, trains the classifiers that [`smishing`] runs, and says how good they are.
//!
//! ```
//! use smishing_train::{Corpus, CardNotes, Problem, ReadOptions, TrainOptions, card, train};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("mine.tsv");
//! # let rows: String = (0..40).map(|n| format!("ham\tsee you at {n}, the {} bus is late\nspam\tyou won prize {n}, claim {} now\n", "abcdefgh".repeat(n), "xyzwv".repeat(n))).collect();
//! # std::fs::write(&path, rows)?;
//! let mut corpus = Corpus::read(&[path], &ReadOptions::default())?;
//! let removed = corpus.remove_duplicates();
//! let options = TrainOptions::default();
//! let trained = train(&Problem::new(&corpus, options.buckets), &options, &|_, _, _| {})?;
//! let model = trained.model(card(&corpus, &removed, &options, &trained, &CardNotes::default()))?;
//! let classifier = smishing::Classifier::new(&model)?;
//! assert!(classifier.classify("you won a prize, claim it now").label().is_bad());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Rows of one near-duplicate cluster never stand on both sides of a split ([`Clusters`]); calibration and thresholds
//! come from rows held out of the fits that scored them.

mod calibrate;
mod card;
mod cluster;
mod corpus;
mod error;
mod evaluate;
mod label;
mod matrix;
mod metrics;
mod row;
mod solver;
mod split;
mod train;

pub use card::{CardNotes, card};
pub use cluster::Clusters;
pub use corpus::{Corpus, FileReport, ReadOptions, Record, Removed};
pub use error::Error;
pub use evaluate::{cross_validate, evaluate};
pub use label::LabelMap;
pub use matrix::CsrMatrix;
pub use metrics::{Estimate, Figures, Scored};
pub use row::{BadRow, Columns, Format, Row, Rows};
pub use solver::{DenseLinfa, LinearFit, Solver, SolverKind, SparseLogistic, SparseLogisticParams};
pub use split::grouped_folds;
pub use train::{Problem, Progress, TrainOptions, Trained, train};
