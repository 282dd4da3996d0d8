//! The classifier as a whole, with the bundled model.
#![allow(clippy::unwrap_used, missing_docs)]
mod common;

use proptest::prelude::*;
use smishing::{
    Classifier, Explanation, Kind, KindHead, Label, Message, Model, ModelError, Policy, Prior, Scratch, Signal,
    Verdict, Weights, utf16_span,
};
use smishing_features::Extractor;
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

static BUNDLED: LazyLock<Classifier> = LazyLock::new(Classifier::bundled);
static MODEL: LazyLock<Model> = LazyLock::new(|| Model::from_bytes(smishing_models::BUNDLED).unwrap());
static BUNDLED_KINDS: LazyLock<KindHead> = LazyLock::new(|| MODEL.parts().kinds.clone().unwrap());

const OTP: &str = "123456 is your Amazon OTP. Do not share it with anyone.";
const SCAM: &str = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";

const _: () = {
    const fn is_shareable<T: Send + Sync + Clone + 'static>() {}
    is_shareable::<Classifier>();
    is_shareable::<Scratch>();
    is_shareable::<Model>();
    is_shareable::<ModelError>();
    is_shareable::<Explanation>();
    is_shareable::<Verdict>();
};

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " \n\t ",
        "\0",
        "\0\0a\0b\0",
        OTP,
        SCAM,
        "see you at 8",
        "🎁🎁🎁",
        "👨\u{200D}👩\u{200D}👧 won a 🎁",
        "Dein Paket wartet: bezahle 1,99 € auf post-zoll.top",
        "您的验证码是 482913，请勿泄露给他人。",
        "\u{202E}\u{FEFF}\u{200B}",
        "p a y p a l раypal acc0unt Ｐay",
        "e\u{301}\u{301}\u{301}",
    ]
    .map(String::from)
    .into();
    texts.push(format!("Z{}", "\u{301}".repeat(1_000_000)));
    texts.push("Your parcel is held, pay the fee at post-fee.top now. ".repeat(190_000));
    texts.push("\0".repeat(100_000));
    texts.push("x".repeat(100_000));
    texts
}

fn is_on_boundaries(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|part| !part.is_empty())
}

/// The parts of an explanation sum to the log-odds, and stand in the text.
fn explains(classifier: &Classifier, message: Message<'_>) {
    let text = message.text();
    let shown = || text.chars().take(80).collect::<String>();
    let explanation = classifier.explain(message);
    let verdict = explanation.verdict();
    assert_eq!(verdict, classifier.classify(message), "{:?}", shown());
    let logit = f64::from(verdict.logit());
    let sum: f64 = explanation.contributions().map(f64::from).sum();
    assert!(
        (sum - logit).abs() <= 1e-4 * logit.abs().max(1.0),
        "{sum} for {logit}: {:?}",
        shown()
    );
    for signal in explanation.signals() {
        let span = signal.span.as_ref();
        assert!(
            span.is_none_or(|span| is_on_boundaries(text, span)),
            "{signal:?}: {:?}",
            shown()
        );
    }
    let mut end = 0;
    for part in explanation.spans() {
        assert!(
            is_on_boundaries(text, &part.span) && part.span.start >= end,
            "{part:?}: {:?}",
            shown()
        );
        assert!(
            part.contribution.is_finite() && part.contribution != 0.0,
            "{part:?}: {:?}",
            shown()
        );
        end = part.span.end;
    }
    let weights: Vec<f32> = explanation
        .signals()
        .iter()
        .map(|signal| signal.contribution.abs())
        .collect();
    assert!(weights.is_sorted_by(|a, b| a >= b), "strongest first: {weights:?}");
    for reason in explanation.reasons() {
        assert_eq!(
            reason.contribution > 0.0,
            verdict.label().is_bad(),
            "{reason:?}: {:?}",
            shown()
        );
    }
}

fn is_sound(verdict: Verdict) {
    let probabilities = verdict.probabilities();
    let (ham, spam, smishing) = (probabilities.ham(), probabilities.spam(), probabilities.smishing());
    for probability in [ham, spam, smishing.unwrap_or(0.0), verdict.score()] {
        assert!((0.0..=1.0).contains(&probability), "{verdict:?}");
    }
    assert!((ham + spam + smishing.unwrap_or(0.0) - 1.0).abs() < 1e-6, "{verdict:?}");
    assert!(verdict.logit().is_finite(), "{verdict:?}");
    let score = 1.0 / (1.0 + f64::from(-verdict.logit()).exp());
    assert!((f64::from(verdict.score()) - score).abs() < 1e-6, "{verdict:?}");
}

