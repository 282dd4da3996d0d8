//! Messages: whatever the text, verdict and explanation are finite, consistent and on character boundaries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use smishing::{Classifier, Message};
use std::ops::Range;
use std::sync::LazyLock;

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::bundled);

fn is_on_boundaries(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|part| !part.is_empty())
}

fuzz_target!(|bytes: &[u8]| {
    // The first line is the sender.
    let input = String::from_utf8_lossy(bytes);
    let (sender, text) = input.split_once('\n').unwrap_or(("", &input));
    let message = Message::new(text).with_sender(sender);
    let verdict = CLASSIFIER.classify(message);
    assert!((0.0..=1.0).contains(&verdict.score()) && verdict.logit().is_finite());
    let probabilities = verdict.probabilities();
    let total = probabilities.ham() + probabilities.spam() + probabilities.smishing().unwrap_or(0.0);
    assert!((total - 1.0).abs() < 1e-5, "{probabilities:?}");

    let explanation = CLASSIFIER.explain(message);
    assert_eq!(explanation.verdict(), verdict);
    let sum: f64 = explanation.contributions().map(f64::from).sum();
    let logit = f64::from(verdict.logit());
    assert!((sum - logit).abs() <= 1e-4 * logit.abs().max(1.0), "{sum} for {logit}");
    for signal in explanation.signals() {
        assert!(
            signal.span.as_ref().is_none_or(|span| is_on_boundaries(text, span)),
            "{signal:?}"
        );
    }
    let mut end = 0;
    for part in explanation.spans() {
        assert!(
            part.contribution.is_finite() && is_on_boundaries(text, &part.span),
            "{part:?}"
        );
        assert!(part.span.start >= end, "spans follow one another");
        end = part.span.end;
    }
});
