//! Whether probabilities are right: reliability curve and expected calibration error, over bins of equal mass.
use crate::bootstrap::{Bootstrap, Estimate};
use crate::metrics::Scored;
use serde::Serialize;
use std::ops::Range;

const BINS: usize = 15;

/// A point of the reliability curve: messages that were given about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Messages.
    pub rows: usize,
    /// Mean probability of bad that they were given.
    pub probability: f64,
    /// Share of them that is bad: the same, if the probabilities are right.
    pub bad: Estimate,
}

impl ReliabilityBin {
    /// The mean of several runs' curves, bin by bin.
    pub(crate) fn mean(runs: &[&Vec<Self>]) -> Vec<Self> {
        let bins = runs.iter().map(|run| run.len()).min().unwrap_or(0);
        (0..bins)
            .filter_map(|bin| {
                Some(Self {
                    rows: runs[0][bin].rows,
                    probability: runs.iter().map(|run| run[bin].probability).sum::<f64>() / runs.len() as f64,
                    bad: Estimate::mean(runs.iter().map(|run| Some(run[bin].bad)))?,
                })
            })
            .collect()
    }
}

/// What each row counts where both classes are to count the same; `None` where one is missing.
pub(crate) fn balanced(sorted: &[Scored], weights: &[f64]) -> Option<Vec<f64>> {
    let mass = |bad: bool| -> f64 {
        sorted
            .iter()
            .zip(weights)
            .filter(|(row, _)| row.bad == bad)
            .map(|(_, weight)| weight)
            .sum()
    };
    let [ham, bad] = [mass(false), mass(true)];
    (ham > 0.0 && bad > 0.0).then(|| {
        sorted
            .iter()
            .zip(weights)
            .map(|(row, weight)| weight / if row.bad { bad } else { ham })
            .collect()
    })
}

/// Expected calibration error: mean distance of probability and frequency over the bins.
pub(crate) fn calibration_error(sorted: &[Scored], weights: &[f64]) -> Option<f64> {
    let all: f64 = weights.iter().sum();
    (all > 0.0).then(|| {
        let error: f64 = bins(weights)
            .into_iter()
            .map(|bin| {
                let (probability, bad) = masses(&sorted[bin.clone()], &weights[bin]);
                f64::abs(probability - bad)
            })
            .sum();
        error / all
    })
}

/// The curve, with intervals over clusters within each bin.
pub(crate) fn curve(sorted: &[Scored], weights: &[f64], bootstrap: &Bootstrap) -> Vec<ReliabilityBin> {
    let bins = bins(weights);
    let bad = bootstrap.estimates::<BINS>(|counts| {
        std::array::from_fn(|at| {
            let bin = bins.get(at)?.clone();
            let rows = &sorted[bin.clone()];
            let weights: Vec<f64> = rows
                .iter()
                .zip(&weights[bin])
                .map(|(row, weight)| weight * f64::from(counts[row.cluster]))
                .collect();
            let all: f64 = weights.iter().sum();
            (all > 0.0).then(|| masses(rows, &weights).1 / all)
        })
    });
    bins.iter()
        .zip(bad)
        .filter_map(|(bin, bad)| {
            let weights = &weights[bin.clone()];
            let (probability, _) = masses(&sorted[bin.clone()], weights);
            Some(ReliabilityBin {
                rows: bin.len(),
                probability: probability / weights.iter().sum::<f64>(),
                bad: bad?,
            })
        })
        .collect()
}

/// Sums of the probabilities and of the bad rows.
fn masses(rows: &[Scored], weights: &[f64]) -> (f64, f64) {
    rows.iter()
        .zip(weights)
        .fold((0.0, 0.0), |(probability, bad), (row, weight)| {
            (
                probability + weight * f64::from(row.probability),
                bad + weight * f64::from(u8::from(row.bad)),
            )
        })
}

/// Stretches of the rows that hold about a fifteenth of the mass each.
fn bins(weights: &[f64]) -> Vec<Range<usize>> {
    let all: f64 = weights.iter().sum();
    let (mut bins, mut start, mut seen, mut bin) = (Vec::with_capacity(BINS), 0, 0.0, 1.0);
    for (row, weight) in weights.iter().enumerate() {
        seen += weight;
        if seen >= bin * all / BINS as f64 {
            bins.push(start..row + 1);
            start = row + 1;
            bin = (seen * BINS as f64 / all).floor() + 1.0;
        }
    }
    if start < weights.len() {
        bins.push(start..weights.len());
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::assert_value;

    fn rows(of: &[(f32, bool, usize)]) -> Vec<Scored> {
        let row = |(cluster, &(probability, bad, times)): (usize, &(f32, bool, usize))| {
            let row = Scored {
                bad,
                flagged: probability >= 0.5,
                probability,
                logit: probability,
                cluster,
            };
            vec![row; times]
        };
        of.iter().enumerate().flat_map(row).collect()
    }

    #[test]
    fn balance_gives_both_classes_the_same_mass() {
        // Given 0.9, three of four are bad; with ham ten times as heavy, 3 / (3 + 10) are.
        let rows = rows(&[(0.9, true, 3), (0.9, false, 1), (0.1, false, 9)]);
        let weights = balanced(&rows, &vec![1.0; rows.len()]).unwrap();
        let mass = |bad| -> f64 {
            rows.iter()
                .zip(&weights)
                .filter(|(row, _)| row.bad == bad)
                .map(|(_, weight)| weight)
                .sum()
        };
        assert!((mass(true) - 1.0).abs() < 1e-12 && (mass(false) - 1.0).abs() < 1e-12);
        assert!(balanced(&rows[..3], &[1.0; 3]).is_none());
    }

    #[test]
    fn right_probabilities_have_no_error_and_wrong_ones_theirs() {
        // 15 bins of four rows, one of which is bad: 0.25 is right.
        let right = rows(&[(0.25, true, 1), (0.25, false, 3)].repeat(15));
        let weights = vec![1.0; right.len()];
        assert!(calibration_error(&right, &weights).unwrap() < 1e-9);
        let wrong: Vec<Scored> = right
            .iter()
            .map(|row| Scored {
                probability: 0.75,
                ..*row
            })
            .collect();
        assert!((calibration_error(&wrong, &weights).unwrap() - 0.5).abs() < 1e-9);
        assert_eq!(calibration_error(&[], &[]), None);
    }

    #[test]
    fn the_curve_has_a_point_for_each_bin() {
        let rows = rows(&[(0.75, true, 3), (0.75, false, 1)].repeat(15));
        let bootstrap = Bootstrap::new(&[rows.iter().map(|row| row.cluster).collect()], 100, 1);
        let curve = curve(&rows, &vec![1.0; rows.len()], &bootstrap);
        assert_eq!(curve.len(), BINS);
        for point in curve {
            assert_eq!(point.rows, 4);
            assert!((point.probability - 0.75).abs() < 1e-9);
            assert_value(Some(point.bad), 0.75);
            assert!(point.bad.ci95[0] <= 0.75 && point.bad.ci95[1] > 0.99, "{point:?}");
        }
    }
}
