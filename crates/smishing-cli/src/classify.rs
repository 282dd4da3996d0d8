use crate::read::{self, FormatArg};
use crate::{Outcome, output};
use anyhow::Context;
use clap::ValueEnum;
use serde_json::json;
use smishing::{Classifier, Kind, Kinds, Language, Message, Policy, Prior, Scratch};
use smishing_train::{BadRow, Columns, LineBlock, Row, Rows};
use std::fmt::{self, Write as _};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, mpsc};
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
    /// Country of the readers, such as US: senders' numbers from elsewhere then speak against a message
    #[arg(long, value_name = "CODE", default_value = "")]
    country: String,
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

/// Rows of CSV that are classified together, at most.
const ROWS: usize = 1024;

/// Blocks that are being classified or wait for being written, at most.
const BLOCKS: usize = 64;

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let classifier = read::classifier(args.model.as_deref(), args.prior)?
        .with_policy(args.policy.0)
        .context("--policy")?;
    let writer = Writer {
        classifier,
        output: args.output,
        explain: args.explain,
        country: args.country.clone(),
    };
    if !args.text.is_empty() {
        let rows = args.text.iter().zip(1..).map(|(text, line)| {
            Ok(Row {
                text: text.clone(),
                sender: args.sender.clone(),
                line,
                ..Row::default()
            })
        });
        return writer.write_all(iter::once(Block::Rows(rows.collect())), "argument");
    }
    let columns = Columns {
        text: args.text_column.clone(),
        label: None,
    };
    let (source, rows) = read::rows(args.input.as_deref(), args.format, &columns)?;
    writer.write_all(blocks(rows), &source)
}

/// Messages that are classified together.
enum Block {
    /// Not yet parsed.
    Lines(LineBlock),
    Rows(Vec<Result<Row, BadRow>>),
}

/// All rows, as many in a block as are there without waiting.
fn blocks<R: BufRead + Send + 'static>(rows: Rows<R>) -> Box<dyn Iterator<Item = Block> + Send> {
    match rows.into_blocks() {
        Ok(blocks) => Box::new(blocks.map(|block| match block {
            Ok(lines) => Block::Lines(lines),
            Err(bad) => Block::Rows(vec![Err(bad)]),
        })),
        Err(rows) => {
            let rows = from_thread(rows, ROWS);
            Box::new(iter::from_fn(move || {
                let first = rows.recv().ok()?;
                Some(Block::Rows(
                    iter::once(first).chain(rows.try_iter().take(ROWS)).collect(),
                ))
            }))
        }
    }
}

/// Takes from `items` on a thread of its own, so many ahead. It is not joined: when our reader has had enough, the thread
/// may still be waiting for input.
fn from_thread<T: Send + 'static>(items: impl Iterator<Item = T> + Send + 'static, ahead: usize) -> mpsc::Receiver<T> {
    let (send, receive) = mpsc::sync_channel(ahead);
    thread::spawn(move || {
        for item in items {
            if send.send(item).is_err() {
                return;
            }
        }
    });
    receive
}

struct Writer {
    classifier: Classifier,
    output: OutputArg,
    explain: bool,
    country: String,
}

/// What is written for a block.
#[derive(Default)]
struct Answers {
    lines: String,
    bad_rows: Vec<BadRow>,
}

impl Writer {
    /// One thread reads, all cores classify, this one writes, in order: all are busy with a file, and whoever writes line by
    /// line gets each answer at once.
    fn write_all(self, blocks: impl Iterator<Item = Block> + Send + 'static, source: &str) -> anyhow::Result<Outcome> {
        let writer = Arc::new(self);
        let in_work = blocks.map(move |block| {
            let (send, receive) = mpsc::sync_channel(1);
            let writer = Arc::clone(&writer);
            // Nobody listens any more where our reader has had enough.
            rayon::spawn(move || drop(send.send(writer.answers(&block))));
            receive
        });
        let mut out = io::stdout().lock();
        let mut outcome = Outcome::Clean;
        for answers in from_thread(in_work, BLOCKS) {
            let answers = answers.recv().context("a block of messages got lost")?;
            for bad in answers.bad_rows {
                output::note(format_args!("{source}:{}: {}", bad.line, bad.reason));
                outcome = Outcome::SomeInputUnusable;
            }
            out.write_all(answers.lines.as_bytes())?;
            out.flush()?;
        }
        Ok(outcome)
    }

    fn message<'a>(&'a self, row: &'a Row) -> Message<'a> {
        Message::new(&row.text)
            .with_sender(row.sender.as_deref().unwrap_or_default())
            .with_country(&self.country)
    }

