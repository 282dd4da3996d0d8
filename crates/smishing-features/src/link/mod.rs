//! Links and mail addresses, with or without a scheme, and whose they are.
use crate::hash;
use crate::host_class::{HostClass, Tenure};
use crate::marks::{Kind, Marks};
use crate::phrase::Phrase;
use crate::tables::{BRAND_COUNTRIES, BRAND_NAMES, CHARTED_BRANDS, DOMAIN_NAMES, DOMAIN_OWNERS, DOMAINS, HOSTS};
use alloc::vec::Vec;
use core::ops::Range;

mod broken;
mod scheme;

/// Number of a brand in the brand table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Brand(pub(crate) u16);

impl Brand {
    pub(crate) fn from_table(number: u16) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// As the table writes it.
    pub(crate) fn name(self) -> &'static str {
        BRAND_NAMES.get(self.index()).unwrap_or_default()
    }

    /// Where the brand is known: ISO 3166-1 alpha-2, separated by `|`, or `*`.
    pub(crate) fn countries(self) -> &'static str {
        BRAND_COUNTRIES.get(self.index()).unwrap_or_default()
    }

    fn index(self) -> usize {
        usize::from(self.0) - 1
    }

    /// Whether the table knows domains of the brand; of others nobody can say which links are not theirs.
    pub(crate) fn is_charted(self) -> bool {
        self.0 <= CHARTED_BRANDS
    }
}

/// Where a link leads, as far as its host tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A domain that belongs to a known brand.
    Official(Brand),
    /// A known brand's domain where anybody can put content: it says nothing about who wrote the message.
    UserContent(Brand),
    /// A chat in a messenger.
    Messenger,
    /// Short links of a brand, for its own pages and sometimes for those of its users.
    BrandShortener,
    /// A domain that only states, banks or the like can register.
    Restricted,
    /// A domain that is not the brand's and bears its name.
    Lookalike(Brand),
    /// A short link that anybody can make.
    Shortener,
    /// A site that anybody gets for nothing.
    FreeHosting,
    /// A bare address.
    Ip,
    /// Nothing is known of the domain.
    Unknown,
}

impl Destination {
    /// Whose it is, or whose it pretends to be.
    pub(crate) fn brand(self) -> Option<Brand> {
        match self {
            Self::Official(brand) | Self::UserContent(brand) | Self::Lookalike(brand) => Some(brand),
            _ => None,
        }
    }
}

/// A link or mail address in normalised text.
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// With scheme and path.
    pub(crate) span: Range<usize>,
    /// The label that was registered: `brightwell-dental` of `www.brightwell-dental.co.uk`.
    pub(crate) own_label: Range<usize>,
    pub(crate) destination: Destination,
    /// The brand whose name and an ordinary ending are all of the domain: not known to be its own, and likely.
    pub(crate) namesake: Option<Brand>,
    pub(crate) abused_tld: bool,
    /// Whether the top-level domain is a word beyond the old generic ones, such as `florist`.
    pub(crate) new_tld: bool,
    /// Whether the registered label looks made by a machine.
    pub(crate) random_host: bool,
    /// Whether the path does.
    pub(crate) random_path: bool,
    pub(crate) email: bool,
    /// Whether it is written so that programs do not see it.
    pub(crate) defanged: bool,
}

/// Finds all links of `text` (normalised) in linear time, and the first name of a file, such as `invoice.pdf`.
pub(crate) fn find_links(text: &[u8], marks: &Marks, links: &mut Vec<Link>) -> Option<Range<usize>> {
    links.clear();
    let mut file = None;
    let mut done = 0;
    let mut at = 0;
    while let Some(dot) = marks.first(Kind::FullStop, at) {
        let run = host_bytes_around(text, done, dot);
        at = run.end;
        // What may be broken is the start or the end of the run.
        let gap = if text[run.end - 1] == b'.' { run.end - 1 } else { dot };
        let host = without_joints_at_ends(text, run);
        if file.is_none() && is_file_name(&text[host.clone()]) {
            file = Some(host.clone());
        }
        let link = link_at(text, done, host).or_else(|| broken::link_around_dot(text, done, gap));
        if let Some(link) = link {
            done = link.span.end;
            at = at.max(done);
            links.push(link);
        }
    }
    broken::find_spelt_links(text, links);
    scheme::find_app_links(text, marks, links);
    file
}

