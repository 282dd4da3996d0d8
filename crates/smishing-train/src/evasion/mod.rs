//! Ways in which senders of scams write past filters, to measure what each of them costs.
//!
//! A scam earns nothing without its link, so links stay as they are, byte by byte: one foreign letter in a domain leads
//! elsewhere, and a path minds its case. [`Evasion::BrokenLink`] alone touches them, as its senders do, who ask the
//! reader to type the address. What a link is, is told here by its shape alone, so that the suite does not change
//! with the classifier it tests. Digits stay too: amounts, codes and numbers to call.
//!
//! Evasions that write words of their own write English ones, whatever the text's language.
mod appended;
mod figures;
mod link;
mod sentence;
mod word;

pub use figures::{EvasionFigures, EvasionMeasures, evaluate_evasions};
use rand::Rng;
use serde::Serialize;

/// A way of writing past filters.
///
/// ```
/// use rand::SeedableRng;
/// use rand_chacha::ChaCha8Rng;
/// use smishing_train::{Evasion, Strength};
///
/// let mut random = ChaCha8Rng::seed_from_u64(1);
/// let written = Evasion::SpacedLetters.apply("Parcel at post-fee.top", Strength::Strong, &mut random);
/// assert_eq!(written, ["P a r c e l at post-fee.top"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Evasion {
    /// Invisible characters between letters.
    ZeroWidth,
    /// Cyrillic letters that look like Latin ones.
    Homoglyph,
    /// Spaces between the letters of a word.
    SpacedLetters,
    /// Digits and signs that look like letters.
    Leet,
    /// Letters in circles.
    Circled,
    /// Full-width letters.
    FullWidth,
    /// Links that the reader has to put together.
    BrokenLink,
    /// Hyphens inside words.
    Hyphenation,
    /// Capitals and small letters out of place.
    MixedCase,
    /// Two neighbouring letters the wrong way round.
    Swap,
    /// A letter left out.
    Drop,
    /// Other words for the same.
    Synonym,
    /// Sentences in another order.
    Reorder,
    /// Harmless chat appended.
    HamPadding,
    /// A warning not to share codes.
    TrustDoNotShare,
    /// The masked number of an account.
    TrustAccount,
    /// A way to opt out.
    TrustOptOut,
    /// The number of an order.
    TrustOrder,
    /// The true domain of a known brand.
    TrustDomain,
    /// A line about a completed transaction.
    TrustTransaction,
    /// All trust marks together.
    TrustAll,
    /// The text in two messages.
    Split,
}

/// How far an evasion goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Here and there: what a reader may overlook.
    Mild,
    /// Wherever it can be done.
    Strong,
}

impl Strength {
    /// Both, the milder first.
    pub const ALL: [Self; 2] = [Self::Mild, Self::Strong];

    /// The name in reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Mild => "mild",
            Self::Strong => "strong",
        }
    }
}

