use crate::read::{self, FormatArg};
use crate::{Outcome, output};
use anyhow::Context;
use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::json;
use smishing::{Classifier, Kind, Kinds, Language, Message, Policy, Prior, Scratch};
use smishing_train::{BadRow, Columns, Row};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc;
use std::{iter, thread};

/// Says of messages whether they are genuine, spam or smishing
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing classify \"123456 is your Amazon OTP. Do not share it with anyone.\"
  smishing classify --explain \"Amazon: your account is locked, confirm at amaz0n-secure.top\"
  smishing classify --input messages.csv --output jsonl
  smishing classify --input messages.csv --prior 0.01     scores where one message of a hundred is bad
  tail -f inbox.txt | smishing classify

Policies: balanced, abstaining (says unsure), fpr-1% (flags at most 1 % of genuine messages; see `smishing inspect`).")]
pub(crate) struct Args {
    /// The model [default: the bundled one]
    #[arg(long)]
    model: Option<PathBuf>,
    /// A file of messages, or - for standard input, which is also read when no text is given
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    input: Option<PathBuf>,
    /// Format of the input
    #[arg(long, value_enum, default_value = "auto")]
    format: FormatArg,
    /// Column of the text in CSV and TSV [default: text, message, sms, body, content or v2]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// How verdicts are written
    #[arg(long, value_enum, default_value = "text")]
    output: OutputArg,
    /// Give the two strongest reasons (text), or also what each word contributes and what it is about (jsonl)
    #[arg(long)]
    explain: bool,
    /// From when on a message is flagged
    #[arg(long, value_name = "NAME", default_value = "balanced")]
    policy: PolicyArg,
    /// Share of messages that is bad where these come from, such as 0.01: scores are told for it, labels stay [default:
    /// that of the model's training]
    #[arg(long, value_name = "SHARE")]
    prior: Option<Prior>,
    /// Who sent the given texts, as the phone shows it
    #[arg(long, requires = "text")]
    sender: Option<String>,
    /// Messages
    text: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputArg {
    /// One line a message, for people
    Text,
    /// One JSON object a line
    Jsonl,
}

#[derive(Clone, Copy)]
struct PolicyArg(Policy);

impl FromStr for PolicyArg {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let rate = || name.strip_prefix("fpr-")?.strip_suffix('%')?.parse::<f32>().ok();
        match name {
            "balanced" => Ok(Self(Policy::Balanced)),
            "abstaining" => Ok(Self(Policy::Abstaining)),
            _ => rate()
                .filter(|rate| *rate > 0.0 && *rate < 100.0)
                .map(|rate| Self(Policy::MaxFalsePositiveRate(rate / 100.0)))
                .ok_or_else(|| "expected balanced, abstaining or a rate such as fpr-1%".into()),
        }
    }
}

/// Messages that are read, classified in parallel and written together.
const CHUNK: usize = 4096;

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let classifier = read::classifier(args.model.as_deref(), args.prior)?
        .with_policy(args.policy.0)
        .context("--policy")?;
    let writer = Writer {
        classifier: &classifier,
        output: args.output,
        explain: args.explain,
    };
    if !args.text.is_empty() {
        let sender = args.sender.clone();
        let rows = args.text.clone().into_iter().zip(1..).map(move |(text, line)| {
            Ok(Row {
                text,
                sender: sender.clone(),
                line,
                ..Row::default()
            })
        });
        return writer.write_all(rows, "argument");
    }
    let columns = Columns {
        text: args.text_column.clone(),
        label: None,
    };
    let (source, rows) = read::rows(args.input.as_deref(), args.format, &columns)?;
    writer.write_all(rows, &source)
}

struct Writer<'a> {
    classifier: &'a Classifier,
    output: OutputArg,
    explain: bool,
}