/// Whether it ends like a file that opens with a tap; endings that are top-level domains too (`.zip`, `.mov`) do not count.
fn is_file_name(name: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 11] = [
        b".pdf", b".apk", b".html", b".htm", b".doc", b".docx", b".xls", b".xlsx", b".exe", b".rar", b".vcf",
    ];
    ENDINGS
        .iter()
        .any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// Whether a bare host that ends in an everyday word is too odd or too long for a missing space, with nothing after it.
fn stands_alone(name: &[u8], tld: &[u8], after: &[u8]) -> bool {
    /// Letters of a word that a sentence may end with, at most.
    const LONG_LABEL: usize = 10;
    let label = &name[..name.len() - tld.len() - 1];
    let rest = after.iter().take_while(|&&byte| byte != b'\n');
    (label.len() >= LONG_LABEL || is_unpronounceable(label))
        && rest.take(8).all(|byte| byte.is_ascii_punctuation() || *byte == b' ')
}

fn has_random_path(path: &[u8]) -> bool {
    path.split(|byte| !byte.is_ascii_alphanumeric()).any(looks_random)
}

/// The run of host bytes around the dot at `dot`, not before `from`.
fn host_bytes_around(text: &[u8], from: usize, dot: usize) -> Range<usize> {
    let start = text[from..dot]
        .iter()
        .rposition(|&byte| !is_host_byte(byte))
        .map_or(from, |index| from + index + 1);
    let end = text[dot..]
        .iter()
        .position(|&byte| !is_host_byte(byte))
        .map_or(text.len(), |index| dot + index);
    start..end
}

fn without_joints_at_ends(text: &[u8], run: Range<usize>) -> Range<usize> {
    let start = run.start + text[run.clone()].iter().take_while(|&&byte| is_joint(byte)).count();
    let end = run.end
        - text[start..run.end]
            .iter()
            .rev()
            .take_while(|&&byte| is_joint(byte))
            .count();
    start..end
}