impl Evasion {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 22] = [
        Self::ZeroWidth,
        Self::Homoglyph,
        Self::SpacedLetters,
        Self::Leet,
        Self::Circled,
        Self::FullWidth,
        Self::BrokenLink,
        Self::Hyphenation,
        Self::MixedCase,
        Self::Swap,
        Self::Drop,
        Self::Synonym,
        Self::Reorder,
        Self::HamPadding,
        Self::TrustDoNotShare,
        Self::TrustAccount,
        Self::TrustOptOut,
        Self::TrustOrder,
        Self::TrustDomain,
        Self::TrustTransaction,
        Self::TrustAll,
        Self::Split,
    ];

    /// The name in reports, which does not change.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ZeroWidth => "zero_width",
            Self::Homoglyph => "homoglyph",
            Self::SpacedLetters => "spaced_letters",
            Self::Leet => "leet",
            Self::Circled => "circled",
            Self::FullWidth => "full_width",
            Self::BrokenLink => "broken_link",
            Self::Hyphenation => "hyphenation",
            Self::MixedCase => "mixed_case",
            Self::Swap => "swap",
            Self::Drop => "drop",
            Self::Synonym => "synonym",
            Self::Reorder => "reorder",
            Self::HamPadding => "ham_padding",
            Self::TrustDoNotShare => "trust_do_not_share",
            Self::TrustAccount => "trust_account",
            Self::TrustOptOut => "trust_opt_out",
            Self::TrustOrder => "trust_order",
            Self::TrustDomain => "trust_domain",
            Self::TrustTransaction => "trust_transaction",
            Self::TrustAll => "trust_all",
            Self::Split => "split",
        }
    }

    /// What it does, mildly and strongly.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::ZeroWidth => "an invisible character in one word of four; between all letters",
            Self::Homoglyph => "a Cyrillic letter in one word of four; for all letters that have one",
            Self::SpacedLetters => "one word of four spaced out; all words",
            Self::Leet => "a digit or sign for a letter in one word of four; for all letters that have one",
            Self::Circled => "one word of four in circled letters; all words",
            Self::FullWidth => "one word of four in full-width letters; all words",
            Self::BrokenLink => "the last dot of each link spelt otherwise; all its dots, and no scheme",
            Self::Hyphenation => "a hyphen in one word of four; in all words",
            Self::MixedCase => "a letter of the wrong case in one word of four; every other letter",
            Self::Swap => "two letters swapped in one word of four; in all words",
            Self::Drop => "a letter left out of one word of four; of all words",
            Self::Synonym => "another word for one of four known words; for all of them",
            Self::Reorder => "two neighbouring sentences swapped; all reversed",
            Self::HamPadding => "one sentence of chat appended; four",
            Self::TrustDoNotShare => "`do not share` after the text; before it too",
            Self::TrustAccount => "a masked account after the text; before it too",
            Self::TrustOptOut => "an opt-out after the text; before it too",
            Self::TrustOrder => "an order number after the text; before it too",
            Self::TrustDomain => "a brand's own domain after the text; before it too",
            Self::TrustTransaction => "a completed transaction after the text; before it too",
            Self::TrustAll => "all trust marks after the text; before it too",
            Self::Split => "two messages, split between sentences; before the link or in mid-sentence",
        }
    }

    /// Whether training augmentation writes it too; a model's recall under the others says more about those to come.
    #[must_use]
    pub const fn in_training(self) -> bool {
        matches!(self, Self::Hyphenation | Self::Swap | Self::Drop)
    }

    /// The messages that a text becomes: one, and two of [`Evasion::Split`]. A text that offers no place for the evasion
    /// comes back as it is.
    ///
    /// The same state of `random` gives the same messages, and the strong form alters at least what the mild one does.
    pub fn apply(self, text: &str, strength: Strength, random: &mut dyn Rng) -> Vec<String> {
        let alteration: word::Alteration = match self {
            Self::ZeroWidth => word::zero_width,
            Self::Homoglyph => word::homoglyph,
            Self::SpacedLetters => word::spaced,
            Self::Leet => word::leet,
            Self::Circled => word::circled,
            Self::FullWidth => word::full_width,
            Self::Hyphenation => word::hyphenated,
            Self::MixedCase => word::mixed_case,
            Self::Swap => word::swapped,
            Self::Drop => word::dropped,
            Self::Synonym => word::synonym,
            Self::BrokenLink => return vec![link::broken(text, strength, random)],
            Self::Reorder => return vec![sentence::reordered(text, strength, random)],
            Self::Split => return sentence::split(text, strength),
            Self::HamPadding => return vec![appended::chat(text, strength, random)],
            Self::TrustDoNotShare => return appended::marked(text, &[appended::DO_NOT_SHARE], strength, random),
            Self::TrustAccount => return appended::marked(text, &[appended::ACCOUNT], strength, random),
            Self::TrustOptOut => return appended::marked(text, &[appended::OPT_OUT], strength, random),
            Self::TrustOrder => return appended::marked(text, &[appended::ORDER], strength, random),
            Self::TrustDomain => return appended::marked(text, &[appended::DOMAIN], strength, random),
            Self::TrustTransaction => return appended::marked(text, &[appended::TRANSACTION], strength, random),
            Self::TrustAll => return appended::marked(text, &appended::ALL, strength, random),
        };
        vec![word::altered(text, alteration, strength, random)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use std::collections::HashSet;

    /// Characters inserted, removed or replaced (V. Levenshtein 1966).
    pub(super) fn distance(a: &str, b: &str) -> usize {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (at, letter) in a.chars().enumerate() {
            let mut diagonal = row[0];
            row[0] = at + 1;
            for (column, other) in b.iter().enumerate() {
                let replaced = diagonal + usize::from(letter != *other);
                diagonal = row[column + 1];
                row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
            }
        }
        row[b.len()]
    }

    fn written(evasion: Evasion, text: &str, strength: Strength, seed: u64) -> Vec<String> {
        evasion.apply(text, strength, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn distance_by_hand() {
        assert_eq!(
            [distance("parcel", "porcel"), distance("", "ab"), distance("abc", "bcd")],
            [1, 2, 2]
        );
    }

    #[test]
    fn ids_are_unique() {
        let ids: HashSet<_> = Evasion::ALL.map(Evasion::id).into();
        assert_eq!(ids.len(), Evasion::ALL.len());
    }

    proptest! {
        /// Any text, also one of odd scripts, signs and spaces: messages come out, the same from the same seed.
        #[test]
        fn any_text_gives_the_same_messages_again(text: String, seed: u64) {
            for evasion in Evasion::ALL {
                for strength in Strength::ALL {
                    let messages = written(evasion, &text, strength, seed);
                    prop_assert_eq!(&messages, &written(evasion, &text, strength, seed));
                    prop_assert_eq!(messages.len() > 1, evasion == Evasion::Split && messages.len() == 2);
                    prop_assert!(text.trim().is_empty() || messages.iter().all(|message| !message.trim().is_empty()));
                }
            }
        }
    }

    #[test]
    fn strong_changes_at_least_as_many_characters() {
        let texts = [
            "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top",
            "URGENT! Your parcel 4812 is held at customs. Pay the fee: https://www.post-fee.top/pay?id=7. Reply YES",
            "Hi mum, my phone broke, this is my new number. Can you text me? I need to pay a bill today",
            "123456 is your Amazon OTP. Do not share it with anyone.",
            "Olá, a sua conta foi bloqueada: visite banco-seguro.top",
            "ok",
        ];
        for (text, seed) in texts.iter().flat_map(|text| (0..50).map(move |seed| (text, seed))) {
            for evasion in Evasion::ALL {
                let [mild, strong] =
                    Strength::ALL.map(|strength| distance(text, &written(evasion, text, strength, seed).join(" ")));
                assert!(mild <= strong, "{} {seed} {text}: {mild} {strong}", evasion.id());
            }
        }
    }
}
