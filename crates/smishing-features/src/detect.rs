//! From words, numbers and links to signals.
//!
//! Requests are looked for sentence by sentence: a verb of asking, its object in the same sentence, and no negation
//! close to the verb, since "never share your code" and "share your code" differ in nothing else.
use crate::class::Classes;
use crate::link::{Brand, Destination, Link, find_links};
use crate::marks::Marks;
use crate::number::{NumberKind, find_numbers};
use crate::sender;
use crate::term::{PHRASE_WORDS, Term, Terms, ends_sentence};
use crate::token::Token;
use crate::{Message, NormalizedText, Signal, SignalSet};
use alloc::vec::Vec;
use core::ops::Range;

/// A signal and where in the normalised text it stands; an empty span where it stands nowhere (sender, folds).
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) signal: Signal,
    pub(crate) span: Range<usize>,
    /// The brand that the signal is about, if it is about one.
    pub(crate) brand: Option<Brand>,
}

/// Finds signals; holds the buffers that are reused from one message to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Detector {
    evidence: Evidence,
    findings: Findings,
}

/// What the scanners saw.
#[derive(Clone, Debug, Default)]
struct Evidence {
    links: Vec<Link>,
    terms: Terms,
    numbers: Vec<(NumberKind, Range<usize>)>,
    /// Links other than mail addresses, and telephone numbers, again: each sentence looks for the next one.
    sites: Vec<Range<usize>>,
    phones: Vec<Range<usize>>,
    file: Option<Range<usize>>,
}

/// What follows from it.
#[derive(Clone, Debug, Default)]
struct Findings {
    signals: SignalSet,
    found: Vec<Found>,
}

impl Detector {
    pub(crate) fn signals(&self) -> SignalSet {
        self.findings.signals
    }

    /// In the order they were found.
    pub(crate) fn found(&self) -> &[Found] {
        &self.findings.found
    }

    pub(crate) fn detect(&mut self, normalized: &NormalizedText, tokens: &[Token], message: &Message<'_>) {
        let Self { evidence, findings } = self;
        let text = normalized.as_bytes();
        evidence.scan(text, normalized.marks(), tokens);
        *findings = Findings {
            signals: SignalSet::default(),
            found: core::mem::take(&mut findings.found),
        };
        findings.found.clear();
        findings.add_numbers(text, evidence);
        for sentence in evidence.terms.sentences() {
            findings.add_requests(text, tokens, evidence, sentence);
        }
        findings.add_stories(evidence);
        findings.add_links(text, tokens, evidence, message.sender());
        findings.add_transaction(text, evidence);
        findings.add_symbols(normalized.marks(), evidence);
        findings.add_folds(normalized);
        if let Some(sender) = message.sender() {
            findings.add_sender(sender, message.country(), evidence.terms.brands());
        }
        findings.withdraw_borrowed_trust();
    }
}

impl Evidence {
    fn scan(&mut self, text: &[u8], marks: &Marks, tokens: &[Token]) {
        let Self {
            links,
            terms,
            numbers,
            sites,
            phones,
            file,
        } = self;
        *file = find_links(text, marks, links);
        sites.clear();
        sites.extend(links.iter().filter(|link| !link.email).map(|link| link.span.clone()));
        terms.find(text, tokens, links);
        numbers.clear();
        phones.clear();
        let mut ahead = links.iter().peekable();
        find_numbers(text, marks, |kind, span| {
            while ahead.next_if(|link| link.span.end <= span.start).is_some() {}
            if ahead.peek().is_none_or(|link| link.span.start >= span.end) {
                if kind == NumberKind::Phone {
                    phones.push(span.clone());
                }
                numbers.push((kind, span));
            }
        });
    }
}

impl Findings {
    fn add(&mut self, signal: Signal, span: Range<usize>) {
        self.add_of(None, signal, span);
    }

    fn add_of(&mut self, brand: Option<Brand>, signal: Signal, span: Range<usize>) {
        if self.signals.insert(signal) {
            self.found.push(Found { signal, span, brand });
        }
    }

