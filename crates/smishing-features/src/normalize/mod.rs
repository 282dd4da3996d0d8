//! Text as the features see it: one case, one width, no disguises.
//!
//! The rules, in order (`tests/reference` spells them out as plainly as possible and is the property tests' oracle):
//!
//! 1. **Characters.** Compatibility forms (full-width, circled, mathematical ...), accents and case are folded by
//!    a frozen table; invisible characters and combining marks disappear; controls and all kinds of space become a
//!    space, line breaks a line feed; runs of white space become one (a line feed if they hold one), none at the ends.
//!    Digits stay: hosts need them. The n-grams fold them to one class later.
//! 2. **Words that mix scripts.** In a word with Latin letters, Greek, Cyrillic and Armenian letters that look Latin
//!    become so, if all of its foreign letters do. Words of one script stay: folding them would destroy real Russian.
//! 3. **Leet.** In a word outside links, of three letters or more, digits and signs *between letters* that stand for
//!    letters become them, if all of them do, letters are in the majority, no three digits stand in a row (those
//!    are a number) and the result can be pronounced: `acc0unt`, `p@$$word`, not `order1000units`, not `agj5arwekjd`.
//! 4. **Spaced words.** Four or more single letters with the same separator between them become one word: `p a y p a l`.
//!
//! What was folded is evidence of its own ([`Folds`]).
use crate::marks::{Kind, Marks};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

mod confusable;
mod fold_table;
#[allow(clippy::unreadable_literal, reason = "tables for machines")]
mod generated;

use confusable::{is_confusable_script, latin_twin};
use generated::{KEYS, POOL, TARGETS};

/// Hash of the character tables.
pub(crate) const FINGERPRINT: u64 = {
    let mut hash = crate::hash::word(POOL.as_bytes());
    let mut index = 0;
    while index < KEYS.len() {
        hash = crate::hash::pair(hash, (KEYS[index] as u64) << 32 | TARGETS[index] as u64);
        index += 1;
    }
    hash
};

/// How often each disguise was undone in a message: people rarely write so, filters' enemies do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Folds {
    /// Invisible characters that followed a Latin letter (zero-width joiners are ordinary in Persian and in emoji).
    pub invisible: u32,
    /// Letters and digits in decorative forms: full-width, circled, mathematical.
    pub styled: u32,
    /// Combining marks stacked on one another.
    pub marks: u32,
    /// Letters of another script that imitated Latin ones.
    pub confusable: u32,
    /// Digits and signs that stood for letters.
    pub leet: u32,
    /// Words whose letters had been set apart.
    pub spaced: u32,
}

/// Where in the normalised text the first word of each disguise stands that hides a whole word; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unmasked {
    pub(crate) confusable: Range<usize>,
    pub(crate) leet: Range<usize>,
    pub(crate) spaced: Range<usize>,
}

/// A normalised message in a buffer that is reused from one message to the next.
///
/// ```
/// use smishing_features::NormalizedText;
/// let mut text = NormalizedText::default();
/// text.fold("Votre  CODE\u{200B}: Ｐауpal acc0unt");
/// assert_eq!(text.as_str(), "votre code: paypal account");
/// assert_eq!(text.folds().confusable, 2);
/// assert_eq!(text.folds().leet, 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct NormalizedText {
    /// Valid UTF-8.
    bytes: Vec<u8>,
    marks: Marks,
    /// For each byte, where in the original its character starts; empty unless tracked.
    starts: Vec<usize>,
    /// Without white space at the end.
    original_len: usize,
    folds: Folds,
    unmasked: Unmasked,
    spare_bytes: Vec<u8>,
    spare_starts: Vec<usize>,
}

impl NormalizedText {
    /// Normalises `text`, forgetting what was there before; takes linear time and, once warm, no allocation.
    pub fn fold(&mut self, text: &str) {
        self.run::<false>(text);
    }

    /// As [`fold`](Self::fold), and remembers where each byte came from, for [`original_span`](Self::original_span).
    pub fn fold_tracked(&mut self, text: &str) {
        self.run::<true>(text);
    }

