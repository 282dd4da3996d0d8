//! The one emitter of features, for training and for inference alike.
use crate::detect::Detector;
use crate::hash;
use crate::link::Brand;
use crate::token::{Token, read_tokens};
use crate::{Folds, Message, NormalizedText, Signal, SignalSet};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

/// How many hash buckets the n-grams share: a power of two from 2^8 to 2^22.
///
/// ```
/// use smishing_features::Buckets;
/// assert_eq!(Buckets::new(14).unwrap().count(), 16_384);
/// assert!(Buckets::new(40).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Buckets(u8);

impl Buckets {
    /// Fewest bits.
    pub const MIN_BITS: u8 = 8;
    /// Most bits.
    pub const MAX_BITS: u8 = 22;

    /// `2^bits` buckets.
    ///
    /// # Errors
    ///
    /// [`BucketsError`] where `bits` is outside `8..=22`.
    pub const fn new(bits: u8) -> Result<Self, BucketsError> {
        if bits >= Self::MIN_BITS && bits <= Self::MAX_BITS {
            Ok(Self(bits))
        } else {
            Err(BucketsError(bits))
        }
    }

    /// The exponent.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Number of buckets.
    #[must_use]
    pub const fn count(self) -> usize {
        1 << self.0
    }

    #[inline]
    const fn of(self, hash: u64) -> usize {
        (hash >> (64 - self.0)) as usize
    }
}

/// The number of buckets asked for is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketsError(u8);

impl fmt::Display for BucketsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "2^{} hash buckets asked for; {} to {} bits are supported",
            self.0,
            Buckets::MIN_BITS,
            Buckets::MAX_BITS
        )
    }
}

impl core::error::Error for BucketsError {}

/// A signal as found in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The signal.
    pub signal: Signal,
    /// Its first place in the original text, in UTF-8 byte offsets on character boundaries; `None` where it has none.
    pub span: Option<Range<usize>>,
    /// The brand it is about, as the brand table writes it.
    pub brand: Option<&'static str>,
}

/// Reads messages and emits their features: distinct buckets of hashed n-grams, and signals.
///
/// The n-grams are byte 3-, 4- and 5-grams of the normalised text with a space on each side, and words and pairs of
/// neighbouring words; digits count as one class, each bucket counts once a message. An extractor is a set of
/// buffers: keep one a thread, and reading allocates nothing once they are large enough.
///
/// ```
/// use smishing_features::{Buckets, Extractor, Message, Signal};
///
/// let mut extractor = Extractor::default();
/// extractor.read(&Message::new("Your code is 482913. Never share it."));
/// let mut buckets = Vec::new();
/// extractor.for_each_bucket(Buckets::new(14)?, |bucket| buckets.push(bucket));
/// assert!(buckets.len() > 50 && buckets.iter().all(|&bucket| bucket < 16_384));
/// assert!(extractor.signals().contains(Signal::DoNotShare));
/// # Ok::<(), smishing_features::BucketsError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Extractor {
    text: NormalizedText,
    tokens: Vec<Token>,
    detector: Detector,
    seen: Vec<u64>,
}

impl Extractor {
    /// Normalises a message and finds its words and signals.
    pub fn read(&mut self, message: &Message<'_>) {
        self.text.fold(message.text());
        self.analyse(message);
    }

    /// As [`read`](Self::read), and remembers where everything stood in the original text.
    pub fn read_tracked(&mut self, message: &Message<'_>) {
        self.text.fold_tracked(message.text());
        self.analyse(message);
    }

    fn analyse(&mut self, message: &Message<'_>) {
        read_tokens(&self.text, &mut self.tokens);
        self.detector.detect(&self.text, &self.tokens, message);
    }

    /// The normalised text of the message last read.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The disguises undone in the message last read.
    #[must_use]
    pub fn folds(&self) -> Folds {
        self.text.folds()
    }

    /// The signals of the message last read.
    #[must_use]
    pub fn signals(&self) -> SignalSet {
        self.detector.signals()
    }

