//! Labelled messages of several files, read, counted and freed of duplicates.
use crate::cluster::{self, Clusters};
use crate::row::{BadRow, Columns, Format, Row, Rows};
use crate::{Error, LabelMap, SignalRate};
use sha2::{Digest, Sha256};
use smishing::{Label, Message};
use smishing_features::NormalizedText;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// One labelled message.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Identifier: the file's own, or `file:line`.
    pub id: String,
    /// The message, without white space around it.
    pub text: String,
    /// Name or number of the sender.
    pub sender: Option<String>,
    /// Its label.
    pub label: Label,
    /// Number of its file in [`Corpus::files`].
    pub file: usize,
    /// Key of its near-duplicate cluster, if the file has one.
    pub cluster: Option<String>,
    /// Key of a genuine message and its imitation.
    pub pair: Option<String>,
    /// What it counts in training, calibration and thresholds, against 1 of others.
    pub weight: f64,
    /// What reports tell messages apart by.
    pub facets: Facets,
}

/// What is known of a message beside its text; training does not look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Kind of message, such as `otp` or `toll_fine`.
    pub kind: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// Code of a country.
    pub region: Option<String>,
    /// The collection that it comes from.
    pub source: Option<String>,
    /// The year that it was received in, four digits.
    pub year: Option<String>,
}

impl Record {
    /// The message as a classifier reads it.
    #[must_use]
    pub fn message(&self) -> Message<'_> {
        self.saying(&self.text)
    }

    /// Another text of the same sender.
    pub(crate) fn saying<'a>(&'a self, text: &'a str) -> Message<'a> {
        Message::new(text).with_sender(self.sender.as_deref().unwrap_or_default())
    }
}

/// What was read of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Usable rows by label.
    pub labels: BTreeMap<Label, usize>,
    /// Rows that could not be used.
    pub bad_rows: Vec<BadRow>,
    /// What was said of its rows by [`Corpus::weigh`].
    pub weight: f64,
    /// What was said of its rows by [`Corpus::match_rates`].
    pub signal_rates: Vec<SignalRate>,
}

impl FileReport {
    /// The file's name without folders.
    #[must_use]
    pub fn name(&self) -> String {
        self.path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Whether people may mean this file by `name`: its name without extension, or its folder's name.
    #[must_use]
    pub fn goes_by(&self, name: &str) -> bool {
        let own = self.name();
        let folder = self.path.parent().and_then(Path::file_name);
        own.split('.').next() == Some(name) || folder.is_some_and(|folder| folder == name)
    }

    /// Usable rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.labels.values().sum()
    }
}

/// How to read files of labelled messages.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The files' format; by their extension if `None`.
    pub format: Option<Format>,
    /// Names of columns.
    pub columns: Columns,
    /// Meanings of labels.
    pub labels: LabelMap,
    /// Goes on after rows that cannot be used; they stay listed in the files' reports.
    pub skip_bad_rows: bool,
}

/// Labelled messages, and the files they come from.
///
/// ```
/// use smishing_train::{Corpus, ReadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("mine.csv");
/// # std::fs::write(&path, "label,text\nham,hi there\nspam,cheap pills\nham,hi there\n")?;
/// let mut corpus = Corpus::read(&[path], &ReadOptions::default())?;
/// assert_eq!(corpus.records.len(), 3);
/// let removed = corpus.remove_duplicates();
/// assert_eq!((removed.duplicates, corpus.records.len()), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corpus {
    /// The messages, in the order of the files.
    pub records: Vec<Record>,
    /// The files.
    pub files: Vec<FileReport>,
}

/// What [`Corpus::remove_duplicates`] removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Rows whose text (normalised) and label stood before.
    pub duplicates: usize,
    /// Texts that stand under several labels.
    pub conflicts: usize,
    /// Rows removed for such a conflict: those of other labels, all where ham and bad tie.
    pub conflicting_rows: usize,
}

impl Corpus {
    /// Reads files, and all files below folders, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where a file cannot be read, [`Error::BadRows`] with all of them where rows cannot be used and
    /// `skip_bad_rows` is not set.
    pub fn read(paths: &[PathBuf], options: &ReadOptions) -> Result<Self, Error> {
        let mut corpus = Self::default();
        for path in paths {
            for file in files_below(path)? {
                corpus.read_file(&file, options)?;
            }
        }
        let bad: Vec<_> = corpus
            .files
            .iter()
            .flat_map(|file| file.bad_rows.iter().map(|bad| (file.path.clone(), bad.clone())))
            .collect();
        if !bad.is_empty() && !options.skip_bad_rows {
            return Err(Error::BadRows(bad));
        }
        Ok(corpus)
    }

