//! Classifies a file over all cores: a line `label TAB score` for each message, counts and speed on standard error.
//!
//! ```sh
//! cargo run --release -p smishing-examples --example batch -- data/messages/otp.jsonl > verdicts.tsv
//! ```
use rayon::prelude::*;
use smishing::{Classifier, Message, Verdict};
use smishing_train::{Columns, Format, Row, Rows};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::time::Instant;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/messages/otp.jsonl");

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::args_os().nth(1).unwrap_or_else(|| SAMPLE.into()).into();
    // Lines, CSV, TSV or JSONL, by the extension; a row that cannot be read is an error in its place.
    let file = BufReader::new(File::open(&path)?);
    let rows = Rows::new(file, Format::of_path(&path), &Columns::default())?
        .filter_map(|row| row.inspect_err(|bad| eprintln!("{}: {bad}", path.display())).ok())
        .collect::<Vec<Row>>();

    // One classifier serves all threads, each with buffers of its own; rayon keeps the order.
    let classifier = Classifier::bundled();
    let start = Instant::now();
    let verdicts: Vec<Verdict> = rows
        .par_iter()
        .map(|row| {
            // An empty sender counts as unknown.
            let sender = row.sender.as_deref().unwrap_or_default();
            classifier.classify(Message::new(&row.text).with_sender(sender))
        })
        .collect();
    let seconds = start.elapsed().as_secs_f64();

    let mut counts = BTreeMap::new();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for verdict in &verdicts {
        *counts.entry(verdict.label()).or_insert(0_u32) += 1;
        writeln!(out, "{}\t{:.4}", verdict.label(), verdict.score())?;
    }
    out.flush()?;
    for (label, count) in counts {
        eprintln!("{label:<9} {count}");
    }
    let speed = verdicts.len() as f64 / seconds;
    eprintln!(
        "{} messages, {speed:.0} a second on {} threads",
        verdicts.len(),
        rayon::current_num_threads()
    );
    Ok(())
}