/// Signs that join the letters of a host.
const fn is_joint(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

/// Bytes of the part of a link before `@` (RFC 3986, userinfo), without the rarer signs.
const fn is_user_byte(byte: u8) -> bool {
    is_host_byte(byte) || matches!(byte, b':' | b'%' | b'+' | b'~' | b'!' | b'$' | b'&')
}

const fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

fn link_at(text: &[u8], from: usize, host: Range<usize>) -> Option<Link> {
    let name = &text[host.clone()];
    // RFC 1035: a host name has at most 253 bytes.
    if !name.contains(&b'.') || name.len() > 253 || name.windows(2).any(|pair| pair == b"..") {
        return None;
    }
    let before = &text[from..host.start];
    // What stands before an `@` after a scheme is no host, whatever it looks like: https://brand.com@elsewhere.top
    let user = before.strip_suffix(b"@").and_then(|rest| {
        let user = rest.iter().rev().take_while(|&&byte| is_user_byte(byte)).count();
        let scheme = scheme_len(&rest[..rest.len() - user]);
        (scheme > 0).then_some(scheme + user + 1)
    });
    let scheme = user.unwrap_or_else(|| scheme_len(before));
    let after = &text[host.end..];
    // The name before an `@` is a person's, however much it looks like a host.
    let joints = after.iter().take_while(|&&byte| is_joint(byte)).count();
    if after.get(joints) == Some(&b'@') {
        return None;
    }
    let port = port_len(after);
    let has_path = matches!(after.get(port), Some(b'/'));
    // "//@short.link/x": nobody's mailbox, and a path.
    let person = matches!(before, [.., byte, b'@'] if is_host_byte(*byte));
    let email = user.is_none() && before.last() == Some(&b'@') && (person || !has_path);
    let is_ip = is_ipv4(name);
    if is_ip && scheme == 0 && !has_path && port == 0 {
        return None;
    }
    let suffix = (!is_ip).then(|| Suffix::of(name));
    let tld = name.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    let new_tld = !is_ip && is_new_tld(tld);
    if let Some(suffix) = &suffix {
        let anchored = scheme > 0 || has_path || email || name.starts_with(b"www.");
        // After a scheme an ending that nobody registers is a slip, or cut off: `https://northgate.co` of `.com`.
        if !suffix.is_known && scheme == 0 {
            return None;
        }
        let labels = name.iter().filter(|&&byte| byte == b'.').count() + 1;
        let marked = name.iter().any(|&byte| byte == b'-' || byte.is_ascii_digit());
        // "496.04.To block", "within 48h.TC apply".
        let before_tld = &name[..name.len() - tld.len()];
        let letters = before_tld.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        let amount = name[0].is_ascii_digit() && (letters == 0 || (letters <= 3 && before_tld.len() <= 7));
        // "est.repair amt": a missing space before a word that is also a top-level domain.
        let short = new_tld && !suffix.abused_tld && name.len() - tld.len() <= SHORT_LABEL + 1;
        let is_a_host = || labels >= 3 || owner(name).is_some() || stands_alone(name, tld, after);
        let missing_space = amount || (!marked && !is_a_host());
        if (suffix.word_like || short) && !anchored && missing_space {
            return None;
        }
    }
    let start = if email {
        host.start
            - 1
            - before[..before.len() - 1]
                .iter()
                .rev()
                .take_while(|&&byte| is_host_byte(byte) || byte == b'+')
                .count()
    } else {
        host.start - scheme
    };
    let path_start = host.end + port;
    let end = path_start + if email { 0 } else { path_len(&after[port..]) };
    let registrable = suffix.as_ref().map_or(name.len(), |suffix| suffix.registrable);
    let own_start = host.end - registrable;
    let own_len = text[own_start..host.end]
        .iter()
        .position(|&byte| byte == b'.')
        .unwrap_or(registrable);
    // https://brand.com@elsewhere.top shows a brand and leads elsewhere.
    let shown = (user.is_some())
        .then(|| brand_shown(&text[start..host.start - 1]))
        .flatten();
    let destination = match (&suffix, shown) {
        (_, Some(brand)) => Destination::Lookalike(brand),
        (Some(suffix), None) => destination(name, suffix),
        (None, None) => Destination::Ip,
    };
    let own_label = own_start..own_start + own_len;
    let abused_tld = suffix.as_ref().is_some_and(|suffix| suffix.abused_tld);
    let of_a_service = suffix.is_some_and(|suffix| suffix.is_service());
    Some(Link {
        span: start..end,
        own_label: own_label.clone(),
        destination,
        namesake: (!is_ip && !abused_tld)
            .then(|| namesake(&text[own_start..host.end]))
            .flatten(),
        // `page.link` is what its owner makes of it, whatever else is under `.link`.
        abused_tld: abused_tld && !of_a_service,
        new_tld: new_tld && !of_a_service,
        random_host: destination == Destination::Unknown && is_unpronounceable(&text[own_label]),
        random_path: has_random_path(&text[path_start.min(end)..end]),
        email,
        defanged: text[start..].starts_with(b"hxxp"),
    })
}

/// Letters of abbreviations, which end in a full stop.
const SHORT_LABEL: usize = 4;

/// Generic top-level domains from before the expansion of 2012.
const OLD_GENERIC_TLDS: [&[u8]; 14] = [
    b"com", b"net", b"org", b"edu", b"gov", b"mil", b"int", b"info", b"biz", b"name", b"mobi", b"asia", b"tel",
    b"travel",
];

/// Whether a top-level domain is a word beyond the old generic ones.
fn is_new_tld(tld: &[u8]) -> bool {
    tld.len() > 2 && !OLD_GENERIC_TLDS.contains(&tld)
}

/// Digits between letters, or hardly a vowel: `x7k2d`, `psjzzw`, but not `web24` or `hsbc`.
fn is_unpronounceable(label: &[u8]) -> bool {
    let letters = label.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits_inside = label
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .skip(1)
        .any(|run| run[0].is_ascii_alphabetic());
    let starts_with_digit = label.first().is_some_and(u8::is_ascii_digit);
    label.len() >= 4 && ((digits_inside && !starts_with_digit) || (letters >= 5 && vowels(label) * 5 < letters))
}

fn vowels(word: &[u8]) -> usize {
    word.iter()
        .filter(|byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
        .count()
}

/// Letters mixed with digits, or letters that nobody could pronounce.
fn looks_random(segment: &[u8]) -> bool {
    let digits = segment.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = segment.len() - digits;
    (5..=32).contains(&segment.len()) && ((digits > 0 && letters > 1) || (digits == 0 && vowels(segment) * 5 < letters))
}

/// Length of `http://`, `hxxps://` ... at the end of `before`.
fn scheme_len(before: &[u8]) -> usize {
    const SCHEMES: [&[u8]; 4] = [b"https://", b"http://", b"hxxps://", b"hxxp://"];
    SCHEMES
        .iter()
        .find(|scheme| before.ends_with(scheme))
        .map_or(0, |scheme| scheme.len())
}

fn port_len(after: &[u8]) -> usize {
    let [b':', rest @ ..] = after else { return 0 };
    match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
        digits @ 1..=5 => digits + 1,
        _ => 0,
    }
}

/// Length of path, query and fragment at the start of `after`, without the punctuation of the sentence around it.
fn path_len(after: &[u8]) -> usize {
    if !matches!(after.first(), Some(b'/' | b'?' | b'#')) {
        return 0;
    }
    let inside = |byte: &&u8| {
        byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'<' | b'>' | b'"' | b'\'' | b')' | b']' | b'}' | b'|' | b'\\' | b'^' | b'`'
            )
    };
    let len = after.iter().take_while(inside).count();
    // "(see x.top/a(end)": a bracket that the path does not close belongs to the sentence.
    let len = match after[..len].iter().position(|&byte| byte == b'(') {
        Some(open) => open,
        None => len,
    };
    let trailing = after[..len]
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'.' | b',' | b';' | b':' | b'!' | b'?'))
        .count();
    len - trailing
}

