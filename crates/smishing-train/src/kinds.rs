//! The kind head: which kinds can be learned, from what, how well, and from which probability on a kind is named.
use crate::corpus::Record;
use crate::matrix::SIGNAL_VALUE;
use crate::metrics::Scored;
use crate::reliability::calibration_error;
use crate::solver::{LinearFit, Solver, SparseLogistic};
use crate::split::grouped_folds;
use crate::train::{Problem, Progress, TrainOptions};
use crate::{CsrMatrix, Error};
use rayon::prelude::*;
use serde::Serialize;
use smishing::{Kind, KindClass, KindHead, Label, Signal, Weights, ngram_scale};
use smishing_features::Extractor;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a kind needs to be learned.
const MIN_ROWS: usize = 20;
const MIN_CLUSTERS: usize = 5;
/// Fewer kinds than this say little that the label does not.
const MIN_KINDS: usize = 3;
/// Strength of the L2 penalty: some hundred rows a kind and two thousand columns, far from the other heads' proportions.
const ALPHA: f64 = 0.1;
/// Share of named kinds that are right, at least, on held-out rows.
const NAMED_ACCURACY: f64 = 0.8;

/// Bad rows whose kind is known, and how their words begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct KindRows(Vec<KindRow>);

#[derive(Clone, Debug)]
struct KindRow {
    row: usize,
    kind: Kind,
    /// Rising.
    prefixes: Vec<u16>,
}

impl KindRows {
    /// Kinds of ham are not kinds of scams, and other names than the library's mean nothing to it.
    pub(crate) fn of(records: &[Record]) -> Self {
        let mut extractor = Extractor::default();
        let known = records.iter().enumerate().filter_map(|(row, record)| {
            let kind = record.facets.kind.as_deref().filter(|_| record.label.is_bad())?;
            Some((row, record, kind.parse().ok()?))
        });
        Self(
            known
                .map(|(row, record, kind)| {
                    extractor.read(&record.message());
                    let mut prefixes = Vec::new();
                    extractor.for_each_word_prefix(|prefix| prefixes.push(prefix));
                    prefixes.sort_unstable();
                    KindRow { row, kind, prefixes }
                })
                .collect(),
        )
    }
}

/// How well the kinds of held-out bad rows were told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindFigures {
    /// Rows of kinds that could be learned.
    pub rows: usize,
    /// Near-duplicate clusters that they belong to.
    pub clusters: usize,
    /// Mean of the kinds' F1, each kind counting the same.
    pub macro_f1: f64,
    /// Share of rows whose most probable kind is the right one.
    pub accuracy: f64,
    /// Share of rows with the right kind among the three most probable.
    pub top3_accuracy: f64,
    /// Expected calibration error of the most probable kind's probability, over 15 bins of equal mass.
    pub ece: f64,
    /// Share of rows whose most probable kind is named: probable enough, and of the row's held-out label.
    pub coverage: f64,
    /// Share of them named rightly.
    pub accuracy_of_named: f64,
    /// F1 by kind.
    pub f1: BTreeMap<&'static str, f64>,
}

/// A fitted kind head.
pub(crate) struct FittedKinds {
    pub(crate) head: KindHead,
    pub(crate) figures: KindFigures,
    /// The largest gradient norm of a final fit that did not get to the optimum.
    pub(crate) not_converged: Option<f64>,
}

