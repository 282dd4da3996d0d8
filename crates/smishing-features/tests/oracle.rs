//! The library against the plain implementation in `reference`, over generated texts; and what holds for any text.
#![allow(clippy::unwrap_used, missing_docs)]
mod reference;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use reference::{Folds, Normalized};
use smishing_features::{Buckets, Extractor, Message, NormalizedText, Signal, SignalSet, words};
use std::collections::BTreeSet;
use std::ops::Range;

const PIECES: &[&str] = &[
    // Words, and what leet, spaced letters and mixed scripts are made of.
    "a",
    "b",
    "x",
    "pay",
    "code",
    "Amazon",
    "acc",
    "ount",
    "PASS",
    "0",
    "1",
    "3",
    "4",
    "5",
    "7",
    "@",
    "$",
    "00",
    "482913",
    "2",
    "9",
    "don't",
    "3.14",
    "1,000",
    // Separators and signs.
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "\u{0}",
    ".",
    "-",
    "_",
    "*",
    "/",
    ":",
    "#",
    "?",
    "!",
    ",",
    ";",
    "'",
    "(",
    "[",
    "€",
    // Disguises and sentences of them.
    "p a y p a l",
    "w-a-l-l-e-t",
    "s.e.n.d",
    "acc0unt",
    "p@$$word",
    "раypal",
    "ЅВЕRВАNК",
    "αmazοn",
    "ցօօցlе",
    "я",
    "а",
    "ж",
    "ї",
    "Ω",
    "ß",
    "ﬁ",
    "½",
    "①",
    "🅰",
    "Ｐ",
    "𝓪",
    "É",
    "e\u{301}",
    "\u{301}",
    "\u{308}",
    "\u{34F}",
    "\u{200B}",
    "\u{200D}",
    "\u{AD}",
    "\u{FEFF}",
    "\u{FE0F}",
    "\u{A0}",
    "\u{3000}",
    "\u{85}",
    "\u{2028}",
    "\u{E0041}",
    // Links, mail, numbers.
    "http://",
    "hxxps://",
    "amaz0n-secure.top/a1",
    "bit.ly/3xY",
    "jo@mail.org",
    "@site.com #123456",
    "+44 7700 900123",
    "xx1234",
    "$45.20",
    "10.0.0.1",
    // Other scripts.
    "验证码",
    "是",
    "コード",
    "ﾊﾟ",
    "인증번호",
    "کد",
    "می\u{200C}خواهم",
    "नमस्ते",
    "ไทย",
    "ə",
    "🎁",
    "👨\u{200D}👩",
    "🇬🇧",
    "“",
    "…",
    "–",
    "•",
    "´",
    "′",
    "ﷺ",
    "㎏",
    "㌔",
    // What the lexicon knows.
    "send",
    "do not share",
    "your account is locked",
    "click here",
    "call",
    "reply STOP",
    "gift card",
    "you won",
];

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => select(PIECES).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]{0,6}",
        1 => "[a-d0-57@$ ._*-]{1,9}",
        1 => "[аосрех]{0,3}[a-c]{0,2}",
        1 => "[\u{80}-\u{24F}\u{370}-\u{587}\u{2000}-\u{2BFF}\u{3000}-\u{30FF}\u{FE00}-\u{FFEF}]{1,3}",
    ];
    prop_oneof![
        6 => vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        2 => "[ -~\n]{0,120}",
        1 => "[a-c0-57@$ ._*-]{0,24}",
        1 => "\\PC{0,40}",
    ]
}

fn folds_of(text: &NormalizedText) -> Folds {
    let folds = text.folds();
    Folds {
        invisible: folds.invisible,
        styled: folds.styled,
        marks: folds.marks,
        confusable: folds.confusable,
        leet: folds.leet,
        spaced: folds.spaced,
    }
}

fn tracked(text: &str) -> NormalizedText {
    let mut normalized = NormalizedText::default();
    normalized.fold_tracked(text);
    normalized
}

fn normalize(text: &str) -> String {
    NormalizedText::from(text).into()
}

fn normalizes_as_the_reference(text: &str) {
    let (ours, expected) = (NormalizedText::from(text), Normalized::of(text));
    assert_eq!(ours.as_str(), expected.text(), "{text:?}");
    assert_eq!(folds_of(&ours), expected.folds, "{text:?}");
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list
}

fn is_on_boundaries(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|part| !part.is_empty())
}

/// All that the extractor tells of a message.
#[derive(Debug, PartialEq)]
struct Reading {
    text: String,
    folds: smishing_features::Folds,
    signals: Vec<Signal>,
    buckets: Vec<usize>,
}

