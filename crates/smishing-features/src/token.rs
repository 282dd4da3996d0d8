//! Words by UAX #29, with a fast path for ASCII that gives the same ones.
use core::ops::Range;
use unicode_segmentation::{UnicodeSegmentation, UnicodeWordIndices};

/// Words of `text` by Unicode's word boundaries (UAX #29), without spaces and punctuation, and where they are.
///
/// Equal to `unicode_segmentation::UnicodeSegmentation::unicode_word_indices`, several times faster on ASCII.
///
/// ```
/// let words: Vec<&str> = smishing_features::words("don't pay $1,000.50 at amaz0n-secure.top")
///     .map(|(_, word)| word)
///     .collect();
/// assert_eq!(words, ["don't", "pay", "1,000.50", "at", "amaz0n", "secure.top"]);
/// ```
#[must_use]
pub fn words(text: &str) -> Words<'_> {
    Words(if text.is_ascii() {
        Kind::Ascii(AsciiWords::new(text))
    } else {
        Kind::Unicode(text.unicode_word_indices())
    })
}

/// Iterator over words and their byte offsets; made by [`words`].
#[derive(Debug)]
pub struct Words<'a>(Kind<'a>);

#[derive(Debug)]
enum Kind<'a> {
    Ascii(AsciiWords<'a>),
    Unicode(UnicodeWordIndices<'a>),
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Kind::Ascii(words) => words.next(),
            Kind::Unicode(words) => words.next(),
        }
    }
}

/// A word of the normalised text.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) span: Range<usize>,
    /// Of its bytes as they are; the n-grams fold digits first.
    pub(crate) hash: u64,
}

/// Words of ASCII, 64 bytes at a time: which bytes belong to words is a matter of bit arithmetic, without a branch a byte.
#[derive(Debug)]
struct AsciiWords<'a> {
    text: &'a str,
    /// Where the block of bytes starts that `inside` is about.
    block: usize,
    /// Bit n: byte `block + n` belongs to a word that was not given out yet.
    inside: u64,
}

impl<'a> AsciiWords<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            block: 0,
            inside: inside_words(text.as_bytes(), 0),
        }
    }

    /// The next run of bytes inside words.
    #[inline]
    fn next_run(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        while self.inside == 0 {
            self.block += BLOCK;
            if self.block >= bytes.len() {
                return None;
            }
            self.inside = inside_words(bytes, self.block);
        }
        let first = self.inside.trailing_zeros();
        let start = self.block + first as usize;
        let mut len = (self.inside >> first).trailing_ones();
        let mut end = start + len as usize;
        // As long as the run reaches the end of its block.
        while end == self.block + BLOCK && end < bytes.len() {
            self.block += BLOCK;
            self.inside = inside_words(bytes, self.block);
            len = self.inside.trailing_ones();
            end += len as usize;
        }
        self.inside &= u64::MAX.checked_shl((end - self.block) as u32).unwrap_or(0);
        Some(start..end)
    }
}

impl<'a> Iterator for AsciiWords<'a> {
    type Item = (usize, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let word = self.next_run()?;
            // Underscores join words and are none.
            let text = &self.text[word.clone()];
            if text.bytes().any(|byte| byte != b'_') {
                return Some((word.start, text));
            }
        }
    }
}

const BLOCK: usize = 64;

/// Word-break classes of ASCII (UAX #29, table 3), one bit each.
mod class {
    pub(super) const LETTER: u8 = 1;
    pub(super) const DIGIT: u8 = 1 << 1;
    /// `_`, which joins words without being one.
    pub(super) const EXTEND: u8 = 1 << 2;
    /// Joins letters on both sides.
    pub(super) const MID_LETTER: u8 = 1 << 3;
    /// Joins digits on both sides.
    pub(super) const MID_NUMBER: u8 = 1 << 4;
}

const CLASS: [u8; 256] = {
    use class::{DIGIT, EXTEND, LETTER, MID_LETTER, MID_NUMBER};
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        class[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'_' => EXTEND,
            b':' => MID_LETTER,
            b',' | b';' => MID_NUMBER,
            b'.' | b'\'' => MID_LETTER | MID_NUMBER,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// Bit n: byte `block + n` of ASCII text belongs to a word.
fn inside_words(bytes: &[u8], block: usize) -> u64 {
    let class_of = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .map_or(0, |&byte| CLASS[usize::from(byte)])
    };
    let (mut letters, mut digits, mut extend, mut mid_letter, mut mid_number) = (0_u64, 0, 0, 0, 0);
    let rest = &bytes[block.min(bytes.len())..];
    for (step, eight) in rest[..rest.len().min(BLOCK)].chunks(8).enumerate() {
        let mut classes = [0; 8];
        for (class, &byte) in classes.iter_mut().zip(eight) {
            *class = CLASS[usize::from(byte)];
        }
        let bits = transposed(u64::from_le_bytes(classes));
        let place = |class: u8| (bits >> (8 * class.trailing_zeros()) & 0xFF) << (8 * step);
        letters |= place(class::LETTER);
        digits |= place(class::DIGIT);
        extend |= place(class::EXTEND);
        mid_letter |= place(class::MID_LETTER);
        mid_number |= place(class::MID_NUMBER);
    }
    let before = class_of(block.checked_sub(1));
    let after = class_of(Some(block + BLOCK));
    // A joint between two of the same kind, also across the ends of the block.
    let joined = |joints: u64, kind: u64, class: u8| {
        let left = kind << 1 | u64::from(before & class != 0);
        let right = kind >> 1 | u64::from(after & class != 0) << (BLOCK - 1);
        joints & left & right
    };
    letters | digits | extend | joined(mid_letter, letters, class::LETTER) | joined(mid_number, digits, class::DIGIT)
}

/// Bit k of byte i becomes bit i of byte k (Warren, Hacker's Delight, 7-3).
const fn transposed(mut bits: u64) -> u64 {
    let mut swap = (bits ^ (bits >> 7)) & 0x00AA_00AA_00AA_00AA;
    bits ^= swap ^ (swap << 7);
    swap = (bits ^ (bits >> 14)) & 0x0000_CCCC_0000_CCCC;
    bits ^= swap ^ (swap << 14);
    swap = (bits ^ (bits >> 28)) & 0x0000_0000_F0F0_F0F0;
    bits ^ swap ^ (swap << 28)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::String, vec::Vec};
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
        fn any_ascii_text(text in "[ -~\r\n\t]{0,80}") {
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