    /// Anybody can write a trust mark: beside a link that leads elsewhere or a request for a code it says nothing.
    fn withdraw_borrowed_trust(&mut self) {
        const TRUST: [Signal; 6] = [
            Signal::DoNotShare,
            Signal::AccountMasked,
            Signal::Transaction,
            Signal::OptOut,
            Signal::LinkOfficial,
            Signal::CodeBound,
        ];
        if self.signals.contains(Signal::LinkElsewhere) || self.signals.contains(Signal::AskCode) {
            for signal in TRUST {
                self.signals.remove(signal);
            }
            let signals = self.signals;
            self.found.retain(|found| signals.contains(found.signal));
        }
    }

    fn add_links(&mut self, text: &[u8], tokens: &[Token], evidence: &Evidence, sender: Option<&str>) {
        const REQUESTS: [Signal; 8] = [
            Signal::AskCode,
            Signal::AskCredential,
            Signal::AskFollow,
            Signal::AskPay,
            Signal::AskInstall,
            Signal::AskConfirm,
            Signal::AskReply,
            Signal::StoryAccountProblem,
        ];
        /// Names and shops are looked for in the first few links only: a message of links must not take quadratic time.
        const NAMED: usize = 3;
        let brands = evidence.terms.brands();
        if let Some((brand, span)) = brands.first() {
            self.add_of(Some(*brand), Signal::BrandNamed, span.clone());
        }
        if evidence.links.is_empty() {
            return;
        }
        let charted = brands.iter().map(|(brand, _)| *brand).find(|brand| brand.is_charted());
        let asks = REQUESTS.into_iter().any(|signal| self.signals.contains(signal));
        // Too weak a request to count among those: people say "photos at" too.
        for link in evidence.links.iter().filter(|link| !link.email).take(NAMED) {
            if let Some(lead) = lead_to(text, tokens, &evidence.terms, link.span.start) {
                self.add(Signal::AskFollow, lead);
            }
        }
        let sender_name = sender.filter(|sender| sender.bytes().any(|byte| byte.is_ascii_alphabetic()));
        let paid = self.signals.contains(Signal::MoneyPresent) && evidence.terms.speak_of(Classes::TRANSACTION);
        let mut sites = 0;
        for link in &evidence.links {
            let span = link.span.clone();
            if link.email {
                self.add(Signal::EmailPresent, span);
                continue;
            }
            sites += 1;
            self.add(Signal::LinkPresent, span.clone());
            self.add_of(
                link.destination.brand(),
                match link.destination {
                    Destination::Official(_) => Signal::LinkOfficial,
                    Destination::UserContent(_) => Signal::LinkUserContent,
                    Destination::Messenger => Signal::LinkMessenger,
                    Destination::BrandShortener => Signal::LinkBrandShortener,
                    Destination::Lookalike(_) => Signal::LinkLookalike,
                    Destination::Shortener => Signal::LinkShortener,
                    Destination::Restricted => Signal::LinkRestricted,
                    Destination::FreeHosting => Signal::LinkFreeHosting,
                    Destination::Ip => Signal::LinkIp,
                    Destination::Unknown => Signal::LinkUnknown,
                },
                span.clone(),
            );
            let is_namesake = link
                .namesake
                .is_some_and(|namesake| brands.iter().any(|(brand, _)| *brand == namesake));
            let named = matches!(link.destination, Destination::Unknown)
                && sites <= NAMED
                && (is_namesake || is_named(&text[link.own_label.clone()], text, tokens, evidence, sender_name));
            let at_home = named
                || (!asks && sites <= NAMED && paid && is_merchant(text, evidence, link))
                || matches!(
                    link.destination,
                    Destination::Official(_) | Destination::BrandShortener | Destination::Restricted
                );
            for (holds, signal) in [
                (link.abused_tld, Signal::LinkAbusedTld),
                (link.new_tld, Signal::LinkNewTld),
                (link.random_host && !named, Signal::LinkRandomHost),
                (link.random_path, Signal::LinkRandomPath),
                (link.defanged, Signal::LinkDefanged),
                (named, Signal::LinkNamedInText),
                (
                    !at_home && brands.is_empty() && sender_name.is_none(),
                    Signal::LinkUnidentified,
                ),
                (!at_home, Signal::LinkElsewhere),
                (!at_home && asks, Signal::LinkDemand),
                (tokens_outside(tokens, &span) <= 4, Signal::LinkBare),
            ] {
                if holds {
                    self.add(signal, span.clone());
                }
            }
            if charted.is_some() && !at_home {
                self.add_of(charted, Signal::BrandForeignLink, span);
            }
        }
    }

