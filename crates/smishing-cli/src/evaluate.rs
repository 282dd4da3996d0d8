use crate::found::{Found, Set};
use crate::progress::Bar;
use crate::read::{self, DataArgs};
use crate::scores::{Scores, share};
use crate::train::{Settings, named};
use crate::worst::WorstExplained;
use crate::{Outcome, output, report};
use anyhow::Context;
use smishing::Classifier;
use smishing_train::{
    BusinessComparison, BusinessFigures, BusinessScores, Comparison, Corpus, DRAWS, Facet, Figures, Scored,
    cross_validate, evaluate_evasions, leave_one_source_out, score,
};
use std::path::{Path, PathBuf};

/// Says how good a model is on labelled messages, or how good one trained on them would be
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing evaluate messages.jsonl                      the bundled model
  smishing evaluate --model uci.smsh a.csv b.csv        each file a column
  smishing evaluate --folds 5 SMSSpamCollection         grouped cross-validation, all files together
  smishing evaluate --leave-one-source-out a.csv b.csv  each file by a model trained on the others
  smishing evaluate --by kind --by length a.csv         also the figures of parts
  smishing evaluate --model new.smsh --against old.smsh a.csv
  smishing evaluate --evasions scams.jsonl              what rewriting the texts costs
  smishing evaluate --business bank=alerts.jsonl --business otp=codes.jsonl scams.jsonl
  smishing evaluate --by kind --report results a.csv    a page with plots: results/report.html
  smishing evaluate --scores theirs.jsonl messages.jsonl  another classifier, by what it said of the messages

With --folds, near-duplicates stay in one fold, and calibration and threshold are set inside the training folds. With
--folds and --leave-one-source-out, models are trained by the settings below, which are those of `smishing train`.
With --business, recall is told at thresholds that flag 0.1, 1 and 5 % of the genuine messages of these files: the mean
of the named sets, so that a large one does not outvote the others. Files of one name are one set.

With --report, report.html is a page to read: figures, plots, and the worst errors with their texts; it loads nothing.
report.json holds figures, curves and identifiers, and no text: it can be shared where the messages cannot.

With --scores, each line of the file is an object {\"id\", \"score\", \"label\"} for one message of the data: the probability of
bad, and what was decided if that is not the threshold's matter. `smishing classify --output jsonl` writes such lines.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The model to evaluate [default: the bundled one]
    #[arg(long, conflicts_with_all = ["folds", "leave_one_source_out"])]
    model: Option<PathBuf>,
    /// Evaluate the scores of this file instead of a model's: one for each message of the data
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "folds", "leave_one_source_out", "evasions"])]
    scores: Option<PathBuf>,
    /// With --scores: a message without a label in the file is flagged from this score on
    #[arg(long, value_name = "SCORE", default_value_t = 0.5, requires = "scores", value_parser = share)]
    threshold: f64,
    /// Cross-validate over so many folds instead of evaluating a model
    #[arg(long)]
    folds: Option<usize>,
    /// With --folds: repeat with so many seeds and average
    #[arg(long, default_value_t = 1, requires = "folds", value_parser = clap::value_parser!(u64).range(1..=1000))]
    repeats: u64,
    /// Evaluate each file or folder (of a single folder each file) by a model trained on the others
    #[arg(long, conflicts_with = "folds")]
    leave_one_source_out: bool,
    /// Also tell how the model differs from this one on the same messages
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["folds", "leave_one_source_out"])]
    against: Option<PathBuf>,
    /// Also tell the figures of parts: by kind, language, region, source, year or length; may be repeated
    #[arg(long, value_name = "FACET", conflicts_with_all = ["folds", "leave_one_source_out"])]
    by: Vec<Facet>,
    /// Also rewrite the texts as senders of scams do, and tell what changes
    #[arg(long, conflicts_with_all = ["folds", "leave_one_source_out"])]
    evasions: bool,
    /// Genuine business messages to set thresholds by, such as bank=alerts.jsonl; may be repeated
    #[arg(
        long,
        value_name = "NAME=FILE",
        value_parser = named::<PathBuf>,
        conflicts_with_all = ["folds", "leave_one_source_out"]
    )]
    business: Vec<(String, PathBuf)>,
    #[command(flatten)]
    settings: Settings,
    /// Write a report into this folder: report.html, a page with plots, and report.json
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (found, clean) = match args.folds {
        Some(folds) => cross_validated(args, folds)?,
        None if args.leave_one_source_out => left_out(args)?,
        None => scored(args)?,
    };
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&found.json())?;
        std::fs::write(path, text + "\n").with_context(|| path.display().to_string())?;
    }
    if let Some(folder) = &args.report {
        let page = report::evaluation(&found, &about(args))?;
        output::write_report(folder, &page, &serde_json::to_string_pretty(&found.json_of_report())?)?;
    }
    output::print(found.report())?;
    Ok(if clean {
        Outcome::Clean
    } else {
        Outcome::SomeInputUnusable
    })
}

/// What was evaluated, for the report's head.
fn about(args: &Args) -> String {
    if let Some(folds) = args.folds {
        return format!("Cross-validation: {folds} folds, each scored by a model trained on the others");
    }
    if args.leave_one_source_out {
        return "Each source scored by a model trained on the others".into();
    }
    let model = |path: &Path| path.display().to_string();
    let against = args.against.as_deref().map(|path| format!(" against {}", model(path)));
    args.model.as_deref().map_or_else(|| "The bundled model".into(), model) + &against.unwrap_or_default()
}

