//! The figures that decide: recall at thresholds that spare genuine business text.
//!
//! Kinds of business text are as different as banks' alerts and one-time codes, and files of them differ in size by
//! chance. So each kind is a set of its own, and a threshold is said to flag 1 % of business text where it flags 1 % of
//! the sets' mean: a kind with many messages does not outvote the others.
use crate::Error;
use crate::bootstrap::{Bootstrap, Estimate};
use crate::curve::OperatingCurve;
use crate::evaluate::DRAWS;
use crate::metrics::{Ranking, Scored, cluster_weights};
use serde::Serialize;
use std::collections::BTreeMap;

const RATES: [(&str, f64); 3] = [("0.001", 0.001), ("0.01", 0.01), ("0.05", 0.05)];

/// What a classifier says of several sets, each with its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BusinessScores {
    /// Sets of which the genuine messages count.
    pub business: Vec<(String, Vec<Scored>)>,
    /// Sets of which the bad messages count.
    pub scams: Vec<(String, Vec<Scored>)>,
}

/// Recall and false alarms against several sets of genuine business text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusinessFigures {
    /// False alarms on each set at the classifier's own threshold.
    pub business: Vec<BusinessSet>,
    /// Their mean, each set counted once.
    pub blocked_ham: Counted<Option<Estimate>>,
    /// Recall on each set of bad messages.
    pub scams: Vec<ScamSet>,
}

/// A figure under two ways of counting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted<T> {
    /// Each message counted once.
    pub by_row: T,
    /// Each near-duplicate cluster counted once.
    pub by_cluster: T,
}

/// A set of genuine messages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusinessSet {
    /// What it is called.
    pub name: String,
    /// Genuine messages.
    pub rows: usize,
    /// Their clusters.
    pub clusters: usize,
    /// Share of them flagged.
    pub blocked_ham: Counted<Option<Estimate>>,
}

/// A set of bad messages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScamSet {
    /// What it is called.
    pub name: String,
    /// Bad messages.
    pub rows: usize,
    /// Their clusters.
    pub clusters: usize,
    /// Recall at the lowest threshold that flags at most this share of business text, as the mean of the sets. The
    /// intervals hold the doubt about the threshold too: clusters are drawn from each set.
    pub recall_at_business_fpr: Counted<RecallAt>,
    /// What each threshold catches of the set and blocks of business text (the mean of its sets), each cluster counted
    /// once; precision is that of traffic in which all sets are as frequent. Not serialised, for its size.
    #[serde(skip)]
    pub curve: OperatingCurve,
}

/// Recall at some share of false alarms, by the share.
pub type RecallAt = BTreeMap<&'static str, Option<Estimate>>;

impl BusinessFigures {
    /// Of a classifier's scores.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where there is no business set, or one holds no genuine message.
    pub fn new(scores: &BusinessScores, seed: u64) -> Result<Self, Error> {
        let genuine = scores.genuine()?;
        let business = scores.business.iter().zip(&genuine).map(|((name, _), rows)| {
            let pool = Pool::new(std::slice::from_ref(rows), seed);
            BusinessSet {
                name: name.clone(),
                rows: rows.len(),
                clusters: pool.bootstrap.clusters(),
                blocked_ham: pool.blocked(),
            }
        });
        let scams = scores.scams.iter().map(|(name, rows)| {
            let bad = of_class(rows, true);
            let clusters: Vec<usize> = bad.iter().map(|row| row.cluster).collect();
            let pool = Pool::against(&genuine, bad, seed);
            ScamSet {
                name: name.clone(),
                rows: clusters.len(),
                clusters: Bootstrap::new(&[clusters], 0, seed).clusters(),
                recall_at_business_fpr: pool.recall(),
                curve: pool.curve(),
            }
        });
        Ok(Self {
            business: business.collect(),
            blocked_ham: Pool::new(&genuine, seed).blocked(),
            scams: scams.collect(),
        })
    }
}

/// How two classifiers differ on the same sets, paired as in [`Comparison`](crate::Comparison).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusinessComparison {
    /// For each set of bad messages.
    pub scams: Vec<ScamDifference>,
}

