//! Named signals: facts about a message that a person would name as reasons.

macro_rules! signals {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal,)*) => {
        /// A fact about a message with a stable id: a column of its own beside the hashed n-grams.
        ///
        /// Ids never change their meaning; when what a signal finds changes, it gets a new id. So a model can be read
        /// by a later version that knows more signals: those weigh nothing in it.
        ///
        /// ```
        /// use smishing_features::Signal;
        /// assert_eq!(Signal::AskCode.id(), "ask.code");
        /// assert_eq!(Signal::from_id("ask.code"), Some(Signal::AskCode));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Signal {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Signal {
            /// All signals, in the order of their columns.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable id, as models and outputs carry it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// What the signal means, in one line of English.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

signals! {
    /// Asks to send, read out or forward a code.
    AskCode = "ask.code",
    /// Asks for a password, card or identity data.
    AskCredential = "ask.credential",
    /// Asks to open a link.
    AskFollow = "ask.follow",
    /// Asks to call or message a number.
    AskCall = "ask.call",
    /// Asks for a reply.
    AskReply = "ask.reply",
    /// Asks for a payment.
    AskPay = "ask.pay",
    /// Asks to send money to a telephone number.
    AskPayNumber = "ask.pay_number",
    /// Asks for gift cards or vouchers.
    AskGiftCard = "ask.gift_card",
    /// Asks to install an app.
    AskInstall = "ask.install",
    /// Asks for secrecy.
    AskSecret = "ask.secret",
    /// Asks to confirm, update or complete something, or to sign in.
    AskConfirm = "ask.confirm",
    /// Holds a one-time code.
    CodePresent = "code.present",
    /// Binds its code to a site (`@host #code`), so that phones fill it in there only.
    CodeBound = "code.bound",
    /// Says not to share a code or password.
    DoNotShare = "trust.do_not_share",
    /// Shows only the end of an account or card number.
    AccountMasked = "trust.account_masked",
    /// Reports a transaction with its amount, and the account or the time.
    Transaction = "trust.transaction",
    /// Says how to opt out.
    OptOut = "trust.opt_out",
    /// Holds a link.
    LinkPresent = "link.present",
    /// The link is a known brand's own.
    LinkOfficial = "link.official",
    /// The link bears a brand's name and is not the brand's.
    LinkLookalike = "link.lookalike",
    /// The link leads to content of a service's users.
    LinkUserContent = "link.user_content",
    /// The link opens a chat in a messenger.
    LinkMessenger = "link.messenger",
    /// The link is a brand's own short form.
    LinkBrandShortener = "link.brand_shortener",
    /// The link is shortened, so that its destination cannot be seen.
    LinkShortener = "link.shortener",
    /// The link's ending is kept for states, banks or the like.
    LinkRestricted = "link.restricted",
    /// The link leads to free hosting.
    LinkFreeHosting = "link.free_hosting",
    /// The link leads to a bare address.
    LinkIp = "link.ip",
    /// The link leads to a domain that nothing is known about.
    LinkUnknown = "link.unknown",
    /// The link bears a name that the text or the sender gives.
    LinkNamedInText = "link.named_in_text",
    /// The link is not known to be, and does not look like, the named sender's own.
    LinkElsewhere = "link.elsewhere",
    /// Nothing in the text or the sender says whose the link is.
    LinkUnidentified = "link.unidentified",
    /// The text is hardly more than the link.
    LinkBare = "link.bare",
    /// The link's domain looks made by a machine.
    LinkRandomHost = "link.random_host",
    /// The link's path looks made by a machine.
    LinkRandomPath = "link.random_path",
    /// The link's top-level domain is a word, such as `florist`.
    LinkNewTld = "link.new_tld",
    /// Asks for something and links to somewhere that is not the named sender's.
    LinkDemand = "link.demand",
    /// The link's top-level domain sees much abuse.
    LinkAbusedTld = "link.abused_tld",
    /// The link is written so that programs do not see it.
    LinkDefanged = "link.defanged",
    /// Names a file to open, such as `invoice.pdf`.
    FileNamed = "file.named",
    /// Names a known brand.
    BrandNamed = "brand.named",
    /// Names a known brand and links to somewhere else.
    BrandForeignLink = "brand.foreign_link",
    /// Holds a mail address.
    EmailPresent = "email.present",
    /// Holds a telephone number.
    PhonePresent = "phone.present",
    /// Holds an amount of money.
    MoneyPresent = "money.present",
    /// Speaks of a problem with an account.
    StoryAccountProblem = "story.account_problem",
    /// Speaks of a parcel.
    StoryParcel = "story.parcel",
    /// Speaks of a fee, fine or toll.
    StoryFee = "story.fee",
    /// Speaks of a prize.
    StoryPrize = "story.prize",
    /// Speaks of a refund.
    StoryRefund = "story.refund",
    /// Speaks of state benefits or tax money.
    StoryBenefit = "story.benefit",
    /// Speaks of court, police or prosecution.
    StoryLegal = "story.legal",
    /// Speaks as family or of a new number.
    StoryFamily = "story.family",
    /// Offers work.
    StoryJob = "story.job",
    /// Speaks of investment or crypto-currency.
    StoryInvest = "story.invest",
    /// Presses for haste.
    Urgent = "story.urgent",
    /// Greets a customer without a name.
    GreetingUnknown = "story.greeting_unknown",
    /// Hides invisible characters in words.
    Invisible = "obfuscation.invisible",
    /// Writes in decorative letters.
    Styled = "obfuscation.styled",
    /// Stacks combining marks.
    Marks = "obfuscation.marks",
    /// Mixes look-alike letters of other scripts into words.
    Confusable = "obfuscation.confusable",
    /// Writes digits for letters.
    Leet = "obfuscation.leet",
    /// Writes signs inside words.
    SymbolInWord = "obfuscation.symbol_in_word",
    /// Spaces out the letters of words.
    Spaced = "obfuscation.spaced",
    /// Sent from a short code.
    SenderShortCode = "sender.short_code",
    /// Sent under a name.
    SenderName = "sender.name",
    /// Sent from a telephone number.
    SenderNumber = "sender.number",
    /// Sent from a mail address.
    SenderEmail = "sender.email",
    /// Sent under the name of a known brand, the one that the text names if it names any.
    SenderBrand = "sender.brand",
    /// Names a known brand and is sent from a telephone number or mail address.
    SenderNotBrand = "sender.not_brand",
    /// Sent from a telephone number of another country than the reader's or the named brand's.
    SenderForeign = "sender.foreign",
}

impl Signal {
    /// Number of signals: models have at most so many signal weights.
    pub const COUNT: usize = Self::ALL.len();

    /// The signal with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|signal| signal.id() == id)
    }

    /// The signal's column, `0..Signal::COUNT`.
    #[must_use]
    pub const fn column(self) -> usize {
        self as usize
    }
}

