//! The messages that a classifier is furthest off on.
use crate::metrics::Scored;
use std::collections::HashSet;

/// Rows of a scored set, the worst first and one of a cluster: the same mistake on a template's next copy teaches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worst {
    /// Genuine messages with the highest scores.
    pub ham: Vec<usize>,
    /// Bad messages with the lowest scores.
    pub bad: Vec<usize>,
}

impl Worst {
    /// At most `count` of each class, flagged wrongly or not.
    ///
    /// ```
    /// use smishing_train::{Scored, Worst};
    /// let rows = [(false, 2.0, 0), (false, 3.0, 0), (true, -1.0, 1), (false, -4.0, 2)];
    /// let scored = rows.map(|(bad, logit, cluster)| Scored { bad, flagged: logit > 0.0, probability: 0.5, logit, cluster });
    /// assert_eq!(Worst::new(&scored, 10), Worst { ham: vec![1, 3], bad: vec![2] });
    /// ```
    #[must_use]
    pub fn new(scored: &[Scored], count: usize) -> Self {
        let mut order: Vec<usize> = (0..scored.len()).collect();
        order.sort_by(|&a, &b| scored[b].logit.total_cmp(&scored[a].logit));
        let first = |rows: &mut dyn Iterator<Item = &usize>, bad: bool| {
            let mut seen = HashSet::new();
            rows.copied()
                .filter(|&row| scored[row].bad == bad && seen.insert(scored[row].cluster))
                .take(count)
                .collect()
        };
        Self {
            ham: first(&mut order.iter(), false),
            bad: first(&mut order.iter().rev(), true),
        }
    }
}
