//! Search for rare bytes.

/// Where the first byte of a kind stands; sixteen bytes are looked at together, without a branch a byte.
#[inline]
pub(crate) fn first_where(bytes: &[u8], is_it: impl Fn(u8) -> bool) -> Option<usize> {
    let (chunks, rest) = bytes.as_chunks::<16>();
    for (number, chunk) in chunks.iter().enumerate() {
        if chunk.iter().fold(false, |found, &byte| found | is_it(byte)) {
            let inside = chunk.iter().position(|&byte| is_it(byte))?;
            return Some(16 * number + inside);
        }
    }
    let inside = rest.iter().position(|&byte| is_it(byte))?;
    Some(bytes.len() - rest.len() + inside)
}

/// Whether these three bytes stand anywhere in a row; all places are looked at, so that the search vectorises.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "lazy operators branch, and vector units cannot"
)]
pub(crate) fn holds(text: &[u8], [a, b, c]: [u8; 3]) -> bool {
    let (Some(second), Some(third)) = (text.get(1..), text.get(2..)) else {
        return false;
    };
    let mut found = false;
    for ((&first, &second), &third) in text.iter().zip(second).zip(third) {
        found |= (first == a) & (second == b) & (third == c);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn same_as_position(bytes in proptest::collection::vec(b'a'..=b'd', 0..70)) {
            for wanted in b'a'..=b'e' {
                let plain = bytes.iter().position(|&byte| byte == wanted);
                prop_assert_eq!(first_where(&bytes, |byte| byte == wanted), plain);
            }
            let plain = bytes.windows(3).any(|three| three == b"abc");
            prop_assert_eq!(holds(&bytes, *b"abc"), plain);
        }
    }
}
