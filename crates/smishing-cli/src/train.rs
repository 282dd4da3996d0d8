use crate::progress::Bar;
use crate::read::DataArgs;
use crate::{Outcome, output, report, warm_start};
use anyhow::Context;
use smishing::Buckets;
use smishing_train::{CardNotes, CopyWeights, Corpus, Recipe, SignalRate, SolverKind, TrainOptions, card};
use std::path::{Path, PathBuf};

/// Trains a model on labelled messages
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing train SMSSpamCollection --output uci.smsh
  smishing train mine.csv --text-column body --label-column kind --map-label promo=spam --output mine.smsh
  smishing train data ../corpora/train --solver sparse --seed 1 --output all.smsh
  smishing train corrections.jsonl --warm-start all.smsh --old-data data --output next.smsh

Labels are ham, spam and smishing (also: phishing, scam, fraud, legit). Near-duplicates are kept on one side of every
split; thresholds and calibration come from rows held out of the fits. Beside the model, its card is written as JSON.

With --warm-start, weights change as little as the new data allow (L2 towards the old ones); intercept, calibration,
thresholds and kinds stay the old model's, since corrections tell nothing of how frequent scams are.")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Where the model goes
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Write a report into this folder: report.html, what was read and the model's card, and the card as report.json
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Origin and licence for the card: NAME=TEXT, NAME of a file without extension or of a folder; may be repeated
    #[arg(long, value_name = "NAME=TEXT", value_parser = named::<String>)]
    licence: Vec<(String, String)>,
    /// Go on from this model instead of training anew; the data are corrections or other new messages
    #[arg(
        long,
        value_name = "MODEL",
        conflicts_with_all = ["solver", "bits", "alpha", "weight", "signal_rate", "padding", "misspelling", "licence", "report"]
    )]
    pub(crate) warm_start: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) warm: warm_start::WarmStart,
}

/// Settings of training, also of cross-validation.
#[derive(clap::Args)]
pub(crate) struct Settings {
    /// auto, linfa (dense, for small data) or sparse (reproducible bit by bit)
    #[arg(long, default_value = "auto")]
    solver: SolverKind,
    /// Hash buckets of the n-grams: 2^BITS
    #[arg(long, default_value_t = 14)]
    bits: u8,
    /// Strength of the L2 penalty
    #[arg(long, default_value_t = 1e-3)]
    alpha: f64,
    /// Decides which rows share a fold
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// What each row of a source counts, 1 by default: NAME=WEIGHT, NAME of a file without extension or of a folder; may
    /// be repeated (sparse solver)
    #[arg(long, value_name = "NAME=WEIGHT", value_parser = named::<f64>)]
    weight: Vec<(String, f64)>,
    /// Weigh a source's rows so that a signal is as frequent as in real traffic: NAME=SIGNAL:HAM,BAD, shares of genuine and
    /// of bad messages that carry it (- for as they are), NAME as above; those of a source hold together; may be repeated
    /// (sparse solver)
    #[arg(long, value_name = "NAME=SIGNAL:HAM,BAD", value_parser = named::<SignalRate>)]
    signal_rate: Vec<(String, SignalRate)>,
    /// Learn also from copies of the bad messages with genuine sentences beside them, each counting so much of its
    /// message: harmless text and borrowed trust marks then hide less (sparse solver)
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    padding: f64,
    /// Learn also from misspelt copies of the bad messages (letters swapped or left out, hyphens), each counting so much of
    /// its message (sparse solver)
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    misspelling: f64,
}

impl Settings {
    pub(crate) fn options(&self) -> anyhow::Result<TrainOptions> {
        let buckets = Buckets::new(self.bits).context("--bits")?;
        Ok(TrainOptions {
            buckets,
            alpha: self.alpha,
            solver: self.solver,
            seed: self.seed,
            ..TrainOptions::default()
        })
    }

    pub(crate) fn recipe(&self) -> Recipe {
        Recipe {
            weights: self.weight.clone(),
            signal_rates: self.signal_rate.clone(),
            copies: CopyWeights {
                padding: self.padding,
                misspelling: self.misspelling,
            },
        }
    }
}

/// `NAME=VALUE` of an option.
pub(crate) fn named<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<(String, T), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=...")?;
    let value = value.parse().map_err(|error: T::Err| error.to_string())?;
    Ok((name.into(), value))
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let folder = args.output.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        anyhow::bail!("{}: no such folder to write to", args.output.display());
    }
    let options = args.settings.options()?;
    let mut corpus = args.data.read(&args.data.data)?;
    let removed = corpus.remove_duplicates();
    if let Some(old) = &args.warm_start {
        return warm_start::run(args, old, &corpus, &removed);
    }
    let recipe = args.settings.recipe();
    // Whoever reads our output may go (`| head -1`), but the model is still wanted: that they went shows at the end.
    let reading = output::reading_report(&corpus, Some(&removed));
    let reported = output::print(&reading);
    let bar = Bar::new();
    let problem = recipe.problem(&mut corpus, &options)?;
    let trained = smishing_train::train(&problem, &options, &|stage, done, of| bar.step(stage, done, of))?;
    bar.finish();
    let notes = CardNotes {
        licences: args.licence.iter().cloned().collect(),
        copies: recipe.copies,
    };
    let card = card(&corpus, &removed, &options, &trained, &notes);
    let bytes = trained.model(card.clone())?.to_bytes();
    write(&args.output, &bytes)?;
    let card_path = card_path(&args.output);
    let card = dated(&card)?;
    write(&card_path, card.as_bytes())?;
    if let Some(folder) = &args.report {
        let removed = output::removal(&corpus, &removed);
        let page = report::training(&output::reading_table(&corpus), &removed, card.trim_end());
        output::write_report(folder, &page, card.trim_end())?;
    }
    for (head, norm) in &trained.not_converged {
        output::note(format_args!(
            "{head}: the solver stopped before the optimum (gradient norm {norm:.2e})"
        ));
    }
    reported?;
    output::print(format_args!(
        "{} clusters; {}: {} bytes; card: {}",
        problem.clusters.count(),
        args.output.display(),
        bytes.len(),
        card_path.display()
    ))?;
    Ok(outcome(&corpus))
}

/// Whether all rows could be used.
pub(crate) fn outcome(corpus: &Corpus) -> Outcome {
    if corpus.files.iter().all(|file| file.bad_rows.is_empty()) {
        Outcome::Clean
    } else {
        Outcome::SomeInputUnusable
    }
}

/// `uci.card.json` beside `uci.smsh`, `v1.2.card.json` beside `v1.2`.
pub(crate) fn card_path(model: &Path) -> PathBuf {
    let is_model = model.extension().is_some_and(|extension| extension == "smsh");
    let stem = if is_model { model.file_stem() } else { model.file_name() };
    let mut name = stem.unwrap_or_default().to_owned();
    name.push(".card.json");
    model.with_file_name(name)
}

/// The card with the day it was made, which the model itself leaves out: the same data give the same model.
pub(crate) fn dated(card: &str) -> anyhow::Result<String> {
    let mut card: serde_json::Value = serde_json::from_str(card)?;
    card["date"] = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string().into();
    Ok(serde_json::to_string_pretty(&card)? + "\n")
}

/// Whole or not at all: a model that is in use is never half overwritten.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    std::fs::write(&temporary, bytes).with_context(|| temporary.display().to_string())?;
    std::fs::rename(&temporary, path).with_context(|| path.display().to_string())
}
