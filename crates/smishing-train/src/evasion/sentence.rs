//! Sentences in another order, and texts in two messages.
use super::{Strength, link};
use rand::{Rng, RngExt};

/// The text with two neighbouring sentences swapped, or with all reversed; clauses where there is one sentence only.
pub(super) fn reordered(text: &str, strength: Strength, random: &mut dyn Rng) -> String {
    let sentences = pieces(text, &['.', '!', '?', ':', '\n', '。', '！', '？']);
    let mut pieces = match sentences.len() {
        0 | 1 => pieces(text, &[',', ';', '，', '；']),
        _ => sentences,
    };
    if pieces.len() < 2 {
        return text.into();
    }
    let first = random.random_range(0..pieces.len() - 1);
    match strength {
        Strength::Mild => pieces.swap(first, first + 1),
        Strength::Strong => pieces.reverse(),
    }
    pieces.join(" ")
}

/// Stretches that end with one of `ends` before white space or before the end of the text.
fn pieces<'a>(text: &'a str, ends: &[char]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in boundaries(text, ends) {
        pieces.push(text[start..at].trim());
        start = at;
    }
    pieces.push(text[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Where white space follows one of `ends`; wide punctuation needs none.
fn boundaries<'a>(text: &'a str, ends: &'a [char]) -> impl Iterator<Item = usize> + 'a {
    text.char_indices()
        .filter(|(_, letter)| ends.contains(letter))
        .map(|(at, letter)| (at + letter.len_utf8(), letter))
        .filter(|&(after, letter)| {
            !letter.is_ascii() || letter == '\n' || text[after..].starts_with(char::is_whitespace)
        })
        .map(|(after, _)| after)
}

/// The text in two messages, split between the sentences nearest to the middle, or before its link, where a link stands
/// within it, and else in mid-sentence.
pub(super) fn split(text: &str, strength: Strength) -> Vec<String> {
    let middle = text.len() / 2;
    let spaces = || {
        text.char_indices()
            .filter(|(_, letter)| letter.is_whitespace())
            .map(|(at, _)| at)
    };
    let parts = |at: usize| {
        let (first, second) = text.split_at(at);
        let (first, second) = (first.trim(), second.trim());
        (!first.is_empty() && !second.is_empty()).then(|| vec![first.to_owned(), second.to_owned()])
    };
    let nearest = |places: &mut dyn Iterator<Item = usize>| {
        places
            .filter(|&at| parts(at).is_some())
            .min_by_key(|at| at.abs_diff(middle))
    };
    let preferred = match strength {
        Strength::Mild => nearest(&mut boundaries(text, &['.', '!', '?', '\n', '。', '！', '？'])),
        Strength::Strong => nearest(&mut link::links(text).into_iter().map(|link| link.start)),
    };
    preferred
        .or_else(|| nearest(&mut spaces()))
        .and_then(parts)
        .unwrap_or_else(|| vec![text.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const TEXT: &str = "Your parcel is held. Pay now: post-fee.top/a Thanks!";

    #[test]
    fn sentences_change_places_and_links_stay_whole() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(
            reordered(TEXT, Strength::Strong, &mut random),
            "post-fee.top/a Thanks! Pay now: Your parcel is held."
        );
        assert_eq!(
            reordered("Hi mum, call me", Strength::Mild, &mut random),
            "call me Hi mum,"
        );
        assert_eq!(reordered("one piece", Strength::Strong, &mut random), "one piece");
    }

    #[test]
    fn two_messages_hold_the_whole_text() {
        assert_eq!(
            split(TEXT, Strength::Mild),
            ["Your parcel is held.", "Pay now: post-fee.top/a Thanks!"]
        );
        assert_eq!(
            split(TEXT, Strength::Strong),
            ["Your parcel is held. Pay now:", "post-fee.top/a Thanks!"]
        );
        assert_eq!(split("a.top is ours", Strength::Strong), ["a.top", "is ours"]);
        assert_eq!(split("alone", Strength::Mild), ["alone"]);
    }
}
