//! Checks of the messages that the project wrote: form, distinctness, honesty of domains and numbers, and whether
//! surface facts give the label away.
use crate::{Error, Row};
use serde::Deserialize;
use smishing::Label;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

mod numbers;
mod shortcut;
mod vocabulary;

pub use shortcut::Shortcut;

/// One message of `data/messages`, as written.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    id: String,
    /// `ham`, `spam` or `smishing`.
    label: String,
    /// Kind of message, from the label's vocabulary.
    kind: String,
    /// Key of a genuine message and its imitation, or empty.
    pair: String,
    /// Language code.
    lang: String,
    /// ISO 3166 country.
    region: String,
    /// What the phone shows as the sender, or empty.
    sender: String,
    /// The message.
    text: String,
    /// `file:line`.
    #[serde(skip)]
    place: String,
}

impl Message {
    fn is_bad(&self) -> bool {
        self.label != Label::Ham.as_str()
    }
}

/// What a check of the data found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataReport {
    /// What has to be mended, with places.
    pub faults: Vec<String>,
    /// Messages by label.
    pub labels: BTreeMap<String, usize>,
    /// Messages by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Messages by language.
    pub langs: BTreeMap<String, usize>,
    /// Messages by region.
    pub regions: BTreeMap<String, usize>,
    /// Pairs of a genuine message and its imitation.
    pub pairs: usize,
    /// How well surface facts alone tell the labels apart: English, all, each language, each family of kinds.
    pub shortcuts: Vec<Shortcut>,
}

/// At most this area under the ROC curve may surface facts reach on English.
const MAX_SHORTCUT_AUC: f64 = 0.65;
/// At most this share of common shingles may two messages have, pairs apart.
const MAX_SIMILARITY: f64 = 0.5;
/// At most so many messages may share what is left when digits and links are masked.
const MAX_PER_SKELETON: usize = 3;
/// At most this share of messages may begin with the same four words.
const MAX_OPENING_SHARE: f64 = 0.01;

/// Checks all messages below `folder/messages`; compares them with the corpora below `corpora`, where that exists.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::BadRows`] where a file cannot be read as messages; faults of the messages are in the report.
pub fn check_data(folder: &Path, corpora: Option<&Path>) -> Result<DataReport, Error> {
    let messages = read(&folder.join("messages"))?;
    let mut report = DataReport::default();
    for message in &messages {
        for (counts, key) in [
            (&mut report.labels, &message.label),
            (&mut report.kinds, &message.kind),
            (&mut report.langs, &message.lang),
            (&mut report.regions, &message.region),
        ] {
            *counts.entry(key.clone()).or_default() += 1;
        }
    }
    let faults = &mut report.faults;
    vocabulary::check(&messages, faults);
    report.pairs = check_pairs(&messages, faults);
    let masked: Vec<String> = messages.iter().map(|message| mask(&message.text)).collect();
    check_skeletons(&messages, &masked, faults);
    check_openings(&masked, faults);
    let shingles: Vec<HashSet<String>> = masked.iter().map(|text| shingles(text)).collect();
    check_near_duplicates(&messages, &shingles, faults);
    if let Some(corpora) = corpora {
        check_copies(&messages, &masked, &shingles, corpora, faults)?;
    }
    numbers::check(&messages, faults);
    match shortcut::audit(&messages) {
        Ok(shortcuts) => report.shortcuts = shortcuts,
        // The other faults are worth telling all the same.
        Err(Error::Data(reason)) => faults.push(reason),
        Err(error) => return Err(error),
    }
    for shortcut in report.shortcuts.iter().filter(|shortcut| shortcut.group == "en") {
        for (model, auc) in [("trees", shortcut.trees), ("linear", shortcut.linear)] {
            if auc > MAX_SHORTCUT_AUC {
                faults.push(format!(
                    "surface facts give the label away: {model} reach an AUC of {auc:.3} on English"
                ));
            }
        }
    }
    Ok(report)
}

fn read(folder: &Path) -> Result<Vec<Message>, Error> {
    let mut messages = Vec::new();
    let mut bad = Vec::new();
    for path in crate::corpus::files_below(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Io {
            path: path.clone(),
            source,
        })?;
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for (line, number) in text.lines().zip(1..) {
            match serde_json::from_str::<Message>(line) {
                Ok(message) => messages.push(Message {
                    place: format!("{name}:{number}"),
                    ..message
                }),
                Err(error) => bad.push((
                    path.clone(),
                    crate::BadRow {
                        line: number,
                        reason: error.to_string(),
                    },
                )),
            }
        }
    }
    if bad.is_empty() {
        Ok(messages)
    } else {
        Err(Error::BadRows(bad))
    }
}

