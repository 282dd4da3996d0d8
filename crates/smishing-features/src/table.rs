//! Hash tables that the build script lays out and the library only reads.

/// A set of hashed keys, each with a value: open addressing, linear probing, at most half full; key 0 marks a free slot.
///
/// A key is the upper half of a 64-bit hash. With some thousand entries a foreign text meets one by chance once in
/// a million look-ups, which costs a wrong hint, never a wrong trust: what grants trust is compared letter by letter.
///
/// Most look-ups are of words that are not there: a bitmap that fits the first-level cache answers nine in ten of them.
#[derive(Debug)]
pub(crate) struct Table<V: 'static> {
    slots: &'static [(u32, V)],
    bitmap: &'static [u64],
}

impl<V: Copy> Table<V> {
    pub(crate) const fn new(slots: &'static [(u32, V)], bitmap: &'static [u64]) -> Self {
        assert!(slots.len().is_power_of_two() && bitmap.len().is_power_of_two());
        Self { slots, bitmap }
    }

    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<V> {
        let (word, bit) = bitmap_place(hash, self.bitmap.len());
        if self.bitmap.get(word)? & bit == 0 {
            return None;
        }
        self.find(key(hash))
    }

    fn find(&self, key: u32) -> Option<V> {
        let mut at = key as usize;
        loop {
            let &(found, value) = self.slots.get(at & (self.slots.len() - 1))?;
            if found == key {
                return Some(value);
            }
            if found == 0 {
                return None;
            }
            at += 1;
        }
    }
}

/// The slots of a table, for the build script.
#[allow(dead_code, reason = "the build script calls it")]
pub(crate) fn lay_out<V: Copy + Default>(entries: &[(u64, V)]) -> alloc::vec::Vec<(u32, V)> {
    let len = (entries.len() * 2 + 1).next_power_of_two();
    let mut slots = alloc::vec![(0, V::default()); len];
    for &(hash, value) in entries {
        let key = key(hash);
        let mut at = key as usize & (len - 1);
        while slots[at].0 != 0 {
            assert_ne!(slots[at].0, key, "two entries share a key");
            at = (at + 1) & (len - 1);
        }
        slots[at] = (key, value);
    }
    slots
}

/// The bitmap of a table, eight bits an entry or more, for the build script.
#[allow(dead_code, reason = "the build script calls it")]
pub(crate) fn lay_out_bitmap<V>(entries: &[(u64, V)]) -> alloc::vec::Vec<u64> {
    let mut bitmap = alloc::vec![0; (entries.len() / 8 + 1).next_power_of_two()];
    for (hash, _) in entries {
        let (word, bit) = bitmap_place(*hash, bitmap.len());
        bitmap[word] |= bit;
    }
    bitmap
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
