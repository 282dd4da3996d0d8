//! Whether a stream of messages differs from another one, by what a model sees in them.
use crate::Error;
use crate::cluster::Clusters;
use crate::row::{BadRow, Row};
use crate::two_samples::{Count, benjamini_hochberg, fisher, kolmogorov_smirnov, stability_index};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;
use smishing::{Classifier, Message, Model, Signal, SignalSet};
use smishing_features::Extractor;
use std::collections::{BTreeMap, HashSet};
use unicode_script::{Script, UnicodeScript};

/// Messages without labels, in the order they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// What errors call it.
    pub name: String,
    /// Its messages.
    pub messages: Vec<Row>,
}

impl Stream {
    /// Of rows as they are read, and those of them that cannot be used: unreadable ones, and ones without text.
    pub fn new(name: impl Into<String>, rows: impl Iterator<Item = Result<Row, BadRow>>) -> (Self, Vec<BadRow>) {
        let (mut messages, mut bad_rows) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                Ok(row) if row.text.trim().is_empty() => bad_rows.push(BadRow {
                    line: row.line,
                    reason: "no text".into(),
                }),
                Ok(row) => messages.push(row),
                Err(bad) => bad_rows.push(bad),
            }
        }
        let name = name.into();
        (Self { name, messages }, bad_rows)
    }
}

/// When streams count as different.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DriftOptions {
    /// False-discovery rate, between 0 and 1: of streams of one source, at most this share is said to differ.
    pub level: f64,
    /// Differences below this do not count, however sure they are; in `0..1`, as [`NumberDrift::distance`] and
    /// [`ShareDrift::change`].
    pub least: f64,
    /// Decides which message of a cluster is looked at, and which ones of the longer stream.
    pub seed: u64,
}

impl Default for DriftOptions {
    fn default() -> Self {
        Self {
            level: 0.01,
            least: 0.0,
            seed: 1,
        }
    }
}

/// How two streams differ.
///
/// Near-duplicates count once in each stream ([`Clusters`] over both together): a template sent a thousand times is one
/// piece of evidence, and p-values would otherwise be absurd. Of the stream with more clusters as many are taken at random
/// as the other has: the longer a stream, the more of its messages are repeats, so that streams of one source but of
/// different lengths would seem to differ (ecologists call this rarefaction).
///
/// Numbers are compared by the test of Kolmogorov and Smirnov, shares by Fisher's; all p-values together are adjusted by
/// the procedure of Benjamini and Hochberg. Those of signals are not independent, since one often brings another; that the
/// rate holds then too is usual, not proven (Y. Benjamini and D. Yekutieli, *The control of the false discovery rate in
/// multiple testing under dependency*, 2001).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// Whether anything differs.
    pub differs: bool,
    /// [`DriftOptions::level`]
    pub level: f64,
    /// [`DriftOptions::least`]
    pub least: f64,
    /// How much the baseline holds.
    pub baseline: StreamSize,
    /// How much the new stream holds.
    pub new: StreamSize,
    /// Messages of each stream that are compared, no two of a stream of one cluster.
    pub compared: usize,
    /// Score, unknown words and length.
    pub numbers: Vec<NumberDrift>,
    /// What messages have or have not, by [`Aspect`]; what no compared message has is left out.
    pub shares: Vec<ShareDrift>,
}

/// How much a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StreamSize {
    /// Messages.
    pub messages: usize,
    /// Near-duplicate clusters among them.
    pub clusters: usize,
    /// Messages of the largest one.
    pub largest_cluster: usize,
}

