//! Rows of message files, one after the other, in the formats that corpora come in.
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::io::{BufRead, ErrorKind};
use std::path::Path;

/// How the rows of a file are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One message a line, nothing else.
    Lines,
    /// Columns between tabs, without quoting: with a header line, or `label TAB text` without one (UCI's layout, whose
    /// HTML entities are decoded).
    Tsv,
    /// Comma-separated with a header line, quoted as RFC 4180 says.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// The format that a file's extension names; [`Format::Tsv`] for files without one, such as UCI's.
    ///
    /// ```
    /// use smishing_train::Format;
    /// assert_eq!(Format::of_path("Dataset_5971.csv".as_ref()), Format::Csv);
    /// assert_eq!(Format::of_path("SMSSpamCollection".as_ref()), Format::Tsv);
    /// ```
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        match path
            .extension()
            .and_then(|extension| extension.to_str())
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("csv") => Self::Csv,
            Some("jsonl" | "ndjson" | "json") => Self::Jsonl,
            Some("txt" | "lines" | "log") => Self::Lines,
            _ => Self::Tsv,
        }
    }
}

/// Names of the columns to read, where they are not the usual ones.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Column of the text; usual are `text`, `message`, `sms`, `body`, `content`, `v2`.
    pub text: Option<String>,
    /// Column of the label; usual are `label`, `class`, `category`, `type`, `target`, `v1`.
    pub label: Option<String>,
}

/// One row, as written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Row {
    /// Identifier, if the file has any: text or number.
    #[serde(default)]
    pub id: Option<serde_json::Value>,
    /// The message.
    pub text: String,
    /// Name or number of the sender.
    #[serde(default, deserialize_with = "text_or_number")]
    pub sender: Option<String>,
    /// The label as written.
    #[serde(default, deserialize_with = "text_or_number")]
    pub label: Option<String>,
    /// Language code.
    #[serde(default)]
    pub lang: Option<String>,
    /// Near-duplicate cluster, if it is known.
    #[serde(default, deserialize_with = "text_or_number")]
    pub cluster: Option<String>,
    /// Key that a genuine message and its imitation share.
    #[serde(default, deserialize_with = "text_or_number")]
    pub pair: Option<String>,
    /// Kind of message, such as `otp` or `toll_fine`.
    #[serde(default, deserialize_with = "text_if_any")]
    pub kind: Option<String>,
    /// What some corpora keep in an object of its own.
    #[serde(default, deserialize_with = "extra")]
    pub extra: Extra,
    /// Code of a country.
    #[serde(default, deserialize_with = "text_if_any")]
    pub region: Option<String>,
    /// The collection that it comes from.
    #[serde(default, deserialize_with = "text_if_any")]
    pub source: Option<String>,
    /// When it was received, or the year, as the file writes it.
    #[serde(default, deserialize_with = "date_if_any")]
    pub date: Option<String>,
    /// Number of the row's first line, from 1.
    #[serde(skip)]
    pub line: u64,
}

/// What is taken from a row's object `extra`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    /// `ham_kind` or `category`, which stand for the kind.
    pub kind: Option<String>,
    /// `date`
    pub date: Option<String>,
}

/// Corpora write labels and clusters as text or as numbers.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<serde_json::Value>::deserialize(deserializer)? {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(text)),
        Some(number @ serde_json::Value::Number(_)) => Ok(Some(number.to_string())),
        Some(other) => Err(serde::de::Error::custom(format!(
            "text or number expected, not {other}"
        ))),
    }
}

/// Fields that only reports look at: what is no text there is ignored, as unknown fields are.
fn text_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    })
}

/// As [`text_if_any`], and years may be numbers.
fn date_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(year) => Some(year.to_string()),
        _ => None,
    })
}

fn extra<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Extra, D::Error> {
    let extra = serde_json::Value::deserialize(deserializer)?;
    let text = |name: &str| extra.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    Ok(Extra {
        kind: text("ham_kind").or_else(|| text("category")),
        date: text("date"),
    })
}

