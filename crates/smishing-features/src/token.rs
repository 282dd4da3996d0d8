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
        Kind::Ascii { text, at: 0 }
    } else {
        Kind::Unicode(text.unicode_word_indices())
    })
}

/// Iterator over words and their byte offsets; made by [`words`].
#[derive(Debug)]
pub struct Words<'a>(Kind<'a>);

#[derive(Debug)]
enum Kind<'a> {
    Ascii { text: &'a str, at: usize },
    Unicode(UnicodeWordIndices<'a>),
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Kind::Ascii { text, at } => {
                let word = next_ascii_word(text.as_bytes(), *at)?;
                *at = word.end;
                Some((word.start, &text[word]))
            }
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

/// Word-break classes of ASCII (UAX #29, table 3).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Other,
    Letter,
    Digit,
    /// `_`, which joins words without being one.
    Extend,
    /// Joins letters on both sides.
    MidLetter,
    /// Joins digits on both sides.
    MidNumber,
    /// Joins either.
    MidBoth,
}

const CLASS: [Class; 256] = {
    let mut class = [Class::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        class[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Extend,
            b':' => Class::MidLetter,
            b',' | b';' => Class::MidNumber,
            b'.' | b'\'' => Class::MidBoth,
            _ => Class::Other,
        };
        byte += 1;
    }
    class
};

#[inline]
fn class_at(bytes: &[u8], at: usize) -> Class {
    bytes.get(at).map_or(Class::Other, |&byte| CLASS[usize::from(byte)])
}

fn next_ascii_word(bytes: &[u8], mut at: usize) -> Option<Range<usize>> {
    use Class::{Digit, Extend, Letter, MidBoth, MidLetter, MidNumber};
    loop {
        while !matches!(class_at(bytes, at), Letter | Digit | Extend) {
            at += 1;
            if at >= bytes.len() {
                return None;
            }
        }
        let start = at;
        let mut has_alphanumeric = false;
        loop {
            let class = class_at(bytes, at);
            has_alphanumeric |= class != Extend;
            at += 1;
            match (class, class_at(bytes, at)) {
                (_, Letter | Digit | Extend) => {}
                (Letter, MidLetter | MidBoth) if class_at(bytes, at + 1) == Letter => at += 1,
                (Digit, MidNumber | MidBoth) if class_at(bytes, at + 1) == Digit => at += 1,
                _ => break,
            }
        }
        if has_alphanumeric {
            return Some(start..at);
        }
    }
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
    }
}