/// What numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quantity {
    /// The probability of bad.
    Score,
    /// Share of a message's words whose beginning is none of those that the model's kind head knows.
    ///
    /// The n-gram weights cannot say what training never saw: a model of a usual size has a weight in every bucket (of the
    /// bundled one's 32,768 three are 0), by collisions if by nothing else. The kind head's vocabulary, the 2,048 word
    /// beginnings that tell most about kinds, is what a model file holds of the words it learnt. English texts lie at
    /// about a fifth; of languages without training data two thirds of the words are unknown. What matters is the
    /// change. Models without a kind head have no such number.
    UnknownWords,
    /// Characters of the text.
    Length,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Score, Self::UnknownWords, Self::Length];

    /// The name in reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::UnknownWords => "unknown_words",
            Self::Length => "length",
        }
    }
}

/// A number's distribution in both streams.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NumberDrift {
    /// Which number.
    pub quantity: Quantity,
    /// Lower quartile, median and upper quartile in the baseline.
    pub baseline_quartiles: [f64; 3],
    /// The same in the new stream.
    pub new_quartiles: [f64; 3],
    /// Largest difference between the shares of messages at or below any one value (Kolmogorov-Smirnov), in `0..=1`.
    pub distance: f64,
    /// What the tests say.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// Population stability index over the bins of [`NumberDrift::histogram`]. That 0.1 is some drift and 0.25 much is
    /// folklore of credit scoring (N. Siddiqi, *Credit risk scorecards*, 2006), which knows no number of messages; it
    /// decides nothing here.
    pub psi: f64,
    /// What chance alone makes of it on the average, for so many messages and bins (B. Yurdakul, *Statistical properties of
    /// population stability index*, 2018).
    pub psi_by_chance: f64,
    /// Tenths of the baseline; fewer bins where many messages have the same number.
    pub histogram: Vec<Bin>,
}

/// Messages whose number lies above `above` and is at most `up_to`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// `None` for the first bin.
    pub above: Option<f64>,
    /// `None` for the last bin.
    pub up_to: Option<f64>,
    /// Messages of the baseline.
    pub baseline: usize,
    /// Messages of the new stream.
    pub new: usize,
}

/// What messages have or have not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aspect {
    /// Flagged by the model at its default threshold; one row.
    Flagged,
    /// Flagged and of this kind, as people would be told; `unnamed_kind` where the kind is not probable enough to be named. The
    /// share is of all messages, not of the flagged ones: where one kind grows, the others need not shrink.
    Kind,
    /// Carries this signal.
    Signal,
    /// Most of its letters are of this script.
    Script,
    /// Is said to be in this language, among those of which it is said; nothing is guessed.
    Language,
}

impl Aspect {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Flagged, Self::Kind, Self::Signal, Self::Script, Self::Language];

    /// The name in reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Flagged => "flagged",
            Self::Kind => "kind",
            Self::Signal => "signal",
            Self::Script => "script",
            Self::Language => "language",
        }
    }
}

/// The share of messages that have something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShareDrift {
    /// What it is about.
    pub aspect: Aspect,
    /// Which one.
    pub name: String,
    /// In the baseline, compared messages.
    pub baseline: Count,
    /// In the new stream, compared messages.
    pub new: Count,
    /// The new share less that of the baseline, in `-1..=1`.
    pub change: f64,
    /// 95 % interval of the change (Newcombe 1998, method 10), for itself: not widened for how many there are.
    pub ci95: [f64; 2],
    /// What the tests say.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// In all messages of the baseline, repeats too.
    pub baseline_by_message: Count,
    /// In all messages of the new stream, repeats too.
    pub new_by_message: Count,
}

/// What the tests say of a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// How probable so large a difference is in streams of one source.
    pub p_value: f64,
    /// The same, adjusted for all that was compared (Benjamini and Hochberg 1995).
    pub adjusted_p_value: f64,
    /// Whether it counts: sure enough, and large enough.
    pub differs: bool,
}

/// Compared messages that each stream must have at least: fewer tell only the coarsest differences.
const FEWEST: usize = 20;

