use crate::{Outcome, output, read};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde_json::{Value, json};
use smishing::{
    Explanation, Heading, Kind, Language, Message, Mistake, Prior, SignalContribution, Step, html, reporting,
};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

/// Shows what in a message speaks for and against it
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing explain \"Amazon: your account is locked, confirm the code you received at amaz0n-secure.top\"
  smishing explain --language es --sender 22395 \"Su paquete esta retenido, pague en correos-tasas.top\"
  smishing explain --region US --output html \"Your parcel is held, pay at post-fee.top\" > why.html

Numbers are log-odds: what is above 0 speaks for spam or smishing, what is below for a genuine message; all of them
add up to the score. On a terminal, words that speak against the message are red, for it green.")]
pub(crate) struct Args {
    /// The model [default: the bundled one]
    #[arg(long)]
    model: Option<PathBuf>,
    /// Share of messages that is bad where this one comes from, such as 0.01: the score is told for it, the label stays
    /// [default: that of the model's training]
    #[arg(long, value_name = "SHARE")]
    prior: Option<Prior>,
    /// Who sent it, as the phone shows it
    #[arg(long)]
    sender: Option<String>,
    /// Language of the reasons: en, es, fr, de, pt or hi
    #[arg(long, default_value = "en")]
    language: Language,
    /// The reader's country, such as US: senders' numbers from elsewhere are told, and its places to report at [default: places
    /// that serve anywhere]
    #[arg(long, value_name = "CODE", default_value = "")]
    region: String,
    /// How it is written
    #[arg(long, value_enum, default_value = "text")]
    output: OutputArg,
    /// The message
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputArg {
    /// For people at a terminal
    Text,
    /// One JSON object
    Jsonl,
    /// A page for a browser, in one file
    Html,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let classifier = read::classifier(args.model.as_deref(), args.prior)?;
    let message = Message::new(&args.text)
        .with_sender(args.sender.as_deref().unwrap_or_default())
        .with_country(&args.region);
    let explanation = classifier.explain(message);
    match args.output {
        // Colours stay in on a terminal only.
        OutputArg::Text => anstream::stdout().write_all(page(&explanation, args).as_bytes())?,
        OutputArg::Jsonl => output::print(json(&explanation, args))?,
        OutputArg::Html => {
            let view = html::View {
                language: args.language,
                region: Some(args.region.as_str()),
            };
            let section = html::section(&explanation, message, view);
            output::print(html::page("smishing", &[section]))?;
        }
    }
    Ok(Outcome::Clean)
}

/// All that a page shows, for programs.
fn json(explanation: &Explanation, args: &Args) -> Value {
    let verdict = explanation.verdict();
    let probabilities = verdict.probabilities();
    let advice = explanation.advice();
    let steps = |steps: &mut dyn Iterator<Item = Step>| -> Vec<Value> {
        steps
            .map(|step| json!({ "id": step.id(), "text": step.text(args.language), "source": step.source() }))
            .collect()
    };
    let kind = |(kind, probability): (Kind, f32)| json!({ "id": kind.as_str(), "title": kind.title(args.language), "probability": probability });
    let likely = explanation.kinds().filter(|kinds| kinds.likely().is_some());
    let bad = verdict.label().is_bad();
    json!({
        "label": verdict.label().as_str(),
        "score": verdict.score(),
        "logit": verdict.logit(),
        "probabilities": { "ham": probabilities.ham(), "spam": probabilities.spam(), "smishing": probabilities.smishing() },
        "intercept": explanation.intercept(),
        "signals": explanation.signals().iter().map(|signal| json!({
            "id": signal.signal.id(),
            "span": signal.span.as_ref().map(|span| [span.start, span.end]),
            "brand": signal.brand,
            "contribution": signal.contribution,
            "sentence": signal.sentence(&args.text, args.language),
        })).collect::<Vec<_>>(),
        "words": explanation.spans().iter().map(|word| json!({
            "span": [word.span.start, word.span.end],
            "contribution": word.contribution,
        })).collect::<Vec<_>>(),
        "reasons": explanation.reasons().iter().map(|reason| reason.sentence(&args.text, args.language)).collect::<Vec<_>>(),
        "kind": likely.and_then(|kinds| kinds.top(1).next()).map(kind),
        "kinds": explanation.kinds().into_iter().flat_map(|kinds| kinds.top(3)).map(kind).collect::<Vec<_>>(),
        "advice": bad.then(|| json!({
            "now": steps(&mut advice.now()),
            "after": Mistake::ALL.map(|mistake| json!({
                "mistake": mistake.as_str(),
                "title": mistake.title(args.language),
                "steps": steps(&mut advice.after(mistake)),
            })),
            "report": reporting(&args.region).map(|point| json!({
                "channel": point.channel.as_str(),
                "contact": point.contact,
                "name": point.name,
                "source": point.source,
                "checked": point.checked,
            })).collect::<Vec<_>>(),
        })),
    })
}

fn page(explanation: &Explanation, args: &Args) -> String {
    let (text, language) = (args.text.as_str(), args.language);
    let heading = |heading: Heading| heading.text(language);
    let verdict = explanation.verdict();
    let bold = Style::new().bold();
    let mut page = format!(
        "{bold}{}{bold:#}  {:.3}  {}\n\n{}\n\n",
        verdict.label(),
        verdict.score(),
        heading(Heading::Verdict(verdict.label())),
        painted(explanation, text)
    );
    let reasons = explanation.reasons();
    let objections: Vec<_> = explanation.objections().collect();
    let mut list = |title: &str, signals: &[&SignalContribution]| {
        if signals.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(page, "{bold}{title}{bold:#}");
        for signal in signals {
            let sentence = signal.sentence(text, language);
            let _ = writeln!(page, "  {:+6.2}  {}", signal.contribution, output::shown(&sentence));
        }
        page.push('\n');
    };
    list(heading(Heading::For), &reasons);
    list(heading(Heading::Against), &objections);
    let wording: f32 = explanation.spans().iter().map(|span| span.contribution).sum();
    let _ = writeln!(page, "{bold}Sum{bold:#}");
    let signals: f32 = explanation.signals().iter().map(|signal| signal.contribution).sum();
    for (what, part) in [
        ("signals above", signals),
        ("wording", wording),
        ("starting point", explanation.intercept()),
        ("log-odds of spam or smishing", verdict.logit()),
    ] {
        let _ = writeln!(page, "  {part:+6.2}  {what}");
    }
    if verdict.label().is_bad() {
        page.push('\n');
        page.push_str(&advice(explanation, args));
    }
    page
}

/// What it may be about, and what to do.
fn advice(explanation: &Explanation, args: &Args) -> String {
    let language = args.language;
    let bold = Style::new().bold();
    let mut text = String::new();
    if let Some(kinds) = explanation.kinds() {
        let (heading, shown) = kinds.to_tell();
        let shown: Vec<String> = shown
            .map(|(kind, probability)| format!("{} ({:.0} %)", kind.title(language), 100.0 * probability))
            .collect();
        let _ = writeln!(text, "{bold}{}{bold:#}: {}\n", heading.text(language), shown.join(", "));
    }
    let advice = explanation.advice();
    let _ = writeln!(text, "{bold}{}{bold:#}", Heading::Now.text(language));
    for step in advice.now() {
        let _ = writeln!(text, "  - {}", step.text(language));
    }
    let _ = writeln!(text, "\n{bold}{}{bold:#}", Heading::After.text(language));
    for mistake in Mistake::ALL {
        let _ = writeln!(text, "  {}", mistake.title(language));
        for step in advice.after(mistake) {
            let _ = writeln!(text, "    - {}", step.text(language));
        }
    }
    let _ = writeln!(text, "\n{bold}{}{bold:#}", Heading::Report.text(language));
    for point in reporting(&args.region) {
        let _ = writeln!(text, "  - {}: {}", point.name, point.contact);
    }
    text
}

/// The message with the words coloured that weigh most.
fn painted(explanation: &Explanation, text: &str) -> String {
    /// Log-odds from which on a word is coloured.
    const NOTABLE: f32 = 0.15;
    let mut painted = String::new();
    let mut at = 0;
    for word in explanation.spans() {
        let (Some(before), Some(shown)) = (text.get(at..word.span.start), text.get(word.span.clone())) else {
            continue;
        };
        let style = match word.contribution {
            weight if weight >= NOTABLE => AnsiColor::Red.on_default(),
            weight if weight <= -NOTABLE => AnsiColor::Green.on_default(),
            _ => Style::new(),
        };
        let _ = write!(
            painted,
            "{}{style}{}{style:#}",
            output::shown(before),
            output::shown(shown)
        );
        at = word.span.end;
    }
    painted + &output::shown(text.get(at..).unwrap_or_default())
}
