//! Intervals by the bootstrap over clusters (B. Efron, *Bootstrap methods: another look at the jackknife*, 1979).
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

/// A figure and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure on the set itself.
    pub value: f64,
    /// Percentile bootstrap interval, clusters drawn with replacement.
    pub ci95: [f64; 2],
}

impl Estimate {
    /// The means of values and of ends; `None` where one is missing.
    pub(crate) fn mean(all: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        let all: Vec<Self> = all.collect::<Option<_>>()?;
        let of = |part: &dyn Fn(&Self) -> f64| all.iter().map(part).sum::<f64>() / all.len() as f64;
        (!all.is_empty()).then(|| Self {
            value: of(&|estimate| estimate.value),
            ci95: [of(&|estimate| estimate.ci95[0]), of(&|estimate| estimate.ci95[1])],
        })
    }
}

/// Checks the value, in tests.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_value(found: Option<Estimate>, expected: f64) {
    let found = found.map(|estimate| estimate.value);
    assert!(
        found.is_some_and(|found| (found - expected).abs() < 1e-9),
        "{found:?} {expected}"
    );
}

/// Clusters to draw from, how often, and by what seed.
pub(crate) struct Bootstrap {
    /// Clusters of each population; each is drawn from for itself.
    populations: Vec<Vec<usize>>,
    /// More than the highest number of a cluster.
    end: usize,
    draws: usize,
    seed: u64,
}

impl Bootstrap {
    /// Of populations given by the clusters of their rows; no cluster may stand in two populations.
    pub(crate) fn new(rows: &[Vec<usize>], draws: usize, seed: u64) -> Self {
        let populations: Vec<Vec<usize>> = rows
            .iter()
            .map(|rows| {
                let mut clusters = rows.clone();
                clusters.sort_unstable();
                clusters.dedup();
                clusters
            })
            .collect();
        let end = populations
            .iter()
            .filter_map(|clusters| clusters.last())
            .max()
            .map_or(0, |last| last + 1);
        Self {
            populations,
            end,
            draws,
            seed,
        }
    }

    /// Clusters of all populations.
    pub(crate) fn clusters(&self) -> usize {
        self.populations.iter().map(Vec::len).sum()
    }

    /// How often each cluster counts in the set itself.
    pub(crate) fn all_once(&self) -> Vec<u32> {
        vec![1; self.end]
    }

    /// Figures with intervals; `figures` is given how often each cluster counts.
    pub(crate) fn estimates<const N: usize>(
        &self,
        figures: impl Fn(&[u32]) -> [Option<f64>; N] + Sync,
    ) -> [Option<Estimate>; N] {
        self.tested(figures).0
    }

    /// Figures with intervals, and two-sided p-values that they are 0: twice the share of draws on the side of 0 that has
    /// fewer of them, what was found counted as a draw (B. Efron and R. Tibshirani, *An introduction to the bootstrap*,
    /// 1993, chapter 15). Not below two in the number of draws.
    pub(crate) fn tested<const N: usize>(
        &self,
        figures: impl Fn(&[u32]) -> [Option<f64>; N] + Sync,
    ) -> ([Option<Estimate>; N], [Option<f64>; N]) {
        let value = figures(&self.all_once());
        let samples: Vec<[Option<f64>; N]> = (0..self.draws as u64)
            .into_par_iter()
            .map(|draw| figures(&self.counts(draw)))
            .collect();
        let sorted: [Vec<f64>; N] = std::array::from_fn(|index| {
            let mut values: Vec<f64> = samples.iter().filter_map(|sample| sample[index]).collect();
            values.sort_by(f64::total_cmp);
            values
        });
        let estimates = std::array::from_fn(|index| {
            let values = &sorted[index];
            let quantile = |share: f64| {
                values
                    .get((share * (values.len().max(1) - 1) as f64).round() as usize)
                    .copied()
            };
            value[index].map(|value| Estimate {
                value,
                ci95: [quantile(0.025).unwrap_or(value), quantile(0.975).unwrap_or(value)],
            })
        });
        let p_values = std::array::from_fn(|index| {
            let values = &sorted[index];
            let below = values.partition_point(|value| *value <= 0.0);
            let above = values.len() - values.partition_point(|value| *value < 0.0);
            let rarer = (1 + below.min(above)) as f64 / (1 + values.len()) as f64;
            value[index].map(|_| (2.0 * rarer).min(1.0))
        });
        (estimates, p_values)
    }