/// How a new stream differs from a baseline, by what a model sees in them.
///
/// ```
/// use smishing_train::{DriftOptions, Row, Stream, drift};
/// # let words = ["lunch", "train", "garden", "piano", "doctor", "cinema", "bakery", "river", "table", "candle"];
/// # let text = |n: usize| (0..12).map(|k| words[(n * 7919 + k * 10_472 + n * k * 31) / 7 % 10]).collect::<Vec<_>>().join(" ");
/// # let stream = |name: &str, tail: &str| Stream {
/// #     name: name.into(),
/// #     messages: (0..70).map(|n| Row { text: text(n) + tail, ..Row::default() }).collect(),
/// # };
/// let model = smishing::Model::from_bytes(smishing_models::BUNDLED)?;
/// let (baseline, new) = (stream("monday", ""), stream("tuesday", " http://pay-fee.top"));
/// assert!(!drift(&model, &baseline, &baseline, &DriftOptions::default())?.differs);
/// assert!(drift(&model, &baseline, &new, &DriftOptions::default())?.differs);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::Setting`] for options out of range, [`Error::Model`] for a model of other features, [`Error::Data`] where a
/// stream has fewer than 20 messages, near-duplicates counted once.
pub fn drift(model: &Model, baseline: &Stream, new: &Stream, options: &DriftOptions) -> Result<Drift, Error> {
    let DriftOptions { level, least, seed } = *options;
    if !(level > 0.0 && level < 1.0 && (0.0..1.0).contains(&least)) {
        return Err(Error::Setting(format!(
            "level {level} and least difference {least}: expected a level between 0 and 1, and a difference from 0 to below 1"
        )));
    }
    let reader = Reader::new(model)?;
    let messages = baseline.messages.iter().chain(&new.messages);
    let clusters = Clusters::of_texts(&messages.map(|row| row.text.as_str()).collect::<Vec<_>>());
    let (of_baseline, of_new) = clusters.as_slice().split_at(baseline.messages.len());
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut one = Sample::new(baseline, of_baseline, &reader, &mut random)?;
    let mut other = Sample::new(new, of_new, &reader, &mut random)?;
    let compared = one.distinct.len().min(other.distinct.len());
    one.distinct.truncate(compared);
    other.distinct.truncate(compared);
    let mut numbers = numbers(&one, &other);
    let mut shares = shares(&one, &other);
    let differences = numbers.iter_mut().map(|number| (number.distance, &mut number.evidence));
    let changes = shares.iter_mut().map(|share| (share.change.abs(), &mut share.evidence));
    let differs = judge(differences.chain(changes).collect(), level, least);
    Ok(Drift {
        differs,
        level,
        least,
        baseline: one.size,
        new: other.size,
        compared,
        numbers,
        shares,
    })
}

/// Adjusts the p-values for how many there are, and says which differences count, and whether any does.
fn judge(mut differences: Vec<(f64, &mut Evidence)>, level: f64, least: f64) -> bool {
    let p_values: Vec<f64> = differences.iter().map(|(_, evidence)| evidence.p_value).collect();
    let mut any = false;
    for ((size, evidence), adjusted) in differences.iter_mut().zip(benjamini_hochberg(&p_values)) {
        evidence.adjusted_p_value = adjusted;
        evidence.differs = adjusted <= level && *size >= least;
        any |= evidence.differs;
    }
    any
}

const UNNAMED: &str = "unnamed_kind";

/// A model that is ready to look at messages.
struct Reader<'a> {
    classifier: Classifier,
    /// The word beginnings that the kind head knows; rising.
    vocabulary: Option<&'a [u16]>,
}

/// What is compared of a message.
struct Reading {
    logit: f32,
    flagged: bool,
    kind: Option<&'static str>,
    signals: SignalSet,
    unknown_words: Option<f64>,
    length: usize,
    script: Option<&'static str>,
    language: Option<String>,
}

impl<'a> Reader<'a> {
    fn new(model: &'a Model) -> Result<Self, Error> {
        Ok(Self {
            classifier: Classifier::new(model)?,
            vocabulary: model.parts().kinds.as_ref().map(|head| head.vocabulary.as_slice()),
        })
    }

