use super::objective::Objective;
use super::{LinearFit, Solver, all_one, check};
use crate::{CsrMatrix, Error};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::Array1;

/// `linfa-logistic` on a dense, column-major f32 matrix: for small data, and the reference that the sparse solver is
/// tested against.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseLinfa {
    alpha: f64,
}

/// 4 GiB of f32.
const MAX_CELLS: usize = 1 << 30;
/// linfa's default of 100 stops 6 % above the optimum on hashed text.
const MAX_ITERATIONS: u64 = 300;
/// Gradient norm, relative to the number of rows, that counts as the optimum in f32.
const TOLERANCE: f64 = 1e-3;

impl DenseLinfa {
    /// With this strength of the L2 penalty, above 0.
    #[must_use]
    pub fn new(alpha: f64) -> Self {
        Self { alpha }
    }
}

impl Solver for DenseLinfa {
    fn fit(&self, matrix: &CsrMatrix, positive: &[bool], weights: &[f64]) -> Result<LinearFit, Error> {
        check(matrix, positive, weights)?;
        if weights.contains(&0.0) {
            let kept: Vec<usize> = (0..weights.len()).filter(|&row| weights[row] > 0.0).collect();
            let positive: Vec<bool> = kept.iter().map(|&row| positive[row]).collect();
            let weights: Vec<f64> = kept.iter().map(|&row| weights[row]).collect();
            return self.fit(&matrix.select(&kept), &positive, &weights);
        }
        if !all_one(weights) {
            return Err(Error::Setting(
                "linfa-logistic counts every row alike: use --solver sparse for weights".into(),
            ));
        }
        if matrix.rows().saturating_mul(matrix.columns()) > MAX_CELLS {
            return Err(Error::Setting(format!(
                "a dense matrix of {} x {} needs more than 4 GiB: use --solver sparse, or fewer --bits",
                matrix.rows(),
                matrix.columns()
            )));
        }
        let dense = matrix.to_dense();
        let dataset = DatasetBase::new(dense, Array1::from(positive.to_vec()));
        let model = LogisticRegression::<f32>::default()
            .alpha(self.alpha as f32)
            .max_iterations(MAX_ITERATIONS)
            .gradient_tolerance((1e-6 * positive.len() as f64).max(1e-4) as f32)
            .fit(&dataset)
            .map_err(|error| Error::Solver(error.to_string()))?;
        // linfa calls the larger class positive; equal ones by its own rule.
        let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
        let fitted: Vec<f64> = model.params().iter().map(|&weight| sign * f64::from(weight)).collect();
        let intercept = sign * f64::from(model.intercept());
        let parameters: Vec<f64> = fitted.iter().copied().chain([intercept]).collect();
        // linfa returns Ok when it runs out of iterations: the gradient tells whether it got there.
        let objective = Objective::new(matrix, positive, weights, self.alpha);
        let gradient = objective.gradient(&parameters, &objective.logits(&parameters));
        let gradient_norm = gradient.iter().map(|slope| slope * slope).sum::<f64>().sqrt();
        Ok(LinearFit {
            weights: fitted,
            intercept,
            gradient_norm,
            converged: gradient_norm <= TOLERANCE * positive.len() as f64,
        })
    }
}
