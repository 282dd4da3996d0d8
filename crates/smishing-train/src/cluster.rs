//! Near-duplicate clusters, which splits keep whole: a template on both sides of a split is a leak.
//!
//! `MinHash` with banding (A. Broder, *On the resemblance and containment of documents*, 1997), each candidate pair
//! verified, joined by union-find. Written here: the crates that offer it bring their own hashing and thread pools
//! for what is a page of code, and cluster numbers must not change with their versions.
use crate::corpus::Record;
use rayon::prelude::*;
use smishing_features::{NormalizedText, words};
use std::collections::HashMap;

/// The cluster of each record, numbered from 0 in the order of their first records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    of_record: Vec<usize>,
    count: usize,
}

impl Clusters {
    /// Of texts alone, found by their likeness.
    ///
    /// ```
    /// use smishing_train::Clusters;
    /// let clusters = Clusters::of_texts(&["Your code is 4821", "see you at eight", "Your code is 7703"]);
    /// assert_eq!(clusters.as_slice(), [0, 1, 0]);
    /// ```
    #[must_use]
    pub fn of_texts(texts: &[&str]) -> Self {
        let mut sets = DisjointSets::new(texts.len());
        join_similar(texts, &mut sets);
        sets.clusters()
    }

    /// The cluster of a record.
    #[must_use]
    pub fn of(&self, record: usize) -> usize {
        self.of_record[record]
    }

    /// Number of clusters.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The cluster of each record, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[usize] {
        &self.of_record
    }

    /// Those of the records with these numbers, numbered anew.
    #[must_use]
    pub fn select(&self, records: &[usize]) -> Self {
        Self::numbered(records.iter().map(|&record| self.of_record[record]))
    }

    fn numbered(keys: impl Iterator<Item = usize>) -> Self {
        let mut numbers = HashMap::new();
        let of_record = keys
            .map(|key| {
                let next = numbers.len();
                *numbers.entry(key).or_insert(next)
            })
            .collect();
        Self {
            of_record,
            count: numbers.len(),
        }
    }
}

/// Texts with at least this share of common shingles are one.
const SIMILAR: f64 = 0.5;
const BANDS: usize = 20;
const ROWS: usize = 3;
/// Rows of a bucket that others are compared with.
const LEADERS: usize = 16;

pub(crate) fn clusters(records: &[Record]) -> Clusters {
    let mut sets = DisjointSets::new(records.len());
    let keys: [fn(&Record) -> Option<&str>; 2] = [|record| record.cluster.as_deref(), |record| record.pair.as_deref()];
    for key in keys {
        let mut first = HashMap::new();
        for (index, record) in records.iter().enumerate() {
            if let Some(key) = key(record) {
                sets.join(*first.entry(key).or_insert(index), index);
            }
        }
    }
    if !records.iter().all(|record| record.cluster.is_some()) {
        let texts: Vec<&str> = records.iter().map(|record| record.text.as_str()).collect();
        join_similar(&texts, &mut sets);
    }
    sets.clusters()
}

fn join_similar(texts: &[&str], sets: &mut DisjointSets) {
    let hashed: Vec<(Shingles, [u64; BANDS])> = texts
        .par_iter()
        .map(|text| {
            let shingles = Shingles::of(text);
            let bands = shingles.bands();
            (shingles, bands)
        })
        .collect();
    for band in 0..BANDS {
        let mut buckets: HashMap<u64, Vec<u32>> = HashMap::new();
        for (index, (shingles, bands)) in hashed.iter().enumerate() {
            let leaders = buckets.entry(bands[band]).or_default();
            let alike = leaders.iter().map(|&leader| leader as usize).find(|&leader| {
                sets.root(leader) == sets.root(index) || hashed[leader].0.similarity(shingles) >= SIMILAR
            });
            match alike {
                Some(leader) => sets.join(leader, index),
                // A row that is like none before it leads others; a bucket has few such, or it says nothing.
                None if leaders.len() < LEADERS => leaders.push(index as u32),
                None => {}
            }
        }
    }
}

/// Hashed word triples of a text with its digits folded; of short texts, byte 5-grams. Rising.
struct Shingles(Box<[u64]>);