/// Number of sound pairs: one genuine message and one bad one.
fn check_pairs(messages: &[Message], faults: &mut Vec<String>) -> usize {
    let mut pairs: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
    for message in messages.iter().filter(|message| !message.pair.is_empty()) {
        pairs.entry(&message.pair).or_default().push(message);
    }
    let mut sound = 0;
    for (key, members) in pairs {
        let bad = members.iter().filter(|message| message.is_bad()).count();
        if members.len() == 2 && bad == 1 {
            sound += 1;
        } else {
            let places: Vec<_> = members.iter().map(|message| message.place.as_str()).collect();
            faults.push(format!(
                "pair {key} is not one genuine message and one bad one: {}",
                places.join(", ")
            ));
        }
    }
    sound
}

fn check_skeletons(messages: &[Message], masked: &[String], faults: &mut Vec<String>) {
    let mut by_skeleton: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut texts: HashMap<&str, &str> = HashMap::new();
    for (message, masked) in messages.iter().zip(masked) {
        by_skeleton.entry(masked).or_default().push(&message.place);
        if let Some(first) = texts.insert(message.text.as_str(), &message.place) {
            faults.push(format!("{}: same text as {first}", message.place));
        }
    }
    for (skeleton, places) in by_skeleton.iter().filter(|(_, places)| places.len() > MAX_PER_SKELETON) {
        faults.push(format!(
            "{} messages of one skeleton, `{skeleton}`: {}",
            places.len(),
            places.join(", ")
        ));
    }
}

fn check_openings(masked: &[String], faults: &mut Vec<String>) {
    let mut openings: HashMap<String, usize> = HashMap::new();
    for text in masked {
        let words: Vec<&str> = smishing_features::words(text).map(|(_, word)| word).take(4).collect();
        if words.len() == 4 {
            *openings.entry(words.join(" ")).or_default() += 1;
        }
    }
    for (opening, count) in openings {
        if count as f64 > MAX_OPENING_SHARE * masked.len() as f64 {
            faults.push(format!("{count} messages begin with `{opening}`"));
        }
    }
}

fn check_near_duplicates(messages: &[Message], shingles: &[HashSet<String>], faults: &mut Vec<String>) {
    let mut index = ShingleIndex::default();
    for (at, set) in shingles.iter().enumerate() {
        for (other, similarity) in index.similar(set, shingles) {
            let pair = !messages[at].pair.is_empty() && messages[at].pair == messages[other].pair;
            if !pair {
                faults.push(format!(
                    "{}: {similarity:.2} like {}",
                    messages[at].place, messages[other].place
                ));
            }
        }
        index.add(at, set);
    }
}

