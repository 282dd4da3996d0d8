//! Telephone numbers, amounts and masked account numbers in normalised text.
use crate::marks::{Kind, Marks};
use core::ops::Range;

/// What a run of digits is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberKind {
    /// Four to eight digits, alone or as `123-456`: the shape of one-time codes.
    Code,
    /// A telephone number.
    Phone,
    /// An amount with its currency.
    Money,
    /// The end of a masked account or card number.
    Masked,
}

/// Calls `found` for the numbers of `text`, from left to right, in linear time.
pub(crate) fn find_numbers(text: &[u8], marks: &Marks, mut found: impl FnMut(NumberKind, Range<usize>)) {
    let mut at = 0;
    while let Some(start) = marks.first(Kind::Digit, at) {
        let run = digit_run(text, start);
        if let Some(kind) = kind(text, &run) {
            found(kind, run.span.clone());
        }
        at = run.span.end;
    }
}

struct Run {
    span: Range<usize>,
    digits: usize,
    /// Groups of digits, and digits of the first group.
    groups: usize,
    first_group: usize,
    decimal: bool,
}

/// Digits from `start` on, with the single joints of telephone numbers and amounts between them.
fn digit_run(text: &[u8], start: usize) -> Run {
    let mut run = Run {
        span: start..start,
        digits: 0,
        groups: 1,
        first_group: 0,
        decimal: false,
    };
    let mut at = start;
    loop {
        match text.get(at) {
            Some(byte) if byte.is_ascii_digit() => {
                run.digits += 1;
                run.first_group += usize::from(run.groups == 1);
                at += 1;
                run.span.end = at;
            }
            Some(joint @ (b' ' | b'-' | b'.' | b',' | b'(' | b')' | b'/')) => {
                // ") " and ") -" follow an area code.
                let skip = 1 + usize::from(*joint == b')' && matches!(text.get(at + 1), Some(b' ' | b'-')));
                if !text.get(at + skip).is_some_and(u8::is_ascii_digit) {
                    return run;
                }
                run.decimal |= matches!(joint, b'.' | b',' | b'/');
                run.groups += 1;
                at += skip;
            }
            _ => return run,
        }
    }
}

fn kind(text: &[u8], run: &Run) -> Option<NumberKind> {
    let before = &text[..run.span.start];
    let after = &text[run.span.end..];
    // *141*1# is dialled.
    let dialled = matches!(after.first(), Some(b'#' | b'*'));
    if !dialled && run.first_group <= 6 && is_masked(before) || run.groups == 1 && is_end_of_number(before, run.digits)
    {
        return Some(NumberKind::Masked);
    }
    if has_currency(before, after) {
        return Some(NumberKind::Money);
    }
    let glued =
        before.last().is_some_and(u8::is_ascii_alphabetic) || after.first().is_some_and(u8::is_ascii_alphabetic);
    let international = matches!(before.last(), Some(b'+'));
    // Mobile numbers of nine digits are written without joints from Portugal to Mozambique, and start with a high digit;
    // reference numbers start with any.
    let mobile = matches!(text[run.span.start], b'6'..=b'9');
    // A date with its time is as long as a telephone number: 26-05-2026 0:05.
    let before_time = matches!(after, [b':', digit, ..] if digit.is_ascii_digit());
    if !glued
        && !before_time
        && !run.decimal
        && (9..=15).contains(&run.digits)
        && (run.groups > 1 || international || mobile || run.digits >= 10)
        && !is_reference(before)
    {
        return Some(NumberKind::Phone);
    }
    let one_code = run.groups == 1
        || (run.groups == 2
            && run.digits == 2 * run.first_group
            && matches!(text.get(run.span.start + run.first_group), Some(b'-' | b' ')));
    (!glued && !run.decimal && one_code && (4..=8).contains(&run.digits)).then_some(NumberKind::Code)
}

/// `**1234`, `xx1234`, `x1234`, `ending 1234`.
fn is_masked(before: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 4] = [b"ending ", b"ending in ", b"ending with ", b"ends "];
    match before.last() {
        Some(b'*') => true,
        Some(b'x' | b'-') => {
            let mask = before
                .iter()
                .rev()
                .take_while(|byte| matches!(byte, b'*' | b'x' | b'-' | b'#'))
                .take(24);
            let (len, signs) = mask.fold((0, 0), |(len, signs), &byte| {
                (len + 1, signs + usize::from(byte != b'-'))
            });
            // The first digits of the number may be shown as well: 20xxxxx1234.
            let inside_word = before[..before.len() - len].last().is_some_and(u8::is_ascii_alphabetic);
            signs >= 1 && !inside_word && (signs >= 2 || before.ends_with(b"x"))
        }
        Some(b' ') => ENDINGS.iter().any(|words| before.ends_with(words)),
        _ => false,
    }
}

/// `card 4821`, `a/c 4821`: numbers of accounts and cards are longer.
fn is_end_of_number(before: &[u8], digits: usize) -> bool {
    const NAMES: [&[u8]; 6] = [b"card ", b"a/c ", b"a/c no ", b"acct ", b"account ", b"card no "];
    (3..=5).contains(&digits) && NAMES.iter().any(|name| before.ends_with(name))
}

