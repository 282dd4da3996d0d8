//! Many short strings, end to end: a pointer to each would cost a program more than the letters do.

#[derive(Debug)]
pub(crate) struct Strings {
    letters: &'static str,
    /// Where each string ends, and the next one starts.
    ends: &'static [u32],
}

impl Strings {
    pub(crate) const fn new(letters: &'static str, ends: &'static [u32]) -> Self {
        Self { letters, ends }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&'static str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.letters.get(start as usize..end as usize)
    }
}