/// Nothing was copied: no message of ten words or more is like one of the corpora.
fn check_copies(
    messages: &[Message],
    masked: &[String],
    shingles: &[HashSet<String>],
    corpora: &Path,
    faults: &mut Vec<String>,
) -> Result<(), Error> {
    let mut index = ShingleIndex::default();
    for (at, set) in shingles.iter().enumerate() {
        if smishing_features::words(&masked[at]).count() >= 10 {
            index.add(at, set);
        }
    }
    for folder in ["train", "dev"] {
        for path in crate::corpus::files_below(&corpora.join(folder))? {
            let text = std::fs::read_to_string(&path).map_err(|source| Error::Io {
                path: path.clone(),
                source,
            })?;
            for line in text.lines() {
                let Ok(row) = serde_json::from_str::<Row>(line) else {
                    continue;
                };
                let set = self::shingles(&mask(&row.text));
                for (at, similarity) in index.similar(&set, shingles) {
                    let id = row.id.as_ref().map(ToString::to_string).unwrap_or_default();
                    faults.push(format!(
                        "{}: {similarity:.2} like {id} of {}",
                        messages[at].place,
                        path.display()
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Finds sets that share shingles without comparing all with all.
#[derive(Default)]
struct ShingleIndex<'a>(HashMap<&'a str, Vec<usize>>);

impl<'a> ShingleIndex<'a> {
    fn add(&mut self, at: usize, set: &'a HashSet<String>) {
        for shingle in set {
            self.0.entry(shingle).or_default().push(at);
        }
    }

    /// Those above the limit, with their similarity.
    fn similar(&self, set: &HashSet<String>, all: &[HashSet<String>]) -> Vec<(usize, f64)> {
        let mut common: BTreeMap<usize, usize> = BTreeMap::new();
        for other in set.iter().filter_map(|shingle| self.0.get(shingle.as_str())).flatten() {
            *common.entry(*other).or_default() += 1;
        }
        common
            .into_iter()
            // Half of the larger set has to be common: most candidates share a shingle or two.
            .filter(|(other, common)| 2 * common >= set.len().max(all[*other].len()))
            .map(|(other, _)| (other, jaccard(set, &all[other])))
            .filter(|(_, similarity)| *similarity > MAX_SIMILARITY)
            .collect()
    }
}

/// The text in lower case with its links and digits masked: what is left of a template that was filled in.
fn mask(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split_whitespace()
        // Scripts without spaces write links into the middle of their text.
        .map(|word| {
            word.as_bytes()
                .chunk_by(|a, b| a.is_ascii() == b.is_ascii())
                .map(mask_part)
                .collect()
        })
        .collect();
    words.join(" ")
}

fn mask_part(part: &[u8]) -> String {
    let part = String::from_utf8_lossy(part);
    let labels = part
        .trim_end_matches('.')
        .split('.')
        .filter(|label| label.len() > 1)
        .count();
    let is_link = part.is_ascii() && (part.contains('/') || labels > 1) && part.chars().any(char::is_alphabetic);
    if is_link {
        return "link".to_owned();
    }
    let mut masked = String::new();
    for letter in part.chars() {
        if !letter.is_ascii_digit() {
            masked.push(letter);
        } else if !masked.ends_with('0') {
            masked.push('0');
        }
    }
    masked
}

fn jaccard(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    let common = a.intersection(b).count() as f64;
    common / (a.len() as f64 + b.len() as f64 - common)
}

/// Word triples; character 5-grams of short texts and of scripts without spaces.
fn shingles(masked: &str) -> HashSet<String> {
    let words: Vec<&str> = smishing_features::words(masked).map(|(_, word)| word).collect();
    let unspaced = masked
        .chars()
        .any(|letter| matches!(letter, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'));
    if words.len() >= 8 && !unspaced {
        return words.windows(3).map(|triple| triple.join(" ")).collect();
    }
    let letters: Vec<char> = masked.chars().collect();
    if letters.len() < 5 {
        return HashSet::from([masked.to_owned()]);
    }
    letters.windows(5).map(|five| five.iter().collect()).collect()
}

/// Where the corpora lie beside a checkout of the project, if they do.
#[must_use]
pub fn corpora_beside(folder: &Path) -> Option<PathBuf> {
    let corpora = folder.canonicalize().ok()?.parent()?.parent()?.join("shared/corpora");
    corpora.is_dir().then_some(corpora)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, label: &str, kind: &str, pair: &str, text: &str) -> Message {
        Message {
            id: id.into(),
            label: label.into(),
            kind: kind.into(),
            pair: pair.into(),
            lang: "en".into(),
            region: "US".into(),
            sender: String::new(),
            text: text.into(),
            place: format!("test:{id}"),
        }
    }

    fn faults_of(messages: &[Message]) -> Vec<String> {
        let mut faults = Vec::new();
        let masked: Vec<String> = messages.iter().map(|message| mask(&message.text)).collect();
        let sets: Vec<_> = masked.iter().map(|text| shingles(text)).collect();
        vocabulary::check(messages, &mut faults);
        check_pairs(messages, &mut faults);
        check_skeletons(messages, &masked, &mut faults);
        check_near_duplicates(messages, &sets, &mut faults);
        numbers::check(messages, &mut faults);
        faults
    }

    #[test]
    fn masking_leaves_the_template() {
        assert_eq!(
            mask("Pay  $12.50 at post-fee.top/x NOW, code 123-456"),
            "pay $0.0 at link now, code 0-0"
        );
    }

    #[test]
    fn each_fault_is_found() {
        let sound = message(
            "otp-0001",
            "ham",
            "otp",
            "",
            "Your code is 4821, it is good for ten minutes and for nobody but you",
        );
        assert_eq!(faults_of(std::slice::from_ref(&sound)), Vec::<String>::new());
        for (fault, broken) in [
            (
                "label",
                Message {
                    label: "bad".into(),
                    ..sound.clone()
                },
            ),
            (
                "kind",
                Message {
                    kind: "casino".into(),
                    ..sound.clone()
                },
            ),
            (
                "lang",
                Message {
                    lang: "english".into(),
                    ..sound.clone()
                },
            ),
            (
                "region",
                Message {
                    region: "usa".into(),
                    ..sound.clone()
                },
            ),
            (
                "id",
                Message {
                    id: "otp 1".into(),
                    ..sound.clone()
                },
            ),
            (
                "text",
                Message {
                    text: " padded ".into(),
                    ..sound.clone()
                },
            ),
            (
                "pair",
                Message {
                    pair: "us-001".into(),
                    ..sound.clone()
                },
            ),
            (
                "number",
                Message {
                    text: "Call (212) 736-5011 to confirm".into(),
                    ..sound.clone()
                },
            ),
        ] {
            let faults = faults_of(&[broken]);
            assert!(faults.iter().any(|found| found.contains(fault)), "{fault}: {faults:?}");
        }
        let twin = Message {
            id: "otp-0002".into(),
            text: sound.text.replace("4821", "9930"),
            ..sound.clone()
        };
        assert!(
            faults_of(&[sound.clone(), twin])
                .iter()
                .any(|fault| fault.contains("like"))
        );
        let scam = message(
            "refund-0001",
            "smishing",
            "refund",
            "",
            "Your refund waits, visit https://www.amazon.com/refund now",
        );
        assert!(faults_of(&[scam]).iter().any(|fault| fault.contains("official domain")));
    }
}
