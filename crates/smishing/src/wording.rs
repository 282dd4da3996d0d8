//! What signals say to a person, in the languages of the message catalogue.
use crate::{Label, SignalContribution};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use smishing_features::{NormalizedText, Signal};

/// A language of the message catalogue (`reasons.tsv` of the `smishing-data` crate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `es`
    Spanish,
    /// `fr`
    French,
    /// `de`
    German,
    /// `pt`
    Portuguese,
    /// `hi`
    Hindi,
}

impl Language {
    /// All of them, in the order of the catalogue's columns.
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::Spanish,
        Self::French,
        Self::German,
        Self::Portuguese,
        Self::Hindi,
    ];

    /// The ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::German => "de",
            Self::Portuguese => "pt",
            Self::Hindi => "hi",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The catalogue does not know the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLanguage(String);

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: reasons are worded in", self.0)?;
        for (number, language) in Language::ALL.into_iter().enumerate() {
            write!(f, "{}{language}", if number == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownLanguage {}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Takes codes and tags: `pt`, `pt-BR`, `de_AT`.
    ///
    /// ```
    /// assert_eq!("pt-BR".parse(), Ok(smishing::Language::Portuguese));
    /// assert!("xx".parse::<smishing::Language>().is_err());
    /// ```
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let code = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code))
            .ok_or_else(|| UnknownLanguage(tag.into()))
    }
}

/// A heading of an explanation that is shown to people (`headings.tsv` of the `smishing-data` crate).
///
/// ```
/// use smishing::{Heading, Label, Language};
/// assert_eq!(Heading::Now.text(Language::German), "Was jetzt zu tun ist");
/// assert_eq!(Heading::Verdict(Label::Ham).text(Language::English), "Looks genuine");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Heading {
    /// The verdict in words.
    Verdict(Label),
    /// Before the probability of bad.
    Probability,
    /// Over the reasons that speak for the verdict.
    For,
    /// Over those that speak against it.
    Against,
    /// Before the kind of scam.
    Kind,
    /// Before kinds of which none is sure.
    Perhaps,
    /// Over what to do now.
    Now,
    /// Over what to do after a mistake.
    After,
    /// Over where to report.
    Report,
}

impl Heading {
    const fn id(self) -> &'static str {
        match self {
            Self::Verdict(label) => label.as_str(),
            Self::Probability => "probability",
            Self::For => "for",
            Self::Against => "against",
            Self::Kind => "kind",
            Self::Perhaps => "perhaps",
            Self::Now => "now",
            Self::After => "after",
            Self::Report => "report",
        }
    }

    /// The heading without punctuation after it.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        // The tests see to it that every heading has a row.
        let row = smishing_data::row(smishing_data::HEADINGS, self.id()).unwrap_or([self.id(); 7]);
        row[1 + language as usize]
    }
}

impl SignalContribution {
    /// The signal as a sentence without its full stop; `text` is the message that it was found in.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// use smishing::{Classifier, Language};
    /// let scam = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";
    /// let explanation = Classifier::bundled().explain(scam);
    /// let reasons: Vec<_> = explanation.reasons().iter().map(|reason| reason.sentence(scam, Language::English)).collect();
    /// assert!(reasons.contains(&"The link amaz0n-secure.top imitates Amazon".into()));
    /// # }
    /// ```
    #[must_use]
    pub fn sentence(&self, text: &str, language: Language) -> String {
        let place = self.span.clone().and_then(|span| text.get(span)).unwrap_or_default();
        row(self.signal)[2 + language as usize]
            .replace("{brand}", self.brand.unwrap_or_default())
            .replace("{word}", NormalizedText::from(place).as_str())
            .replace("{text}", place)
    }
}

/// How much a signal helps a person to judge, 1 to 3.
pub(crate) fn telling(signal: Signal) -> f32 {
    row(signal)[1].parse().unwrap_or(1.0)
}

fn row(signal: Signal) -> [&'static str; 8] {
    // The tests see to it that every signal has one.
    smishing_data::row(smishing_data::REASONS, signal.id()).unwrap_or([signal.id(); 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_is_worded_in_every_language() {
        let headings = [
            Heading::Verdict(Label::Ham),
            Heading::Verdict(Label::Spam),
            Heading::Verdict(Label::Smishing),
            Heading::Verdict(Label::Unsure),
            Heading::Probability,
            Heading::For,
            Heading::Against,
            Heading::Kind,
            Heading::Perhaps,
            Heading::Now,
            Heading::After,
            Heading::Report,
        ];
        let rows: alloc::vec::Vec<[&str; 7]> = smishing_data::rows(smishing_data::HEADINGS).collect();
        assert!(rows.iter().map(|row| row[0]).eq(headings.map(Heading::id)));
        assert!(rows.iter().flatten().all(|cell| !cell.is_empty()));
    }

    #[test]
    fn every_signal_has_a_sentence_in_every_language() {
        let header = smishing_data::REASONS.lines().next().unwrap_or_default();
        let codes: alloc::vec::Vec<_> = Language::ALL.into_iter().map(Language::code).collect();
        assert_eq!(header, alloc::format!("signal\ttelling\t{}", codes.join("\t")));
        for signal in Signal::ALL {
            let row = row(*signal);
            assert_eq!(row[0], signal.id());
            assert!((1.0..=3.0).contains(&telling(*signal)), "{}", row[0]);
            for (sentence, language) in row[2..].iter().zip(Language::ALL) {
                assert!(!sentence.is_empty(), "{} {language}", row[0]);
                for part in ["{text}", "{word}", "{brand}"] {
                    assert_eq!(sentence.contains(part), row[2].contains(part), "{} {language}", row[0]);
                }
            }
        }
        assert_eq!(smishing_data::rows::<8>(smishing_data::REASONS).count(), Signal::COUNT);
    }
}