/// How two classifiers differ on a set of bad messages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScamDifference {
    /// What the set is called.
    pub name: String,
    /// What recall at the same share of false alarms gains, each classifier at thresholds of its own.
    pub recall_at_business_fpr: Counted<RecallAt>,
    /// How probable it is that so large a gain or loss comes by chance, as [`Comparison::p_values`](crate::Comparison).
    pub p_values: Counted<BTreeMap<&'static str, Option<f64>>>,
}

impl BusinessComparison {
    /// The figures of `scores` less those of `other`, which holds the same messages in the same order.
    ///
    /// # Errors
    ///
    /// As those of [`BusinessFigures::new`].
    pub fn new(scores: &BusinessScores, other: &BusinessScores, seed: u64) -> Result<Self, Error> {
        let (genuine, other_genuine) = (scores.genuine()?, other.genuine()?);
        let scams = scores.scams.iter().zip(&other.scams);
        let scams = scams.map(|((name, rows), (_, other_rows))| {
            let one = Pool::against(&genuine, of_class(rows, true), seed);
            let other = Pool::against(&other_genuine, of_class(other_rows, true), seed);
            let (by_row, p_by_row) = one.recall_above(&one.by_row, &other, &other.by_row);
            let (by_cluster, p_by_cluster) = one.recall_above(&one.by_cluster, &other, &other.by_cluster);
            ScamDifference {
                name: name.clone(),
                recall_at_business_fpr: Counted { by_row, by_cluster },
                p_values: Counted {
                    by_row: p_by_row,
                    by_cluster: p_by_cluster,
                },
            }
        });
        Ok(Self { scams: scams.collect() })
    }
}

impl BusinessScores {
    /// The genuine messages of each business set.
    fn genuine(&self) -> Result<Vec<Vec<Scored>>, Error> {
        if self.business.is_empty() {
            return Err(Error::Data("no business set".into()));
        }
        self.business
            .iter()
            .map(|(name, rows)| match of_class(rows, false) {
                genuine if genuine.is_empty() => {
                    Err(Error::Data(format!("no genuine message in the business set `{name}`")))
                }
                genuine => Ok(genuine),
            })
            .collect()
    }
}

fn of_class(rows: &[Scored], bad: bool) -> Vec<Scored> {
    rows.iter().filter(|row| row.bad == bad).copied().collect()
}

fn by_rate<T>(figures: [Option<T>; RATES.len()]) -> BTreeMap<&'static str, Option<T>> {
    RATES.into_iter().map(|(name, _)| name).zip(figures).collect()
}

/// Rows of several sets, sorted together by falling score. Each set is a population of the bootstrap.
struct Pool {
    sorted: Vec<Scored>,
    set_of: Vec<usize>,
    sets: usize,
    by_row: Vec<f64>,
    by_cluster: Vec<f64>,
    bootstrap: Bootstrap,
}

impl Pool {
    fn new(sets: &[Vec<Scored>], seed: u64) -> Self {
        // Clusters are numbered set by set, and no number may stand in two populations.
        let mut first = 0;
        let mut rows: Vec<(usize, Scored)> = Vec::new();
        for (set, members) in sets.iter().enumerate() {
            rows.extend(members.iter().map(|row| {
                let cluster = first + row.cluster;
                (set, Scored { cluster, ..*row })
            }));
            first += members.iter().map(|row| row.cluster + 1).max().unwrap_or(0);
        }
        let mut populations = vec![Vec::new(); sets.len()];
        for (set, row) in &rows {
            populations[*set].push(row.cluster);
        }
        rows.sort_by(|(_, a), (_, b)| b.logit.total_cmp(&a.logit));
        let (set_of, sorted): (Vec<usize>, Vec<Scored>) = rows.into_iter().unzip();
        Self {
            set_of,
            sets: sets.len(),
            by_row: vec![1.0; sorted.len()],
            by_cluster: cluster_weights(&sorted),
            bootstrap: Bootstrap::new(&populations, DRAWS, seed),
            sorted,
        }
    }

    /// Bad messages, and the business sets that thresholds are set by.
    fn against(genuine: &[Vec<Scored>], bad: Vec<Scored>, seed: u64) -> Self {
        let sets: Vec<Vec<Scored>> = genuine.iter().cloned().chain([bad]).collect();
        Self::new(&sets, seed)
    }

