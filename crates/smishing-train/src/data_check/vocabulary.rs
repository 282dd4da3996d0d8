//! The form of each column.
use super::Message;
use smishing::{Kind, Label, Signal};
use smishing_features::Extractor;
use std::collections::HashMap;

/// Kinds of genuine message; those of scams and spam are [`Kind`]'s.
const GENUINE: [&str; 22] = [
    "otp",
    "security_alert",
    "bank",
    "wallet",
    "delivery",
    "appointment",
    "health",
    "telecom",
    "government",
    "school",
    "utility",
    "toll",
    "travel",
    "work",
    "promotion",
    "loyalty",
    "charity",
    "marketplace",
    "subscription",
    "insurance",
    "scam_warning",
    "personal",
];

/// Kinds of message with their labels.
pub(super) fn kinds() -> impl Iterator<Item = (Label, &'static str)> {
    let bad = Kind::ALL.into_iter().map(|kind| (kind.label(), kind.as_str()));
    GENUINE.into_iter().map(|kind| (Label::Ham, kind)).chain(bad)
}

pub(super) fn check(messages: &[Message], faults: &mut Vec<String>) {
    let mut ids: HashMap<&str, &str> = HashMap::new();
    let mut extractor = Extractor::default();
    for message in messages {
        let place = &message.place;
        if let Some(first) = ids.insert(&message.id, place) {
            faults.push(format!("{place}: id {} stands at {first} already", message.id));
        }
        let in_order = |text: &str, allowed: fn(char) -> bool| !text.is_empty() && text.chars().all(allowed);
        if !in_order(&message.id, |letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'
        }) {
            faults.push(format!(
                "{place}: id `{}` is not lower-case letters, digits and hyphens",
                message.id
            ));
        }
        let mut of_label = kinds().filter(|(label, _)| label.as_str() == message.label).peekable();
        if of_label.peek().is_none() {
            faults.push(format!(
                "{place}: label `{}` is not ham, spam or smishing",
                message.label
            ));
        } else if !of_label.any(|(_, kind)| kind == message.kind) {
            faults.push(format!(
                "{place}: kind `{}` is none of label {}",
                message.kind, message.label
            ));
        }
        let lang = message.lang.split('-').next().unwrap_or_default();
        if !(lang.len() == 2 && in_order(lang, |letter| letter.is_ascii_lowercase())) {
            faults.push(format!("{place}: lang `{}` is no language code", message.lang));
        }
        if !(message.region.len() == 2 && in_order(&message.region, |letter| letter.is_ascii_uppercase())) {
            faults.push(format!("{place}: region `{}` is no country code", message.region));
        }
        if message.text.trim() != message.text || message.text.is_empty() {
            faults.push(format!("{place}: text empty or with white space around it"));
        }
        extractor.read(&smishing::Message::new(&message.text));
        let signals = extractor.signals();
        let foreign = [
            Signal::LinkUnknown,
            Signal::LinkLookalike,
            Signal::LinkShortener,
            Signal::LinkFreeHosting,
            Signal::LinkIp,
        ];
        let leads_home_only =
            signals.contains(Signal::LinkOfficial) && !foreign.into_iter().any(|signal| signals.contains(signal));
        if message.is_bad() && leads_home_only && signals.contains(Signal::AskFollow) {
            faults.push(format!(
                "{place}: this scam asks to follow a link, and the only one is a brand's official domain"
            ));
        }
    }
}
