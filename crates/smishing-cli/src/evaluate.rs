use crate::progress::Bar;
use crate::read::{self, DataArgs};
use crate::train::Settings;
use crate::{Outcome, output};
use anyhow::Context;
use serde_json::json;
use smishing_train::{Figures, cross_validate};
use std::path::PathBuf;

/// Says how good a model is on labelled messages, or how good one trained on them would be
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing evaluate messages.jsonl                      the bundled model
  smishing evaluate --model uci.smsh a.csv b.csv        each file a column
  smishing evaluate --folds 5 SMSSpamCollection         grouped cross-validation, all files together

With --folds, near-duplicates stay in one fold, and calibration and threshold are set inside the training folds.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The model to evaluate [default: the bundled one]
    #[arg(long, conflicts_with = "folds")]
    model: Option<PathBuf>,
    /// Cross-validate over so many folds instead of evaluating a model
    #[arg(long)]
    folds: Option<usize>,
    /// With --folds: repeat with so many seeds and average
    #[arg(long, default_value_t = 1, requires = "folds", value_parser = clap::value_parser!(u64).range(1..=1000))]
    repeats: u64,
    #[command(flatten)]
    settings: Settings,
    /// Write a report into this folder: report.md and report.json
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (sets, clean) = match args.folds {
        Some(folds) => cross_validated(args, folds)?,
        None => scored(args)?,
    };
    let table = output::figures_table(&sets);
    let named: Vec<_> = sets
        .iter()
        .map(|(name, figures)| {
            let mut set = json!(figures);
            set["name"] = json!(name);
            set
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "sets": named }))?;
    if let Some(path) = &args.json {
        std::fs::write(path, text.clone() + "\n").with_context(|| path.display().to_string())?;
    }
    if let Some(folder) = &args.report {
        output::write_report(folder, "Evaluation", &table.to_string(), &text)?;
    }
    output::print(table)?;
    Ok(if clean {
        Outcome::Clean
    } else {
        Outcome::SomeInputUnusable
    })
}

type Sets = Vec<(String, Figures)>;

fn cross_validated(args: &Args, folds: usize) -> anyhow::Result<(Sets, bool)> {
    let options = args.settings.options()?;
    let mut corpus = args.data.read(&args.data.data)?;
    let removed = corpus.remove_duplicates();
    output::note(output::reading_report(&corpus, Some(&removed)));
    let bar = Bar::new();
    let figures = cross_validate(&corpus, &options, folds, args.repeats, &|stage, done, of| {
        bar.step(stage, done, of);
    })?;
    bar.finish();
    let clean = corpus.files.iter().all(|file| file.bad_rows.is_empty());
    Ok((vec![(format!("{folds} folds, {} seeds", args.repeats), figures)], clean))
}

fn scored(args: &Args) -> anyhow::Result<(Sets, bool)> {
    let classifier = read::classifier(args.model.as_deref())?;
    let mut sets = Vec::new();
    let mut clean = true;
    for path in &args.data.data {
        let corpus = args.data.read(std::slice::from_ref(path))?;
        clean &= corpus.files.iter().all(|file| file.bad_rows.is_empty());
        let name = path.file_stem().map_or_else(
            || path.display().to_string(),
            |stem| stem.to_string_lossy().into_owned(),
        );
        sets.push((
            name,
            smishing_train::evaluate(&classifier, &corpus, args.settings.options()?.seed),
        ));
    }
    Ok((sets, clean))
}