    fn answers(&self, block: &Block) -> Answers {
        let mut answers = Answers::default();
        let mut scratch = Scratch::default();
        match block {
            Block::Lines(lines) => {
                for row in lines.rows() {
                    self.answer(&row, &mut scratch, &mut answers);
                }
            }
            Block::Rows(rows) => {
                for row in rows {
                    self.answer(row, &mut scratch, &mut answers);
                }
            }
        }
        answers
    }

    /// Adds the line, with its end, for one row of input.
    fn answer(&self, row: &Result<Row, BadRow>, scratch: &mut Scratch, to: &mut Answers) {
        // Writing to a String cannot fail.
        let _ = match (row, self.output) {
            (Ok(row), OutputArg::Jsonl) => self.write_json(row, scratch, &mut to.lines),
            (Ok(row), OutputArg::Text) => self.write_text(row, scratch, &mut to.lines),
            (Err(bad), OutputArg::Jsonl) => writeln!(to.lines, "{}", json!({ "id": bad.line, "error": bad.reason })),
            (Err(bad), OutputArg::Text) => writeln!(to.lines, "error     -      {}", bad.reason),
        };
        to.bad_rows.extend(row.as_ref().err().cloned());
    }

    fn write_text(&self, row: &Row, scratch: &mut Scratch, out: &mut String) -> fmt::Result {
        let shown = output::shown(&row.text);
        if !self.explain {
            let verdict = self.classifier.classify_with(scratch, self.message(row));
            return writeln!(out, "{:<9} {:.3}  {shown}", verdict.label(), verdict.score());
        }
        let explanation = self.classifier.explain(self.message(row));
        let verdict = explanation.verdict();
        let reasons: Vec<_> = explanation
            .reasons()
            .into_iter()
            .take(2)
            .map(|reason| output::shown(&reason.sentence(&row.text, Language::English)).into_owned())
            .collect();
        let reasons = if reasons.is_empty() {
            "the wording alone".to_owned()
        } else {
            reasons.join("; ")
        };
        writeln!(
            out,
            "{:<9} {:.3}  {shown}\n                 {reasons}",
            verdict.label(),
            verdict.score()
        )
    }

    /// By hand: building a tree of values would cost more than the verdict.
    fn write_json(&self, row: &Row, scratch: &mut Scratch, out: &mut String) -> fmt::Result {
        out.push_str("{\"id\":");
        match &row.id {
            Some(id) => write!(out, "{id}")?,
            None => write!(out, "{}", row.line)?,
        }
        let explanation = self.explain.then(|| self.classifier.explain(self.message(row)));
        let (verdict, signals) = match &explanation {
            Some(explanation) => (explanation.verdict(), explanation.signals().to_vec()),
            None => self.classifier.classify_with_signals(scratch, self.message(row)),
        };
        let probabilities = verdict.probabilities();
        write!(
            out,
            ",\"label\":\"{}\",\"score\":{},\"probabilities\":{{\"ham\":{},\"spam\":{},\"smishing\":",
            verdict.label(),
            verdict.score(),
            probabilities.ham(),
            probabilities.spam()
        )?;
        match probabilities.smishing() {
            Some(smishing) => write!(out, "{smishing}")?,
            None => out.push_str("null"),
        }
        out.push_str("},\"signals\":[");
        for (index, signal) in signals.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write!(out, "{{\"id\":\"{}\",\"span\":", signal.signal.id())?;
            match &signal.span {
                Some(span) => write!(out, "[{},{}]", span.start, span.end)?,
                None => out.push_str("null"),
            }
            write!(out, ",\"contribution\":{}}}", signal.contribution)?;
        }
        out.push(']');
        if let Some(explanation) = &explanation {
            out.push_str(",\"words\":[");
            for (index, word) in explanation.spans().iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                write!(
                    out,
                    "{comma}{{\"span\":[{},{}],\"contribution\":{}}}",
                    word.span.start, word.span.end, word.contribution
                )?;
            }
            out.push(']');
            write_kinds(out, explanation.kinds())?;
        }
        out.push_str("}\n");
        Ok(())
    }
}

/// The kind that is named, if one is, and the most probable ones; none for messages that are not flagged.
fn write_kinds(out: &mut String, kinds: Option<&Kinds>) -> fmt::Result {
    let top: Vec<_> = kinds.into_iter().flat_map(|kinds| kinds.top(3)).collect();
    let object = |(kind, probability): &(Kind, f32)| format!("{{\"id\":\"{kind}\",\"probability\":{probability}}}");
    let likely = kinds.and_then(Kinds::likely).and(top.first());
    write!(
        out,
        ",\"kind\":{},\"kinds\":[{}]",
        likely.map_or_else(|| "null".into(), object),
        top.iter().map(object).collect::<Vec<_>>().join(",")
    )
}
