//! What each threshold catches and blocks: the points that areas are summed over and plots are drawn from.
use crate::metrics::Scored;
use serde::Serialize;

/// What a classifier catches and blocks at every threshold, from the highest threshold down.
///
/// ```
/// use smishing_train::{OperatingCurve, Scored};
/// let row = |bad, logit| Scored { bad, flagged: false, probability: 0.5, logit, cluster: 0 };
/// let curve = OperatingCurve::new(&[row(true, 3.0), row(false, 2.0), row(true, 1.0), row(false, -1.0)]);
/// let point = curve.at(1.5).unwrap();
/// assert_eq!((point.spam_caught, point.blocked_ham, point.precision), (Some(0.5), Some(0.5), Some(0.5)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct OperatingCurve {
    points: Vec<OperatingPoint>,
}

/// What happens where all messages from a threshold on are flagged; `None` where the set lacks the class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// The threshold, in calibrated log-odds of bad.
    pub logit: f32,
    /// Share of bad messages flagged (recall).
    pub spam_caught: Option<f64>,
    /// Share of genuine messages flagged (false-positive rate).
    pub blocked_ham: Option<f64>,
    /// Share of flagged messages that are bad; `None` also where none is flagged.
    pub precision: Option<f64>,
}

impl OperatingCurve {
    /// Of scored messages, each counted once.
    #[must_use]
    pub fn new(scored: &[Scored]) -> Self {
        let mut sorted = scored.to_vec();
        sorted.sort_by(|a, b| b.logit.total_cmp(&a.logit));
        Self::of(&sorted, &vec![1.0; sorted.len()])
    }

    /// Of rows sorted by falling score, with what they count.
    pub(crate) fn of(sorted: &[Scored], weights: &[f64]) -> Self {
        let Some(highest) = sorted.first() else {
            return Self::default();
        };
        let last = steps(sorted, weights).last().unwrap_or_default();
        let share = |part: f64, of: f64| (of > 0.0).then(|| part / of);
        let point = |step: Step| OperatingPoint {
            logit: step.logit,
            spam_caught: share(step.flagged_bad(), last.flagged_bad()),
            blocked_ham: share(step.flagged_ham(), last.flagged_ham()),
            precision: share(step.flagged_bad(), step.flagged_bad() + step.flagged_ham()),
        };
        let nothing_flagged = Step {
            logit: highest.logit.next_up(),
            ..Step::default()
        };
        Self {
            points: std::iter::once(nothing_flagged)
                .chain(steps(sorted, weights))
                .map(point)
                .collect(),
        }
    }

    /// From the threshold that flags nothing to the one that flags all; empty for a set without messages.
    #[must_use]
    pub fn points(&self) -> &[OperatingPoint] {
        &self.points
    }

    /// What a threshold in calibrated log-odds does; `None` for a set without messages.
    #[must_use]
    pub fn at(&self, logit: f32) -> Option<OperatingPoint> {
        let flagging = self.points.partition_point(|point| point.logit >= logit);
        self.points.get(flagging.saturating_sub(1)).copied()
    }

    /// At most some three hundred of the points, both ends among them. Each point left out is near one that is kept, and
    /// the nearer the fewer genuine messages are blocked, where thresholds are chosen.
    #[must_use]
    pub fn thinned(&self) -> Self {
        /// Distance of kept points: of the share caught, and of the root of the share blocked.
        const STEP: f64 = 1.0 / 150.0;
        let place = |point: &OperatingPoint| {
            [
                point.spam_caught.unwrap_or(0.0),
                point.blocked_ham.unwrap_or(0.0).sqrt(),
            ]
        };
        let mut kept: Vec<OperatingPoint> = Vec::new();
        for (at, point) in self.points.iter().enumerate() {
            let far = kept.last().is_none_or(|last| {
                let ([caught, blocked], [last_caught, last_blocked]) = (place(point), place(last));
                caught - last_caught >= STEP || blocked - last_blocked >= STEP
            });
            if far || at + 1 == self.points.len() {
                kept.push(*point);
            }
        }
        Self { points: kept }
    }
}

/// Rows of one score, and what is flagged before they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Step {
    logit: f32,
    /// What the bad rows of this score count.
    pub(crate) bad: f64,
    /// What the genuine rows of this score count.
    pub(crate) ham: f64,
    /// What bad rows of higher scores count.
    pub(crate) bad_above: f64,
    ham_above: f64,
}

impl Step {
    /// Bad rows of this score and above.
    pub(crate) fn flagged_bad(&self) -> f64 {
        self.bad_above + self.bad
    }

    /// Genuine rows of this score and above.
    pub(crate) fn flagged_ham(&self) -> f64 {
        self.ham_above + self.ham
    }
}

