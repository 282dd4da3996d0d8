//! Guards an inbox: genuine one-time codes are shown at once, scams are held back with the reason, the rest passes.
//!
//! Reads one JSON object a line, `{"sender": .., "text": ..}`, from the file given, from standard input (`-`), or from
//! the invented `inbox.jsonl` beside this package's manifest.
//!
//! ```sh
//! cargo run --release -p smishing-examples --example otp_guard
//! ```
use smishing::{Classifier, Explanation, Language, Message, Signal};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/inbox.jsonl");

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| SAMPLE.into());
    let inbox: Box<dyn BufRead> = match path.as_str() {
        "-" => Box::new(io::stdin().lock()),
        path => Box::new(BufReader::new(File::open(path)?)),
    };
    // Who would rather miss a scam than hold back a code asks for `Policy::MaxFalsePositiveRate(0.001)` here.
    let classifier = Classifier::bundled();
    let (mut codes, mut passed, mut held) = (0, 0, 0);
    for line in inbox.lines() {
        let entry: serde_json::Value = serde_json::from_str(&line?)?;
        let (Some(sender), Some(text)) = (entry["sender"].as_str(), entry["text"].as_str()) else {
            return Err("expected {\"sender\": \"..\", \"text\": \"..\"}".into());
        };
        let explanation = classifier.explain(Message::new(text).with_sender(sender));
        if explanation.verdict().label().is_bad() {
            held += 1;
            println!("HELD  {sender}: {text}\n      because: {}", because(&explanation, text));
        } else if let Some(code) = code(&explanation, text) {
            codes += 1;
            println!("CODE  {sender}: {code}");
        } else {
            passed += 1;
            println!("      {sender}: {text}");
        }
    }
    println!("\n{codes} codes shown, {passed} other messages passed, {held} held back");
    Ok(())
}

/// The one-time code of a message: a signal's span is a place in the original text.
fn code<'a>(explanation: &Explanation, text: &'a str) -> Option<&'a str> {
    let mut signals = explanation.signals().iter();
    let found = signals.find(|found| found.signal == Signal::CodePresent)?;
    text.get(found.span.clone()?)
}

/// The strongest reason; a message without telling signals was held for its wording.
fn because(explanation: &Explanation, text: &str) -> String {
    explanation.reasons().first().map_or_else(
        || "its wording alone".into(),
        |reason| reason.sentence(text, Language::English),
    )
}