    /// Mean share flagged of the sets.
    fn blocked(&self) -> Counted<Option<Estimate>> {
        let counted = |weights: &[f64]| {
            let [blocked] = self.bootstrap.estimates(|counts| {
                let shares = self.shares(weights, counts);
                let flagged = self.sorted.iter().zip(shares).filter(|(row, _)| row.flagged);
                // An empty sum of floats would be -0.
                let flagged = flagged.fold(0.0, |sum, (_, share)| sum + share);
                [Some(flagged / self.sets as f64)]
            });
            blocked
        };
        Counted {
            by_row: counted(&self.by_row),
            by_cluster: counted(&self.by_cluster),
        }
    }

    /// Recall on the last set at the [`RATES`] of the others.
    fn recall(&self) -> Counted<RecallAt> {
        let counted = |weights: &[f64]| by_rate(self.bootstrap.estimates(|counts| self.recall_at(weights, counts)));
        Counted {
            by_row: counted(&self.by_row),
            by_cluster: counted(&self.by_cluster),
        }
    }

    /// What each threshold catches of the last set and blocks of the mean of the others.
    fn curve(&self) -> OperatingCurve {
        let shares = self.shares(&self.by_cluster, &self.bootstrap.all_once());
        OperatingCurve::of(&self.sorted, &shares)
    }

    /// The same under one way of counting, less that of another classifier on the same messages, with p-values.
    fn recall_above(
        &self,
        weights: &[f64],
        other: &Self,
        other_weights: &[f64],
    ) -> (RecallAt, BTreeMap<&'static str, Option<f64>>) {
        let (gains, p_values) = self.bootstrap.tested(|counts| {
            let one = self.recall_at(weights, counts);
            let other = other.recall_at(other_weights, counts);
            std::array::from_fn(|at| Some(one[at]? - other[at]?))
        });
        (by_rate(gains), by_rate(p_values))
    }

    fn recall_at(&self, weights: &[f64], counts: &[u32]) -> [Option<f64>; RATES.len()] {
        let shares = self.shares(weights, counts);
        let some_bad = self.sorted.iter().any(|row| row.bad);
        let ranking = Ranking::of(
            &self.sorted,
            &shares,
            (self.sets - 1) as f64,
            RATES.map(|(_, rate)| rate),
        );
        ranking.caught.map(|caught| some_bad.then_some(caught))
    }