/// Goes down rows sorted by falling score; rows of one score are flagged together.
pub(crate) fn steps(sorted: &[Scored], weights: &[f64]) -> impl Iterator<Item = Step> {
    let (mut bad_above, mut ham_above, mut start) = (0.0, 0.0, 0);
    sorted
        .chunk_by(|a, b| a.logit.total_cmp(&b.logit).is_eq())
        .map(move |tied| {
            let mut step = Step {
                logit: tied[0].logit,
                bad_above,
                ham_above,
                ..Step::default()
            };
            for (row, weight) in tied.iter().zip(&weights[start..]) {
                *(if row.bad { &mut step.bad } else { &mut step.ham }) += weight;
            }
            start += tied.len();
            (bad_above, ham_above) = (step.flagged_bad(), step.flagged_ham());
            step
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Figures;
    use proptest::prelude::*;

    fn scored(rows: &[(bool, u16)]) -> Vec<Scored> {
        rows.iter()
            .enumerate()
            .map(|(cluster, &(bad, score))| Scored {
                bad,
                flagged: score >= 300,
                probability: 0.5,
                logit: f32::from(score),
                cluster,
            })
            .collect()
    }

    fn roc_area(curve: &OperatingCurve) -> f64 {
        let places = |point: &OperatingPoint| Some((point.blocked_ham?, point.spam_caught?));
        let points: Vec<_> = curve.points().iter().filter_map(places).collect();
        points
            .windows(2)
            .map(|pair| (pair[1].0 - pair[0].0) * f64::midpoint(pair[0].1, pair[1].1))
            .sum()
    }

    fn precision_area(curve: &OperatingCurve) -> f64 {
        let pairs = curve.points().windows(2);
        pairs
            .filter_map(|pair| Some((pair[1].spam_caught? - pair[0].spam_caught?) * pair[1].precision?))
            .sum()
    }

    proptest! {
        #[test]
        fn curves_go_from_nothing_to_all_and_hold_the_areas(
            rows in proptest::collection::vec((any::<bool>(), 0..600_u16), 1..800),
        ) {
            let scored = scored(&rows);
            let figures = Figures::new(&scored, 0, 0);
            let curve = OperatingCurve::new(&scored);
            prop_assert_eq!(&curve, &figures.curve);
            for curve in [&curve, &curve.thinned()] {
                let points = curve.points();
                let (first, last) = (points[0], points[points.len() - 1]);
                prop_assert_eq!((first.spam_caught.unwrap_or(0.0), first.blocked_ham.unwrap_or(0.0)), (0.0, 0.0));
                prop_assert_eq!((last.spam_caught.unwrap_or(1.0), last.blocked_ham.unwrap_or(1.0)), (1.0, 1.0));
                let falls = |a: &OperatingPoint, b: &OperatingPoint| {
                    a.logit > b.logit && a.spam_caught <= b.spam_caught && a.blocked_ham <= b.blocked_ham
                };
                prop_assert!(points.is_sorted_by(falls));
            }
            if let (Some(roc), Some(precision)) = (figures.by_row.roc_auc, figures.by_row.pr_auc) {
                prop_assert!((roc_area(&curve) - roc.value).abs() < 1e-6);
                prop_assert!((precision_area(&curve) - precision.value).abs() < 1e-6);
                prop_assert!((roc_area(&curve.thinned()) - roc.value).abs() < 0.01);
            }
            // The model's own threshold gives the model's own figures.
            let point = curve.at(300.0).unwrap();
            prop_assert_eq!(point.spam_caught, figures.by_row.spam_caught.map(|caught| caught.value));
            prop_assert_eq!(point.blocked_ham, figures.by_row.blocked_ham.map(|blocked| blocked.value));
        }
    }

    #[test]
    fn thinning_keeps_some_hundreds_and_the_shape() {
        let rows: Vec<Scored> = (0..20_000_u16)
            .map(|row| Scored {
                bad: row % 3 == 0,
                flagged: false,
                probability: 0.5,
                logit: f32::from(row.wrapping_mul(7919) % 20_011) + f32::from(u8::from(row % 3 == 0)) * 9000.0,
                cluster: 0,
            })
            .collect();
        let curve = OperatingCurve::new(&rows);
        let thinned = curve.thinned();
        assert!(curve.points().len() > 10_000 && thinned.points().len() <= 303);
        for point in curve.points() {
            let near = thinned.at(point.logit).unwrap();
            let apart = |of: fn(&OperatingPoint) -> Option<f64>| of(point).unwrap() - of(&near).unwrap();
            assert!((0.0..0.0067).contains(&apart(|point| point.spam_caught)));
            assert!((0.0..0.0134).contains(&apart(|point| point.blocked_ham)));
        }
    }

    #[test]
    fn classes_that_are_missing() {
        assert_eq!(OperatingCurve::new(&[]).at(0.0), None);
        let curve = OperatingCurve::new(&scored(&[(true, 5), (true, 9)]));
        assert_eq!(curve.points().len(), 3);
        let point = curve.at(6.0).unwrap();
        assert_eq!((point.spam_caught, point.blocked_ham), (Some(0.5), None));
        assert_eq!(curve.at(f32::INFINITY).unwrap().precision, None);
    }
}