fn is_ipv4(name: &[u8]) -> bool {
    let mut octets = 0;
    name.split(|&byte| byte == b'.').all(|octet| {
        octets += 1;
        octet.len() <= 3 && core::str::from_utf8(octet).is_ok_and(|octet| octet.parse::<u8>().is_ok())
    }) && octets == 4
}

/// What the public-suffix list and the link table say of a host.
struct Suffix {
    /// Length of the registrable domain at the end of the host; the whole host where it is a suffix itself.
    registrable: usize,
    /// Whether the last label is a top-level domain.
    is_known: bool,
    word_like: bool,
    abused_tld: bool,
    classes: HostClass,
}

impl Suffix {
    /// Whether the host belongs to a service that the link table knows.
    fn is_service(&self) -> bool {
        const SERVICES: u16 = HostClass::SHORTENER.0
            | HostClass::MESSENGER.0
            | HostClass::FREE_HOSTING.0
            | HostClass::DYNAMIC_DNS.0
            | HostClass::RESTRICTED.0;
        self.classes.has(HostClass(SERVICES))
    }

    fn of(name: &[u8]) -> Self {
        let mut classes = HostClass::default();
        let mut suffix_len = 0;
        let (mut word_like, mut abused_tld) = (false, false);
        let mut wildcard_above = false;
        let mut registrable = None;
        let mut is_known = true;
        let mut first = true;
        // Hosts have at most 127 labels; rules and link tables look at the last few only.
        for start in label_starts(name).take(8) {
            let suffix = &name[start..];
            let class = HOSTS.get(hash::word(suffix)).map_or(HostClass::default(), HostClass);
            if first {
                is_known = class.has(HostClass(HostClass::PUBLIC_SUFFIX.0 | HostClass::WILDCARD_SUFFIX.0));
                word_like = class.has(HostClass::WORD_LIKE);
                abused_tld = class.has(HostClass::ABUSED_TLD);
            }
            // An unknown ending counts as a suffix (the list's default rule, `*`).
            let is_suffix = (class.has(HostClass::PUBLIC_SUFFIX) || wildcard_above || (first && !is_known))
                && !class.has(HostClass::SUFFIX_EXCEPTION);
            first = false;
            if is_suffix && registrable.is_none() {
                suffix_len = suffix.len();
            } else if registrable.is_none() {
                registrable = Some(suffix.len());
            }
            wildcard_above = class.has(HostClass::WILDCARD_SUFFIX);
            classes.0 |= class.0;
        }
        Self {
            registrable: registrable.unwrap_or(suffix_len),
            is_known,
            word_like,
            abused_tld,
            classes,
        }
    }
}

/// Where the labels of a host start, from the last one to the first.
fn label_starts(name: &[u8]) -> impl Iterator<Item = usize> {
    (0..name.len()).rev().filter(|&at| at == 0 || name[at - 1] == b'.')
}

