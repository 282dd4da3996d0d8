//! The shortcut audit: how far surface facts alone tell the labels apart, by models that see nothing else.
use super::Message;
use super::vocabulary::kinds;
use crate::corpus::Record;
use crate::metrics::{Figures, Scored};
use crate::solver::{Solver, SparseLogistic};
use crate::split::grouped_folds;
use crate::{Corpus, CsrMatrix, Error};
use rayon::prelude::*;
use serde::Serialize;
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::xgboost::{XGRegressor, XGRegressorParameters};
use smishing::{Label, Signal};
use smishing_features::Extractor;

/// Area under the ROC curve that surface facts reach on a group of messages, by cross-validation with pairs in one fold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shortcut {
    /// `en`, `all`, `lang:..` or `kind:..`.
    pub group: String,
    /// Messages in the group.
    pub rows: usize,
    /// By gradient-boosted trees.
    pub trees: f64,
    /// By logistic regression.
    pub linear: f64,
}

const FOLDS: usize = 5;
/// Groups below this size say nothing.
const SMALLEST: usize = 60;

pub(super) fn audit(messages: &[Message]) -> Result<Vec<Shortcut>, Error> {
    let english: Vec<&Message> = messages.iter().filter(|message| message.lang == "en").collect();
    let all: Vec<&Message> = messages.iter().collect();
    let (english_scores, scores) = rayon::join(|| Scores::new(&english), || Scores::new(&all));
    let (english_scores, scores) = (english_scores?, scores?);
    let mut shortcuts = vec![
        english_scores.shortcut("en".into(), |_| true),
        scores.shortcut("all".into(), |_| true),
    ];
    let mut langs: Vec<&str> = all.iter().map(|message| message.lang.as_str()).collect();
    langs.sort_unstable();
    langs.dedup();
    for lang in langs.into_iter().filter(|lang| *lang != "en") {
        shortcuts.push(scores.shortcut(format!("lang:{lang}"), |message| message.lang == lang));
    }
    // A kind of bad message beside all genuine ones, and a kind of genuine message beside all bad ones.
    for (label, kind) in kinds() {
        let other = |message: &Message| message.is_bad() != label.is_bad();
        shortcuts.push(scores.shortcut(format!("kind:{kind}"), |message| message.kind == kind || other(message)));
    }
    shortcuts.retain(|shortcut| shortcut.rows >= SMALLEST);
    Ok(shortcuts)
}

/// Held-out scores of messages by both models.
struct Scores<'a> {
    messages: Vec<&'a Message>,
    trees: Vec<f64>,
    linear: Vec<f64>,
}

