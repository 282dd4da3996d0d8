//! From labelled messages to a model.
use crate::calibrate::{Platt, thresholds};
use crate::cluster::Clusters;
use crate::copies::{Copies, CopyWeights};
use crate::corpus::Corpus;
use crate::kinds::{self, KindFigures, KindRows};
use crate::matrix::SIGNAL_VALUE;
use crate::metrics::Scored;
use crate::solver::{LinearFit, Solver, SolverKind};
use crate::split::grouped_folds;
use crate::{CsrMatrix, Error};
use rayon::prelude::*;
use smishing::{Buckets, Head, Label, Model, ModelParts, Signal, Weights};
use std::collections::BTreeSet;

/// Settings of training.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainOptions {
    /// Number of n-gram buckets.
    pub buckets: Buckets,
    /// Strength of the L2 penalty, above 0; 1e-3 is `C = 1000` in scikit-learn's terms.
    pub alpha: f64,
    /// Which solver fits the heads.
    pub solver: SolverKind,
    /// Folds that calibration and thresholds are taken from, at least 2.
    pub folds: usize,
    /// What decides which rows share a fold.
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            buckets: DEFAULT_BUCKETS,
            alpha: 1e-3,
            solver: SolverKind::Auto,
            folds: 5,
            seed: 1,
        }
    }
}

/// Heads of 2^14 f32 weights: two fit 128 KiB, and 2^18 buckets are no better on UCI.
const DEFAULT_BUCKETS: Buckets = match Buckets::new(14) {
    Ok(buckets) => buckets,
    Err(_) => unreachable!(),
};

/// Called as work goes on: what is done, how much of it, of how much.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);

/// A trained model and what was seen on the way.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The model, without a card yet.
    pub parts: ModelParts,
    /// The near-duplicate clusters of the rows.
    pub clusters: Clusters,
    /// The final fit of genuine against bad, before calibration.
    pub bad_fit: LinearFit,
    /// Calibrated log-odds of bad for each row, by fits that had not seen its cluster.
    pub held_out_logits: Vec<f32>,
    /// Calibrated log-odds of smishing for each bad row, likewise; `None` for ham and for models of two classes.
    pub held_out_smishing: Vec<Option<f32>>,
    /// How well kinds were told, likewise; `None` where there is no kind head.
    pub kinds: Option<KindFigures>,
    /// Gradient norms of the final fits, where the solver did not get to the optimum.
    pub not_converged: Vec<(&'static str, f64)>,
}

/// Features, labels and clusters of the rows to learn from.
#[derive(Clone, Debug)]
pub struct Problem {
    /// One row a message, then one a copy.
    pub matrix: CsrMatrix,
    /// One label a row.
    pub labels: Vec<Label>,
    /// The rows' near-duplicate clusters.
    pub clusters: Clusters,
    /// What each row counts; see [`Record::weight`](crate::Record::weight).
    pub weights: Vec<f64>,
    copies: Copies,
    /// What the kind head learns from; `None` where none is wanted.
    pub(crate) kinds: Option<KindRows>,
}

impl Problem {
    /// Of all messages of a corpus.
    #[must_use]
    pub fn new(corpus: &Corpus, buckets: Buckets) -> Self {
        // What clustering needs is gone again before the features, the largest part of a problem, are there.
        let clusters = corpus.clusters();
        Self {
            matrix: CsrMatrix::of_messages(buckets, corpus.records.iter().map(crate::Record::message)),
            labels: corpus.records.iter().map(|record| record.label).collect(),
            clusters,
            weights: corpus.records.iter().map(|record| record.weight).collect(),
            copies: Copies::default(),
            kinds: Some(KindRows::of(&corpus.records)),
        }
    }

    /// Adds copies of bad messages to the rows of [`Problem::new`] for the same corpus. Fits see copies, calibration and
    /// thresholds do not, and no fit sees a copy of a row held out from it.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where a weight is below 0 or not finite.
    pub fn add_copies(
        &mut self,
        corpus: &Corpus,
        buckets: Buckets,
        weights: CopyWeights,
        seed: u64,
    ) -> Result<(), Error> {
        let (copies, features) = Copies::new(corpus, buckets, weights, seed)?;
        self.matrix.truncate(self.labels.len());
        self.matrix.append(&features);
        self.copies = copies;
        Ok(())
    }

    /// Of the messages with these numbers, without copies, and without kinds: the kind head, the slowest to fit, is that
    /// of whole models.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            matrix: self.matrix.select(rows),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            clusters: self.clusters.select(rows),
            weights: rows.iter().map(|&row| self.weights[row]).collect(),
            copies: Copies::default(),
            kinds: None,
        }
    }
}

