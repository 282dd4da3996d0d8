//! Calibration and thresholds, from scores of rows held out of the fits that gave them.
use crate::solver::{Solver, SparseLogistic};
use crate::{CsrMatrix, Error};
use smishing::{RateThreshold, Thresholds};

/// Platt's line from scores to log-odds: `scale * score + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Platt {
    pub(crate) scale: f32,
    pub(crate) offset: f32,
}

impl Platt {
    /// Fits the line by logistic regression of the class on the score.
    pub(crate) fn fit(scores: &[f32], positive: &[bool], weights: &[f64]) -> Result<Self, Error> {
        /// Too weak to bend the line, strong enough to keep it finite where the classes are separable.
        const ALPHA: f64 = 1e-2;
        /// Scores that say nothing would give 0 or less, and no order to set thresholds by.
        const FLATTEST: f32 = 1e-3;
        let fit = Solver::fit(
            &SparseLogistic::new(ALPHA),
            &CsrMatrix::of_column(scores),
            positive,
            weights,
        )?;
        Ok(Self {
            scale: (fit.weights[0] as f32).max(FLATTEST),
            offset: fit.intercept as f32,
        })
    }

    pub(crate) fn logit(self, score: f32) -> f32 {
        self.scale * score + self.offset
    }
}

/// False-positive rates that models carry thresholds for, as far as their data support them.
const RATES: [f32; 8] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];
/// False alarms that the default threshold allows among held-out genuine messages. Twice what is wanted of ordinary ones:
/// those of `data/messages`, most of a training set, each imitate a scam's surface.
const BALANCED_RATE: f64 = 0.02;
/// Genuine clusters that have to lie above a threshold for its rate to mean something.
const SUPPORT: f64 = 3.0;

/// Thresholds on calibrated log-odds of held-out rows. A cluster of genuine messages counts once, so that a template
/// sent a thousand times is no thousand pieces of evidence; `row_weights` count besides.
pub(crate) fn thresholds(logits: &[f32], bad: &[bool], clusters: &[usize], row_weights: &[f64]) -> Thresholds {
    let mut weights = cluster_weights(clusters, bad);
    for (weight, row_weight) in weights.iter_mut().zip(row_weights) {
        *weight *= row_weight;
    }
    let ham: f64 = (0..bad.len()).filter(|&row| !bad[row]).map(|row| weights[row]).sum();
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
    let mut curve = Curve::default();
    let mut rows = order.as_slice();
    // Rows of equal score are flagged together.
    while let Some((&first, _)) = rows.split_first() {
        let tied = rows
            .iter()
            .take_while(|&&row| logits[row].total_cmp(&logits[first]).is_eq())
            .count();
        let (now, rest) = rows.split_at(tied);
        curve.step(
            now,
            rest.first().map(|&next| logits[next]),
            logits[first],
            bad,
            &weights,
        );
        rows = rest;
    }
    let bad_rows: f64 = (0..bad.len()).filter(|&row| bad[row]).map(|row| weights[row]).sum();
    let by_false_positive_rate = RATES
        .into_iter()
        .filter(|&rate| f64::from(rate) * ham >= SUPPORT)
        .filter_map(|rate| {
            curve.last_within(f64::from(rate) * ham).map(|point| RateThreshold {
                rate,
                logit: point.threshold,
            })
        })
        .collect();
    let within = curve
        .points
        .iter()
        .filter(|point| point.false_alarms <= BALANCED_RATE * ham);
    let balanced = within
        .max_by(|a, b| a.mcc(bad_rows, ham).total_cmp(&b.mcc(bad_rows, ham)))
        .map_or(0.0, |point| point.threshold);
    // Doubt lies between missing one bad message in fifty and flagging one genuine message in two hundred.
    let sure_bad = curve
        .last_within(0.005 * ham)
        .map_or(balanced, |point| point.threshold)
        .max(balanced);
    let sure_ham = curve
        .points
        .iter()
        .find(|point| point.caught >= 0.98 * bad_rows)
        .map_or(balanced, |point| point.threshold)
        .min(balanced);
    Thresholds {
        balanced,
        unsure: (sure_ham, sure_bad),
        by_false_positive_rate,
    }
}

