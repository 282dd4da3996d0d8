use super::newton::{self, Minimum};
use super::objective::{Objective, split};
use super::{LinearFit, Solver, check, check_weights};
use crate::{CsrMatrix, Error};
use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

/// A truncated Newton method on sparse rows, with sums in f64 in a fixed order: the same rows give the same weights bit by
/// bit, on any number of threads.
///
/// The same optimum as linfa-logistic's, on rows that keep what is not zero only: seconds where the dense matrix takes
/// minutes, and rows may be weighted; one that counts 0 is passed over.
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
        let start = vec![0.0; matrix.columns() + 1];
        search(
            &Objective::new(matrix, positive, weights, self.alpha),
            start,
            vec![0.0; matrix.rows()],
        )
    }

    fn fit_from(
        &self,
        start: &LinearFit,
        matrix: &CsrMatrix,
        positive: &[bool],
        weights: &[f64],
    ) -> Result<LinearFit, Error> {
        check(matrix, positive, weights)?;
        let objective = Objective::new(matrix, positive, weights, self.alpha);
        let start: Vec<f64> = start.weights.iter().copied().chain([start.intercept]).collect();
        let logits = objective.logits(&start);
        search(&objective, start, logits)
    }
}

impl SparseLogistic {
    /// Fits what weights have to change by, where rows have these logits without change. The penalty is on the change, the
    /// intercept stays, and one class is enough.
    pub(crate) fn fit_change(
        &self,
        matrix: &CsrMatrix,
        positive: &[bool],
        weights: &[f64],
        logits: Vec<f64>,
    ) -> Result<LinearFit, Error> {
        check_weights(matrix, positive, weights)?;
        let objective = Objective::new(matrix, positive, weights, self.alpha).with_held_intercept();
        search(&objective, vec![0.0; matrix.columns() + 1], logits)
    }
}

/// From these parameters, where rows have these logits.
fn search(objective: &Objective<'_>, start: Vec<f64>, logits: Vec<f64>) -> Result<LinearFit, Error> {
    let tolerance = TOLERANCE * objective.counting_rows() as f64;
    let Minimum {
        parameters,
        gradient_norm,
    } = newton::minimise(objective, start, logits, tolerance);
    if !gradient_norm.is_finite() {
        return Err(Error::Solver("the numbers overflow".into()));
    }
    let (weights, intercept) = split(&parameters);
    Ok(LinearFit {
        weights: weights.to_vec(),
        intercept,
        gradient_norm,
        // The search also stops where the cost no longer falls.
        converged: gradient_norm <= 100.0 * tolerance,
    })
}
