//! Whether two samples are of one population.
//!
//! Written here: of the crates that offer these tests, `statrs` needs a newer compiler than this workspace promises, and
//! they are a page of code.
use serde::Serialize;

/// Largest difference of the two samples' distribution functions (Kolmogorov 1933, Smirnov 1939), and the asymptotic
/// p-value with the correction for small samples of M. A. Stephens (*Use of the Kolmogorov-Smirnov, Cramér-von Mises and
/// related statistics without extensive tables*, 1970). Ties, and values that are counts, make it err on the safe side.
pub(crate) fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> (f64, f64) {
    let [one, other] = [one, other].map(|sample| {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted
    });
    let up_to =
        |sorted: &[f64], value: f64| sorted.partition_point(|&other| other <= value) as f64 / sorted.len() as f64;
    let distance = one
        .iter()
        .chain(&other)
        .map(|&value| (up_to(&one, value) - up_to(&other, value)).abs())
        .fold(0.0, f64::max);
    let root = (one.len() as f64 * other.len() as f64 / (one.len() + other.len()) as f64).sqrt();
    (distance, kolmogorov((root + 0.12 + 0.11 / root) * distance))
}

/// Probability that Kolmogorov's distribution exceeds `lambda`.
fn kolmogorov(lambda: f64) -> f64 {
    /// Below, the series converges slowly, and its sum is 1 to eleven digits.
    const NEGLIGIBLE: f64 = 0.2;
    if lambda < NEGLIGIBLE {
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * (f64::from(k) * lambda).powi(2)).exp()
    };
    (1..=50).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// How many of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Those that have it.
    pub with: usize,
    /// All that were looked at.
    pub of: usize,
}

impl Count {
    pub(crate) fn new(carriers: impl Iterator<Item = bool>) -> Self {
        carriers.fold(Self { with: 0, of: 0 }, |count, carries| Self {
            with: count.with + usize::from(carries),
            of: count.of + 1,
        })
    }

    /// The share, in `0..=1`; 0 of nothing.
    #[must_use]
    pub fn share(self) -> f64 {
        self.with as f64 / self.of.max(1) as f64
    }

    /// Wilson's 95 % interval of the share (E. B. Wilson 1927).
    fn wilson(self) -> [f64; 2] {
        if self.of == 0 {
            return [0.0, 1.0];
        }
        let (share, of) = (self.share(), self.of as f64);
        let middle = share + Z95 * Z95 / (2.0 * of);
        let half = Z95 * (share * (1.0 - share) / of + Z95 * Z95 / (4.0 * of * of)).sqrt();
        [-1.0, 1.0].map(|side| ((middle + side * half) / (1.0 + Z95 * Z95 / of)).clamp(0.0, 1.0))
    }

    /// 95 % interval of how far this share lies above another's: method 10 of R. G. Newcombe (*Interval estimation for the
    /// difference between independent proportions*, 1998), which holds for small counts and none too.
    pub(crate) fn above(self, other: Self) -> [f64; 2] {
        let ([low, high], [other_low, other_high]) = (self.wilson(), other.wilson());
        let (share, other_share) = (self.share(), other.share());
        let change = share - other_share;
        [
            change - (share - low).hypot(other_high - other_share),
            change + (high - share).hypot(other_share - other_low),
        ]
    }
}