    /// The normalised text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The buffer only ever receives whole characters; the check costs nanoseconds and keeps the crate free of unsafe.
        core::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// The normalised text as bytes of UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was undone.
    #[must_use]
    pub fn folds(&self) -> Folds {
        self.folds
    }

    /// Of the normalised text.
    pub(crate) fn marks(&self) -> &Marks {
        &self.marks
    }

    pub(crate) fn unmasked(&self) -> &Unmasked {
        &self.unmasked
    }

    /// The bytes of the original that `span` of the normalised text came from, on character boundaries of the original.
    ///
    /// Returns `None` where the offsets were not tracked or the span is empty or out of range.
    ///
    /// ```
    /// use smishing_features::NormalizedText;
    /// let mut text = NormalizedText::default();
    /// text.fold_tracked("Ｐауpal!");
    /// assert_eq!(text.original_span(0..6), Some(0..10));
    /// text.fold_tracked("pay now  ");
    /// assert_eq!(text.original_span(4..7), Some(4..7));
    /// ```
    #[must_use]
    pub fn original_span(&self, span: Range<usize>) -> Option<Range<usize>> {
        let start = *self.starts.get(span.start)?;
        let last = *self.starts.get(span.end.checked_sub(1)?)?;
        // Several bytes may come from one character (ß, …): the span ends where the next character starts.
        let end = self.starts[span.end..]
            .iter()
            .copied()
            .find(|&next| next > last)
            .unwrap_or(self.original_len);
        (span.start < span.end).then_some(start..end)
    }

    fn run<const TRACK: bool>(&mut self, text: &str) {
        self.bytes.clear();
        self.starts.clear();
        self.folds = Folds::default();
        self.unmasked = Unmasked::default();
        if TRACK {
            // The last span ends before the white space that rule 1 takes from the end.
            self.original_len = text
                .trim_end_matches(|letter: char| letter.is_whitespace() || letter.is_control())
                .len();
        }
        if self.fold_characters::<TRACK>(text) {
            self.undo_disguises::<TRACK>();
            self.marks.read(&self.bytes);
        }
    }

    /// Rule 1. Returns whether rules 2 to 4 may find something.
    fn fold_characters<const TRACK: bool>(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut confusable = false;
        let mut mark_run = 0_u32;
        let mut at = 0;
        loop {
            let run = ascii_run(&bytes[at..]);
            if !run.is_empty() {
                mark_run = 0;
                self.push_ascii_run::<TRACK>(run, at);
                at += run.len();
            }
            let Some(character) = text[at..].chars().next() else {
                break;
            };
            match fold_table::fold(character) {
                fold_table::Fold::Invisible => {
                    self.folds.invisible += u32::from(self.bytes.last().is_some_and(u8::is_ascii_alphabetic));
                }
                fold_table::Fold::Mark => {
                    mark_run += 1;
                    self.folds.marks += u32::from(mark_run > 1);
                }
                fold_table::Fold::Same(same) => {
                    mark_run = 0;
                    confusable |= is_confusable_script(same);
                    self.push::<TRACK>(same, at);
                }
                fold_table::Fold::To { text, styled } => {
                    mark_run = 0;
                    for to in text.chars() {
                        self.folds.styled += u32::from(styled && to.is_ascii_alphanumeric());
                        confusable |= is_confusable_script(to);
                        self.push::<TRACK>(to, at);
                    }
                }
            }
            at += character.len_utf8();
        }
        if self.bytes.last().is_some_and(|&last| last <= b' ') {
            self.bytes.pop();
            self.starts.pop();
        }
        self.marks.read(&self.bytes);
        may_be_disguised(&self.marks) || (confusable && self.bytes.iter().any(u8::is_ascii_alphabetic))
    }

    /// Appends ASCII that starts at `at` of the original, folded.
    fn push_ascii_run<const TRACK: bool>(&mut self, run: &[u8], at: usize) {
        let start = self.bytes.len();
        self.bytes.extend(run.iter().map(|&byte| fold_ascii(byte)));
        if TRACK {
            self.starts.extend(at..at + run.len());
        }
        let folded = &self.bytes[start..];
        // As if white space stood before the text: what it starts with goes.
        let after_space = start.checked_sub(1).is_none_or(|last| self.bytes[last] <= b' ');
        if after_space && folded[0] <= b' ' || has_double_space(folded) {
            self.collapse_space::<TRACK>(start);
        }
    }

