use super::{LinearFit, Solver, check};
use crate::{CsrMatrix, Error};
use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

/// L-BFGS on sparse rows, with sums in f64 in a fixed order: the same rows give the same weights bit by bit.
///
/// The same method as linfa-logistic's (argmin's L-BFGS with the line search of Moré and Thuente), on rows that keep
/// what is not zero only: seconds where the dense matrix takes minutes, and rows may be weighted.
///
/// ```
/// use linfa::{DatasetBase, traits::Fit, ParamGuard};
/// use ndarray::array;
/// use smishing::{Buckets, Message};
/// use smishing_train::{CsrMatrix, SparseLogistic};
///
/// let texts = ["see you at eight", "claim your prize", "lunch?", "claim your prize now"];
/// let matrix = CsrMatrix::of_messages(Buckets::new(10).unwrap(), texts.map(Message::new));
/// let dataset = DatasetBase::new(matrix, array![false, true, false, true]);
/// let fit = SparseLogistic::params(0.1).check()?.fit(&dataset)?;
/// assert!(fit.converged);
/// # Ok::<(), smishing_train::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SparseLogistic {
    alpha: f64,
}

/// Unchecked settings of [`SparseLogistic`], as linfa has them.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseLogisticParams(SparseLogistic);

const MAX_ITERATIONS: u64 = 400;
/// Gradient norm, relative to the number of rows, that counts as the optimum.
const TOLERANCE: f64 = 1e-6;

impl SparseLogistic {
    /// Settings with the strength of the L2 penalty, to be checked.
    #[must_use]
    pub fn params(alpha: f64) -> SparseLogisticParams {
        SparseLogisticParams(Self { alpha })
    }

    /// For an alpha that is known to be positive.
    pub(crate) fn new(alpha: f64) -> Self {
        Self { alpha }
    }
}

impl ParamGuard for SparseLogisticParams {
    type Checked = SparseLogistic;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.alpha > 0.0 && self.0.alpha.is_finite() {
            Ok(&self.0)
        } else {
            Err(Error::Setting(format!("alpha {}: expected more than 0", self.0.alpha)))
        }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<T: AsSingleTargets<Elem = bool>> Fit<CsrMatrix, T, Error> for SparseLogistic {
    type Object = LinearFit;

    fn fit(&self, dataset: &DatasetBase<CsrMatrix, T>) -> Result<LinearFit, Error> {
        let positive: Vec<bool> = dataset.targets().as_single_targets().to_vec();
        let weights = dataset.weights().map_or_else(
            || vec![1.0; positive.len()],
            |weights| weights.iter().map(|&weight| f64::from(weight)).collect(),
        );
        Solver::fit(self, dataset.records(), &positive, &weights)
    }
}

impl Solver for SparseLogistic {
    fn fit(&self, matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<LinearFit, Error> {
        check(matrix, positive, weights)?;
        let objective = Objective::new(matrix, positive, weights, self.alpha);
        let tolerance = TOLERANCE * matrix.rows() as f64;
        let failed = |error: argmin::core::Error| Error::Solver(error.to_string());
        let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10)
            .with_tolerance_grad(tolerance)
            .and_then(|solver| solver.with_tolerance_cost(1e-12))
            .map_err(failed)?;
        let start = vec![0.0; matrix.columns() + 1];
        let result = Executor::new(&objective, solver)
            .configure(|state| state.param(start).max_iters(MAX_ITERATIONS))
            .timer(false)
            .run()
            .map_err(failed)?;
        let mut weights = result
            .state
            .get_best_param()
            .ok_or_else(|| Error::Solver("no step could be made".into()))?
            .clone();
        let gradient = objective.gradient(&weights);
        let gradient_norm = gradient.iter().map(|slope| slope * slope).sum::<f64>().sqrt();
        let intercept = weights.pop().unwrap_or(0.0);
        // The solver also stops where the cost no longer falls, which is as near as f64 gets.
        Ok(LinearFit {
            weights,
            intercept,
            gradient_norm,
            converged: gradient_norm <= 100.0 * tolerance,
        })
    }
}

/// The penalised loss over sparse rows; the intercept is the last parameter.
pub(super) struct Objective<'a> {
    matrix: &'a CsrMatrix,
    positive: &'a [bool],
    row_weights: &'a [f64],
    alpha: f64,
}

impl<'a> Objective<'a> {
    pub(super) fn new(matrix: &'a CsrMatrix, positive: &'a [bool], row_weights: &'a [f64], alpha: f64) -> Self {
        Self {
            matrix,
            positive,
            row_weights,
            alpha,
        }
    }

    /// The logit of each row times its class (1 or -1), and the row's weight.
    fn margins<'p>(&'p self, parameters: &'p [f64]) -> impl Iterator<Item = (usize, f64, f64)> {
        let (weights, intercept) = split(parameters);
        (0..self.matrix.rows()).map(move |row| {
            let logit = intercept
                + self
                    .matrix
                    .row(row)
                    .map(|(column, value)| f64::from(value) * weights[column])
                    .sum::<f64>();
            let margin = if self.positive[row] { logit } else { -logit };
            (row, margin, self.row_weights[row])
        })
    }
}

fn split(parameters: &[f64]) -> (&[f64], f64) {
    match parameters {
        [weights @ .., intercept] => (weights, *intercept),
        [] => (&[], 0.0),
    }
}

impl CostFunction for &Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(Objective::cost(self, parameters))
    }
}

impl Gradient for &Objective<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        Ok(Objective::gradient(self, parameters))
    }
}

impl Objective<'_> {
    pub(super) fn cost(&self, parameters: &[f64]) -> f64 {
        let loss: f64 = self
            .margins(parameters)
            .map(|(_, margin, weight)| weight * softplus(-margin))
            .sum();
        let penalty: f64 = split(parameters).0.iter().map(|weight| weight * weight).sum();
        loss + 0.5 * self.alpha * penalty
    }

    pub(super) fn gradient(&self, parameters: &[f64]) -> Vec<f64> {
        let mut gradient: Vec<f64> = split(parameters)
            .0
            .iter()
            .map(|weight| self.alpha * weight)
            .chain([0.0])
            .collect();
        let last = gradient.len() - 1;
        for (row, margin, weight) in self.margins(parameters) {
            let pull = weight / (1.0 + libm::exp(margin));
            let slope = if self.positive[row] { -pull } else { pull };
            for (column, value) in self.matrix.row(row) {
                gradient[column] += slope * f64::from(value);
            }
            gradient[last] += slope;
        }
        gradient
    }
}

/// `ln(1 + exp(x))` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