fn read(extractor: &mut Extractor, message: &Message<'_>, bits: u8) -> Reading {
    extractor.read(message);
    let mut buckets = Vec::new();
    extractor.for_each_bucket(Buckets::new(bits).unwrap(), |bucket| buckets.push(bucket));
    Reading {
        text: extractor.text().into(),
        folds: extractor.folds(),
        signals: extractor.signals().iter().collect(),
        buckets,
    }
}

fn prefixes(extractor: &mut Extractor) -> Vec<u16> {
    let mut prefixes = Vec::new();
    extractor.for_each_word_prefix(|prefix| prefixes.push(prefix));
    prefixes
}

#[test]
fn every_character_alone_and_between_letters() {
    for character in '\0'..=char::MAX {
        normalizes_as_the_reference(character.encode_utf8(&mut [0; 4]));
        if (character as u32) < 0x3_0000 {
            normalizes_as_the_reference(&format!("a{character}b {character}"));
        }
    }
}

#[test]
fn every_short_text_of_the_bytes_that_the_disguises_turn_on() {
    let alphabet = ["a", "b", "0", "$", " ", "-", ".", "\u{430}", "\u{436}"];
    let mut text = String::new();
    for len in 0..=5_u32 {
        for mut number in 0..alphabet.len().pow(len) {
            text.clear();
            for _ in 0..len {
                text += alphabet[number % alphabet.len()];
                number /= alphabet.len();
            }
            normalizes_as_the_reference(&text);
        }
    }
}

/// Where a disguise stands says nothing about whether it is one: another disguise in the message changes nothing.
#[test]
fn disguises_are_undone_whatever_else_the_message_holds() {
    for word in [
        "abcd000e",
        "a1b",
        "ab1c",
        "order1000units",
        "pa$$word",
        "a-b-c-d",
        "a b c",
        "раy",
        "x0000abcdefg",
    ] {
        let alone = normalize(word);
        for other in ["h3llo", "p a y p a l", "раypal"] {
            assert_eq!(
                normalize(&format!("{word}, {other}")),
                format!("{alone}, {}", normalize(other)),
                "{word:?} beside {other:?}"
            );
        }
    }
}

/// Marks, invisible characters, case, widths and white space need one pass. Not so two disguises in one word: once
/// the Cyrillic letters of `раypa1l` are Latin, a second pass would read its digit as leet.
#[test]
fn two_disguises_in_one_word_take_two_passes() {
    assert_eq!(normalize("раypa1l"), "paypa1l");
    assert_eq!(normalize("paypa1l"), "paypail");
}

