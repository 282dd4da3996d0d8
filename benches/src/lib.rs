//! What the benchmarks measure on: invented messages of each shape, and corpora where they are present.
pub mod counts;

use smishing_train::{Columns, Corpus, Format, ReadOptions, Rows};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Chat, as short as most of it.
pub const SHORT: &str = "ok, see you at 8 then";

/// A scam of usual length, ASCII.
pub const TYPICAL: &str = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";

/// Two alphabets and accents, nothing disguised: off the ASCII path.
pub const NON_ASCII: &str = "Ваш код подтверждения 482913. Никому его не сообщайте. Täglich geöffnet, à bientôt!";

/// What makes a reader work: zero-width characters, look-alike letters, stacked marks, leet, spaced letters and links.
pub const HOSTILE: &str = "Y\u{200B}o\u{200B}u\u{200B}r p\u{430}rc\u{435}l is h\u{435}ld! P a y n o w: \
    hxxps://p\u{43E}st-fee[.]top/a http://203.0.113.7/x bit.ly/x1 v\u{301}\u{302}\u{303}er1fy y0ur \u{1D5EE}\u{1D5F0}\u{1D5F0}\
    \u{1D5FC}\u{1D602}\u{1D5FB}\u{1D601} at \u{440}\u{430}ypal-secure.example.top \u{FF50}\u{FF41}\u{FF59} f.e";

/// Chat of the length of UCI's texts, from `data/messages/personal.jsonl`.
pub const CHAT: [&str; 6] = [
    "gate code 2580#, key's under the gnome. feed Trev!!",
    "dad dont renew the antivirus on that popup, its a fake. close the browser by holding the power button & i'll look at it sunday",
    "BTO got queue no!! 412 out of 600 lol. cpf enough anot",
    "Howya Maeve, Tommy's removal is at 7 in Rocheville, mass tomorrow at 11. no flowers, he'd want it give to the hospice",
    SHORT,
    "Missed you! We'll retry tomorrow. If you'd rather collect, choose a pickup point in the app within 24 hours.",
];

/// What banks, shops and their imitators write, from `data/messages`.
pub const BUSINESS: [&str; 6] = [
    "Rs.2,340.00 spent on your Kotak Debit Card XX3173 at SRI BALAJI MEDICALS on 30-Nov-2025 19:42.Avl bal Rs.11,806.37.Not \
     you?SMS BLOCK 3173 to 00000 56677 or call 1800-000-0266",
    "we noticed a check out of order, number 2290 for 860 dollars. if you wrote it do nothing. mesaverdecu.org/checks",
    "Canada Post: item 7032 1188 4450 is at the Ridley Square outlet, bring the card we left. Details canadapost.ca/track",
    "otp 902 177 for demat nominee change, dp id ending 4410. wasn't you? freeze from the app or 1800-000-3388",
    "Hi it's Ryan from Lakeshore State Bank. Your $75k line came up for annual renewal, I'm missing the 2024 return. Can you \
     drop it at the branch today?",
    TYPICAL,
];

/// Several scripts, signs of currency and emoji.
pub const MIXED: [&str; 4] = [
    NON_ASCII,
    "An Post: Your item CE 0041 771 IE has a customs charge of €11.40. Pay at any post office or in the An Post app. We keep it \
     for 20 days.",
    "Annapurna Kirana packed order #4471, 12 items, ₹938 (atta swapped to 5 kg). Rider Salim 00000 77120, gate code? Reply. \
     Bill: annapurnakirana.in/b/4471",
    "يا كابتن ال 350 وصلت فودافون كاش، فاضلي عندك 62 ابقى اديهم لأخويا في الورشة",
];

/// A message of 2 KB: thirteen texts' worth.
#[must_use]
pub fn long() -> String {
    let mut text = String::new();
    for day in 1.. {
        let next = format!(
            "On the {day}th we meet at the station at 9:{:02}; bring the tickets (order {}) and something to eat, the \
             train takes {day} hours. ",
            10 + day % 50,
            48_213 * day % 99_991
        );
        if text.len() + next.len() > 2048 {
            break;
        }
        text += &next;
    }
    text
}

/// The texts of UCI's SMS Spam Collection where it is present, else those of the project's own messages; and whose
/// they are.
///
/// # Panics
///
/// Where neither can be read.
#[must_use]
pub fn corpus_texts() -> (&'static str, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Ok(file) = File::open(root.join("../../shared/corpora/raw/SMSSpamCollection"))
        && let Ok(rows) = Rows::new(BufReader::new(file), Format::Tsv, &Columns::default())
    {
        return ("uci", rows.map_while(Result::ok).map(|row| row.text).collect());
    }
    let corpus = Corpus::read(&[root.join("../data/messages")], &ReadOptions::default())
        .expect("data/messages is part of the repository");
    ("data", corpus.records.into_iter().map(|record| record.text).collect())
}

/// Labelled messages in UCI's layout, generated: `ham`, `spam` and `smishing` in turn, no near-duplicates.
#[must_use]
pub fn generated(rows: usize) -> String {
    const POOLS: [(&str, &[&str]); 3] = [
        (
            "ham",
            &[
                "lunch", "garden", "piano", "doctor", "cinema", "bakery", "homework", "birthday",
            ],
        ),
        (
            "spam",
            &[
                "discount", "sale", "offer", "bargain", "coupon", "cheap", "casino", "bonus",
            ],
        ),
        (
            "smishing",
            &[
                "verify",
                "suspended",
                "unpaid",
                "customs",
                "password",
                "penalty",
                "locked",
                "refund",
            ],
        ),
    ];
    const COMMON: &[&str] = &[
        "today", "here", "please", "soon", "message", "number", "people", "minutes", "tomorrow", "again", "really",
        "about", "which", "morning", "between", "always", "nothing", "street", "window", "paper",
    ];
    let mut state = 7_u64;
    let mut pick = |words: &[&'static str]| {
        // Knuth's MMIX generator: the texts must be the same with every version of every dependency.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        words[(state >> 33) as usize % words.len()]
    };
    let mut file = String::new();
    for row in 0..rows {
        let (label, own) = POOLS[row % POOLS.len()];
        let words: Vec<_> = (0..15).map(|at| pick(if at % 3 == 0 { own } else { COMMON })).collect();
        file += &format!("{label}\t{}\n", words.join(" "));
    }
    file
}
