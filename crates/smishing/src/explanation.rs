use crate::wording::telling;
use crate::{Advice, Kind, Kinds, Label, Verdict};
use alloc::vec::Vec;
use core::ops::Range;
use smishing_features::Signal;

/// A verdict as a sum: intercept, one contribution a signal, one a stretch of text, in calibrated log-odds of bad.
///
/// Positive contributions speak for spam or smishing, negative ones for a genuine message.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    verdict: Verdict,
    intercept: f32,
    signals: Vec<SignalContribution>,
    spans: Vec<SpanContribution>,
    kinds: Option<Kinds>,
}

/// What a signal adds to the log-odds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignalContribution {
    /// The signal.
    pub signal: Signal,
    /// Its first place in the text, in UTF-8 byte offsets on character boundaries; `None` where it has none.
    pub span: Option<Range<usize>>,
    /// The brand that it is about, if it is about one.
    pub brand: Option<&'static str>,
    /// In log-odds of bad.
    pub contribution: f32,
}

/// What the wording of a stretch of text adds to the log-odds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpanContribution {
    /// In UTF-8 byte offsets on character boundaries.
    pub span: Range<usize>,
    /// In log-odds of bad.
    pub contribution: f32,
}

impl Explanation {
    /// `signals` strongest first.
    pub(crate) fn new(
        verdict: Verdict,
        intercept: f32,
        signals: Vec<SignalContribution>,
        spans: Vec<SpanContribution>,
        kinds: Option<Kinds>,
    ) -> Self {
        Self {
            verdict,
            intercept,
            signals,
            spans,
            kinds,
        }
    }

    /// The verdict that is explained.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The log-odds before anything is read.
    #[must_use]
    pub fn intercept(&self) -> f32 {
        self.intercept
    }

    /// The signals found, strongest first.
    #[must_use]
    pub fn signals(&self) -> &[SignalContribution] {
        &self.signals
    }

    /// The words of the text, in their order.
    #[must_use]
    pub fn spans(&self) -> &[SpanContribution] {
        &self.spans
    }

    /// What to do: advice for the kind that is named, else for what the verdict says.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// let scam = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";
    /// let advice = smishing::Classifier::bundled().explain(scam).advice();
    /// assert!(advice.now().any(|step| step.id() == "no_code"));
    /// # }
    /// ```
    #[must_use]
    pub fn advice(&self) -> Advice {
        let likely = self.kinds().and_then(Kinds::likely);
        let spam = (self.verdict().label() == Label::Spam).then_some(Kind::Marketing);
        Advice::for_kind(likely.or(spam))
    }

    /// What the message may be about; `None` as for [`Classifier::kinds`](crate::Classifier::kinds).
    #[must_use]
    pub fn kinds(&self) -> Option<&Kinds> {
        self.kinds.as_ref()
    }

    /// All parts of the sum: intercept, signals, spans.
    pub fn contributions(&self) -> impl Iterator<Item = f32> {
        core::iter::once(self.intercept)
            .chain(self.signals.iter().map(|signal| signal.contribution))
            .chain(self.spans.iter().map(|span| span.contribution))
    }

    /// The signals that speak for the verdict (against the message where it is flagged, else for it): first what weighs
    /// much and tells a person much.
    #[must_use]
    pub fn reasons(&self) -> Vec<&SignalContribution> {
        let mut reasons: Vec<_> = self
            .speaking_for(self.verdict.label().is_bad())
            .map(|reason| (reason.contribution.abs() * telling(reason.signal), reason))
            .collect();
        reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
        reasons.into_iter().map(|(_, reason)| reason).collect()
    }

    /// The signals that speak against the verdict, strongest first.
    pub fn objections(&self) -> impl Iterator<Item = &SignalContribution> {
        self.speaking_for(!self.verdict.label().is_bad())
    }

    fn speaking_for(&self, bad: bool) -> impl Iterator<Item = &SignalContribution> {
        let signals = self.signals.iter();
        signals.filter(move |signal| signal.contribution != 0.0 && (signal.contribution > 0.0) == bad)
    }
}

/// Sums what bytes contribute up to words: white space goes with the word before it.
pub(crate) fn words_of(text: &str, bytes: &[f64]) -> Vec<SpanContribution> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut spaces = false;
    for (at, character) in text.char_indices() {
        if spaces && !character.is_whitespace() {
            spans.push(start..at);
            start = at;
        }
        spaces = character.is_whitespace();
    }
    spans.push(start..text.len());
    spans
        .into_iter()
        .filter_map(|span| {
            let contribution = bytes[span.clone()].iter().sum::<f64>() as f32;
            (contribution != 0.0).then_some(SpanContribution { span, contribution })
        })
        .collect()
}

/// A span of UTF-8 bytes in UTF-16 code units, for languages whose strings count so; `None` where it is off `text`'s
/// character boundaries.
///
/// ```
/// assert_eq!(smishing::utf16_span("é🎁 ok", &(7..9)), Some(4..6));
/// ```
#[must_use]
pub fn utf16_span(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    let start = units(text.get(..span.start)?);
    Some(start..start + units(text.get(span.clone())?))
}
