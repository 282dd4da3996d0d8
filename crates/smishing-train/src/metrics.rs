//! Figures of a scored set of messages, with bootstrap intervals over clusters.
use crate::bootstrap::{Bootstrap, Estimate};
use crate::business::Counted;
use crate::curve::{OperatingCurve, steps};
use crate::reliability::{self, ReliabilityBin};
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

impl Scored {
    /// A message of these log-odds, under a threshold of log-odds.
    pub(crate) fn at(threshold: f32, logit: f32, bad: bool, cluster: usize) -> Self {
        Self {
            bad,
            flagged: logit >= threshold,
            probability: 1.0 / (1.0 + libm::expf(-logit)),
            logit,
            cluster,
        }
    }
}

/// The figures of a set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Messages, all and bad.
    pub rows: usize,
    /// Bad messages among them.
    pub bad_rows: usize,
    /// Near-duplicate clusters that the messages belong to.
    pub clusters: usize,
    /// Each message counted once.
    #[serde(flatten)]
    pub by_row: Measures,
    /// Each cluster counted once in each class, so that a template sent a thousand times is one piece of evidence.
    pub by_cluster: Measures,
    /// The reliability curve: 15 bins of equal mass, from the highest probability down.
    pub reliability: Vec<ReliabilityBin>,
    /// The same where both classes count the same; empty where one is missing.
    pub reliability_balanced: Vec<ReliabilityBin>,
    /// What each threshold catches and blocks, each message counted once; of the first run where the figures are means of
    /// several. Not serialised, for its size: [`OperatingCurve`] is by itself.
    #[serde(skip)]
    pub curve: OperatingCurve,
}

/// Figures under one way of counting; `None` where the set lacks a class that the figure needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures<T = Estimate> {
    /// Matthews correlation of flagged and bad.
    pub mcc: Option<T>,
    /// Share of messages decided rightly.
    pub accuracy: Option<T>,
    /// Share of bad messages flagged (recall).
    pub spam_caught: Option<T>,
    /// Share of genuine messages flagged (false-positive rate).
    pub blocked_ham: Option<T>,
    /// Area under the ROC curve.
    pub roc_auc: Option<T>,
    /// Recall at the threshold that flags at most this share of the set's own genuine messages.
    pub recall_at_fpr: BTreeMap<&'static str, Option<T>>,
    /// Mean squared error of the probability.
    pub brier: Option<T>,
    /// Expected calibration error over 15 bins of equal mass.
    pub ece: Option<T>,
    /// The same where both classes count the same, whatever their shares in the set.
    pub ece_balanced: Option<T>,
    /// Area above the ROC curve in per cent, the measure of TREC's spam track (Cormack & Lynam 2005).
    pub one_minus_roca_percent: Option<T>,
    /// Area under the precision-recall curve: average precision, without interpolation.
    pub pr_auc: Option<T>,
    /// Share of flagged messages that would be bad where bad ones have this share of the traffic.
    pub precision_at_share: BTreeMap<&'static str, Option<T>>,
}

const RECALL_RATES: [(&str, f64); 3] = [("0.001", 0.001), ("0.01", 0.01), ("0.05", 0.05)];
/// The UCI corpus's, and two that are nearer to real traffic's.
const SHARES: [(&str, f64); 3] = [("0.13", 0.13), ("0.01", 0.01), ("0.001", 0.001)];
const MEASURES: usize = 10 + RECALL_RATES.len() + SHARES.len();

