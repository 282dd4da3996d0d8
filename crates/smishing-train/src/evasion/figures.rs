//! What evasions cost a classifier.
use super::{Evasion, Strength};
use crate::bootstrap::{Bootstrap, Estimate};
use crate::evaluate::{DRAWS, score};
use crate::metrics::cluster_weights;
use crate::{Corpus, Scored};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;
use smishing::Classifier;

/// The figures of a set whose texts were rewritten, against the texts as they were.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvasionFigures {
    /// How they were rewritten.
    #[serde(rename = "id", serialize_with = "id")]
    pub evasion: Evasion,
    /// How far.
    pub strength: Strength,
    /// Whether training augmentation writes it too.
    pub in_training: bool,
    /// Bad messages that offered a place for it.
    pub bad_rows_changed: usize,
    /// Genuine messages that did.
    pub ham_rows_changed: usize,
    /// Each message counted once.
    pub by_row: EvasionMeasures,
    /// Each cluster counted once in each class.
    pub by_cluster: EvasionMeasures,
}

/// Figures under one way of counting; `None` where the set lacks the class. Changes are differences of shares, whose
/// intervals come from the same draws of clusters for both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EvasionMeasures {
    /// Share of bad messages flagged (recall).
    pub spam_caught: Option<Estimate>,
    /// What it gained on the texts as they were; below 0 where it lost.
    pub spam_caught_change: Option<Estimate>,
    /// Share of genuine messages flagged.
    pub blocked_ham: Option<Estimate>,
    /// What it gained.
    pub blocked_ham_change: Option<Estimate>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn id<S: serde::Serializer>(evasion: &Evasion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(evasion.id())
}

/// One message of the set, before and after.
struct Rewritten {
    changed: bool,
    /// Whether one of the messages that it became was flagged.
    flagged: bool,
}

/// Figures under all evasions at both strengths. Where a text becomes two messages, one flagged message is enough. A
/// row's rewriting depends on `seed`, its number and the evasion, and nothing else.
#[must_use]
pub fn evaluate_evasions(classifier: &Classifier, corpus: &Corpus, seed: u64) -> Vec<EvasionFigures> {
    let before = score(classifier, corpus);
    let bootstrap = Bootstrap::new(&[before.iter().map(|row| row.cluster).collect()], DRAWS, seed);
    let by_row = vec![1.0; before.len()];
    let by_cluster = cluster_weights(&before);
    let forms = Evasion::ALL
        .into_iter()
        .flat_map(|evasion| Strength::ALL.map(|strength| (evasion, strength)));
    forms
        .map(|(evasion, strength)| {
            let after: Vec<Rewritten> = (0..before.len())
                .into_par_iter()
                .map(|row| rewritten(classifier, corpus, row, (evasion, strength), seed))
                .collect();
            let changed = |bad: bool| {
                let rows = before.iter().zip(&after);
                rows.filter(|(row, after)| row.bad == bad && after.changed).count()
            };
            EvasionFigures {
                evasion,
                strength,
                in_training: evasion.in_training(),
                bad_rows_changed: changed(true),
                ham_rows_changed: changed(false),
                by_row: EvasionMeasures::new(&before, &after, &by_row, &bootstrap),
                by_cluster: EvasionMeasures::new(&before, &after, &by_cluster, &bootstrap),
            }
        })
        .collect()
}

fn rewritten(
    classifier: &Classifier,
    corpus: &Corpus,
    row: usize,
    (evasion, strength): (Evasion, Strength),
    seed: u64,
) -> Rewritten {
    let record = &corpus.records[row];
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(row as u64);
    let messages = evasion.apply(&record.text, strength, &mut random);
    let flagged = |text: &String| classifier.classify(record.saying(text)).label().is_bad();
    Rewritten {
        changed: messages.as_slice() != std::slice::from_ref(&record.text),
        flagged: messages.iter().any(flagged),
    }
}

impl EvasionMeasures {
    fn new(before: &[Scored], after: &[Rewritten], weights: &[f64], bootstrap: &Bootstrap) -> Self {
        let [spam_caught, spam_caught_change, blocked_ham, blocked_ham_change] = bootstrap.estimates(|counts| {
            // For ham and bad: all, flagged before, flagged after.
            let mut masses = [[0.0; 3]; 2];
            for ((row, after), weight) in before.iter().zip(after).zip(weights) {
                let weight = weight * f64::from(counts[row.cluster]);
                let [all, flagged_before, flagged_after] = &mut masses[usize::from(row.bad)];
                *all += weight;
                *flagged_before += weight * f64::from(u8::from(row.flagged));
                *flagged_after += weight * f64::from(u8::from(after.flagged));
            }
            let [ham, bad] = masses.map(|[all, before, after]| {
                let share = |part: f64| (all > 0.0).then(|| part / all);
                [share(after), share(after - before)]
            });
            [bad[0], bad[1], ham[0], ham[1]]
        });
        Self {
            spam_caught,
            spam_caught_change,
            blocked_ham,
            blocked_ham_change,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::assert_value;

    #[test]
    fn changes_are_paired() {
        // Ten bad messages in five clusters, all flagged before; those of one cluster pass after. Two of four genuine
        // messages are flagged after, none before.
        let row = |cluster, bad| Scored {
            bad,
            flagged: bad,
            probability: 0.5,
            logit: 0.0,
            cluster,
        };
        let before: Vec<Scored> = (0..10)
            .map(|at| row(at / 2, true))
            .chain((5..9).map(|cluster| row(cluster, false)))
            .collect();
        let after: Vec<Rewritten> = (0..14)
            .map(|at| Rewritten {
                changed: true,
                flagged: (2..12).contains(&at),
            })
            .collect();
        let bootstrap = Bootstrap::new(&[before.iter().map(|row| row.cluster).collect()], 200, 1);
        let figures = EvasionMeasures::new(&before, &after, &[1.0; 14], &bootstrap);
        assert_value(figures.spam_caught, 0.8);
        assert_value(figures.spam_caught_change, -0.2);
        assert_value(figures.blocked_ham, 0.5);
        assert_value(figures.blocked_ham_change, 0.5);
        // All were caught before, in every draw: what was lost is what is missing.
        let [caught, change] = [figures.spam_caught, figures.spam_caught_change].map(|estimate| estimate.unwrap().ci95);
        assert!((caught[0] - 1.0 - change[0]).abs() < 1e-12 && (caught[1] - 1.0 - change[1]).abs() < 1e-12);
        assert!(change[0] < -0.2 && change[1] <= 0.0);
    }
}
