//! Telephone numbers have to be nobody's.
use super::Message;

/// Looks at every run of nine or more digits that a person could dial, in the countries that reserve numbers for fiction.
pub(super) fn check(messages: &[Message], faults: &mut Vec<String>) {
    for message in messages {
        for text in [&message.text, &message.sender] {
            for number in dialable(text) {
                if !is_fictional(&message.region, &number) {
                    faults.push(format!(
                        "{}: number {number} is not in a range for fiction",
                        message.place
                    ));
                }
            }
        }
    }
}

/// Digits of the telephone numbers in a text: ten to thirteen of them with the usual signs between, or after a `+`.
fn dialable(text: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut digits = String::new();
    let mut groups: Vec<usize> = Vec::new();
    let mut plus = false;
    let mut after_word = false;
    let mut before = ' ';
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_digit() {
            if digits.is_empty() {
                plus = before == '+';
                after_word = before.is_alphanumeric()
                    || matches!(before, '/' | '*' | '#' | '-' | '_' | '.' | ',' | '$' | '£' | '€');
            }
            if before.is_ascii_digit() && !groups.is_empty() {
                *groups.last_mut().unwrap_or(&mut 0) += 1;
            } else {
                groups.push(1);
            }
            digits.push(letter);
        } else if !matches!(letter, ' ' | '-' | '(' | ')') || digits.is_empty() {
            let glued = before.is_ascii_digit() && letter.is_alphanumeric();
            // References are written in other groups than telephone numbers are.
            let starts_as_number = plus || digits.starts_with(['0', '1']) || groups == [10] || groups == [3, 3, 4];
            if (10..=13).contains(&digits.len()) && !after_word && !glued && starts_as_number {
                numbers.push(std::mem::take(&mut digits));
            }
            digits.clear();
            groups.clear();
        }
        before = letter;
    }
    numbers
}

/// Ranges that the numbering authorities keep for drama: NANPA 555-01xx; Ofcom 07700 900xxx, 020 7946 0xxx and others;
/// ACMA 0491 570 xxx, 5550 and 7010 xxxx; `ComReg` 020 91x xxxx. Elsewhere a number has to show that it is none: `000`.
fn is_fictional(region: &str, number: &str) -> bool {
    let repeated_zeros = number.contains("000");
    match region {
        "US" | "CA" => {
            let national = number.strip_prefix('1').unwrap_or(number);
            national.len() != 10 || national.starts_with('0') || national[3..].starts_with("55501") || repeated_zeros
        }
        "GB" => {
            let national = number.strip_prefix("44").map_or_else(
                || number.to_owned(),
                |rest| format!("0{}", rest.trim_start_matches('0')),
            );
            let reserved = [
                "07700900", "02079460", "01134960", "01144960", "01154960", "01164960", "01174960", "01184960",
                "01214960", "01314960", "01414960", "01514960", "01614960", "01914980", "01632960", "02890180",
                "02920180", "08081570", "09098790", "03069990",
            ];
            !national.starts_with('0')
                || national.len() != 11
                || reserved.iter().any(|range| national.starts_with(range))
                || repeated_zeros
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialable_and_fictional() {
        assert_eq!(
            dialable("call 0808 157 0012, ref 4821-99, a/c 1234567890123456 or +44 7700 900123."),
            ["08081570012", "447700900123"]
        );
        assert_eq!(dialable("track 1Z999AA10123456784 x1234567890"), Vec::<String>::new());
        assert!(is_fictional("US", "2125550143") && !is_fictional("US", "2127365011"));
        assert!(is_fictional("GB", "447700900123") && !is_fictional("GB", "02072221234"));
    }
}
