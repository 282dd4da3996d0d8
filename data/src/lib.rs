//! The fact tables of the `smishing` workspace, as tab-separated text with a header line.
//!
//! They live in a crate of their own because a package can only embed files inside itself.
//! `smishing-features` compiles the facts into lookup tables at build time; `smishing` reads the catalogues of sentences as
//! they are, when a person asks for one.
//! Where each row comes from stands in its `source` column and in `README.md` beside the tables.
#![no_std]

/// Impersonated brands: `brand, aliases, sector, countries, domains, senders, source`; lists are separated by `|`.
pub const BRANDS: &str = include_str!("../brands.tsv");
/// Host suffixes by class (`shortener`, `free_hosting`, `abused_tld` ...): `suffix, class, source`.
pub const LINKS: &str = include_str!("../links.tsv");
/// Public-suffix rules (ICANN section), A-labels, with wildcard and exception rules: `rule, section`.
pub const SUFFIXES: &str = include_str!("../suffixes.tsv");
/// Words and short phrases that requests, stories and warnings are made of: `class, lang, phrase`.
pub const LEXICON: &str = include_str!("../lexicon.tsv");

/// Calling codes of countries (ITU-T E.164): `code, countries`; countries are ISO 3166-1 alpha-2, separated by `|`.
pub const CALLING_CODES: &str = include_str!("../calling_codes.tsv");

/// Headings of explanations, a column a language: `heading, en, es, fr, de, pt, hi`.
pub const HEADINGS: &str = include_str!("../headings.tsv");

/// What each signal says to a person, a column a language: `signal, telling, en, es, fr, de, pt, hi`. `{text}` stands for
/// the place in the message, `{word}` for the word hidden there, `{brand}` for the brand; `telling` (1 to 3) is how much the sentence helps a person to judge.
pub const REASONS: &str = include_str!("../reasons.tsv");

/// Names of the kinds of scam and spam, a column a language: `kind, en, es, fr, de, pt, hi`.
pub const KINDS: &str = include_str!("../kinds.tsv");

/// What a person may have done already, in that person's words: `mistake, en, es, fr, de, pt, hi`.
pub const MISTAKES: &str = include_str!("../mistakes.tsv");

/// Steps that advice is made of, each one action: `step, source, en, es, fr, de, pt, hi`. `source` is a page that gives this
/// advice, or `own`.
pub const ADVICE: &str = include_str!("../advice.tsv");

/// Which steps, in which order: `for, now, clicked, paid, gave_code, gave_details, installed, replied`; lists are separated by
/// `|`. `for` is a label (for all of its kinds) or a kind; in a kind's list `+` stands for the label's, and a kind without a
/// row has the label's lists.
pub const ADVICE_FOR: &str = include_str!("../advice_for.tsv");

/// Where to report, by country: `region, channel, contact, name, source, checked`. `region` is ISO 3166-1 alpha-2, or `*`
/// for anywhere; `channel` is `forward_text`, `phone` or `web`; `checked` is the day on which `source` was read.
pub const REPORTING: &str = include_str!("../reporting.tsv");

/// Rows of one of the tables without its header, each split at tabs.
///
/// ```
/// let amazon = smishing_data::rows::<7>(smishing_data::BRANDS).find(|row| row[0] == "Amazon").unwrap();
/// assert!(amazon[4].split('|').any(|domain| domain == "amazon.com"));
/// ```
pub fn rows<const COLUMNS: usize>(table: &str) -> impl Iterator<Item = [&str; COLUMNS]> {
    table.lines().skip(1).map(columns)
}

/// The row whose first column is `id`; only its line is split.
///
/// ```
/// let family = smishing_data::row::<7>(smishing_data::KINDS, "family").unwrap();
/// assert_eq!(family[1], "Family emergency");
/// ```
#[must_use]
pub fn row<'a, const COLUMNS: usize>(table: &'a str, id: &str) -> Option<[&'a str; COLUMNS]> {
    table
        .lines()
        .skip(1)
        .find(|line| line.split_once('\t').is_some_and(|(first, _)| first == id))
        .map(columns)
}

fn columns<const COLUMNS: usize>(line: &str) -> [&str; COLUMNS] {
    let mut columns = line.split('\t');
    core::array::from_fn(|_| columns.next().unwrap_or_default())
}