/// A row that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Number of the row's first line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for BadRow {}

/// Iterator over the rows of a file; a row that cannot be read is an error in its place, and the next one follows.
pub struct Rows<R> {
    kind: Kind<R>,
}

enum Kind<R> {
    Lines {
        lines: LineReader<R>,
        parse: LineParser,
    },
    Csv {
        reader: Box<csv::Reader<R>>,
        columns: ColumnIndex,
        record: csv::ByteRecord,
        /// What to add to the reader's line numbers: it takes the line feed of CR LF for the start of the next record.
        behind: u64,
    },
    /// There is nothing, or nothing more.
    Ended,
}

#[derive(Clone, Debug)]
enum LineParser {
    Plain,
    Jsonl(Columns),
    Tsv(ColumnIndex),
    /// `label TAB text`.
    Uci,
}

impl<R: BufRead> Rows<R> {
    /// Reads rows in `format`; an empty file has none, with or without a header.
    ///
    /// # Errors
    ///
    /// A [`BadRow`] for the first line where it lacks the text column or one that `columns` names.
    pub fn new(reader: R, format: Format, columns: &Columns) -> Result<Self, BadRow> {
        let kind = match format {
            Format::Lines => Kind::Lines {
                lines: LineReader::new(reader),
                parse: LineParser::Plain,
            },
            Format::Jsonl => Kind::Lines {
                lines: LineReader::new(reader),
                parse: LineParser::Jsonl(columns.clone()),
            },
            Format::Tsv => Self::tsv(reader, columns).map_err(|reason| BadRow { line: 1, reason })?,
            Format::Csv => Self::csv(reader, columns).map_err(|reason| BadRow { line: 1, reason })?,
        };
        Ok(Self { kind })
    }

    /// The rows in blocks of whole lines, for other threads to parse.
    ///
    /// # Errors
    ///
    /// The rows themselves where they may span lines, as in CSV.
    #[allow(
        clippy::result_large_err,
        reason = "the rows come back whole, once a file, and go nowhere else"
    )]
    pub fn into_blocks(self) -> Result<LineBlocks<R>, Self> {
        match self.kind {
            Kind::Lines { lines, parse } => Ok(LineBlocks { lines, parse }),
            Kind::Csv { .. } | Kind::Ended => Err(self),
        }
    }

    fn csv(mut reader: R, columns: &Columns) -> Result<Kind<R>, String> {
        let start = reader.fill_buf().map_err(|error| error.to_string())?;
        if start.is_empty() {
            return Ok(Kind::Ended);
        }
        let first_end = start.iter().position(|&byte| byte == b'\n').unwrap_or(0);
        let behind = u64::from(start[..first_end].ends_with(b"\r"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
        let header = reader.byte_headers().map_err(|error| error.to_string())?;
        let columns = ColumnIndex::new(header.iter(), columns)?;
        Ok(Kind::Csv {
            reader: Box::new(reader),
            columns,
            record: csv::ByteRecord::new(),
            behind,
        })
    }

    fn tsv(reader: R, columns: &Columns) -> Result<Kind<R>, String> {
        let mut lines = LineReader::new(reader);
        let first = lines.peek();
        if first.is_empty() {
            return Ok(Kind::Ended);
        }
        // UCI's file has no header: its first field is a label.
        let first_field = first.split(|&byte| byte == b'\t').next().unwrap_or_default();
        if is_known_label(first_field) {
            let parse = LineParser::Uci;
            return Ok(Kind::Lines { lines, parse });
        }
        let parse = LineParser::Tsv(ColumnIndex::new(first.split(|&byte| byte == b'\t'), columns)?);
        lines.skip();
        Ok(Kind::Lines { lines, parse })
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.kind {
            Kind::Ended => None,
            Kind::Lines { lines, parse } => loop {
                let (line, bytes) = match lines.next()? {
                    Ok(next) => next,
                    Err(bad) => return Some(Err(bad)),
                };
                // A blank line is a message in a file of lines, and nothing in the other formats.
                if bytes.trim_ascii().is_empty() && !matches!(parse, LineParser::Plain) {
                    continue;
                }
                return Some(
                    parse
                        .parse(bytes)
                        .map(|row| Row { line, ..row })
                        .map_err(|reason| BadRow { line, reason }),
                );
            },
            Kind::Csv {
                reader,
                columns,
                record,
                behind,
            } => match reader.read_byte_record(record) {
                Ok(true) => {
                    let line = *behind + record.position().map_or(0, csv::Position::line);
                    Some(
                        columns
                            .row(record.iter())
                            .map(|row| Row { line, ..row })
                            .map_err(|reason| BadRow { line, reason }),
                    )
                }
                Ok(false) => None,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    self.kind = Kind::Ended;
                    Some(Err(BadRow {
                        line,
                        reason: error.to_string(),
                    }))
                }
            },
        }
    }
}

