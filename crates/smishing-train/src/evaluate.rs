//! How good a model is: on other data, and by cross-validation.
use crate::cluster::Clusters;
use crate::corpus::Corpus;
use crate::metrics::{Figures, Scored};
use crate::split::grouped_folds;
use crate::train::{Problem, Progress, TrainOptions, train};
use crate::{Error, Recipe, Record};
use rayon::prelude::*;
use smishing::{Classifier, Label};
use std::collections::HashSet;

/// Bootstrap samples behind each interval of an evaluation.
pub const DRAWS: usize = 1000;

/// What a classifier says of each message, under its policy; `Unsure` counts as not flagged.
#[must_use]
pub fn score(classifier: &Classifier, corpus: &Corpus) -> Vec<Scored> {
    let clusters = corpus.clusters();
    corpus
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
        .collect()
}

/// The figures of a classifier on a corpus.
#[must_use]
pub fn evaluate(classifier: &Classifier, corpus: &Corpus, seed: u64) -> Figures {
    Figures::new(&score(classifier, corpus), DRAWS, seed)
}

/// Cross-validates by cluster: each row is scored by a model trained, calibrated and given its threshold without its
/// cluster. With several repeats, each splits by a seed of its own, and the figures are means.
///
/// # Errors
///
/// Those of [`train`](crate::train()) and [`Recipe::problem`], and [`Error::Setting`] for fewer than two folds or no repeat.
pub fn cross_validate(
    corpus: &Corpus,
    recipe: &Recipe,
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
            let options = TrainOptions {
                seed,
                ..options.clone()
            };
            let (held_out, kept): (Vec<usize>, Vec<usize>) = (0..fold_of.len()).partition(|&row| fold_of[row] == fold);
            let part = recipe.part(corpus, &problem, &kept, &options)?;
            let scored = score_held_out(&problem, &held_out, &part, &options)?;
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

/// Evaluates each source by a model trained on the others, without the clusters that the source has a row of: so the
/// source stays whole, and none of its templates is known. Sources are given by name and by the numbers of their files in
/// [`Corpus::files`]; those without a message are passed over. Duplicates are removed here, among what is trained on and
/// within the source by itself: what two sources share is missing from neither.
///
/// # Errors
///
/// Those of [`train`](crate::train()) and [`Recipe::problem`], the former with the source's name, and [`Error::Setting`] for fewer than two sources with
/// messages.
pub fn leave_one_source_out(
    corpus: &Corpus,
    sources: &[(String, Vec<usize>)],
    recipe: &Recipe,
    options: &TrainOptions,
    progress: Progress<'_>,
) -> Result<Vec<(String, Figures)>, Error> {
    let sources: Vec<(&String, Vec<usize>)> = sources
        .iter()
        .map(|(name, files)| {
            let rows = (0..corpus.records.len()).filter(|&row| files.contains(&corpus.records[row].file));
            (name, rows.collect())
        })
        .filter(|(_, rows): &(_, Vec<usize>)| !rows.is_empty())
        .collect();
    if sources.len() < 2 {
        return Err(Error::Setting(
            "leaving one source out needs at least 2 sources with messages".into(),
        ));
    }
    let problem = Problem::new(corpus, options.buckets);
    let done = std::sync::atomic::AtomicUsize::new(0);
    sources
        .par_iter()
        .map(|(name, rows)| {
            let (held_out, _) = corpus.distinct(rows.iter().copied());
            let kept = without(corpus, &problem.clusters, rows);
            let part = recipe.part(corpus, &problem, &kept, options)?;
            let scored = score_held_out(&problem, &held_out, &part, options).map_err(|error| match error {
                Error::Data(reason) => Error::Data(format!("without {name}: {reason}")),
                other => other,
            })?;
            progress(
                "sources",
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                sources.len(),
            );
            Ok(((*name).clone(), Figures::new(&scored, DRAWS, options.seed)))
        })
        .collect()
}

/// Distinct rows in clusters that none of `rows` belongs to, and so none of them.
fn without(corpus: &Corpus, clusters: &Clusters, rows: &[usize]) -> Vec<usize> {
    let known: HashSet<usize> = rows.iter().map(|&row| clusters.of(row)).collect();
    let others = (0..corpus.records.len()).filter(|&row| !known.contains(&clusters.of(row)));
    corpus.distinct(others).0
}

/// What a model trained on `part` says of the rows held out of it.
fn score_held_out(
    problem: &Problem,
    held_out: &[usize],
    part: &Problem,
    options: &TrainOptions,
) -> Result<Vec<Scored>, Error> {
    let trained = train(part, options, &|_, _, _| {})?;
    Ok(held_out
        .iter()
        .map(|&row| {
            trained.scored(
                trained.bad_logit(&problem.matrix, row),
                problem.labels[row],
                problem.clusters.of(row),
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Facets;

    #[test]
    fn nothing_of_a_source_is_trained_on() {
        let rows = [
            // The source's, the second and third in conflict.
            ("Your code is 4821", Label::Ham, "a"),
            ("Pay the fee today", Label::Ham, "b"),
            ("Pay the fee today", Label::Smishing, "b"),
            // Another's: a template of the source's, and two copies of a message.
            ("Your code is 7703", Label::Ham, "a"),
            ("See you at eight", Label::Ham, "c"),
            ("see you at  eight", Label::Ham, "c"),
            ("You won a prize", Label::Spam, "d"),
        ];
        let records = rows.into_iter().map(|(text, label, cluster)| Record {
            id: String::new(),
            text: text.into(),
            sender: None,
            label,
            file: 0,
            cluster: Some(cluster.into()),
            pair: None,
            facets: Facets::default(),
            weight: 1.0,
        });
        let corpus = Corpus {
            records: records.collect(),
            files: Vec::new(),
        };
        assert_eq!(without(&corpus, &corpus.clusters(), &[0, 1, 2]), [4, 6]);
    }
}
