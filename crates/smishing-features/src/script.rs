//! Scripts that need a look of their own.

/// Letters of scripts written without spaces between words, or (Hangul) with endings glued to them: phrases of
/// theirs are looked for at every letter.
#[inline]
pub(crate) const fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
    )
}
