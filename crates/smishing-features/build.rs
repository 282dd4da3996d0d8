//! Compiles the fact tables of `smishing-data` into hash tables, with the library's own normaliser and hash.
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;

extern crate alloc;

#[allow(dead_code)]
#[path = "src/class.rs"]
mod class;
#[allow(dead_code)]
#[path = "src/hash.rs"]
mod hash;
#[allow(dead_code)]
#[path = "src/host_class.rs"]
mod host_class;
#[allow(dead_code, unreachable_pub)]
#[path = "src/normalize/mod.rs"]
mod normalize;
#[allow(dead_code)]
#[path = "src/table.rs"]
mod table;
#[allow(dead_code, unreachable_pub)]
#[path = "src/token.rs"]
mod token;

use host_class::{HostClass, Tenure};

fn main() {
    for file in [
        "build.rs",
        "src/class.rs",
        "src/hash.rs",
        "src/host_class.rs",
        "src/normalize",
        "src/table.rs",
        "src/token.rs",
    ] {
        println!("cargo:rerun-if-changed={file}");
    }
    let mut out = String::new();
    write_brands_and_phrases(&mut out);
    write_calling_codes(&mut out);
    write_hosts(&mut out);
    let path = Path::new(&std::env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("tables.rs");
    std::fs::write(path, out).expect("cargo makes OUT_DIR writable");
}

fn fold(phrase: &str) -> String {
    normalize::NormalizedText::from(phrase).into()
}

/// Hash of a phrase: of its letters where the script has no spaces, else of its words one after the other.
fn phrase_hash(phrase: &str) -> u64 {
    if phrase.chars().next().is_some_and(class_of_script::is_unspaced) {
        return hash::word(phrase.as_bytes());
    }
    token::words(phrase)
        .map(|(_, word)| hash::word(word.as_bytes()))
        .reduce(hash::pair)
        .unwrap_or_else(|| panic!("lexicon or brand phrase without a word: {phrase:?}"))
}

#[path = "src/script.rs"]
mod class_of_script;

fn write_brands_and_phrases(out: &mut String) {
    let mut phrases: BTreeMap<u64, (u32, u16)> = BTreeMap::new();
    for [class, lang, phrase] in smishing_data::rows(smishing_data::LEXICON) {
        let class = if class == "negation" && lang != "en" {
            "negation_abroad"
        } else {
            class
        };
        let bit = class::NAMES
            .iter()
            .position(|name| *name == class)
            .unwrap_or_else(|| panic!("lexicon.tsv: unknown class {class}"));
        phrases.entry(phrase_hash(&fold(phrase))).or_default().0 |= 1 << bit;
    }
    let mut domains: BTreeMap<String, (u16, Tenure)> = BTreeMap::new();
    // Brands are numbered from 1, those with known domains first: 0 means "no brand".
    let charted = smishing_data::rows(smishing_data::BRANDS)
        .filter(|[_, _, _, _, official, _, _]| !official.is_empty())
        .count();
    let charted = u16::try_from(charted).expect("fewer than 65,536 brands");
    let (mut next_charted, mut next_other) = (1..=charted, charted + 1..);
    let mut names: BTreeMap<u16, (&str, &str)> = BTreeMap::new();
    for [name, aliases, sector, countries, official, _, _] in smishing_data::rows(smishing_data::BRANDS) {
        let id = if official.is_empty() {
            next_other.next()
        } else {
            next_charted.next()
        }
        .expect("fewer than 65,536 brands");
        names.insert(id, (name, countries));
        for alias in aliases.split('|').filter(|alias| !alias.is_empty()) {
            // "Charles Schwab", and as senders and hosts write it.
            let joined = alias.replace(' ', "");
            for spelling in [alias, joined.as_str()] {
                let entry = phrases.entry(phrase_hash(&fold(spelling))).or_default();
                // Where two brands share a name, the first row has it.
                if entry.1 == 0 {
                    entry.1 = id;
                }
            }
        }
        for domain in official.split('|').filter(|domain| !domain.is_empty()) {
            let tenure = if sector == "social" {
                Tenure::UserContent
            } else {
                Tenure::Official
            };
            domains.entry(domain.to_owned()).or_insert((id, tenure));
        }
    }
    write_table(out, "HEADS", "u16", &heads(&names, &phrases));
    for [suffix, class, _] in smishing_data::rows(smishing_data::LINKS) {
        if class == "brand_shortener" {
            domains.entry(suffix.to_owned()).or_insert((0, Tenure::Shortener));
        }
    }
    *out += &format!("pub(crate) const CHARTED_BRANDS: u16 = {charted};\n");
    let names: Vec<_> = names.into_values().collect();
    *out += &format!(
        "pub(crate) static BRANDS: [(&str, &str); {}] = {names:?};\n",
        names.len()
    );
    let phrases: Vec<_> = phrases.into_iter().collect();
    write_table(out, "PHRASES", "(u32, u16)", &phrases);
    let indexed: Vec<_> = domains
        .keys()
        .zip(0_u16..)
        .map(|(domain, index)| (hash::word(domain.as_bytes()), index))
        .collect();
    write_table(out, "DOMAINS", "u16", &indexed);
    let names: Vec<_> = domains
        .iter()
        .map(|(domain, (brand, tenure))| (domain, brand, *tenure as u8))
        .collect();
    *out += &format!(
        "pub(crate) static DOMAIN_NAMES: [(&str, u16, u8); {}] = {names:?};\n",
        names.len()
    );
}

/// Names of one word that are everyday words too, and so no aliases: a brand's only where a message starts with them and a
/// colon (`Chase: a new payee ...`).
fn heads(names: &BTreeMap<u16, (&str, &str)>, phrases: &BTreeMap<u64, (u32, u16)>) -> Vec<(u64, u16)> {
    /// Words that messages start with for other reasons.
    const HEADINGS: [&str; 6] = ["free", "next", "promise", "stan", "three", "zip"];
    let mut heads = BTreeMap::new();
    for (id, (name, _)) in names {
        let name = fold(name);
        let hash = phrase_hash(&name);
        let is_alias = phrases.get(&hash).is_some_and(|(_, brand)| *brand > 0);
        if name.len() > 2 && token::words(&name).count() == 1 && !is_alias && !HEADINGS.contains(&name.as_str()) {
            heads.entry(hash).or_insert(*id);
        }
    }
    heads.into_iter().collect()
}

fn write_calling_codes(out: &mut String) {
    let codes: Vec<_> = smishing_data::rows(smishing_data::CALLING_CODES)
        .map(|[code, countries]: [&str; 2]| (code, countries))
        .collect();
    *out += &format!(
        "pub(crate) static CALLING_CODES: [(&str, &str); {}] = {codes:?};\n",
        codes.len()
    );
}

fn write_hosts(out: &mut String) {
    let mut hosts: BTreeMap<&str, u16> = BTreeMap::new();
    for [rule, _] in smishing_data::rows(smishing_data::SUFFIXES) {
        let (suffix, class) = match (rule.strip_prefix("*."), rule.strip_prefix('!')) {
            (Some(parent), _) => (parent, HostClass::WILDCARD_SUFFIX),
            (_, Some(exception)) => (exception, HostClass::SUFFIX_EXCEPTION),
            _ => (rule, HostClass::PUBLIC_SUFFIX),
        };
        *hosts.entry(suffix).or_default() |= class.0;
    }
    for [suffix, class, _] in smishing_data::rows(smishing_data::LINKS) {
        if class == "brand_shortener" {
            continue;
        }
        *hosts.entry(suffix).or_default() |= HostClass::named(class)
            .unwrap_or_else(|| panic!("links.tsv: unknown class {class}"))
            .0;
    }
    for word in host_class::WORD_LIKE_SUFFIXES {
        *hosts.entry(word).or_default() |= HostClass::WORD_LIKE.0;
    }
    let hosts: Vec<_> = hosts
        .into_iter()
        .map(|(suffix, class)| (hash::word(suffix.as_bytes()), class))
        .collect();
    write_table(out, "HOSTS", "u16", &hosts);
}

fn write_table<V: Copy + Default + Debug>(out: &mut String, name: &str, value: &str, entries: &[(u64, V)]) {
    let slots = table::lay_out(entries);
    let bitmap = table::lay_out_bitmap(entries);
    *out += &format!("static {name}_SLOTS: [(u32, {value}); {}] = {slots:?};\n", slots.len());
    *out += &format!("static {name}_BITMAP: [u64; {}] = {bitmap:?};\n", bitmap.len());
    *out += &format!("pub(crate) static {name}: Table<{value}> = Table::new(&{name}_SLOTS, &{name}_BITMAP);\n");
}
