//! Solvers of one objective: L2-regularised logistic regression,
//! `sum(weight * ln(1 + exp(-y * (w x + b)))) + alpha / 2 * |w|^2`, with a free intercept `b`.
use crate::{CsrMatrix, Error};
use std::fmt;
use std::str::FromStr;

mod dense;
mod newton;
mod objective;
mod sparse;

pub use dense::DenseLinfa;
pub use sparse::{SparseLogistic, SparseLogisticParams};

/// A fitted linear model: `logit = weights x + intercept`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearFit {
    /// One weight a column.
    pub weights: Vec<f64>,
    /// Bias.
    pub intercept: f64,
    /// Norm of the objective's gradient there, which is 0 at the optimum.
    pub gradient_norm: f64,
    /// Whether the gradient's norm is small enough to call it the optimum.
    pub converged: bool,
}

impl LinearFit {
    /// The logit of a row.
    pub(crate) fn logit(&self, matrix: &CsrMatrix, row: usize) -> f64 {
        self.intercept
            + matrix
                .row(row)
                .map(|(column, value)| f64::from(value) * self.weights[column])
                .sum::<f64>()
    }
}

/// What fits a binary logistic regression.
pub trait Solver: Sync {
    /// Fits `positive` (one a row) on the rows of `matrix`, each of which counts as much as its weight, nothing at 0.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where only one class is there, [`Error::Setting`] for weights that the solver cannot take,
    /// [`Error::Solver`] where it fails.
    fn fit(&self, matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<LinearFit, Error>;

    /// The same, by a search that begins at another fit where the solver can: the optimum is one wherever a search begins.
    ///
    /// # Errors
    ///
    /// Those of [`Solver::fit`].
    fn fit_from(
        &self,
        _start: &LinearFit,
        matrix: &CsrMatrix,
        positive: &[bool],
        weights: &[f64],
    ) -> Result<LinearFit, Error> {
        self.fit(matrix, positive, weights)
    }
}

/// Which solver to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SolverKind {
    /// `linfa` where the dense matrix is small enough for seconds, else `sparse`.
    #[default]
    Auto,
    /// `linfa-logistic` on a dense matrix.
    Linfa,
    /// Newton's method on sparse rows, reproducible bit by bit.
    Sparse,
}

impl SolverKind {
    /// The choice for a matrix of this size: dense up to 16 Mi cells (64 MiB), which linfa fits in seconds, where all
    /// rows count 1.
    #[must_use]
    pub fn resolve(self, rows: usize, columns: usize, weights: &[f64]) -> Self {
        const DENSE_CELLS: usize = 16 << 20;
        match self {
            Self::Auto if rows.saturating_mul(columns) <= DENSE_CELLS && all_one(weights) => Self::Linfa,
            Self::Auto => Self::Sparse,
            chosen => chosen,
        }
    }

    /// The solver itself, for this strength of regularisation.
    pub(crate) fn with_alpha(self, alpha: f64) -> Box<dyn Solver> {
        match self {
            Self::Linfa => Box::new(DenseLinfa::new(alpha)),
            Self::Auto | Self::Sparse => Box::new(SparseLogistic::new(alpha)),
        }
    }
}

impl FromStr for SolverKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "auto" => Ok(Self::Auto),
            "linfa" => Ok(Self::Linfa),
            "sparse" => Ok(Self::Sparse),
            other => Err(format!("`{other}`: expected auto, linfa or sparse")),
        }
    }
}

impl fmt::Display for SolverKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Linfa => "linfa",
            Self::Sparse => "sparse",
        })
    }
}

#[allow(clippy::float_cmp, reason = "1 is the default, not the result of a computation")]
fn all_one(weights: &[f64]) -> bool {
    weights.iter().all(|&weight| weight == 1.0)
}

/// Weights have to be weights.
fn check_weights(matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<(), Error> {
    assert!(
        matrix.rows() == positive.len() && matrix.rows() == weights.len(),
        "one label and one weight a row"
    );
    if let Some(weight) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
        return Err(Error::Setting(format!("row weight {weight}: expected 0 or more")));
    }
    Ok(())
}