    fn read(&self, extractor: &mut Extractor, row: &Row) -> Reading {
        let message = Message::new(&row.text).with_sender(row.sender.as_deref().unwrap_or_default());
        let verdict = self.classifier.classify(message);
        let flagged = verdict.label().is_bad();
        let kinds = flagged.then(|| self.classifier.kinds(message)).flatten();
        extractor.read(&message);
        Reading {
            logit: verdict.logit(),
            flagged,
            kind: kinds.map(|kinds| kinds.likely().map_or(UNNAMED, smishing::Kind::as_str)),
            signals: extractor.signals(),
            unknown_words: self.vocabulary.map(|known| unknown_words(extractor, known)),
            length: row.text.chars().count(),
            script: script(&row.text),
            language: row.lang.clone(),
        }
    }
}

fn unknown_words(extractor: &mut Extractor, known: &[u16]) -> f64 {
    let (mut words, mut unknown) = (0_u32, 0_u32);
    extractor.for_each_word_prefix(|prefix| {
        words += 1;
        unknown += u32::from(known.binary_search(&prefix).is_err());
    });
    f64::from(unknown) / f64::from(words.max(1))
}

/// The script of most letters; `None` where there are none. Marks and digits belong to all scripts.
fn script(text: &str) -> Option<&'static str> {
    let mut letters: BTreeMap<&'static str, usize> = BTreeMap::new();
    for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
        let script = letter.script();
        if !matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            *letters.entry(script.full_name()).or_default() += 1;
        }
    }
    // The first of those that tie, by name.
    let most = letters.iter().rev().max_by_key(|(_, count)| **count);
    most.map(|(script, _)| *script)
}

/// A stream as it is compared.
struct Sample {
    readings: Vec<Reading>,
    /// One message a cluster, in random order.
    distinct: Vec<usize>,
    size: StreamSize,
}

impl Sample {
    fn new(stream: &Stream, clusters: &[usize], reader: &Reader<'_>, random: &mut ChaCha8Rng) -> Result<Self, Error> {
        let mut distinct: Vec<usize> = (0..clusters.len()).collect();
        distinct.shuffle(random);
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        distinct.retain(|&message| {
            let size = sizes.entry(clusters[message]).or_default();
            *size += 1;
            *size == 1
        });
        if distinct.len() < FEWEST {
            return Err(Error::Data(format!(
                "{}: only {} distinct messages (near-duplicates count once); at least {FEWEST} are needed",
                stream.name,
                distinct.len()
            )));
        }
        let messages = stream.messages.par_iter();
        Ok(Self {
            readings: messages
                .map_init(Extractor::default, |extractor, row| reader.read(extractor, row))
                .collect(),
            size: StreamSize {
                messages: clusters.len(),
                clusters: distinct.len(),
                largest_cluster: sizes.into_values().max().unwrap_or(0),
            },
            distinct,
        })
    }

    fn compared(&self) -> impl Iterator<Item = &Reading> {
        self.distinct.iter().map(|&message| &self.readings[message])
    }
}

fn numbers(one: &Sample, other: &Sample) -> Vec<NumberDrift> {
    let compared = Quantity::ALL.into_iter().filter_map(|quantity| {
        let values = |sample: &Sample| {
            let values = sample.compared().map(|reading| reading.number(quantity));
            let mut values: Vec<f64> = values.collect::<Option<_>>()?;
            values.sort_by(f64::total_cmp);
            Some(values)
        };
        Some(NumberDrift::new(quantity, &values(one)?, &values(other)?))
    });
    compared.collect()
}

impl Reading {
    /// `None` where the model does not tell it.
    fn number(&self, quantity: Quantity) -> Option<f64> {
        match quantity {
            // From the log-odds: near 0 and 1 the score itself has many ties.
            Quantity::Score => Some(1.0 / (1.0 + f64::exp(-f64::from(self.logit)))),
            Quantity::UnknownWords => self.unknown_words,
            Quantity::Length => Some(self.length as f64),
        }
    }
}

