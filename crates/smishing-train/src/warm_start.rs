//! Goes on from a trained model with new data, without forgetting what it learnt.
//!
//! The old weights are the mean of a Gaussian prior on the new ones, so that the penalty is on the change: the maximum a
//! posteriori adaptation of C. Chelba and A. Acero, *Adaptation of maximum entropy capitalizer: little data can help a lot*,
//! EMNLP 2004. What new data do not speak of stays as it was.
//!
//! That alone forgets: corrections that are all scams raise every word they share with genuine messages. Where old messages
//! are at hand, the old model's own probabilities of them are learnt beside the new labels (Z. Li and D. Hoiem, *Learning
//! without forgetting*, 2016): they pull nowhere as long as nothing changes, and their curvature is what the old model
//! knows of each weight, which one number for all weights cannot say.
//!
//! Corrections are messages that somebody picked, most of them mistakes of the old model. They say which words and signals
//! were weighed wrongly. They say neither how frequent scams are nor how sure the model may be of other messages: the
//! intercept, the calibration and the thresholds stay those of the old model, and so does the kind head.
use crate::cluster::Clusters;
use crate::matrix::SIGNAL_VALUE;
use crate::metrics::{Figures, Scored};
use crate::solver::{LinearFit, SparseLogistic};
use crate::split::grouped_folds;
use crate::{CsrMatrix, DRAWS, Error, Problem};
use rayon::prelude::*;
use smishing::{Head, Label, Model, ModelParts, Signal, Weights};
use std::collections::BTreeMap;

/// Settings of a warm start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmStartOptions {
    /// How strongly weights are held to the old ones, above 0: the prior's precision, on the scale of calibrated log-odds.
    /// 0.3 is enough beside old messages; without them, less than 10 forgets too much.
    pub hold: f64,
    /// Folds that the figures after the warm start are taken from, at least 2.
    pub folds: usize,
    /// What decides which rows share a fold.
    pub seed: u64,
}

impl Default for WarmStartOptions {
    fn default() -> Self {
        Self {
            hold: 10.0,
            folds: 5,
            seed: 1,
        }
    }
}

/// A model that goes on from another, and what was seen on the way.
#[derive(Clone, Debug)]
pub struct WarmStarted {
    /// The model, with the old one's card.
    pub parts: ModelParts,
    /// The old model on the new data.
    pub before: Figures,
    /// Models like the new one on the new data, each row by one that had not seen its cluster.
    pub after: Figures,
}