/// Two-sided 95 % of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// Two-sided p-value of Fisher's exact test that two shares are the same: all tables of the same margins that are no more
/// probable than this one. The usual normal test of two proportions says far too much where few messages carry something.
pub(crate) fn fisher(one: Count, other: Count) -> f64 {
    /// Tables as probable as this one come out a little above it by rounding.
    const ROUNDING: f64 = 1.0 + 1e-9;
    let with = one.with + other.with;
    let least = with.saturating_sub(other.of);
    let most = with.min(one.of);
    // Each table's probability over that of the one before it; products from the mode outwards, so that nothing overflows.
    let step = |at: usize| {
        let [grows, shrinks] = [(one.of - at) * (with - at), (at + 1) * (other.of + at + 1 - with)];
        grows as f64 / shrinks as f64
    };
    let mode = (least..most).find(|&at| step(at) <= 1.0).unwrap_or(most);
    let mut probabilities = vec![1.0; most - least + 1];
    for at in mode..most {
        probabilities[at + 1 - least] = probabilities[at - least] * step(at);
    }
    for at in (least..mode).rev() {
        probabilities[at - least] = probabilities[at + 1 - least] / step(at);
    }
    let found = probabilities[one.with - least] * ROUNDING;
    let all: f64 = probabilities.iter().sum();
    let as_rare: f64 = probabilities.iter().filter(|probability| **probability <= found).sum();
    (as_rare / all).min(1.0)
}

/// P-values adjusted for how many there are: those at or below `q` are the ones that the procedure of Y. Benjamini and
/// Y. Hochberg (*Controlling the false discovery rate*, 1995) rejects at a rate of false discoveries of `q`.
pub(crate) fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[b].total_cmp(&p_values[a]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (above, at) in order.into_iter().enumerate() {
        let rank = p_values.len() - above;
        least = least.min(p_values[at] * p_values.len() as f64 / rank as f64);
        adjusted[at] = least;
    }
    adjusted
}