impl NumberDrift {
    /// Of numbers in rising order.
    fn new(quantity: Quantity, baseline: &[f64], new: &[f64]) -> Self {
        let (distance, p_value) = kolmogorov_smirnov(baseline, new);
        let histogram = histogram(baseline, new);
        let counts = |pick: fn(&Bin) -> usize| histogram.iter().map(pick).collect::<Vec<_>>();
        let rarities = 1.0 / baseline.len() as f64 + 1.0 / new.len() as f64;
        Self {
            quantity,
            baseline_quartiles: quartiles(baseline),
            new_quartiles: quartiles(new),
            distance,
            evidence: Evidence {
                p_value,
                ..Evidence::default()
            },
            psi: stability_index(&counts(|bin| bin.baseline), &counts(|bin| bin.new)),
            psi_by_chance: (histogram.len() - 1) as f64 * rarities,
            histogram,
        }
    }
}

fn quartiles(sorted: &[f64]) -> [f64; 3] {
    [1, 2, 3].map(|quarter| sorted[quarter * (sorted.len() - 1) / 4])
}

/// Tenths of the baseline, and what of the new stream falls into them.
fn histogram(baseline: &[f64], new: &[f64]) -> Vec<Bin> {
    let mut edges: Vec<f64> = (1..10)
        .map(|tenth| baseline[tenth * (baseline.len() - 1) / 10])
        .collect();
    edges.dedup();
    // Nothing lies above the highest number.
    edges.retain(|edge| baseline.last() > Some(edge) || new.last() > Some(edge));
    let ends = edges.iter().copied().map(Some).chain([None]);
    let starts = std::iter::once(None).chain(edges.iter().copied().map(Some));
    let below = |sorted: &[f64], edge: Option<f64>| match edge {
        Some(edge) => sorted.partition_point(|value| *value <= edge),
        None => sorted.len(),
    };
    let within = |sorted: &[f64], above: Option<f64>, up_to| {
        below(sorted, up_to) - above.map_or(0, |above| below(sorted, Some(above)))
    };
    starts
        .zip(ends)
        .map(|(above, up_to)| Bin {
            above,
            up_to,
            baseline: within(baseline, above, up_to),
            new: within(new, above, up_to),
        })
        .collect()
}

fn shares(one: &Sample, other: &Sample) -> Vec<ShareDrift> {
    let named = |pick: &dyn Fn(&Reading) -> Option<&str>| -> Vec<String> {
        let compared = one.compared().chain(other.compared());
        let names: HashSet<&str> = compared.filter_map(pick).collect();
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    };
    let share = |aspect, name: &str, has: &dyn Fn(&Reading) -> Option<bool>| {
        ShareDrift::new(aspect, name.to_owned(), [one, other], has)
    };
    let mut shares = vec![share(Aspect::Flagged, "flagged", &|reading| Some(reading.flagged))];
    for kind in named(&|reading| reading.kind) {
        shares.push(share(Aspect::Kind, &kind, &|reading| Some(reading.kind == Some(&kind))));
    }
    for &signal in Signal::ALL {
        let found = share(Aspect::Signal, signal.id(), &|reading| {
            Some(reading.signals.contains(signal))
        });
        if found.baseline.with + found.new.with > 0 {
            shares.push(found);
        }
    }
    for script in named(&|reading| reading.script) {
        let has = |reading: &Reading| Some(reading.script == Some(&script));
        shares.push(share(Aspect::Script, &script, &has));
    }
    for language in named(&|reading| reading.language.as_deref()) {
        let has = |reading: &Reading| reading.language.as_ref().map(|found| *found == language);
        shares.push(share(Aspect::Language, &language, &has));
    }
    shares
}