/// Trains all heads, calibrates them and sets thresholds on rows held out by cluster.
///
/// # Errors
///
/// [`Error::Data`] where a class is missing or has fewer clusters than folds, [`Error::Setting`] for settings out of
/// range, [`Error::Solver`] where a fit fails.
pub fn train(problem: &Problem, options: &TrainOptions, progress: Progress<'_>) -> Result<Trained, Error> {
    if options.folds < 2 || !(options.alpha > 0.0 && options.alpha.is_finite()) {
        return Err(Error::Setting(format!(
            "{} folds and alpha {}: at least 2 folds and an alpha above 0 are needed",
            options.folds, options.alpha
        )));
    }
    let rows = problem.labels.len();
    let solver = options
        .solver
        .resolve(rows, problem.matrix.columns(), &problem.weights)
        .with_alpha(options.alpha);
    let bad: Vec<bool> = problem.labels.iter().map(|label| label.is_bad()).collect();
    let classes: Vec<Option<bool>> = bad.iter().copied().map(Some).collect();
    let bad_head = Task {
        name: "genuine or bad",
        problem,
        classes: &classes,
        copies: Some(&problem.copies),
    }
    .fit(solver.as_ref(), options, progress)?;
    let thresholds = thresholds(&bad_head.held_out, &bad, problem.clusters.as_slice(), &problem.weights);

    let classes: Vec<Option<bool>> = problem
        .labels
        .iter()
        .map(|label| label.is_bad().then_some(*label == Label::Smishing))
        .collect();
    let mut held_out_smishing = vec![None; rows];
    let smishing_head = if classes.contains(&Some(true)) && classes.contains(&Some(false)) {
        let task = Task {
            name: "spam or smishing",
            problem,
            classes: &classes,
            copies: None,
        };
        let head = task.fit(solver.as_ref(), options, progress)?;
        for (row, &logit) in task.rows().into_iter().zip(&head.held_out) {
            held_out_smishing[row] = Some(logit);
        }
        Some(head)
    } else {
        None
    };
    let kinds = kinds::fit(problem, &held_out_smishing, options, progress)?;
    let not_converged = [
        ("genuine or bad", bad_head.not_converged()),
        (
            "spam or smishing",
            smishing_head.as_ref().and_then(FittedHead::not_converged),
        ),
        ("kinds", kinds.as_ref().and_then(|kinds| kinds.not_converged)),
    ]
    .into_iter()
    .filter_map(|(name, norm)| Some((name, norm?)))
    .collect();
    let (kind_head, kind_figures) = kinds.map(|kinds| (kinds.head, kinds.figures)).unzip();
    Ok(Trained {
        parts: ModelParts {
            buckets: options.buckets,
            bad: bad_head.head(options.buckets),
            smishing: smishing_head.map(|head| head.head(options.buckets)),
            kinds: kind_head,
            prior: share(&bad, &problem.weights) as f32,
            thresholds,
            card: String::new(),
        },
        clusters: problem.clusters.clone(),
        bad_fit: bad_head.fit,
        held_out_logits: bad_head.held_out,
        held_out_smishing,
        kinds: kind_figures,
        not_converged,
    })
}

impl Trained {
    /// Calibrated log-odds of bad of a row of features.
    pub(crate) fn bad_logit(&self, matrix: &CsrMatrix, row: usize) -> f32 {
        let Head { scale, offset, .. } = self.parts.bad;
        Platt { scale, offset }.logit(self.bad_fit.logit(matrix, row) as f32)
    }

    /// What the model says of a message at its default threshold, given the log-odds.
    pub(crate) fn scored(&self, logit: f32, label: Label, cluster: usize) -> Scored {
        Scored::at(self.parts.thresholds.balanced, logit, label.is_bad(), cluster)
    }

    /// The model with its card.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] where the fit gave numbers that make no model.
    pub fn model(&self, card: String) -> Result<Model, Error> {
        Ok(Model::new(ModelParts {
            card,
            ..self.parts.clone()
        })?)
    }
}

struct FittedHead {
    fit: LinearFit,
    calibration: Platt,
    /// Calibrated log-odds of the rows, each by a fit without its cluster.
    held_out: Vec<f32>,
}

/// What a head is to tell apart.
struct Task<'a> {
    /// Its classes: `negative or positive`.
    name: &'static str,
    problem: &'a Problem,
    /// Whether each message is of the positive class; `None` for those that the head does not look at.
    classes: &'a [Option<bool>],
    /// The copies that it learns from too.
    copies: Option<&'a Copies>,
}

