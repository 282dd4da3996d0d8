//! Writes any number of labelled messages as JSONL, made from `data/messages` by a seed: for measuring training at scale,
//! not for learning from.
//!
//! Most rows are campaigns, as in real traffic: a new template is put together from parts of messages of one label, kind
//! and language, and the rows after it vary the latest templates (other numbers, a word left out, two swapped). So clusters
//! of near-duplicates grow in number with the rows, and not in size.
use anyhow::Context;
use clap::Parser;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use smishing_train::{Corpus, ReadOptions, Record};
use std::collections::BTreeMap;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[derive(Parser)]
#[command(about = "Writes generated, labelled messages as JSONL")]
struct Args {
    /// How many
    #[arg(long)]
    rows: u64,
    /// The same seed gives the same rows
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Share of rows that begin a template.
const NEW: f64 = 0.4;
/// Templates that rows vary: the latest.
const RUNNING: usize = 1000;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let messages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/messages");
    let corpus = Corpus::read(&[PathBuf::from(&messages)], &ReadOptions::default())?;
    let mut generator = Generator::new(&corpus, args.seed).with_context(|| messages.display().to_string())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = (0..args.rows).try_for_each(|row| writeln!(out, "{}", generator.row(row)));
    match written.and_then(|()| out.flush()) {
        // Whoever reads has enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

struct Generator<'a> {
    records: &'a [Record],
    /// Numbers of the records that are alike in label, kind and language.
    alike: BTreeMap<(&'a str, &'a str, &'a str), Vec<usize>>,
    templates: Vec<Template<'a>>,
    next: usize,
    random: ChaCha8Rng,
}

struct Template<'a> {
    words: Vec<&'a str>,
    of: &'a Record,
}

impl<'a> Generator<'a> {
    fn new(corpus: &'a Corpus, seed: u64) -> anyhow::Result<Self> {
        anyhow::ensure!(!corpus.records.is_empty(), "no messages");
        let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, record) in corpus.records.iter().enumerate() {
            alike.entry(key(record)).or_default().push(index);
        }
        Ok(Self {
            records: &corpus.records,
            alike,
            templates: Vec::new(),
            next: 0,
            random: ChaCha8Rng::seed_from_u64(seed),
        })
    }

    fn row(&mut self, row: u64) -> serde_json::Value {
        let at = if self.templates.is_empty() || self.random.random_bool(NEW) {
            let template = self.template();
            let at = self.next % RUNNING;
            self.next += 1;
            if at < self.templates.len() {
                self.templates[at] = template;
            } else {
                self.templates.push(template);
            }
            at
        } else {
            self.random.random_range(0..self.templates.len())
        };
        let text = varied(&self.templates[at].words, &mut self.random);
        let record = self.templates[at].of;
        serde_json::json!({
            "id": format!("generated-{row}"),
            "label": record.label.as_str(),
            "kind": record.facets.kind,
            "lang": record.facets.language,
            "region": record.facets.region,
            "sender": record.sender,
            "text": text,
        })
    }

    /// Two or three stretches of words, each of another message that is like the first.
    fn template(&mut self) -> Template<'a> {
        let of = &self.records[self.random.random_range(0..self.records.len())];
        let alike = &self.alike[&key(of)];
        let mut words = Vec::new();
        for part in 0..self.random.random_range(2..=3) {
            let from = if part == 0 {
                of
            } else {
                alike.choose(&mut self.random).map_or(of, |&at| &self.records[at])
            };
            let all: Vec<&str> = from.text.split_whitespace().collect();
            let length = (all.len() / 2).clamp(1, 12);
            let start = self.random.random_range(0..=all.len() - length);
            words.extend(&all[start..start + length]);
        }
        Template { words, of }
    }
}

fn key(record: &Record) -> (&str, &str, &str) {
    (
        record.label.as_str(),
        record.facets.kind.as_deref().unwrap_or_default(),
        record.facets.language.as_deref().unwrap_or_default(),
    )
}

/// The words with other digits, now and then without one of them or with two swapped.
fn varied(words: &[&str], random: &mut impl Rng) -> String {
    let mut words = words.to_vec();
    if words.len() > 6 && random.random_bool(0.3) {
        words.remove(random.random_range(0..words.len()));
    }
    if words.len() > 6 && random.random_bool(0.2) {
        let at = random.random_range(1..words.len());
        words.swap(at - 1, at);
    }
    let text = words.join(" ");
    let digit = |letter: char| {
        if letter.is_ascii_digit() {
            char::from(b'0' + random.random_range(0..10_u8))
        } else {
            letter
        }
    };
    text.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let messages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/messages");
        let corpus = Corpus::read(&[messages], &ReadOptions::default()).unwrap();
        let rows = |seed| -> Vec<String> {
            let mut generator = Generator::new(&corpus, seed).unwrap();
            (0..2000).map(|row| generator.row(row).to_string()).collect()
        };
        assert_eq!(rows(1), rows(1));
        assert_ne!(rows(1), rows(2));
    }
}
