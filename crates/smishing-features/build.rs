//! Compiles the fact tables of `smishing-data` into hash tables, with the library's own normaliser and hash.
use std::collections::{BTreeMap, BTreeSet};
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
#[allow(dead_code)]
#[path = "src/marks.rs"]
mod marks;
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
        "src/marks.rs",
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

/// What is known of a phrase: its classes, its brand, and how many words the longest phrase has that starts with it.
type Phrases = BTreeMap<u64, (u32, u16, u8)>;

/// The entry of a phrase: of its letters where the script has no spaces, else of its words one after the other, whose first
/// one is marked.
fn entry<'a>(phrases: &'a mut Phrases, phrase: &str) -> &'a mut (u32, u16, u8) {
    if phrase.chars().next().is_some_and(class_of_script::is_unspaced) {
        return phrases.entry(hash::word(phrase.as_bytes())).or_default();
    }
    let words: Vec<u64> = token::words(phrase)
        .map(|(_, word)| hash::word(word.as_bytes()))
        .collect();
    let [first, rest @ ..] = words.as_slice() else {
        panic!("lexicon or brand phrase without a word: {phrase:?}");
    };
    let longest = &mut phrases.entry(*first).or_default().2;
    *longest = (*longest).max(u8::try_from(words.len()).expect("phrases are short"));
    phrases
        .entry(rest.iter().copied().fold(*first, hash::pair))
        .or_default()
}

#[path = "src/script.rs"]
mod class_of_script;

fn write_brands_and_phrases(out: &mut String) {
    let mut phrases = Phrases::new();
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
        entry(&mut phrases, &fold(phrase)).0 |= 1 << bit;
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
                let entry = entry(&mut phrases, &fold(spelling));
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
    write_table(out, "HEADS", &heads(&names, &phrases));
    for [suffix, class, _] in smishing_data::rows(smishing_data::LINKS) {
        if class == "brand_shortener" {
            domains.entry(suffix.to_owned()).or_insert((0, Tenure::Shortener));
        }
    }
    *out += &format!("pub(crate) const CHARTED_BRANDS: u16 = {charted};\n");
    write_strings(out, "BRAND_NAMES", names.values().map(|(name, _)| *name));
    write_strings(out, "BRAND_COUNTRIES", names.values().map(|(_, countries)| *countries));
    write_phrases(out, &phrases);
    let indexed: Vec<_> = domains
        .keys()
        .zip(0_u16..)
        .map(|(domain, index)| (hash::word(domain.as_bytes()), index))
        .collect();
    write_table(out, "DOMAINS", &indexed);
    write_strings(out, "DOMAIN_NAMES", domains.keys().map(String::as_str));
    let owners: Vec<_> = domains.values().map(|(brand, tenure)| (brand, *tenure as u8)).collect();
    *out += &format!(
        "pub(crate) static DOMAIN_OWNERS: [(u16, u8); {}] = {owners:?};\n",
        owners.len()
    );
}

/// Names of one word that are everyday words too, and so no aliases: a brand's only where a message starts with them and a
/// colon (`Chase: a new payee ...`).
fn heads(names: &BTreeMap<u16, (&str, &str)>, phrases: &Phrases) -> Vec<(u64, u16)> {
    /// Words that messages start with for other reasons.
    const HEADINGS: [&str; 6] = ["free", "next", "promise", "stan", "three", "zip"];
    let mut heads = BTreeMap::new();
    for (id, (name, _)) in names {
        let name = fold(name);
        let hash = hash::word(name.as_bytes());
        let is_alias = phrases.get(&hash).is_some_and(|(_, brand, _)| *brand > 0);
        if name.len() > 2 && token::words(&name).count() == 1 && !is_alias && !HEADINGS.contains(&name.as_str()) {
            heads.entry(hash).or_insert(*id);
        }
    }
    heads.into_iter().collect()
}

/// Far fewer things are said than there are phrases: the table holds the number of what is said.
fn write_phrases(out: &mut String, phrases: &Phrases) {
    let kinds: BTreeMap<_, _> = phrases.values().collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
    let numbered: Vec<_> = phrases.iter().map(|(&hash, kind)| (hash, kinds[kind])).collect();
    write_table(out, "PHRASES", &numbered);
    *out += &format!("pub(crate) static PHRASE_KINDS: [Phrase; {}] = [", kinds.len());
    for (classes, brand, words) in kinds.keys() {
        *out += &format!("Phrase::new({classes}, {brand}, {words}),");
    }
    *out += "];\n";
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
    write_table(out, "HOSTS", &hosts);
}

fn write_strings<'a>(out: &mut String, name: &str, strings: impl Iterator<Item = &'a str>) {
    let (mut letters, mut ends) = (String::new(), Vec::new());
    for string in strings {
        letters += string;
        ends.push(letters.len());
    }
    *out += &format!("pub(crate) static {name}: Strings = Strings::new({letters:?}, &{ends:?});\n");
}

fn write_table(out: &mut String, name: &str, entries: &[(u64, u16)]) {
    let (keys, values) = table::lay_out(entries);
    let (slots, bitmap, len) = (keys.len(), table::lay_out_bitmap(entries), entries.len());
    *out += &format!("static {name}_KEYS: [u32; {slots}] = {keys:?};\n");
    *out += &format!("static {name}_VALUES: [u16; {slots}] = {values:?};\n");
    *out += &format!("static {name}_BITMAP: [u64; {}] = {bitmap:?};\n", bitmap.len());
    *out += &format!(
        "pub(crate) static {name}: Table = Table::new(&{name}_KEYS, &{name}_VALUES, &{name}_BITMAP, {len});\n"
    );
}
