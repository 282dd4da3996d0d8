//! Nanoseconds a message on one core, and what all cores give: the fastest of many rounds, since whatever else runs on the
//! machine only ever slows a round down. `speed [FILE OF LINES...]`; without files, on UCI's texts where they are present, else
//! on the project's own.
use rayon::prelude::*;
use smishing::{Classifier, Scratch};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 30;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut sets = Vec::new();
    for file in files {
        let lines = std::fs::read_to_string(&file)?.lines().map(str::to_owned).collect();
        sets.push((file, lines));
    }
    if sets.is_empty() {
        let (name, texts) = smishing_benches::corpus_texts();
        sets.push((name.to_owned(), texts));
    }
    let loaded = fastest(200, || drop(black_box(Classifier::bundled())));
    println!("load the bundled model: {:.0} us", 1e6 * loaded.as_secs_f64());
    for (name, texts) in &sets {
        report(name, texts);
    }
    Ok(())
}

fn report(name: &str, texts: &[String]) {
    let classifier = Classifier::bundled();
    let mut scratch = Scratch::default();
    let one_by_one = || {
        for text in texts {
            black_box(classifier.classify_with(&mut scratch, text.as_str()));
        }
    };
    let one = fastest(ROUNDS, one_by_one);
    let all = fastest(ROUNDS, || {
        texts.par_iter().with_min_len(64).for_each(|text| {
            black_box(classifier.classify(text.as_str()));
        });
    });
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{name}: {} messages of {} bytes, {:.0} ns each ({:.2} ns a byte); on {} threads {:.0} messages a second, {:.2} x one core",
        texts.len(),
        bytes / texts.len().max(1),
        1e9 * one.as_secs_f64() / texts.len() as f64,
        1e9 * one.as_secs_f64() / bytes as f64,
        rayon::current_num_threads(),
        texts.len() as f64 / all.as_secs_f64(),
        one.as_secs_f64() / all.as_secs_f64(),
    );
}

fn fastest(rounds: usize, mut run: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..rounds).map(time).min().unwrap_or_default()
}
