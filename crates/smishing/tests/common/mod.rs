//! A small model that the tests of several files share.
use smishing::{Buckets, Head, KindClass, KindHead, Model, ModelParts, RateThreshold, Thresholds, Weights};

/// Of both signs, and different from one bucket to the next.
fn weights(seed: u32) -> Vec<f32> {
    (0..256_u32)
        .map(|bucket| ((bucket * 37 + seed) % 101) as f32 / 64.0 - 0.75)
        .collect()
}

/// Hash of "code".
const CODE_PREFIX: u16 = 2469;

/// Three classes, one of them unknown; one word prefix that the tests' messages have, and others.
fn kind_head() -> KindHead {
    let vocabulary = vec![0, 1, CODE_PREFIX, u16::MAX];
    let class = |kind: &str, seed: usize| KindClass {
        kind: kind.into(),
        intercept: -1.5,
        prefixes: Weights::quantize(&weights(seed as u32)[..vocabulary.len()]),
        signals: vec![0.5, -0.25, seed as f32],
    };
    KindHead {
        classes: vec![
            class("code_theft", 2),
            class("marketing", 11),
            class("no_such_kind", 19),
        ],
        vocabulary,
        signals: vec!["ask.code".into(), "link.lookalike".into(), "no.such_signal".into()],
        temperature: 0.75,
        other_below: 0.5,
    }
}

/// Parts of every kind: two heads, a kind head, signals known and unknown, several thresholds, a card that is not ASCII.
pub(crate) fn small_parts() -> ModelParts {
    let head = |seed: u32| Head {
        intercept: -0.5,
        ngrams: Weights::quantize(&weights(seed)),
        signals: vec![
            ("ask.code".into(), 2.5),
            ("link.lookalike".into(), 3.0),
            ("no.such_signal".into(), 9.0),
            ("trust.do_not_share".into(), -1.5),
        ],
        scale: 1.25,
        offset: -0.125,
    };
    ModelParts {
        buckets: Buckets::new(8).unwrap(),
        bad: head(0),
        smishing: Some(head(53)),
        kinds: Some(kind_head()),
        prior: 0.375,
        thresholds: Thresholds {
            balanced: 0.25,
            unsure: (-1.0, 1.5),
            by_false_positive_rate: vec![
                RateThreshold {
                    rate: 0.001,
                    logit: 4.0,
                },
                RateThreshold { rate: 0.01, logit: 2.0 },
                RateThreshold { rate: 0.05, logit: 0.5 },
            ],
        },
        card: r#"{"name":"test model, naïve"}"#.into(),
    }
}

pub(crate) fn small_model() -> Model {
    Model::new(small_parts()).unwrap()
}
