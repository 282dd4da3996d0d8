//! The card of a model: where it comes from and how good it was on rows held out in training.
use crate::copies::CopyWeights;
use crate::corpus::{Corpus, Removed};
use crate::metrics::{Figures, Scored};
use crate::train::{TrainOptions, Trained};
use crate::warm_start::{WarmStartOptions, WarmStarted};
use serde_json::{Value, json};
use smishing::{Label, Model};
use std::collections::BTreeMap;

const TOOL: &str = concat!("smishing-train ", env!("CARGO_PKG_VERSION"));

/// What a model's user should know of it, beyond what training knows by itself.
#[derive(Clone, Debug, Default)]
pub struct CardNotes {
    /// Licence and origin of files, by their name without extension or by their folder's name.
    pub licences: BTreeMap<String, String>,
    /// What copies of bad messages counted.
    pub copies: CopyWeights,
}

/// The card, as a JSON document. It holds no date, so that the same data and settings give the same model file.
#[must_use]
pub fn card(
    corpus: &Corpus,
    removed: &Removed,
    options: &TrainOptions,
    trained: &Trained,
    notes: &CardNotes,
) -> String {
    let rows = corpus.records.len();
    let weights: Vec<f64> = corpus.records.iter().map(|record| record.weight).collect();
    let solver = options
        .solver
        .resolve(rows, options.buckets.count() + smishing::Signal::COUNT, &weights);
    let data = data(corpus, notes);
    let card = json!({
        "tool": TOOL,
        "statement": "The texts of these files were turned into weights of hashed n-grams; the model holds none of them.",
        "data": data,
        "rows_used": rows,
        "duplicates_removed": removed.duplicates,
        "label_conflicts": removed.conflicts,
        "conflicting_rows_removed": removed.conflicting_rows,
        "settings": {
            "bits": options.buckets.bits(),
            "alpha": options.alpha,
            "solver": solver.to_string(),
            "folds": options.folds,
            "seed": options.seed,
            "copies": notes.copies,
        },
        "not_converged": trained.not_converged.iter().map(|(head, norm)| json!({"head": head, "gradient_norm": norm})).collect::<Vec<_>>(),
        "kinds": trained.parts.kinds.as_ref().zip(trained.kinds.as_ref()).map(|(head, figures)| json!({
            "kinds": head.classes.len(),
            "word_prefixes": head.vocabulary.len(),
            "temperature": head.temperature,
            "other_below": head.other_below,
            "figures": figures,
        })),
        "held_out": held_out_figures(corpus, trained),
    });
    // A map of strings and numbers always becomes text.
    serde_json::to_string_pretty(&card).unwrap_or_default()
}

/// What was read of each file.
fn data(corpus: &Corpus, notes: &CardNotes) -> Vec<Value> {
    corpus
        .files
        .iter()
        .map(|file| {
            let licence = notes.licences.iter().find(|(name, _)| file.goes_by(name));
            json!({
                "file": file.name(),
                "licence": licence.map(|(_, licence)| licence),
                "weight": file.weight,
                "signal_rates": file.signal_rates.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "sha256": file.sha256,
                "rows": file.rows(),
                "bad_rows": file.bad_rows.len(),
                "labels": file.labels.iter().map(|(label, count)| (label.as_str().to_owned(), json!(count))).collect::<serde_json::Map<_, _>>(),
            })
        })
        .collect()
}

/// The card of a model that goes on from another: that one's, to whose `warm_starts` this one is added. Figures are of the
/// new data, at the old threshold.
#[must_use]
pub fn warm_start_card(
    corpus: &Corpus,
    removed: &Removed,
    old: &Model,
    started: &WarmStarted,
    options: &WarmStartOptions,
) -> String {
    let mut card = match serde_json::from_str(old.card()) {
        Ok(Value::Object(card)) => card,
        _ => serde_json::Map::from_iter([("old_card".to_owned(), json!(old.card()))]),
    };
    let warm_start = json!({
        "tool": TOOL,
        "data": data(corpus, &CardNotes::default()),
        "rows_used": corpus.records.len(),
        "duplicates_removed": removed.duplicates,
        "label_conflicts": removed.conflicts,
        "conflicting_rows_removed": removed.conflicting_rows,
        "settings": {"hold": options.hold, "folds": options.folds, "seed": options.seed},
        "before": kept_figures(&started.before),
        "held_out": kept_figures(&started.after),
    });
    match card.entry("warm_starts").or_insert_with(|| json!([])) {
        Value::Array(all) => all.push(warm_start),
        other => *other = json!([warm_start]),
    }
    // A map of strings and numbers always becomes text.
    serde_json::to_string_pretty(&card).unwrap_or_default()
}

/// The figures that cards hold: every model file carries them, and the bundled one is reproduced bit for bit.
const HELD_OUT_FIGURES: [&str; 11] = [
    "rows",
    "bad_rows",
    "clusters",
    "mcc",
    "accuracy",
    "spam_caught",
    "blocked_ham",
    "roc_auc",
    "recall_at_fpr",
    "brier",
    "ece",
];

const HELD_OUT_RATES: [&str; 2] = ["0.001", "0.01"];

/// Figures of the rows in the fits that had not seen them, at the default threshold. No more than an orientation: the
/// threshold was set on the same rows, and the rows are of the populations trained on.
fn held_out_figures(corpus: &Corpus, trained: &Trained) -> Value {
    let scored: Vec<Scored> = corpus
        .records
        .iter()
        .zip(&trained.held_out_logits)
        .enumerate()
        .map(|(row, (record, &logit))| trained.scored(logit, record.label, trained.clusters.of(row)))
        .collect();
    let kinds = corpus
        .records
        .iter()
        .zip(&trained.held_out_smishing)
        .filter_map(|(record, logit)| logit.map(|logit| (record.label == Label::Smishing) == (logit >= 0.0)));
    let (right, all) = kinds.fold((0_u32, 0_u32), |(right, all), correct| {
        (right + u32::from(correct), all + 1)
    });
    json!({
        "figures": kept_figures(&Figures::new(&scored, 200, 1)),
        "spam_or_smishing_accuracy": (all > 0).then(|| f64::from(right) / f64::from(all)),
    })
}

fn kept_figures(figures: &Figures) -> Value {
    let mut figures = json!(figures);
    if let Some(figures) = figures.as_object_mut() {
        figures.retain(|name, _| HELD_OUT_FIGURES.contains(&name.as_str()));
        if let Some(rates) = figures.get_mut("recall_at_fpr").and_then(Value::as_object_mut) {
            rates.retain(|rate, _| HELD_OUT_RATES.contains(&rate.as_str()));
        }
    }
    figures
}
