//! What single characters become, from Unicode's data: the rules that the frozen table is made of.
use unicode_normalization::UnicodeNormalization;

pub(crate) fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// Folds that Unicode's decompositions do not hold: letters with strokes, punctuation, decorative letters.
fn special(c: char) -> Option<&'static str> {
    Some(match c {
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ß' | 'ẞ' => "ss",
        'ı' => "i",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '•' | '●' | '∙' | '∗' | '⁎' => "*",
        '\u{A0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200A}'
        | '\u{202F}'
        | '\u{205F}'
        | '\u{3000}'
        | '\u{80}'..='\u{84}'
        | '\u{86}'..='\u{9F}' => " ",
        '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        '\u{AD}' => "",
        '\u{24FF}' => "0",
        '\u{2776}'..='\u{277E}' => &"123456789"[c as usize - 0x2776..c as usize - 0x2775],
        '\u{1F150}'..='\u{1F169}' => &"abcdefghijklmnopqrstuvwxyz"[c as usize - 0x1F150..c as usize - 0x1F14F],
        '\u{1F170}'..='\u{1F189}' => &"abcdefghijklmnopqrstuvwxyz"[c as usize - 0x1F170..c as usize - 0x1F16F],
        _ => return None,
    })
}

/// Rule 1 for a visible character outside ASCII; `None` where it stays as it is.
pub(crate) fn folded(c: char) -> Option<String> {
    let mut text: String = special(c).map_or_else(
        || {
            c.nfkd()
                .filter(|&c| !is_mark(c))
                .flat_map(char::to_lowercase)
                .nfc()
                .collect()
        },
        Into::into,
    );
    // What is left may itself be a letter with a rule of its own (ǿ -> ø -> o).
    if let Some(again) = (special(c).is_none()).then(|| {
        text.chars()
            .map(|c| special(c).map_or_else(|| c.to_string(), Into::into))
            .collect()
    }) {
        text = again;
    }
    // Ligatures of whole phrases and symbols that open with a mark or a space (spacing accents) stay.
    let unusable =
        text.len() > 15 || (text.is_empty() && special(c).is_none()) || (text.starts_with(' ') && text.len() > 1);
    (!unusable && text != c.to_string()).then_some(text)
}

/// Ideographs are many, and their compatibility forms are rare; Hangul composes back to itself.
pub(crate) fn is_covered(c: char) -> bool {
    !matches!(c as u32, 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F | 0x3400..=0x9FFF | 0x3131..=0x318E | 0xFBEA..=0xFDFF)
        && (c as u32) < 0x2_0000
        && !is_mark(c)
}