    /// Makes one of each run of white space that ends at `start` or behind: a line feed if it holds one.
    fn collapse_space<const TRACK: bool>(&mut self, start: usize) {
        let mut end = start;
        for index in start..self.bytes.len() {
            let byte = self.bytes[index];
            match end.checked_sub(1) {
                None if byte <= b' ' => continue,
                Some(last) if byte <= b' ' && self.bytes[last] <= b' ' => {
                    self.bytes[last] = self.bytes[last].min(byte);
                    continue;
                }
                _ => {}
            }
            self.bytes[end] = byte;
            if TRACK {
                self.starts[end] = self.starts[index];
            }
            end += 1;
        }
        self.bytes.truncate(end);
        if TRACK {
            self.starts.truncate(end);
        }
    }

    /// Appends a folded character of the one at `at` of the original.
    fn push<const TRACK: bool>(&mut self, character: char, at: usize) {
        let start = self.bytes.len();
        self.bytes
            .extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        if TRACK {
            self.starts.resize(self.bytes.len(), at);
        }
        if matches!(character, ' ' | '\n') {
            self.collapse_space::<TRACK>(start);
        }
    }

    /// Rules 2 to 4, from a copy of `bytes`.
    fn undo_disguises<const TRACK: bool>(&mut self) {
        // Copied, not swapped: each buffer keeps its task, so that the same text never needs more room the second time.
        self.spare_bytes.clone_from(&self.bytes);
        self.spare_starts.clone_from(&self.starts);
        self.bytes.clear();
        self.starts.clear();
        let source = core::mem::take(&mut self.spare_bytes);
        let mut copied = 0;
        let mut at = 0;
        while at < source.len() {
            let after_word = at > 0 && is_word_byte(source[at - 1]);
            if let Some(letters) = (!after_word).then(|| spaced_letters(&source[at..])).flatten() {
                self.folds.spaced += 1;
                self.copy::<TRACK>(&source, copied..at);
                let start = self.bytes.len();
                for index in 0..letters {
                    self.copy::<TRACK>(&source, at + 2 * index..at + 2 * index + 1);
                }
                keep_first(&mut self.unmasked.spaced, start..self.bytes.len());
                at += 2 * letters - 1;
                copied = at;
                continue;
            }
            let word = &source[at..at + word_len(&source[at..])];
            let before = at.checked_sub(1).map(|index| source[index]);
            let after = &source[at + word.len()..];
            if all_foreign_letters_have_twins(word) {
                self.copy::<TRACK>(&source, copied..at);
                let start = self.bytes.len();
                self.folds.confusable += self.replace::<TRACK>(word, at, latin_twin);
                keep_first(&mut self.unmasked.confusable, start..self.bytes.len());
                copied = at + word.len();
            } else if is_leet(word, before, after) {
                self.copy::<TRACK>(&source, copied..at);
                let start = self.bytes.len();
                self.folds.leet += self.replace::<TRACK>(word, at, leet_letter);
                keep_first(&mut self.unmasked.leet, start..self.bytes.len());
                copied = at + word.len();
            }
            at += word.len().max(1);
        }
        self.copy::<TRACK>(&source, copied..source.len());
        self.spare_bytes = source;
    }

    fn copy<const TRACK: bool>(&mut self, source: &[u8], range: Range<usize>) {
        self.bytes.extend_from_slice(&source[range.clone()]);
        if TRACK {
            self.starts.extend_from_slice(&self.spare_starts[range]);
        }
    }

