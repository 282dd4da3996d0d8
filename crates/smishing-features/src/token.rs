//! Words by UAX #29, with a fast path for texts of ASCII and currency signs that gives the same ones.
use crate::hash;
use crate::marks::{BLOCK, Kind, Marks};
use crate::normalize::NormalizedText;
use alloc::vec::Vec;
use core::ops::Range;
use unicode_segmentation::{UnicodeSegmentation, UnicodeWordIndices};

/// Words of `text` by Unicode's word boundaries (UAX #29), without spaces and punctuation, and where they are.
///
/// Equal to `unicode_segmentation::UnicodeSegmentation::unicode_word_indices`, several times faster on ASCII and currency signs.
///
/// ```
/// let words: Vec<&str> = smishing_features::words("don't pay $1,000.50 at amaz0n-secure.top")
///     .map(|(_, word)| word)
///     .collect();
/// assert_eq!(words, ["don't", "pay", "1,000.50", "at", "amaz0n", "secure.top"]);
/// ```
#[must_use]
pub fn words(text: &str) -> Words<'_> {
    Words(if is_simple(text) {
        Way::Simple(SimpleWords::new(text))
    } else {
        Way::Unicode(text.unicode_word_indices())
    })
}

/// Iterator over words and their byte offsets; made by [`words`].
#[derive(Debug)]
pub struct Words<'a>(Way<'a>);

#[derive(Debug)]
enum Way<'a> {
    Simple(SimpleWords<'a>),
    Unicode(UnicodeWordIndices<'a>),
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Way::Simple(words) => words.next(),
            Way::Unicode(words) => words.next(),
        }
    }
}

/// A word of the normalised text.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) span: Range<usize>,
    /// Of its bytes as they are; the n-grams fold digits first.
    pub(crate) hash: u64,
    pub(crate) has_digit: bool,
    /// Whether it may hold something other than letters and digits.
    pub(crate) has_joint: bool,
}

/// The words of a normalised text.
pub(crate) fn read_tokens(text: &NormalizedText, tokens: &mut Vec<Token>) {
    tokens.clear();
    let (bytes, marks) = (text.as_bytes(), text.marks());
    // Only outside ASCII does it matter that the bytes are UTF-8, which takes time to check.
    if bytes.is_ascii() || is_simple(text.as_str()) {
        let mut runs = Runs::new(marks);
        while let Some(run) = runs.next(marks) {
            tokens.push(Token {
                hash: hash::word_at(bytes, &run.span),
                span: run.span,
                has_digit: run.has_digit,
                has_joint: run.has_joint,
            });
        }
    } else {
        tokens.extend(text.as_str().unicode_word_indices().map(|(start, word)| Token {
            span: start..start + word.len(),
            hash: hash::word(word.as_bytes()),
            has_digit: word.bytes().any(|byte| byte.is_ascii_digit()),
            has_joint: true,
        }));
    }
}

/// Whether a text holds nothing that belongs to words or joins them outside ASCII: currency signs do neither, and many texts
/// hold nothing else.
fn is_simple(text: &str) -> bool {
    text.is_ascii()
        || text
            .chars()
            .all(|letter| matches!(letter, '\0'..='\x7F' | '£' | '¥' | '\u{20A0}'..='\u{20CF}'))
}

#[derive(Debug)]
struct SimpleWords<'a> {
    text: &'a str,
    marks: Marks,
    runs: Runs,
}

impl<'a> SimpleWords<'a> {
    fn new(text: &'a str) -> Self {
        let marks = Marks::of(text.as_bytes());
        Self {
            text,
            runs: Runs::new(&marks),
            marks,
        }
    }
}

impl<'a> Iterator for SimpleWords<'a> {
    type Item = (usize, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let span = self.runs.next(&self.marks)?.span;
        Some((span.start, &self.text[span]))
    }
}

/// A word of a simple text.
struct Run {
    span: Range<usize>,
    has_digit: bool,
    has_joint: bool,
}

