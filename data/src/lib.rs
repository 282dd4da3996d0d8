//! The fact tables of the `smishing` workspace, as tab-separated text with a header line.
//!
//! They live in a crate of their own because a package can only embed files inside itself.
//! `smishing-features` compiles them into lookup tables at build time; nothing reads them at run time.
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

/// What each signal says to a person, a column a language: `signal, telling, en, es, fr, de, pt, hi`. `{text}` stands for
/// the place in the message, `{brand}` for the brand; `telling` (1 to 3) is how much the sentence helps a person to judge.
pub const REASONS: &str = include_str!("../reasons.tsv");

/// Rows of one of the tables without its header, each split at tabs.
///
/// ```
/// let amazon = smishing_data::rows::<7>(smishing_data::BRANDS).find(|row| row[0] == "Amazon").unwrap();
/// assert!(amazon[4].split('|').any(|domain| domain == "amazon.com"));
/// ```
pub fn rows<const COLUMNS: usize>(table: &str) -> impl Iterator<Item = [&str; COLUMNS]> {
    table.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        core::array::from_fn(|_| columns.next().unwrap_or_default())
    })
}