/// Both classes have to be there, too.
fn check(matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<(), Error> {
    check_weights(matrix, positive, weights)?;
    let counting = positive.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
    let (count, rows) = counting.fold((0_usize, 0_usize), |(count, rows), (positive, _)| {
        (count + usize::from(*positive), rows + 1)
    });
    if count == 0 || count == rows {
        return Err(Error::Data(format!(
            "{rows} rows, all of one class: two are needed to tell them apart"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;
    use linfa_logistic::LogisticRegression;
    use ndarray::Array1;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use smishing::{Buckets, Message};

    /// Both solvers reach the same optimum of the same objective.
    #[test]
    fn sparse_and_linfa_agree() {
        let ham = [
            "see you at eight",
            "your parcel is at the locker",
            "lunch tomorrow?",
            "the meeting is moved to room 4",
            "happy birthday to you",
        ];
        let bad = [
            "you won a prize, claim now",
            "your account is locked, click the link",
            "pay the fee to get your parcel",
            "send me the code now",
            "urgent: call this number",
        ];
        let texts: Vec<String> = (0..8)
            .flat_map(|copy| {
                ham.iter()
                    .chain(&bad)
                    .map(move |text| format!("{text} {}", "x".repeat(copy)))
            })
            .collect();
        let positive: Vec<bool> = (0..8).flat_map(|_| [false; 5].into_iter().chain([true; 5])).collect();
        let matrix = CsrMatrix::of_messages(Buckets::new(8).unwrap(), texts.iter().map(|text| Message::new(text)));
        let alpha = 0.1;
        let ones = vec![1.0; matrix.rows()];
        let sparse = Solver::fit(&SparseLogistic::new(alpha), &matrix, &positive, &ones).unwrap();
        let linfa = DenseLinfa::new(alpha).fit(&matrix, &positive, &ones).unwrap();
        assert!(sparse.converged, "{}", sparse.gradient_norm);
        let objective = |fit: &LinearFit| {
            let parameters: Vec<f64> = fit.weights.iter().copied().chain([fit.intercept]).collect();
            let objective = objective::Objective::new(&matrix, &positive, &ones, alpha);
            objective.cost(&parameters, &objective.logits(&parameters))
        };
        let (ours, theirs) = (objective(&sparse), objective(&linfa));
        assert!(
            (ours - theirs).abs() < 1e-4 * ours,
            "objective: sparse {ours}, linfa {theirs}"
        );
        for row in 0..matrix.rows() {
            let (ours, theirs) = (sparse.logit(&matrix, row), linfa.logit(&matrix, row));
            assert!((ours - theirs).abs() < 0.02, "row {row}: sparse {ours}, linfa {theirs}");
        }
    }

    /// Rows of words of which some speak for a class, and their classes; the same for the same seed.
    fn random_rows(rows: usize, bits: u8, seed: u64) -> (CsrMatrix, Vec<bool>) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let positive: Vec<bool> = (0..rows).map(|_| random.random_bool(0.4)).collect();
        let texts: Vec<String> = positive
            .iter()
            .map(|&positive| {
                let words = (0..12).map(|_| {
                    let shift = if positive && random.random_bool(0.3) { 150 } else { 0 };
                    format!("word{} ", random.random_range(0..200) + shift)
                });
                words.collect()
            })
            .collect();
        let messages = texts.iter().map(|text| Message::new(text));
        (CsrMatrix::of_messages(Buckets::new(bits).unwrap(), messages), positive)
    }

    /// In f64, on 2,000 rows and 2^10 buckets, the objective is linfa-logistic's optimum within 1e-6 of it.
    #[test]
    fn the_optimum_is_that_of_linfa_in_f64() {
        let (matrix, positive) = random_rows(2000, 10, 1);
        let alpha = 1.0;
        let ones = vec![1.0; matrix.rows()];
        let ours = Solver::fit(&SparseLogistic::new(alpha), &matrix, &positive, &ones).unwrap();
        let dataset = DatasetBase::new(matrix.to_dense().mapv(f64::from), Array1::from(positive.clone()));
        let theirs = LogisticRegression::<f64>::default()
            .alpha(alpha)
            .max_iterations(2000)
            .gradient_tolerance(1e-6)
            .fit(&dataset)
            .unwrap();
        let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
        let objective = objective::Objective::new(&matrix, &positive, &ones, alpha);
        let cost = |weights: &[f64], intercept: f64| {
            let parameters: Vec<f64> = weights.iter().copied().chain([intercept]).collect();
            objective.cost(&parameters, &objective.logits(&parameters))
        };
        let theirs = cost(
            &theirs.params().iter().map(|weight| sign * weight).collect::<Vec<_>>(),
            sign * theirs.intercept(),
        );
        let ours = cost(&ours.weights, ours.intercept);
        assert!((ours - theirs).abs() <= 1e-6 * theirs, "ours {ours}, linfa's {theirs}");
    }

    /// What is stored in f32 loses nothing that counts: at the optimum the gradient is 1e-6 a row at most, and held-out
    /// logits are those of linfa's fit in f32 within 0.02.
    #[test]
    fn f32_values_are_enough() {
        let (matrix, positive) = random_rows(2000, 10, 2);
        let kept: Vec<usize> = (0..1500).collect();
        let (train, classes) = (matrix.select(&kept), &positive[..1500]);
        let ones = vec![1.0; train.rows()];
        let ours = Solver::fit(&SparseLogistic::new(1.0), &train, classes, &ones).unwrap();
        assert!(ours.gradient_norm <= 1e-6 * 1500.0, "{}", ours.gradient_norm);
        let theirs = DenseLinfa::new(1.0).fit(&train, classes, &ones).unwrap();
        for row in 1500..2000 {
            let (ours, theirs) = (ours.logit(&matrix, row), theirs.logit(&matrix, row));
            assert!((ours - theirs).abs() < 0.02, "row {row}: {ours} {theirs}");
        }
    }

    /// Sums over several blocks of rows give the same bits on any number of threads.
    #[test]
    fn threads_change_nothing() {
        let (matrix, positive) = random_rows(3000, 8, 3);
        let ones = vec![1.0; matrix.rows()];
        let parameters: Vec<f64> = (0..=matrix.columns()).map(|at| (at as f64).sin()).collect();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let blocks = matrix.blocks(10_000);
            assert!(blocks.len() > 4);
            let objective = objective::Objective::new(&matrix, &positive, &ones, 1.0).with_blocks(blocks);
            pool.install(|| {
                let logits = objective.logits(&parameters);
                (
                    objective.cost(&parameters, &logits),
                    objective.hessian_times(&objective.curvature(&logits), &parameters),
                    objective.gradient(&parameters, &logits),
                )
            })
        };
        assert_eq!(on(1), on(3));
    }

    /// A search that begins elsewhere ends at the same optimum; rows that count 0 are as if they were not there.
    #[test]
    fn where_a_search_begins_does_not_matter() {
        let (matrix, positive) = random_rows(600, 8, 4);
        let solver = SparseLogistic::new(0.1);
        let all = Solver::fit(&solver, &matrix, &positive, &vec![1.0; 600]).unwrap();
        let weights: Vec<f64> = (0..600).map(|row| if row < 500 { 1.0 } else { 0.0 }).collect();
        let kept: Vec<usize> = (0..500).collect();
        let from_zero = Solver::fit(&solver, &matrix.select(&kept), &positive[..500], &weights[..500]).unwrap();
        let from_all = solver.fit_from(&all, &matrix, &positive, &weights).unwrap();
        for row in 0..600 {
            let (one, other) = (from_zero.logit(&matrix, row), from_all.logit(&matrix, row));
            assert!((one - other).abs() < 1e-3, "{one} {other}");
        }
    }

    #[test]
    fn one_class_is_an_error() {
        let matrix = CsrMatrix::of_column(&[1.0, 2.0]);
        for solver in [SolverKind::Sparse, SolverKind::Linfa] {
            assert!(matches!(
                solver.with_alpha(1.0).fit(&matrix, &[true, true], &[1.0, 1.0]),
                Err(Error::Data(_))
            ));
        }
    }

    /// A row that counts 3 is the same as three rows.
    #[test]
    fn weights_are_repetitions() {
        let texts = ["see you at eight", "claim your prize", "lunch?", "your prize is lunch"];
        let positive = [false, true, false, true];
        let rows = |order: &[usize]| {
            (
                CsrMatrix::of_messages(
                    Buckets::new(8).unwrap(),
                    order.iter().map(|&row| Message::new(texts[row])),
                ),
                order.iter().map(|&row| positive[row]).collect::<Vec<_>>(),
            )
        };
        let (matrix, classes) = rows(&[0, 1, 2, 3]);
        let (repeated, repeated_classes) = rows(&[0, 1, 2, 3, 3, 3]);
        let solver = SolverKind::Sparse.with_alpha(0.1);
        let weighted = solver.fit(&matrix, &classes, &[1.0, 1.0, 1.0, 3.0]).unwrap();
        let plain = solver.fit(&repeated, &repeated_classes, &[1.0; 6]).unwrap();
        for row in 0..4 {
            let (ours, theirs) = (weighted.logit(&matrix, row), plain.logit(&matrix, row));
            assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
        }
    }

    #[test]
    fn weights_that_make_no_sense_or_no_difference_to_linfa_are_errors() {
        let matrix = CsrMatrix::of_column(&[1.0, 2.0]);
        for (solver, weights) in [
            (SolverKind::Sparse, [1.0, -1.0]),
            (SolverKind::Sparse, [f64::NAN, 1.0]),
            (SolverKind::Linfa, [1.0, 0.5]),
        ] {
            assert!(matches!(
                solver.with_alpha(1.0).fit(&matrix, &[true, false], &weights),
                Err(Error::Setting(_))
            ));
        }
    }
}