/// `ref: 356615545318`, `awb# 81306013670`: what the number is called says that nobody can be reached by it.
fn is_reference(before: &[u8]) -> bool {
    const NAMES: [&[u8]; 16] = [
        b"ref",
        b"reference",
        b"awb",
        b"id",
        b"txn",
        b"transaction",
        b"utr",
        b"rrn",
        b"pnr",
        b"folio",
        b"order",
        b"booking",
        b"tracking",
        b"invoice",
        b"consignment",
        b"receipt",
    ];
    /// Signs and `no` or `number` between the name and the number.
    const JOINTS: usize = 4;
    let last_word = |text: &[u8]| {
        let end = text.len()
            - text
                .iter()
                .rev()
                .take(JOINTS)
                .take_while(|byte| !byte.is_ascii_alphanumeric())
                .count();
        let word = text[..end]
            .iter()
            .rev()
            .take(12)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        end - word..end
    };
    let last = last_word(before);
    let last = match &before[last.clone()] {
        b"no" | b"number" => last_word(&before[..last.start]),
        _ => last,
    };
    NAMES.contains(&&before[last])
}

fn has_currency(before: &[u8], after: &[u8]) -> bool {
    const SIGNS: [&str; 16] = [
        "$", "£", "€", "₹", "₦", "₱", "¥", "₩", "₫", "₺", "₵", "฿", "₴", "元", "円", "원",
    ];
    /// ISO 4217 codes, on either side of the amount; sorted.
    const CODES: [&str; 58] = [
        "aed", "ars", "aud", "bdt", "bgn", "bhd", "brl", "bwp", "cad", "chf", "clp", "cny", "cop", "czk", "dkk", "egp",
        "etb", "eur", "gbp", "ghs", "hkd", "huf", "idr", "ils", "inr", "jod", "jpy", "kes", "krw", "kwd", "lkr", "mad",
        "mxn", "myr", "mzn", "ngn", "nok", "npr", "nzd", "omr", "pen", "php", "pkr", "pln", "qar", "ron", "rub", "rwf",
        "sar", "sek", "sgd", "thb", "tzs", "ugx", "usd", "vnd", "zar", "zmw",
    ];
    const WORDS_BEFORE: [&str; 10] = ["r", "rs", "rs.", "rm", "rp", "rp.", "tl", "ksh", "tsh", "xof"];
    // "try 100" may be an attempt: Turkey's code counts after the amount alone.
    const WORDS_AFTER: [&str; 12] = [
        "руб", "р", "zł", "zl", "tl", "lei", "try", "dong", "euro", "mt", "fcfa", "birr",
    ];
    /// Longer words name no currency.
    const LONGEST: usize = 6;
    let before = before.strip_suffix(b" ").unwrap_or(before);
    let after = after.strip_prefix(b" ").unwrap_or(after);
    let is_sign =
        |text: &[u8], matches: fn(&[u8], &[u8]) -> bool| SIGNS.iter().any(|sign| matches(text, sign.as_bytes()));
    if before.last().is_some_and(|&byte| byte == b'$' || !byte.is_ascii()) && is_sign(before, <[u8]>::ends_with)
        || after.first().is_some_and(|&byte| byte == b'$' || !byte.is_ascii()) && is_sign(after, <[u8]>::starts_with)
    {
        return true;
    }
    let in_word = |byte: &&u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || **byte == b'.';
    let last = before.iter().rev().take(LONGEST + 1).take_while(in_word).count();
    let first = after.iter().take(LONGEST + 1).take_while(in_word).count();
    let is_one_of = |word: &[u8], words: &[&str]| {
        (1..=LONGEST).contains(&word.len())
            && (words.iter().any(|known| known.as_bytes() == word)
                || word.len() == 3 && CODES.binary_search_by(|code| code.as_bytes().cmp(word)).is_ok())
    };
    let word_after = after[..first].strip_suffix(b".").unwrap_or(&after[..first]);
    is_one_of(&before[before.len() - last..], &WORDS_BEFORE) || is_one_of(word_after, &WORDS_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    fn kinds(text: &str) -> Vec<NumberKind> {
        let mut found = vec![];
        find_numbers(text.as_bytes(), &Marks::of(text.as_bytes()), |kind, _| found.push(kind));
        found
    }

    #[test]
    fn shapes() {
        use NumberKind::{Code, Masked, Money, Phone};
        for (text, expected) in [
            ("123456 is your code", &[Code][..]),
            ("code 123-456", &[Code]),
            ("g-123456", &[Code]),
            ("call 0808 157 0012 now", &[Phone]),
            ("call (212) 555-0143", &[Phone]),
            ("+44 7700 900123", &[Phone]),
            ("paid $45.20 at 10:30", &[Money]),
            ("rs. 1,200.00 debited from a/c xx1234", &[Money, Masked]),
            ("card ending 4821", &[Masked]),
            ("card **4821", &[Masked]),
            ("account 20xxxxx1234", &[Masked]),
            ("spent on card 4821", &[Masked]),
            ("boxx1234", &[]),
            ("dial *141*1# or *901#", &[]),
            ("npr 20000.00 credited", &[Money]),
            ("etb 1,080.00", &[Money]),
            ("r250 paid", &[Money]),
            ("共100元的优惠", &[Money]),
            ("opłata 3,50 zl.", &[Money]),
            ("on 12/05/2026", &[]),
            ("on 26-05-2026 0:05", &[]),
            ("upi ref no: 356615545318", &[]),
            ("awb# 81306013670", &[]),
            ("call no 9876543210", &[Phone]),
            ("vnd 250.000", &[Money]),
            ("250 try", &[Money]),
            ("room 12", &[]),
        ] {
            assert_eq!(kinds(text), expected, "{text}");
        }
    }
}