    /// An amount beside words of a completed transaction, and the end of an account number, a time of day or another such
    /// word (`spent ... available limit`).
    fn add_transaction(&mut self, text: &[u8], evidence: &Evidence) {
        // Two digits and no more, unlike the port of a link.
        let is_time = |at: usize| {
            text.get(at.wrapping_sub(1)).is_some_and(u8::is_ascii_digit)
                && text[at + 1..]
                    .iter()
                    .take(3)
                    .take_while(|byte| byte.is_ascii_digit())
                    .count()
                    == 2
        };
        let mut terms = evidence
            .terms
            .iter()
            .filter(|term| term.classes.has(Classes::TRANSACTION));
        if let Some(term) = terms.next()
            && self.signals.contains(Signal::MoneyPresent)
            && (self.signals.contains(Signal::AccountMasked)
                || terms.any(|other| other.span.start >= term.span.end)
                || (0..text.len()).any(|at| text[at] == b':' && is_time(at)))
        {
            self.add(Signal::Transaction, term.span.clone());
        }
    }

    /// Signs between letters, outside links, where no language puts them: `am#zon`, `b_t-c`. (`!` is left out: "Hi!how
    /// are you" is mere haste.)
    fn add_symbols(&mut self, marks: &Marks, evidence: &Evidence) {
        let mut links = evidence.links.iter().peekable();
        for before in marks.signs_in_words().map(|sign| sign - 1) {
            while links.next_if(|link| link.span.end <= before).is_some() {}
            if links.peek().is_none_or(|link| link.span.start > before) {
                self.add(Signal::SymbolInWord, before..before + 3);
                return;
            }
        }
    }

    fn add_numbers(&mut self, text: &[u8], evidence: &Evidence) {
        let speaks_of_code = evidence.terms.speak_of(Classes::CODE);
        for (kind, span) in &evidence.numbers {
            match kind {
                NumberKind::Phone => self.add(Signal::PhonePresent, span.clone()),
                NumberKind::Money => self.add(Signal::MoneyPresent, span.clone()),
                NumberKind::Masked => self.add(Signal::AccountMasked, span.clone()),
                NumberKind::Code if is_bound(text, span) => {
                    self.add(Signal::CodeBound, span.clone());
                    self.add(Signal::CodePresent, span.clone());
                }
                NumberKind::Code if speaks_of_code => self.add(Signal::CodePresent, span.clone()),
                NumberKind::Code => {}
            }
        }
    }

