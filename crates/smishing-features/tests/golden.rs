//! What the features of some messages are, so that no change of them goes unnoticed. All messages are invented.
#![allow(clippy::unwrap_used, missing_docs)]
use smishing_features::{Buckets, Extractor, Message, Signal, schema_hash};
use std::collections::BTreeSet;

/// Sender, text, ids of the signals in alphabetical order.
const MESSAGES: &[(&str, &str, &[&str])] = &[
    (
        "",
        "123456 is your Amazon OTP. Do not share it with anyone.",
        &["brand.named", "code.present", "trust.do_not_share"],
    ),
    (
        "",
        "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top",
        &[
            "ask.confirm",
            "brand.foreign_link",
            "brand.named",
            "link.abused_tld",
            "link.demand",
            "link.elsewhere",
            "link.lookalike",
            "link.new_tld",
            "link.present",
            "story.account_problem",
        ],
    ),
    (
        "22395",
        "Your Brightwell code is 482913. It expires in 10 minutes.",
        &["code.present", "sender.short_code", "story.urgent"],
    ),
    (
        "",
        "Your code is 771204\n\n@login.brightwell.example #771204",
        &["code.bound", "code.present"],
    ),
    (
        "",
        "We sent you a code by mistake. Please send me the code now",
        &["ask.code", "story.urgent"],
    ),
    (
        "",
        "Never give your PIN to anyone, not even to us.",
        &["trust.do_not_share"],
    ),
    (
        "VM-HDFCBK",
        "Rs. 1,200.00 debited from a/c xx4821 on 12/05. Not you? Call +91 22 5550 0143",
        &[
            "ask.call",
            "money.present",
            "phone.present",
            "sender.name",
            "trust.account_masked",
            "trust.transaction",
        ],
    ),
    (
        "",
        "Your parcel is held at our hub. Pay the $1.99 fee at http://post-redelivery.top/pay",
        &[
            "ask.pay",
            "link.abused_tld",
            "link.demand",
            "link.elsewhere",
            "link.new_tld",
            "link.present",
            "link.unidentified",
            "link.unknown",
            "money.present",
            "story.fee",
            "story.parcel",
        ],
    ),
    (
        "+63 917 000 0000",
        "USPS: we hold your parcel",
        &[
            "brand.named",
            "sender.foreign",
            "sender.not_brand",
            "sender.number",
            "story.parcel",
        ],
    ),
    (
        "",
        "Debit Card Purchase Card XX2865 AED 12.34 at WWW.NORTHGATE-GOODS.COM DUBAI",
        &[
            "link.present",
            "link.unknown",
            "money.present",
            "trust.account_masked",
            "trust.transaction",
        ],
    ),
    (
        "",
        "Your statement: Statement_March.pdf PDF Document",
        &["file.named", "obfuscation.symbol_in_word"],
    ),
    (
        "",
        "Chase: a new payee was added. Not you? https://chase01bsec.com/x",
        &[
            "brand.foreign_link",
            "brand.named",
            "link.elsewhere",
            "link.present",
            "link.random_host",
            "link.unknown",
        ],
    ),
    ("", "5T88RF9.pdf 83 KB", &["file.named"]),
    (
        "",
        "Download the Brightwell app at brightwell.com",
        &[
            "ask.follow",
            "ask.install",
            "link.named_in_text",
            "link.present",
            "link.unknown",
        ],
    ),
    (
        "",
        "Track your order at https://www.amazon.co.uk/orders",
        &[
            "ask.follow",
            "link.bare",
            "link.official",
            "link.present",
            "story.parcel",
        ],
    ),
    (
        "",
        "Big sale this week! bit.ly/3xYzAb Reply STOP to opt out",
        &[
            "link.elsewhere",
            "link.present",
            "link.random_path",
            "link.shortener",
            "link.unidentified",
        ],
    ),
    (
        "",
        "Claim your refund today: my-refund.web.app",
        &[
            "ask.confirm",
            "ask.follow",
            "link.bare",
            "link.demand",
            "link.elsewhere",
            "link.free_hosting",
            "link.present",
            "link.unidentified",
            "story.prize",
            "story.refund",
            "story.urgent",
        ],
    ),
    (
        "",
        "Log in at http://198.51.100.7/login to keep your account",
        &[
            "ask.confirm",
            "link.demand",
            "link.elsewhere",
            "link.ip",
            "link.present",
            "link.unidentified",
        ],
    ),
    (
        "",
        "Read this: hxxps://northgate-news.com/a",
        &[
            "ask.follow",
            "link.bare",
            "link.defanged",
            "link.elsewhere",
            "link.present",
            "link.unidentified",
            "link.unknown",
        ],
    ),
    (
        "",
        "You have won a prize! Reply with your card number",
        &["ask.credential", "ask.reply", "story.prize"],
    ),
    (
        "+44 7700 900123",
        "Hi mum, I lost my phone, this is my new number. Text me back",
        &["ask.reply", "sender.number", "story.family"],
    ),
    (
        "boss.jordan@mail.example",
        "Buy five gift cards and send me the codes. Keep this secret",
        &["ask.code", "ask.gift_card", "ask.secret", "sender.email"],
    ),
    ("", "Download our app to see your bill", &["ask.install", "story.fee"]),
    (
        "",
        "Earn $300 a day from home, part-time job, no experience needed",
        &["money.present", "story.job"],
    ),
    ("", "Invest in crypto with a guaranteed profit", &["story.invest"]),
    (
        "",
        "Court notice: a warrant is out for your arrest. Call (212) 555-0143 immediately",
        &["ask.call", "phone.present", "story.legal", "story.urgent"],
    ),
    (
        "",
        "Dear customer, verify your pa$$word",
        &[
            "ask.confirm",
            "ask.credential",
            "obfuscation.leet",
            "story.greeting_unknown",
        ],
    ),
    (
        "",
        "P\u{200B}ay your b\u{200B}ill",
        &["ask.pay", "obfuscation.invisible", "story.fee"],
    ),
    ("", "ＦＲＥＥ raffle 𝓽𝓲𝓬𝓴𝓮𝓽𝓼", &["obfuscation.styled", "story.prize"]),
    (
        "",
        "Z\u{301}\u{308}\u{302}algo p a y p a l and раypal",
        &[
            "brand.named",
            "obfuscation.confusable",
            "obfuscation.marks",
            "obfuscation.spaced",
        ],
    ),
    ("", "Write to jo.smith@northgate.com about lunch", &["email.present"]),
    (
        "",
        "Join our group: whatsapp://chat/?code=Veltra",
        &[
            "ask.follow",
            "link.bare",
            "link.elsewhere",
            "link.messenger",
            "link.present",
            "link.unidentified",
        ],
    ),
    // Borrowed trust: beside a link that leads elsewhere none of it counts.
    (
        "",
        "Amazon: pay at lumio-post.com/a. Do not share this code. Acct XX1234. You spent $5.00 at 14:05. amazon.com",
        &[
            "ask.pay",
            "brand.foreign_link",
            "brand.named",
            "link.demand",
            "link.elsewhere",
            "link.present",
            "link.unknown",
            "money.present",
        ],
    ),
    (
        "",
        "Sale ends today! Reply STOP to opt out",
        &["story.urgent", "trust.opt_out"],
    ),
    (
        "AMAZON",
        "Your Amazon parcel was left with a neighbour",
        &["brand.named", "sender.brand", "sender.name", "story.parcel"],
    ),
    (
        "+1 212 555 0143",
        "Amazon: your parcel is on its way",
        &["brand.named", "sender.not_brand", "sender.number", "story.parcel"],
    ),
    // A charge that was not made: what is denied is the charge, not the call.
    (
        "",
        "If you did not order this, call (212) 555-0143",
        &["ask.call", "phone.present"],
    ),
    // A booking reference is no disguised word, a brand's own name is no imitation of it, an order is not called.
    ("", "Booking WD0K5JL, order no 20230717110", &[]),
    (
        "",
        "Amazon: your refund, see amazon.pe/r",
        &[
            "ask.follow",
            "brand.named",
            "link.bare",
            "link.named_in_text",
            "link.present",
            "link.unknown",
            "story.refund",
        ],
    ),
    ("", "see you at 8, bring the blue bag", &[]),
    (
        "",
        "您的验证码是 482913，请勿泄露给他人。",
        &["code.present", "trust.do_not_share"],
    ),
    (
        "",
        "Dein Code lautet 482913. Gib ihn nicht weiter.",
        &["code.present", "trust.do_not_share"],
    ),
    (
        "",
        "Click here to see the photos: photo-album.net/x",
        &[
            "ask.follow",
            "link.demand",
            "link.elsewhere",
            "link.present",
            "link.unidentified",
            "link.unknown",
        ],
    ),
    ("", "Your unemployment benefits were approved", &["story.benefit"]),
    (
        "",
        "Pictures of the picnic are on facebook.com/some.page",
        &[
            "link.elsewhere",
            "link.present",
            "link.unidentified",
            "link.user_content",
        ],
    ),
    (
        "",
        "A lovely lamp for the hall amzn.to/lamp",
        &["link.brand_shortener", "link.present"],
    ),
    (
        "",
        "Brightwell Dental sees you on Monday at three, directions at brightwell-dental.co.uk/map",
        &["link.named_in_text", "link.present", "link.unknown"],
    ),
    (
        "BRIGHTWELL",
        "We moved to the old mill, directions at brightwell.co.uk/map",
        &["link.named_in_text", "link.present", "link.unknown", "sender.name"],
    ),
    (
        "",
        "The parcel is at the hub, see parcel-hub.com/track",
        &[
            "ask.follow",
            "link.elsewhere",
            "link.present",
            "link.unidentified",
            "link.unknown",
            "story.parcel",
        ],
    ),
    (
        "",
        "The river path is open again, photos at bankside.org/check",
        &["link.elsewhere", "link.present", "link.unidentified", "link.unknown"],
    ),
    (
        "",
        "The river path is open again, photos at bankside.org/wlpxzk",
        &[
            "link.elsewhere",
            "link.present",
            "link.random_path",
            "link.unidentified",
            "link.unknown",
        ],
    ),
    (
        "",
        "The river path is open again, photos at xq7vd.com",
        &[
            "link.elsewhere",
            "link.present",
            "link.random_host",
            "link.unidentified",
            "link.unknown",
        ],
    ),
    (
        "",
        "The river path is open again, photos at kilbrack.gov.ie",
        &["link.present", "link.restricted"],
    ),
    (
        "",
        "The river path is open again, photos at https://kilbrack.gov.ie@xq7vd.com/a",
        &[
            "link.elsewhere",
            "link.present",
            "link.random_host",
            "link.unidentified",
            "link.unknown",
        ],
    ),
    (
        "",
        "bom dia, aquele valor envia nesta conta 880001234",
        &["ask.pay", "ask.pay_number", "phone.present"],
    ),
    ("", "Subj:Netflix:the river path is open again", &["brand.named"]),
    (
        "",
        "$12.40 debited at Corner Bakery at 10:42",
        &["money.present", "trust.transaction"],
    ),
    ("", "$12.40 debited at Corner Bakery", &["money.present"]),
    (
        "",
        "$12.40 debited at Corner Bakery http://198.51.100.7:8080/x",
        &[
            "link.elsewhere",
            "link.ip",
            "link.present",
            "link.unidentified",
            "money.present",
        ],
    ),
    (
        "",
        "Nice la#mps and ch_airs, see photos@lamp_house.com",
        &["email.present", "obfuscation.symbol_in_word"],
    ),
    ("", "Write to jo_smith@northgate.com about lunch", &["email.present"]),
];

