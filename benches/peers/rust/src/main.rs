//! The classifiers for text that crates.io offers, behind the commands that every peer has:
//!
//! ```text
//! rust-peers train PEER MODEL ROWS.jsonl    writes the model
//! rust-peers score PEER MODEL ROWS.jsonl    prints {"scores"}
//! rust-peers time PEER MODEL ROWS.jsonl     prints {"load", "single", "batch", "scores"}, seconds of CPU
//! ```
//!
//! PEER is `bayespam`, `fasttext-words` or `fasttext-letters`. fastText is given lines as `peer.py` gives them to the official
//! one: words apart from signs, digits folded.
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const RUNS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, peer, model, rows] = arguments.as_slice() else {
        return Err("usage: rust-peers train|score|time PEER MODEL ROWS.jsonl".into());
    };
    let rows = std::fs::read_to_string(rows)?;
    let rows: Vec<Value> = rows
        .lines()
        .map(serde_json::from_str)
        .collect::<std::result::Result<_, _>>()?;
    match peer.as_str() {
        "bayespam" => run::<Bayespam>(command, Path::new(model), &rows),
        "fasttext-words" => run::<FastText<false>>(command, Path::new(model), &rows),
        "fasttext-letters" => run::<FastText<true>>(command, Path::new(model), &rows),
        _ => Err(format!("unknown peer {peer}").into()),
    }
}

fn run<P: Peer>(command: &str, model: &Path, rows: &[Value]) -> Result<()> {
    let texts: Vec<&str> = rows
        .iter()
        .map(|row| row["text"].as_str().unwrap_or_default())
        .collect();
    let answer = match command {
        "train" => {
            let bad: Vec<bool> = rows.iter().map(|row| row["label"] != "ham").collect();
            return P::train(&texts, &bad, model);
        }
        "score" => json!({"scores": scores(&P::load(model)?, &texts)}),
        "time" => {
            let peer = P::load(model)?;
            let load = median(|| drop(black_box(P::load(model))));
            // Neither crate has a call for many messages.
            let each = median(|| drop(black_box(scores(&peer, black_box(&texts))))) / texts.len() as f64;
            json!({"load": load, "single": each, "batch": each, "scores": scores(&peer, &texts)})
        }
        _ => return Err(format!("unknown command {command}").into()),
    };
    println!("{answer}");
    Ok(())
}

fn scores<P: Peer>(peer: &P, texts: &[&str]) -> Vec<f32> {
    texts.iter().map(|text| peer.score(text)).collect()
}

/// The median of several runs, in seconds of CPU.
fn median(mut work: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = cpu_seconds();
            work();
            cpu_seconds() - start
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}

fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

trait Peer: Sized {
    fn train(texts: &[&str], bad: &[bool], model: &Path) -> Result<()>;
    fn load(model: &Path) -> Result<Self>;
    /// Probability of bad.
    fn score(&self, text: &str) -> f32;
}

struct Bayespam(bayespam::classifier::Classifier);

impl Peer for Bayespam {
    fn train(texts: &[&str], bad: &[bool], model: &Path) -> Result<()> {
        let mut classifier = bayespam::classifier::Classifier::new();
        for (text, bad) in texts.iter().zip(bad) {
            if *bad {
                classifier.train_spam(text);
            } else {
                classifier.train_ham(text);
            }
        }
        Ok(classifier.save(&mut File::create(model)?, false)?)
    }

    fn load(model: &Path) -> Result<Self> {
        Ok(Self(bayespam::classifier::Classifier::new_from_pre_trained(
            &mut File::open(model)?,
        )?))
    }

    fn score(&self, text: &str) -> f32 {
        self.0.score(text)
    }
}

/// Words 1-2, and with `LETTERS` n-grams of 3 to 5 letters inside words.
struct FastText<const LETTERS: bool>(fasttext::FastText);

const BAD: &str = "__label__bad";

impl<const LETTERS: bool> Peer for FastText<LETTERS> {
    fn train(texts: &[&str], bad: &[bool], model: &Path) -> Result<()> {
        let lines: PathBuf = model.with_extension("txt");
        let mut file = BufWriter::new(File::create(&lines)?);
        for (text, bad) in texts.iter().zip(bad) {
            writeln!(file, "{} {}", if *bad { BAD } else { "__label__ham" }, folded(text))?;
        }
        file.flush()?;
        let args = fasttext::args::Args {
            input: lines.clone(),
            model: fasttext::args::ModelName::Supervised,
            loss: fasttext::args::LossName::Softmax,
            lr: 0.5,
            dim: 50,
            epoch: 25,
            min_count: 1,
            word_ngrams: 2,
            bucket: 200_000,
            minn: if LETTERS { 3 } else { 0 },
            maxn: if LETTERS { 5 } else { 0 },
            thread: 1,
            verbose: 0,
            ..fasttext::args::Args::default()
        };
        fasttext::FastText::train(args)?.save_model(model)?;
        Ok(std::fs::remove_file(lines)?)
    }

    fn load(model: &Path) -> Result<Self> {
        Ok(Self(fasttext::FastText::load_model(model)?))
    }

    fn score(&self, text: &str) -> f32 {
        let predictions = self.0.predict(&folded(text), 2, 0.0);
        let bad = predictions.iter().find(|prediction| prediction.label == BAD);
        bad.map_or(0.0, |prediction| prediction.prob.clamp(0.0, 1.0))
    }
}

/// Lower case, digits as 0, words and signs apart: `words_apart` of `peer.py`.
fn folded(text: &str) -> String {
    let mut line = String::with_capacity(2 * text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_numeric() {
            line.push('0');
        } else if letter.is_alphabetic() || letter == '_' {
            line.push(letter);
        } else {
            line.push(' ');
            if !letter.is_whitespace() {
                line.push(letter);
                line.push(' ');
            }
        }
    }
    line
}