impl ShareDrift {
    /// `has` is `None` for messages that say nothing either way.
    fn new(aspect: Aspect, name: String, samples: [&Sample; 2], has: &dyn Fn(&Reading) -> Option<bool>) -> Self {
        let [baseline, new] = samples.map(|sample| Count::new(sample.compared().filter_map(has)));
        let [baseline_by_message, new_by_message] =
            samples.map(|sample| Count::new(sample.readings.iter().filter_map(has)));
        Self {
            aspect,
            name,
            baseline,
            new,
            change: new.share() - baseline.share(),
            ci95: new.above(baseline),
            evidence: Evidence {
                p_value: fisher(baseline, new),
                ..Evidence::default()
            },
            baseline_by_message,
            new_by_message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        Model::from_bytes(smishing_models::BUNDLED).unwrap()
    }

    /// Invented messages, each phrase drawn from several: chat, notices of businesses, and from `scams` of a hundred on
    /// parcels that a fee is asked for.
    fn messages(seed: u64, count: usize, scams: u64) -> Vec<Row> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut draw = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut pick = move |phrases: &str| {
            let phrases: Vec<&str> = phrases.split('|').collect();
            phrases[draw(phrases.len() as u64) as usize].to_owned()
        };
        let percent: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let percent = percent.join("|");
        let scam = [
            "USPS|Royal Mail|DHL|Your courier|The post office|Evri|FedEx",
            "your parcel|your package|the shipment for you|item 4471 on its way to you|a delivery in your name",
            "is held at our depot|could not be handed over|was returned to the warehouse|waits at customs|is on hold",
            "because the address is incomplete|since nobody was in|as postage is unpaid|for want of a house number|due to a missing duty",
            "Pay the redelivery fee|Settle the customs charge|Pay 1.99 for a new date|Clear the small shipping fee|Confirm payment of the fee",
            "at post-fee.top|at parcel-desk.icu/pay|here: redeliver-now.cc|under http://depot-check.xyz/r|on track-fees.site",
        ];
        let chat = [
            "hey|hi mum|morning|so|well|ok then|listen|by the way|lol|right",
            "are you coming to|did you hear about|I really liked|we should go to|what happened at|nobody told me of|thanks for",
            "the garden party|football on sunday|that film|grandma's birthday|the new bakery|piano practice|the school fair|the camping trip",
            "with Tom|with the kids|after work|next week|in spite of the rain|at the old mill|before lunch|this time",
            "see you later|call me when you can|love you|let me know|no worries if not|bring a coat|I'll be late|talk soon",
        ];
        let notice = [
            "Your table|Your appointment|Your repair|Your prescription|The meeting|Your library book|Your train",
            "on Monday|on Friday|tomorrow|this afternoon|at 10:30|at 16:00|next Tuesday",
            "is confirmed|has moved to another room|will be ready|is due|was changed|starts a little later",
            "Please bring your card|No reply is needed|We look forward to it|Thank you for your patience|Questions? Ask at the desk",
            "City Clinic|The Oak Room|Main Street Garage|Public Library|North Line|Dr Weaver",
        ];
        (0..count)
            .map(|_| {
                let percent: u64 = pick(&percent).parse().unwrap();
                let phrases: &[&str] = match percent {
                    _ if percent < scams => &scam,
                    _ if percent.is_multiple_of(2) => &chat,
                    _ => &notice,
                };
                let phrases: Vec<String> = phrases.iter().map(|phrases| pick(phrases)).collect();
                Row {
                    text: phrases.join(" "),
                    ..Row::default()
                }
            })
            .collect()
    }

    fn stream(messages: Vec<Row>) -> Stream {
        Stream {
            name: "stream".into(),
            messages,
        }
    }

    fn compared(baseline: Vec<Row>, new: Vec<Row>) -> Drift {
        drift(&model(), &stream(baseline), &stream(new), &DriftOptions::default()).unwrap()
    }

    fn differing(drift: &Drift, aspect: Aspect) -> Vec<(&str, bool)> {
        let shares = drift
            .shares
            .iter()
            .filter(|share| share.aspect == aspect && share.evidence.differs);
        shares.map(|share| (share.name.as_str(), share.change > 0.0)).collect()
    }

