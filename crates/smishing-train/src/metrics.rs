//! Figures of a scored set of messages, with bootstrap intervals over clusters.
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// One message: what it is, and what was said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Whether it is spam or smishing.
    pub bad: bool,
    /// Whether it was flagged.
    pub flagged: bool,
    /// Calibrated probability of bad.
    pub probability: f32,
    /// Calibrated log-odds of bad, which order messages more finely.
    pub logit: f32,
    /// Its near-duplicate cluster.
    pub cluster: usize,
}

/// A figure and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure on the set itself.
    pub value: f64,
    /// Percentile bootstrap interval, clusters drawn with replacement.
    pub ci95: [f64; 2],
}

/// The figures of a set; `None` where the set lacks a class that the figure needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Messages, all and bad.
    pub rows: usize,
    /// Bad messages among them.
    pub bad_rows: usize,
    /// Near-duplicate clusters that the messages belong to.
    pub clusters: usize,
    /// Matthews correlation of flagged and bad.
    pub mcc: Option<Estimate>,
    /// Share of messages decided rightly.
    pub accuracy: Option<Estimate>,
    /// Share of bad messages flagged (recall).
    pub spam_caught: Option<Estimate>,
    /// Share of genuine messages flagged (false-positive rate).
    pub blocked_ham: Option<Estimate>,
    /// Area under the ROC curve.
    pub roc_auc: Option<Estimate>,
    /// Recall at the threshold that flags at most this share of the set's own genuine messages.
    pub recall_at_fpr: BTreeMap<&'static str, Option<Estimate>>,
    /// Mean squared error of the probability.
    pub brier: Option<Estimate>,
    /// Expected calibration error over 15 bins of equal mass.
    pub ece: Option<Estimate>,
}

const FIGURES: usize = 9;
const RECALL_RATES: [(&str, f64); 2] = [("0.001", 0.001), ("0.01", 0.01)];

impl Figures {
    /// Of scored messages; `draws` bootstrap samples (1,000 is usual) from `seed`.
    ///
    /// ```
    /// use smishing_train::{Figures, Scored};
    /// let scored: Vec<Scored> = (0..100)
    ///     .map(|row| Scored { bad: row < 40, flagged: row < 38, probability: 0.5, logit: -(row as f32), cluster: row })
    ///     .collect();
    /// let figures = Figures::new(&scored, 200, 1);
    /// assert_eq!(figures.spam_caught.unwrap().value, 0.95);
    /// assert_eq!(figures.roc_auc.unwrap().value, 1.0);
    /// ```
    #[must_use]
    pub fn new(scored: &[Scored], draws: usize, seed: u64) -> Self {
        let mut sorted = scored.to_vec();
        sorted.sort_by(|a, b| b.logit.total_cmp(&a.logit));
        let clusters = sorted.iter().map(|row| row.cluster).max().map_or(0, |most| most + 1);
        let mut present = vec![false; clusters];
        for row in &sorted {
            present[row.cluster] = true;
        }
        let ids: Vec<usize> = (0..clusters).filter(|&cluster| present[cluster]).collect();
        let value = figures(&sorted, &vec![1; clusters]);
        let samples: Vec<[Option<f64>; FIGURES]> = (0..draws as u64)
            .into_par_iter()
            .map(|draw| {
                let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9).wrapping_add(draw));
                let mut weights = vec![0; clusters];
                for _ in 0..ids.len() {
                    weights[ids[random.random_range(0..ids.len())]] += 1;
                }
                figures(&sorted, &weights)
            })
            .collect();
        let estimate = |index: usize| {
            let mut values: Vec<f64> = samples.iter().filter_map(|sample| sample[index]).collect();
            values.sort_by(f64::total_cmp);
            let quantile = |share: f64| {
                values
                    .get((share * (values.len().max(1) - 1) as f64).round() as usize)
                    .copied()
            };
            value[index].map(|value| Estimate {
                value,
                ci95: [quantile(0.025).unwrap_or(value), quantile(0.975).unwrap_or(value)],
            })
        };
        Self {
            rows: sorted.len(),
            bad_rows: sorted.iter().filter(|row| row.bad).count(),
            clusters: ids.len(),
            mcc: estimate(0),
            accuracy: estimate(1),
            spam_caught: estimate(2),
            blocked_ham: estimate(3),
            roc_auc: estimate(4),
            brier: estimate(5),
            ece: estimate(6),
            recall_at_fpr: RECALL_RATES
                .iter()
                .enumerate()
                .map(|(index, (name, _))| (*name, estimate(7 + index)))
                .collect(),
        }
    }

    /// The mean of the figures of several runs over the same messages.
    #[must_use]
    pub fn mean(runs: &[Self]) -> Option<Self> {
        let mut mean = runs.first()?.clone();
        let average = |pick: &dyn Fn(&Self) -> Option<Estimate>| {
            let all: Option<Vec<Estimate>> = runs.iter().map(pick).collect();
            all.map(|all| {
                let of = |part: &dyn Fn(&Estimate) -> f64| all.iter().map(part).sum::<f64>() / all.len() as f64;
                Estimate {
                    value: of(&|e| e.value),
                    ci95: [of(&|e| e.ci95[0]), of(&|e| e.ci95[1])],
                }
            })
        };
        mean.mcc = average(&|run| run.mcc);
        mean.accuracy = average(&|run| run.accuracy);
        mean.spam_caught = average(&|run| run.spam_caught);
        mean.blocked_ham = average(&|run| run.blocked_ham);
        mean.roc_auc = average(&|run| run.roc_auc);
        mean.brier = average(&|run| run.brier);
        mean.ece = average(&|run| run.ece);
        mean.recall_at_fpr = mean
            .recall_at_fpr
            .keys()
            .map(|rate| (*rate, average(&|run| run.recall_at_fpr[rate])))
            .collect();
        Some(mean)
    }
}

