//! What is allocated: nothing per message once warm, and never more than a file's length justifies.
#![allow(clippy::unwrap_used, missing_docs)]
mod common;
#[path = "common/frame.rs"]
mod frame;

use allocation_counter::measure;
use common::small_model;
use frame::{HEADER, framed, payload, refit};
use proptest::prelude::*;
use smishing::{Classifier, Message, Model, Scratch};

/// Up to 2 KB, of every kind that takes a path of its own.
fn texts() -> Vec<String> {
    let part =
        "Amazon: call +44 7700 900123, c0nfirm the code 482913 at amaz0n-secure.top, never share it. p a y p a l! ";
    let wide = "раypal é \u{200B}Ｐ 验证码是 1234 인증번호 🎁 nicht weitergeben; ";
    vec![
        String::new(),
        "ok".into(),
        part.into(),
        wide.into(),
        part.repeat(2_048 / part.len()),
        wide.repeat(2_048 / wide.len()),
        "a.co ".repeat(400),
        "send code 1234. ".repeat(128),
        "\u{301}".repeat(1_024),
        ".".repeat(2_048),
    ]
}

/// The pieces that scanners look for, in scripts of every path.
const PIECES: [&str; 32] = [
    "http://203.0.113.7:8080/x?y=1 ",
    "hxxps://post-fee[.]top ",
    "bit.ly/x1 ",
    "me@shop.example ",
    "amazon dot com ",
    "amaz0n-secure.top/a/b ",
    "\u{440}\u{430}ypal.example ",
    "code ",
    "482913 ",
    "£1,000.50 ",
    "₹938 ",
    "XX3173 ",
    "*141# ",
    "+44 7700 900123 ",
    "p a y p a l ",
    "v3r1fy ",
    "a_b ",
    "t.me ",
    "PayPal ",
    "send ",
    "never ",
    "share! ",
    "验证码 ",
    "인증번호입력 ",
    "รหัส ",
    "आपका कोड ",
    "كود ",
    "\u{200B}",
    "\u{301}",
    "\u{1D5EE}",
    "🎁",
    "\n",
];

fn of_pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..400).prop_map(|pieces| {
        let mut text = pieces.concat();
        while text.len() > 2_048 {
            text.pop();
        }
        text
    })
}

proptest! {
    #[test]
    fn nothing_is_allocated_for_any_text(text in prop_oneof![of_pieces(), "\\PC{0,500}", "[ -~]{0,2048}"]) {
        let classifier = Classifier::bundled();
        let message = Message::new(&text).with_sender("AMAZON");
        // A new one: what earlier texts left room for would hide that a buffer still grows.
        let mut scratch = Scratch::default();
        let first = classifier.classify_with(&mut scratch, message);
        let mut again = first;
        let used = measure(|| again = classifier.classify_with(&mut scratch, message));
        prop_assert_eq!((used.count_total, again), (0, first));
    }
}

#[test]
fn classifying_allocates_nothing_once_warm() {
    let classifier = Classifier::bundled();
    let texts = texts();
    assert!(texts.iter().all(|text| text.len() <= 2_048));
    let mut scratch = Scratch::default();
    let mut classify_all = |texts: &[String]| {
        for text in texts {
            let message = Message::new(text).with_sender("AMAZON");
            let verdict = classifier.classify(message);
            assert_eq!(classifier.classify_with(&mut scratch, message), verdict);
        }
    };
    classify_all(&texts);
    let again = measure(|| classify_all(&texts));
    assert_eq!((again.count_total, again.bytes_total), (0, 0), "{again:?}");
}

#[test]
fn the_counter_counts() {
    let counted = measure(|| drop(std::hint::black_box(vec![0_u8; 4_096])));
    assert_eq!((counted.count_total, counted.bytes_max), (1, 4_096));
}

/// Loading may hold the weights, the card and the ids once more beside the file; a list grows by doubling.
fn loads_in_proportion(file: &[u8], what: &str) {
    let used = measure(|| drop(std::hint::black_box(Model::from_bytes(file))));
    let limit = 8 * file.len() as u64 + 4_096;
    assert!(
        used.bytes_max <= limit,
        "{what}: {} bytes for {}",
        used.bytes_max,
        file.len()
    );
}

#[test]
fn loading_takes_a_small_multiple_of_the_file() {
    loads_in_proportion(&small_model().to_bytes(), "small model");
    let bundled = include_bytes!("../../../models/bundled.smsh");
    loads_in_proportion(bundled, "bundled model");
}

#[test]
fn lying_lengths_are_not_believed() {
    let file = small_model().to_bytes();
    // Every place in the payload is a length at some offset: lists, text, blocks.
    for at in HEADER..file.len() - 4 {
        for lie in [1_u64 << 20, 1 << 32, 1 << 62, u64::MAX] {
            let mut lying = file.clone();
            let end = (at + 8).min(file.len() - 4);
            lying[at..end].copy_from_slice(&lie.to_le_bytes()[..end - at]);
            refit(&mut lying);
            loads_in_proportion(&lying, "changed length");
        }
    }
    let mut lying = file.clone();
    lying[16..HEADER].fill(0xFF);
    loads_in_proportion(&lying, "payload length");
    // Bits, intercept, scale and offset come first; signals of no letters take 12 bytes each in the file and more in memory.
    let start = &payload(&file)[..13];
    let many = [start, &1_000_000_u64.to_le_bytes(), &vec![0; 12 * 100_000]].concat();
    loads_in_proportion(&framed(&many), "very many signals");
    // Of the kind head, the vocabulary comes first, then lists of names.
    let mut parts = small_model().parts().clone();
    parts.kinds = None;
    let without = Model::new(parts).unwrap().to_bytes();
    let start = payload(&without).strip_suffix(b"\0").unwrap();
    let no_vocabulary = [start, b"\x01", &[0; 8]].concat();
    let many = [&no_vocabulary, &1_000_000_u64.to_le_bytes()[..], &vec![0; 8 * 100_000]].concat();
    loads_in_proportion(&framed(&many), "very many signals of kinds");
    let count = 100_000_u64.to_le_bytes();
    let many = [&no_vocabulary, &[0; 8][..], &count, &vec![0; 16 * 100_000], &[0; 24]].concat();
    loads_in_proportion(&framed(&many), "very many kinds");
}