    fn read_file(&mut self, path: &Path, options: &ReadOptions) -> Result<(), Error> {
        let io = |source| Error::Io {
            path: path.into(),
            source,
        };
        let mut hashed = Hashed {
            file: File::open(path).map_err(io)?,
            digest: Sha256::new(),
            failed: None,
        };
        let mut report = FileReport {
            path: path.into(),
            sha256: String::new(),
            labels: BTreeMap::new(),
            bad_rows: Vec::new(),
            weight: 1.0,
            signal_rates: Vec::new(),
        };
        let name = report.name();
        let format = options.format.unwrap_or_else(|| match Format::of_path(path) {
            // Lines hold no labels: a labelled `.txt` is UCI's layout or has a header.
            Format::Lines => Format::Tsv,
            other => other,
        });
        let reader = BufReader::with_capacity(READ_BYTES, &mut hashed);
        let rows = Rows::new(reader, format, &options.columns);
        for row in rows.map_err(|bad| Error::BadRows(vec![(path.into(), bad)]))? {
            match row.and_then(|row| record(row, self.files.len(), &name, &options.labels)) {
                Ok(record) => {
                    *report.labels.entry(record.label).or_default() += 1;
                    self.records.push(record);
                }
                Err(bad) => report.bad_rows.push(bad),
            }
        }
        if let Some(error) = hashed.failed {
            return Err(io(error));
        }
        // Readers of rows stop where they cannot go on; the digest is of the whole file.
        std::io::copy(&mut hashed, &mut std::io::sink()).map_err(io)?;
        report.sha256 = hex(&hashed.digest.finalize());
        self.files.push(report);
        Ok(())
    }

    /// Keeps the first row of each text, compared as normalised. Where labels differ, the majority decides between ham
    /// and bad (none is kept where it cannot), then between spam and smishing (smishing where it cannot).
    pub fn remove_duplicates(&mut self) -> Removed {
        let (keep, removed) = self.distinct(0..self.records.len());
        let mut index = 0..;
        self.records
            .retain(|_| index.next().is_some_and(|index| keep.binary_search(&index).is_ok()));
        removed
    }

    /// Those of the records with these numbers that [`Corpus::remove_duplicates`] would keep if there were no others, in
    /// order.
    pub(crate) fn distinct(&self, records: impl Iterator<Item = usize>) -> (Vec<usize>, Removed) {
        let mut normalized = NormalizedText::default();
        let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
        for index in records {
            normalized.fold(&self.records[index].text);
            by_text.entry(normalized.as_str().to_owned()).or_default().push(index);
        }
        let mut removed = Removed::default();
        let mut keep = Vec::with_capacity(by_text.len());
        for rows in by_text.values() {
            let votes = |label| rows.iter().filter(|&&row| self.records[row].label == label).count();
            let (ham, spam, smishing) = (votes(Label::Ham), votes(Label::Spam), votes(Label::Smishing));
            // A corpus of two classes calls smishing spam: the label that says more has the tie.
            let bad = if smishing >= spam { Label::Smishing } else { Label::Spam };
            let winner = match ham.cmp(&(spam + smishing)) {
                Ordering::Greater => Some(Label::Ham),
                Ordering::Less => Some(bad),
                Ordering::Equal => None,
            };
            keep.extend(rows.iter().find(|&&row| Some(self.records[row].label) == winner));
            let agreeing = winner.map_or(0, votes);
            removed.duplicates += agreeing.saturating_sub(1);
            removed.conflicts += usize::from(agreeing < rows.len());
            removed.conflicting_rows += rows.len() - agreeing;
        }
        keep.sort_unstable();
        (keep, removed)
    }

    /// The records with these numbers.
    pub(crate) fn select(&self, records: &[usize]) -> Self {
        Self {
            records: records.iter().map(|&record| self.records[record].clone()).collect(),
            files: self.files.clone(),
        }
    }

    /// Near-duplicate clusters: the given ones where every row has one, else computed; pairs stay together too.
    #[must_use]
    pub fn clusters(&self) -> Clusters {
        cluster::clusters(&self.records)
    }
}

/// Bytes read at once.
const READ_BYTES: usize = 1 << 18;

/// A file that is digested as it is read.
struct Hashed {
    file: File,
    digest: Sha256,
    /// Why reading failed: readers of rows make text of it.
    failed: Option<std::io::Error>,
}

impl Read for Hashed {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match self.file.read(bytes) {
            Ok(read) => {
                self.digest.update(&bytes[..read]);
                Ok(read)
            }
            Err(error) => {
                let kind = error.kind();
                if kind != ErrorKind::Interrupted {
                    self.failed = Some(error);
                }
                Err(kind.into())
            }
        }
    }
}