/// Fits the change of the weights of `model` to the messages of `problem`, while the messages of `old_data`, if there are
/// any, keep what the model says of them. Padded copies of either do not count.
///
/// ```
/// use smishing_train::{Corpus, Problem, ReadOptions, WarmStartOptions, warm_start};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("corrections.tsv");
/// # std::fs::write(&path, "ham\tyour locker opens with 4821\nham\tthe choir meets at eight\n")?;
/// # let model = smishing::Model::new(smishing::ModelParts {
/// #     buckets: smishing::Buckets::new(10)?,
/// #     bad: smishing::Head { intercept: 1.0, ngrams: smishing::Weights::quantize(&[0.0; 1024]), signals: Vec::new(), scale: 1.0, offset: 0.0 },
/// #     smishing: None, kinds: None, prior: 0.5,
/// #     thresholds: smishing::Thresholds { balanced: 0.0, unsure: (-1.0, 1.0), by_false_positive_rate: Vec::new() },
/// #     card: String::new(),
/// # })?;
/// let corrections = Corpus::read(&[path], &ReadOptions::default())?;
/// let problem = Problem::new(&corrections, model.parts().buckets);
/// let started = warm_start(&model, &problem, None, &WarmStartOptions { hold: 0.1, ..WarmStartOptions::default() })?;
/// let classifier = smishing::Classifier::new(&smishing::Model::new(started.parts)?)?;
/// assert!(!classifier.classify("your locker opens with 4821").label().is_bad());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::OtherFeatures`] and [`Error::OtherBuckets`] where the model's features are not those of the problem,
/// [`Error::Setting`] for settings out of range, [`Error::Data`] for fewer than two clusters of rows, [`Error::Solver`]
/// where a fit fails.
pub fn warm_start(
    model: &Model,
    problem: &Problem,
    old_data: Option<&Problem>,
    options: &WarmStartOptions,
) -> Result<WarmStarted, Error> {
    if options.folds < 2 || !(options.hold > 0.0 && options.hold.is_finite()) {
        return Err(Error::Setting(format!(
            "{} folds and weights held by {}: at least 2 folds and a number above 0 are needed",
            options.folds, options.hold
        )));
    }
    if !model.is_runnable() {
        return Err(Error::OtherFeatures);
    }
    let old = model.parts();
    for problem in std::iter::once(problem).chain(old_data) {
        if problem.matrix.columns() != old.buckets.count() + Signal::COUNT {
            return Err(Error::OtherBuckets {
                model: old.buckets.count(),
                data: problem.matrix.columns() - Signal::COUNT,
            });
        }
    }
    let rows = problem.labels.len();
    if problem.clusters.count() < 2 {
        return Err(Error::Data(format!(
            "{rows} messages, near-duplicates all: at least 2 distinct ones are needed to go on from a model"
        )));
    }
    let is_bad = |label: Label| Some(label.is_bad());
    let is_smishing = |label: Label| label.is_bad().then_some(label == Label::Smishing);
    let bad_head = Adaptation::new(&old.bad, problem, old_data, is_bad, options.hold);
    let before = bad_head.logits[..rows].to_vec();
    let after = bad_head.held_out(&problem.clusters, options)?;
    let figures = |logits: &[f64]| {
        let scored = logits.iter().zip(&problem.labels).enumerate();
        let scored: Vec<Scored> = scored
            .map(|(row, (&logit, label))| {
                let cluster = problem.clusters.of(row);
                Scored::at(old.thresholds.balanced, logit as f32, label.is_bad(), cluster)
            })
            .collect();
        Figures::new(&scored, DRAWS, options.seed)
    };
    let smishing_head = old
        .smishing
        .as_ref()
        .map(|head| Adaptation::new(head, problem, old_data, is_smishing, options.hold).head())
        .transpose()?;
    Ok(WarmStarted {
        parts: ModelParts {
            bad: bad_head.head()?,
            smishing: smishing_head,
            ..old.clone()
        },
        before: figures(&before),
        after: figures(&after),
    })
}

/// A head and what it is to learn: new messages, then old ones twice, as bad and as genuine, each as far as the old head
/// takes them for it.
struct Adaptation<'a> {
    head: &'a Head,
    matrix: CsrMatrix,
    solver: SparseLogistic,
    positive: Vec<bool>,
    weights: Vec<f64>,
    /// Calibrated log-odds of the rows by the old head.
    logits: Vec<f64>,
}

impl<'a> Adaptation<'a> {
    /// Of the rows that have a class.
    fn new(
        head: &'a Head,
        problem: &Problem,
        old_data: Option<&Problem>,
        class: impl Fn(Label) -> Option<bool>,
        hold: f64,
    ) -> Self {
        let old = linear(head, problem.matrix.columns());
        let (scale, offset) = (f64::from(head.scale), f64::from(head.offset));
        let weight = |problem: &Problem, row: usize| class(problem.labels[row]).map_or(0.0, |_| problem.weights[row]);
        let mut adaptation = Self {
            head,
            matrix: problem.matrix.clone(),
            solver: SparseLogistic::new(hold),
            positive: problem.labels.iter().map(|&label| class(label) == Some(true)).collect(),
            weights: (0..problem.labels.len()).map(|row| weight(problem, row)).collect(),
            logits: Vec::new(),
        };
        adaptation.matrix.truncate(problem.labels.len());
        if let Some(old_data) = old_data {
            let mut matrix = old_data.matrix.clone();
            matrix.truncate(old_data.labels.len());
            for positive in [true, false] {
                adaptation.matrix.append(&matrix);
                for row in 0..old_data.labels.len() {
                    let probability = 1.0 / (1.0 + libm::exp(-(scale * old.logit(&matrix, row) + offset)));
                    let share = if positive { probability } else { 1.0 - probability };
                    adaptation.positive.push(positive);
                    adaptation.weights.push(share * weight(old_data, row));
                }
            }
        }
        adaptation.logits = (0..adaptation.matrix.rows())
            .map(|row| scale * old.logit(&adaptation.matrix, row) + offset)
            .collect();
        adaptation
    }

