//! From labelled messages to a model.
use crate::calibrate::{Platt, thresholds};
use crate::cluster::Clusters;
use crate::corpus::Corpus;
use crate::kinds::{self, KindFigures, KindRows};
use crate::matrix::SIGNAL_VALUE;
use crate::metrics::Scored;
use crate::padding::Padding;
use crate::solver::{LinearFit, Solver, SolverKind};
use crate::split::grouped_folds;
use crate::{CsrMatrix, Error};
use rayon::prelude::*;
use smishing::{Buckets, Head, Label, Model, ModelParts, Signal, Weights};

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
    /// One row a message.
    pub matrix: CsrMatrix,
    /// One label a row.
    pub labels: Vec<Label>,
    /// The rows' near-duplicate clusters.
    pub clusters: Clusters,
    /// What each row counts; see [`Record::weight`](crate::Record::weight).
    pub weights: Vec<f64>,
    padding: Padding,
    /// What the kind head learns from; `None` where none is wanted.
    pub(crate) kinds: Option<KindRows>,
}

impl Problem {
    /// Of all messages of a corpus.
    #[must_use]
    pub fn new(corpus: &Corpus, buckets: Buckets) -> Self {
        Self {
            matrix: CsrMatrix::of_messages(buckets, corpus.records.iter().map(crate::Record::message)),
            labels: corpus.records.iter().map(|record| record.label).collect(),
            clusters: corpus.clusters(),
            weights: corpus.records.iter().map(|record| record.weight).collect(),
            padding: Padding::default(),
            kinds: Some(KindRows::of(&corpus.records)),
        }
    }

    /// Adds a copy of each bad message with genuine sentences beside it, from another message of its language, to the rows
    /// of [`Problem::new`] for the same corpus; it counts `weight` times its message. Fits see copies, calibration and
    /// thresholds do not, and no fit sees a copy of a row held out from it.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where the weight is below 0 or not finite.
    pub fn pad(&mut self, corpus: &Corpus, buckets: Buckets, weight: f64, seed: u64) -> Result<(), Error> {
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::Setting(format!("padding {weight}: expected 0 or more")));
        }
        self.padding = if weight > 0.0 {
            Padding::new(corpus, buckets, weight, seed)
        } else {
            Padding::default()
        };
        Ok(())
    }

    /// What a fit on the rows with these numbers learns from: features, classes and weights, padded copies last.
    pub(crate) fn lesson(&self, rows: &[usize], positive: &[bool]) -> (CsrMatrix, Vec<bool>, Vec<f64>) {
        let mut matrix = self.matrix.select(rows);
        let mut classes: Vec<bool> = rows.iter().map(|&row| positive[row]).collect();
        let mut weights: Vec<f64> = rows.iter().map(|&row| self.weights[row]).collect();
        let mut kept = vec![false; self.labels.len()];
        for &row in rows {
            kept[row] = true;
        }
        let sources = self.padding.sources.iter().enumerate();
        let copies: Vec<usize> = sources
            .filter(|(_, sources)| sources.iter().all(|&row| kept[row]))
            .map(|(copy, _)| copy)
            .collect();
        matrix.append(&self.padding.matrix.select(&copies));
        for copy in copies {
            let [row, _] = self.padding.sources[copy];
            classes.push(positive[row]);
            weights.push(self.padding.weight * self.weights[row]);
        }
        (matrix, classes, weights)
    }

    /// Of the rows with these numbers, without padded copies, and without kinds: the kind head, the slowest to fit, is that
    /// of whole models.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            matrix: self.matrix.select(rows),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            clusters: self.clusters.select(rows),
            weights: rows.iter().map(|&row| self.weights[row]).collect(),
            padding: Padding::default(),
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
    let bad_head = fit_head("genuine or bad", problem, &bad, solver.as_ref(), options, progress)?;
    let thresholds = thresholds(&bad_head.held_out, &bad, problem.clusters.as_slice(), &problem.weights);

    let bad_rows: Vec<usize> = (0..rows).filter(|&row| bad[row]).collect();
    let smishing: Vec<bool> = bad_rows
        .iter()
        .map(|&row| problem.labels[row] == Label::Smishing)
        .collect();
    let mut held_out_smishing = vec![None; rows];
    let smishing_head = if smishing.contains(&true) && smishing.contains(&false) {
        let head = fit_head(
            "spam or smishing",
            &problem.select(&bad_rows),
            &smishing,
            solver.as_ref(),
            options,
            progress,
        )?;
        for (&row, &logit) in bad_rows.iter().zip(&head.held_out) {
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
            prior: (bad_rows.iter().map(|&row| problem.weights[row]).sum::<f64>() / problem.weights.iter().sum::<f64>())
                as f32,
            thresholds,
            card: String::new(),
        },
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
        Scored {
            bad: label.is_bad(),
            flagged: logit >= self.parts.thresholds.balanced,
            probability: 1.0 / (1.0 + libm::expf(-logit)),
            logit,
            cluster,
        }
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

fn fit_head(
    name: &str,
    problem: &Problem,
    positive: &[bool],
    solver: &dyn Solver,
    options: &TrainOptions,
    progress: Progress<'_>,
) -> Result<FittedHead, Error> {
    check_clusters(name, problem, positive, options.folds)?;
    let strata: Vec<usize> = positive.iter().map(|&positive| usize::from(positive)).collect();
    let folds = grouped_folds(&problem.clusters, &strata, options.folds, options.seed);
    let done = std::sync::atomic::AtomicUsize::new(0);
    // One task more than there are folds: the fit on all rows.
    let mut fits = (0..=options.folds)
        .into_par_iter()
        .map(|fold| {
            let kept: Vec<usize> = (0..folds.len()).filter(|&row| folds[row] != fold).collect();
            let (matrix, classes, weights) = problem.lesson(&kept, positive);
            let fit = solver.fit(&matrix, &classes, &weights)?;
            progress(
                name,
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                options.folds + 1,
            );
            Ok(fit)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let fit = fits.pop().ok_or_else(|| Error::Solver("no fit".into()))?;
    let scores: Vec<f32> = folds
        .iter()
        .enumerate()
        .map(|(row, &fold)| fits[fold].logit(&problem.matrix, row) as f32)
        .collect();
    let calibration = Platt::fit(&scores, positive, &problem.weights)?;
    let held_out = scores.iter().map(|&score| calibration.logit(score)).collect();
    Ok(FittedHead {
        fit,
        calibration,
        held_out,
    })
}

fn check_clusters(name: &str, problem: &Problem, positive: &[bool], folds: usize) -> Result<(), Error> {
    for class in [false, true] {
        let mut clusters: Vec<usize> = positive
            .iter()
            .zip(problem.clusters.as_slice())
            .filter(|(found, _)| **found == class)
            .map(|(_, &cluster)| cluster)
            .collect();
        clusters.sort_unstable();
        clusters.dedup();
        if clusters.len() < folds {
            let class = name.split(" or ").nth(usize::from(class)).unwrap_or(name);
            return Err(Error::Data(format!(
                "only {} distinct {class} messages (near-duplicates count once); at least {folds} are needed",
                clusters.len()
            )));
        }
    }
    Ok(())
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
