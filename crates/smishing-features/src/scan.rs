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
        }
    }
}