impl Figures {
    /// Of scored messages; `draws` bootstrap samples (1,000 is usual) from `seed`.
    ///
    /// ```
    /// use smishing_train::{Figures, Scored};
    /// let scored: Vec<Scored> = (0..100)
    ///     .map(|row| Scored { bad: row < 40, flagged: row < 38, probability: 0.5, logit: -(row as f32), cluster: row })
    ///     .collect();
    /// let figures = Figures::new(&scored, 200, 1);
    /// assert_eq!(figures.by_row.spam_caught.unwrap().value, 0.95);
    /// assert_eq!(figures.by_row.roc_auc.unwrap().value, 1.0);
    /// ```
    #[must_use]
    pub fn new(scored: &[Scored], draws: usize, seed: u64) -> Self {
        let mut sorted = scored.to_vec();
        sorted.sort_by(|a, b| b.logit.total_cmp(&a.logit));
        let bootstrap = Bootstrap::new(&[sorted.iter().map(|row| row.cluster).collect()], draws, seed);
        let once = vec![1.0; sorted.len()];
        let counted = |weights: &[f64]| {
            Measures::of(&bootstrap.estimates(|counts| measures(&sorted, &drawn(&sorted, weights, counts))))
        };
        Self {
            rows: sorted.len(),
            bad_rows: sorted.iter().filter(|row| row.bad).count(),
            clusters: bootstrap.clusters(),
            by_row: counted(&once),
            by_cluster: counted(&cluster_weights(&sorted)),
            reliability: reliability::curve(&sorted, &once, &bootstrap),
            reliability_balanced: reliability::balanced(&sorted, &once)
                .map_or_else(Vec::new, |weights| reliability::curve(&sorted, &weights, &bootstrap)),
            curve: OperatingCurve::of(&sorted, &once),
        }
    }

    /// The mean of the figures of several runs over the same messages.
    #[must_use]
    pub fn mean(runs: &[Self]) -> Option<Self> {
        let first = runs.first()?;
        let measures = |pick: fn(&Self) -> &Measures| Measures::mean(&runs.iter().map(pick).collect::<Vec<_>>());
        let curve =
            |pick: fn(&Self) -> &Vec<ReliabilityBin>| ReliabilityBin::mean(&runs.iter().map(pick).collect::<Vec<_>>());
        Some(Self {
            by_row: measures(|run| &run.by_row),
            by_cluster: measures(|run| &run.by_cluster),
            reliability: curve(|run| &run.reliability),
            reliability_balanced: curve(|run| &run.reliability_balanced),
            curve: first.curve.clone(),
            ..*first
        })
    }
}

impl<T: Copy> Measures<T> {
    /// In the order of [`measures`].
    fn of(estimates: &[Option<T>; MEASURES]) -> Self {
        let &[
            mcc,
            accuracy,
            spam_caught,
            blocked_ham,
            roc_auc,
            brier,
            ece,
            ece_balanced,
            one_minus_roca_percent,
            pr_auc,
            ref by_rate @ ..,
        ] = estimates;
        let (recall, precision) = by_rate.split_at(RECALL_RATES.len());
        let named = |rates: &[(&'static str, f64)], estimates: &[Option<T>]| {
            rates
                .iter()
                .map(|(name, _)| *name)
                .zip(estimates.iter().copied())
                .collect()
        };
        Self {
            mcc,
            accuracy,
            spam_caught,
            blocked_ham,
            roc_auc,
            recall_at_fpr: named(&RECALL_RATES, recall),
            brier,
            ece,
            ece_balanced,
            one_minus_roca_percent,
            pr_auc,
            precision_at_share: named(&SHARES, precision),
        }
    }
}

impl Measures {
    fn mean(runs: &[&Self]) -> Self {
        let average = |pick: &dyn Fn(&Self) -> Option<Estimate>| Estimate::mean(runs.iter().map(|run| pick(run)));
        Self {
            mcc: average(&|run| run.mcc),
            accuracy: average(&|run| run.accuracy),
            spam_caught: average(&|run| run.spam_caught),
            blocked_ham: average(&|run| run.blocked_ham),
            roc_auc: average(&|run| run.roc_auc),
            recall_at_fpr: RECALL_RATES
                .into_iter()
                .map(|(rate, _)| (rate, average(&|run| run.recall_at_fpr[rate])))
                .collect(),
            brier: average(&|run| run.brier),
            ece: average(&|run| run.ece),
            ece_balanced: average(&|run| run.ece_balanced),
            one_minus_roca_percent: average(&|run| run.one_minus_roca_percent),
            pr_auc: average(&|run| run.pr_auc),
            precision_at_share: SHARES
                .into_iter()
                .map(|(share, _)| (share, average(&|run| run.precision_at_share[share])))
                .collect(),
        }
    }
}

/// How two models differ on the same messages, paired: both are measured on the same draws of clusters, so that what is
/// hard for both does not widen the intervals. An interval that holds 0 says that the difference may be chance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Each message counted once.
    pub by_row: Measures,
    /// Each cluster counted once in each class.
    pub by_cluster: Measures,
    /// How probable it is that a difference as large comes by chance, two-sided, from the same draws: with a thousand of
    /// them at least .002, and for each figure by itself, so that one in twenty is below .05 for nothing.
    pub p_values: Counted<Measures<f64>>,
}