    fn add_requests(&mut self, text: &[u8], tokens: &[Token], evidence: &Evidence, sentence: &[Term]) {
        /// Without one of these nothing is asked for, and most sentences have none.
        const VERBS: Classes = Classes::SEND
            .with(Classes::ENTER)
            .with(Classes::FOLLOW)
            .with(Classes::CALL)
            .with(Classes::PAY)
            .with(Classes::REPLY)
            .with(Classes::INSTALL)
            .with(Classes::FETCH)
            .with(Classes::SECRET)
            .with(Classes::OPT_OUT)
            .with(Classes::PROBLEM);
        let all = sentence
            .iter()
            .fold(Classes::default(), |all, term| all.with(term.classes));
        if !all.has(VERBS) {
            return;
        }
        let condition = sentence
            .iter()
            .find(|term| term.classes.has(Classes::CONDITION))
            .map(|term| term.word);
        let negated = |at: usize| is_negated(text, sentence, at, condition);
        let find = |class: Classes, is_negated: bool| {
            (all.has(class))
                .then(|| (0..sentence.len()).find(|&at| sentence[at].classes.has(class) && negated(at) == is_negated))
                .flatten()
                .map(|at| &sentence[at])
        };
        let asks = |class: Classes| find(class, false);
        let secrets = Classes::CODE.with(Classes::CREDENTIAL);
        let forbids_sharing = all.has(Classes::NEGATION.with(Classes::NEGATION_ABROAD))
            && (all.has(secrets) || self.signals.contains(Signal::CodePresent))
            && find(Classes::SEND, true).is_some();
        if forbids_sharing {
            self.add(Signal::DoNotShare, sentence[0].span.clone());
        }
        if let Some(verb) = asks(Classes::SEND) {
            if all.has(Classes::CODE) {
                self.add(Signal::AskCode, verb.span.clone());
            }
            if all.has(Classes::GIFT_CARD) {
                self.add(Signal::AskGiftCard, verb.span.clone());
            }
        }
        if let Some(verb) = asks(Classes::ENTER) {
            self.add(Signal::AskConfirm, verb.span.clone());
        }
        if let Some(verb) = asks(Classes::SEND.with(Classes::ENTER))
            // "Login at ..." is one request, not a request for a login.
            && sentence
                .iter()
                .any(|term| term.classes.has(Classes::CREDENTIAL) && term.span != verb.span)
        {
            self.add(Signal::AskCredential, verb.span.clone());
        }
        let stretch = sentence[0].span.start..sentence[sentence.len() - 1].span.end;
        if let Some(verb) = asks(Classes::FOLLOW)
            && (all.has(Classes::LINK_WORD)
                || first_from(&evidence.sites, stretch.start)
                    .is_some_and(|site| !ends_sentence(text.get(stretch.end..site.start).unwrap_or_default())))
        {
            self.add(Signal::AskFollow, verb.span.clone());
        }
        if let Some(verb) = asks(Classes::CALL)
            && let Some(number) = first_from(&evidence.phones, stretch.start)
        {
            self.add(Signal::AskCall, verb.span.start..number.end.max(verb.span.end));
        }
        if let Some(verb) = asks(Classes::PAY)
            && let Some(number) = first_from(&evidence.phones, stretch.start)
            && !ends_sentence(text.get(stretch.end..number.start).unwrap_or_default())
        {
            self.add(Signal::AskPayNumber, verb.span.start..number.end.max(verb.span.end));
        }
        if all.has(Classes::OPT_OUT)
            && (all.has(Classes::REPLY.with(Classes::SEND).with(Classes::FOLLOW))
                || sentence
                    .iter()
                    .any(|term| term.classes.has(Classes::OPT_OUT) && text[term.span.clone()].contains(&b' ')))
        {
            self.add(Signal::OptOut, stretch);
        } else if let Some(verb) = asks(Classes::REPLY) {
            self.add(Signal::AskReply, verb.span.clone());
        }
        for (class, signal) in [
            (Classes::PAY, Signal::AskPay),
            (Classes::INSTALL, Signal::AskInstall),
            (Classes::FETCH, Signal::AskInstall),
            (Classes::SECRET, Signal::AskSecret),
        ] {
            if let Some(verb) = asks(class)
                && (class != Classes::FETCH || names_app(text, tokens, verb))
            {
                self.add(signal, verb.span.clone());
            }
        }
        if all.has(Classes::ACCOUNT)
            && let Some(problem) = asks(Classes::PROBLEM)
        {
            self.add(Signal::StoryAccountProblem, problem.span.clone());
        }
    }

    fn add_stories(&mut self, evidence: &Evidence) {
        const STORIES: [(Classes, Signal); 11] = [
            (Classes::PARCEL, Signal::StoryParcel),
            (Classes::FEE, Signal::StoryFee),
            (Classes::PRIZE, Signal::StoryPrize),
            (Classes::REFUND, Signal::StoryRefund),
            (Classes::BENEFIT, Signal::StoryBenefit),
            (Classes::LEGAL, Signal::StoryLegal),
            (Classes::FAMILY, Signal::StoryFamily),
            (Classes::JOB, Signal::StoryJob),
            (Classes::INVEST, Signal::StoryInvest),
            (Classes::URGENT, Signal::Urgent),
            (Classes::GREETING_UNKNOWN, Signal::GreetingUnknown),
        ];
        const ANY: Classes = {
            let mut any = STORIES[0].0;
            let mut at = 1;
            while at < STORIES.len() {
                any = any.with(STORIES[at].0);
                at += 1;
            }
            any
        };
        if let Some(file) = &evidence.file {
            self.add(Signal::FileNamed, file.clone());
        }
        for term in evidence.terms.iter().filter(|term| term.classes.has(ANY)) {
            for (class, signal) in STORIES {
                if term.classes.has(class) {
                    self.add(signal, term.span.clone());
                }
            }
        }
    }