#[test]
fn the_two_messages_that_it_all_started_from() {
    assert_eq!(BUNDLED.classify(OTP).label(), Label::Ham);
    assert_eq!(BUNDLED.classify(SCAM).label(), Label::Smishing);
}

#[test]
fn all_ways_to_classify_agree() {
    let texts = texts();
    let mut scratch = Scratch::default();
    let all: Vec<Verdict> = BUNDLED.classify_all(&texts).collect();
    assert_eq!(all.len(), texts.len());
    for (text, from_all) in texts.iter().zip(all) {
        let verdict = BUNDLED.classify(text);
        let shown: String = text.chars().take(80).collect();
        is_sound(verdict);
        assert_eq!(verdict, BUNDLED.classify_with(&mut scratch, text), "{shown:?}");
        assert_eq!(verdict, from_all, "{shown:?}");
        explains(&BUNDLED, Message::new(text));
    }
}

#[test]
fn threads_share_a_classifier() {
    let expected = BUNDLED.classify(SCAM);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(BUNDLED.classify(SCAM), expected)));
        }
    });
}

#[test]
fn senders_that_are_blank_are_unknown() {
    let message = Message::new(SCAM);
    for blank in ["", " ", "\t\n"] {
        assert_eq!(BUNDLED.classify(message.with_sender(blank)), BUNDLED.classify(message));
    }
}

#[test]
fn a_lower_rate_flags_no_more() {
    let rates: Vec<f32> = MODEL
        .parts()
        .thresholds
        .by_false_positive_rate
        .iter()
        .map(|at| at.rate)
        .collect();
    assert!(!rates.is_empty());
    let asked = rates.iter().flat_map(|rate| [*rate, rate * 1.01]).chain([0.99]);
    let mut last = 0;
    for rate in asked {
        let classifier = BUNDLED.clone().with_policy(Policy::MaxFalsePositiveRate(rate)).unwrap();
        let flagged = graded_texts()
            .iter()
            .filter(|text| classifier.classify(*text).label().is_bad())
            .count();
        assert!(flagged >= last, "{rate}: {flagged} after {last}");
        last = flagged;
    }
    assert!(last > 0);
}

/// From a plain scam towards a plain chat, word by word.
fn graded_texts() -> Vec<String> {
    let scam: Vec<&str> = SCAM.split(' ').collect();
    let chat: Vec<&str> = "ok see you at eight then, bring the blue bag and your sister"
        .split(' ')
        .collect();
    (0..=scam.len())
        .flat_map(|bad| (0..=chat.len()).map(move |good| (bad, good)))
        .map(|(bad, good)| [&scam[scam.len() - bad..], &chat[..good]].concat().join(" "))
        .collect()
}

#[test]
fn rates_that_no_threshold_was_measured_for() {
    for rate in [0.0, -1.0, 1e-9, f32::NAN, f32::NEG_INFINITY] {
        let error = BUNDLED
            .clone()
            .with_policy(Policy::MaxFalsePositiveRate(rate))
            .unwrap_err();
        assert!(error.to_string().contains("false-positive rate"), "{error}");
    }
    let mut parts = common::small_parts();
    parts.thresholds.by_false_positive_rate.clear();
    let classifier = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    assert!(classifier.with_policy(Policy::MaxFalsePositiveRate(0.5)).is_err());
}

#[test]
fn thresholds_decide_from_their_own_value_on() {
    let logit = Classifier::new(&common::small_model()).unwrap().classify(SCAM).logit();
    let label = |policy: Policy, shift: f32| {
        let mut parts = common::small_parts();
        parts.thresholds.balanced = logit + shift;
        parts.thresholds.unsure = (logit + shift, logit + shift + 1.0);
        let classifier = Classifier::new(&Model::new(parts).unwrap()).unwrap();
        classifier.with_policy(policy).unwrap().classify(SCAM).label()
    };
    assert!(label(Policy::Balanced, 0.0).is_bad());
    assert_eq!(label(Policy::Balanced, 0.01), Label::Ham);
    assert_eq!(label(Policy::Abstaining, 0.01), Label::Ham);
    assert_eq!(label(Policy::Abstaining, 0.0), Label::Unsure);
    assert_eq!(label(Policy::Abstaining, -0.99), Label::Unsure);
    assert!(label(Policy::Abstaining, -1.01).is_bad());
}

