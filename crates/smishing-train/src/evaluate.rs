//! How good a model is: on other data, and by cross-validation.
use crate::corpus::Corpus;
use crate::metrics::{Figures, Scored};
use crate::split::grouped_folds;
use crate::train::{Problem, Progress, TrainOptions, train};
use crate::{Error, Record};
use rayon::prelude::*;
use smishing::{Classifier, Label};

/// Bootstrap samples behind each interval.
const DRAWS: usize = 1000;

/// Scores a corpus with a classifier, under its policy; `Unsure` counts as not flagged.
#[must_use]
pub fn evaluate(classifier: &Classifier, corpus: &Corpus, seed: u64) -> Figures {
    let clusters = corpus.clusters();
    let scored: Vec<Scored> = corpus
        .records
        .par_iter()
        .map(Record::message)
        .map(|message| classifier.classify(message))
        .zip(corpus.records.par_iter().enumerate())
        .map(|(verdict, (row, record))| Scored {
            bad: record.label.is_bad(),
            flagged: verdict.label().is_bad(),
            probability: verdict.score(),
            logit: verdict.logit(),
            cluster: clusters.of(row),
        })
        .collect();
    Figures::new(&scored, DRAWS, seed)
}

/// Cross-validates by cluster: each row is scored by a model trained, calibrated and given its threshold without its
/// cluster. With several repeats, each splits by a seed of its own, and the figures are means.
///
/// # Errors
///
/// Those of [`train`](crate::train()), and [`Error::Setting`] for fewer than two folds or no repeat.
pub fn cross_validate(
    corpus: &Corpus,
    options: &TrainOptions,
    folds: usize,
    repeats: u64,
    progress: Progress<'_>,
) -> Result<Figures, Error> {
    if folds < 2 || repeats == 0 {
        return Err(Error::Setting(
            "cross-validation needs at least 2 folds and 1 repeat".into(),
        ));
    }
    let problem = Problem::new(corpus, options.buckets);
    if folds > problem.clusters.count() {
        return Err(Error::Setting(format!(
            "{folds} folds asked for, and only {} clusters of messages to share out",
            problem.clusters.count()
        )));
    }
    let strata: Vec<usize> = problem
        .labels
        .iter()
        .map(|label| match label {
            Label::Spam => 1,
            Label::Smishing => 2,
            _ => 0,
        })
        .collect();
    let tasks: Vec<(u64, usize)> = (0..repeats)
        .flat_map(|repeat| (0..folds).map(move |fold| (repeat, fold)))
        .collect();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let scored = tasks
        .par_iter()
        .map(|&(repeat, fold)| {
            let seed = options.seed.wrapping_add(repeat);
            let fold_of = grouped_folds(&problem.clusters, &strata, folds, seed);
            let scored = score_fold(
                &problem,
                &fold_of,
                fold,
                &TrainOptions {
                    seed,
                    ..options.clone()
                },
            )?;
            progress(
                "folds",
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                tasks.len(),
            );
            Ok(scored)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let runs: Vec<Figures> = scored
        .chunks(folds)
        .zip(0..)
        .map(|(run, repeat)| Figures::new(&run.concat(), DRAWS, options.seed.wrapping_add(repeat)))
        .collect();
    Figures::mean(&runs).ok_or_else(|| Error::Setting("no repeat".into()))
}

fn score_fold(problem: &Problem, fold_of: &[usize], fold: usize, options: &TrainOptions) -> Result<Vec<Scored>, Error> {
    let (held_out, kept): (Vec<usize>, Vec<usize>) = (0..fold_of.len()).partition(|&row| fold_of[row] == fold);
    let trained = train(&problem.select(&kept), options, &|_, _, _| {})?;
    Ok(held_out
        .into_iter()
        .map(|row| {
            trained.scored(
                trained.bad_logit(&problem.matrix, row),
                problem.labels[row],
                problem.clusters.of(row),
            )
        })
        .collect())
}
