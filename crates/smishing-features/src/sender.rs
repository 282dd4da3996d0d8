//! Who a message says it is from: the number or name that the phone shows.
use crate::Signal;
use crate::link::{Brand, named};
use crate::tables::CALLING_CODES;

/// What the sender is: a short code, a name, a telephone number or a mail address.
pub(crate) fn kind(sender: &str) -> Signal {
    let digits = sender.bytes().filter(u8::is_ascii_digit).count();
    let numeric = sender
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b' ' | b'(' | b')' | b'.'));
    if sender.contains('@') {
        Signal::SenderEmail
    } else if !numeric {
        Signal::SenderName
    } else if digits <= 8 && !sender.starts_with('+') {
        Signal::SenderShortCode
    } else {
        Signal::SenderNumber
    }
}

/// The brand that a sender's name is, or a word of it: `AMAZON`, `VM-PAYTM`.
pub(crate) fn brand(sender: &str) -> Option<Brand> {
    /// GSM sender names have 11 characters; those of richer channels are longer.
    const LONGEST: usize = 32;
    sender
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.len() <= LONGEST)
        .find_map(|word| {
            let mut lower = [0; LONGEST];
            let lower = &mut lower[..word.len()];
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            named(lower)
        })
}

/// Whether a number in international form, `+63 917 ...`, belongs to none of the countries `homes` (ISO 3166-1 alpha-2,
/// separated by `|`; `*` for everywhere).
pub(crate) fn is_foreign(sender: &str, homes: &str) -> bool {
    let Some(number) = sender.strip_prefix('+').or_else(|| sender.strip_prefix("00")) else {
        return false;
    };
    let Some(countries) = countries_of(number) else {
        return false;
    };
    homes != "*"
        && !homes.is_empty()
        && !homes
            .split('|')
            .any(|home| countries.split('|').any(|country| country.eq_ignore_ascii_case(home)))
}

/// The countries of a number's calling code, which has one to three digits and starts no other (ITU-T E.164).
fn countries_of(number: &str) -> Option<&'static str> {
    (1..=3).find_map(|len| {
        let code = number.get(..len)?;
        CALLING_CODES
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, countries)| *countries)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_countries() {
        for (sender, homes, foreign) in [
            ("+63 917 000 0000", "US", true),
            ("+1 202 555 0143", "us", false),
            ("0044 7700 900123", "US|CA", true),
            ("+44 7700 900123", "IE|GB", false),
            ("07700 900123", "US", false),
            ("+63 917 000 0000", "*", false),
            ("+999 1234 5678", "US", false),
            ("+", "US", false),
            ("+é1234567890", "US", false),
        ] {
            assert_eq!(is_foreign(sender, homes), foreign, "{sender} {homes}");
        }
    }
}