/// Population stability index of counts in the same bins: the sum of `(b - a) ln(b / a)` over their shares, Jeffreys'
/// divergence (1946); half a message is added to each bin, so that an empty one does not make it infinite.
pub(crate) fn stability_index(baseline: &[usize], new: &[usize]) -> f64 {
    let shares = |counts: &[usize]| -> Vec<f64> {
        let all = counts.iter().sum::<usize>() as f64 + 0.5 * counts.len() as f64;
        counts.iter().map(|&count| (count as f64 + 0.5) / all).collect()
    };
    let pairs = shares(baseline).into_iter().zip(shares(new));
    pairs.map(|(a, b)| (b - a) * (b / a).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(with: usize, of: usize) -> Count {
        Count { with, of }
    }

    #[test]
    fn values_of_textbooks() {
        // Fisher's lady tasting tea, two-sided: 34 of 70 tables.
        assert!((fisher(count(3, 4), count(1, 4)) - 34.0 / 70.0).abs() < 1e-12);
        assert!((fisher(count(4, 4), count(0, 4)) - 2.0 / 70.0).abs() < 1e-12);
        assert!((fisher(count(0, 9), count(0, 4)) - 1.0).abs() < 1e-12);
        // Newcombe 1998, table II, method 10: 56/70 less 48/80, and 10/10 less 0/10.
        for (one, other, [low, high]) in [
            (count(56, 70), count(48, 80), [0.0524, 0.3339]),
            (count(10, 10), count(0, 10), [0.6075, 1.0]),
        ] {
            let found = one.above(other);
            assert!(
                (found[0] - low).abs() < 1e-4 && (found[1] - high).abs() < 1e-4,
                "{found:?}"
            );
        }
        // Critical values of Kolmogorov's distribution (Smirnov 1948).
        for (lambda, p) in [(1.2238, 0.1), (1.3581, 0.05), (1.6276, 0.01)] {
            assert!((kolmogorov(lambda) - p).abs() < 1e-4, "{lambda}");
        }
        assert!((kolmogorov(0.2001) - 1.0).abs() < 1e-9);
        // Two bins, 100 messages each way: (.2 - .5) ln(.2 / .5) + (.8 - .5) ln(.8 / .5).
        let expected = -0.3 * 0.4_f64.ln() + 0.3 * 1.6_f64.ln();
        assert!((stability_index(&[50_000, 50_000], &[20_000, 80_000]) - expected).abs() < 1e-4);
        assert!(stability_index(&[0, 7], &[7, 0]).is_finite());
    }

    #[test]
    fn large_tables_neither_overflow_nor_vanish() {
        assert!(fisher(count(400_000, 1_000_000), count(401_000, 1_000_000)) > 0.1);
        assert!(fisher(count(400_000, 1_000_000), count(500_000, 1_000_000)) < 1e-300);
        assert!(fisher(count(500_000, 1_000_000), count(500_000, 1_000_000)) > 0.999);
    }

    /// Binomial coefficients small enough to be exact.
    fn choose(of: usize, some: usize) -> f64 {
        (0..some).fold(1.0, |product, at| product * (of - at) as f64 / (at + 1) as f64)
    }

    proptest! {
        /// Oracle: all tables of the margins, by binomial coefficients.
        #[test]
        fn fisher_by_definition(of in 1..25_usize, other_of in 1..25_usize, parts in (0.0..=1.0, 0.0..=1.0)) {
            let with = (parts.0 * of as f64) as usize;
            let other_with = (parts.1 * other_of as f64) as usize;
            let probability = |at: usize| choose(of, at) * choose(other_of, with + other_with - at);
            let tables = (with + other_with).saturating_sub(other_of)..=(with + other_with).min(of);
            let all: f64 = tables.clone().map(probability).sum();
            let rare: f64 = tables.map(probability).filter(|table| *table <= probability(with) * (1.0 + 1e-9)).sum();
            let found = fisher(count(with, of), count(other_with, other_of));
            prop_assert!((found - rare / all).abs() < 1e-9, "{found} {}", rare / all);
        }

        /// Oracle: both distribution functions at each value, by counting.
        #[test]
        fn distances_by_definition(one in prop::collection::vec(0..9_u8, 1..30), other in prop::collection::vec(0..9_u8, 1..30)) {
            let share = |sample: &[u8], value: u8| sample.iter().filter(|found| **found <= value).count() as f64 / sample.len() as f64;
            let expected = (0..9).map(|value| (share(&one, value) - share(&other, value)).abs()).fold(0.0, f64::max);
            let [one, other] = [one, other].map(|sample| sample.into_iter().map(f64::from).collect::<Vec<_>>());
            let (found, p) = kolmogorov_smirnov(&one, &other);
            prop_assert!((found - expected).abs() < 1e-12 && (0.0..=1.0).contains(&p));
        }

        /// Oracle: the step-up procedure as the paper tells it, at several rates.
        #[test]
        fn adjusted_as_the_procedure_rejects(p_values in prop::collection::vec(0.0..1.0_f64, 0..30), rate in 0.001..0.999_f64) {
            let mut sorted = p_values.clone();
            sorted.sort_by(f64::total_cmp);
            let tests = p_values.len() as f64;
            let last = sorted.iter().zip(1..).filter(|(p, rank)| **p <= f64::from(*rank) / tests * rate).last().map(|(p, _)| *p);
            for (p, adjusted) in p_values.iter().zip(benjamini_hochberg(&p_values)) {
                // Nearer to the rate than rounding tells, either is right.
                if (adjusted - rate).abs() > 1e-9 {
                    prop_assert_eq!(last.is_some_and(|last| *p <= last), adjusted <= rate, "{} {}", p, adjusted);
                }
            }
        }
    }

    /// The p-value of samples of one population is small as seldom as it says, or seldomer.
    #[test]
    fn p_values_are_honest() {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let draws = 2000;
        let mut small = [0; 2];
        for _ in 0..draws {
            let mut sample = |size: usize| -> Vec<f64> { (0..size).map(|_| random.random_range(0.0..1.0)).collect() };
            let (one, other) = (sample(40), sample(70));
            let carriers = |sample: &[f64]| Count::new(sample.iter().map(|value| *value < 0.3));
            small[0] += u32::from(kolmogorov_smirnov(&one, &other).1 < 0.05);
            small[1] += u32::from(fisher(carriers(&one), carriers(&other)) < 0.05);
        }
        for small in small.map(|small| f64::from(small) / f64::from(draws)) {
            // 3 standard errors of 0.05 in 2000 draws are 0.015.
            assert!((0.01..0.065).contains(&small), "{small}");
        }
    }
}