    #[test]
    fn halves_of_one_stream_do_not_differ() {
        for seed in 1..=12 {
            let all = messages(seed, 900, 10);
            // Halves, and a small part against the rest.
            for size in [450, 700] {
                let found = compared(all[..size].to_vec(), all[size..].to_vec());
                assert!(!found.differs, "{seed} {found:?}");
            }
        }
    }

    #[test]
    fn added_scams_are_found_and_their_kind_named() {
        for seed in 1..=3 {
            let found = compared(messages(seed, 500, 2), messages(seed + 50, 500, 20));
            assert!(found.differs);
            assert_eq!(differing(&found, Aspect::Flagged), [("flagged", true)]);
            assert_eq!(differing(&found, Aspect::Kind), [("delivery_fee", true)]);
            assert!(differing(&found, Aspect::Signal).contains(&("link.present", true)));
            let score = &found.numbers[0];
            assert!(
                score.quantity == Quantity::Score && score.evidence.differs && score.psi > 2.0 * score.psi_by_chance
            );
            let kind = found.shares.iter().find(|share| share.name == "delivery_fee").unwrap();
            assert!(
                kind.ci95[0] > 0.05 && kind.ci95[0] < kind.change && kind.change < kind.ci95[1] && kind.ci95[1] < 0.35
            );
        }
    }

    #[test]
    fn a_template_sent_a_thousand_times_is_one_message() {
        let baseline = messages(1, 400, 5);
        let mut new = messages(2, 400, 5);
        for number in 0..1000 {
            let text =
                format!("DHL: parcel {number} is held at the depot, pay the redelivery fee of 1.99 at post-fee.top");
            new.push(Row { text, ..Row::default() });
        }
        let found = compared(baseline, new);
        assert!(!found.differs, "{found:?}");
        assert_eq!((found.new.messages, found.new.largest_cluster), (1400, 1000));
        let flagged = &found.shares[0];
        assert!(flagged.new.share() < 0.15 && flagged.new_by_message.share() > 0.7);
    }

