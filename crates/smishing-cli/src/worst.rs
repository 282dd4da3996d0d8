//! The messages that a model is furthest off on, with why.
use serde_json::{Value, json};
use smishing::{Classifier, Explanation};
use smishing_train::{Corpus, Record, Scored, Worst};

/// Of one set, the worst first.
pub(crate) struct WorstExplained {
    /// Genuine messages with the highest scores.
    pub(crate) ham: Vec<Explained>,
    /// Bad messages with the lowest scores.
    pub(crate) bad: Vec<Explained>,
}

pub(crate) struct Explained {
    pub(crate) record: Record,
    pub(crate) explanation: Explanation,
}

impl WorstExplained {
    /// Of a corpus and what the classifier says of it.
    pub(crate) fn new(classifier: &Classifier, corpus: &Corpus, scored: &[Scored]) -> Self {
        /// Of each class.
        const SHOWN: usize = 10;
        let Worst { ham, bad } = Worst::new(scored, SHOWN);
        let explained = |rows: Vec<usize>| {
            let records = rows.into_iter().map(|row| &corpus.records[row]);
            records
                .map(|record| Explained {
                    explanation: classifier.explain(record.message()),
                    record: record.clone(),
                })
                .collect()
        };
        Self {
            ham: explained(ham),
            bad: explained(bad),
        }
    }

    /// Identifiers and scores, never a text: reports may be committed, corpora may not.
    pub(crate) fn json(&self) -> Value {
        let rows = |rows: &[Explained]| -> Vec<Value> {
            rows.iter()
                .map(|Explained { record, explanation }| {
                    let verdict = explanation.verdict();
                    json!({
                        "id": record.id,
                        "label": verdict.label().as_str(),
                        "score": verdict.score(),
                        "logit": verdict.logit(),
                    })
                })
                .collect()
        };
        json!({ "ham": rows(&self.ham), "bad": rows(&self.bad) })
    }
}