/// Oracle: Bayes' rule, in the odds of Elkan 2001 and Saerens et al. 2002.
#[test]
fn another_prior_changes_the_probabilities_by_bayes_rule() {
    let trained = f64::from(MODEL.parts().prior);
    for share in [0.13, 0.01, 0.001, 1e-6, 0.999] {
        let prior = Prior::new(share).unwrap();
        let classifier = BUNDLED.clone().with_prior(prior);
        let share = f64::from(share);
        for text in graded_texts() {
            let (before, after) = (BUNDLED.classify(&text), classifier.classify(&text));
            is_sound(after);
            let odds = f64::from(before.logit()).exp() * (share / (1.0 - share)) * ((1.0 - trained) / trained);
            let expected = odds / (1.0 + odds);
            assert!(
                (f64::from(after.score()) - expected).abs() < 1e-5,
                "{share} {after:?} {expected}"
            );
            assert!((f64::from(after.logit()) - odds.ln()).abs() < 1e-4, "{share} {after:?}");
            // Which share of the bad is smishing stays.
            let smishing = |verdict: Verdict| verdict.probabilities().smishing().unwrap() / verdict.score();
            assert!((smishing(after) - smishing(before)).abs() < 1e-4, "{share} {after:?}");
        }
        explains(&classifier, Message::new(SCAM));
        // The last one counts; that of training changes nothing.
        assert_eq!(
            BUNDLED
                .clone()
                .with_prior(Prior::new(0.5).unwrap())
                .with_prior(prior)
                .classify(SCAM),
            classifier.classify(SCAM)
        );
        let back = classifier.with_prior(Prior::new(MODEL.parts().prior).unwrap());
        assert_eq!(back.classify(SCAM), BUNDLED.classify(SCAM));
    }
}