#[test]
fn normalising_a_character_again_changes_nothing() {
    for character in '\0'..=char::MAX {
        let once = normalize(character.encode_utf8(&mut [0; 4]));
        assert_eq!(normalize(&once), once, "{character:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn normalised_text_and_folds(text in any_text()) {
        normalizes_as_the_reference(&text);
        let tracked = tracked(&text);
        let untracked = NormalizedText::from(text.as_str());
        prop_assert_eq!(tracked.as_str(), untracked.as_str());
        prop_assert_eq!(tracked.folds(), untracked.folds());
    }

    #[test]
    fn offsets(text in any_text(), a in 0_usize..80, b in 0_usize..80) {
        let (ours, expected) = (tracked(&text), Normalized::of(&text));
        let len = ours.as_bytes().len();
        for at in 0..len {
            prop_assert_eq!(ours.original_span(at..at + 1), expected.original_span(at..at + 1));
        }
        for span in [a..b, 0..len, a.min(len)..len, len..len + 1] {
            let found = ours.original_span(span.clone());
            prop_assert_eq!(&found, &expected.original_span(span));
            if let Some(found) = found {
                prop_assert!(is_on_boundaries(&text, &found), "{:?}", found);
            }
        }
        prop_assert_eq!(NormalizedText::from(text.as_str()).original_span(0..1), None, "offsets were not tracked");
    }

    #[test]
    fn words_are_those_of_unicode(text in any_text()) {
        prop_assert_eq!(words(&text).collect::<Vec<_>>(), reference::words(&text));
        let normalized = normalize(&text);
        prop_assert_eq!(words(&normalized).collect::<Vec<_>>(), reference::words(&normalized));
    }

    #[test]
    fn buckets(text in any_text(), bits in Buckets::MIN_BITS..=Buckets::MAX_BITS) {
        let found = read(&mut Extractor::default(), &Message::new(&text), bits).buckets;
        let distinct: BTreeSet<usize> = found.iter().copied().collect();
        prop_assert_eq!(distinct.len(), found.len(), "a bucket was emitted twice");
        prop_assert_eq!(distinct, reference::buckets(&Normalized::of(&text).text(), bits));
    }

    #[test]
    fn word_prefixes(text in any_text(), bits in select(&[8_u8, 14, 22][..])) {
        let mut extractor = Extractor::default();
        let message = Message::new(&text);
        let before = read(&mut extractor, &message, bits);
        let found = prefixes(&mut extractor);
        let distinct: BTreeSet<u16> = found.iter().copied().collect();
        prop_assert_eq!(distinct.len(), found.len(), "a prefix was emitted twice");
        prop_assert_eq!(distinct, reference::word_prefixes(&Normalized::of(&text).text()));
        prop_assert_eq!(prefixes(&mut extractor), found);
        prop_assert_eq!(read(&mut extractor, &message, bits), before, "the buffers are shared");
    }

    #[test]
    fn occurrences_and_their_places(text in any_text(), bits in select(&[8_u8, 14, 22][..])) {
        let mut extractor = Extractor::default();
        extractor.read_tracked(&Message::new(&text));
        let mut found = Vec::new();
        extractor.for_each_occurrence(Buckets::new(bits).unwrap(), |bucket, span| {
            found.push((bucket, span.start, span.end));
        });
        let normalized = Normalized::of(&text);
        let expected = reference::ngrams(&normalized.text())
            .into_iter()
            .map(|(hash, span)| (reference::bucket(hash, bits), normalized.original_span(span).unwrap()))
            .map(|(bucket, span)| (bucket, span.start, span.end))
            .collect();
        prop_assert_eq!(sorted(found), sorted(expected));
    }

    #[test]
    fn signals_have_places_in_the_text(text in any_text(), sender in proptest::option::of("[+0-9A-Za-z@ .-]{0,12}")) {
        let message = Message::new(&text).with_sender(sender.as_deref().unwrap_or_default());
        let mut extractor = Extractor::default();
        extractor.read_tracked(&message);
        let spans: Vec<_> = extractor.findings().map(|found| (found.signal, found.span)).collect();
        prop_assert_eq!(spans.iter().map(|found| found.0).collect::<BTreeSet<_>>().len(), spans.len());
        prop_assert_eq!(spans.iter().map(|found| found.0).collect::<SignalSet>(), extractor.signals());
        for (signal, span) in &spans {
            let of_characters = matches!(signal, Signal::Invisible | Signal::Styled | Signal::Marks);
            let has_place = !of_characters && !signal.id().starts_with("sender.");
            prop_assert_eq!(span.is_some(), has_place, "{:?}", signal);
            if let Some(span) = span {
                prop_assert!(is_on_boundaries(&text, span), "{:?} {:?}", signal, span);
            }
        }
    }

    #[test]
    fn reading_depends_on_the_message_alone(texts in vec(any_text(), 1..5), tracked in any::<bool>()) {
        let mut used = Extractor::default();
        for text in &texts {
            let message = Message::new(text).with_sender("AMAZON");
            let first = read(&mut used, &message, 12);
            prop_assert_eq!(&first, &read(&mut Extractor::default(), &message, 12));
            if tracked {
                used.read_tracked(&message);
                prop_assert_eq!(used.text(), &first.text);
                prop_assert_eq!(used.signals().iter().collect::<Vec<_>>(), first.signals);
            }
        }
    }

    #[test]
    fn normalising_again_changes_nothing(text in any_text()) {
        let once = NormalizedText::from(text.as_str());
        // See `two_disguises_in_one_word_take_two_passes`.
        if once.folds().confusable == 0 {
            prop_assert_eq!(normalize(once.as_str()), once.as_str());
        }
    }

    #[test]
    fn invisible_characters_between_letters_change_nothing(word in "[a-z]{1,12}", at in 0_usize..12) {
        let at = at.min(word.len());
        for invisible in ["\u{200B}", "\u{AD}", "\u{FEFF}", "\u{2060}", "\u{301}"] {
            prop_assert_eq!(normalize(&format!("{}{invisible}{}", &word[..at], &word[at..])), word.as_str());
        }
    }
}

/// Texts that cost quadratic time as soon as one step looks back or ahead without a bound. There is no clock here: at
/// a megabyte and more, such a step takes minutes.
#[test]
fn hostile_texts_take_linear_time() {
    let mut extractor = Extractor::default();
    let buckets = Buckets::new(14).unwrap();
    for (name, text) in hostile_texts() {
        let message = Message::new(&text);
        extractor.read_tracked(&message);
        let mut distinct = 0;
        extractor.for_each_bucket(buckets, |_| distinct += 1);
        assert!(distinct <= buckets.count(), "{name}");
        extractor.for_each_occurrence(buckets, |_, span| assert!(span.end <= text.len(), "{name}"));
        assert!(prefixes(&mut extractor).len() <= 1 << 16, "{name}");
        for (signal, span) in extractor.findings().map(|found| (found.signal, found.span)) {
            assert!(
                span.is_none_or(|span| is_on_boundaries(&text, &span)),
                "{name}: {signal:?}"
            );
        }
    }
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn hostile_texts() -> Vec<(&'static str, String)> {
    /// About a megabyte of `part`, so that no quadratic step goes unnoticed.
    fn megabyte_of(part: &str) -> String {
        part.repeat(1_000_000 / part.len())
    }
    vec![
        ("dots", ".".repeat(100_000)),
        ("a million marks", format!("a{}", "\u{301}".repeat(1_000_000))),
        (
            "marks of another script",
            format!("\u{5D0}{}", "\u{5B0}".repeat(1_000_000)),
        ),
        (
            "letters with many marks",
            format!("a{}", "\u{301}".repeat(1_000)).repeat(500),
        ),
        (
            "ten megabytes",
            "Your parcel is held, pay the fee at post-fee.top now. ".repeat(190_000),
        ),
        (
            "nested brackets",
            format!("{}{}", "([{<".repeat(50_000), ">}])".repeat(50_000)),
        ),
        (
            "ten thousand links",
            "http://login.amaz0n-secure.top/a?b=c#d ".repeat(10_000),
        ),
        (
            "ten thousand links without end",
            "amazon.com.verify-id.xyz/".repeat(10_000),
        ),
        ("one long word", megabyte_of("a")),
        ("one long word with marks in it", megabyte_of("a\u{308}:")),
        ("one long leet word", megabyte_of("a0b")),
        ("one long number", megabyte_of("1")),
        ("one long telephone number", megabyte_of("12 ")),
        ("one long amount", megabyte_of("$1,")),
        ("one long spaced word", megabyte_of("a ")),
        ("spaced words that end too early", megabyte_of("a b c dog ")),
        ("masks", megabyte_of("*-x")),
        ("mail addresses without end", megabyte_of("a+a@")),
        ("codes bound to nothing", megabyte_of("@a #1234 ")),
        ("joiners", megabyte_of("\u{1F468}\u{200D}")),
        ("flags", megabyte_of("\u{1F1EC}\u{1F1E7}")),
        ("quotes between Hebrew letters", megabyte_of("\u{5D0}\"")),
        ("one long Hangul word", megabyte_of("인증번호입력")),
        ("Hangul that asks and forbids", megabyte_of("인증번호보내지마세요")),
        ("one long Katakana word", megabyte_of("コード")),
        ("ideographs", megabyte_of("请勿发送验证码")),
        ("a sentence of verbs", format!("{}code never", megabyte_of("send "))),
        ("a sentence of verbs that stand negated", megabyte_of("never send ")),
        (
            "a sentence of foreign negations",
            format!("{}code nicht", megabyte_of("senden ")),
        ),
        (
            "requests before many shorteners",
            format!("{}{}", "open. ".repeat(80_000), megabyte_of("bit.ly ")),
        ),
        (
            "requests before many addresses",
            format!("{}{}", "open. ".repeat(80_000), megabyte_of("a@b.com ")),
        ),
        (
            "calls after many numbers",
            format!("{}{}", megabyte_of("+44 7700 900123, "), "call. ".repeat(80_000)),
        ),
        (
            "ten thousand unknown links in a long text",
            format!(
                "{}{}",
                "brightwell dental ".repeat(60_000),
                "brightwell-dental.co.uk/r ".repeat(10_000)
            ),
        ),
        (
            "ten thousand unknown links before a long text",
            format!(
                "{}{}",
                "brightwell-dental.co.uk/r ".repeat(10_000),
                megabyte_of("pay the brightwell fee ")
            ),
        ),
        (
            "an unknown link between long words",
            format!("{0} {0}.com/{0} {0}", "a".repeat(60)) + &megabyte_of("aaaa "),
        ),
        ("one long random path", format!("brightwell.com/{}", megabyte_of("k8"))),
        (
            "a path of many parts",
            format!("brightwell.com/{}", megabyte_of("wlpx/")),
        ),
        ("signs inside words", "a_b#c".repeat(20_000)),
        ("signs inside words of links", megabyte_of("a.com/a_b#c ")),
        ("signs beside words", megabyte_of("a_ #b ")),
        ("times of day", megabyte_of("10:42 ")),
        (
            "a transaction among times of day",
            format!("$5 debited {}", megabyte_of("1:4:")),
        ),
        (
            "transactions without account and time",
            format!("$5 {}", megabyte_of("debited: ")),
        ),
        (
            "calls before many codes",
            format!("{}{}", "call. ".repeat(80_000), megabyte_of("1234, ")),
        ),
    ]
}
