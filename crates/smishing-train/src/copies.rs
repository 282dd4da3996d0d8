//! Copies of bad messages, written as those who write past filters would write them, to learn from.
use crate::Error;
use crate::corpus::{Corpus, Record};
use crate::evasion::{Evasion, Strength};
use crate::matrix::CsrMatrix;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use smishing::Buckets;
use std::collections::BTreeMap;

/// What copies of bad messages count against the messages; 0 for no copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CopyWeights {
    /// With genuine sentences beside it, from another message of its language: harmless text, a masked account or "do not
    /// share this code" must not outweigh the scam.
    pub padding: f64,
    /// Misspelt, by one of the evasions of which [`Evasion::in_training`] holds: what a message says must not hang on a few
    /// n-grams that a swapped letter destroys.
    pub misspelling: f64,
}

impl CopyWeights {
    fn check(self) -> Result<(), Error> {
        for (name, weight) in [("padding", self.padding), ("misspelling", self.misspelling)] {
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(Error::Setting(format!("{name} {weight}: expected 0 or more")));
            }
        }
        Ok(())
    }
}

/// Copies of bad messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copies {
    /// The rows that each copy is made of, the bad message first.
    pub(crate) sources: Vec<[usize; 2]>,
    /// What each counts against its bad message.
    pub(crate) weights: Vec<f64>,
}

impl Copies {
    /// The copies and their features, one row each; the same for the same corpus and seed.
    pub(crate) fn new(
        corpus: &Corpus,
        buckets: Buckets,
        weights: CopyWeights,
        seed: u64,
    ) -> Result<(Self, CsrMatrix), Error> {
        weights.check()?;
        let mut copies = Self::default();
        let mut texts = Vec::new();
        for (weight, made) in [
            (weights.padding, padded as fn(&Corpus, u64) -> Vec<Copy>),
            (weights.misspelling, misspelt),
        ] {
            if weight > 0.0 {
                for Copy { text, sources } in made(corpus, seed) {
                    texts.push(text);
                    copies.sources.push(sources);
                    copies.weights.push(weight);
                }
            }
        }
        let messages = texts
            .iter()
            .zip(&copies.sources)
            .map(|(text, [row, _])| corpus.records[*row].saying(text));
        let matrix = CsrMatrix::of_messages(buckets, messages);
        Ok((copies, matrix))
    }
}

struct Copy {
    text: String,
    sources: [usize; 2],
}

/// The messages that are bad, or those that are not, with their numbers.
fn rows(corpus: &Corpus, bad: bool) -> impl Iterator<Item = (usize, &Record)> {
    corpus
        .records
        .iter()
        .enumerate()
        .filter(move |(_, record)| record.label.is_bad() == bad)
}

/// A copy of each bad message that has a genuine one in its language.
fn padded(corpus: &Corpus, seed: u64) -> Vec<Copy> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut genuine: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (row, record) in rows(corpus, false) {
        genuine.entry(language(record)).or_default().push(row);
    }
    let mut copies = Vec::new();
    for (row, record) in rows(corpus, true) {
        let Some(partners) = genuine.get(&language(record)) else {
            continue;
        };
        let partner = partners[random.random_range(0..partners.len())];
        let sentences = some_sentences(&corpus.records[partner].text, &mut random);
        let text = if random.random_bool(0.7) {
            format!("{} {sentences}", record.text)
        } else {
            format!("{sentences} {}", record.text)
        };
        copies.push(Copy {
            text,
            sources: [row, partner],
        });
    }
    copies
}

/// A copy of each bad message that can be misspelt.
fn misspelt(corpus: &Corpus, seed: u64) -> Vec<Copy> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let evasions: Vec<Evasion> = Evasion::ALL
        .into_iter()
        .filter(|evasion| evasion.in_training())
        .collect();
    let copies = rows(corpus, true).filter_map(|(row, record)| {
        let evasion = evasions.choose(&mut random)?;
        let strength = *Strength::ALL.choose(&mut random)?;
        let text = evasion.apply(&record.text, strength, &mut random).concat();
        (text != record.text).then_some(Copy {
            text,
            sources: [row, row],
        })
    });
    copies.collect()
}

fn language(record: &Record) -> Option<&str> {
    record.facets.language.as_deref()
}

/// Neighbouring sentences, at least one.
fn some_sentences<'a>(text: &'a str, random: &mut impl Rng) -> &'a str {
    let mut starts = vec![0];
    let (mut ended, mut next_starts) = (false, false);
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() {
            next_starts |= ended || letter == '\n';
        } else {
            if next_starts {
                starts.push(at);
            }
            // A full stop ends a sentence before white space alone: 5.50.
            ended = matches!(letter, '.' | '!' | '?');
            next_starts = matches!(letter, '。' | '।');
        }
    }
    starts.push(text.len());
    let first = random.random_range(0..starts.len() - 1);
    let last = random.random_range(first + 1..starts.len());
    text[starts[first]..starts[last]].trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sentences_are_parts_of_the_text(text in ".{0,60}", seed: u64) {
            let part = some_sentences(&text, &mut ChaCha8Rng::seed_from_u64(seed));
            prop_assert!(text.contains(part));
        }
    }

    fn corpus(rows: &str) -> Corpus {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        std::fs::write(&path, format!("label,text\n{rows}")).unwrap();
        Corpus::read(&[path], &crate::ReadOptions::default()).unwrap()
    }

    #[test]
    fn misspelt_copies_are_of_bad_messages_and_keep_their_links() {
        let corpus = corpus("ham,garden party at noon\nspam,hi\nsmishing,Your parcel waits: post-fee.top/pay\n");
        for seed in 0..20 {
            let copies = misspelt(&corpus, seed);
            // Nothing can be misspelt about "hi".
            assert_eq!(copies.len(), 1);
            assert_eq!(copies[0].sources, [2, 2]);
            let text = &copies[0].text;
            assert!(
                text != &corpus.records[2].text && text.ends_with("post-fee.top/pay"),
                "{text}"
            );
        }
    }

    #[test]
    fn each_sort_of_copies_has_its_weight() {
        let corpus = corpus("ham,garden party at noon\nsmishing,Your parcel waits\nspam,Cheap pills today\n");
        let buckets = Buckets::new(8).unwrap();
        let weights = |padding, misspelling| {
            let weights = CopyWeights { padding, misspelling };
            Copies::new(&corpus, buckets, weights, 1).map(|(copies, matrix)| {
                assert_eq!(
                    (matrix.rows(), copies.sources.len()),
                    (copies.weights.len(), copies.weights.len())
                );
                copies.weights
            })
        };
        assert!(weights(0.0, 0.0).unwrap().is_empty());
        assert_eq!(weights(0.5, 0.25).unwrap(), [0.5, 0.5, 0.25, 0.25]);
        for (padding, misspelling, named) in [(f64::NAN, 0.0, "padding NaN"), (0.0, -1.0, "misspelling -1")] {
            let error = weights(padding, misspelling).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn sentences_are_whole() {
        let text = "Rs 5.50 spent. Not you? Call us!";
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let found: std::collections::BTreeSet<_> = (0..200).map(|_| some_sentences(text, &mut random)).collect();
        let whole = [
            "Rs 5.50 spent.",
            "Rs 5.50 spent. Not you?",
            text,
            "Not you?",
            "Not you? Call us!",
            "Call us!",
        ];
        assert_eq!(found, whole.into_iter().collect());
    }
}
