//! Words and phrases of the lexicon, and brands, in a message.
use crate::class::Classes;
use crate::hash;
use crate::link::{Brand, Link};
use crate::scan::first_where;
use crate::script::is_unspaced;
use crate::tables::PHRASES;
use crate::token::Token;
use alloc::vec::Vec;
use core::ops::Range;

/// Words of the longest phrase that is looked up.
pub(crate) const PHRASE_WORDS: usize = 3;

/// A word or phrase of the lexicon, as found.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) span: Range<usize>,
    pub(crate) classes: Classes,
    /// Number of the term's first word in the message, for distances.
    pub(crate) word: usize,
    sentence: usize,
}

/// The terms and brands of a message, in buffers that are reused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    terms: Vec<Term>,
    brands: Vec<(Brand, Range<usize>)>,
}

impl Terms {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter()
    }

    /// The terms of each sentence that has any.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = &[Term]> {
        self.terms.chunk_by(|a, b| a.sentence == b.sentence)
    }

    pub(crate) fn speak_of(&self, class: Classes) -> bool {
        self.terms.iter().any(|term| term.classes.has(class))
    }

    /// The last term that ends at `at` or before it.
    pub(crate) fn last_before(&self, at: usize) -> Option<&Term> {
        self.terms[..self.terms.partition_point(|term| term.span.end <= at)].last()
    }

    pub(crate) fn brands(&self) -> &[(Brand, Range<usize>)] {
        &self.brands
    }

    /// Looks up words, pairs and triples of words outside links, and all stretches of up to four letters in unspaced scripts.
    pub(crate) fn find(&mut self, text: &[u8], tokens: &[Token], links: &[Link]) {
        self.terms.clear();
        self.brands.clear();
        let colons = first_where(text, |byte| byte == b':').is_some();
        let mut sentence = 0;
        let mut links = links.iter().peekable();
        let mut previous: [Option<&Token>; 2] = [None, None];
        let mut end = 0;
        for (word, token) in tokens.iter().enumerate() {
            while links.next_if(|link| link.span.end <= token.span.start).is_some() {}
            let between = &text[end..token.span.start];
            // Nearly always a space alone.
            if !matches!(between, [b' ']) && ends_sentence(between) {
                sentence += 1;
                previous = [None, None];
            }
            end = token.span.end;
            if links.peek().is_some_and(|link| link.span.start < token.span.end) {
                previous = [None, None];
                continue;
            }
            if is_unspaced_at(text, token.span.start) {
                self.find_unspaced(text, token, word, sentence);
                previous = [None, None];
                continue;
            }
            self.look_up(token.hash, token.span.clone(), word, sentence);
            if colons {
                self.look_up_parts(text, token, word, sentence);
            }
            if let [_, Some(last)] = previous {
                let pair = hash::pair(last.hash, token.hash);
                self.look_up(pair, last.span.start..token.span.end, word - 1, sentence);
                if let [Some(first), _] = previous {
                    let triple = hash::pair(hash::pair(first.hash, last.hash), token.hash);
                    self.look_up(triple, first.span.start..token.span.end, word - 2, sentence);
                }
            }
            previous = [previous[1], Some(token)];
        }
    }

    /// UAX #29 joins letters around a colon: "alert:citibank" is one word, and two to people.
    fn look_up_parts(&mut self, text: &[u8], token: &Token, word: usize, sentence: usize) {
        let bytes = &text[token.span.clone()];
        if !bytes.contains(&b':') {
            return;
        }
        let mut start = token.span.start;
        for part in bytes.split(|&byte| byte == b':') {
            self.look_up(hash::word(part), start..start + part.len(), word, sentence);
            start += part.len() + 1;
        }
    }

    fn find_unspaced(&mut self, text: &[u8], token: &Token, word: usize, sentence: usize) {
        /// Longest phrase, and bytes of a letter.
        const LETTERS: usize = 4;
        const WIDTH: usize = 3;
        /// Longer words are none; all terms of a word stand at the same distance from all others.
        const WORD_LETTERS: usize = 64;
        // UAX #29 makes each ideograph a word and each Hangul word one: start at every letter of the token.
        for start in token.span.clone().step_by(WIDTH).take(WORD_LETTERS) {
            let rest = &text[start..text.len().min(start + LETTERS * WIDTH)];
            for len in (WIDTH..=rest.len()).step_by(WIDTH) {
                if !is_unspaced_at(rest, len - WIDTH) {
                    break;
                }
                self.look_up(hash::word(&rest[..len]), start..start + len, word, sentence);
            }
        }
    }

    #[inline]
    fn look_up(&mut self, hash: u64, span: Range<usize>, word: usize, sentence: usize) {
        let Some((classes, brand)) = PHRASES.get(hash) else {
            return;
        };
        if classes != 0 {
            self.terms.push(Term {
                span: span.clone(),
                classes: Classes(classes),
                word,
                sentence,
            });
        }
        if let Some(brand) = Brand::from_table(brand) {
            self.brands.push((brand, span));
        }
    }
}

/// Whether what stands between two words ends a sentence; a full stop only before white space.
pub(crate) fn ends_sentence(between: &[u8]) -> bool {
    between.iter().enumerate().any(|(at, byte)| match byte {
        b'!' | b'?' | b'\n' | b';' => true,
        b'.' => matches!(between.get(at + 1), None | Some(b' ' | b'\n')),
        // U+3002 ideographic full stop, U+0964 danda, U+061F Arabic question mark.
        0xE3 => between[at..].starts_with("。".as_bytes()),
        0xE0 => between[at..].starts_with("।".as_bytes()),
        0xD8 => between[at..].starts_with("؟".as_bytes()),
        _ => false,
    })
}

/// Whether a letter of an unspaced script stands at `at`; all of them take three bytes, the first from 0xE3 on.
fn is_unspaced_at(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|&lead| lead >= 0xE3)
        && text
            .get(at..at + 3)
            .and_then(|letter| core::str::from_utf8(letter).ok())
            .is_some_and(|letter| letter.chars().all(is_unspaced))
}
