//! Words and phrases of the lexicon, and brands, in a message.
use crate::class::Classes;
use crate::hash;
use crate::link::{Brand, Link};
use crate::phrase::Phrase;
use crate::script::is_unspaced;
use crate::tables::HEADS;
use crate::token::Token;
use alloc::vec::Vec;
use core::ops::Range;

/// Words of the longest phrase that is looked up.
pub(crate) const PHRASE_WORDS: usize = 3;
/// Bytes of a word that may be two with a sign between them.
const SHORTEST_JOINED: usize = 8;

/// A word or phrase of the lexicon, as found.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) span: Range<usize>,
    pub(crate) classes: Classes,
    /// Number of the term's first word in the message, for distances.
    pub(crate) word: usize,
    sentence: usize,
}

/// Phrases that the words so far may be the start of: hash and start of their words.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    pair: Option<(u64, usize)>,
    triple: Option<(u64, usize)>,
    /// Whether the pair may be the start of a triple.
    is_triple: bool,
}

/// The terms and brands of a message, in buffers that are reused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    found: Vec<Term>,
    brands: Vec<(Brand, Range<usize>)>,
}

impl Terms {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Term> {
        self.found.iter()
    }

    /// The terms of each sentence that has any.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = &[Term]> {
        self.found.chunk_by(|a, b| a.sentence == b.sentence)
    }

    pub(crate) fn speak_of(&self, class: Classes) -> bool {
        self.found.iter().any(|term| term.classes.has(class))
    }

    /// The terms that end at `at` or before it, the last one first.
    pub(crate) fn before(&self, at: usize) -> impl Iterator<Item = &Term> {
        self.found[..self.found.partition_point(|term| term.span.end <= at)]
            .iter()
            .rev()
    }

    pub(crate) fn brands(&self) -> &[(Brand, Range<usize>)] {
        &self.brands
    }

    /// Looks up words, pairs and triples of words outside links, and all stretches of up to four letters in unspaced scripts.
    pub(crate) fn find(&mut self, text: &[u8], tokens: &[Token], links: &[Link]) {
        self.found.clear();
        self.brands.clear();
        self.find_head(text, tokens);
        let mut sentence = 0;
        let mut links = links.iter().peekable();
        let mut open = Open::default();
        let mut end = 0;
        for (word, token) in tokens.iter().enumerate() {
            while links.next_if(|link| link.span.end <= token.span.start).is_some() {}
            let between = &text[end..token.span.start];
            // Nearly always a space alone.
            if !matches!(between, [b' ']) && ends_sentence(between) {
                sentence += 1;
                open = Open::default();
            }
            end = token.span.end;
            if links.peek().is_some_and(|link| link.span.start < token.span.end) {
                open = Open::default();
                continue;
            }
            if is_unspaced_at(text, token.span.start) {
                self.find_unspaced(text, token, word, sentence);
                open = Open::default();
                continue;
            }
            let words = self.look_up(token.hash, token.span.clone(), word, sentence);
            if token.has_joint && token.span.len() >= SHORTEST_JOINED {
                self.look_up_parts(text, token, word, sentence);
            }
            if let Some((pair, start)) = open.pair {
                self.look_up(hash::pair(pair, token.hash), start..end, word - 1, sentence);
            }
            if let Some((triple, start)) = open.triple {
                self.look_up(hash::pair(triple, token.hash), start..end, word - 2, sentence);
            }
            open = Open {
                pair: (words >= 2).then_some((token.hash, token.span.start)),
                triple: open
                    .pair
                    .filter(|_| open.is_triple)
                    .map(|(first, start)| (hash::pair(first, token.hash), start)),
                is_triple: words >= 3,
            };
        }
    }

    /// The brand that a message starts with as if that were its sender: `Chase: ...`, `[Claro] ...`.
    fn find_head(&mut self, text: &[u8], tokens: &[Token]) {
        if let Some(first) = tokens.first()
            && matches!(text.get(first.span.end), Some(b':' | b']' | b')'))
            && let Some(brand) = HEADS.get(first.hash).and_then(Brand::from_table)
        {
            self.brands.push((brand, first.span.clone()));
        }
    }

    /// UAX #29 joins letters around some signs: `alert:citibank` and `wells_fargo` are one word each, and
    /// two to people.
    fn look_up_parts(&mut self, text: &[u8], token: &Token, word: usize, sentence: usize) {
        let is_joint = |&byte: &u8| matches!(byte, b':' | b'_' | b'.');
        let bytes = &text[token.span.clone()];
        // More full stops than one make a host or a version.
        let stops = bytes.iter().filter(|&&byte| byte == b'.').count();
        if !bytes.iter().any(is_joint) || stops > 1 {
            return;
        }
        let mut start = token.span.start;
        let mut before: Option<(u64, usize)> = None;
        for part in bytes.split(is_joint) {
            let (hash, end) = (hash::word(part), start + part.len());
            self.look_up(hash, start..end, word, sentence);
            if let Some((before, from)) = before {
                self.look_up(hash::pair(before, hash), from..end, word, sentence);
            }
            before = Some((hash, start));
            start = end + 1;
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

    /// Notes what is known of a hash; returns how many words the longest phrase has that starts with it.
    #[inline]
    fn look_up(&mut self, hash: u64, span: Range<usize>, word: usize, sentence: usize) -> u8 {
        let Some(phrase) = Phrase::of(hash) else {
            return 0;
        };
        if phrase.classes != Classes::default() {
            self.found.push(Term {
                span: span.clone(),
                classes: phrase.classes,
                word,
                sentence,
            });
        }
        if let Some(brand) = phrase.brand() {
            self.brands.push((brand, span));
        }
        phrase.words
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
