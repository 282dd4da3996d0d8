//! Classes of words and phrases, as the lexicon table names them.

/// A set of word classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(pub(crate) u32);

impl Classes {
    #[inline]
    pub(crate) const fn has(self, any_of: Self) -> bool {
        self.0 & any_of.0 != 0
    }

    #[inline]
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

macro_rules! classes {
    ($($constant:ident = $name:literal,)*) => {
        /// Names in the order of their bits.
        #[allow(dead_code, reason = "the build script includes this file and needs the names alone")]
        pub(crate) const NAMES: &[&str] = &[$($name),*];
        #[allow(dead_code, non_camel_case_types, clippy::upper_case_acronyms, reason = "used as bit numbers only")]
        #[repr(u32)]
        enum Bit { $($constant),* }
        #[allow(dead_code, reason = "the build script includes this file and needs the names alone")]
        impl Classes {
            $(pub(crate) const $constant: Self = Self(1 << Bit::$constant as u32);)*
        }
    };
}

classes! {
    CODE = "code",
    CREDENTIAL = "credential",
    SEND = "send",
    ENTER = "enter",
    FOLLOW = "follow",
    LINK_WORD = "link_word",
    CALL = "call",
    REPLY = "reply",
    PAY = "pay",
    FEE = "fee",
    GIFT_CARD = "gift_card",
    INSTALL = "install",
    SECRET = "secret",
    // English negates before the verb; elsewhere the word may follow it ("Code nicht weitergeben").
    NEGATION = "negation",
    NEGATION_ABROAD = "negation_abroad",
    URGENT = "urgent",
    ACCOUNT = "account",
    PROBLEM = "problem",
    PARCEL = "parcel",
    PRIZE = "prize",
    REFUND = "refund",
    BENEFIT = "benefit",
    LEGAL = "legal",
    FAMILY = "family",
    JOB = "job",
    INVEST = "invest",
    OPT_OUT = "opt_out",
    GREETING_UNKNOWN = "greeting_unknown",
    TRANSACTION = "transaction",
    // "If you did not order this, call": the negation ends with its clause.
    CONDITION = "condition",
    // Words that ask to open a link where they stand shortly before it: "here", "check".
    LEAD = "lead",
    // "Download the ... app" asks to install something, "download your statement" does not.
    FETCH = "fetch",
}