    /// Appends a word that starts at `at` of the source with the letters that `twin` has one for replaced; returns how many.
    fn replace<const TRACK: bool>(&mut self, word: &[u8], at: usize, twin: impl Fn(char) -> Option<u8>) -> u32 {
        let mut replaced = 0;
        for (inside, character) in core::str::from_utf8(word).unwrap_or_default().char_indices() {
            let from = at + inside;
            if let Some(letter) = twin(character) {
                replaced += 1;
                self.bytes.push(letter);
                if TRACK {
                    self.starts.push(self.spare_starts[from]);
                }
            } else {
                self.bytes
                    .extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                if TRACK {
                    self.starts
                        .extend_from_slice(&self.spare_starts[from..from + character.len_utf8()]);
                }
            }
        }
        replaced
    }
}

fn keep_first(place: &mut Range<usize>, found: Range<usize>) {
    if place.end == 0 {
        *place = found;
    }
}

/// The ASCII at the start of `bytes`.
#[inline]
fn ascii_run(bytes: &[u8]) -> &[u8] {
    if bytes.is_ascii() {
        return bytes;
    }
    &bytes[..bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len())]
}

/// Whether a folded text may hold words of rules 3 or 4: letters with stand-ins between them, or four single letters in a row.
fn may_be_disguised(marks: &Marks) -> bool {
    (0..marks.blocks()).any(|block| {
        let letter = |steps| marks.after(block, steps, Kind::Letter);
        let stand_in = |steps| marks.after(block, steps, Kind::Leet);
        // One stand-in, two, or three and more, of which the last letter may lie further off.
        let leet = stand_in(1) & (letter(2) | (stand_in(2) & (letter(3) | stand_in(3))));
        // Whether the same sign stands between all of them, and which, is looked at later.
        let spaced = !letter(1) & letter(2) & !letter(3) & letter(4) & !letter(5) & letter(6);
        marks.at(block, Kind::Letter) & (leet | spaced) != 0
    })
}

#[allow(
    clippy::needless_bitwise_bool,
    reason = "lazy operators branch, and vector units cannot"
)]
fn has_double_space(folded: &[u8]) -> bool {
    let mut found = false;
    for (&before, &after) in folded.iter().zip(&folded[1..]) {
        found |= (before <= b' ') & (after <= b' ');
    }
    found
}

/// Lower case, white space and controls; line ends survive as line feeds. Without branches or tables, for vector units.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "lazy operators branch, and vector units cannot"
)]
const fn fold_ascii(byte: u8) -> u8 {
    let lower = byte | ((byte.wrapping_sub(b'A') < 26) as u8) << 5;
    if (byte == b'\n') | (byte == b'\r') {
        b'\n'
    } else if (byte < b' ') | (byte == 0x7F) {
        b' '
    } else {
        lower
    }
}

/// The letter that a digit or sign stands for inside a word.
const fn leet_letter(character: char) -> Option<u8> {
    Some(match character {
        '0' => b'o',
        '1' => b'i',
        '3' => b'e',
        '4' | '@' => b'a',
        '5' | '$' => b's',
        '7' => b't',
        _ => return None,
    })
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'.' | b'-' | b'_' | b'*')
}

const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'$') || byte >= 0x80
}

/// Length of the run of Latin, Greek, Cyrillic and Armenian letters, digits and leet signs at the start of `bytes`.
fn word_len(bytes: &[u8]) -> usize {
    // The scripts in question are two bytes wide, 0xCD 0xB0 (U+0370) to 0xD6 0x87 (U+0587).
    let mut len = 0;
    while let Some(&byte) = bytes.get(len) {
        if byte.is_ascii() && is_word_byte(byte) {
            len += 1;
        } else if matches!(byte, 0xCD..=0xD6)
            && let Some(character) = bytes.get(len..len + 2).and_then(|pair| core::str::from_utf8(pair).ok())
            && character.chars().all(is_confusable_script)
        {
            len += 2;
        } else {
            break;
        }
    }
    len
}

fn all_foreign_letters_have_twins(word: &[u8]) -> bool {
    // Nearly all words; the rest takes longer.
    if word.is_ascii() {
        return false;
    }
    let mut foreign = core::str::from_utf8(word)
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_ascii());
    word.iter().any(u8::is_ascii_alphabetic) && foreign.all(|letter| latin_twin(letter).is_some())
}