/// Fits the kind head; `None` where the rows support fewer than three kinds. `smishing` is each row's held-out log-odds
/// of smishing. What rows weigh elsewhere (links and sources as in real traffic) does not count: kinds do, the rarer the
/// more.
pub(crate) fn fit(
    problem: &Problem,
    smishing: &[Option<f32>],
    options: &TrainOptions,
    progress: Progress<'_>,
) -> Result<Option<FittedKinds>, Error> {
    let Some(examples) = Examples::of(problem) else {
        return Ok(None);
    };
    let folds = examples.folds(options);
    // One part more than there are folds: all rows.
    let parts: Vec<Part> = (0..=options.folds)
        .into_par_iter()
        .map(|fold| {
            let kept: Vec<usize> = (0..folds.len()).filter(|&at| folds[at] != fold).collect();
            Part::new(&examples, kept)
        })
        .collect();
    let classes = examples.kinds.len();
    let done = AtomicUsize::new(0);
    let mut fits = (0..parts.len() * classes)
        .into_par_iter()
        .map(|task| {
            let fit = parts[task / classes].fit(&examples, task % classes)?;
            progress("kinds", done.fetch_add(1, Ordering::Relaxed) + 1, parts.len() * classes);
            Ok(fit)
        })
        .collect::<Result<Vec<LinearFit>, Error>>()?;
    let final_fits = fits.split_off(options.folds * classes);
    let logits: Vec<Vec<f64>> = folds
        .iter()
        .enumerate()
        .map(|(at, &fold)| {
            let fits = &fits[fold * classes..][..classes];
            fits.iter().map(|fit| fit.logit(&parts[fold].matrix, at)).collect()
        })
        .collect();
    let temperature = temperature(&logits, &examples.classes);
    let answers: Vec<Answer> = logits
        .iter()
        .zip(&examples.rows)
        .zip(&examples.classes)
        .map(|((logits, row), &class)| examples.answer(logits, temperature, smishing[row.row], class))
        .collect();
    let other_below = other_below(&answers);
    Ok(Some(FittedKinds {
        head: parts[options.folds].head(&examples, &final_fits, temperature, other_below),
        figures: examples.figures(&answers, other_below),
        not_converged: final_fits
            .iter()
            .filter(|fit| !fit.converged)
            .map(|fit| fit.gradient_norm)
            .reduce(f64::max),
    }))
}

/// The rows to learn from.
struct Examples<'a> {
    problem: &'a Problem,
    /// Kinds with enough rows, by name.
    kinds: Vec<Kind>,
    rows: Vec<&'a KindRow>,
    /// The rows' places in `kinds`.
    classes: Vec<usize>,
}

impl<'a> Examples<'a> {
    fn of(problem: &'a Problem) -> Option<Self> {
        let rows = &problem.kinds.as_ref()?.0;
        let mut counts: BTreeMap<&str, (Kind, usize, BTreeSet<usize>)> = BTreeMap::new();
        for row in rows {
            let (_, rows, clusters) = counts
                .entry(row.kind.as_str())
                .or_insert((row.kind, 0, BTreeSet::new()));
            *rows += 1;
            clusters.insert(problem.clusters.of(row.row));
        }
        let kinds: Vec<Kind> = counts
            .into_values()
            .filter(|(_, rows, clusters)| *rows >= MIN_ROWS && clusters.len() >= MIN_CLUSTERS)
            .map(|(kind, ..)| kind)
            .collect();
        let (rows, classes) = rows
            .iter()
            .filter_map(|row| Some((row, kinds.iter().position(|&kind| kind == row.kind)?)))
            .unzip();
        (kinds.len() >= MIN_KINDS).then_some(Self {
            problem,
            kinds,
            rows,
            classes,
        })
    }

    fn folds(&self, options: &TrainOptions) -> Vec<usize> {
        let rows: Vec<usize> = self.rows.iter().map(|row| row.row).collect();
        let clusters = self.problem.clusters.select(&rows);
        grouped_folds(&clusters, &self.classes, options.folds, options.seed)
    }

    /// Rows by kind, among some of them.
    fn counts(&self, kept: &[usize]) -> Vec<u32> {
        let mut counts = vec![0; self.kinds.len()];
        for &at in kept {
            counts[self.classes[at]] += 1;
        }
        counts
    }

    /// The word prefixes whose presence tells most about the kind (mutual information), among some rows.
    fn vocabulary(&self, kept: &[usize]) -> Vec<u16> {
        let kinds = self.kinds.len();
        let by_kind = self.counts(kept);
        let mut present = vec![0_u32; (1 << u16::BITS) * kinds];
        for &at in kept {
            for &prefix in &self.rows[at].prefixes {
                present[usize::from(prefix) * kinds + self.classes[at]] += 1;
            }
        }
        let mut told: Vec<(f64, u16)> = present
            .chunks(kinds)
            .zip(0..=u16::MAX)
            .filter(|(counts, _)| counts.iter().any(|&count| count > 0))
            .map(|(counts, prefix)| (mutual_information(counts, &by_kind), prefix))
            .collect();
        // Stable: of prefixes that tell the same, the lower ones.
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        told.truncate(KindHead::MAX_VOCABULARY);
        let mut vocabulary: Vec<u16> = told.into_iter().map(|(_, prefix)| prefix).collect();
        vocabulary.sort_unstable();
        vocabulary
    }

