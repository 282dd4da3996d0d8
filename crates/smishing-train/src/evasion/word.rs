//! Words written otherwise, outside links.
use super::{Strength, link};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use std::ops::Range;

/// Writes one word otherwise; `None` where it cannot. Whether it can, and what it draws, does not depend on the strength.
pub(super) type Alteration = fn(&str, Strength, &mut dyn Rng) -> Option<String>;

/// The text with one alterable word of four altered, or all of them.
pub(super) fn altered(text: &str, alteration: Alteration, strength: Strength, random: &mut dyn Rng) -> String {
    let mut written = String::with_capacity(2 * text.len());
    let mut copied = 0;
    for (span, word) in altered_words(text, alteration, strength, random) {
        written += &text[copied..span.start];
        written += &word;
        copied = span.end;
    }
    written + &text[copied..]
}

fn altered_words(
    text: &str,
    alteration: Alteration,
    strength: Strength,
    random: &mut dyn Rng,
) -> Vec<(Range<usize>, String)> {
    let mut words = words(text);
    words.shuffle(random);
    let mut altered: Vec<_> = words
        .into_iter()
        .filter_map(|span| alteration(&text[span.clone()], strength, random).map(|word| (span, word)))
        .collect();
    if strength == Strength::Mild {
        altered.truncate(altered.len().div_ceil(4));
    }
    altered.sort_by_key(|(span, _)| span.start);
    altered
}

/// Runs of letters outside links.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let links = link::links(text);
    let mut links = links.iter().peekable();
    for (at, letter) in text.char_indices().filter(|(_, letter)| letter.is_alphabetic()) {
        while links.next_if(|link| link.end <= at).is_some() {}
        if links.peek().is_some_and(|link| link.start <= at) {
            continue;
        }
        let end = at + letter.len_utf8();
        match words.last_mut() {
            Some(word) if word.end == at => word.end = end,
            _ => words.push(at..end),
        }
    }
    words
}

/// Letters of words that are long enough to stay readable.
fn long(word: &str) -> Option<Vec<char>> {
    const SHORTEST: usize = 4;
    let letters: Vec<char> = word.chars().collect();
    (letters.len() >= SHORTEST).then_some(letters)
}

pub(super) fn zero_width(word: &str, strength: Strength, random: &mut dyn Rng) -> Option<String> {
    /// Zero-width space, non-joiner and joiner, word joiner, byte-order mark.
    const INVISIBLE: [char; 5] = ['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}'];
    let invisible = INVISIBLE[random.random_range(0..INVISIBLE.len())];
    Some(parted(&long(word)?, invisible, strength, random))
}

pub(super) fn spaced(word: &str, _: Strength, random: &mut dyn Rng) -> Option<String> {
    Some(parted(&long(word)?, ' ', Strength::Strong, random))
}

pub(super) fn hyphenated(word: &str, _: Strength, random: &mut dyn Rng) -> Option<String> {
    Some(parted(&long(word)?, '-', Strength::Mild, random))
}

/// `sign` at one place between letters, or at all.
fn parted(letters: &[char], sign: char, strength: Strength, random: &mut dyn Rng) -> String {
    let chosen = random.random_range(1..letters.len());
    let mut written = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        if at == chosen || (strength == Strength::Strong && at > 0) {
            written.push(sign);
        }
        written.push(letter);
    }
    written
}

pub(super) fn homoglyph(word: &str, strength: Strength, random: &mut dyn Rng) -> Option<String> {
    replaced(&long(word)?, strength, random, |letter| {
        Some(match letter {
            'a' => 'а',
            'c' => 'с',
            'e' => 'е',
            'i' => 'і',
            'j' => 'ј',
            'o' => 'о',
            'p' => 'р',
            's' => 'ѕ',
            'x' => 'х',
            'y' => 'у',
            'A' => 'А',
            'B' => 'В',
            'C' => 'С',
            'E' => 'Е',
            'H' => 'Н',
            'I' => 'І',
            'J' => 'Ј',
            'K' => 'К',
            'M' => 'М',
            'O' => 'О',
            'P' => 'Р',
            'S' => 'Ѕ',
            'T' => 'Т',
            'X' => 'Х',
            _ => return None,
        })
    })
}

