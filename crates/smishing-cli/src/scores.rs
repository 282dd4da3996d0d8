//! Scores that another classifier gave to messages, for the figures that models are told by.
use anyhow::{Context, bail};
use serde_json::Value;
use smishing::Label;
use smishing_train::{BusinessScores, Corpus, LabelMap, Record, Scored};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What was said of each message, by its id.
pub(crate) struct Scores {
    path: PathBuf,
    by_id: HashMap<String, Given>,
}

struct Given {
    line: usize,
    score: f64,
    flagged: bool,
}

type Sets = [(String, Corpus)];

impl Scores {
    /// Reads one JSON object a line: `id`, `score`, and `label` if the classifier decides by more than the threshold.
    pub(crate) fn read(path: &Path, threshold: f64) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let mut by_id: HashMap<String, Given> = HashMap::new();
        for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
            let at = || format!("{}:{line}", path.display());
            let (id, score, label) = parse(row).with_context(at)?;
            let given = Given {
                line,
                score,
                flagged: label.map_or(score >= threshold, Label::is_bad),
            };
            if let Some(first) = by_id.get(&id) {
                bail!("{}: `{id}` has a score in line {} already", at(), first.line);
            }
            by_id.insert(id, given);
        }
        Ok(Self {
            path: path.into(),
            by_id,
        })
    }

    /// The scores of the messages of these sets: each has one, and none is of another message.
    pub(crate) fn of(&self, business: &Sets, scams: &Sets) -> anyhow::Result<BusinessScores> {
        let mut text_of: HashMap<&str, &str> = HashMap::new();
        for record in business.iter().chain(scams).flat_map(|(_, corpus)| &corpus.records) {
            let text = text_of.entry(&record.id).or_insert(&record.text);
            if *text != record.text {
                bail!(
                    "`{}` is the id of two different messages: their scores cannot be told apart",
                    record.id
                );
            }
        }
        let unknown = self.by_id.iter().filter(|(id, _)| !text_of.contains_key(id.as_str()));
        if let Some((id, given)) = unknown.min_by_key(|(_, given)| given.line) {
            bail!(
                "{}:{}: no message `{id}` in the data (one without an id is called FILE:LINE)",
                self.path.display(),
                given.line
            );
        }
        let sets = |sets: &Sets| -> anyhow::Result<Vec<_>> {
            let scored = sets
                .iter()
                .map(|(name, corpus)| Ok((name.clone(), self.scored(corpus)?)));
            scored.collect()
        };
        Ok(BusinessScores {
            business: sets(business)?,
            scams: sets(scams)?,
        })
    }

    fn scored(&self, corpus: &Corpus) -> anyhow::Result<Vec<Scored>> {
        let clusters = corpus.clusters();
        let rows = corpus.records.iter().enumerate();
        rows.map(|(row, record)| Ok(self.given(record)?.scored(record, clusters.of(row))))
            .collect()
    }

    fn given(&self, record: &Record) -> anyhow::Result<&Given> {
        let given = self.by_id.get(&record.id);
        given.with_context(|| format!("{}: no score for the message `{}`", self.path.display(), record.id))
    }
}

impl Given {
    fn scored(&self, record: &Record, cluster: usize) -> Scored {
        Scored {
            bad: record.label.is_bad(),
            flagged: self.flagged,
            probability: self.score as f32,
            // Told apart near 0 and 1 as an f32 of the score would not be; infinite there, which orders as well.
            logit: (self.score / (1.0 - self.score)).ln() as f32,
            cluster,
        }
    }
}

/// Id, score and label of a row. An unsure classifier flags nothing.
fn parse(row: &str) -> anyhow::Result<(String, f64, Option<Label>)> {
    let row: Value = serde_json::from_str(row).context("not a JSON object")?;
    let id = match &row["id"] {
        Value::Null => bail!("no id"),
        Value::String(id) => id.clone(),
        id => id.to_string(),
    };
    let score = row["score"]
        .as_f64()
        .with_context(|| format!("`{id}` has no score, or none that is a number"))?;
    if !is_share(score) {
        bail!("`{id}` has the score {score}: expected a probability of bad, 0 to 1");
    }
    let label = match &row["label"] {
        Value::Null => None,
        Value::String(label) if label == Label::Unsure.as_str() => Some(Label::Unsure),
        label => {
            let known = label.as_str().and_then(|label| LabelMap::default().label(label));
            Some(
                known
                    .with_context(|| format!("`{id}` has the label {label}: expected ham, spam, smishing or unsure"))?,
            )
        }
    };
    Ok((id, score, label))
}

/// A number of an option, 0 to 1.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| is_share(*number));
    number.ok_or_else(|| "expected a number from 0 to 1".into())
}

fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}
