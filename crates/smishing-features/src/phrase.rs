//! What the lexicon and the brand table say of a word or phrase.
use crate::class::Classes;
use crate::link::Brand;
use crate::tables::{PHRASE_KINDS, PHRASES};

/// An entry of the table of phrases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Phrase {
    pub(crate) classes: Classes,
    brand: u16,
    /// Words of the longest phrase that starts with this word.
    pub(crate) words: u8,
}

impl Phrase {
    pub(crate) const fn new(classes: u32, brand: u16, words: u8) -> Self {
        Self {
            classes: Classes(classes),
            brand,
            words,
        }
    }

    /// The phrase of this hash.
    #[inline]
    pub(crate) fn of(hash: u64) -> Option<Self> {
        PHRASE_KINDS.get(usize::from(PHRASES.get(hash)?)).copied()
    }

    pub(crate) fn brand(self) -> Option<Brand> {
        Brand::from_table(self.brand)
    }
}
