//! Writes labelled messages as `smishing train` would learn from them, for other programs to learn from: one JSON object a
//! line with `id`, `label`, `text`, `cluster`, `weight` and `fold` (of five, clusters whole).
//!
//! `export_rows OUTPUT [--weight NAME=WEIGHT] [--signal-rate NAME=SIGNAL:HAM,BAD] DATA...`, options as those of `smishing train`.
use serde_json::json;
use smishing::Label;
use smishing_train::{Corpus, ReadOptions, Recipe, grouped_folds};
use std::error::Error;
use std::io::Write;

const FOLDS: usize = 5;
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let output = arguments.next().ok_or("usage: export_rows OUTPUT [OPTIONS] DATA...")?;
    let (mut weights, mut rates, mut data) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(argument) = arguments.next() {
        let list = match argument.as_str() {
            "--weight" => &mut weights,
            "--signal-rate" => &mut rates,
            _ => {
                data.push(argument.into());
                continue;
            }
        };
        let named = arguments.next().ok_or_else(|| format!("{argument}: no value"))?;
        let (name, value) = named
            .split_once('=')
            .ok_or_else(|| format!("{named}: expected NAME=..."))?;
        list.push((name.to_owned(), value.to_owned()));
    }
    let mut corpus = Corpus::read(&data, &ReadOptions::default())?;
    corpus.remove_duplicates();
    let weights = weights.into_iter().map(|(name, weight)| Ok((name, weight.parse()?)));
    let rates = rates.into_iter().map(|(name, rate)| Ok((name, rate.parse()?)));
    let recipe = Recipe {
        weights: weights.collect::<Result<_, Box<dyn Error>>>()?,
        signal_rates: rates.collect::<Result<_, Box<dyn Error>>>()?,
        ..Recipe::default()
    };
    recipe.weigh(&mut corpus)?;
    let clusters = corpus.clusters();
    let strata: Vec<usize> = corpus.records.iter().map(|record| stratum(record.label)).collect();
    let folds = grouped_folds(&clusters, &strata, FOLDS, SEED);
    let mut file = std::io::BufWriter::new(std::fs::File::create(output)?);
    for (row, record) in corpus.records.iter().enumerate() {
        let row = json!({
            "id": record.id,
            "label": record.label.as_str(),
            "text": record.text,
            "cluster": clusters.of(row),
            "weight": record.weight,
            "fold": folds[row],
        });
        writeln!(file, "{row}")?;
    }
    Ok(file.flush()?)
}

/// As in `smishing evaluate --folds`.
fn stratum(label: Label) -> usize {
    match label {
        Label::Spam => 1,
        Label::Smishing => 2,
        _ => 0,
    }
}
