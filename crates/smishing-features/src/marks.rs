//! Where bytes of each kind stand in a text, one bit a byte: what most stages look for is rare, and then costs nothing.
use alloc::vec::Vec;

/// Bytes of a block, one bit of a word each.
pub(crate) const BLOCK: usize = 64;

/// Kinds of ASCII bytes that some stage looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Letter,
    Digit,
    Underscore,
    FullStop,
    /// Joins letters on both sides (UAX #29), and so does a full stop.
    MidLetter,
    /// Joins digits on both sides (UAX #29), and so does a full stop.
    MidNumber,
    /// Where no language puts it between letters; underscores are another.
    Sign,
    /// A digit or sign that may stand for a letter.
    Leet,
}

const KINDS: usize = 8;

/// The kinds of a byte, one bit each. Without branches or tables, for vector units.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "lazy operators branch, and vector units cannot"
)]
const fn kinds(byte: u8) -> u8 {
    const fn bit(holds: bool, kind: Kind) -> u8 {
        if holds { 1 << kind as u8 } else { 0 }
    }
    let leet_digit =
        (byte == b'0') | (byte == b'1') | (byte == b'3') | (byte == b'4') | (byte == b'5') | (byte == b'7');
    let dollar = byte == b'$';
    let odd_sign = (byte == b'#') | (byte == b'|') | dollar | (byte == b'%') | (byte == b'^') | (byte == b'*');
    let apostrophe = byte == b'\'';
    bit((byte | 0x20).wrapping_sub(b'a') < 26, Kind::Letter)
        | bit(byte.wrapping_sub(b'0') < 10, Kind::Digit)
        | bit(byte == b'_', Kind::Underscore)
        | bit(byte == b'.', Kind::FullStop)
        | bit((byte == b':') | apostrophe, Kind::MidLetter)
        | bit((byte == b',') | (byte == b';') | apostrophe, Kind::MidNumber)
        | bit(odd_sign, Kind::Sign)
        | bit(leet_digit | (byte == b'@') | dollar, Kind::Leet)
}

/// The kinds of all bytes of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks(Vec<[u64; KINDS]>);

impl Marks {
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut marks = Self::default();
        marks.read(text);
        marks
    }

    /// Forgets what was there before.
    pub(crate) fn read(&mut self, text: &[u8]) {
        self.0.clear();
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        self.0.extend(blocks.iter().map(block));
        if !rest.is_empty() {
            let mut last = [0; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            self.0.push(block(&last));
        }
    }

    pub(crate) fn blocks(&self) -> usize {
        self.0.len()
    }

    /// Bit n: byte n of the block is of the kind. Blocks that the text does not have hold none.
    #[inline]
    pub(crate) fn at(&self, block: usize, kind: Kind) -> u64 {
        self.0.get(block).map_or(0, |kinds| kinds[kind as usize])
    }

    /// Bit n: the byte before byte n is of the kind.
    #[inline]
    pub(crate) fn before(&self, block: usize, kind: Kind) -> u64 {
        self.at(block, kind) << 1 | self.at(block.wrapping_sub(1), kind) >> (BLOCK - 1)
    }

    /// Bit n: the byte `steps` after byte n is of the kind; 1 to 63 steps.
    #[inline]
    pub(crate) fn after(&self, block: usize, steps: usize, kind: Kind) -> u64 {
        self.at(block, kind) >> steps | self.at(block + 1, kind) << (BLOCK - steps)
    }

    /// Signs and underscores between two letters, from left to right.
    pub(crate) fn signs_in_words(&self) -> impl Iterator<Item = usize> {
        (0..self.blocks()).flat_map(|block| {
            let signs = self.at(block, Kind::Sign) | self.at(block, Kind::Underscore);
            let mut bits = signs & self.before(block, Kind::Letter) & self.after(block, 1, Kind::Letter);
            core::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as usize;
                bits &= bits.wrapping_sub(1);
                (bit < BLOCK).then_some(block * BLOCK + bit)
            })
        })
    }

    /// The first byte of the kind from byte `from` on.
    #[inline]
    pub(crate) fn first(&self, kind: Kind, from: usize) -> Option<usize> {
        let first = from / BLOCK;
        let mut bits = self.at(first, kind) & u64::MAX << (from % BLOCK);
        let mut block = first;
        while bits == 0 {
            block += 1;
            bits = self.0.get(block)?[kind as usize];
        }
        Some(block * BLOCK + bits.trailing_zeros() as usize)
    }
}

/// Word k, bit n: byte n is of kind k.
fn block(bytes: &[u8; BLOCK]) -> [u64; KINDS] {
    let kinds = bytes.map(kinds);
    let mut rows = [0; KINDS];
    for (row, eight) in rows.iter_mut().zip(kinds.as_chunks::<8>().0) {
        *row = transposed(u64::from_le_bytes(*eight));
    }
    transpose_bytes(&mut rows);
    rows
}

/// Bit k of byte i becomes bit i of byte k (Warren, Hacker's Delight, 7-3).
const fn transposed(mut bits: u64) -> u64 {
    let mut swap = (bits ^ (bits >> 7)) & 0x00AA_00AA_00AA_00AA;
    bits ^= swap ^ (swap << 7);
    swap = (bits ^ (bits >> 14)) & 0x0000_CCCC_0000_CCCC;
    bits ^= swap ^ (swap << 14);
    swap = (bits ^ (bits >> 28)) & 0x0000_0000_F0F0_F0F0;
    bits ^ swap ^ (swap << 28)
}

/// Byte k of row i becomes byte i of row k, in the same manner.
fn transpose_bytes(rows: &mut [u64; 8]) {
    let mut swap = |low: usize, high: usize, shift: u32, mask: u64| {
        let swap = (rows[low] >> shift ^ rows[high]) & mask;
        rows[high] ^= swap;
        rows[low] ^= swap << shift;
    };
    for row in 0..4 {
        swap(row, row + 4, 32, 0x0000_0000_FFFF_FFFF);
    }
    for row in [0, 1, 4, 5] {
        swap(row, row + 2, 16, 0x0000_FFFF_0000_FFFF);
    }
    for row in [0, 2, 4, 6] {
        swap(row, row + 1, 8, 0x00FF_00FF_00FF_00FF);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [(Kind, &[u8]); KINDS] = [
        (Kind::Letter, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        (Kind::Digit, b"0123456789"),
        (Kind::Underscore, b"_"),
        (Kind::FullStop, b"."),
        (Kind::MidLetter, b":'"),
        (Kind::MidNumber, b",;'"),
        (Kind::Sign, b"#|$%^*"),
        (Kind::Leet, b"013457@$"),
    ];

    proptest! {
        #[test]
        fn same_as_byte_by_byte(text in proptest::collection::vec(any::<u8>(), 0..300), from in 0..300_usize) {
            let marks = Marks::of(&text);
            for (kind, bytes) in ALL {
                let is = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|byte| bytes.contains(byte));
                for at in 0..text.len() {
                    let bit = |bits: u64| bits >> (at % BLOCK) & 1 == 1;
                    let block = at / BLOCK;
                    prop_assert_eq!(bit(marks.at(block, kind)), is(Some(at)));
                    prop_assert_eq!(bit(marks.before(block, kind)), is(at.checked_sub(1)));
                    for steps in [1, 6, 63] {
                        prop_assert_eq!(bit(marks.after(block, steps, kind)), is(Some(at + steps)));
                    }
                }
                prop_assert_eq!(marks.first(kind, from), (from..text.len()).find(|&at| is(Some(at))));
            }
        }
    }
}
