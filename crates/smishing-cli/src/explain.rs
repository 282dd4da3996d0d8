use crate::{Outcome, output, read};
use anstyle::{AnsiColor, Style};
use smishing::{Explanation, Language, Message, SignalContribution};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

/// Shows what in a message speaks for and against it
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing explain \"Amazon: your account is locked, confirm the code you received at amaz0n-secure.top\"
  smishing explain --language es --sender 22395 \"Su paquete esta retenido, pague en correos-tasas.top\"

Numbers are log-odds: what is above 0 speaks for spam or smishing, what is below for a genuine message; all of them
add up to the score. On a terminal, words that speak against the message are red, for it green.")]
pub(crate) struct Args {
    /// The model [default: the bundled one]
    #[arg(long)]
    model: Option<PathBuf>,
    /// Who sent it, as the phone shows it
    #[arg(long)]
    sender: Option<String>,
    /// Language of the reasons: en, es, fr, de, pt or hi
    #[arg(long, default_value = "en")]
    language: Language,
    /// The message
    text: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let classifier = read::classifier(args.model.as_deref())?;
    let mut message = Message::new(&args.text);
    if let Some(sender) = &args.sender {
        message = message.with_sender(sender);
    }
    let explanation = classifier.explain(message);
    let page = page(&explanation, &args.text, args.language);
    // Colours stay in on a terminal only.
    anstream::stdout().write_all(page.as_bytes())?;
    Ok(Outcome::Clean)
}

fn page(explanation: &Explanation, text: &str, language: Language) -> String {
    let verdict = explanation.verdict();
    let bold = Style::new().bold();
    let mut page = format!(
        "{bold}{}{bold:#}  {:.3}\n\n{}\n\n",
        verdict.label(),
        verdict.score(),
        painted(explanation, text)
    );
    let reasons = explanation.reasons();
    let others: Vec<_> = explanation
        .signals()
        .iter()
        .filter(|signal| signal.contribution != 0.0 && !reasons.contains(signal))
        .collect();
    let mut list = |title: &str, signals: &[&SignalContribution]| {
        if signals.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(page, "{bold}{title}{bold:#}");
        for signal in signals {
            let sentence = output::shown(&signal.sentence(text, language));
            let _ = writeln!(page, "  {:+6.2}  {sentence}", signal.contribution);
        }
        page.push('\n');
    };
    list("Speaks for this verdict", &reasons);
    list("Speaks against it", &others);
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
    page
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