pub(super) fn leet(word: &str, strength: Strength, random: &mut dyn Rng) -> Option<String> {
    replaced(&long(word)?, strength, random, |letter| {
        Some(match letter.to_ascii_lowercase() {
            'a' => '4',
            'b' => '8',
            'e' => '3',
            'i' | 'l' => '1',
            'o' => '0',
            's' => '5',
            't' => '7',
            _ => return None,
        })
    })
}

/// One letter that has a replacement, or all of them.
fn replaced(
    letters: &[char],
    strength: Strength,
    random: &mut dyn Rng,
    replacement: fn(char) -> Option<char>,
) -> Option<String> {
    let places: Vec<usize> = (0..letters.len())
        .filter(|&at| replacement(letters[at]).is_some())
        .collect();
    if places.is_empty() {
        return None;
    }
    let chosen = places[random.random_range(0..places.len())];
    let written = letters.iter().enumerate().map(|(at, &letter)| {
        replacement(letter)
            .filter(|_| at == chosen || strength == Strength::Strong)
            .unwrap_or(letter)
    });
    Some(written.collect())
}

pub(super) fn circled(word: &str, _: Strength, random: &mut dyn Rng) -> Option<String> {
    replaced(&long(word)?, Strength::Strong, random, |letter| match letter {
        'a'..='z' => char::from_u32('ⓐ' as u32 + letter as u32 - 'a' as u32),
        'A'..='Z' => char::from_u32('Ⓐ' as u32 + letter as u32 - 'A' as u32),
        _ => None,
    })
}

pub(super) fn full_width(word: &str, _: Strength, random: &mut dyn Rng) -> Option<String> {
    replaced(&long(word)?, Strength::Strong, random, |letter| match letter {
        'a'..='z' | 'A'..='Z' => char::from_u32('Ａ' as u32 + letter as u32 - 'A' as u32),
        _ => None,
    })
}

/// One letter of the other case, or every second one with it.
pub(super) fn mixed_case(word: &str, strength: Strength, random: &mut dyn Rng) -> Option<String> {
    let letters = long(word)?;
    let places: Vec<usize> = (0..letters.len())
        .filter(|&at| letters[at].is_ascii_alphabetic())
        .collect();
    if places.is_empty() {
        return None;
    }
    let chosen = places[random.random_range(0..places.len())];
    let written = letters.iter().enumerate().map(|(at, &letter)| {
        let turned = at == chosen || (strength == Strength::Strong && at % 2 == chosen % 2);
        match letter {
            'a'..='z' if turned => letter.to_ascii_uppercase(),
            'A'..='Z' if turned => letter.to_ascii_lowercase(),
            _ => letter,
        }
    });
    Some(written.collect())
}

/// Two different neighbours swapped, the first letter left in its place: so words stay readable.
pub(super) fn swapped(word: &str, _: Strength, random: &mut dyn Rng) -> Option<String> {
    let mut letters = long(word)?;
    let places: Vec<usize> = (1..letters.len() - 1)
        .filter(|&at| letters[at] != letters[at + 1])
        .collect();
    if places.is_empty() {
        return None;
    }
    let chosen = places[random.random_range(0..places.len())];
    letters.swap(chosen, chosen + 1);
    Some(letters.into_iter().collect())
}

/// An inner letter left out.
pub(super) fn dropped(word: &str, _: Strength, random: &mut dyn Rng) -> Option<String> {
    let mut letters = long(word)?;
    letters.remove(random.random_range(1..letters.len() - 1));
    Some(letters.into_iter().collect())
}

/// Words that scams and alerts are made of, and others that say the same.
const SYNONYMS: [(&str, &str); 60] = [
    ("account", "profile"),
    ("activity", "movement"),
    ("address", "location"),
    ("alert", "heads-up"),
    ("bank", "lender"),
    ("bill", "balance"),
    ("blocked", "closed off"),
    ("call", "ring"),
    ("card", "plastic"),
    ("cash", "funds"),
    ("charge", "cost"),
    ("claim", "pick up"),
    ("click", "tap"),
    ("code", "digits"),
    ("collect", "fetch"),
    ("complete", "finish"),
    ("confirm", "affirm"),
    ("contact", "reach"),
    ("customer", "client"),
    ("customs", "border office"),
    ("deliver", "bring"),
    ("delivered", "handed over"),
    ("delivery", "drop-off"),
    ("details", "particulars"),
    ("expired", "ran out"),
    ("expires", "runs out"),
    ("failed", "did not work"),
    ("fee", "cost"),
    ("fraud", "misuse"),
    ("free", "at no cost"),
    ("immediately", "right now"),
    ("information", "data"),
    ("invoice", "statement"),
    ("link", "page below"),
    ("locked", "on hold"),
    ("login", "entry"),
    ("message", "note"),
    ("money", "funds"),
    ("notice", "word"),
    ("offer", "deal"),
    ("package", "shipment"),
    ("parcel", "item"),
    ("password", "secret word"),
    ("pay", "settle"),
    ("payment", "remittance"),
    ("prize", "reward"),
    ("refund", "money back"),
    ("reply", "answer"),
    ("restricted", "limited"),
    ("security", "safety"),
    ("suspended", "paused"),
    ("suspicious", "odd"),
    ("text", "write to"),
    ("unusual", "strange"),
    ("update", "renew"),
    ("urgent", "pressing"),
    ("verify", "check"),
    ("visit", "go to"),
    ("win", "get"),
    ("won", "got"),
];

