//! The frozen feature hash.
//!
//! Models store one weight a bucket, so a bucket must mean the same text for ever, on every platform and with every
//! version of every dependency. Hence a hash of our own (multiply-shift, Dietzfelbinger et al. 1997) with golden
//! vectors in the tests, and never one of a library whose output may change.

/// Odd multipliers from the digits of pi after the binary point (nothing up the sleeve), made odd.
const MULTIPLIERS: [u64; 4] = [
    0x243F_6A88_85A3_08D3,
    0x1319_8A2E_0370_7345,
    0xA409_3822_299F_31D1,
    0x082E_FA98_EC4E_6C89,
];

/// Bytes of one n-gram, oldest byte highest, in the low `8 * N` bits of `window`; `N` is 3, 4 or 5.
///
/// The best bits of the result are the highest ones.
#[inline]
pub(crate) const fn ngram<const N: u32>(window: u64) -> u64 {
    let bytes = window & ((1 << (8 * N)) - 1);
    bytes.wrapping_mul(MULTIPLIERS[(N - 3) as usize])
}

/// Hash of a word's bytes: eight bytes a step, the length mixed in at the start.
#[inline]
pub(crate) const fn word(bytes: &[u8]) -> u64 {
    let mut hash = (bytes.len() as u64).wrapping_mul(MULTIPLIERS[0]);
    let mut rest = bytes;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        hash = mix(hash, u64::from_le_bytes(*chunk));
        rest = tail;
    }
    let mut last = 0;
    let mut bits = 0;
    if let Some((chunk, tail)) = rest.split_first_chunk::<4>() {
        last = u32::from_le_bytes(*chunk) as u64;
        bits = 32;
        rest = tail;
    }
    if let Some((chunk, tail)) = rest.split_first_chunk::<2>() {
        last |= (u16::from_le_bytes(*chunk) as u64) << bits;
        bits += 16;
        rest = tail;
    }
    if let [byte, ..] = rest {
        last |= (*byte as u64) << bits;
    }
    mix(hash, last)
}

/// [`word`] of a part of `text`: eight bytes are loaded at once where the text goes on behind it.
#[inline]
pub(crate) fn word_at(text: &[u8], span: &core::ops::Range<usize>) -> u64 {
    let len = span.end - span.start;
    let mut hash = (len as u64).wrapping_mul(MULTIPLIERS[0]);
    let mut rest = &text[span.start..];
    let mut left = len;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let chunk = u64::from_le_bytes(*chunk);
        if left < 8 {
            return mix(hash, chunk & !(u64::MAX << (8 * left)));
        }
        hash = mix(hash, chunk);
        rest = tail;
        left -= 8;
    }
    word(&text[span.clone()])
}

/// Hash of two neighbouring words; the order counts.
#[inline]
pub(crate) const fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23), second)
}

#[inline]
const fn mix(hash: u64, block: u64) -> u64 {
    let product = (hash ^ block).wrapping_mul(MULTIPLIERS[3]);
    product ^ (product >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These numbers are the file format's: a change that alters them makes every stored model meaningless.
    #[test]
    fn golden_vectors() {
        assert_eq!(
            ngram::<3>(0x61_62_63),
            0x61_62_63_u64.wrapping_mul(0x243F_6A88_85A3_08D3)
        );
        let golden = [
            (ngram::<3>(0xFF61_6263), GOLDEN[0]),
            (ngram::<4>(0x6162_6364), GOLDEN[1]),
            (ngram::<5>(0x61_6263_6465), GOLDEN[2]),
            (word(b""), GOLDEN[3]),
            (word(b"code"), GOLDEN[4]),
            (word(b"password"), GOLDEN[5]),
            (word("проверка".as_bytes()), GOLDEN[6]),
            (pair(word(b"your"), word(b"code")), GOLDEN[7]),
        ];
        assert_eq!(
            golden.map(|(found, _)| found),
            golden.map(|(_, expected)| expected),
            "{:#018x?}",
            golden.map(|(found, _)| found)
        );
    }

    const GOLDEN: [u64; 8] = [
        0xa909_18ba_6f60_2f99,
        0xab54_b207_19ea_b5f4,
        0xe007_678f_e117_4b75,
        0x0000_0000_0000_0000,
        0x09a5_2e40_dcef_eb23,
        0x8223_4c99_5bf2_9cc4,
        0x5237_1cf6_3744_e0e1,
        0x1d10_2029_f570_24f8,
    ];

    #[test]
    fn word_inside_a_text() {
        let text = b"0123456789abcdefghijklmnop";
        for start in 0..=text.len() {
            for end in start..=text.len() {
                assert_eq!(word_at(text, &(start..end)), word(&text[start..end]));
            }
        }
    }

    #[test]
    fn length_and_order_count() {
        assert_ne!(word(b"a"), word(b"a\0"));
        assert_ne!(pair(1, 2), pair(2, 1));
    }
}