fn record(row: Row, file: usize, name: &str, labels: &LabelMap) -> Result<Record, BadRow> {
    let bad = |reason: String| BadRow { line: row.line, reason };
    let written = row
        .label
        .as_deref()
        .ok_or_else(|| bad("no label; name its column with --label-column".into()))?;
    let label = labels.label(written).ok_or_else(|| {
        bad(format!(
            "unknown label `{written}`; say what it means with --map-label {written}=ham|spam|smishing"
        ))
    })?;
    let text = row.text.trim();
    if text.is_empty() {
        return Err(bad("no text".into()));
    }
    Ok(Record {
        id: match row.id {
            Some(serde_json::Value::String(id)) => id,
            Some(id) => id.to_string(),
            None => format!("{name}:{}", row.line),
        },
        text: text.into(),
        sender: row.sender.filter(|sender| !sender.trim().is_empty()),
        label,
        file,
        cluster: row.cluster,
        pair: row.pair.filter(|pair| !pair.is_empty()),
        weight: 1.0,
        facets: Facets {
            kind: row.kind.or(row.extra.kind),
            language: row.lang,
            region: row.region,
            source: row.source,
            year: row.date.or(row.extra.date).as_deref().and_then(year).map(str::to_owned),
        },
    })
}

/// The year of a date, however it is written: four digits from 1990 to 2099.
fn year(date: &str) -> Option<&str> {
    let mut numbers = date.split(|letter: char| !letter.is_ascii_digit());
    numbers.find(|number| number.len() == 4 && ("1990"..="2099").contains(number))
}

/// The file itself, or all message files below a folder, by name.
pub(crate) fn files_below(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let io = |source| Error::Io {
        path: path.into(),
        source,
    };
    if !std::fs::metadata(path).map_err(io)?.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut entries: Vec<_> = std::fs::read_dir(path)
        .map_err(io)?
        .collect::<Result<_, _>>()
        .map_err(io)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.path();
        let is_data = path.extension().is_none_or(|extension| {
            ["csv", "tsv", "txt", "jsonl", "ndjson"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        if path.is_dir() || is_data {
            files.extend(files_below(&path)?);
        }
    }
    Ok(files)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(rows: &[(Label, &str)]) -> Corpus {
        let records = rows
            .iter()
            .enumerate()
            .map(|(index, (label, text))| Record {
                id: index.to_string(),
                text: (*text).into(),
                sender: None,
                label: *label,
                file: 0,
                cluster: None,
                pair: None,
                weight: 1.0,
                facets: Facets::default(),
            })
            .collect();
        Corpus {
            records,
            files: Vec::new(),
        }
    }

    #[test]
    fn conflicts_go_to_the_majority_or_nowhere() {
        let mut corpus = corpus(&[
            (Label::Ham, "same text"),
            (Label::Spam, "Same  text"),
            (Label::Spam, "same text"),
            (Label::Ham, "tie"),
            (Label::Spam, "tie"),
            (Label::Ham, "alone"),
            (Label::Spam, "which kind"),
            (Label::Smishing, "which kind"),
        ]);
        let removed = corpus.remove_duplicates();
        assert_eq!(
            removed,
            Removed {
                duplicates: 1,
                conflicts: 3,
                conflicting_rows: 4
            }
        );
        let left: Vec<_> = corpus
            .records
            .iter()
            .map(|record| (record.id.as_str(), record.label))
            .collect();
        assert_eq!(left, [("1", Label::Spam), ("5", Label::Ham), ("7", Label::Smishing)]);
    }

    #[test]
    fn years_of_dates() {
        for (date, expected) in [
            ("2024-06-01T10:00:00Z", Some("2024")),
            ("03/11/2012 18:05", Some("2012")),
            ("1 Dec 1999", Some("1999")),
            ("2023", Some("2023")),
            ("1800 hours", None),
            ("20240601", None),
            ("", None),
        ] {
            assert_eq!(year(date), expected, "{date}");
        }
    }

    #[test]
    fn bad_rows_stop_unless_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        std::fs::write(&path, "label,text\nham,ok\nwhat,text\nspam, \n").unwrap();
        let mut options = ReadOptions::default();
        let error = Corpus::read(std::slice::from_ref(&path), &options).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("rows.csv:3: unknown label `what`") && text.contains("rows.csv:4: no text"),
            "{text}"
        );
        options.skip_bad_rows = true;
        let corpus = Corpus::read(&[path], &options).unwrap();
        assert_eq!((corpus.records.len(), corpus.files[0].bad_rows.len()), (1, 2));
    }
}