impl<'a> Scores<'a> {
    fn new(messages: &[&'a Message]) -> Result<Self, Error> {
        let facts = standardised(&messages.iter().map(|message| facts(message)).collect::<Vec<_>>());
        let bad: Vec<bool> = messages.iter().map(|message| message.is_bad()).collect();
        let folds = folds(messages, &bad);
        let held_out = (0..FOLDS)
            .into_par_iter()
            .map(|fold| {
                let (test, train): (Vec<usize>, Vec<usize>) = (0..messages.len()).partition(|&row| folds[row] == fold);
                if test.is_empty() || train.iter().all(|&row| bad[row]) || !train.iter().any(|&row| bad[row]) {
                    return Err(Error::Data("too few messages for a shortcut audit".into()));
                }
                Ok(test
                    .iter()
                    .copied()
                    .zip(
                        trees(&facts, &bad, &train, &test)?
                            .into_iter()
                            .zip(linear(&facts, &bad, &train, &test)?),
                    )
                    .collect::<Vec<_>>())
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let mut scores = Self {
            messages: messages.to_vec(),
            trees: vec![0.0; messages.len()],
            linear: vec![0.0; messages.len()],
        };
        for (row, (trees, linear)) in held_out.into_iter().flatten() {
            scores.trees[row] = trees;
            scores.linear[row] = linear;
        }
        Ok(scores)
    }

    fn shortcut(&self, group: String, belongs: impl Fn(&Message) -> bool) -> Shortcut {
        let rows: Vec<usize> = (0..self.messages.len())
            .filter(|&row| belongs(self.messages[row]))
            .collect();
        let auc = |scores: &[f64]| {
            let scored: Vec<Scored> = rows
                .iter()
                .map(|&row| Scored {
                    bad: self.messages[row].is_bad(),
                    flagged: false,
                    probability: 0.5,
                    logit: scores[row] as f32,
                    cluster: row,
                })
                .collect();
            Figures::new(&scored, 0, 0).by_row.roc_auc.map_or(0.5, |auc| auc.value)
        };
        Shortcut {
            group,
            rows: rows.len(),
            trees: auc(&self.trees),
            linear: auc(&self.linear),
        }
    }
}

fn folds(messages: &[&Message], bad: &[bool]) -> Vec<usize> {
    let records = messages
        .iter()
        .map(|message| Record {
            id: message.id.clone(),
            text: String::new(),
            sender: None,
            label: Label::Ham,
            file: 0,
            cluster: Some(if message.pair.is_empty() {
                message.id.clone()
            } else {
                format!("pair {}", message.pair)
            }),
            pair: None,
            weight: 1.0,
            facets: crate::Facets::default(),
        })
        .collect();
    let clusters = Corpus {
        records,
        files: Vec::new(),
    }
    .clusters();
    let strata: Vec<usize> = bad.iter().map(|&bad| usize::from(bad)).collect();
    grouped_folds(&clusters, &strata, FOLDS, 1)
}

fn trees(facts: &[Vec<f64>], bad: &[bool], train: &[usize], test: &[usize]) -> Result<Vec<f64>, Error> {
    let matrix =
        |rows: &[usize]| DenseMatrix::from_2d_vec(&rows.iter().map(|&row| facts[row].clone()).collect::<Vec<_>>());
    let failed = |error: smartcore::error::Failed| Error::Solver(error.to_string());
    let classes: Vec<f64> = train.iter().map(|&row| f64::from(u8::from(bad[row]))).collect();
    let parameters = XGRegressorParameters::default()
        .with_n_estimators(60)
        .with_max_depth(4)
        .with_learning_rate(0.1)
        .with_min_child_weight(10);
    let model = XGRegressor::fit(&matrix(train).map_err(failed)?, &classes, parameters).map_err(failed)?;
    model.predict(&matrix(test).map_err(failed)?).map_err(failed)
}

fn linear(facts: &[Vec<f64>], bad: &[bool], train: &[usize], test: &[usize]) -> Result<Vec<f64>, Error> {
    let rows = |rows: &[usize]| CsrMatrix::of_dense_rows(rows.iter().map(|&row| facts[row].as_slice()));
    let classes: Vec<bool> = train.iter().map(|&row| bad[row]).collect();
    let fit = Solver::fit(
        &SparseLogistic::new(1.0),
        &rows(train),
        &classes,
        &vec![1.0; classes.len()],
    )?;
    let test = rows(test);
    Ok((0..test.rows()).map(|row| fit.logit(&test, row)).collect())
}

/// Length, signs, and the presence of links, numbers, codes and urgency: what a glance sees without reading.
fn facts(message: &Message) -> Vec<f64> {
    let text = &message.text;
    let count = |is: fn(char) -> bool| text.chars().filter(|&letter| is(letter)).count() as f64;
    let mut extractor = Extractor::default();
    extractor.read(&smishing::Message::new(text));
    let has = |signal| f64::from(u8::from(extractor.signals().contains(signal)));
    let letters = text.chars().count() as f64;
    let capitals = count(char::is_uppercase);
    vec![
        letters,
        smishing_features::words(text).count() as f64,
        count(|letter| letter.is_ascii_digit()),
        capitals,
        capitals / letters.max(1.0),
        count(|letter| letter == '!'),
        count(|letter| letter == '?'),
        count(|letter| matches!(letter, '.' | ',' | ';' | ':')),
        count(|letter| letter.is_ascii_punctuation()),
        count(|letter| letter == '\n'),
        count(|letter| !letter.is_ascii()),
        text.matches("://").count() as f64,
        has(Signal::LinkPresent),
        has(Signal::PhonePresent),
        has(Signal::CodePresent),
        has(Signal::MoneyPresent),
        has(Signal::Urgent),
        f64::from(u8::from(text.starts_with(char::is_uppercase))),
    ]
}

/// Each column with mean 0 and variance 1.
fn standardised(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut rows = rows.to_vec();
    for column in 0..rows.first().map_or(0, Vec::len) {
        let count = rows.len() as f64;
        let mean = rows.iter().map(|row| row[column]).sum::<f64>() / count;
        let deviation = (rows.iter().map(|row| (row[column] - mean).powi(2)).sum::<f64>() / count).sqrt();
        for row in &mut rows {
            row[column] = if deviation > 0.0 {
                (row[column] - mean) / deviation
            } else {
                0.0
            };
        }
    }
    rows
}
