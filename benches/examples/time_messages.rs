//! Times the classifier on messages, one thread, in process, and says what it answered, as JSON:
//! `time_messages MODEL ROWS.jsonl`. The other programs of `benches/peers` print the same.
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use smishing::Classifier;
use smishing_train::{Columns, Format, Rows};
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::BufReader;

const RUNS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let [_, model, rows] = std::env::args()
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: time_messages MODEL ROWS")?;
    let rows = Rows::new(BufReader::new(File::open(rows)?), Format::Jsonl, &Columns::default())?;
    let texts: Vec<String> = rows.map(|row| row.map(|row| row.text)).collect::<Result<_, _>>()?;
    let classifier = Classifier::from_path(&model)?;
    let scores: Vec<f32> = texts.iter().map(|text| classifier.classify(text).score()).collect();
    assert!(
        scores
            .iter()
            .copied()
            .eq(classifier.classify_all(&texts).map(|verdict| verdict.score()))
    );
    let load = median(|| drop(black_box(Classifier::from_path(&model))));
    let single = median(|| {
        for text in &texts {
            black_box(classifier.classify(black_box(text)));
        }
    });
    let batch = median(|| {
        for verdict in classifier.classify_all(black_box(&texts)) {
            black_box(verdict);
        }
    });
    let each = |seconds: f64| seconds / texts.len() as f64;
    println!(
        "{}",
        json!({"load": load, "single": each(single), "batch": each(batch), "scores": scores})
    );
    Ok(())
}

/// The median of several runs, in seconds of CPU: what else the machine does counts little.
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
