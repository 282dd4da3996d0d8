//! Hash tables that the build script lays out and the library only reads.

/// Hashed keys, each with a small number: open addressing, linear probing, two thirds full; key 0 marks a free slot.
///
/// A key is the upper half of a 64-bit hash. With some thousand entries a foreign text meets one by chance once in
/// a million look-ups, which costs a wrong hint, never a wrong trust: what grants trust is compared letter by letter.
///
/// Most look-ups are of words that are not there: a bitmap that fits the first-level cache answers nine in ten of them.
#[derive(Debug)]
pub(crate) struct Table {
    /// Apart from the values, or padding would take a third of the table.
    keys: &'static [u32],
    values: &'static [u16],
    bitmap: &'static [u64],
    /// Of slots that keys belong to; those behind are for what found its own taken.
    range: usize,
}

impl Table {
    pub(crate) const fn new(
        keys: &'static [u32],
        values: &'static [u16],
        bitmap: &'static [u64],
        entries: usize,
    ) -> Self {
        assert!(keys.len() == values.len() && bitmap.len().is_power_of_two());
        Self {
            keys,
            values,
            bitmap,
            range: range(entries),
        }
    }

    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<u16> {
        let (word, bit) = bitmap_place(hash, self.bitmap.len());
        if self.bitmap.get(word)? & bit == 0 {
            return None;
        }
        self.find(key(hash))
    }

    fn find(&self, key: u32) -> Option<u16> {
        let first = slot(key, self.range);
        for (slot, &found) in self.keys.get(first..)?.iter().enumerate() {
            if found == key {
                return self.values.get(first + slot).copied();
            }
            if found == 0 {
                break;
            }
        }
        None
    }
}

/// The keys and values of a table, for the build script.
#[allow(dead_code, reason = "the build script calls it")]
pub(crate) fn lay_out(entries: &[(u64, u16)]) -> (alloc::vec::Vec<u32>, alloc::vec::Vec<u16>) {
    let range = range(entries.len());
    let (mut keys, mut values) = (alloc::vec![0; range], alloc::vec![0; range]);
    for &(hash, value) in entries {
        let key = key(hash);
        let mut at = slot(key, range);
        while keys.get(at).is_some_and(|&taken| taken != 0) {
            assert_ne!(keys[at], key, "two entries share a key");
            at += 1;
        }
        if at == keys.len() {
            keys.push(0);
            values.push(0);
        }
        (keys[at], values[at]) = (key, value);
    }
    (keys, values)
}

/// The bitmap of a table, eight bits an entry or more, for the build script.
#[allow(dead_code, reason = "the build script calls it")]
pub(crate) fn lay_out_bitmap(entries: &[(u64, u16)]) -> alloc::vec::Vec<u64> {
    let mut bitmap = alloc::vec![0; (entries.len() / 8 + 1).next_power_of_two()];
    for (hash, _) in entries {
        let (word, bit) = bitmap_place(*hash, bitmap.len());
        bitmap[word] |= bit;
    }
    bitmap
}

const fn range(entries: usize) -> usize {
    entries + entries / 2 + 1
}

/// The slot that a key belongs to: its place among all keys, scaled to the table.
#[inline]
const fn slot(key: u32, range: usize) -> usize {
    ((key as u64 * range as u64) >> u32::BITS) as usize
}

/// Word and bit of a hash; from bits that the slots' keys do not start with.
#[inline]
const fn bitmap_place(hash: u64, words: usize) -> (usize, u64) {
    ((hash >> 6) as usize & (words - 1), 1 << (hash & 63))
}

#[inline]
const fn key(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
}