fn destination(name: &[u8], suffix: &Suffix) -> Destination {
    let registrable = &name[name.len() - suffix.registrable..];
    if suffix.classes.has(HostClass::MESSENGER) {
        return Destination::Messenger;
    }
    if let Some(owned) = owner(name).or_else(|| owner(registrable)) {
        return owned;
    }
    if suffix.classes.has(HostClass::RESTRICTED) {
        return Destination::Restricted;
    }
    if let Some(brand) = borrowed_name(name, registrable)
        && namesake(registrable) != Some(brand)
    {
        return Destination::Lookalike(brand);
    }
    if suffix.classes.has(HostClass::SHORTENER) {
        Destination::Shortener
    } else if suffix
        .classes
        .has(HostClass(HostClass::FREE_HOSTING.0 | HostClass::DYNAMIC_DNS.0))
    {
        Destination::FreeHosting
    } else {
        Destination::Unknown
    }
}

/// The brand whose domain stands in what comes before the `@` of a link.
fn brand_shown(user: &[u8]) -> Option<Brand> {
    let user = user.rsplit(|&byte| byte == b'/').next()?;
    let host = &user[without_joints_at_ends(user, 0..user.len())];
    let registrable = &host[host.len() - Suffix::of(host).registrable..];
    owner(registrable)?.brand()
}

/// What a domain is, if it belongs to a known brand.
fn owner(domain: &[u8]) -> Option<Destination> {
    let index = usize::from(DOMAINS.get(hash::word(domain))?);
    // Trust is granted for the very domain, never for a hash.
    (DOMAIN_NAMES.get(index)?.as_bytes() == domain).then_some(())?;
    let (brand, tenure) = DOMAIN_OWNERS.get(index)?;
    if *tenure == Tenure::UserContent as u8 {
        Brand::from_table(*brand).map(Destination::UserContent)
    } else if *tenure == Tenure::Shortener as u8 {
        Some(Destination::BrandShortener)
    } else {
        Brand::from_table(*brand).map(Destination::Official)
    }
}

/// The brand whose name stands in a host that is not its own, as a part between dots and hyphens or at an end of one,
/// also with digits for letters (`amaz0n-secure.top`).
fn borrowed_name(name: &[u8], registrable: &[u8]) -> Option<Brand> {
    /// Shorter names within a label are too often part of other words, unless the rest of it is a lure.
    const SHORTEST: usize = 7;
    const SHORTEST_BESIDE_LURE: usize = 5;
    /// Whole labels below the registered one may be shorter: `irs.gov.secure-fund.com`.
    const SHORTEST_LABEL: usize = 3;
    let below = name[..name.len() - registrable.len()].split(|&byte| byte == b'.');
    if let Some(brand) = below
        .filter(|label| label.len() >= SHORTEST_LABEL)
        .find_map(|label| named(label).filter(|brand| brand.is_charted()))
    {
        return Some(brand);
    }
    let own_label = registrable.iter().position(|&byte| byte == b'.').unwrap_or(0);
    let free_part = &name[..name.len() - registrable.len() + own_label];
    for part in free_part.split(|&byte| matches!(byte, b'.' | b'-' | b'_')) {
        let mut folded = [0; 63];
        let Some(folded) = folded.get_mut(..part.len()) else {
            continue;
        };
        for (to, &from) in folded.iter_mut().zip(part) {
            *to = letter_for(from);
        }
        if part.len() >= 4
            && let Some(brand) = named(part).or_else(|| named(folded))
        {
            return Some(brand);
        }
        for cut in SHORTEST_BESIDE_LURE..part.len() {
            let (head, rest) = folded.split_at(cut);
            let (lead, tail) = folded.split_at(part.len() - cut);
            let brand = [(head, rest), (tail, lead)].into_iter().find_map(|(name, rest)| {
                let brand = named(name).filter(|brand| brand.is_charted())?;
                (cut >= SHORTEST || is_lure(rest)).then_some(brand)
            });
            if brand.is_some() {
                return brand;
            }
        }
    }
    None
}

/// Whether the rest of a label is what imitations put beside a brand's name, or digits.
fn is_lure(rest: &[u8]) -> bool {
    const LURES: [&[u8]; 28] = [
        b"account",
        b"alert",
        b"alerts",
        b"app",
        b"auth",
        b"billing",
        b"care",
        b"center",
        b"claim",
        b"delivery",
        b"fee",
        b"help",
        b"id",
        b"info",
        b"login",
        b"my",
        b"online",
        b"parcel",
        b"pay",
        b"post",
        b"refund",
        b"secure",
        b"security",
        b"service",
        b"support",
        b"track",
        b"update",
        b"verify",
    ];
    LURES.contains(&rest) || rest.iter().all(|byte| !byte.is_ascii_lowercase())
}