    /// Where half of the messages are of a few templates, the longer stream holds more that is no template.
    #[test]
    fn streams_of_one_source_and_different_lengths_do_not_differ() {
        for seed in 1..=5 {
            let mut all = messages(seed, 1500, 0);
            for number in 0..1500 {
                let shop = ["Acorn", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Ginkgo", "Hazel"][number % 8];
                let text =
                    format!("{shop} {shop} code: {number}{number}. {shop} {shop} never asks for your {shop} code.");
                all.insert(
                    (number * 7919 + seed as usize) % all.len(),
                    Row { text, ..Row::default() },
                );
            }
            let (long, short) = all.split_at(2700);
            let found = compared(long.to_vec(), short.to_vec());
            assert!(!found.differs, "{seed} {found:?}");
            assert!(found.compared == found.new.clusters && found.compared < found.baseline.clusters);
        }
    }

    #[test]
    fn scripts_languages_and_unknown_words() {
        let in_language = |rows: Vec<Row>, language: &str| -> Vec<Row> {
            let rows = rows.into_iter();
            rows.map(|row| Row {
                lang: Some(language.into()),
                ..row
            })
            .collect()
        };
        let russian = |row: Row| Row {
            text: row
                .text
                .to_lowercase()
                .chars()
                .map(|letter| match letter {
                    'a'..='z' => char::from_u32('а' as u32 + letter as u32 - 'a' as u32).unwrap(),
                    other => other,
                })
                .collect(),
            ..row
        };
        let baseline = in_language(messages(1, 300, 0), "en");
        let mut new = in_language(messages(2, 200, 0), "en");
        new.extend(in_language(messages(3, 100, 0), "ru").into_iter().map(russian));
        let found = compared(baseline.clone(), new);
        assert_eq!(
            differing(&found, Aspect::Script),
            [("Cyrillic", true), ("Latin", false)]
        );
        assert_eq!(differing(&found, Aspect::Language), [("en", false), ("ru", true)]);
        let unknown = &found.numbers[1];
        assert!(
            unknown.quantity == Quantity::UnknownWords && unknown.evidence.differs,
            "{unknown:?}"
        );
        // Where a stream says nothing of languages, none differs.
        let found = compared(baseline, messages(4, 300, 0));
        assert_eq!(differing(&found, Aspect::Language), []);
        assert_eq!(script("Привет 12!"), Some("Cyrillic"));
        assert_eq!(script("12! ..."), None);
    }

    #[test]
    fn small_differences_may_be_let_pass() {
        let options = DriftOptions {
            least: 0.5,
            ..DriftOptions::default()
        };
        let found = drift(
            &model(),
            &stream(messages(1, 500, 2)),
            &stream(messages(2, 500, 20)),
            &options,
        )
        .unwrap();
        assert!(!found.differs && found.shares[0].evidence.adjusted_p_value < 0.01);
    }

    #[test]
    fn too_little_to_compare() {
        let enough = stream(messages(1, 100, 5));
        let refused = |baseline: &Stream, new: &Stream, options: &DriftOptions| {
            drift(&model(), baseline, new, options).unwrap_err().to_string()
        };
        let options = DriftOptions::default();
        let empty = Stream {
            name: "today.txt".into(),
            messages: Vec::new(),
        };
        assert_eq!(
            refused(&enough, &empty, &options),
            "today.txt: only 0 distinct messages (near-duplicates count once); at least 20 are needed"
        );
        let repeated = Stream {
            name: "loop".into(),
            messages: vec![enough.messages[0].clone(); 500],
        };
        assert!(refused(&repeated, &enough, &options).starts_with("loop: only 1 distinct"));
        for (level, least) in [(0.0, 0.0), (1.0, 0.0), (f64::NAN, 0.0), (0.01, -0.1), (0.01, 1.0)] {
            assert!(refused(&enough, &enough, &DriftOptions { level, least, seed: 1 }).starts_with("level "));
        }
    }

    #[test]
    fn rows_that_cannot_be_used_are_told() {
        let row = |line, text: &str| {
            Ok(Row {
                line,
                text: text.into(),
                ..Row::default()
            })
        };
        let bad = BadRow {
            line: 3,
            reason: "not UTF-8".into(),
        };
        let (stream, bad_rows) = Stream::new(
            "s",
            [row(1, "hi"), row(2, " "), Err(bad.clone()), row(4, "you")].into_iter(),
        );
        assert_eq!(stream.messages.len(), 2);
        assert_eq!(
            bad_rows,
            [
                BadRow {
                    line: 2,
                    reason: "no text".into()
                },
                bad
            ]
        );
    }

    #[test]
    fn bins_hold_all_messages() {
        let baseline: Vec<f64> = (0..100).map(f64::from).collect();
        let found = NumberDrift::new(Quantity::Length, &baseline, &[-5.0, 9.5, 9.6, 200.0]);
        assert_eq!(found.histogram.len(), 10);
        assert!(found.histogram.iter().all(|bin| bin.baseline == 10), "{found:?}");
        let new: Vec<usize> = found.histogram.iter().map(|bin| bin.new).collect();
        assert_eq!(new, [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(found.baseline_quartiles.map(|at| at as u32), [24, 49, 74]);
        // One value alone makes one bin, and no index.
        let same = NumberDrift::new(Quantity::Length, &[3.0; 30], &[3.0; 40]);
        assert_eq!(same.histogram.len(), 1);
        assert!(same.psi.abs() + same.psi_by_chance + same.distance < 1e-12);
        let apart = NumberDrift::new(Quantity::Length, &[3.0; 30], &[4.0; 40]);
        assert_eq!(apart.histogram.len(), 2);
        assert!((apart.distance - 1.0).abs() < 1e-12);
    }
}