impl Comparison {
    /// The figures of `scored` less those of `other`, which holds the same messages in the same order.
    #[must_use]
    pub fn new(scored: &[Scored], other: &[Scored], draws: usize, seed: u64) -> Self {
        let bootstrap = Bootstrap::new(&[scored.iter().map(|row| row.cluster).collect()], draws, seed);
        let [one, other] = [scored, other].map(|rows| {
            let mut sorted = rows.to_vec();
            sorted.sort_by(|a, b| b.logit.total_cmp(&a.logit));
            sorted
        });
        let difference = |weigh: fn(&[Scored]) -> Vec<f64>| {
            let [one_weights, other_weights] = [&one, &other].map(|rows| weigh(rows));
            let (differences, p_values) = bootstrap.tested(|counts| {
                let of_one = measures(&one, &drawn(&one, &one_weights, counts));
                let of_other = measures(&other, &drawn(&other, &other_weights, counts));
                std::array::from_fn(|at| Some(of_one[at]? - of_other[at]?))
            });
            (Measures::of(&differences), Measures::of(&p_values))
        };
        let (by_row, p_by_row) = difference(|rows| vec![1.0; rows.len()]);
        let (by_cluster, p_by_cluster) = difference(cluster_weights);
        Self {
            by_row,
            by_cluster,
            p_values: Counted {
                by_row: p_by_row,
                by_cluster: p_by_cluster,
            },
        }
    }
}

/// What rows weigh where clusters count so often.
fn drawn(rows: &[Scored], weights: &[f64], counts: &[u32]) -> Vec<f64> {
    rows.iter()
        .zip(weights)
        .map(|(row, weight)| weight * f64::from(counts[row.cluster]))
        .collect()
}

/// One over the number of rows of the same cluster and class.
pub(crate) fn cluster_weights(rows: &[Scored]) -> Vec<f64> {
    let mut sizes: BTreeMap<(usize, bool), u32> = BTreeMap::new();
    for row in rows {
        *sizes.entry((row.cluster, row.bad)).or_default() += 1;
    }
    rows.iter()
        .map(|row| 1.0 / f64::from(sizes[&(row.cluster, row.bad)]))
        .collect()
}

