//! What to do about a scam, and after a mistake: a catalogue of steps with sources, in the languages of the catalogue.
use crate::{Kind, Label, Language};

/// What a person may have done already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mistake {
    /// Opened the link.
    Clicked,
    /// Sent money, gift cards included.
    Paid,
    /// Gave a one-time code.
    GaveCode,
    /// Gave a password, card or identity data.
    GaveDetails,
    /// Installed an app, or let somebody control the device.
    Installed,
    /// Answered.
    Replied,
}

impl Mistake {
    /// All of them, in the order of the catalogue's columns.
    pub const ALL: [Self; 6] = [
        Self::Clicked,
        Self::Paid,
        Self::GaveCode,
        Self::GaveDetails,
        Self::Installed,
        Self::Replied,
    ];

    /// The mistake as files and outputs carry it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clicked => "clicked",
            Self::Paid => "paid",
            Self::GaveCode => "gave_code",
            Self::GaveDetails => "gave_details",
            Self::Installed => "installed",
            Self::Replied => "replied",
        }
    }

    /// What the person would say.
    ///
    /// ```
    /// use smishing::{Language, Mistake};
    /// assert_eq!(Mistake::GaveCode.title(Language::English), "I gave a code");
    /// ```
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        // The tests see to it that every mistake has a row.
        let row = smishing_data::row(smishing_data::MISTAKES, self.as_str()).unwrap_or([self.as_str(); 7]);
        row[1 + language as usize]
    }
}

/// What to do about a scam or spam: steps, the most urgent first.
///
/// ```
/// use smishing::{Advice, Kind, Language, Mistake};
/// let advice = Advice::for_kind(Kind::Family);
/// let first = advice.now().next().unwrap();
/// assert_eq!(first.text(Language::English), "Call the person on the number that you already have");
///
/// // Where the kind is not known, what holds for every scam.
/// let advice = Advice::for_kind(None);
/// assert!(advice.after(Mistake::Paid).any(|step| step.id() == "stop_payment"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Advice {
    kind: Option<Kind>,
}

impl Advice {
    /// Advice about messages of `kind`; `None` stands for a scam of any kind.
    #[must_use]
    pub fn for_kind(kind: impl Into<Option<Kind>>) -> Self {
        Self { kind: kind.into() }
    }

    /// What it is about.
    #[must_use]
    pub const fn kind(self) -> Option<Kind> {
        self.kind
    }

    /// What to do where nothing has happened yet.
    pub fn now(self) -> impl Iterator<Item = Step> {
        self.steps(1)
    }

    /// What to do after a mistake.
    pub fn after(self, mistake: Mistake) -> impl Iterator<Item = Step> {
        self.steps(2 + mistake as usize)
    }

    /// The steps of a column of the table.
    fn steps(self, column: usize) -> impl Iterator<Item = Step> {
        let label = self.kind.map_or(Label::Smishing, Kind::label);
        let of_label = cell(label.as_str(), column).unwrap_or_default();
        let of_kind = self.kind.and_then(|kind| cell(kind.as_str(), column));
        of_kind
            .unwrap_or("+")
            .split('|')
            .flat_map(move |id| if id == "+" { of_label } else { id }.split('|'))
            .filter_map(Step::with_id)
    }
}

fn cell(of: &str, column: usize) -> Option<&'static str> {
    smishing_data::row::<8>(smishing_data::ADVICE_FOR, of).map(|row| row[column])
}

/// One action, in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    row: [&'static str; 8],
}

impl Step {
    /// `None` where the catalogue has no such step; the tests see to it that advice never asks for one.
    fn with_id(id: &str) -> Option<Self> {
        smishing_data::row(smishing_data::ADVICE, id).map(|row| Self { row })
    }

    /// Its name in the catalogue, the same in every language and version: for a program that draws a button or a picture.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.row[0]
    }

    /// A page that gives this advice, of an authority or quoting one wherever it could be found; `None` where the project
    /// gives it on its own.
    #[must_use]
    pub fn source(self) -> Option<&'static str> {
        Some(self.row[1]).filter(|source| *source != "own")
    }

    /// The step as a sentence without its full stop.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        self.row[2 + language as usize]
    }
}

/// How a [`ReportingPoint`] is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Channel {
    /// The message is forwarded to the number.
    ForwardText,
    /// The number is called.
    Phone,
    /// The address is opened.
    Web,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ForwardText, Self::Phone, Self::Web];

    /// The channel as files and outputs carry it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForwardText => "forward_text",
            Self::Phone => "phone",
            Self::Web => "web",
        }
    }
}

