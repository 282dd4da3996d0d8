//! What a host's suffix says about it.

/// What a known domain is to its owner; compared letter by letter, never by hash, since it grants trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(dead_code, reason = "the build script names the official ones")]
pub(crate) enum Tenure {
    /// A brand's own pages.
    Official = 0,
    /// A brand's domain where anybody can put content.
    UserContent = 1,
    /// A brand's short links.
    Shortener = 2,
}

/// A set of facts about a host suffix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostClass(pub(crate) u16);

impl HostClass {
    /// Registrations happen one label below (`com`, `co.uk`).
    pub(crate) const PUBLIC_SUFFIX: Self = Self(1);
    /// Registrations happen two labels below (`*.ck`).
    pub(crate) const WILDCARD_SUFFIX: Self = Self(1 << 1);
    /// Registered itself, despite a wildcard above (`!www.ck`).
    pub(crate) const SUFFIX_EXCEPTION: Self = Self(1 << 2);
    /// Anybody can make a short link there.
    pub(crate) const SHORTENER: Self = Self(1 << 3);
    /// Opens a chat in a messenger.
    pub(crate) const MESSENGER: Self = Self(1 << 4);
    /// Anybody gets a site there for nothing.
    pub(crate) const FREE_HOSTING: Self = Self(1 << 5);
    /// Anybody gets a name there for a home address.
    pub(crate) const DYNAMIC_DNS: Self = Self(1 << 6);
    /// Top-level domain with much abuse.
    pub(crate) const ABUSED_TLD: Self = Self(1 << 7);
    /// Top-level domain that is also an everyday word, so that `ok.now` may be a missing space.
    pub(crate) const WORD_LIKE: Self = Self(1 << 8);

    /// Only states, banks or the like can register there.
    pub(crate) const RESTRICTED: Self = Self(1 << 9);

    #[inline]
    pub(crate) const fn has(self, any_of: Self) -> bool {
        self.0 & any_of.0 != 0
    }

    /// The class that a row of the link table names.
    #[allow(dead_code, reason = "the build script calls it")]
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "shortener" => Self::SHORTENER,
            "messenger" => Self::MESSENGER,
            "free_hosting" => Self::FREE_HOSTING,
            "dynamic_dns" => Self::DYNAMIC_DNS,
            "abused_tld" => Self::ABUSED_TLD,
            "restricted" => Self::RESTRICTED,
            _ => return None,
        })
    }
}

#[allow(dead_code, reason = "the build script reads it")]
/// Top-level domains that texts also hold as words after a full stop without a space.
pub(crate) const WORD_LIKE_SUFFIXES: [&str; 97] = [
    "ac", "ad", "ai", "al", "am", "an", "as", "at", "ba", "be", "best", "bid", "bom", "box", "by", "call", "cash",
    "city", "date", "day", "de", "do", "dog", "eat", "er", "es", "et", "family", "fan", "fast", "fly", "foo", "free",
    "fun", "ga", "game", "gift", "gs", "guide", "help", "here", "homes", "hot", "how", "id", "in", "is", "it", "la",
    "lat", "like", "live", "lol", "love", "ma", "man", "me", "meet", "men", "mn", "mo", "mom", "money", "my", "na",
    "ne", "new", "news", "ni", "no", "now", "ok", "one", "open", "pa", "pay", "pm", "ps", "re", "read", "room", "rs",
    "safe", "sale", "save", "se", "si", "so", "tc", "to", "today", "tu", "us", "va", "ve", "work", "you",
];