    /// The signals of the message last read with [`read_tracked`](Self::read_tracked), as they were found.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        self.detector.found().iter().map(|found| Finding {
            signal: found.signal,
            span: self.text.original_span(found.span.clone()),
            brand: found.brand.map(Brand::name),
        })
    }

    /// Emits each bucket that an n-gram of the message last read falls into, once.
    pub fn for_each_bucket(&mut self, buckets: Buckets, mut emit: impl FnMut(usize)) {
        self.for_each_hit(buckets, |bucket, new| {
            if new == 1 {
                emit(bucket);
            }
        });
    }

    /// As [`for_each_bucket`](Self::for_each_bucket), but emits a bucket each time an n-gram falls into it, with 1
    /// the first time and 0 later: sums can multiply by that instead of branching on what no processor can predict. (Compilers
    /// make a branch of a `bool`.)
    #[inline]
    pub fn for_each_hit(&mut self, buckets: Buckets, mut emit: impl FnMut(usize, u32)) {
        let mut seen = core::mem::take(&mut self.seen);
        seen.resize(buckets.count() / 64, 0);
        seen.fill(0);
        let last = seen.len() - 1;
        self.for_each_ngram(|hash, _| {
            let bucket = buckets.of(hash);
            // Always in range; said so that the compiler sees it too.
            let word = &mut seen[(bucket / 64) & last];
            let old = *word >> (bucket % 64) & 1;
            *word |= 1 << (bucket % 64);
            emit(bucket, 1 - old as u32);
        });
        self.seen = seen;
    }

    /// Emits a hash of how each word of the message last read begins, once: of its first four characters, digits as one
    /// class. It tells what a text is about where there are too few texts for n-grams, and endings do not count.
    ///
    /// ```
    /// use smishing_features::{Extractor, Message};
    /// let mut extractor = Extractor::default();
    /// let mut prefixes = |text| {
    ///     extractor.read(&Message::new(text));
    ///     let mut prefixes = Vec::new();
    ///     extractor.for_each_word_prefix(|prefix| prefixes.push(prefix));
    ///     prefixes
    /// };
    /// assert_eq!(prefixes("delivery delivered 10"), prefixes("deliver 29"));
    /// ```
    pub fn for_each_word_prefix(&mut self, mut emit: impl FnMut(u16)) {
        let mut seen = core::mem::take(&mut self.seen);
        seen.resize((1 << u16::BITS) / 64, 0);
        seen.fill(0);
        // Once: it checks that the bytes are UTF-8.
        let text = self.text.as_str();
        for token in &self.tokens {
            let prefix = word_prefix(&text[token.span.clone()]);
            let word = &mut seen[usize::from(prefix) / 64];
            let new = *word >> (prefix % 64) & 1 == 0;
            *word |= 1 << (prefix % 64);
            if new {
                emit(prefix);
            }
        }
        self.seen = seen;
    }

    /// Emits each n-gram of the message last read with [`read_tracked`](Self::read_tracked): its bucket, and the place
    /// in the original text that it came from; a bucket as often as it occurs.
    pub fn for_each_occurrence(&self, buckets: Buckets, mut emit: impl FnMut(usize, Range<usize>)) {
        self.for_each_ngram(|hash, span| {
            if let Some(span) = self.text.original_span(span) {
                emit(buckets.of(hash), span);
            }
        });
    }

    /// The hash of each n-gram and its span in the normalised text, without the spaces at both ends.
    #[allow(
        clippy::inline_always,
        reason = "the spans cost nothing only where the compiler sees that nobody asks for them"
    )]
    #[inline(always)]
    pub(crate) fn for_each_ngram(&self, mut emit: impl FnMut(u64, Range<usize>)) {
        let bytes = self.text.as_bytes();
        if bytes.is_empty() {
            return;
        }
        // Byte `at - 1` of the text is byte `at` of the text with a space in front; `window` holds the last eight of them.
        let len = bytes.len();
        let mut window = u64::from(b' ');
        let (head, tail) = bytes.split_at(len.min(3));
        for (at, &byte) in head.iter().enumerate() {
            window = window << 8 | u64::from(NGRAM_FOLD[usize::from(byte)]);
            emit_ending_at(window, at, len, at, &mut emit);
        }
        for (index, &byte) in tail.iter().enumerate() {
            window = window << 8 | u64::from(NGRAM_FOLD[usize::from(byte)]);
            emit_ending_at(window, head.len() + index, len, 3, &mut emit);
        }
        emit_ending_at(window << 8 | u64::from(b' '), len, len, len, &mut emit);
        let mut previous: Option<(u64, usize)> = None;
        for token in &self.tokens {
            let hash = self.ngram_word_hash(token);
            emit(hash, token.span.clone());
            if let Some((first, start)) = previous {
                emit(hash::pair(first, hash), start..token.span.end);
            }
            previous = Some((hash, token.span.start));
        }
    }

    /// The token's hash with its digits folded to one class.
    #[inline]
    fn ngram_word_hash(&self, token: &Token) -> u64 {
        if !token.has_digit {
            return token.hash;
        }
        let word = &self.text.as_bytes()[token.span.clone()];
        // Longer words than this with a digit in them are no words; their start stands for them.
        let mut folded = [0; 32];
        let len = word.len().min(folded.len());
        for (to, &from) in folded.iter_mut().zip(word) {
            *to = NGRAM_FOLD[usize::from(from)];
        }
        hash::word(&folded[..len])
    }
}

/// The hash of a word's first four characters, with the digits folded to one class.
fn word_prefix(word: &str) -> u16 {
    const CHARACTERS: usize = 4;
    let end = word.char_indices().nth(CHARACTERS).map_or(word.len(), |(at, _)| at);
    let mut folded = [0; 4 * CHARACTERS];
    for (to, &from) in folded.iter_mut().zip(&word.as_bytes()[..end]) {
        *to = NGRAM_FOLD[usize::from(from)];
    }
    (hash::word(&folded[..end]) >> (u64::BITS - u16::BITS)) as u16
}

/// Emits the n-grams that end at byte `at`: of all three lengths where `reach`, the bytes before, is 3 or more.
#[allow(clippy::inline_always, reason = "as its caller")]
#[inline(always)]
fn emit_ending_at(window: u64, at: usize, len: usize, reach: usize, emit: &mut impl FnMut(u64, Range<usize>)) {
    let end = (at + 1).min(len);
    let start = |n: usize| (at + 1).saturating_sub(n);
    if reach >= 1 {
        emit(hash::ngram::<3>(window), start(3)..end);
    }
    if reach >= 2 {
        emit(hash::ngram::<4>(window), start(4)..end);
    }
    if reach >= 3 {
        emit(hash::ngram::<5>(window), start(5)..end);
    }
}

/// Digits become one class: which ones they are says nothing, and codes would otherwise be as many features.
const NGRAM_FOLD: [u8; 256] = {
    let mut fold = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        fold[byte] = match byte as u8 {
            b'0'..=b'9' => b'0',
            b'\n' => b' ',
            other => other,
        };
        byte += 1;
    }
    fold
};