    /// What the head says of a row, as [`smishing::Kinds`] does.
    fn answer(&self, logits: &[f64], temperature: f64, smishing: Option<f32>, class: usize) -> Answer {
        let shares = softmax(logits, temperature);
        let mut ranked: Vec<usize> = (0..shares.len()).collect();
        ranked.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
        let first = ranked[0];
        let is_smishing = self.kinds[first].label() == Label::Smishing;
        Answer {
            first,
            probability: shares[first] as f32,
            agrees: smishing.is_none_or(|logit| (logit >= 0.0) == is_smishing),
            rank: ranked.iter().take_while(|found| **found != class).count(),
        }
    }

    fn figures(&self, answers: &[Answer], other_below: f32) -> KindFigures {
        let rows = answers.len() as f64;
        let share = |count: usize, of: f64| if of > 0.0 { count as f64 / of } else { 0.0 };
        let count = |holds: &dyn Fn(&Answer) -> bool| answers.iter().filter(|answer| holds(answer)).count();
        let named = count(&|answer| answer.is_named(other_below));
        let f1: BTreeMap<&'static str, f64> = self
            .kinds
            .iter()
            .enumerate()
            .map(|(class, kind)| {
                let told = answers.iter().filter(|answer| answer.first == class);
                let (told, right) = told.fold((0, 0), |(told, right), answer| {
                    (told + 1, right + usize::from(answer.is_right()))
                });
                let all = self.classes.iter().filter(|&&found| found == class).count();
                (kind.as_str(), share(2 * right, (told + all) as f64))
            })
            .collect();
        let mut scored: Vec<Scored> = answers
            .iter()
            .map(|answer| Scored {
                bad: answer.is_right(),
                flagged: true,
                probability: answer.probability,
                logit: answer.probability,
                cluster: 0,
            })
            .collect();
        scored.sort_by(|a, b| b.logit.total_cmp(&a.logit));
        let clusters: BTreeSet<usize> = self.rows.iter().map(|row| self.problem.clusters.of(row.row)).collect();
        KindFigures {
            rows: answers.len(),
            clusters: clusters.len(),
            macro_f1: f1.values().sum::<f64>() / f1.len() as f64,
            accuracy: share(count(&Answer::is_right), rows),
            top3_accuracy: share(count(&|answer| answer.rank < 3), rows),
            ece: calibration_error(&scored, &vec![1.0; scored.len()]).unwrap_or_default(),
            coverage: share(named, rows),
            accuracy_of_named: share(
                count(&|answer| answer.is_named(other_below) && answer.is_right()),
                named as f64,
            ),
            f1,
        }
    }
}

/// In units of the number of rows and natural logarithms; only the order counts.
fn mutual_information(present: &[u32], by_kind: &[u32]) -> f64 {
    let rows: u32 = by_kind.iter().sum();
    let all: u32 = present.iter().sum();
    let part = |both: u32, one: u32, other: u32| {
        if both == 0 {
            return 0.0;
        }
        let both = f64::from(both);
        both * libm::log(both * f64::from(rows) / (f64::from(one) * f64::from(other)))
    };
    present
        .iter()
        .zip(by_kind)
        .map(|(&present, &of_kind)| part(present, all, of_kind) + part(of_kind - present, rows - all, of_kind))
        .sum()
}

/// Rows to fit on, and all rows in the vocabulary chosen from those.
struct Part {
    kept: Vec<usize>,
    vocabulary: Vec<u16>,
    matrix: CsrMatrix,
    kept_matrix: CsrMatrix,
    weights: Vec<f64>,
}

impl Part {
    fn new(examples: &Examples<'_>, kept: Vec<usize>) -> Self {
        let vocabulary = examples.vocabulary(&kept);
        let signals_from = examples.problem.matrix.columns() - Signal::COUNT;
        let matrix = CsrMatrix::of_sparse_rows(
            vocabulary.len() + Signal::COUNT,
            examples.rows.iter().map(|row| {
                let prefixes = row.prefixes.iter();
                let known: Vec<usize> = prefixes
                    .filter_map(|prefix| vocabulary.binary_search(prefix).ok())
                    .collect();
                let scale = ngram_scale(known.len() as u32);
                let signals = examples.problem.matrix.row(row.row);
                let signals = signals.filter(|(column, _)| *column >= signals_from);
                let mut cells: Vec<(usize, f32)> = known.into_iter().map(|at| (at, scale)).collect();
                cells.extend(signals.map(|(column, value)| (column - signals_from + vocabulary.len(), value)));
                cells
            }),
        );
        let counts = examples.counts(&kept);
        let present = counts.iter().filter(|count| **count > 0).count();
        let mean = kept.len() as f64 / present as f64;
        let weights = kept
            .iter()
            .map(|&at| (mean / f64::from(counts[examples.classes[at]])).sqrt())
            .collect();
        Self {
            kept_matrix: matrix.select(&kept),
            kept,
            vocabulary,
            matrix,
            weights,
        }
    }