    /// What the weights change by, where these rows count what they do in all.
    fn change(&self, weights: &[f64]) -> Result<LinearFit, Error> {
        self.solver
            .fit_change(&self.matrix, &self.positive, weights, self.logits.clone())
    }

    /// Calibrated log-odds of the rows, each by a head that had not seen its cluster.
    fn held_out(&self, clusters: &Clusters, options: &WarmStartOptions) -> Result<Vec<f64>, Error> {
        let strata: Vec<usize> = self.positive[..clusters.as_slice().len()]
            .iter()
            .map(|&positive| usize::from(positive))
            .collect();
        let folds = options.folds.min(clusters.count());
        let fold_of = grouped_folds(clusters, &strata, folds, options.seed);
        let changes = (0..folds)
            .into_par_iter()
            .map(|held_out| {
                let mut weights = self.weights.clone();
                for (weight, &fold) in weights.iter_mut().zip(&fold_of) {
                    if fold == held_out {
                        *weight = 0.0;
                    }
                }
                self.change(&weights)
            })
            .collect::<Result<Vec<LinearFit>, Error>>()?;
        Ok(fold_of
            .iter()
            .enumerate()
            .map(|(row, &fold)| self.logits[row] + changes[fold].logit(&self.matrix, row))
            .collect())
    }

    /// The head that has learnt from all rows.
    fn head(&self) -> Result<Head, Error> {
        let change = self.change(&self.weights)?;
        let scale = f64::from(self.head.scale);
        let (ngrams, signals) = change.weights.split_at(change.weights.len() - Signal::COUNT);
        let ngrams: Vec<f32> = ngrams
            .iter()
            .enumerate()
            .map(|(bucket, change)| (f64::from(self.head.ngrams.get(bucket).unwrap_or(0.0)) + change / scale) as f32)
            .collect();
        let mut by_id: BTreeMap<String, f32> = self.head.signals.iter().cloned().collect();
        for (signal, change) in Signal::ALL.iter().zip(signals) {
            if *change != 0.0 {
                *by_id.entry(signal.id().to_owned()).or_default() += (change / scale) as f32 * SIGNAL_VALUE;
            }
        }
        Ok(Head {
            ngrams: Weights::quantize(&ngrams),
            signals: by_id.into_iter().collect(),
            ..self.head.clone()
        })
    }
}

