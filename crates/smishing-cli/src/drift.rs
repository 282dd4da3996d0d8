use crate::read::{self, FormatArg};
use crate::{Outcome, output};
use anyhow::Context;
use comfy_table::Table;
use smishing_train::{
    Aspect, Columns, Count, Drift, DriftOptions, Error, Evidence, NumberDrift, Quantity, ShareDrift, Stream,
    StreamSize, drift,
};
use std::path::{Path, PathBuf};

/// Says whether a stream of messages differs from another one, and in what
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing drift last-week.jsonl today.jsonl
  smishing drift --model mine.smsh --least 0.02 last-week.csv today.csv   differences below 2 points may pass
  tail -n 5000 inbox.txt | smishing drift baseline.txt - --json drift.json

Messages need no labels. Near-duplicates count once in each stream, so that a template sent a thousand times is no
thousand pieces of evidence, and of the stream with more distinct messages as many are looked at as the other has.
Compared are the score, the share of words that the model's kind head does not know, the length (Kolmogorov-Smirnov),
and the shares of messages flagged, of each kind of scam, and with each signal, script and stated language (Fisher);
p-values are adjusted for how many they are (Benjamini-Hochberg). The PSI decides nothing.

Exit code: 0 no difference found, 1 the streams differ, 2 wrong usage, unusable rows, or too few messages.")]
pub(crate) struct Args {
    /// Messages as they used to be: a file of lines, TSV, CSV or JSONL, or - for standard input
    baseline: PathBuf,
    /// Messages to compare with them, likewise
    new: PathBuf,
    /// The model [default: the bundled one]
    #[arg(long)]
    model: Option<PathBuf>,
    /// Format of the files
    #[arg(long, value_enum, default_value = "auto")]
    format: FormatArg,
    /// Column of the text in CSV and TSV [default: text, message, sms, body, content or v2]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Go on after rows that cannot be used, and list them
    #[arg(long)]
    skip_bad_rows: bool,
    /// How often streams of one source may be said to differ, between 0 and 1
    #[arg(long, value_name = "RATE", default_value_t = DriftOptions::default().level)]
    level: f64,
    /// The least difference that counts, as a share of messages: 0.02 is two points
    #[arg(long, value_name = "SHARE", default_value_t = DriftOptions::default().least)]
    least: f64,
    /// Decides which of near-duplicate messages is looked at, and which ones of the longer stream
    #[arg(long, default_value_t = DriftOptions::default().seed)]
    seed: u64,
    /// Write all that was compared as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if [&args.baseline, &args.new].iter().all(|path| path.as_os_str() == "-") {
        anyhow::bail!("only one of the two streams can be standard input");
    }
    let model = read::model(args.model.as_deref())?;
    let baseline = stream(args, &args.baseline)?;
    let new = stream(args, &args.new)?;
    let options = DriftOptions {
        level: args.level,
        least: args.least,
        seed: args.seed,
    };
    let found = drift(&model, &baseline, &new, &options)?;
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(&found)? + "\n";
        std::fs::write(path, json).with_context(|| path.display().to_string())?;
    }
    output::print(format_args!("{}\n\n{}", verdict(&found), report(&found)))?;
    Ok(if found.differs {
        Outcome::StreamsDiffer
    } else {
        Outcome::Clean
    })
}

/// The messages of a file; unusable rows stop it, unless they are to be skipped.
fn stream(args: &Args, path: &Path) -> anyhow::Result<Stream> {
    let columns = Columns {
        text: args.text_column.clone(),
        label: None,
    };
    let (source, rows) = read::rows(Some(path), args.format, &columns)?;
    let (stream, bad_rows) = Stream::new(source.clone(), rows);
    if !args.skip_bad_rows && !bad_rows.is_empty() {
        let bad_rows = bad_rows.into_iter().map(|bad| (PathBuf::from(&source), bad));
        return Err(Error::BadRows(bad_rows.collect()).into());
    }
    for bad in bad_rows {
        output::note(format_args!("{source}:{}: skipped: {}", bad.line, bad.reason));
    }
    Ok(stream)
}

/// In words: the largest differences of each sort.
fn verdict(found: &Drift) -> String {
    /// Differences of one sort that are told one by one.
    const TOLD: usize = 3;
    let mut told = Vec::new();
    for aspect in Aspect::ALL {
        let (differing, _) = by_size(found, aspect);
        told.extend(differing.iter().take(TOLD).map(|share| {
            let way = if share.change > 0.0 { "more" } else { "fewer" };
            let [from, to] = [share.baseline, share.new].map(|count| 100.0 * count.share());
            format!("{way} {} ({from:.1} to {to:.1} %)", output::shown(&share.name))
        }));
        if differing.len() > TOLD {
            told.push(format!("{} more of {}s", differing.len() - TOLD, aspect.id()));
        }
    }
    told.extend(
        found
            .numbers
            .iter()
            .filter(|number| number.evidence.differs)
            .map(|number| {
                let [from, to] =
                    [number.baseline_quartiles, number.new_quartiles].map(|of| value(number.quantity, of[1]));
                format!("{} (median {from} to {to})", number.quantity.id())
            }),
    );
    match told.as_slice() {
        [] => format!(
            "no difference found among {} distinct messages of each stream",
            found.compared
        ),
        told => format!("differs: {}", told.join("; ")),
    }
}