/// A set of signals.
///
/// ```
/// use smishing_features::{Signal, SignalSet};
/// let set: SignalSet = [Signal::AskCode, Signal::Urgent].into_iter().collect();
/// assert!(set.contains(Signal::Urgent));
/// assert_eq!(set.len(), 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SignalSet(u128);

const _: () = assert!(Signal::COUNT <= 128);

impl SignalSet {
    /// Adds a signal; returns whether it is new.
    #[inline]
    pub fn insert(&mut self, signal: Signal) -> bool {
        let bit = 1 << signal.column();
        let new = self.0 & bit == 0;
        self.0 |= bit;
        new
    }

    /// Takes a signal out.
    #[inline]
    pub fn remove(&mut self, signal: Signal) {
        self.0 &= !(1 << signal.column());
    }

    /// Whether the signal is in the set.
    #[must_use]
    #[inline]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 >> signal.column() & 1 == 1
    }

    /// Number of signals in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no signal is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The signals, in the order of their columns.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let column = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            Signal::ALL.get(column).copied()
        })
    }
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> Self {
        let mut set = Self::default();
        set.extend(signals);
        set
    }
}

impl Extend<Signal> for SignalSet {
    fn extend<I: IntoIterator<Item = Signal>>(&mut self, signals: I) {
        for signal in signals {
            self.insert(signal);
        }
    }
}
