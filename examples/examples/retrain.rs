//! A model of your own: read labelled messages, train, save, use.
//!
//! Takes files or folders (UCI's layout, CSV, TSV, JSONL; see `smishing train --help`); without any it reads the
//! messages that were written for this project. The model goes to the system's folder for temporary files.
//!
//! ```sh
//! cargo run --release -p smishing-examples --example retrain -- mine.csv
//! ```
use smishing::Classifier;
use smishing_train::{CardNotes, Corpus, Problem, ReadOptions, SolverKind, TrainOptions, card, train};
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let mut data: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if data.is_empty() {
        data.push(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/messages").into());
    }

    // Read. Rows that cannot be used are an error that lists them all; `skip_bad_rows` goes on without them.
    let mut corpus = Corpus::read(&data, &ReadOptions::default())?;
    let removed = corpus.remove_duplicates();
    println!(
        "{} messages, {} duplicates removed",
        corpus.records.len(),
        removed.duplicates
    );

    // Train. Calibration and thresholds come from rows held out by near-duplicate cluster. The sparse solver takes
    // seconds, and gives the same bytes for the same data and seed.
    let options = TrainOptions {
        solver: SolverKind::Sparse,
        ..TrainOptions::default()
    };
    let problem = Problem::new(&corpus, options.buckets);
    let trained = train(&problem, &options, &|head, done, of| {
        eprintln!("{head}: {done} of {of} fits");
    })?;

    // Save, with the card that says what the model was made of and how good it was on held-out rows.
    let card = card(&corpus, &removed, &options, &trained, &CardNotes::default());
    let path = env::temp_dir().join("retrained.smsh");
    fs::write(&path, trained.model(card.clone())?.to_bytes())?;
    let card: serde_json::Value = serde_json::from_str(&card)?;
    let mcc = &card["held_out"]["figures"]["mcc"]["value"];
    println!(
        "saved {}; Matthews correlation on held-out rows: {mcc:.3}",
        path.display()
    );

    // Use.
    let classifier = Classifier::from_path(&path)?;
    let text = "Your parcel is held. Pay the fee at post-fee.top to get it.";
    let verdict = classifier.classify(text);
    println!("{} {:.3}  {text}", verdict.label(), verdict.score());
    Ok(())
}