/// The brand of a domain that is its name and an ordinary ending, `.com` or a country's: brands hold those, and nobody
/// lists them all; imitations need more letters or odder endings.
fn namesake(registrable: &[u8]) -> Option<Brand> {
    let label = registrable.split(|&byte| byte == b'.').next().unwrap_or_default();
    let ending = &registrable[label.len()..];
    let ordinary = ending == b".com"
        || ending
            .rsplit(|&byte| byte == b'.')
            .next()
            .is_some_and(|tld| tld.len() == 2);
    ordinary.then(|| named(label)).flatten()
}

/// The brand that goes by this one word.
pub(crate) fn named(word: &[u8]) -> Option<Brand> {
    Phrase::of(hash::word(word))?.brand()
}

const fn letter_for(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' => b'l',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        _ => byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String, vec};

    fn find_links(text: &[u8], links: &mut Vec<Link>) {
        super::find_links(text, &Marks::of(text), links);
    }

    fn links(text: &str) -> Vec<(String, Destination)> {
        let mut found = vec![];
        find_links(text.as_bytes(), &mut found);
        found
            .into_iter()
            .map(|link| (text[link.span].into(), link.destination))
            .collect()
    }

    fn destination_of(text: &str) -> Destination {
        let found = links(text);
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        found[0].1
    }

    #[test]
    fn spans_with_and_without_scheme() {
        for (text, expected) in [
            (
                "see https://brightwell-dental.co.uk/r/8kd2.",
                "https://brightwell-dental.co.uk/r/8kd2",
            ),
            ("pay at northgate.com, today", "northgate.com"),
            ("(www.parcel.info)", "www.parcel.info"),
            ("hxxps://login.top?x=1 now", "hxxps://login.top?x=1"),
            ("http://203.0.113.9:8080/a", "http://203.0.113.9:8080/a"),
            ("write to jo.smith+x@mail.org!", "jo.smith+x@mail.org"),
            ("网址abc.com点击", "abc.com"),
            (
                "go to https://brand.com@veltra.top/x now",
                "https://brand.com@veltra.top/x",
            ),
            ("mail brand.com@mail.org", "brand.com@mail.org"),
            ("now: //@riso.net/b10sz", "riso.net/b10sz"),
            ("go to https://northgate.ed", "https://northgate.ed"),
            ("hi juytrplmwsaqz.us..*", "juytrplmwsaqz.us"),
        ] {
            assert_eq!(
                links(text).first().map(|link| link.0.as_str()),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn no_links_in_ordinary_text() {
        for text in [
            "ok.see you",
            "it is 10.30 now.call me",
            "e.g. this",
            "1.2.3.4 is a version",
            "wait...what",
            "a.b",
            ".",
            "Bal 496.04.To block",
            "est.repair amt",
            "rute afonso.se tiver",
            "dentro de 48h.tc",
            "thanks for contacting.us again",
            "visit northgate.ed",
        ] {
            assert_eq!(links(text), [], "{text}");
        }
    }

    #[test]
    fn links_written_so_that_programs_do_not_see_them() {
        for (text, expected) in [
            ("pay at post-fee[.]top/x now", "post-fee[.]top/x"),
            ("pay at postfee(.)com", "postfee(.)com"),
            ("pay at post-fee . com today", "post-fee . com"),
            ("pay at postfee .com/pay", "postfee .com/pay"),
            ("see lumio77. top/a", "lumio77. top/a"),
            ("go to northgate dot com", "northgate dot com"),
            ("see www.post-fee. com/a", "www.post-fee. com/a"),
            ("visit www. postfee. com. ph", "www. postfee. com. ph"),
            ("pay at bit. ly/x7k2d now", "bit. ly/x7k2d"),
            ("pay at bit[.]ly/x7k2d now", "bit[.]ly/x7k2d"),
            ("pay at https://postfee. top now", "https://postfee. top"),
            ("visit www. postfee. com. Thank you", "www. postfee. com"),
            ("at postfee . com . ph/x now", "postfee . com . ph/x"),
            ("at www.postfee. com. ph/x now", "www.postfee. com. ph/x"),
            ("the process. sqavel.-com/cb8183", "sqavel.-com/cb8183"),
        ] {
            let mut found = vec![];
            find_links(text.as_bytes(), &mut found);
            let shown: Vec<_> = found
                .iter()
                .map(|link| (&text[link.span.clone()], link.defanged))
                .collect();
            assert_eq!(shown, [(expected, true)], "{text}");
        }
        for text in [
            "nice shop. top marks",
            "call me. in a bit",
            "rock vs. co/op",
            "etc. in/out",
            "the end. org chart follows",
            "credited on 19-may-26. info neft",
            "br0.. cn u go",
            "we met . it was fun",
            "connect the dot to dot",
        ] {
            assert_eq!(links(text), [], "{text}");
        }
    }

    #[test]
    fn whose_link_it_is() {
        let amazon = named(b"amazon").unwrap();
        for official in ["amazon.com/orders", "https://www.amazon.co.uk"] {
            assert_eq!(destination_of(official), Destination::Official(amazon), "{official}");
        }
        for lookalike in [
            "amaz0n-secure.top",
            "amazon.com.verify-id.xyz",
            "amazonhelp.com",
            "my-amazon.net",
        ] {
            assert_eq!(destination_of(lookalike), Destination::Lookalike(amazon), "{lookalike}");
        }
        let irs = named(b"irs").unwrap();
        assert_eq!(
            destination_of("https://irs.gov.veltra-fund.com"),
            Destination::Lookalike(irs)
        );
        assert_eq!(destination_of("amzn.to/3xYz"), Destination::BrandShortener);
        let facebook = named(b"facebook").unwrap();
        assert_eq!(
            destination_of("facebook.com/some.page"),
            Destination::UserContent(facebook)
        );
        for chat in [
            "wa.me/15550100",
            "https://chat.whatsapp.com/x",
            "whatsapp://chat/?code=x",
            "t.me/veltra",
        ] {
            assert_eq!(destination_of(chat), Destination::Messenger, "{chat}");
        }
        assert_eq!(destination_of("bit.ly/3xYz"), Destination::Shortener);
        assert_eq!(destination_of("my-refund.web.app"), Destination::FreeHosting);
        assert_eq!(destination_of("http://198.51.100.7/login"), Destination::Ip);
        assert_eq!(destination_of("northgatewater.com"), Destination::Unknown);
        assert_eq!(destination_of("www.kilbrack.gov.ie"), Destination::Restricted);
        assert_eq!(
            destination_of("https://amazon.com@veltra.com/x"),
            Destination::Lookalike(amazon)
        );
        assert_eq!(
            destination_of("https://www.amazon.com_@bit.ly/x"),
            Destination::Lookalike(amazon)
        );
        assert_eq!(destination_of("https://jo.smith@veltra.com/x"), Destination::Unknown);
        assert_eq!(destination_of("shop at amazon.de now"), Destination::Official(amazon));
    }

    #[test]
    fn what_the_host_and_path_look_like() {
        let look = |text: &str| {
            let mut found = vec![];
            find_links(text.as_bytes(), &mut found);
            let link = &found[0];
            (
                String::from(&text[link.own_label.clone()]),
                link.new_tld,
                link.random_path,
            )
        };
        assert_eq!(
            look("www.brightwell-dental.co.uk/r/book"),
            ("brightwell-dental".into(), false, false)
        );
        assert_eq!(look("http://broug.training/lu89en"), ("broug".into(), true, true));
        assert_eq!(
            look("lightlypainter.com/wlpxzk"),
            ("lightlypainter".into(), false, true)
        );
    }

    #[test]
    fn hostile_text_stays_linear() {
        for text in [
            ".".repeat(100_000),
            "a.".repeat(100_000),
            "a-".repeat(100_000) + ".com",
            "a.com ".repeat(20_000),
            "@".repeat(50_000) + "x.com",
            "aa.com@".repeat(20_000),
            "aaaa . com ".repeat(20_000),
            "aaaa dot com ".repeat(20_000),
            "aaaa . ".repeat(20_000),
        ] {
            let mut found = vec![];
            find_links(text.as_bytes(), &mut found);
        }
        let many = format!("{}x.com", "y".repeat(300));
        assert_eq!(links(&many), []);
    }
}