fn cross_validated(args: &Args, folds: usize) -> anyhow::Result<(Found, bool)> {
    let options = args.settings.options()?;
    let mut corpus = args.data.read(&args.data.data)?;
    let removed = corpus.remove_duplicates();
    output::note(output::reading_report(&corpus, Some(&removed)));
    let bar = Bar::new();
    let figures = cross_validate(
        &corpus,
        &args.settings.recipe(),
        &options,
        folds,
        args.repeats,
        &|stage, done, of| {
            bar.step(stage, done, of);
        },
    )?;
    bar.finish();
    let found = Found {
        sets: vec![Set::new(format!("{folds} folds, {} seeds", args.repeats), figures)],
        ..Found::default()
    };
    Ok((found, all_used(&corpus)))
}

fn left_out(args: &Args) -> anyhow::Result<(Found, bool)> {
    let options = args.settings.options()?;
    let corpus = args.data.read(&args.data.data)?;
    output::note(output::reading_report(&corpus, None));
    let bar = Bar::new();
    let sources = sources(&args.data.data, &corpus);
    let sets = leave_one_source_out(
        &corpus,
        &sources,
        &args.settings.recipe(),
        &options,
        &|stage, done, of| {
            bar.step(stage, done, of);
        },
    )?;
    bar.finish();
    let found = Found {
        sets: sets
            .into_iter()
            .map(|(name, figures)| Set::new(name, figures))
            .collect(),
        ..Found::default()
    };
    Ok((found, all_used(&corpus)))
}

/// The files of each argument; of a single folder each file by itself.
fn sources(paths: &[PathBuf], corpus: &Corpus) -> Vec<(String, Vec<usize>)> {
    let files = || corpus.files.iter().enumerate();
    if let [_] = paths {
        return files().map(|(number, file)| (stem(&file.path), vec![number])).collect();
    }
    let below = |path: &PathBuf| {
        files()
            .filter(|(_, file)| file.path.starts_with(path))
            .map(|(number, _)| number)
            .collect()
    };
    paths.iter().map(|path| (stem(path), below(path))).collect()
}

fn all_used(corpus: &Corpus) -> bool {
    corpus.files.iter().all(|file| file.bad_rows.is_empty())
}

fn scored(args: &Args) -> anyhow::Result<(Found, bool)> {
    let classifier = read::classifier(args.model.as_deref(), None)?;
    let against = args
        .against
        .as_deref()
        .map(|path| read::classifier(Some(path), None))
        .transpose()?;
    let seed = args.settings.options()?.seed;
    let read = |name: String, files: &[PathBuf]| args.data.read(files).map(|corpus| (name, corpus));
    let sets = args
        .data
        .data
        .iter()
        .map(|path| read(stem(path), std::slice::from_ref(path)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let business = by_name(&args.business)
        .into_iter()
        .map(|(name, files)| read(name, &files))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let scores = |classifier: &Classifier| BusinessScores {
        business: scored_sets(classifier, &business),
        scams: scored_sets(classifier, &sets),
    };
    let own = match &args.scores {
        Some(path) => Scores::read(path, args.threshold)?.of(&business, &sets)?,
        None => scores(&classifier),
    };
    let other = against.as_ref().map(scores);
    let worst = |corpus: &Corpus, rows: &[Scored]| {
        let wanted = args.report.is_some();
        wanted.then(|| WorstExplained::new(&classifier, corpus, rows))
    };
    let mut found = Found {
        thresholds: Some(classifier.thresholds().clone()),
        business_worst: business
            .iter()
            .zip(&own.business)
            .filter_map(|((name, corpus), (_, rows))| Some((name.clone(), worst(corpus, rows)?)))
            .collect(),
        sets: sets
            .iter()
            .zip(&own.scams)
            .map(|((name, corpus), (_, rows))| Set {
                slices: args
                    .by
                    .iter()
                    .map(|&facet| (facet, slices(facet, corpus, rows, seed)))
                    .collect(),
                evasions: args.evasions.then(|| evaluate_evasions(&classifier, corpus, seed)),
                worst: worst(corpus, rows),
                ..Set::new(name.clone(), Figures::new(rows, DRAWS, seed))
            })
            .collect(),
        ..Found::default()
    };
    if let Some(other) = &other {
        let pairs = own.scams.iter().zip(&other.scams);
        for (set, ((_, rows), (_, other))) in found.sets.iter_mut().zip(pairs) {
            set.difference = Some(Comparison::new(rows, other, DRAWS, seed));
        }
    }
    if !business.is_empty() {
        found.business = Some(BusinessFigures::new(&own, seed)?);
        found.business_difference = other
            .map(|other| BusinessComparison::new(&own, &other, seed))
            .transpose()?;
    }
    let clean = sets.iter().chain(&business).all(|(_, corpus)| all_used(corpus));
    Ok((found, clean))
}

fn scored_sets(classifier: &Classifier, sets: &[(String, Corpus)]) -> Vec<(String, Vec<Scored>)> {
    sets.iter()
        .map(|(name, corpus)| (name.clone(), score(classifier, corpus)))
        .collect()
}

fn slices(facet: Facet, corpus: &Corpus, rows: &[Scored], seed: u64) -> Vec<(String, Figures)> {
    let parts = facet.slices(corpus, rows).into_iter();
    parts
        .map(|(name, rows)| (name, Figures::new(&rows, DRAWS, seed)))
        .collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(
        || path.display().to_string(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

/// The files of each name, in the order of the names' first.
fn by_name(named: &[(String, PathBuf)]) -> Vec<(String, Vec<PathBuf>)> {
    let mut sets: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for (name, path) in named {
        match sets.iter_mut().find(|(known, _)| known == name) {
            Some((_, files)) => files.push(path.clone()),
            None => sets.push((name.clone(), vec![path.clone()])),
        }
    }
    sets
}