/// All figures in one pass over rows sorted by falling score, each row counting as often as its cluster was drawn.
fn figures(sorted: &[Scored], weights: &[u32]) -> [Option<f64>; FIGURES] {
    let weight = |row: &Scored| f64::from(weights[row.cluster]);
    let (mut bad, mut ham) = (0.0, 0.0);
    let (mut caught, mut blocked, mut squared) = (0.0, 0.0, 0.0);
    for row in sorted {
        let weight = weight(row);
        let truth = f64::from(u8::from(row.bad));
        if row.bad {
            bad += weight;
            caught += weight * f64::from(u8::from(row.flagged));
        } else {
            ham += weight;
            blocked += weight * f64::from(u8::from(row.flagged));
        }
        squared += weight * (f64::from(row.probability) - truth).powi(2);
    }
    let all = bad + ham;
    let share = |part: f64, of: f64| (of > 0.0).then(|| part / of);
    let (mut above_bad, mut above_ham, mut area) = (0.0, 0.0, 0.0);
    let mut recall = [0.0; RECALL_RATES.len()];
    for tied in sorted.chunk_by(|a, b| a.logit.total_cmp(&b.logit).is_eq()) {
        let now_bad: f64 = tied.iter().filter(|row| row.bad).map(weight).sum();
        let now_ham: f64 = tied.iter().filter(|row| !row.bad).map(weight).sum();
        area += now_ham * (above_bad + 0.5 * now_bad);
        above_bad += now_bad;
        above_ham += now_ham;
        for (recall, (_, rate)) in recall.iter_mut().zip(RECALL_RATES) {
            if above_ham <= rate * ham {
                *recall = above_bad;
            }
        }
    }
    let both = bad > 0.0 && ham > 0.0;
    [
        mcc(caught, blocked, bad - caught, ham - blocked),
        share(caught + ham - blocked, all),
        share(caught, bad),
        share(blocked, ham),
        both.then(|| area / (bad * ham)),
        share(squared, all),
        ece(sorted, &weight, all),
        both.then(|| recall[0] / bad),
        both.then(|| recall[1] / bad),
    ]
}

/// Expected calibration error: mean distance of probability and frequency over 15 bins of equal mass.
fn ece(sorted: &[Scored], weight: &dyn Fn(&Scored) -> f64, all: f64) -> Option<f64> {
    const BINS: f64 = 15.0;
    if all <= 0.0 {
        return None;
    }
    let (mut error, mut seen) = (0.0, 0.0);
    let (mut probability, mut frequency, mut bin) = (0.0, 0.0, 1.0);
    for row in sorted {
        let weight = weight(row);
        probability += weight * f64::from(row.probability);
        frequency += weight * f64::from(u8::from(row.bad));
        seen += weight;
        if seen >= bin * all / BINS {
            error += f64::abs(probability - frequency);
            (probability, frequency) = (0.0, 0.0);
            bin = (seen * BINS / all).floor() + 1.0;
        }
    }
    Some((error + f64::abs(probability - frequency)) / all)
}