    /// What each row is of its set, where clusters count so often.
    fn shares(&self, weights: &[f64], counts: &[u32]) -> Vec<f64> {
        let mut shares: Vec<f64> = self
            .sorted
            .iter()
            .zip(weights)
            .map(|(row, weight)| weight * f64::from(counts[row.cluster]))
            .collect();
        let mut masses = vec![0.0; self.sets];
        for (share, &set) in shares.iter().zip(&self.set_of) {
            masses[set] += share;
        }
        for (share, &set) in shares.iter_mut().zip(&self.set_of) {
            *share /= masses[set];
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::assert_value;

    /// Rows of one class whose scores are given, flagged from 50 on.
    fn set(name: &str, bad: bool, rows: &[(f32, usize)]) -> (String, Vec<Scored>) {
        let rows = rows
            .iter()
            .map(|&(logit, cluster)| Scored {
                bad,
                flagged: logit >= 50.0,
                probability: 0.5,
                logit,
                cluster,
            })
            .collect();
        (name.into(), rows)
    }

    type Named = (String, Vec<Scored>);

    fn measured(business: &[Named], scams: &[Named]) -> Result<BusinessFigures, Error> {
        let scores = BusinessScores {
            business: business.to_vec(),
            scams: scams.to_vec(),
        };
        BusinessFigures::new(&scores, 1)
    }

    fn spread(count: usize) -> Vec<(f32, usize)> {
        (0..count).map(|row| (row as f32 * 100.0 / count as f32, row)).collect()
    }

    #[test]
    fn each_set_has_one_vote_and_each_cluster_too() {
        // Of the small set 10 % are flagged at 90, of the large one (scores below 30) none: 5 % of the mean.
        let small = set("bank", false, &spread(10));
        let large: Vec<_> = (0..1000).map(|row| (row as f32 * 0.03, row)).collect();
        let large = set("otp", false, &large);
        // One template flagged twenty times, and nineteen messages that are not.
        let templates: Vec<_> = (0..20)
            .map(|_| (95.0, 0))
            .chain((1..20).map(|cluster| (1.0, cluster)))
            .collect();
        let scams = set("scams", true, &[(99.0, 0), (91.0, 1), (89.0, 2), (0.5, 3)]);
        let figures = measured(&[small, large], std::slice::from_ref(&scams)).unwrap();
        let rates = &figures.scams[0].recall_at_business_fpr.by_cluster;
        assert_value(rates["0.05"], 0.75);
        assert_value(rates["0.01"], 0.5);
        assert_value(figures.blocked_ham.by_row, 0.25);
        // From 91 on: one message in ten of the small set, none of the large one, and two scams of four.
        let point = figures.scams[0].curve.at(90.0).unwrap();
        assert!((point.blocked_ham.unwrap() - 0.05).abs() < 1e-9, "{point:?}");
        assert_eq!(point.spam_caught, Some(0.5));
        assert_value(figures.business[0].blocked_ham.by_row, 0.5);

        let figures = measured(&[set("info", false, &templates)], &[scams]).unwrap();
        let Counted { by_row, by_cluster } = &figures.scams[0].recall_at_business_fpr;
        assert_value(by_row["0.05"], 0.25);
        // One of twenty clusters is above 90.
        assert_value(by_cluster["0.05"], 0.75);
        let blocked = &figures.business[0].blocked_ham;
        assert_value(blocked.by_row, 20.0 / 39.0);
        assert_value(blocked.by_cluster, 0.05);
        assert_eq!((figures.business[0].rows, figures.business[0].clusters), (39, 20));
        let Estimate { value, ci95 } = by_cluster["0.05"].unwrap();
        assert!(ci95[0] < value && value <= ci95[1], "{ci95:?}");
    }

    #[test]
    fn classes_that_are_missing() {
        let bank = set("bank", false, &spread(10));
        let figures = measured(std::slice::from_ref(&bank), std::slice::from_ref(&bank)).unwrap();
        assert_eq!(
            (
                figures.scams[0].rows,
                figures.scams[0].recall_at_business_fpr.by_row["0.01"]
            ),
            (0, None)
        );
        let scams = set("scams", true, &spread(10));
        let error = measured(&[bank.clone(), scams.clone()], &[scams]).unwrap_err();
        assert!(error.to_string().contains("`scams`"), "{error}");
        assert!(measured(&[], &[bank]).is_err());
    }

    #[test]
    fn classifiers_are_compared_at_thresholds_of_their_own() {
        // The other classifier says the same on a scale of its own, and ranks one scam of a hundred below all.
        let scores = |scale: f32, lost: bool| {
            let scored = |name: &str, bad: bool, from: f32, lost: bool| {
                let rows: Vec<_> = spread(100)
                    .into_iter()
                    .map(|(logit, cluster)| (scale * if lost && cluster == 99 { -1.0 } else { from + logit }, cluster))
                    .collect();
                set(name, bad, &rows)
            };
            BusinessScores {
                business: vec![scored("bank", false, 0.0, false)],
                scams: vec![scored("scams", true, 50.5, lost)],
            }
        };
        let (one, other) = (scores(1.0, false), scores(7.0, true));
        let compared = BusinessComparison::new(&one, &other, 1).unwrap();
        assert_eq!(compared.scams[0].name, "scams");
        let gained = compared.scams[0].recall_at_business_fpr.by_cluster["0.01"];
        assert_value(gained, 0.01);
        assert!(gained.unwrap().ci95[0] >= 0.0 && gained.unwrap().ci95[1] < 0.05);
        let p = |of: &BusinessComparison| of.scams[0].p_values.by_cluster["0.05"].unwrap();
        assert!(p(&compared) > 0.1, "one scam of a hundred");
        let none = BusinessComparison::new(&one, &scores(7.0, false), 1).unwrap();
        assert!((p(&none) - 1.0).abs() < 1e-12);
        assert_value(none.scams[0].recall_at_business_fpr.by_row["0.05"], 0.0);
    }
}