/// All figures in one pass over rows sorted by falling score.
fn measures(sorted: &[Scored], weights: &[f64]) -> [Option<f64>; MEASURES] {
    let (mut bad, mut ham) = (0.0, 0.0);
    let (mut caught, mut blocked, mut squared) = (0.0, 0.0, 0.0);
    for (row, weight) in sorted.iter().zip(weights) {
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
    let ranking = Ranking::of(sorted, weights, ham, RECALL_RATES.map(|(_, rate)| rate));
    let both = bad > 0.0 && ham > 0.0;
    let roc_auc = both.then(|| ranking.roc_area / (bad * ham));
    let balanced = reliability::balanced(sorted, weights);
    let precision = |among: f64| {
        let (hits, false_alarms) = (among * share(caught, bad)?, (1.0 - among) * share(blocked, ham)?);
        share(hits, hits + false_alarms)
    };
    [
        mcc(caught, blocked, bad - caught, ham - blocked),
        share(caught + ham - blocked, all),
        share(caught, bad),
        share(blocked, ham),
        roc_auc,
        share(squared, all),
        reliability::calibration_error(sorted, weights),
        balanced.and_then(|weights| reliability::calibration_error(sorted, &weights)),
        roc_auc.map(|area| 100.0 * (1.0 - area)),
        both.then(|| ranking.precision_area / bad),
        both.then(|| ranking.caught[0] / bad),
        both.then(|| ranking.caught[1] / bad),
        both.then(|| ranking.caught[2] / bad),
        precision(SHARES[0].1),
        precision(SHARES[1].1),
        precision(SHARES[2].1),
    ]
}

/// What follows from the order of the rows alone, with recall at so many rates.
pub(crate) struct Ranking<const RATES: usize> {
    /// Pairs of a bad and a genuine row, the bad one above; ties count half.
    roc_area: f64,
    /// Bad rows, each times the precision of flagging all down to it.
    precision_area: f64,
    /// Bad rows above the lowest threshold that flags at most each rate of genuine rows.
    pub(crate) caught: [f64; RATES],
}

impl<const RATES: usize> Ranking<RATES> {
    /// Of rows sorted by falling score; `ham` is what the genuine ones weigh together.
    pub(crate) fn of(sorted: &[Scored], weights: &[f64], ham: f64, rates: [f64; RATES]) -> Self {
        /// Sums of fractions may come out a little above the rate that they make up.
        const ROUNDING: f64 = 1.0 + 1e-9;
        let mut ranking = Self {
            roc_area: 0.0,
            precision_area: 0.0,
            caught: [0.0; RATES],
        };
        for step in steps(sorted, weights) {
            ranking.roc_area += step.ham * (step.bad_above + 0.5 * step.bad);
            let (flagged_bad, flagged_ham) = (step.flagged_bad(), step.flagged_ham());
            if step.bad > 0.0 {
                ranking.precision_area += step.bad * flagged_bad / (flagged_bad + flagged_ham);
            }
            for (caught, rate) in ranking.caught.iter_mut().zip(rates) {
                if flagged_ham <= rate * ham * ROUNDING {
                    *caught = flagged_bad;
                }
            }
        }
        ranking
    }
}

/// Matthews correlation (B. W. Matthews 1975); `None` where a margin is empty.
pub(crate) fn mcc(caught: f64, blocked: f64, missed: f64, passed: f64) -> Option<f64> {
    let margins = (caught + blocked) * (caught + missed) * (passed + blocked) * (passed + missed);
    (margins > 0.0).then(|| (caught * passed - blocked * missed) / margins.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::assert_value;
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
                prop_assert!(figures.by_row.roc_auc.is_none());
                return Ok(());
            }
            let pairs: f64 = bad.iter().flat_map(|b| ham.iter().map(move |h| match b.logit.total_cmp(&h.logit) {
                std::cmp::Ordering::Greater => 1.0, std::cmp::Ordering::Equal => 0.5, std::cmp::Ordering::Less => 0.0,
            })).sum();
            prop_assert!((figures.by_row.roc_auc.unwrap().value - pairs / (bad.len() * ham.len()) as f64).abs() < 1e-9);
            for (name, rate) in RECALL_RATES {
                let best = (0..=256).map(|threshold| threshold as f32)
                    .filter(|threshold| ham.iter().filter(|row| row.logit >= *threshold).count() as f64 <= rate * ham.len() as f64)
                    .map(|threshold| bad.iter().filter(|row| row.logit >= threshold).count() as f64 / bad.len() as f64)
                    .fold(0.0, f64::max);
                prop_assert!((figures.by_row.recall_at_fpr[name].unwrap().value - best).abs() < 1e-9);
            }
            prop_assert!((figures.by_row.one_minus_roca_percent.unwrap().value / 100.0 + figures.by_row.roc_auc.unwrap().value - 1.0).abs() < 1e-9);
            let average_precision = bad.iter().map(|b| {
                let above = |rows: &[&Scored]| rows.iter().filter(|row| row.logit >= b.logit).count() as f64;
                above(&bad) / (above(&bad) + above(&ham))
            }).sum::<f64>() / bad.len() as f64;
            prop_assert!((figures.by_row.pr_auc.unwrap().value - average_precision).abs() < 1e-9);
            for (name, share) in SHARES {
                let flagged = |rows: &[&Scored]| rows.iter().filter(|row| row.flagged).count() as f64 / rows.len() as f64;
                let (hits, alarms) = (share * flagged(&bad), (1.0 - share) * flagged(&ham));
                let precision = figures.by_row.precision_at_share[name];
                prop_assert_eq!(precision.is_some(), hits + alarms > 0.0);
                prop_assert!(precision.is_none_or(|found| (found.value - hits / (hits + alarms)).abs() < 1e-9));
            }
            // Each row is its own cluster here.
            prop_assert_eq!(&figures.by_row, &figures.by_cluster);
            let brier: f64 = scored.iter().map(|row| (f64::from(row.probability) - f64::from(u8::from(row.bad))).powi(2)).sum::<f64>() / scored.len() as f64;
            prop_assert!((figures.by_row.brier.unwrap().value - brier).abs() < 1e-9);
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
            let estimate = Figures::new(scored, 500, 7).by_row.accuracy.unwrap();
            assert!(estimate.ci95[0] <= estimate.value && estimate.value <= estimate.ci95[1]);
            estimate.ci95[1] - estimate.ci95[0]
        };
        assert!(width(&alone) > 0.0 && width(&clustered) > 0.0);
        assert_eq!(Figures::new(&alone, 100, 3), Figures::new(&alone, 100, 3));
    }

    /// Oracle: the set with one row a cluster and class, where the rows of a cluster agree.
    #[test]
    fn clusters_count_once() {
        let once = scored(&[(true, 200), (true, 90), (false, 30), (false, 140), (false, 20)]);
        let repeated: Vec<Scored> = once
            .iter()
            .flat_map(|row| vec![*row; [1, 3, 2, 1, 3][row.cluster]])
            .collect();
        let (once, repeated) = (Figures::new(&once, 50, 1), Figures::new(&repeated, 50, 1));
        assert_eq!((repeated.rows, repeated.clusters), (10, 5));
        assert_value(repeated.by_row.spam_caught, 0.25);
        let picks: [fn(&Measures) -> Option<Estimate>; 4] = [
            |measures| measures.spam_caught,
            |measures| measures.blocked_ham,
            |measures| measures.pr_auc,
            |measures| measures.brier,
        ];
        for pick in picks {
            let [once, repeated] = [&once, &repeated].map(|figures| pick(&figures.by_cluster));
            assert_value(repeated, once.unwrap().value);
        }
    }

    #[test]
    fn the_mean_of_runs() {
        let run = |flagged| {
            let rows: Vec<_> = scored(&[(true, 200), (false, 100), (true, 50), (false, 20)])
                .into_iter()
                .map(|row| Scored { flagged, ..row })
                .collect();
            Figures::new(&rows, 50, 1)
        };
        let mean = Figures::mean(&[run(true), run(false)]).unwrap();
        assert_value(mean.by_row.spam_caught, 0.5);
        assert_eq!(mean.reliability, run(true).reliability);
        assert_eq!(Figures::mean(&[]), None);
    }

    #[test]
    fn models_are_compared_on_the_same_draws() {
        // Hard and easy messages alternate by cluster: alone, recall is uncertain, but one model catches exactly the
        // other's and two more of every hundred.
        let rows = |more: bool| -> Vec<Scored> {
            (0..400)
                .map(|cluster| {
                    let flagged = cluster % 2 == 0 || (more && cluster % 100 == 1) || (more && cluster % 100 == 51);
                    Scored {
                        bad: true,
                        flagged,
                        probability: 0.5,
                        logit: f32::from(u8::from(flagged)),
                        cluster,
                    }
                })
                .collect()
        };
        let (one, other) = (rows(true), rows(false));
        let paired = Comparison::new(&one, &other, 500, 1).by_row.spam_caught;
        assert_value(paired, 0.02);
        let width = |estimate: Option<Estimate>| estimate.map(|estimate| estimate.ci95[1] - estimate.ci95[0]).unwrap();
        let p = |one, other| {
            Comparison::new(one, other, 500, 1)
                .p_values
                .by_cluster
                .spam_caught
                .unwrap()
        };
        assert!(p(&one, &other) < 0.01 && p(&other, &one) < 0.01 && (p(&one, &one) - 1.0).abs() < 1e-12);
        assert!(paired.unwrap().ci95[0] > 0.0 && width(paired) < 0.04);
        assert!(width(Figures::new(&one, 500, 1).by_row.spam_caught) > 0.08);
        let none = Comparison::new(&one, &one, 500, 1).by_cluster;
        assert_value(none.spam_caught, 0.0);
        assert_eq!((none.roc_auc, width(none.spam_caught) > 0.0), (None, false));
    }
}