impl Writer<'_> {
    /// Reads on a thread of its own and answers as many rows together as are there: all cores are busy with a file, and
    /// whoever writes line by line gets each answer at once.
    fn write_all(
        &self,
        rows: impl Iterator<Item = Result<Row, BadRow>> + Send + 'static,
        source: &str,
    ) -> anyhow::Result<Outcome> {
        let (send, receive) = mpsc::sync_channel(2 * CHUNK);
        // Not joined: when our reader has had enough, this thread may still be waiting for input.
        thread::spawn(move || {
            for row in rows {
                if send.send(row).is_err() {
                    return;
                }
            }
        });
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let mut outcome = Outcome::Clean;
        let mut lines = Vec::new();
        while let Ok(first) = receive.recv() {
            let chunk: Vec<_> = iter::once(first).chain(receive.try_iter().take(CHUNK)).collect();
            for bad in chunk.iter().filter_map(|row| row.as_ref().err()) {
                output::note(format_args!("{source}:{}: {}", bad.line, bad.reason));
                outcome = Outcome::SomeInputUnusable;
            }
            chunk
                .par_iter()
                .with_min_len(64)
                .map_init(Scratch::default, |scratch, row| self.line(scratch, row))
                .collect_into_vec(&mut lines);
            for line in &lines {
                out.write_all(line.as_bytes())?;
            }
            out.flush()?;
        }
        Ok(outcome)
    }

    /// The line, with its end, for one row of input.
    fn line(&self, scratch: &mut Scratch, row: &Result<Row, BadRow>) -> String {
        match (row, self.output) {
            (Ok(row), OutputArg::Jsonl) => self.json(row, scratch),
            (Ok(row), OutputArg::Text) => self.text(row),
            (Err(bad), OutputArg::Jsonl) => json!({ "id": bad.line, "error": bad.reason }).to_string() + "\n",
            (Err(bad), OutputArg::Text) => format!("error     -      {}\n", bad.reason),
        }
    }

    fn text(&self, row: &Row) -> String {
        let shown = output::shown(&row.text);
        if !self.explain {
            let verdict = self.classifier.classify(message(row));
            return format!("{:<9} {:.3}  {shown}\n", verdict.label(), verdict.score());
        }
        let explanation = self.classifier.explain(message(row));
        let verdict = explanation.verdict();
        let reasons: Vec<_> = explanation
            .reasons()
            .into_iter()
            .take(2)
            .map(|reason| output::shown(&reason.sentence(&row.text, Language::English)))
            .collect();
        let reasons = if reasons.is_empty() {
            "the wording alone".to_owned()
        } else {
            reasons.join("; ")
        };
        format!(
            "{:<9} {:.3}  {shown}\n                 {reasons}\n",
            verdict.label(),
            verdict.score()
        )
    }

    fn json(&self, row: &Row, scratch: &mut Scratch) -> String {
        // Written by hand: building a tree of values would cost more than the verdict.
        let mut line = String::with_capacity(160);
        line.push_str("{\"id\":");
        match &row.id {
            Some(id) => line.push_str(&id.to_string()),
            None => line.push_str(&row.line.to_string()),
        }
        let explanation = self.explain.then(|| self.classifier.explain(message(row)));
        let (verdict, signals) = match &explanation {
            Some(explanation) => (explanation.verdict(), explanation.signals().to_vec()),
            None => self.classifier.classify_with_signals(scratch, message(row)),
        };
        let probabilities = verdict.probabilities();
        // Writing to a String cannot fail.
        let _ = write!(
            line,
            ",\"label\":\"{}\",\"score\":{},\"probabilities\":{{\"ham\":{},\"spam\":{},\"smishing\":",
            verdict.label(),
            verdict.score(),
            probabilities.ham(),
            probabilities.spam()
        );
        let _ = match probabilities.smishing() {
            Some(smishing) => write!(line, "{smishing}"),
            None => write!(line, "null"),
        };
        line.push_str("},\"signals\":[");
        for (index, signal) in signals.iter().enumerate() {
            if index > 0 {
                line.push(',');
            }
            let _ = write!(line, "{{\"id\":\"{}\",\"span\":", signal.signal.id());
            let _ = match &signal.span {
                Some(span) => write!(line, "[{},{}]", span.start, span.end),
                None => write!(line, "null"),
            };
            let _ = write!(line, ",\"contribution\":{}}}", signal.contribution);
        }
        line.push(']');
        if let Some(explanation) = &explanation {
            line.push_str(",\"words\":[");
            for (index, word) in explanation.spans().iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                let _ = write!(
                    line,
                    "{comma}{{\"span\":[{},{}],\"contribution\":{}}}",
                    word.span.start, word.span.end, word.contribution
                );
            }
            line.push(']');
            write_kinds(&mut line, explanation.kinds());
        }
        line.push_str("}\n");
        line
    }
}

/// The kind that is named, if one is, and the most probable ones; none for messages that are not flagged.
fn write_kinds(line: &mut String, kinds: Option<&Kinds>) {
    let top: Vec<_> = kinds.into_iter().flat_map(|kinds| kinds.top(3)).collect();
    let object = |(kind, probability): &(Kind, f32)| format!("{{\"id\":\"{kind}\",\"probability\":{probability}}}");
    let likely = kinds.and_then(Kinds::likely).and(top.first());
    let _ = write!(
        line,
        ",\"kind\":{},\"kinds\":[{}]",
        likely.map_or_else(|| "null".into(), object),
        top.iter().map(object).collect::<Vec<_>>().join(",")
    );
}

fn message(row: &Row) -> Message<'_> {
    Message::new(&row.text).with_sender(row.sender.as_deref().unwrap_or_default())
}