#[test]
fn another_prior_changes_no_label_and_no_kind() {
    let mut policies = vec![Policy::Balanced, Policy::Abstaining];
    let rates = MODEL.parts().thresholds.by_false_positive_rate.iter();
    policies.extend(rates.map(|at| Policy::MaxFalsePositiveRate(at.rate)));
    let mut seen = HashSet::new();
    for policy in policies {
        let classifier = BUNDLED.clone().with_policy(policy).unwrap();
        for share in [0.9, 0.01, 0.0001] {
            let rare = classifier.clone().with_prior(Prior::new(share).unwrap());
            for text in graded_texts() {
                let label = classifier.classify(&text).label();
                assert_eq!(rare.classify(&text).label(), label, "{policy:?} {share} {text}");
                assert_eq!(rare.kinds(&text), classifier.kinds(&text));
                seen.insert(label);
            }
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn priors_are_shares() {
    for share in [0.0, 1.0, -0.5, 13.0, f32::NAN, f32::INFINITY] {
        assert!(Prior::new(share).is_err(), "{share}");
    }
    for text in ["", "1 %", "one", "0", "1.0", "NaN"] {
        let error = text.parse::<Prior>().unwrap_err().to_string();
        assert!(error.contains("above 0 and below 1"), "{text} {error}");
    }
    assert_eq!("1e-3".parse(), Prior::new(0.001));
}

#[test]
fn the_bundled_model_can_be_in_doubt() {
    let abstaining = BUNDLED.clone().with_policy(Policy::Abstaining).unwrap();
    let labels: Vec<Label> = graded_texts()
        .iter()
        .map(|text| abstaining.classify(text).label())
        .collect();
    assert!(labels.contains(&Label::Unsure));
    assert!(labels.contains(&Label::Ham) && labels.iter().any(|label| label.is_bad()));
}

#[test]
fn a_model_of_two_classes_knows_no_smishing() {
    let mut parts = common::small_parts();
    parts.smishing = None;
    parts.thresholds.balanced = -50.0;
    let classifier = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    for text in texts() {
        let verdict = classifier.classify(&text);
        is_sound(verdict);
        assert_eq!(verdict.probabilities().smishing(), None);
        assert_eq!(verdict.label(), Label::Spam);
    }
}

#[test]
fn unknown_signals_weigh_nothing() {
    let mut parts = common::small_parts();
    let before = Classifier::new(&Model::new(parts.clone()).unwrap()).unwrap();
    parts.bad.signals.retain(|(id, _)| id != "no.such_signal");
    let after = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    assert_eq!(before.classify(SCAM), after.classify(SCAM));
}

#[test]
fn the_largest_weights_allowed_stay_finite() {
    let mut parts = common::small_parts();
    for head in [Some(&mut parts.bad), parts.smishing.as_mut()].into_iter().flatten() {
        (head.intercept, head.scale, head.offset) = (1e6, 1e6, 1e6);
        head.ngrams = Weights::quantize(&vec![3e6; head.ngrams.len()]);
        head.signals.iter_mut().for_each(|(_, weight)| *weight = 1e6);
    }
    let kinds = parts.kinds.as_mut().unwrap();
    kinds.temperature = 1e-3;
    for (class, weight) in kinds.classes.iter_mut().zip([3e6, -3e6, 3e6]) {
        class.prefixes = Weights::quantize(&vec![weight; class.prefixes.len()]);
        class.signals.fill(1e6);
    }
    let classifier = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    for text in texts() {
        is_sound(classifier.classify(&text));
        explains(&classifier, Message::new(&text));
        if let Some(kinds) = classifier.kinds(&text) {
            let sum: f32 = kinds.top(3).map(|(_, probability)| probability).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{kinds:?}");
        }
    }
}

/// Kinds and probabilities by their definition, in alphabetical order of the kinds.
fn slow_kinds(head: &KindHead, message: Message<'_>) -> Vec<(Kind, f64)> {
    let mut extractor = Extractor::default();
    extractor.read(&message);
    let mut prefixes = Vec::new();
    extractor.for_each_word_prefix(|prefix| prefixes.push(prefix));
    let present: Vec<usize> = (0..head.vocabulary.len())
        .filter(|&at| prefixes.contains(&head.vocabulary[at]))
        .collect();
    let scale = 1.0 / (present.len().max(1) as f64).sqrt();
    let signals: Vec<&str> = extractor.signals().iter().map(Signal::id).collect();
    let logits: Vec<(Kind, f64)> = head
        .classes
        .iter()
        .filter_map(|class| {
            let words = present.iter().map(|&at| f64::from(class.prefixes.get(at).unwrap()));
            let found = head.signals.iter().zip(&class.signals);
            let found = found.filter(|(id, _)| signals.contains(&id.as_str()));
            let logit = f64::from(class.intercept)
                + scale * words.sum::<f64>()
                + found.map(|(_, weight)| f64::from(*weight)).sum::<f64>();
            Some((class.kind.parse().ok()?, logit / f64::from(head.temperature)))
        })
        .collect();
    let sum: f64 = logits.iter().map(|(_, logit)| logit.exp()).sum();
    logits
        .into_iter()
        .map(|(kind, logit)| (kind, logit.exp() / sum))
        .collect()
}

/// Kinds are told of flagged messages only, in order, as defined, and the one that is named agrees with the verdict.
fn tells_kinds(classifier: &Classifier, head: &KindHead, message: Message<'_>) {
    let verdict = classifier.classify(message);
    let kinds = classifier.kinds(message);
    assert_eq!(kinds.is_some(), verdict.label().is_bad());
    assert_eq!(classifier.explain(message).kinds(), kinds.as_ref());
    let Some(kinds) = kinds else { return };
    let ranked: Vec<(Kind, f32)> = kinds.top(usize::MAX).collect();
    assert!(ranked.is_sorted_by(|a, b| a.1 >= b.1), "{ranked:?}");
    let mut sorted = ranked.clone();
    sorted.sort_by_key(|(kind, _)| kind.as_str());
    let expected = slow_kinds(head, message);
    assert_eq!(sorted.len(), expected.len());
    for ((kind, probability), (of, exact)) in sorted.iter().zip(&expected) {
        assert_eq!(kind, of);
        assert!(
            (f64::from(*probability) - exact).abs() < 1e-4,
            "{kind}: {probability} {exact}"
        );
    }
    assert_eq!(kinds.top(1).collect::<Vec<_>>(), ranked[..1]);
    let (first, probability) = ranked[0];
    let agrees = verdict.probabilities().smishing().is_none() || first.label() == verdict.label();
    let named = agrees && probability >= head.other_below;
    assert_eq!(kinds.likely(), named.then_some(first));
}

#[test]
fn kinds_by_their_definition() {
    let small = common::small_parts();
    let mut parts = small.clone();
    parts.thresholds.balanced = -50.0;
    let all = Classifier::new(&Model::new(parts.clone()).unwrap()).unwrap();
    parts.smishing = None;
    let two_classes = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    let mut named = Vec::new();
    for text in texts().iter().filter(|text| text.len() < 10_000) {
        let message = Message::new(text).with_sender("AMAZON");
        tells_kinds(&BUNDLED, &BUNDLED_KINDS, message);
        for classifier in [&all, &two_classes] {
            tells_kinds(classifier, small.kinds.as_ref().unwrap(), message);
            named.push(classifier.kinds(message).unwrap().likely());
        }
    }
    assert!(named.contains(&None) && named.iter().any(Option::is_some), "{named:?}");
}

#[test]
fn the_bundled_model_tells_kinds() {
    assert_eq!(BUNDLED_KINDS.classes.len(), Kind::ALL.len());
    let likely = |text| BUNDLED.kinds(text).unwrap().likely();
    assert_eq!(
        likely("USPS: your package is on hold, pay the redelivery fee at post-fee.top"),
        Some(Kind::DeliveryFee)
    );
    assert_eq!(
        likely("Hi mum, I dropped my phone, text me on my new number asap, need to pay a bill urgently"),
        Some(Kind::Family)
    );
    assert_eq!(BUNDLED.kinds(OTP), None);
}

#[test]
fn a_model_without_kinds_tells_none() {
    let mut parts = common::small_parts();
    parts.thresholds.balanced = -50.0;
    parts.kinds = None;
    let classifier = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    assert!(classifier.classify(SCAM).label().is_bad());
    assert_eq!(classifier.kinds(SCAM), None);
    assert_eq!(classifier.explain(SCAM).kinds(), None);
}

/// Of a model made by a later version, all of them may be.
#[test]
fn unknown_kinds_are_skipped() {
    let mut parts = common::small_parts();
    parts.thresholds.balanced = -50.0;
    for (class, name) in parts.kinds.as_mut().unwrap().classes.iter_mut().zip(["a", "b", "c"]) {
        class.kind = name.into();
    }
    let classifier = Classifier::new(&Model::new(parts).unwrap()).unwrap();
    let kinds = classifier.kinds(SCAM).unwrap();
    assert_eq!((kinds.top(3).count(), kinds.likely()), (0, None));
}

/// On real messages, where the corpora are present (their text stays out of the project).
#[test]
fn explanations_of_real_messages_sum_up() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    if !corpora.exists() {
        println!("skipped: no corpora");
        return;
    }
    let mut rows = 0;
    for folder in ["train", "dev"] {
        for entry in std::fs::read_dir(corpora.join(folder)).unwrap() {
            let file = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for line in file.lines() {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                explains(&BUNDLED, Message::new(row["text"].as_str().unwrap()));
                rows += 1;
            }
        }
    }
    assert!(rows > 40_000, "{rows}");
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&[
            "code", "send", " ", "\n", ".", "Amazon", "amaz0n-secure.top", "p a y p a l", "раypal", "\u{301}",
            "\u{200B}", "①", "ß", "ﬁ", "🎁", "验证码", "인증번호", "+44 7700 900123", "$4.50", "never share", "\0",
        ][..]).prop_map(String::from),
        1 => "\\PC{0,8}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn any_message(text in any_text(), sender in "[+0-9A-Za-z@. -]{0,12}") {
        let message = Message::new(&text).with_sender(&sender);
        is_sound(BUNDLED.classify(message));
        explains(&BUNDLED, message);
        tells_kinds(&BUNDLED, &BUNDLED_KINDS, message);
        for part in BUNDLED.explain(message).spans() {
            let wide: Vec<u16> = text.encode_utf16().collect();
            let span = utf16_span(&text, &part.span).unwrap();
            prop_assert_eq!(String::from_utf16(&wide[span]).unwrap(), &text[part.span.clone()]);
        }
    }
}