pub(super) fn synonym(word: &str, _: Strength, _: &mut dyn Rng) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    let at = SYNONYMS
        .binary_search_by(|(known, _)| known.cmp(&lower.as_str()))
        .ok()?;
    let other = SYNONYMS[at].1;
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    Some(match capitals {
        0 => other.into(),
        1 => other[..1].to_ascii_uppercase() + &other[1..],
        _ => other.to_ascii_uppercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evasion::tests::distance;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const ALTERATIONS: [Alteration; 11] = [
        zero_width, homoglyph, spaced, leet, circled, full_width, hyphenated, mixed_case, swapped, dropped, synonym,
    ];

    proptest! {
        /// The strong form changes the words that the mild one changes, each at least as much.
        #[test]
        fn strong_changes_at_least_what_mild_does(text in "([a-zA-Zäéж ,.]|[a-z]{4,9} |pay |Account |x\\.top ){0,40}", seed: u64) {
            for alteration in ALTERATIONS {
                let [mild, strong] = Strength::ALL.map(|strength| {
                    altered_words(&text, alteration, strength, &mut ChaCha8Rng::seed_from_u64(seed))
                });
                prop_assert!(mild.is_empty() == strong.is_empty() && mild.len() <= strong.len());
                for (span, word) in mild {
                    let (_, further) = strong.iter().find(|(other, _)| *other == span).unwrap();
                    let [little, much] = [&word, further].map(|word| distance(&text[span.clone()], word));
                    prop_assert!(0 < little && little <= much, "{word} {further}");
                }
            }
        }

        #[test]
        fn links_and_digits_stay(before in "[a-z ]{0,40}", seed: u64) {
            let text = format!("{before} call 5550142 or see https://Post-Fee.top/Aa");
            for alteration in ALTERATIONS {
                let written = altered(&text, alteration, Strength::Strong, &mut ChaCha8Rng::seed_from_u64(seed));
                prop_assert!(written.contains(" 5550142 ") && written.ends_with(" https://Post-Fee.top/Aa"), "{written}");
            }
        }
    }

    #[test]
    fn strong_forms_by_hand() {
        let cases: [(Alteration, &str); 6] = [
            (homoglyph, "Раtсh on ассоunt"),
            (spaced, "P a t c h on a c c o u n t"),
            (leet, "P47ch on 4cc0un7"),
            (circled, "Ⓟⓐⓣⓒⓗ on ⓐⓒⓒⓞⓤⓝⓣ"),
            (full_width, "Ｐａｔｃｈ on ａｃｃｏｕｎｔ"),
            (synonym, "Patch on profile"),
        ];
        let strong = |alteration| {
            let mut random = ChaCha8Rng::seed_from_u64(1);
            altered("Patch on account", alteration, Strength::Strong, &mut random)
        };
        for (alteration, expected) in cases {
            assert_eq!(strong(alteration), expected);
        }
        let visible: String = strong(zero_width).chars().filter(char::is_ascii).collect();
        assert_eq!(
            (visible.as_str(), strong(zero_width).chars().count()),
            ("Patch on account", 16 + 4 + 6)
        );
    }

    #[test]
    fn synonyms_are_sorted_and_keep_case() {
        assert!(SYNONYMS.is_sorted_by(|a, b| a.0 < b.0));
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut of = |word| synonym(word, Strength::Mild, &mut random).unwrap();
        assert_eq!(
            [of("won"), of("Refund"), of("URGENT")],
            ["got", "Money back", "PRESSING"]
        );
    }
}