/// Iterator over a file's rows in blocks of whole lines; made by [`Rows::into_blocks`]. An error of reading ends it.
pub struct LineBlocks<R> {
    lines: LineReader<R>,
    parse: LineParser,
}

impl<R: BufRead> Iterator for LineBlocks<R> {
    type Item = Result<LineBlock, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.lines.next_block()?;
        Some(block.map(|(first_line, bytes)| LineBlock {
            first_line,
            bytes,
            parse: self.parse.clone(),
        }))
    }
}

/// Lines that were read together: those that were there at once.
#[derive(Clone, Debug)]
pub struct LineBlock {
    first_line: u64,
    bytes: Vec<u8>,
    parse: LineParser,
}

impl LineBlock {
    /// The lines' rows, as [`Rows`] gives them.
    ///
    /// ```
    /// use smishing_train::{Columns, Format, Row, Rows};
    /// let file = "first\nsecond\n";
    /// let blocks = Rows::new(file.as_bytes(), Format::Lines, &Columns::default())?.into_blocks().ok().unwrap();
    /// let rows: Vec<Row> = blocks.flat_map(|block| block.unwrap().rows().collect::<Vec<_>>()).collect::<Result<_, _>>()?;
    /// assert_eq!((rows[1].text.as_str(), rows[1].line), ("second", 2));
    /// # Ok::<(), smishing_train::BadRow>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = Result<Row, BadRow>> {
        let mut lines = LineReader::new(self.bytes.as_slice());
        lines.number = self.first_line - 1;
        Rows {
            kind: Kind::Lines {
                lines,
                parse: self.parse.clone(),
            },
        }
    }
}

impl LineParser {
    fn parse(&self, bytes: &[u8]) -> Result<Row, String> {
        match self {
            Self::Plain => Ok(Row {
                text: utf8(bytes)?.into(),
                ..Row::default()
            }),
            Self::Jsonl(columns) => json_row(bytes, columns).map_err(|error| {
                // serde_json counts lines within the one it was given.
                let error = error.to_string().replace(" at line 1 column", " at column");
                format!("not a usable JSON object: {error}")
            }),
            Self::Tsv(columns) => columns.row(bytes.split(|&byte| byte == b'\t')),
            Self::Uci => {
                let line = utf8(bytes)?;
                let (label, text) = line.split_once('\t').ok_or("no tab between label and text")?;
                Ok(Row {
                    label: Some(label.into()),
                    text: htmlize::unescape(text).into_owned(),
                    ..Row::default()
                })
            }
        }
    }
}

