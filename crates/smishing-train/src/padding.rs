//! Bad messages beside genuine sentences, to learn from: whoever writes past filters appends harmless text, a masked
//! account or "do not share this code", and what is genuine about those sentences must not outweigh the scam.
use crate::corpus::{Corpus, Record};
use crate::matrix::CsrMatrix;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use smishing::Buckets;
use std::collections::BTreeMap;

/// Padded copies of bad messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Padding {
    /// The rows that a copy is made of: the bad message, and the genuine one that sentences were taken from.
    pub(crate) sources: Vec<[usize; 2]>,
    /// What a copy counts against its bad message.
    pub(crate) weight: f64,
}

impl Padding {
    /// A copy of each bad message that has a genuine one in its language, and the copies' features, one row each; the same
    /// for the same corpus and seed.
    pub(crate) fn new(corpus: &Corpus, buckets: Buckets, weight: f64, seed: u64) -> (Self, CsrMatrix) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut genuine: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for (row, record) in corpus
            .records
            .iter()
            .enumerate()
            .filter(|(_, record)| !record.label.is_bad())
        {
            genuine.entry(language(record)).or_default().push(row);
        }
        let mut texts = Vec::new();
        let mut sources = Vec::new();
        for (row, record) in corpus
            .records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.label.is_bad())
        {
            let Some(partners) = genuine.get(&language(record)) else {
                continue;
            };
            let partner = partners[random.random_range(0..partners.len())];
            let sentences = some_sentences(&corpus.records[partner].text, &mut random);
            texts.push(if random.random_bool(0.7) {
                format!("{} {sentences}", record.text)
            } else {
                format!("{sentences} {}", record.text)
            });
            sources.push([row, partner]);
        }
        let messages = texts
            .iter()
            .zip(&sources)
            .map(|(text, [row, _])| corpus.records[*row].saying(text));
        let matrix = CsrMatrix::of_messages(buckets, messages);
        (Self { sources, weight }, matrix)
    }
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