/// Matthews correlation (B. W. Matthews 1975); `None` where a margin is empty.
pub(crate) fn mcc(caught: f64, blocked: f64, missed: f64, passed: f64) -> Option<f64> {
    let margins = (caught + blocked) * (caught + missed) * (passed + blocked) * (passed + missed);
    (margins > 0.0).then(|| (caught * passed - blocked * missed) / margins.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mcc_by_hand() {
        // 90 caught, 10 missed, 5 blocked, 95 passed: (90 * 95 - 5 * 10) / sqrt(95 * 100 * 100 * 105).
        let expected = 8500.0 / (95.0_f64 * 100.0 * 100.0 * 105.0).sqrt();
        assert!((mcc(90.0, 5.0, 10.0, 95.0).unwrap() - expected).abs() < 1e-12);
        assert_eq!(mcc(0.0, 0.0, 5.0, 5.0), None);
    }

    fn scored(rows: &[(bool, u8)]) -> Vec<Scored> {
        rows.iter()
            .enumerate()
            .map(|(cluster, &(bad, score))| Scored {
                bad,
                flagged: score >= 128,
                probability: f32::from(score) / 255.0,
                logit: f32::from(score),
                cluster,
            })
            .collect()
    }

    proptest! {
        /// Oracle: each figure by its definition, pair by pair and threshold by threshold.
        #[test]
        fn figures_by_definition(rows in proptest::collection::vec((any::<bool>(), any::<u8>()), 2..60)) {
            let scored = scored(&rows);
            let figures = Figures::new(&scored, 0, 0);
            let bad: Vec<_> = scored.iter().filter(|row| row.bad).collect();
            let ham: Vec<_> = scored.iter().filter(|row| !row.bad).collect();
            if bad.is_empty() || ham.is_empty() {
                prop_assert!(figures.roc_auc.is_none());
                return Ok(());
            }
            let pairs: f64 = bad.iter().flat_map(|b| ham.iter().map(move |h| match b.logit.total_cmp(&h.logit) {
                std::cmp::Ordering::Greater => 1.0, std::cmp::Ordering::Equal => 0.5, std::cmp::Ordering::Less => 0.0,
            })).sum();
            prop_assert!((figures.roc_auc.unwrap().value - pairs / (bad.len() * ham.len()) as f64).abs() < 1e-9);
            for (name, rate) in RECALL_RATES {
                let best = (0..=256).map(|threshold| threshold as f32)
                    .filter(|threshold| ham.iter().filter(|row| row.logit >= *threshold).count() as f64 <= rate * ham.len() as f64)
                    .map(|threshold| bad.iter().filter(|row| row.logit >= threshold).count() as f64 / bad.len() as f64)
                    .fold(0.0, f64::max);
                prop_assert!((figures.recall_at_fpr[name].unwrap().value - best).abs() < 1e-9);
            }
            let brier: f64 = scored.iter().map(|row| (f64::from(row.probability) - f64::from(u8::from(row.bad))).powi(2)).sum::<f64>() / scored.len() as f64;
            prop_assert!((figures.brier.unwrap().value - brier).abs() < 1e-9);
        }
    }

    #[test]
    fn intervals_hold_the_value_and_widen_with_clustering() {
        let rows: Vec<_> = (0..400_u32).map(|row| (row % 4 == 0, (row * 37 % 256) as u8)).collect();
        let alone = scored(&rows);
        let clustered: Vec<_> = alone
            .iter()
            .map(|row| Scored {
                cluster: row.cluster / 20,
                ..*row
            })
            .collect();
        let width = |scored: &[Scored]| {
            let estimate = Figures::new(scored, 500, 7).accuracy.unwrap();
            assert!(estimate.ci95[0] <= estimate.value && estimate.value <= estimate.ci95[1]);
            estimate.ci95[1] - estimate.ci95[0]
        };
        assert!(width(&alone) > 0.0 && width(&clustered) > 0.0);
        assert_eq!(Figures::new(&alone, 100, 3), Figures::new(&alone, 100, 3));
    }
}