/// Words of a simple text, 64 bytes at a time: which bytes belong to words is a matter of bit arithmetic, without a branch a byte.
#[derive(Debug, Default)]
struct Runs {
    block: usize,
    /// Bit n: byte n of the block belongs to a word that was not given out yet.
    inside: u64,
    digits: u64,
    letters_and_digits: u64,
}

impl Runs {
    fn new(marks: &Marks) -> Self {
        let mut runs = Self::default();
        runs.enter(marks, 0);
        runs
    }

    #[inline]
    fn enter(&mut self, marks: &Marks, block: usize) {
        let digits = marks.at(block, Kind::Digit);
        *self = Self {
            block,
            inside: inside_words(marks, block),
            digits,
            letters_and_digits: digits | marks.at(block, Kind::Letter),
        };
    }

    #[inline]
    fn next(&mut self, marks: &Marks) -> Option<Run> {
        loop {
            while self.inside == 0 {
                if self.block + 1 >= marks.blocks() {
                    return None;
                }
                self.enter(marks, self.block + 1);
            }
            let start = self.block * BLOCK + self.inside.trailing_zeros() as usize;
            let mut end;
            let (mut digits, mut joints, mut others) = (0, 0, 0);
            loop {
                let bits = self.take_lowest_run();
                end = (self.block + 1) * BLOCK - bits.leading_zeros() as usize;
                digits |= bits & self.digits;
                others |= bits & self.letters_and_digits;
                joints |= bits & !self.letters_and_digits;
                if !end.is_multiple_of(BLOCK) {
                    break;
                }
                self.enter(marks, self.block + 1);
                if self.inside & 1 == 0 {
                    break;
                }
            }
            // Underscores join words and are none.
            if others != 0 {
                return Some(Run {
                    span: start..end,
                    has_digit: digits != 0,
                    has_joint: joints != 0,
                });
            }
        }
    }

    /// Adding one to the lowest bit of a run carries through it.
    #[inline]
    fn take_lowest_run(&mut self) -> u64 {
        let carried = self.inside.wrapping_add(self.inside & self.inside.wrapping_neg());
        let run = self.inside & !carried;
        self.inside &= carried;
        run
    }
}

/// Bit n: byte n of the block of a simple text belongs to a word.
#[inline]
fn inside_words(marks: &Marks, block: usize) -> u64 {
    use Kind::{Digit, FullStop, Letter, MidLetter, MidNumber, Underscore};
    // A joint between two of the same kind.
    let joined = |joint: Kind, kind: Kind| {
        (marks.at(block, joint) | marks.at(block, FullStop)) & marks.before(block, kind) & marks.after(block, 1, kind)
    };
    marks.at(block, Letter)
        | marks.at(block, Digit)
        | marks.at(block, Underscore)
        | joined(MidLetter, Letter)
        | joined(MidNumber, Digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use proptest::prelude::*;

    fn same_as_unicode_segmentation(text: &str) {
        let ours: Vec<_> = words(text).collect();
        let theirs: Vec<_> = text.unicode_word_indices().collect();
        assert_eq!(ours, theirs, "{text:?}");
    }

    #[test]
    fn every_short_ascii_text_of_the_interesting_bytes() {
        let alphabet = b"aZ09_:,;.' -@\n";
        for len in 0..=5_u32 {
            for mut number in 0..alphabet.len().pow(len) {
                let text: String = (0..len)
                    .map(|_| {
                        let byte = alphabet[number % alphabet.len()];
                        number /= alphabet.len();
                        byte as char
                    })
                    .collect();
                same_as_unicode_segmentation(&text);
            }
        }
    }

    proptest! {
        #[test]
        fn any_simple_text(text in "[ -~\r\n\t]{0,80}", prices in "[ab1_.,:' £¥\u{20A0}-\u{20CF}]{0,80}") {
            same_as_unicode_segmentation(&prices);
            same_as_unicode_segmentation(&text);
        }

        /// Long words, and joints at the ends of blocks.
        #[test]
        fn longer_than_a_block(text in "[ab1_.,:' ]{100,300}", long in "[a1_.]{60,200}") {
            same_as_unicode_segmentation(&text);
            same_as_unicode_segmentation(&long);
        }
    }
}