impl Task<'_> {
    /// The messages to look at.
    fn rows(&self) -> Vec<usize> {
        (0..self.classes.len())
            .filter(|&row| self.classes[row].is_some())
            .collect()
    }

    fn fit(&self, solver: &dyn Solver, options: &TrainOptions, progress: Progress<'_>) -> Result<FittedHead, Error> {
        let rows = self.rows();
        let matrix = &self.problem.matrix;
        let positive: Vec<bool> = self.classes.iter().copied().flatten().collect();
        let clusters = self.problem.clusters.select(&rows);
        self.check_clusters(&positive, &clusters, options.folds)?;
        let strata: Vec<usize> = positive.iter().map(|&positive| usize::from(positive)).collect();
        let folds = grouped_folds(&clusters, &strata, options.folds, options.seed);
        let mut fold_of = vec![None; self.classes.len()];
        for (&row, &fold) in rows.iter().zip(&folds) {
            fold_of[row] = Some(fold);
        }
        let positive_rows = self.matrix_classes();
        let done = std::sync::atomic::AtomicUsize::new(0);
        let fit_without = |held_out: Option<usize>, start: Option<&LinearFit>| {
            let kept: Vec<bool> = fold_of.iter().map(|&fold| fold.is_some() && fold != held_out).collect();
            let weights = self.weights(&kept);
            let fit = match start {
                Some(start) => solver.fit_from(start, matrix, &positive_rows, &weights),
                None => solver.fit(matrix, &positive_rows, &weights),
            }?;
            progress(
                self.name,
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                options.folds + 1,
            );
            Ok(fit)
        };
        let fit = fit_without(None, None)?;
        // Fits without a fold begin where the one on all rows ended: they are near, and only how long the search takes
        // depends on where it begins.
        let fits = (0..options.folds)
            .into_par_iter()
            .map(|fold| fit_without(Some(fold), Some(&fit)))
            .collect::<Result<Vec<LinearFit>, Error>>()?;
        let scores: Vec<f32> = rows
            .par_iter()
            .zip(&folds)
            .map(|(&row, &fold)| fits[fold].logit(matrix, row) as f32)
            .collect();
        let weights: Vec<f64> = rows.iter().map(|&row| self.problem.weights[row]).collect();
        let calibration = Platt::fit(&scores, &positive, &weights)?;
        let held_out = scores.iter().map(|&score| calibration.logit(score)).collect();
        Ok(FittedHead {
            fit,
            calibration,
            held_out,
        })
    }

    /// The class of each row of the matrix.
    fn matrix_classes(&self) -> Vec<bool> {
        let class = |row: usize| self.classes[row] == Some(true);
        let copies = self.copies.iter().flat_map(|copies| &copies.sources);
        let copies = copies.map(|&[row, _]| class(row));
        let mut classes: Vec<bool> = (0..self.classes.len()).map(class).chain(copies).collect();
        classes.resize(self.problem.matrix.rows(), false);
        classes
    }

    /// What each row of the matrix counts where some messages are kept: the others, and copies made of them, nothing.
    fn weights(&self, kept: &[bool]) -> Vec<f64> {
        let weight = |row: usize| if kept[row] { self.problem.weights[row] } else { 0.0 };
        let copies = self
            .copies
            .iter()
            .flat_map(|copies| copies.sources.iter().zip(&copies.weights));
        let copies = copies.map(|(&[row, partner], share)| if kept[partner] { share * weight(row) } else { 0.0 });
        let mut weights: Vec<f64> = (0..kept.len()).map(weight).chain(copies).collect();
        weights.resize(self.problem.matrix.rows(), 0.0);
        weights
    }

    fn check_clusters(&self, positive: &[bool], clusters: &Clusters, folds: usize) -> Result<(), Error> {
        for class in [false, true] {
            let of_class: BTreeSet<usize> = positive
                .iter()
                .zip(clusters.as_slice())
                .filter(|(found, _)| **found == class)
                .map(|(_, &cluster)| cluster)
                .collect();
            if of_class.len() < folds {
                let class = self.name.split(" or ").nth(usize::from(class)).unwrap_or(self.name);
                return Err(Error::Data(format!(
                    "only {} distinct {class} messages (near-duplicates count once); at least {folds} are needed",
                    of_class.len()
                )));
            }
        }
        Ok(())
    }
}

/// Share of the weight that is of rows for which something holds.
fn share(holds: &[bool], weights: &[f64]) -> f64 {
    let of_those: f64 = holds
        .iter()
        .zip(weights)
        .filter(|(holds, _)| **holds)
        .map(|(_, weight)| weight)
        .sum();
    of_those / weights.iter().sum::<f64>()
}

impl FittedHead {
    /// The gradient's norm, where the solver did not get to the optimum.
    fn not_converged(&self) -> Option<f64> {
        (!self.fit.converged).then_some(self.fit.gradient_norm)
    }

    fn head(&self, buckets: Buckets) -> Head {
        let (ngrams, signals) = self.fit.weights.split_at(buckets.count());
        let mut signals: Vec<(String, f32)> = Signal::ALL
            .iter()
            .zip(signals)
            .map(|(signal, weight)| (signal.id().to_owned(), *weight as f32 * SIGNAL_VALUE))
            .filter(|(_, weight)| *weight != 0.0)
            .collect();
        signals.sort_by(|a, b| a.0.cmp(&b.0));
        Head {
            intercept: self.fit.intercept as f32,
            ngrams: Weights::quantize(&ngrams.iter().map(|&weight| weight as f32).collect::<Vec<_>>()),
            signals,
            scale: self.calibration.scale,
            offset: self.calibration.offset,
        }
    }
}
