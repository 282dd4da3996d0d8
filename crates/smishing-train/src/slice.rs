//! Parts of a set: by kind of message, language, region, source, year and length of the text.
use crate::corpus::{Corpus, Record};
use crate::metrics::Scored;
use std::collections::BTreeMap;
use std::str::FromStr;

/// What messages are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Facet {
    /// Kind of message.
    Kind,
    /// Language code.
    Language,
    /// Country.
    Region,
    /// The collection that it comes from.
    Source,
    /// When it was received.
    Year,
    /// Characters of the text.
    Length,
}

impl Facet {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Kind,
        Self::Language,
        Self::Region,
        Self::Source,
        Self::Year,
        Self::Length,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Language => "language",
            Self::Region => "region",
            Self::Source => "source",
            Self::Year => "year",
            Self::Length => "length",
        }
    }

    /// The parts that a corpus falls into, given its scored rows: by name, lengths rising; `unknown` where rows do not
    /// say.
    ///
    /// # Panics
    ///
    /// Where `scored` has fewer rows than the corpus.
    #[must_use]
    pub fn slices(self, corpus: &Corpus, scored: &[Scored]) -> Vec<(String, Vec<Scored>)> {
        let mut parts: BTreeMap<(usize, &str), Vec<Scored>> = BTreeMap::new();
        for (index, record) in corpus.records.iter().enumerate() {
            parts.entry(self.part(record)).or_default().push(scored[index]);
        }
        parts
            .into_iter()
            .map(|((_, name), rows)| (name.to_owned(), rows))
            .collect()
    }

    /// The name of a record's part, and what comes before names in order.
    fn part(self, record: &Record) -> (usize, &str) {
        /// 160 characters are one SMS in the GSM alphabet.
        const LENGTHS: [(usize, &str); 4] = [
            (40, "40 characters or fewer"),
            (80, "41 to 80 characters"),
            (160, "81 to 160 characters"),
            (usize::MAX, "161 characters or more"),
        ];
        let facets = &record.facets;
        let value = match self {
            Self::Kind => &facets.kind,
            Self::Language => &facets.language,
            Self::Region => &facets.region,
            Self::Source => &facets.source,
            Self::Year => &facets.year,
            Self::Length => {
                let length = record.text.chars().count();
                let band = LENGTHS.partition_point(|(longest, _)| *longest < length);
                return (band, LENGTHS[band].1);
            }
        };
        (0, value.as_deref().unwrap_or("unknown"))
    }
}

impl FromStr for Facet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|facet| facet.id() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::id).join(", ");
            format!("`{text}`: expected one of {known}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Facets;
    use smishing::Label;

    #[test]
    fn parts_by_name_and_by_length() {
        let record = |text: String, kind: Option<&str>| Record {
            id: String::new(),
            text,
            sender: None,
            label: Label::Ham,
            file: 0,
            cluster: None,
            pair: None,
            facets: Facets {
                kind: kind.map(str::to_owned),
                year: kind.map(|kind| if kind == "otp" { "2023" } else { "2024" }.to_owned()),
                ..Facets::default()
            },
            weight: 1.0,
        };
        let corpus = Corpus {
            records: vec![
                record("é".repeat(40), Some("toll")),
                record("b".repeat(161), Some("otp")),
                record("c".repeat(41), Some("toll")),
                record("d".repeat(160), None),
            ],
            files: Vec::new(),
        };
        let scored: Vec<Scored> = (0..4)
            .map(|cluster| Scored {
                bad: false,
                flagged: false,
                probability: 0.0,
                logit: 0.0,
                cluster,
            })
            .collect();
        let parts = |facet: Facet| -> Vec<(String, Vec<usize>)> {
            facet
                .slices(&corpus, &scored)
                .into_iter()
                .map(|(name, rows)| (name, rows.iter().map(|row| row.cluster).collect()))
                .collect()
        };
        let named = |name: &str, rows: &[usize]| (name.to_owned(), rows.to_vec());
        assert_eq!(
            parts(Facet::Kind),
            [named("otp", &[1]), named("toll", &[0, 2]), named("unknown", &[3])]
        );
        assert_eq!(
            parts(Facet::Year),
            [named("2023", &[1]), named("2024", &[0, 2]), named("unknown", &[3])]
        );
        assert_eq!(
            parts(Facet::Length),
            [
                named("40 characters or fewer", &[0]),
                named("41 to 80 characters", &[2]),
                named("81 to 160 characters", &[3]),
                named("161 characters or more", &[1]),
            ]
        );
        assert_eq!(parts(Facet::Region), [named("unknown", &[0, 1, 2, 3])]);
        assert_eq!("length".parse(), Ok(Facet::Length));
        assert!("colour".parse::<Facet>().unwrap_err().contains("kind, language"));
    }
}
