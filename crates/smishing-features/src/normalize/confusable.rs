//! Greek, Cyrillic and Armenian letters that look like Latin ones.
//!
//! Source: the single-letter pairs of Unicode's `confusables.txt` (UTS #39) whose target is a Latin letter, reduced to
//! lower case, since text is case-folded before this table is asked, plus the pairs whose capitals look alike
//! (`В` folds to `в`, which stands for `b` in `ВАNК`).

/// Letters outside Latin that stand beside Latin ones in disguised words.
#[inline]
pub(super) const fn is_confusable_script(letter: char) -> bool {
    matches!(letter, '\u{370}'..='\u{3FF}' | '\u{400}'..='\u{52F}' | '\u{531}'..='\u{587}')
}

/// The lower-case Latin letter that `letter` imitates.
pub(super) const fn latin_twin(letter: char) -> Option<u8> {
    Some(match letter {
        'а' | 'α' => b'a',
        'в' | 'β' | 'ь' => b'b',
        'с' | 'ς' | 'ϲ' => b'c',
        'ԁ' => b'd',
        'е' | 'ε' | 'є' | 'ҽ' => b'e',
        'ғ' | 'ϝ' => b'f',
        'ց' | 'ԍ' => b'g',
        'н' | 'һ' | 'հ' | 'η' => b'h',
        'і' | 'ι' | 'ї' => b'i',
        'ј' | 'ϳ' => b'j',
        'к' | 'κ' => b'k',
        'ӏ' | 'լ' => b'l',
        'м' | 'μ' => b'm',
        'п' | 'ո' | 'ν' => b'n',
        'о' | 'ο' | 'օ' | 'σ' => b'o',
        'р' | 'ρ' => b'p',
        'ԛ' => b'q',
        'г' | 'я' => b'r',
        'ѕ' => b's',
        'т' | 'τ' => b't',
        'υ' | 'ս' | 'ц' => b'u',
        'ѵ' => b'v',
        'ԝ' | 'ω' | 'ш' => b'w',
        'х' | 'χ' => b'x',
        'у' | 'γ' => b'y',
        'ζ' => b'z',
        _ => return None,
    })
}