/// Where a scam can be reported, or help be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ReportingPoint {
    /// How it is reached.
    pub channel: Channel,
    /// A number as it is dialled in the country, or an address that starts with `https://`.
    pub contact: &'static str,
    /// Whose it is, in a language of the country or in English, and for whom where not for all.
    pub name: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// The day on which the source was read, as `2026-11-23`: numbers change.
    pub checked: &'static str,
}

/// Where to report in a country (ISO 3166-1 alpha-2, upper or lower case), then what serves anywhere, which is all that
/// there is for a country that the catalogue does not know.
///
/// ```
/// use smishing::{Channel, reporting};
/// let point = reporting("US").next().unwrap();
/// assert_eq!((point.channel, point.contact), (Channel::ForwardText, "7726"));
/// assert!(reporting("AQ").all(|point| point.channel == Channel::Web));
/// ```
pub fn reporting(region: &str) -> impl Iterator<Item = ReportingPoint> {
    let rows = || smishing_data::rows::<6>(smishing_data::REPORTING);
    let here = rows().filter(move |row| row[0] != "*" && row[0].eq_ignore_ascii_case(region));
    let anywhere = rows().filter(|row| row[0] == "*");
    here.chain(anywhere)
        .filter_map(|[_, channel, contact, name, source, checked]| {
            Some(ReportingPoint {
                channel: Channel::ALL.into_iter().find(|known| known.as_str() == channel)?,
                contact,
                name,
                source,
                checked,
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn languages() -> String {
        let codes: Vec<_> = Language::ALL.into_iter().map(Language::code).collect();
        codes.join("\t")
    }

    /// The header and the rows of a table, none of them with a cell missing, empty or left to be filled in.
    fn table<const COLUMNS: usize>(text: &'static str) -> (&'static str, Vec<[&'static str; COLUMNS]>) {
        for line in text.lines() {
            assert_eq!(line.split('\t').count(), COLUMNS, "{line}");
            for cell in line.split('\t') {
                assert!(!cell.is_empty() && cell.trim() == cell, "{line}");
                assert!(
                    !cell.contains(['{', '}', '?']) || cell.starts_with("https://"),
                    "{line}"
                );
                assert!(!["TODO", "TBD", "XXX"].iter().any(|mark| cell.contains(mark)), "{line}");
            }
        }
        let rows: Vec<[&str; COLUMNS]> = smishing_data::rows(text).collect();
        (text.lines().next().unwrap_or_default(), rows)
    }

    fn all_advice() -> impl Iterator<Item = Advice> {
        let kinds = Kind::ALL.into_iter().map(Some).chain([None]);
        kinds.map(Advice::for_kind)
    }

    /// Lists of steps with the situation that they are for.
    fn situations(advice: Advice) -> Vec<(&'static str, Vec<Step>)> {
        let after = Mistake::ALL.map(|mistake| (mistake.as_str(), advice.after(mistake).collect()));
        [("now", advice.now().collect())].into_iter().chain(after).collect()
    }

    #[test]
    fn every_mistake_has_a_title_in_every_language() {
        let (header, rows) = table::<7>(smishing_data::MISTAKES);
        assert_eq!(header, format!("mistake\t{}", languages()));
        assert!(rows.iter().map(|row| row[0]).eq(Mistake::ALL.map(Mistake::as_str)));
        for mistake in Mistake::ALL {
            for language in Language::ALL {
                assert!(!mistake.title(language).is_empty());
            }
        }
    }

    #[test]
    fn the_plan_names_labels_kinds_and_mistakes() {
        let (header, rows) = table::<8>(smishing_data::ADVICE_FOR);
        assert_eq!(
            header,
            format!("for\tnow\t{}", Mistake::ALL.map(Mistake::as_str).join("\t"))
        );
        let labels = [Label::Smishing, Label::Spam].map(Label::as_str);
        assert!(rows.iter().take(2).map(|row| row[0]).eq(labels));
        assert!(
            rows[..2]
                .iter()
                .all(|row| row[1..].iter().all(|cell| !cell.contains('+')))
        );
        for row in &rows[2..] {
            assert!(row[0].parse::<Kind>().is_ok(), "{}", row[0]);
            assert!(row[1..].iter().any(|cell| *cell != "+"), "{} says nothing", row[0]);
        }
        let distinct: BTreeSet<_> = rows.iter().map(|row| row[0]).collect();
        assert_eq!(distinct.len(), rows.len());
    }

    #[test]
    fn every_step_is_defined_used_and_said_once() {
        let (header, steps) = table::<8>(smishing_data::ADVICE);
        assert_eq!(header, format!("step\tsource\t{}", languages()));
        let defined: BTreeSet<_> = steps.iter().map(|row| row[0]).collect();
        assert_eq!(defined.len(), steps.len());

        let plan = smishing_data::rows::<8>(smishing_data::ADVICE_FOR);
        let asked: BTreeSet<_> = plan
            .flat_map(|row| row.into_iter().skip(1).flat_map(|cell| cell.split('|')))
            .filter(|id| *id != "+")
            .collect();
        assert_eq!(asked, defined);

        for advice in all_advice() {
            for (situation, steps) in situations(advice) {
                let ids: BTreeSet<_> = steps.iter().map(|step| step.id()).collect();
                assert_eq!(ids.len(), steps.len(), "{:?} {situation}", advice.kind());
                assert!(
                    (2..=11).contains(&steps.len()),
                    "{:?} {situation}: {}",
                    advice.kind(),
                    steps.len()
                );
            }
        }
    }

    #[test]
    fn steps_are_sentences_without_full_stop_and_with_a_source() {
        for row in smishing_data::rows::<8>(smishing_data::ADVICE) {
            let step = Step { row };
            assert!(
                step.source().is_none_or(|source| source.starts_with("https://")),
                "{}",
                step.id()
            );
            for language in Language::ALL {
                let text = step.text(language);
                assert!(!text.ends_with(['.', '।', '!']), "{text}");
                assert!(text.chars().count() <= 130, "{text}");
            }
        }
    }

    #[test]
    fn a_scam_of_any_kind_gets_what_was_asked_for() {
        let advice = Advice::for_kind(None);
        let ids = |steps: Vec<Step>| steps.into_iter().map(Step::id).collect::<Vec<_>>();
        let now = ids(advice.now().collect());
        for step in [
            "no_code",
            "official_way",
            "no_link",
            "two_factor",
            "watch_account",
            "report",
        ] {
            assert!(now.contains(&step), "{step}");
        }
        for mistake in [Mistake::GaveCode, Mistake::GaveDetails] {
            let after = ids(advice.after(mistake).collect());
            for step in [
                "change_password",
                "call_bank",
                "call_company",
                "watch_account",
                "two_factor",
                "report",
            ] {
                assert!(after.contains(&step), "{mistake:?} {step}");
            }
        }
        assert_eq!(advice, Advice::for_kind(None::<Kind>));
        // A kind without lists of its own.
        assert!(Advice::for_kind(Kind::AccountLocked).now().eq(advice.now()));
        // `+` stands for the label's list.
        let prize = ids(Advice::for_kind(Kind::Prize).now().collect());
        assert_eq!((prize[0], &prize[1..]), ("no_fee_first", &now[..]));
    }

    #[test]
    fn spam_is_not_treated_as_a_scam() {
        let steps: Vec<_> = Advice::for_kind(Kind::Marketing).now().map(Step::id).collect();
        assert_eq!(steps, ["no_reply", "no_link", "stop_known", "report"]);
    }

    #[test]
    fn reporting_points_are_complete_and_sourced() {
        let (header, rows) = table::<6>(smishing_data::REPORTING);
        assert_eq!(header, "region\tchannel\tcontact\tname\tsource\tchecked");
        let regions: BTreeSet<_> = rows.iter().map(|row| row[0]).collect();
        for region in &regions {
            let alpha_2 = region.len() == 2 && region.bytes().all(|letter| letter.is_ascii_uppercase());
            assert!(alpha_2 || *region == "*", "{region}");
        }
        let points: Vec<_> = regions
            .iter()
            .flat_map(|region| reporting(region).take(rows.iter().filter(|row| row[0] == *region).count()))
            .collect();
        assert_eq!(points.len(), rows.len());
        for point in points {
            assert!(point.source.starts_with("https://"), "{point:?}");
            match point.channel {
                Channel::Web => assert!(point.contact.starts_with("https://"), "{point:?}"),
                Channel::Phone | Channel::ForwardText => {
                    let dialled = |sign: char| sign.is_ascii_digit() || " +-#".contains(sign);
                    assert!(point.contact.chars().all(dialled), "{point:?}");
                }
            }
            let date: Vec<u16> = point.checked.split('-').map(|part| part.parse().unwrap()).collect();
            assert!(point.checked.len() == 10 && date.len() == 3, "{point:?}");
            assert!((2026..2100).contains(&date[0]) && (1..=12).contains(&date[1]) && (1..=31).contains(&date[2]));
        }
    }

    #[test]
    fn unknown_countries_get_what_serves_anywhere() {
        let anywhere: Vec<_> = reporting("AQ").collect();
        assert!(!anywhere.is_empty());
        for region in ["", "*", "nowhere"] {
            assert!(reporting(region).eq(anywhere.iter().copied()), "{region}");
        }
        assert!(reporting("gb").eq(reporting("GB")));
        assert!(reporting("GB").count() > anywhere.len());
    }
}