    /// A kind against all others.
    fn fit(&self, examples: &Examples<'_>, class: usize) -> Result<LinearFit, Error> {
        let positive: Vec<bool> = self.kept.iter().map(|&at| examples.classes[at] == class).collect();
        if !positive.contains(&true) {
            // All its clusters are in the fold held out: of the kind, nothing is known but that it is rare.
            return Ok(LinearFit {
                weights: vec![0.0; self.matrix.columns()],
                intercept: -libm::log(2.0 * self.kept.len() as f64),
                gradient_norm: 0.0,
                converged: true,
            });
        }
        Solver::fit(&SparseLogistic::new(ALPHA), &self.kept_matrix, &positive, &self.weights)
    }

    fn head(&self, examples: &Examples<'_>, fits: &[LinearFit], temperature: f64, other_below: f32) -> KindHead {
        let words = self.vocabulary.len();
        let mut signals: Vec<Signal> = Signal::ALL
            .iter()
            .copied()
            .filter(|signal| fits.iter().any(|fit| fit.weights[words + signal.column()] != 0.0))
            .collect();
        signals.sort_by_key(|signal| signal.id());
        let classes = examples.kinds.iter().zip(fits).map(|(kind, fit)| KindClass {
            kind: kind.as_str().to_owned(),
            intercept: fit.intercept as f32,
            prefixes: Weights::quantize(
                &fit.weights[..words]
                    .iter()
                    .map(|&weight| weight as f32)
                    .collect::<Vec<_>>(),
            ),
            signals: signals
                .iter()
                .map(|signal| fit.weights[words + signal.column()] as f32 * SIGNAL_VALUE)
                .collect(),
        });
        KindHead {
            classes: classes.collect(),
            vocabulary: self.vocabulary.clone(),
            signals: signals.iter().map(|signal| signal.id().to_owned()).collect(),
            temperature: temperature as f32,
            other_below,
        }
    }
}

/// What was said of a held-out row.
struct Answer {
    /// The most probable kind.
    first: usize,
    /// Its probability.
    probability: f32,
    /// Whether its label is the row's held-out one: a kind that contradicts the verdict is not named.
    agrees: bool,
    /// Place of the right kind among all, from 0.
    rank: usize,
}

impl Answer {
    fn is_right(&self) -> bool {
        self.rank == 0
    }

    fn is_named(&self, other_below: f32) -> bool {
        self.agrees && self.probability >= other_below
    }
}

/// The temperature with the least log loss on held-out rows. The loss is convex in its reciprocal, so that the slope
/// tells on which side the best one lies.
fn temperature(logits: &[Vec<f64>], classes: &[usize]) -> f64 {
    let (mut lowest, mut highest) = (0.05_f64, 20.0_f64);
    for _ in 0..40 {
        let middle = (lowest * highest).sqrt();
        let slope: f64 = logits
            .iter()
            .zip(classes)
            .map(|(logits, &class)| {
                let shares = softmax(logits, middle);
                let expected: f64 = shares.iter().zip(logits).map(|(share, logit)| share * logit).sum();
                expected - logits[class]
            })
            .sum();
        // Too sure where the scores of the right kinds lie below what the probabilities expect.
        if slope > 0.0 {
            lowest = middle;
        } else {
            highest = middle;
        }
    }
    (lowest * highest).sqrt()
}

fn softmax(logits: &[f64], temperature: f64) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::MIN, f64::max);
    let mut shares: Vec<f64> = logits
        .iter()
        .map(|logit| libm::exp((logit - most) / temperature))
        .collect();
    let sum: f64 = shares.iter().sum();
    for share in &mut shares {
        *share /= sum;
    }
    shares
}

