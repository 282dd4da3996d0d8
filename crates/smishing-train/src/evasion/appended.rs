//! Lines that make a text look like genuine ones: trust marks, and harmless chat.
use super::Strength;
use rand::{Rng, RngExt};

/// Wordings of one trust mark.
pub(super) type Mark = [&'static str; 3];

pub(super) const DO_NOT_SHARE: Mark = [
    "Do not share this code.",
    "Never give this code to anyone, we will not ask for it.",
    "Don't forward this message; our staff never ask for codes.",
];
pub(super) const ACCOUNT: Mark = ["Acct XX1234.", "Card ending **4821.", "A/c no. XXXXXX7703."];
pub(super) const OPT_OUT: Mark = [
    "Reply STOP to opt out.",
    "Text STOP to end, HELP for help.",
    "STOP to unsubscribe.",
];
pub(super) const ORDER: Mark = ["Order #114-2093318.", "Ref: INV-558201.", "Booking no. 7K3QX9."];
pub(super) const DOMAIN: Mark = ["amazon.com.", "www.paypal.com.", "Official site: chase.com."];
pub(super) const TRANSACTION: Mark = [
    "You spent $12.40 at 14:05 on 03/14, available balance $1,208.33.",
    "Your transfer of $85.00 was completed at 09:12.",
    "Payment of $39.99 received, thank you. Balance: $0.00.",
];

/// In the order in which an alert would carry them.
pub(super) const ALL: [Mark; 6] = [TRANSACTION, ORDER, DOMAIN, DO_NOT_SHARE, ACCOUNT, OPT_OUT];

/// The text with one wording of each mark after it; strongly, with another one before it too.
pub(super) fn marked(text: &str, marks: &[Mark], strength: Strength, random: &mut dyn Rng) -> Vec<String> {
    let (mut before, mut after) = (Vec::new(), vec![text]);
    for mark in marks {
        let chosen = random.random_range(0..mark.len());
        after.push(mark[chosen]);
        before.push(mark[(chosen + 1) % mark.len()]);
    }
    if strength == Strength::Mild {
        before.clear();
    }
    before.append(&mut after);
    vec![before.join(" ")]
}

/// The text with chat after it: one sentence, or four.
pub(super) fn chat(text: &str, strength: Strength, random: &mut dyn Rng) -> String {
    const CHAT: [&str; 8] = [
        "Are you still coming over for dinner tonight?",
        "I left the keys with your sister this morning.",
        "The kids had a great time at the park.",
        "Let me know when you get to the station.",
        "It was so good to see you last weekend.",
        "I'm running ten minutes late, start without me.",
        "Mum says thanks for the flowers.",
        "We should go to that cafe again soon.",
    ];
    let sentences = match strength {
        Strength::Mild => 1,
        Strength::Strong => 4,
    };
    let first = random.random_range(0..CHAT.len());
    let chat = CHAT.into_iter().cycle().skip(first).take(sentences);
    std::iter::once(text).chain(chat).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn marks_and_chat_stand_around_the_whole_text() {
        for seed in 0..20 {
            let of = |strength| {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                (
                    marked("Hi there", &ALL, strength, &mut random).concat(),
                    chat("Hi there", strength, &mut random),
                )
            };
            let (mild, strong) = (of(Strength::Mild), of(Strength::Strong));
            assert!(mild.0.starts_with("Hi there ") && strong.0.ends_with(&mild.0));
            assert!(mild.1.starts_with("Hi there ") && strong.1.starts_with(&mild.1));
            assert!(mild.0.contains("STOP") && strong.0.matches("STOP").count() == 2);
        }
    }
}
