//! Search for rare bytes.

/// Places that are looked at together.
const PLACES: usize = 32;
/// What the last one of them needs.
const CHUNK: usize = PLACES + 2;

/// Whether these three bytes stand anywhere in a row; all places are looked at, so that the search vectorises.
pub(crate) fn holds(text: &[u8], wanted: [u8; 3]) -> bool {
    let Some(last) = text.last_chunk::<CHUNK>() else {
        return text.windows(3).any(|three| three == wanted);
    };
    let mut found = stand_in_chunk(last, wanted);
    let mut rest = text;
    while let Some(chunk) = rest.first_chunk::<CHUNK>() {
        found |= stand_in_chunk(chunk, wanted);
        rest = &rest[PLACES..];
    }
    found
}

#[allow(
    clippy::needless_bitwise_bool,
    reason = "lazy operators branch, and vector units cannot"
)]
#[inline]
fn stand_in_chunk(chunk: &[u8; CHUNK], [a, b, c]: [u8; 3]) -> bool {
    let mut found = false;
    for at in 0..PLACES {
        found |= (chunk[at] == a) & (chunk[at + 1] == b) & (chunk[at + 2] == c);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn same_as_windows(bytes in proptest::collection::vec(b'a'..=b'd', 0..120)) {
            let plain = bytes.windows(3).any(|three| three == b"abc");
            prop_assert_eq!(holds(&bytes, *b"abc"), plain);
        }
    }
}