    /// How often each cluster is drawn.
    fn counts(&self, draw: u64) -> Vec<u32> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed.wrapping_mul(0x9E37_79B9).wrapping_add(draw));
        let mut counts = vec![0; self.end];
        for clusters in &self.populations {
            for _ in 0..clusters.len() {
                counts[clusters[random.random_range(0..clusters.len())]] += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn populations_keep_their_sizes() {
        let bootstrap = Bootstrap::new(&[vec![4, 0, 4, 2], vec![7, 7]], 50, 3);
        assert_eq!(bootstrap.clusters(), 4);
        for draw in 0..50 {
            let counts = bootstrap.counts(draw);
            assert_eq!((counts[0] + counts[2] + counts[4], counts[7]), (3, 1), "{counts:?}");
            assert_eq!(counts.iter().sum::<u32>(), 4);
        }
    }

    /// Oracle: the exact test of Q. `McNemar` (1947), since a message that both models decide alike says nothing.
    #[test]
    fn p_values_are_those_of_the_paired_test() {
        for (gained, lost) in [(30, 12), (30, 22), (30, 30), (12, 30), (40, 5)] {
            let bootstrap = Bootstrap::new(&[(0..400).collect()], 4000, 1);
            let difference = |cluster: usize| match cluster {
                _ if cluster < gained => 1.0,
                _ if cluster < gained + lost => -1.0,
                _ => 0.0,
            };
            let ([found], [p]) = bootstrap.tested(|counts| {
                let sum: f64 = (0..400)
                    .map(|cluster| f64::from(counts[cluster]) * difference(cluster))
                    .sum();
                [Some(sum / 400.0)]
            });
            let (of, fewer) = (gained + lost, gained.min(lost));
            let tables = (0..=fewer).map(|some| {
                (0..some).fold((1..=of).fold(1.0, |half, _| half / 2.0), |table, at| {
                    table * (of - at) as f64 / (at + 1) as f64
                })
            });
            let exact = (2.0 * tables.sum::<f64>()).min(1.0);
            assert!(
                (p.unwrap() - exact).abs() < 0.03 + 0.15 * exact,
                "{gained} {lost}: {p:?} {exact}"
            );
            let ci95 = found.unwrap().ci95;
            assert_eq!(
                p.unwrap() < 0.045,
                ci95[0] > 0.0 || ci95[1] < 0.0,
                "{gained} {lost}: {p:?} {ci95:?}"
            );
        }
        let same = Bootstrap::new(&[(0..40).collect()], 100, 1).tested(|_| [Some(0.0), None]);
        assert_eq!(same.1, [Some(1.0), None]);
    }

    #[test]
    fn the_interval_of_a_mean_is_the_textbooks() {
        // 400 clusters, three quarters of them 1: standard error sqrt(.75 * .25 / 400) = .0217, 1.96 of it to each side.
        let bootstrap = Bootstrap::new(&[(0..400).collect()], 2000, 1);
        let [mean] = bootstrap.estimates(|counts| {
            let ones: u32 = (0..400)
                .filter(|cluster| cluster % 4 != 0)
                .map(|cluster| counts[cluster])
                .sum();
            [Some(f64::from(ones) / 400.0)]
        });
        let Estimate { value, ci95 } = mean.unwrap();
        assert!((value - 0.75).abs() < 1e-12);
        assert!(
            (ci95[0] - 0.7076).abs() < 0.006 && (ci95[1] - 0.7924).abs() < 0.006,
            "{ci95:?}"
        );
    }
}