/// The shares that differ, and those that do not, the largest changes first.
fn by_size(found: &Drift, aspect: Aspect) -> (Vec<&ShareDrift>, Vec<&ShareDrift>) {
    let mut shares: Vec<_> = found.shares.iter().filter(|share| share.aspect == aspect).collect();
    shares.sort_by(|a, b| b.change.abs().total_cmp(&a.change.abs()));
    shares.into_iter().partition(|share| share.evidence.differs)
}

fn report(found: &Drift) -> String {
    let mut tables = vec![sizes_table(found), numbers_table(&found.numbers)];
    tables.extend(found.numbers.first().map(histogram_table));
    tables.extend(Aspect::ALL.into_iter().filter_map(|aspect| shares_table(found, aspect)));
    let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
    tables.join("\n\n")
}

fn sizes_table(found: &Drift) -> Table {
    let mut sizes = output::table(&["", "baseline", "new"]);
    let mut row = |name: &str, value: &dyn Fn(&StreamSize) -> usize| {
        sizes.add_row([
            name.to_owned(),
            value(&found.baseline).to_string(),
            value(&found.new).to_string(),
        ]);
    };
    row("messages", &|size| size.messages);
    row("distinct ones", &|size| size.clusters);
    row("largest cluster", &|size| size.largest_cluster);
    row("compared", &|_| found.compared);
    sizes
}

fn numbers_table(numbers: &[NumberDrift]) -> Table {
    let mut rows = output::table(&[
        "quartiles",
        "baseline",
        "new",
        "KS distance",
        "p",
        "adjusted",
        "PSI",
        "by chance",
        "differs",
    ]);
    for number in numbers {
        let quartiles = |of: [f64; 3]| of.map(|at| value(number.quantity, at)).join(", ");
        let [p, adjusted, differs] = evidence(&number.evidence);
        rows.add_row([
            number.quantity.id().into(),
            quartiles(number.baseline_quartiles),
            quartiles(number.new_quartiles),
            format!("{:.3}", number.distance),
            p,
            adjusted,
            format!("{:.3}", number.psi),
            format!("{:.3}", number.psi_by_chance),
            differs,
        ]);
    }
    rows
}

/// Where the messages of both streams lie.
fn histogram_table(number: &NumberDrift) -> Table {
    let mut bins = output::table(&[&format!("{} up to", number.quantity.id()), "baseline", "new"]);
    for bin in &number.histogram {
        bins.add_row([
            bin.up_to
                .map_or_else(|| "above".into(), |up_to| value(number.quantity, up_to)),
            bin.baseline.to_string(),
            bin.new.to_string(),
        ]);
    }
    bins
}

/// Signals, scripts and languages that do not differ are only counted: they are many.
fn shares_table(found: &Drift, aspect: Aspect) -> Option<Table> {
    let (mut shown, mut rest) = by_size(found, aspect);
    if matches!(aspect, Aspect::Flagged | Aspect::Kind) {
        shown.append(&mut rest);
    }
    if shown.is_empty() {
        return None;
    }
    let corner = if aspect == Aspect::Kind {
        "kind of scam"
    } else {
        aspect.id()
    };
    let mut rows = output::table(&[
        corner,
        "baseline %",
        "new %",
        "change, 95 % interval",
        "p",
        "adjusted",
        "differs",
        "by message: baseline %",
        "new %",
    ]);
    for share in &shown {
        let percent = |count: Count| format!("{:.2}", 100.0 * count.share());
        let [change, low, high] = [share.change, share.ci95[0], share.ci95[1]].map(|points| 100.0 * points);
        let [p, adjusted, differs] = evidence(&share.evidence);
        rows.add_row([
            output::shown(&share.name).into_owned(),
            percent(share.baseline),
            percent(share.new),
            format!("{change:+.2} ({low:+.2} to {high:+.2})"),
            p,
            adjusted,
            differs,
            percent(share.baseline_by_message),
            percent(share.new_by_message),
        ]);
    }
    if !rest.is_empty() {
        rows.add_row([format!("{} others do not", rest.len())]);
    }
    Some(rows)
}

fn evidence(evidence: &Evidence) -> [String; 3] {
    let p = |value: f64| {
        if value < 0.001 {
            format!("{value:.0e}")
        } else {
            format!("{value:.3}")
        }
    };
    let differs = if evidence.differs { "yes" } else { "no" };
    [p(evidence.p_value), p(evidence.adjusted_p_value), differs.into()]
}

fn value(quantity: Quantity, value: f64) -> String {
    match quantity {
        Quantity::Length => format!("{value:.0}"),
        _ => format!("{value:.3}"),
    }
}