fn signals(extractor: &mut Extractor, sender: &str, text: &str) -> Vec<&'static str> {
    extractor.read(&Message::new(text).with_sender(sender));
    let mut ids: Vec<_> = extractor.signals().iter().map(Signal::id).collect();
    ids.sort_unstable();
    ids
}

/// A test that fails here asks: is the new set the right one for this message? Then it is written down here, and, where
/// a signal's meaning changed and not only its reach, the signal gets a new id.
#[test]
fn signals_of_messages() {
    let mut extractor = Extractor::default();
    let mut wrong = Vec::new();
    for (sender, text, expected) in MESSAGES {
        let found = signals(&mut extractor, sender, text);
        let missing: Vec<_> = expected.iter().filter(|id| !found.contains(id)).collect();
        let new: Vec<_> = found.iter().filter(|id| !expected.contains(id)).collect();
        if !(missing.is_empty() && new.is_empty()) {
            wrong.push(format!("{sender:?} {text:?}: missing {missing:?}, new {new:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every signal can be found in a message, so that none is an empty column.
#[test]
fn messages_cover_the_signals() {
    let covered: BTreeSet<&str> = MESSAGES.iter().flat_map(|(.., ids)| ids.iter().copied()).collect();
    let uncovered: Vec<_> = Signal::ALL
        .iter()
        .map(|signal| signal.id())
        .filter(|id| !covered.contains(id))
        .collect();
    assert!(uncovered.is_empty(), "no message holds {uncovered:?}");
}

/// The schema hash stands in every model file, and a model runs only where it is the same. When this number changes,
/// the n-grams mean something else (normaliser, words, hash): every stored model stops loading, the bundled one has to
/// be trained again, and users have to be told. When it changes without a reason that is worth that, undo the change.
#[test]
fn schema_of_stored_models() {
    assert_eq!(schema_hash(), SCHEMA, "{:#018x}", schema_hash());
}

const SCHEMA: u64 = 0xadf6_f37f_a20c_b2dd;

/// Kind heads store these numbers.
#[test]
fn word_prefixes() {
    for (text, expected) in [
        ("", &[][..]),
        ("a", &[9971]),
        (
            "Your parcel code is 482913, your PARC 48",
            &[59662, 22842, 2469, 38612, 63646, 54973],
        ),
        (
            "\u{43F}\u{440}\u{43E}\u{432}\u{435}\u{440}\u{43A}\u{430} \u{9A8C}\u{8BC1}\u{7801}",
            &[48338, 43834, 36376, 58208],
        ),
    ] {
        let mut extractor = Extractor::default();
        extractor.read(&Message::new(text));
        let mut found = Vec::new();
        extractor.for_each_word_prefix(|prefix| found.push(prefix));
        assert_eq!(found, expected, "{text:?}");
    }
}

/// Distinct buckets of a text among 2^8, 2^14 and 2^22: collisions make the fewer the lower.
#[test]
fn number_of_buckets() {
    for (text, expected) in [
        ("", [0, 0, 0]),
        ("a", [2, 2, 2]),
        ("ok", [4, 4, 4]),
        ("see you at 8", [39, 40, 40]),
        (
            "123456 is your Amazon OTP. Do not share it with anyone.",
            [123, 177, 177],
        ),
        (
            "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top",
            [164, 255, 258],
        ),
    ] {
        let mut extractor = Extractor::default();
        extractor.read(&Message::new(text));
        let found = [8, 14, 22].map(|bits| {
            let mut count = 0;
            extractor.for_each_bucket(Buckets::new(bits).unwrap(), |_| count += 1);
            count
        });
        assert_eq!(found, expected, "{text:?}");
    }
}