    fn add_folds(&mut self, normalized: &NormalizedText) {
        let (folds, unmasked) = (normalized.folds(), normalized.unmasked());
        for (count, signal, word) in [
            (folds.invisible, Signal::Invisible, 0..0),
            (folds.styled, Signal::Styled, 0..0),
            (folds.marks, Signal::Marks, 0..0),
            (folds.confusable, Signal::Confusable, unmasked.confusable.clone()),
            (folds.leet, Signal::Leet, unmasked.leet.clone()),
            (folds.spaced, Signal::Spaced, unmasked.spaced.clone()),
        ] {
            if count > 0 {
                self.add(signal, word);
            }
        }
    }

    fn add_sender(&mut self, sender: &str, country: Option<&str>, brands: &[(Brand, Range<usize>)]) {
        let kind = sender::kind(sender);
        self.add(kind, 0..0);
        let in_text = brands.first().map(|(brand, _)| *brand);
        if kind == Signal::SenderName {
            let sender = sender::brand(sender);
            if sender.is_some_and(|sender| brands.is_empty() || brands.iter().any(|(brand, _)| *brand == sender)) {
                self.add_of(sender, Signal::SenderBrand, 0..0);
            }
        } else if in_text.is_some() && kind != Signal::SenderShortCode {
            self.add_of(in_text, Signal::SenderNotBrand, 0..0);
        }
        let homes = country.or(in_text.map(Brand::countries));
        if kind == Signal::SenderNumber && homes.is_some_and(|homes| sender::is_foreign(sender, homes)) {
            self.add(Signal::SenderForeign, 0..0);
        }
    }
}

/// Whether a negation reaches the verb at `at` of its sentence; `condition` is the number of the first word such as "if".
fn is_negated(text: &[u8], sentence: &[Term], at: usize, condition: Option<usize>) -> bool {
    /// Words between a negation and the verb it negates, at most.
    const REACH: usize = 4;
    let verb = &sentence[at];
    let negates = |term: &Term| {
        let before = term.word <= verb.word && verb.word - term.word <= REACH;
        let after = term.word > verb.word && term.word - verb.word <= 2 * REACH;
        // "If you did not order this, call": clauses end at commas, and soon where there is none.
        let in_other_clause = || {
            before
                && condition.is_some_and(|condition| condition < term.word)
                && (verb.word - term.word > REACH / 2
                    || text
                        .get(term.span.end..verb.span.start)
                        .is_some_and(|between| between.contains(&b',')))
        };
        ((term.classes.has(Classes::NEGATION) && before)
            || (term.classes.has(Classes::NEGATION_ABROAD) && (before || after)))
            && !in_other_clause()
    };
    // Terms stand in the order of their last words, so their first words are out of order by a phrase at most; whole
    // sentences must not be searched for each verb, or a message of verbs takes quadratic time.
    let near_before = |term: &&Term| term.word + REACH + PHRASE_WORDS > verb.word;
    let near_after = |term: &&Term| term.word < verb.word + 2 * REACH + PHRASE_WORDS;
    sentence[..at].iter().rev().take_while(near_before).any(negates)
        || sentence[at..].iter().take_while(near_after).any(negates)
}