/// The lowest probability from which on named kinds are right often enough; 1 where there is none.
fn other_below(answers: &[Answer]) -> f32 {
    let mut sorted: Vec<&Answer> = answers.iter().filter(|answer| answer.agrees).collect();
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let (mut threshold, mut right) = (1.0, 0);
    for (at, answer) in sorted.iter().enumerate() {
        right += usize::from(answer.is_right());
        let next = sorted.get(at + 1).map_or(0.0, |next| next.probability);
        if next < answer.probability && right as f64 >= NAMED_ACCURACY * (at + 1) as f64 {
            threshold = f32::midpoint(answer.probability, next);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Corpus, Facets};
    use proptest::prelude::*;
    use smishing::Classifier;

    const KINDS: [(&str, &str); 4] = [
        (
            "delivery_fee",
            "parcel courier customs depot redelivery address package",
        ),
        ("family", "mum phone broke number dad rent borrow"),
        ("job", "remote salary hiring vacancy recruiter hourly apply"),
        ("casino", "spins jackpot slots roulette betting bonus poker"),
    ];
    const COMMON: &str = "today here please soon message people minutes tomorrow again really other about which";

    /// Rows of each kind, no near-duplicates, and as many genuine ones, some of which have a kind too.
    fn corpus(rows_by_kind: [usize; 4]) -> Corpus {
        let mut state = 7_u64;
        let mut pick = |words: &str| {
            let words: Vec<&str> = words.split_whitespace().collect();
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            words[(state >> 33) as usize % words.len()].to_owned()
        };
        let mut records = Vec::new();
        for ((kind, words), rows) in KINDS.iter().zip(rows_by_kind) {
            for row in 0..rows {
                let bad: Vec<String> = (0..8)
                    .map(|at| pick(if at % 2 == 0 { words } else { COMMON }))
                    .collect();
                let ham: Vec<String> = (0..8).map(|_| pick(COMMON)).collect();
                let label = if *kind == "casino" {
                    Label::Spam
                } else {
                    Label::Smishing
                };
                for (label, kind, text) in [
                    (label, Some(*kind), bad),
                    (Label::Ham, (row % 2 == 0).then_some("family"), ham),
                ] {
                    records.push(Record {
                        id: records.len().to_string(),
                        text: text.join(" "),
                        sender: None,
                        label,
                        facets: Facets {
                            kind: kind.map(Into::into),
                            ..Facets::default()
                        },
                        file: 0,
                        cluster: Some(records.len().to_string()),
                        pair: None,
                        weight: 1.0,
                    });
                }
            }
        }
        Corpus {
            records,
            files: Vec::new(),
        }
    }

    fn options() -> TrainOptions {
        TrainOptions {
            buckets: smishing::Buckets::new(8).unwrap(),
            solver: crate::SolverKind::Sparse,
            alpha: 0.1,
            ..TrainOptions::default()
        }
    }

    #[test]
    fn kinds_are_learned_and_told() {
        let corpus = corpus([60, 40, 30, 50]);
        let problem = Problem::new(&corpus, options().buckets);
        let trained = crate::train(&problem, &options(), &|_, _, _| {}).unwrap();
        let (head, figures) = (trained.parts.kinds.as_ref().unwrap(), trained.kinds.as_ref().unwrap());
        let names: Vec<&str> = head.classes.iter().map(|class| class.kind.as_str()).collect();
        assert_eq!(names, ["casino", "delivery_fee", "family", "job"]);
        assert_eq!((figures.rows, figures.clusters), (180, 180));
        assert!(figures.macro_f1 > 0.9 && figures.accuracy > 0.9, "{figures:?}");
        assert!(
            figures.accuracy_of_named >= NAMED_ACCURACY && figures.coverage > 0.8,
            "{figures:?}"
        );
        assert!(
            figures.top3_accuracy >= figures.accuracy && figures.ece < 0.2,
            "{figures:?}"
        );
        let model = trained.model(String::new()).unwrap();
        let classifier = Classifier::new(&model).unwrap();
        let kinds = classifier.kinds("courier please redelivery soon customs").unwrap();
        assert_eq!(kinds.top(1).next().unwrap().0, Kind::DeliveryFee);
        let again = crate::train(&problem, &options(), &|_, _, _| {}).unwrap();
        assert_eq!(again.parts.kinds, trained.parts.kinds);
    }

    #[test]
    fn too_few_kinds_or_rows_or_clusters_make_no_head() {
        let fitted = |corpus: &Corpus| {
            let problem = Problem::new(corpus, options().buckets);
            fit(&problem, &vec![None; corpus.records.len()], &options(), &|_, _, _| {}).unwrap()
        };
        let three = fitted(&corpus([20, 20, 20, 19])).unwrap();
        assert_eq!(three.head.classes.len(), 3);
        assert!(fitted(&corpus([20, 20, 19, 19])).is_none());
        let mut clustered = corpus([20, 20, 20, 0]);
        for (number, record) in clustered.records.iter_mut().enumerate() {
            if record.facets.kind.as_deref() == Some("job") {
                record.cluster = Some(format!("job {}", number % 4));
            }
        }
        assert!(fitted(&clustered).is_none());
        let mut unknown = corpus([20, 20, 20, 0]);
        for record in &mut unknown.records {
            record.facets.kind = record.facets.kind.as_ref().map(|kind| kind.replace("job", "work"));
        }
        assert!(fitted(&unknown).is_none());
    }

    /// Where large clusters fill the other folds, all clusters of a kind may go to one.
    #[test]
    fn a_kind_that_a_part_lacks_is_rare_there() {
        let corpus = corpus([20, 20, 20, 0]);
        let problem = Problem::new(&corpus, options().buckets);
        let examples = Examples::of(&problem).unwrap();
        let class = examples.kinds.iter().position(|kind| *kind == Kind::Job).unwrap();
        let kept = (0..examples.rows.len())
            .filter(|&at| examples.classes[at] != class)
            .collect();
        let part = Part::new(&examples, kept);
        let fit = part.fit(&examples, class).unwrap();
        assert!(fit.intercept < -4.0 && part.weights.iter().all(|weight| weight.is_finite()));
        assert!(part.fit(&examples, (class + 1) % 3).unwrap().converged);
    }

    #[test]
    fn the_temperature_is_found() {
        // Of scores 0 and s, the first is right as often as a temperature of 2.5 says.
        let (mut logits, mut classes) = (Vec::new(), Vec::new());
        for step in -12..=12 {
            let score = f64::from(step) / 2.0;
            let share = 1.0 / (1.0 + (score / 2.5).exp());
            for index in 0..400 {
                logits.push(vec![0.0, score]);
                classes.push(usize::from(f64::from(index) >= share * 400.0));
            }
        }
        let found = temperature(&logits, &classes);
        assert!((found - 2.5).abs() < 0.05, "{found}");
    }

    #[test]
    fn the_threshold_is_the_lowest_that_is_right_often_enough() {
        let answers = |rows: &[(f32, bool, bool)]| -> Vec<Answer> {
            let answer = |&(probability, right, agrees): &(f32, bool, bool)| Answer {
                first: 0,
                probability,
                agrees,
                rank: usize::from(!right),
            };
            rows.iter().map(answer).collect()
        };
        let rows = [
            (0.9, true, true),
            (0.8, false, false),
            (0.7, true, true),
            (0.5, true, true),
            (0.4, true, true),
        ];
        assert!((other_below(&answers(&rows)) - 0.2).abs() < 1e-6);
        let rows = [
            (0.9, true, true),
            (0.7, false, true),
            (0.5, true, true),
            (0.5, false, true),
        ];
        assert!((other_below(&answers(&rows)) - 0.8).abs() < 1e-6);
        assert!((other_below(&answers(&[(0.9, false, true)])) - 1.0).abs() < 1e-6);
    }

    proptest! {
        /// By its definition, from the joint distribution of presence and kind.
        #[test]
        fn mutual_information_by_definition(counts in prop::collection::vec((0..20_u32, 1..30_u32), 2..6)) {
            let present: Vec<u32> = counts.iter().map(|(present, _)| *present).collect();
            let by_kind: Vec<u32> = counts.iter().map(|(present, absent)| present + absent).collect();
            let rows = f64::from(by_kind.iter().sum::<u32>());
            let all = f64::from(present.iter().sum::<u32>()) / rows;
            let mut expected = 0.0;
            for (present, absent) in &counts {
                let kind = f64::from(present + absent) / rows;
                for (count, presence) in [(present, all), (absent, 1.0 - all)] {
                    let joint = f64::from(*count) / rows;
                    if joint > 0.0 {
                        expected += joint * (joint / (presence * kind)).ln();
                    }
                }
            }
            let found = mutual_information(&present, &by_kind) / rows;
            prop_assert!((found - expected).abs() < 1e-9 && found > -1e-9, "{found} {expected}");
        }
    }
}
