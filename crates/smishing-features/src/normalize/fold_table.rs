//! What single characters outside ASCII become: the lookup over the frozen, generated table.
use super::generated::{KEYS, PAGES, POOL, TARGETS};

/// What becomes of one character.
pub(super) enum Fold {
    /// It stays.
    Same(char),
    /// It becomes `text`; `styled` when it was a decorative form of it.
    To { text: &'static str, styled: bool },
    /// It is not shown and disappears.
    Invisible,
    /// It is a combining mark and disappears.
    Mark,
}

#[inline]
pub(super) fn fold(character: char) -> Fold {
    let code = character as u32;
    if let Some(&entry) = LATIN.get(code as usize) {
        return match entry {
            SAME => Fold::Same(character),
            _ => target(usize::from(entry), code),
        };
    }
    match code {
        // U+034F, the grapheme joiner, is no mark but nothing at all.
        0x300..=0x34E | 0x350..=0x36F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F => {
            Fold::Mark
        }
        0x34F
        | 0x61C
        | 0x115F..=0x1160
        | 0x17B4..=0x17B5
        | 0x180B..=0x180F
        | 0x200B..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x206F
        | 0x3164
        | 0xFE00..=0xFE0F
        | 0xFEFF
        | 0xFFA0
        | 0xE0000..=0xE0FFF => Fold::Invisible,
        _ if PAGES
            .get((code >> 12) as usize)
            .is_none_or(|page| page & (1 << (code >> 6 & 63)) == 0) =>
        {
            Fold::Same(character)
        }
        _ => match KEYS.binary_search(&code) {
            Ok(index) => target(index, code),
            Err(_) => Fold::Same(character),
        },
    }
}

fn target(index: usize, code: u32) -> Fold {
    let (start, len) = ((TARGETS[index] >> 4) as usize, (TARGETS[index] & 15) as usize);
    match &POOL[start..start + len] {
        "" => Fold::Invisible,
        text => Fold::To {
            text,
            styled: matches!(code, 0x2460..=0x24FF | 0x2776..=0x2793 | 0xFF00..=0xFFEF | 0x1_D400..=0x1_D7FF | 0x1_F100..=0x1_F1FF),
        },
    }
}

const SAME: u16 = u16::MAX;

/// Direct index for Latin with accents (below U+0250), which is most of the text outside ASCII that a phone sees.
const LATIN: [u16; 0x250] = {
    let mut table = [SAME; 0x250];
    let mut index = 0;
    while index < KEYS.len() && (KEYS[index] as usize) < table.len() {
        table[KEYS[index] as usize] = index as u16;
        index += 1;
    }
    table
};
