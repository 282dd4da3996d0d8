//! Solvers of one objective: L2-regularised logistic regression,
//! `sum(weight * ln(1 + exp(-y * (w x + b)))) + alpha / 2 * |w|^2`, with a free intercept `b`.
use crate::{CsrMatrix, Error};
use std::fmt;
use std::str::FromStr;

mod dense;
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
    /// Fits `positive` (one a row) on the rows of `matrix`, each of which counts as much as its weight.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where only one class is there, [`Error::Setting`] for weights that the solver cannot take,
    /// [`Error::Solver`] where it fails.
    fn fit(&self, matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<LinearFit, Error>;
}

/// Which solver to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SolverKind {
    /// `linfa` where the dense matrix is small enough for seconds, else `sparse`.
    #[default]
    Auto,
    /// `linfa-logistic` on a dense matrix.
    Linfa,
    /// L-BFGS on sparse rows, reproducible bit by bit.
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

/// Both classes have to be there, and weights have to be weights.
fn check(matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<(), Error> {
    assert!(
        matrix.rows() == positive.len() && matrix.rows() == weights.len(),
        "one label and one weight a row"
    );
    if let Some(weight) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
        return Err(Error::Setting(format!("row weight {weight}: expected 0 or more")));
    }
    let count = positive.iter().filter(|&&positive| positive).count();
    if count == 0 || count == positive.len() {
        return Err(Error::Data(format!(
            "{} rows, all of one class: two are needed to tell them apart",
            positive.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
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
            sparse::Objective::new(&matrix, &positive, &ones, alpha).cost(&parameters)
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