/// Whether words of the text or of the sender's name, four letters long or longer or the whole label, make up half of a
/// link's own label or more; words that stories and requests are made of, and brands, do not count: `refund-post.com` names nobody.
fn is_named(label: &[u8], text: &[u8], tokens: &[Token], evidence: &Evidence, sender: Option<&str>) -> bool {
    /// Names stand early, and the search stays short.
    const WORDS: usize = 128;
    const SHORTEST: usize = 4;
    // Bit n stands for byte n of the label, which has at most 63 (RFC 1035).
    let places = |word: &[u8]| {
        // "CBE: ... at cbe.com.et": a short name is one where it is the whole label.
        if word.len() < SHORTEST && (word.len() < SHORTEST - 1 || !label.eq_ignore_ascii_case(word)) {
            return 0;
        }
        label
            .windows(word.len())
            .take(64)
            .enumerate()
            .filter(|(_, part)| part.eq_ignore_ascii_case(word))
            .fold(0_u64, |places, (at, part)| {
                places | (u64::MAX >> (64 - part.len().min(64))) << at
            })
    };
    let tells_nothing = |span: &Range<usize>| {
        let covers = |other: &Range<usize>| other.start <= span.start && span.end <= other.end;
        evidence
            .terms
            .iter()
            .take_while(|term| term.word < WORDS)
            .any(|term| covers(&term.span))
            || evidence
                .terms
                .brands()
                .iter()
                .take(WORDS)
                .any(|(brand, span)| brand.is_charted() && covers(span))
            || evidence.links.iter().take(WORDS).any(|link| covers(&link.span))
    };
    let in_text = tokens.iter().take(WORDS).fold(0, |covered, token| {
        let places = places(&text[token.span.clone()]);
        if places == 0 || tells_nothing(&token.span) {
            covered
        } else {
            covered | places
        }
    });
    let in_sender = sender.map_or(0, |sender| {
        sender
            .split(|letter: char| !letter.is_alphanumeric())
            .fold(0, |covered, word| covered | places(word.as_bytes()))
    });
    let letters = label.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    2 * (in_text | in_sender).count_ones() as usize >= letters.max(1)
}

/// Whether a bare host stands where reports of card payments name the shop: `25.00 at WWW.NORTHGATE.COM`.
fn is_merchant(text: &[u8], evidence: &Evidence, link: &Link) -> bool {
    const AT: [&[u8]; 11] = [
        b" at", b" at:", b"\nat:", b" bei", b" bei:", b" chez", b" en", b" em", b" presso", b" bij", b" di",
    ];
    let before = text[..link.span.start].trim_ascii_end();
    let is_bare = !text[link.span.clone()].contains(&b'/');
    let after_amount = || {
        let mut numbers = evidence.numbers.iter();
        numbers.any(|(kind, span)| *kind == NumberKind::Money && span.end == before.len())
    };
    is_bare && (AT.iter().any(|at| before.ends_with(at)) || after_amount())
}

/// The word that asks to open the link at `link`: directly before it, or a few words before it in its sentence.
fn lead_to(text: &[u8], tokens: &[Token], terms: &Terms, link: usize) -> Option<Range<usize>> {
    /// Words between the two at most: "read her message: LINK".
    const REACH: usize = 3;
    let link_word = tokens.partition_point(|token| token.span.start < link);
    let lead = terms
        .before(link)
        .take_while(|term| link_word <= term.word + REACH + 1)
        .find(|term| term.classes.has(Classes::LEAD))?;
    (!ends_sentence(&text[lead.span.end..link])).then(|| lead.span.clone())
}

/// Whether an app stands within a few words after `verb`.
fn names_app(text: &[u8], tokens: &[Token], verb: &Term) -> bool {
    const REACH: usize = 6;
    let after = tokens.iter().skip(verb.word + 1).take(REACH);
    after
        .take_while(|token| !ends_sentence(&text[verb.span.end..token.span.start.max(verb.span.end)]))
        .any(|token| matches!(&text[token.span.clone()], b"app" | b"apps" | b"apk" | b"application"))
}

/// Words of the text outside `link`.
fn tokens_outside(tokens: &[Token], link: &Range<usize>) -> usize {
    tokens.partition_point(|token| token.span.start < link.start) + tokens.len()
        - tokens.partition_point(|token| token.span.start < link.end)
}

/// The first of `spans`, which stand in order, that starts at `start` or later.
fn first_from(spans: &[Range<usize>], start: usize) -> Option<&Range<usize>> {
    spans.get(spans.partition_point(|span| span.start < start))
}

/// Whether a code is bound to a site: `@host #123456` (WICG sms-one-time-codes).
fn is_bound(text: &[u8], code: &Range<usize>) -> bool {
    let Some(before) = text[..code.start].strip_suffix(b"#") else {
        return false;
    };
    let Some(before) = before.strip_suffix(b" ") else {
        return false;
    };
    let host = before
        .iter()
        .rev()
        .take(254)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        .count();
    host > 0 && before[..before.len() - host].ends_with(b"@")
}
