//! Which features a model was trained on.
use crate::{Extractor, Message, hash, normalize};

/// Texts that every rule of the normaliser, the tokeniser and the n-gram emitter leaves its mark on.
const PROBES: [&str; 8] = [
    "",
    "Your code is 482913.\r\n\r\nNever  share it_with a.b,c d'e 1,5;6 x:y",
    "V3rify acc0unt p@ssw0rd pa$$word p@$$word order1000units at amaz0n-secure.top/a1b2 now!",
    "p a y p a l and w-a-l-l-e-t, a b c",
    "\u{FF30}\u{0430}\u{0443}pal и Сбербанк, ΑΒΓ mixed\u{0430}\u{0431}",
    "co\u{200B}de Z\u{308}\u{301}algo ① é ß ﬁ €5 “q” – …",
    "验证码是 1234。コード 確認 인증번호를 입력하세요",
    "\u{645}\u{200C}\u{631} \u{1F468}\u{200D}\u{1F469} \u{0}",
];

/// Identifies what the n-gram buckets and the hashes of word beginnings mean: a model only runs on the features it was trained with.
///
/// Derived, never numbered by hand: from the normaliser's character tables and from what the emitter makes of probe
/// texts. Signals are not part of it: models carry their ids, so that a model outlives the addition of signals, and
/// brand tables can be brought up to date under it. It takes some microseconds to compute.
///
/// ```
/// assert_eq!(smishing_features::schema_hash(), smishing_features::schema_hash());
/// ```
#[must_use]
pub fn schema_hash() -> u64 {
    let mut schema = normalize::FINGERPRINT;
    let mut extractor = Extractor::default();
    for probe in PROBES {
        extractor.read(&Message::new(probe));
        extractor.for_each_ngram(|ngram, _| schema = hash::pair(schema, ngram));
        extractor.for_each_word_prefix(|prefix| schema = hash::pair(schema, u64::from(prefix)));
    }
    schema
}