/// A head's weights by column, before calibration.
fn linear(head: &Head, columns: usize) -> LinearFit {
    let ngrams = (0..head.ngrams.len()).map(|bucket| f64::from(head.ngrams.get(bucket).unwrap_or(0.0)));
    let mut weights: Vec<f64> = ngrams.collect();
    weights.resize(columns, 0.0);
    for signal in Signal::ALL {
        if let Ok(at) = head.signals.binary_search_by(|(id, _)| id.as_str().cmp(signal.id())) {
            weights[head.ngrams.len() + signal.column()] = f64::from(head.signals[at].1) / f64::from(SIGNAL_VALUE);
        }
    }
    LinearFit {
        weights,
        intercept: f64::from(head.intercept),
        gradient_norm: 0.0,
        converged: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Corpus, ReadOptions, SolverKind, TrainOptions, evaluate, score, train};
    use smishing::{Buckets, Classifier};
    use std::path::PathBuf;

    fn options() -> TrainOptions {
        TrainOptions {
            buckets: Buckets::new(12).unwrap(),
            alpha: 1.0,
            solver: SolverKind::Sparse,
            ..TrainOptions::default()
        }
    }

    fn messages(files: &[&str]) -> Corpus {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/messages");
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|file| folder.join(file).with_extension("jsonl"))
            .collect();
        let mut corpus = Corpus::read(&paths, &ReadOptions::default()).unwrap();
        corpus.remove_duplicates();
        corpus
    }

    fn trained(corpus: &Corpus) -> Model {
        let problem = Problem::new(corpus, options().buckets);
        Model::new(train(&problem, &options(), &|_, _, _| {}).unwrap().parts).unwrap()
    }

    fn started(model: &Model, corpus: &Corpus) -> WarmStarted {
        let problem = Problem::new(corpus, options().buckets);
        warm_start(model, &problem, None, &WarmStartOptions::default()).unwrap()
    }

    /// A kind of scam that the old model has not seen is learnt from scams alone, and what it knew is not forgotten: neither
    /// of the old messages at hand nor of as many others.
    #[test]
    fn corrections_are_learnt_and_the_old_is_kept() {
        let old = messages(&[
            "delivery",
            "delivery_fee",
            "bank",
            "account_locked",
            "casino",
            "personal",
        ]);
        let new = messages(&["job"]);
        let half = |rest: usize| Corpus {
            records: old.records.iter().skip(rest).step_by(2).cloned().collect(),
            files: old.files.clone(),
        };
        let model = trained(&old);
        let problems = [&new, &half(0)].map(|corpus| Problem::new(corpus, options().buckets));
        let hold = WarmStartOptions {
            hold: 1.0,
            ..WarmStartOptions::default()
        };
        let start = || warm_start(&model, &problems[0], Some(&problems[1]), &hold).unwrap();
        let first = start();
        let (before, after) = (&first.before.by_row, &first.after.by_row);
        let (before, after) = (before.spam_caught.unwrap().value, after.spam_caught.unwrap().value);
        assert!(after > before + 0.1, "caught, held out: {before} before, {after} after");

        let next = Model::new(first.parts.clone()).unwrap();
        for rest in [0, 1] {
            let accuracy = |model: &Model| {
                let figures = evaluate(&Classifier::new(model).unwrap(), &half(rest), 1);
                figures.by_row.accuracy.unwrap().value
            };
            let (before, after) = (accuracy(&model), accuracy(&next));
            assert!(
                after > before - 0.02,
                "on half {rest} of the old data: {before} before, {after} after"
            );
        }

        assert_eq!(first.parts.thresholds, model.parts().thresholds);
        assert_eq!(first.parts.kinds, model.parts().kinds);
        assert_eq!(first.parts.bad.offset.to_bits(), model.parts().bad.offset.to_bits());
        assert_eq!(start().parts, first.parts);
    }

    /// What is told of before is what the old model says.
    #[test]
    fn before_is_the_old_model() {
        let model = trained(&messages(&["bank", "account_locked", "casino"]));
        let new = messages(&["otp", "code_theft"]);
        let figures = Figures::new(&score(&Classifier::new(&model).unwrap(), &new), DRAWS, 1);
        let told = started(&model, &new).before;
        let caught = |figures: &Figures| figures.by_row.spam_caught.unwrap().value;
        assert!((caught(&told) - caught(&figures)).abs() < 1e-9);
        let area = |figures: &Figures| figures.by_row.roc_auc.unwrap().value;
        assert!((area(&told) - area(&figures)).abs() < 1e-4);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let corpus = messages(&["bank", "account_locked"]);
        let model = trained(&corpus);
        let problem = |bits| Problem::new(&corpus, Buckets::new(bits).unwrap());
        let run = |problem: &Problem, options| warm_start(&model, problem, None, &options);
        let usual = WarmStartOptions::default();
        assert!(matches!(
            run(&problem(11), usual),
            Err(Error::OtherBuckets {
                model: 4096,
                data: 2048
            })
        ));
        for options in [
            WarmStartOptions { hold: 0.0, ..usual },
            WarmStartOptions {
                hold: f64::NAN,
                ..usual
            },
            WarmStartOptions { folds: 1, ..usual },
        ] {
            assert!(matches!(run(&problem(12), options), Err(Error::Setting(_))));
        }
        assert!(matches!(run(&problem(12).select(&[0]), usual), Err(Error::Data(_))));
        // Another schema, in a file whose checksum is right.
        let mut bytes = model.to_bytes();
        bytes[8] ^= 1;
        let end = bytes.len() - 4;
        let checksum = crc32fast::hash(&bytes[..end]).to_le_bytes();
        bytes[end..].copy_from_slice(&checksum);
        let other = Model::from_bytes(&bytes).unwrap();
        assert!(matches!(
            warm_start(&other, &problem(12), None, &usual),
            Err(Error::OtherFeatures)
        ));
    }
}