/// Rule 3 for a whole word and what stands on both sides of it.
fn is_leet(word: &[u8], before: Option<u8>, after: &[u8]) -> bool {
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let stands_in = word.len() - letters;
    let ends_are_letters =
        |word: &[u8]| matches!(word, [first, .., last] if first.is_ascii_alphabetic() && last.is_ascii_alphabetic());
    stands_in > 0
        && letters >= 3
        && letters > stands_in
        && ends_are_letters(word)
        && word
            .iter()
            .all(|&byte| byte.is_ascii_alphabetic() || leet_letter(byte as char).is_some())
        && !word.windows(3).any(|three| three.iter().all(u8::is_ascii_digit))
        && is_pronounceable(word)
        && !before.is_some_and(is_link_byte)
        && !matches!(after, [joint, next, ..] if is_link_byte(*joint) && next.is_ascii_alphanumeric())
        && !matches!(after, [b'/', ..])
}

/// Whether a word of letters and their stand-ins could be one: a vowel in four letters, and at most one pair of letters
/// that words do not hold. Booking references and the hashes at the end of one-time codes have fewer vowels or more pairs.
fn is_pronounceable(word: &[u8]) -> bool {
    let letter = |byte: u8| leet_letter(byte as char).unwrap_or(byte);
    let vowels = word
        .iter()
        .filter(|&&byte| matches!(letter(byte), b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
        .count();
    let odd_pairs = word
        .windows(2)
        .filter(|pair| is_odd_pair(letter(pair[0]), letter(pair[1])))
        .count();
    4 * vowels >= word.len() && odd_pairs <= 1
}

/// Whether fewer than five words of `data/messages` in languages written in Latin letters hold `first` before `second`.
fn is_odd_pair(first: u8, second: u8) -> bool {
    /// What does not follow `a`, `b` ... `z`.
    const ODD: [&[u8]; 26] = [
        b"",
        b"cfkmnpqvwxz",
        b"bdfgmqwx",
        b"fqx",
        b"",
        b"bcdghjkmnpqvwxz",
        b"cfjqvwxz",
        b"cfgjkpqvxz",
        b"",
        b"bcfghjlmpqrtwxyz",
        b"cfgjmpqvxz",
        b"jqxz",
        b"fhjqvxz",
        b"x",
        b"",
        b"bjqvwxz",
        b"abcdefghijklmnopqrstvwxyz",
        b"x",
        b"jx",
        b"djqx",
        b"q",
        b"bcfghjklmnpqswxz",
        b"bfgjmqtuvwxz",
        b"bdfghjklmnoqrsuvwxyz",
        b"hqvxyz",
        b"bcfghjpqrtvx",
    ];
    ODD.get(usize::from(first.wrapping_sub(b'a')))
        .is_some_and(|odd| odd.contains(&second))
}

/// Signs that join the parts of links, mail addresses and file names.
const fn is_link_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'.' | b'/' | b'-' | b'_' | b'=' | b'?' | b'&' | b':' | b'#' | b'%' | b'+' | b'~'
    )
}

/// Rule 4: the number of letters, where `bytes` starts with a spaced-out word.
fn spaced_letters(bytes: &[u8]) -> Option<usize> {
    let separator = *bytes.get(1).filter(|&&byte| is_separator(byte))?;
    let mut letters = 0;
    loop {
        if !bytes.get(2 * letters)?.is_ascii_alphabetic() {
            return None;
        }
        letters += 1;
        match bytes.get(2 * letters - 1) {
            // "a b c dog": the last letter belongs to a longer word, so it is not part of this one.
            Some(&next) if is_word_byte(next) => {
                letters -= 1;
                break;
            }
            Some(&next) if next == separator && bytes.get(2 * letters).is_some_and(u8::is_ascii_alphabetic) => {}
            _ => break,
        }
    }
    (letters >= 4).then_some(letters)
}

impl From<&str> for NormalizedText {
    fn from(text: &str) -> Self {
        let mut normalized = Self::default();
        normalized.fold(text);
        normalized
    }
}

impl From<NormalizedText> for String {
    fn from(text: NormalizedText) -> Self {
        text.as_str().into()
    }
}
