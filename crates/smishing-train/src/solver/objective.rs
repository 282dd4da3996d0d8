//! The penalised loss over sparse rows, its slopes and curvature, with sums in one order on any number of threads.
use crate::CsrMatrix;
use rayon::prelude::*;
use std::ops::Range;

/// Rows are summed up in blocks, and blocks in their order: the sums depend on the rows alone. A block has at least so
/// many values that are not zero, so that its own vector of sums costs little beside it.
const BLOCK_VALUES: usize = 4 << 20;
/// What more threads than this would gain, the memory for their sums would lose.
const MAX_BLOCKS: usize = 16;

/// A problem's loss as a function of the parameters: one weight a column, then the intercept.
pub(super) struct Objective<'a> {
    matrix: &'a CsrMatrix,
    positive: &'a [bool],
    row_weights: &'a [f64],
    alpha: f64,
    free_intercept: bool,
    blocks: Vec<Range<usize>>,
}

impl<'a> Objective<'a> {
    pub(super) fn new(matrix: &'a CsrMatrix, positive: &'a [bool], row_weights: &'a [f64], alpha: f64) -> Self {
        let block_values = BLOCK_VALUES.max(matrix.values().div_ceil(MAX_BLOCKS));
        Self {
            matrix,
            positive,
            row_weights,
            alpha,
            free_intercept: true,
            blocks: matrix.blocks(block_values),
        }
    }

    /// The same with the intercept held where it is.
    pub(super) fn with_held_intercept(self) -> Self {
        Self {
            free_intercept: false,
            ..self
        }
    }

    /// The same, summed up in other blocks.
    #[cfg(test)]
    pub(super) fn with_blocks(self, blocks: Vec<Range<usize>>) -> Self {
        Self { blocks, ..self }
    }

    /// Number of parameters.
    pub(super) fn parameters(&self) -> usize {
        self.matrix.columns() + 1
    }

    /// Number of rows that count.
    pub(super) fn counting_rows(&self) -> usize {
        self.row_weights.iter().filter(|weight| **weight > 0.0).count()
    }

    /// The logit of each row that counts; 0 of others.
    pub(super) fn logits(&self, parameters: &[f64]) -> Vec<f64> {
        let (weights, intercept) = split(parameters);
        let of_block = |rows: Range<usize>| -> Vec<f64> {
            rows.map(|row| {
                if self.row_weights[row] > 0.0 {
                    intercept + self.matrix.dot(row, weights)
                } else {
                    0.0
                }
            })
            .collect()
        };
        self.by_block(of_block).concat()
    }

    pub(super) fn cost(&self, parameters: &[f64], logits: &[f64]) -> f64 {
        let loss = |rows: Range<usize>| -> f64 {
            self.counting(rows)
                .map(|(row, weight)| weight * softplus(if self.positive[row] { -logits[row] } else { logits[row] }))
                .sum()
        };
        let loss: f64 = self.by_block(loss).into_iter().sum();
        let (weights, _) = split(parameters);
        loss + 0.5 * self.alpha * dot(weights, weights)
    }

    pub(super) fn gradient(&self, parameters: &[f64], logits: &[f64]) -> Vec<f64> {
        let slope = |row: usize, weight| weight * (sigmoid(logits[row]) - f64::from(u8::from(self.positive[row])));
        let mut gradient = self.sum_rows(slope, |value| value);
        self.add_penalty(parameters, &mut gradient);
        gradient
    }

    /// The second derivative of each row's loss by its logit.
    pub(super) fn curvature(&self, logits: &[f64]) -> Vec<f64> {
        logits
            .iter()
            .zip(self.row_weights)
            .map(|(&logit, weight)| weight * sigmoid(logit) * sigmoid(-logit))
            .collect()
    }

    /// The penalty's diagonal, mixed with a little of the Hessian's: half the passes that all of the Hessian's diagonal takes.
    pub(super) fn preconditioner(&self, curvature: &[f64]) -> Vec<f64> {
        const OF_HESSIAN: f64 = 0.01;
        let mut diagonal = self.sum_rows(|row, _| curvature[row], |value| value * value);
        for sum in &mut diagonal {
            *sum = self.alpha + OF_HESSIAN * *sum;
        }
        diagonal
    }

    /// The Hessian times a direction, in one pass over the rows.
    pub(super) fn hessian_times(&self, curvature: &[f64], direction: &[f64]) -> Vec<f64> {
        let (weights, intercept) = split(direction);
        let along = |row| intercept + self.matrix.dot(row, weights);
        let mut product = self.sum_rows(|row, _| curvature[row] * along(row), |value| value);
        self.add_penalty(direction, &mut product);
        product
    }

    /// What the penalty adds to a vector of slopes.
    fn add_penalty(&self, parameters: &[f64], slopes: &mut [f64]) {
        let (slopes, intercept) = split_mut(slopes);
        for (slope, weight) in slopes.iter_mut().zip(parameters) {
            *slope += self.alpha * weight;
        }
        if !self.free_intercept {
            *intercept = 0.0;
        }
    }

    /// Rows that count, with their weights.
    fn counting(&self, rows: Range<usize>) -> impl Iterator<Item = (usize, f64)> {
        rows.map(|row| (row, self.row_weights[row]))
            .filter(|(_, weight)| *weight > 0.0)
    }

    /// One sum a parameter, over the rows that count: of what `factor` gives for a row and its weight, times what `part`
    /// makes of the row's values (1 for the intercept).
    fn sum_rows(&self, factor: impl Fn(usize, f64) -> f64 + Sync, part: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
        let of_block = |rows: Range<usize>| {
            let mut sums = vec![0.0; self.parameters()];
            let (columns, intercept) = split_mut(&mut sums);
            for (row, weight) in self.counting(rows) {
                let factor = factor(row, weight);
                for (column, value) in self.matrix.row(row) {
                    columns[column] += factor * part(f64::from(value));
                }
                *intercept += factor;
            }
            sums
        };
        let blocks = self.by_block(of_block).into_iter();
        let added = blocks.reduce(|mut sums, block| {
            sums.iter_mut().zip(block).for_each(|(sum, part)| *sum += part);
            sums
        });
        added.unwrap_or_else(|| vec![0.0; self.parameters()])
    }

    fn by_block<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        self.blocks.par_iter().map(|rows| work(rows.clone())).collect()
    }
}

/// Weights and intercept.
pub(super) fn split(parameters: &[f64]) -> (&[f64], f64) {
    parameters
        .split_last()
        .map_or((&[], 0.0), |(intercept, weights)| (weights, *intercept))
}

fn split_mut(parameters: &mut [f64]) -> (&mut [f64], &mut f64) {
    let last = parameters.len() - 1;
    let (weights, intercept) = parameters.split_at_mut(last);
    (weights, &mut intercept[0])
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// `ln(1 + exp(x))` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
