//! The smallest classifier: says of each argument, or of each line of standard input, what it is and why.
//!
//! ```sh
//! cargo run --release -p smishing-examples --example classify -- "Your parcel is held, pay at post-fee.top"
//! ```
use smishing::{Classifier, Language};
use std::{env, io};

fn main() -> io::Result<()> {
    // Loading takes well under a millisecond; keep the classifier, and share it by reference between threads.
    let classifier = Classifier::bundled();
    let texts: Vec<String> = env::args().skip(1).collect();
    for text in &texts {
        tell(&classifier, text);
    }
    if texts.is_empty() {
        for line in io::stdin().lines() {
            tell(&classifier, &line?);
        }
    }
    Ok(())
}

/// Prints the label, the probability that the message is bad, and the two strongest reasons.
fn tell(classifier: &Classifier, text: &str) {
    // Where no reasons are wanted, `classifier.classify(text)` gives the same verdict faster.
    let explanation = classifier.explain(text);
    let verdict = explanation.verdict();
    println!("{:<9} {:.3}  {text}", verdict.label(), verdict.score());
    for reason in explanation.reasons().into_iter().take(2) {
        println!(
            "    {:+.2}  {}",
            reason.contribution,
            reason.sentence(text, Language::English)
        );
    }
}
