//! Reads labelled text messages, trains the classifiers that [`smishing`] runs, and says how good they are.
//!
//! ```
//! use smishing_train::{Corpus, CardNotes, Problem, ReadOptions, TrainOptions, card, train};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("mine.tsv");
//! # let nouns = ["lunch", "train", "garden", "piano", "doctor", "cinema", "bakery"];
//! # let rows: String = (0..7).map(|n| format!("ham\t{0} near {1}\nspam\t{1}: free {0} prize\n", nouns[n], nouns[(3 * n + 1) % 7])).collect();
//! # std::fs::write(&path, rows)?;
//! let mut corpus = Corpus::read(&[path], &ReadOptions::default())?;
//! let removed = corpus.remove_duplicates();
//! let options = TrainOptions::default();
//! let trained = train(&Problem::new(&corpus, options.buckets), &options, &|_, _, _| {})?;
//! let model = trained.model(card(&corpus, &removed, &options, &trained, &CardNotes::default()))?;
//! let classifier = smishing::Classifier::new(&model)?;
//! assert!(classifier.classify("your free prize").label().is_bad());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Rows of one near-duplicate cluster never stand on both sides of a split ([`Clusters`]); calibration and thresholds
//! come from rows held out of the fits that scored them. [`drift()`] says whether messages without labels differ from
//! earlier ones.

mod bootstrap;
mod business;
mod calibrate;
mod card;
mod cluster;
mod copies;
mod corpus;
mod curve;
mod data_check;
mod drift;
mod error;
mod evaluate;
mod evasion;
mod kinds;
mod label;
mod matrix;
mod metrics;
mod recipe;
mod reliability;
mod row;
mod slice;
mod solver;
mod split;
mod train;
mod two_samples;
mod warm_start;
mod weight;
mod worst;

pub use bootstrap::Estimate;
pub use business::{
    BusinessComparison, BusinessFigures, BusinessScores, BusinessSet, Counted, RecallAt, ScamDifference, ScamSet,
};
pub use card::{CardNotes, card, warm_start_card};
pub use cluster::Clusters;
pub use copies::CopyWeights;
pub use corpus::{Corpus, Facets, FileReport, ReadOptions, Record, Removed};
pub use curve::{OperatingCurve, OperatingPoint};
pub use data_check::{DataReport, Shortcut, check_data, corpora_beside};
pub use drift::{
    Aspect, Bin, Drift, DriftOptions, Evidence, NumberDrift, Quantity, ShareDrift, Stream, StreamSize, drift,
};
pub use error::Error;
pub use evaluate::{DRAWS, cross_validate, evaluate, leave_one_source_out, score};
pub use evasion::{Evasion, EvasionFigures, EvasionMeasures, Strength, evaluate_evasions};
pub use kinds::KindFigures;
pub use label::LabelMap;
pub use matrix::CsrMatrix;
pub use metrics::{Comparison, Figures, Measures, Scored};
pub use recipe::Recipe;
pub use reliability::ReliabilityBin;
pub use row::{BadRow, Columns, Extra, Format, LineBlock, LineBlocks, Row, Rows};
pub use slice::Facet;
pub use solver::{DenseLinfa, LinearFit, Solver, SolverKind, SparseLogistic, SparseLogisticParams};
pub use split::grouped_folds;
pub use train::{Problem, Progress, TrainOptions, Trained, train};
pub use two_samples::Count;
pub use warm_start::{WarmStartOptions, WarmStarted, warm_start};
pub use weight::SignalRate;
pub use worst::Worst;