impl Shingles {
    fn of(text: &str) -> Self {
        let text: String = String::from(NormalizedText::from(text))
            .chars()
            .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
            .collect();
        let words: Vec<&str> = words(&text).map(|(_, word)| word).collect();
        let mut hashes: Vec<u64> =
            if words.len() >= 8 && !text.chars().any(|letter| ('\u{3040}'..='\u{D7AF}').contains(&letter)) {
                words
                    .windows(3)
                    .map(|triple| fnv(triple.join(" ").as_bytes()))
                    .collect()
            } else if text.len() < 5 {
                vec![fnv(text.as_bytes())]
            } else {
                text.as_bytes().windows(5).map(fnv).collect()
            };
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes.into())
    }

    /// Share of the shingles of either text that both have.
    fn similarity(&self, other: &Self) -> f64 {
        let (mut ours, mut theirs) = (&*self.0, &*other.0);
        let mut common = 0_u32;
        while let ([our, our_rest @ ..], [their, their_rest @ ..]) = (ours, theirs) {
            common += u32::from(our == their);
            (ours, theirs) = (
                if our <= their { our_rest } else { ours },
                if their <= our { their_rest } else { theirs },
            );
        }
        let common = f64::from(common);
        common / (self.0.len() as f64 + other.0.len() as f64 - common)
    }

    /// A hash of each band of the `MinHash` signature.
    fn bands(&self) -> [u64; BANDS] {
        let smallest = |seed: usize| {
            let key = scramble(seed as u64);
            let hashes = self.0.iter().map(|&shingle| scramble(shingle ^ key));
            hashes.min().unwrap_or(0)
        };
        std::array::from_fn(|band| {
            (band * ROWS..(band + 1) * ROWS).fold(0, |hash, seed| scramble(hash ^ smallest(seed)))
        })
    }
}

/// FNV-1a, 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// The finalizer of `SplitMix64` (Steele, Lea, Flood 2014).
fn scramble(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

struct DisjointSets {
    parents: Vec<usize>,
}

impl DisjointSets {
    fn new(len: usize) -> Self {
        Self {
            parents: (0..len).collect(),
        }
    }

    fn root(&mut self, mut item: usize) -> usize {
        while self.parents[item] != item {
            self.parents[item] = self.parents[self.parents[item]];
            item = self.parents[item];
        }
        item
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The older record leads, so that numbers do not depend on the order of joining.
        self.parents[a.max(b)] = a.min(b);
    }

    fn clusters(mut self) -> Clusters {
        Clusters::numbered((0..self.parents.len()).map(|item| self.root(item)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smishing::Label;

    fn records(rows: &[(&str, Option<&str>, Option<&str>)]) -> Vec<Record> {
        rows.iter()
            .map(|(text, cluster, pair)| Record {
                id: String::new(),
                text: (*text).into(),
                sender: None,
                label: Label::Ham,
                file: 0,
                cluster: cluster.map(Into::into),
                pair: pair.map(Into::into),
                weight: 1.0,
                facets: crate::Facets::default(),
            })
            .collect()
    }

    #[test]
    fn templates_cluster_and_others_do_not() {
        let clusters = clusters(&records(&[
            (
                "Your parcel 4812 will arrive on Monday between 10 and 12, reply 1 to change the day",
                None,
                None,
            ),
            (
                "The council meets on Thursday in the old town hall, all are welcome to come along",
                None,
                None,
            ),
            (
                "Your parcel 7730 will arrive on Monday between 14 and 16, reply 1 to change the day",
                None,
                None,
            ),
            ("ok", None, None),
            ("OK", None, None),
        ]));
        assert_eq!(clusters.as_slice(), [0, 1, 0, 2, 2]);
        assert_eq!(clusters.count(), 3);
    }

    #[test]
    fn given_clusters_and_pairs_are_kept() {
        let rows = [
            ("one", Some("x"), None),
            ("two", Some("y"), Some("p")),
            ("three", Some("x"), None),
            ("four", Some("z"), Some("p")),
        ];
        assert_eq!(clusters(&records(&rows)).as_slice(), [0, 1, 0, 1]);
    }

    #[test]
    fn every_pair_of_close_texts_is_found() {
        // Oracle: all pairs compared directly.
        let words = [
            "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima",
        ];
        let texts: Vec<String> = (0..60)
            .map(|seed: usize| {
                (0..12)
                    .map(|at| words[if at % 6 == seed % 6 { seed / 6 } else { at }])
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        let rows: Vec<_> = texts.iter().map(|text| (text.as_str(), None, None)).collect();
        let records = records(&rows);
        let clusters = clusters(&records);
        for a in 0..texts.len() {
            for b in 0..a {
                if Shingles::of(&texts[a]).similarity(&Shingles::of(&texts[b])) >= 0.8 {
                    assert_eq!(clusters.of(a), clusters.of(b), "{} / {}", texts[a], texts[b]);
                }
            }
        }
    }
}