/// A row of the usual fields, or of those that `columns` names.
fn json_row(bytes: &[u8], columns: &Columns) -> serde_json::Result<Row> {
    if columns.text.is_none() && columns.label.is_none() {
        return serde_json::from_slice(bytes);
    }
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes)?;
    for (usual, named) in [("text", &columns.text), ("label", &columns.label)] {
        if let Some(value) = named.as_ref().and_then(|name| object.remove(name)) {
            object.insert(usual.into(), value);
        }
    }
    serde_json::from_value(object.into())
}

/// Where the columns are.
#[derive(Clone, Debug)]
struct ColumnIndex {
    /// Number of columns.
    width: usize,
    text: usize,
    label: Option<usize>,
    id: Option<usize>,
    sender: Option<usize>,
    lang: Option<usize>,
    cluster: Option<usize>,
    pair: Option<usize>,
    kind: Option<usize>,
    region: Option<usize>,
    source: Option<usize>,
    date: Option<usize>,
}

impl ColumnIndex {
    fn new<'a>(header: impl Iterator<Item = &'a [u8]>, columns: &Columns) -> Result<Self, String> {
        let names: Vec<String> = header
            .map(|name| {
                String::from_utf8_lossy(name)
                    .trim_start_matches('\u{FEFF}')
                    .trim()
                    .to_lowercase()
            })
            .collect();
        let position = |name: &str| names.iter().position(|found| found == name);
        let find = |asked: Option<&String>, usual: &[&str]| match asked {
            Some(name) => position(&name.to_lowercase())
                .map(Some)
                .ok_or_else(|| format!("no column `{name}`; the header has: {}", names.join(", "))),
            None => Ok(usual.iter().find_map(|name| position(name))),
        };
        let text = find(
            columns.text.as_ref(),
            &["text", "message", "sms", "body", "content", "v2"],
        )?
        .ok_or_else(|| {
            format!(
                "no column of texts found; name it with --text-column; the header has: {}",
                names.join(", ")
            )
        })?;
        Ok(Self {
            width: names.len(),
            text,
            label: find(
                columns.label.as_ref(),
                &["label", "class", "category", "type", "target", "v1"],
            )?,
            id: position("id"),
            sender: position("sender"),
            lang: position("lang"),
            cluster: position("cluster"),
            pair: position("pair"),
            kind: position("kind"),
            region: position("region"),
            source: position("source"),
            date: position("date"),
        })
    }

    fn row<'a>(&self, fields: impl Iterator<Item = &'a [u8]>) -> Result<Row, String> {
        let fields: Vec<&[u8]> = fields.collect();
        if fields.len() > self.width {
            return Err(format!(
                "{} columns, the header has {}: a text with a separator in it has to be quoted",
                fields.len(),
                self.width
            ));
        }
        let field = |index: Option<usize>| {
            index
                .and_then(|index| fields.get(index))
                .map(|field| utf8(field).map(str::to_owned))
                .transpose()
        };
        let filled = |index| field(index).map(|field| field.filter(|field| !field.is_empty()));
        Ok(Row {
            text: field(Some(self.text))?.ok_or_else(|| {
                format!(
                    "{} columns only, the text should be in column {}",
                    fields.len(),
                    self.text + 1
                )
            })?,
            label: filled(self.label)?,
            id: filled(self.id)?.map(serde_json::Value::from),
            sender: filled(self.sender)?,
            lang: filled(self.lang)?,
            cluster: filled(self.cluster)?,
            pair: filled(self.pair)?,
            kind: filled(self.kind)?,
            extra: Extra::default(),
            region: filled(self.region)?,
            source: filled(self.source)?,
            date: filled(self.date)?,
            line: 0,
        })
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 at byte {} of the field or line", error.valid_up_to() + 1))
}

fn is_known_label(field: &[u8]) -> bool {
    std::str::from_utf8(field).is_ok_and(|field| crate::label::known(field).is_some())
}

/// Windows writes it at the start of UTF-8 files.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Lines of any length without their ends.
struct LineReader<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
    peeked: bool,
    failed: Option<String>,
    ended: bool,
}