/// One over the number of rows of the same cluster, for genuine rows; bad rows count 1.
fn cluster_weights(clusters: &[usize], bad: &[bool]) -> Vec<f64> {
    let mut sizes = vec![0_u32; clusters.iter().max().map_or(0, |most| most + 1)];
    for (&cluster, _) in clusters.iter().zip(bad).filter(|(_, bad)| !**bad) {
        sizes[cluster] += 1;
    }
    clusters
        .iter()
        .zip(bad)
        .map(|(&cluster, &bad)| if bad { 1.0 } else { 1.0 / f64::from(sizes[cluster]) })
        .collect()
}

/// What each threshold flags, from the highest down.
#[derive(Default)]
struct Curve {
    points: Vec<Point>,
    flagged: Point,
}

#[derive(Clone, Copy, Default)]
struct Point {
    threshold: f32,
    caught: f64,
    false_alarms: f64,
}

impl Curve {
    fn step(&mut self, rows: &[usize], next: Option<f32>, logit: f32, bad: &[bool], weights: &[f64]) {
        for &row in rows {
            *(if bad[row] {
                &mut self.flagged.caught
            } else {
                &mut self.flagged.false_alarms
            }) += weights[row];
        }
        // Half-way to the next score: as far from both as can be.
        let threshold = next.map_or(logit, |next| f32::midpoint(logit, next));
        self.points.push(Point {
            threshold,
            ..self.flagged
        });
    }

    /// The lowest threshold with at most so many false alarms.
    fn last_within(&self, false_alarms: f64) -> Option<&Point> {
        self.points
            .iter()
            .rev()
            .find(|point| point.false_alarms <= false_alarms)
    }
}

impl Point {
    fn mcc(&self, bad: f64, ham: f64) -> f64 {
        crate::metrics::mcc(
            self.caught,
            self.false_alarms,
            bad - self.caught,
            ham - self.false_alarms,
        )
        .unwrap_or(-1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platt_finds_a_known_line() {
        // Scores whose classes follow sigmoid(2 s - 1) exactly, by repeating each score in proportion.
        let mut scores = Vec::new();
        let mut positive = Vec::new();
        for step in -20..=20 {
            let score = step as f32 / 10.0;
            let share = 1.0 / (1.0 + (-(2.0 * score - 1.0)).exp());
            for index in 0..200 {
                scores.push(score);
                positive.push((index as f32) < share * 200.0);
            }
        }
        let line = Platt::fit(&scores, &positive, &vec![1.0; scores.len()]).unwrap();
        assert!(
            (line.scale - 2.0).abs() < 0.05 && (line.offset + 1.0).abs() < 0.05,
            "{line:?}"
        );
    }

    #[test]
    fn rates_hold_on_the_data_they_were_set_on() {
        let logits: Vec<f32> = (0..4000).map(|row| (row * 7919 % 4000) as f32 / 400.0 - 5.0).collect();
        let bad: Vec<bool> = (0..4000).map(|row| row * 7919 % 4000 > 1000 + row % 1500).collect();
        let clusters: Vec<usize> = (0..4000).collect();
        let thresholds = thresholds(&logits, &bad, &clusters, &vec![1.0; 4000]);
        let ham = bad.iter().filter(|bad| !**bad).count() as f32;
        assert!(thresholds.by_false_positive_rate.len() >= 5);
        for threshold in &thresholds.by_false_positive_rate {
            let flagged = (0..4000)
                .filter(|&row| !bad[row] && logits[row] >= threshold.logit)
                .count() as f32;
            assert!(flagged <= threshold.rate * ham, "{threshold:?}: {flagged} of {ham}");
        }
        assert!(thresholds.unsure.0 <= thresholds.balanced && thresholds.balanced <= thresholds.unsure.1);
    }
}