impl<R: BufRead> LineReader<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            number: 0,
            peeked: false,
            failed: None,
            ended: false,
        }
    }

    /// The next line, which stays the next one; empty at the end.
    fn peek(&mut self) -> &[u8] {
        if !self.peeked {
            self.peeked = self.read();
        }
        &self.buffer
    }

    fn skip(&mut self) {
        self.peeked = false;
    }

    fn next(&mut self) -> Option<Result<(u64, &[u8]), BadRow>> {
        if !std::mem::take(&mut self.peeked) && !self.read() {
            // After an error the file has ended: some errors come again for ever.
            let reason = self.failed.take()?;
            self.ended = true;
            return Some(Err(BadRow {
                line: self.number,
                reason,
            }));
        }
        Some(Ok((self.number, &self.buffer)))
    }

    /// The lines that can be had without waiting for more, one at least; and the number of the first of them.
    fn next_block(&mut self) -> Option<Result<(u64, Vec<u8>), BadRow>> {
        let end = if self.peeked || self.ended {
            0
        } else {
            match self.reader.fill_buf() {
                Ok(there) => there.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1),
                Err(error) if error.kind() == ErrorKind::Interrupted => 0,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(BadRow {
                        line: self.number + 1,
                        reason: error.to_string(),
                    }));
                }
            }
        };
        if end == 0 {
            return Some(self.next()?.map(|(number, line)| (number, [line, b"\r\n"].concat())));
        }
        let block = self.reader.fill_buf().unwrap_or_default()[..end].to_vec();
        self.reader.consume(end);
        let first = self.number + 1;
        self.number += block.iter().filter(|&&byte| byte == b'\n').count() as u64;
        Some(Ok((first, block)))
    }

    fn read(&mut self) -> bool {
        self.buffer.clear();
        if self.ended {
            return false;
        }
        self.number += 1;
        match self.reader.read_until(b'\n', &mut self.buffer) {
            Ok(0) => false,
            Ok(_) => {
                if self.buffer.last() == Some(&b'\n') {
                    self.buffer.pop();
                }
                if self.buffer.last() == Some(&b'\r') {
                    self.buffer.pop();
                }
                if self.number == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
                    self.buffer.drain(..BYTE_ORDER_MARK.len());
                }
                true
            }
            Err(error) => {
                self.failed = Some(error.to_string());
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8], format: Format) -> Vec<Result<Row, BadRow>> {
        Rows::new(text, format, &Columns::default()).unwrap().collect()
    }

    fn texts(text: &str, format: Format) -> Vec<String> {
        rows(text.as_bytes(), format)
            .into_iter()
            .map(|row| row.unwrap().text)
            .collect()
    }

    /// A reader of so few bytes at a time cuts lines, carriage returns and characters anywhere.
    #[test]
    fn blocks_hold_the_same_rows() {
        let files: [(Format, &[u8]); 6] = [
            (
                Format::Lines,
                "\u{FEFF}one\r\n\ntwo\r\r\nthr\u{E9}e \u{1F381}\n\u{FF}\nlast".as_bytes(),
            ),
            (Format::Lines, b"\xFF\n\xF0\x28\r\nok\n\n"),
            (Format::Lines, b""),
            (
                Format::Jsonl,
                b"{\"text\": \"a\"}\n\n{\"text\": \n{\"text\": \"b\", \"id\": 7}",
            ),
            (Format::Tsv, b"ham\tone &lt;\r\r\nno tab\nspam\ttwo"),
            (
                Format::Tsv,
                b"label\ttext\nham\tone\nham\n\nspam\ttwo\tmore\nspam\tthree\n",
            ),
        ];
        for (format, file) in files {
            for capacity in 1..40 {
                let reader = std::io::BufReader::with_capacity(capacity, file);
                let blocks = Rows::new(reader, format, &Columns::default()).unwrap().into_blocks();
                let found: Vec<_> = match blocks {
                    Ok(blocks) => blocks
                        .flat_map(|block| block.unwrap().rows().collect::<Vec<_>>())
                        .collect(),
                    Err(rows) => rows.collect(),
                };
                assert_eq!(found, rows(file, format), "{format:?}, {capacity} bytes at a time");
            }
        }
    }

    #[test]
    fn an_error_of_reading_ends_the_blocks() {
        struct Failing(u8);
        impl std::io::Read for Failing {
            fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
                self.0 += 1;
                match self.0 {
                    1 => Err(ErrorKind::Interrupted.into()),
                    2 => std::io::Read::read(&mut &b"one\ntwo\nthr"[..], to),
                    3 => Err(std::io::Error::other("broken")),
                    _ => std::io::Read::read(&mut &b"more\n"[..], to),
                }
            }
        }
        let reader = std::io::BufReader::new(Failing(0));
        let rows = Rows::new(reader, Format::Lines, &Columns::default()).unwrap();
        let blocks: Vec<_> = rows.into_blocks().ok().unwrap().collect();
        let found: Vec<_> = blocks.iter().flatten().flat_map(LineBlock::rows).flatten().collect();
        assert_eq!(
            found.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(),
            ["one", "two"]
        );
        assert_eq!(
            blocks.last().unwrap().as_ref().unwrap_err(),
            &BadRow {
                line: 3,
                reason: "broken".into()
            }
        );
    }

    #[test]
    fn csv_comes_in_rows() {
        let rows = Rows::new(&b"text\n\"two\nlines\"\n"[..], Format::Csv, &Columns::default()).unwrap();
        let rows = rows.into_blocks().err().unwrap();
        assert_eq!(rows.map(|row| row.unwrap().text).collect::<Vec<_>>(), ["two\nlines"]);
    }

    #[test]
    fn uci_layout_has_no_quoting_and_entities() {
        let file = "ham\t\"Quoted &lt;#&gt; start\nspam\tsecond &amp; last\n";
        assert_eq!(texts(file, Format::Tsv), ["\"Quoted <#> start", "second & last"]);
    }

    #[test]
    fn csv_with_crlf_tabs_and_mixed_case() {
        let file = b"LABEL,TEXT,URL\r\nSmishing,\"\tClick, now\",No\r\nham,\"two\nlines\",No\r\n";
        let rows = rows(file, Format::Csv);
        let first = rows[0].as_ref().unwrap();
        assert_eq!(
            (first.text.as_str(), first.label.as_deref(), first.line),
            ("\tClick, now", Some("Smishing"), 2)
        );
        assert_eq!(rows[1].as_ref().unwrap().text, "two\nlines");
    }

    #[test]
    fn unquoted_separators_are_reported() {
        let rows = rows(b"label,text\nham,hello, you\nham,ok\n", Format::Csv);
        assert!(rows[0].as_ref().unwrap_err().reason.contains("3 columns"));
        assert_eq!(rows[1].as_ref().unwrap().text, "ok");
    }

    #[test]
    fn read_errors_end_the_file() {
        struct Failing;
        impl std::io::Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("broken"))
            }
        }
        for format in [Format::Lines, Format::Jsonl] {
            let rows = Rows::new(std::io::BufReader::new(Failing), format, &Columns::default()).unwrap();
            assert_eq!(rows.take(5).filter(Result::is_err).count(), 1);
        }
    }

    #[test]
    fn byte_order_marks_and_named_json_fields() {
        let columns = Columns {
            text: Some("body".into()),
            label: None,
        };
        let mut rows = Rows::new("\u{FEFF}{\"body\":\"a\"}\n".as_bytes(), Format::Jsonl, &columns).unwrap();
        assert_eq!(rows.next().unwrap().unwrap().text, "a");
        assert_eq!(texts("\u{FEFF}ham\thello\n", Format::Tsv), ["hello"]);
    }

    #[test]
    fn empty_files_have_no_rows() {
        for format in [Format::Lines, Format::Tsv, Format::Csv, Format::Jsonl] {
            assert_eq!(rows(b"", format), []);
        }
    }

    #[test]
    fn labels_and_clusters_may_be_numbers() {
        let rows = rows(b"{\"text\":\"a\",\"label\":1,\"cluster\":7}\n", Format::Jsonl);
        let row = rows[0].as_ref().unwrap();
        assert_eq!((row.label.as_deref(), row.cluster.as_deref()), (Some("1"), Some("7")));
    }

    #[test]
    fn what_reports_look_at_may_be_anything() {
        let rows = rows(
            b"{\"text\":\"a\",\"kind\":\"otp\",\"region\":\"US\",\"extra\":{\"category\":\"toll\",\"date\":\"2024-05-01\"}}\n\
            {\"text\":\"b\",\"kind\":[1],\"region\":7,\"source\":null,\"extra\":\"none\",\"date\":2023}\n",
            Format::Jsonl,
        );
        let rows: Vec<&Row> = rows.iter().map(|row| row.as_ref().unwrap()).collect();
        let told = |row: &Row| [&row.kind, &row.extra.kind, &row.region, &row.source].map(Clone::clone);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(told(rows[0]), [text("otp"), text("toll"), text("US"), None]);
        assert_eq!(told(rows[1]), [const { None }; 4]);
        assert_eq!((&rows[0].date, &rows[0].extra.date), (&None, &text("2024-05-01")));
        assert_eq!((&rows[1].date, &rows[1].extra.date), (&text("2023"), &None));
    }

    #[test]
    fn tsv_by_header() {
        assert_eq!(
            texts("id\tlabel\ttext\n1\tham\thello \"you\"\n", Format::Tsv),
            ["hello \"you\""]
        );
    }

    #[test]
    fn named_columns() {
        let columns = Columns {
            text: Some("Body".into()),
            label: Some("y".into()),
        };
        let mut rows = Rows::new(&b"y,body\nham,hi\n"[..], Format::Csv, &columns).unwrap();
        assert_eq!(rows.next().unwrap().unwrap().label.as_deref(), Some("ham"));
        let missing = Rows::new(&b"a,b\n1,2\n"[..], Format::Csv, &columns).err().unwrap();
        assert!(
            missing.reason.contains("no column `Body`") && missing.reason.contains("a, b"),
            "{missing}"
        );
    }

    #[test]
    fn bad_rows_keep_their_place() {
        let rows = rows(
            b"{\"text\":\"a\"}\n{\"text\":1}\nnonsense\n{\"text\":\"\xFF\"}\n\n{\"text\":\"b\",\"more\":{}}\n",
            Format::Jsonl,
        );
        let lines: Vec<_> = rows
            .iter()
            .map(|row| row.as_ref().map(|row| row.line).map_err(|bad| bad.line))
            .collect();
        assert_eq!(lines, [Ok(1), Err(2), Err(3), Err(4), Ok(6)]);
    }

    #[test]
    fn short_rows_and_invalid_utf8_in_columns() {
        let rows = rows(b"label,text\nham\nham,\xC3\x28\nham,ok\n", Format::Csv);
        assert!(rows[0].as_ref().unwrap_err().reason.contains("1 columns only"));
        assert!(rows[1].as_ref().unwrap_err().reason.contains("UTF-8"));
        assert_eq!(rows[2].as_ref().unwrap().text, "ok");
    }

    #[test]
    fn lines_keep_blank_messages_and_report_bytes() {
        let rows = rows(b"one\n\n\xFF\r\nlast", Format::Lines);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[1].as_ref().unwrap().text, "");
        assert_eq!(rows[2].as_ref().unwrap_err().line, 3);
        assert_eq!(rows[3].as_ref().unwrap().text, "last");
    }
}
