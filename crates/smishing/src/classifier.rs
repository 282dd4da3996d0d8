use crate::explanation::{Explanation, SignalContribution, words_of};
use crate::kinds::{KindScorer, Kinds};
use crate::model::{Head, Model};
use crate::policy::Decision;
use crate::verdict::{Probabilities, Verdict};
use crate::{Message, ModelError, Policy, PolicyError, Prior};
use alloc::vec;
use alloc::vec::Vec;
use smishing_features::{Buckets, Extractor, Signal};

/// A model that is ready to read messages.
///
/// It is `Send + Sync` and cheap to share by reference or `Arc`. See the [crate's documentation](crate) for examples.
#[derive(Clone, Debug)]
pub struct Classifier {
    buckets: Buckets,
    /// For each bucket its weights in both heads, side by side for the cache's sake; in steps, since sums of whole numbers
    /// are exact in any order.
    ngrams: Vec<[f32; 2]>,
    steps: [f32; 2],
    /// By the signals' columns, likewise.
    signals: [[f32; 2]; Signal::COUNT],
    intercepts: [f32; 2],
    bad: Calibration,
    smishing: Option<Calibration>,
    kinds: Option<KindScorer>,
    thresholds: crate::Thresholds,
    decision: Decision,
    /// The share of bad messages that the calibration assumes.
    training_prior: f32,
    /// What another share adds to the log-odds.
    prior_shift: f32,
}

/// Platt's line from a raw score to log-odds.
#[derive(Clone, Copy, Debug)]
struct Calibration {
    scale: f32,
    offset: f32,
}

impl Calibration {
    const fn of(head: &Head) -> Self {
        Self {
            scale: head.scale,
            offset: head.offset,
        }
    }

    fn logit(self, score: f32) -> f32 {
        self.scale * score + self.offset
    }
}

/// Buffers for [`Classifier::classify_with`]: keep one a thread.
#[derive(Clone, Debug, Default)]
pub struct Scratch(Extractor);

impl Classifier {
    /// The bundled model's classifier.
    ///
    /// ```
    /// let classifier = smishing::Classifier::bundled();
    /// let verdict = classifier.classify("123456 is your Amazon OTP. Do not share it with anyone.");
    /// assert_eq!(verdict.label(), smishing::Label::Ham);
    /// ```
    ///
    /// # Panics
    ///
    /// Never in a released version: the tests load the bundled model.
    #[cfg(feature = "bundled")]
    #[must_use]
    pub fn bundled() -> Self {
        Self::from_bytes(smishing_models::BUNDLED).expect("the tests load the bundled model")
    }

    /// A classifier of a model file in memory.
    ///
    /// # Errors
    ///
    /// Those of [`Model::from_bytes`] and [`Classifier::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::new(&Model::from_bytes(bytes)?)
    }

    /// A classifier of a model file.
    ///
    /// # Errors
    ///
    /// [`ModelError::is_io`] where the file cannot be read, else those of [`from_bytes`](Self::from_bytes).
    #[cfg(feature = "std")]
    pub fn from_path(path: impl AsRef<std::path::Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| ModelError::io(path, &error))?;
        Self::from_bytes(&bytes)
    }

    /// A classifier of a model, under [`Policy::Balanced`].
    ///
    /// # Errors
    ///
    /// [`ModelError::is_schema_mismatch`] where the model was trained on other features than this version computes.
    pub fn new(model: &Model) -> Result<Self, ModelError> {
        let expected = smishing_features::schema_hash();
        if model.schema() != expected {
            return Err(ModelError::schema(model.schema(), expected));
        }
        let parts = model.parts();
        let mut ngrams = vec![[0.0; 2]; parts.buckets.count()];
        let mut steps = [0.0; 2];
        let mut signals = [[0.0; 2]; Signal::COUNT];
        let mut intercepts = [0.0; 2];
        for (index, head) in core::iter::once(&parts.bad).chain(&parts.smishing).enumerate() {
            intercepts[index] = head.intercept;
            steps[index] = head.ngrams.step();
            for (to, &level) in ngrams.iter_mut().zip(head.ngrams.levels()) {
                to[index] = f32::from(level);
            }
            for (id, weight) in &head.signals {
                // A signal that this version does not know is never found, so its weight never counts.
                if let Some(signal) = Signal::from_id(id) {
                    signals[signal.column()][index] = *weight;
                }
            }
        }
        let decision = Decision::of(Policy::Balanced, &parts.thresholds)
            .map_err(|_| ModelError::invalid("no default threshold"))?;
        Ok(Self {
            buckets: parts.buckets,
            ngrams,
            steps,
            signals,
            intercepts,
            bad: Calibration::of(&parts.bad),
            smishing: parts.smishing.as_ref().map(Calibration::of),
            kinds: parts.kinds.as_ref().map(KindScorer::new),
            thresholds: parts.thresholds.clone(),
            decision,
            training_prior: parts.prior,
            prior_shift: 0.0,
        })
    }

    /// The same classifier under another policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] where the model's data support no threshold for the rate asked for.
    pub fn with_policy(mut self, policy: Policy) -> Result<Self, PolicyError> {
        self.decision = Decision::of(policy, &self.thresholds)?;
        Ok(self)
    }

    /// From when on each policy flags, as the model says.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// let classifier = smishing::Classifier::bundled();
    /// let sure = classifier.thresholds().unsure.1;
    /// assert!(classifier.thresholds().balanced <= sure);
    /// # }
    /// ```
    #[must_use]
    pub fn thresholds(&self) -> &crate::Thresholds {
        &self.thresholds
    }

    /// The same classifier with probabilities for traffic in which this share of messages is bad.
    ///
    /// Those of a model are right where as many messages are bad as were in training ([`ModelParts::prior`]), some half of
    /// them; in real traffic far fewer are. What the words and signals of a message say of it does not depend on that, so
    /// its log-odds move by the difference of both shares' log-odds, all by the same (C. Elkan, *The foundations of
    /// cost-sensitive learning*, 2001; M. Saerens, P. Latinne and C. Decaestecker, *Adjusting the outputs of a classifier to
    /// new a priori probabilities*, 2002). That assumes that bad messages are of the same sorts as in training, only rarer.
    ///
    /// Scores, log-odds, probabilities and the starting points of explanations change. Labels do not, under any policy:
    /// thresholds are on the log-odds before the move, so that a false-positive rate stays what it was measured to be. Nor
    /// do kinds, or which share of the bad is smishing: both are told of messages taken for bad.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// use smishing::{Classifier, Prior};
    /// let text = "Your parcel is held. Pay the redelivery fee: post-fee.top";
    /// let as_trained = Classifier::bundled().classify(text);
    /// let where_rare = Classifier::bundled().with_prior(Prior::new(0.01)?).classify(text);
    /// assert!(where_rare.score() < as_trained.score());
    /// assert_eq!(where_rare.label(), as_trained.label());
    /// # }
    /// # Ok::<(), smishing::PriorError>(())
    /// ```
    ///
    /// [`ModelParts::prior`]: crate::ModelParts::prior
    #[must_use]
    pub fn with_prior(mut self, prior: Prior) -> Self {
        self.prior_shift = prior.log_odds() - logit(self.training_prior);
        self
    }

    /// Says what a message is.
    ///
    /// With the `std` feature the buffers are kept per thread, so that nothing is allocated once they are large enough
    /// (those of very long messages are not kept).
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// use smishing::{Classifier, Message};
    /// let classifier = Classifier::bundled();
    /// let verdict = classifier.classify(Message::new("Your table for two is booked for 19:30.").with_sender("Bistro"));
    /// assert!(verdict.score() < 0.5);
    /// # }
    /// ```
    pub fn classify<'a>(&self, message: impl Into<Message<'a>>) -> Verdict {
        let message = message.into();
        #[cfg(feature = "std")]
        {
            /// Longer texts are rare, and their buffers large.
            const KEPT: usize = 64 << 10;
            std::thread_local! {
                static SCRATCH: core::cell::RefCell<Scratch> = core::cell::RefCell::default();
            }
            if message.text().len() <= KEPT {
                return SCRATCH.with_borrow_mut(|scratch| self.classify_with(scratch, message));
            }
        }
        self.classify_with(&mut Scratch::default(), message)
    }

    /// As [`classify`](Self::classify), with the caller's buffers.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// let classifier = smishing::Classifier::bundled();
    /// let mut scratch = smishing::Scratch::default();
    /// for text in ["see you at 8", "ok"] {
    ///     assert!(!classifier.classify_with(&mut scratch, text).label().is_bad());
    /// }
    /// # }
    /// ```
    pub fn classify_with<'a>(&self, scratch: &mut Scratch, message: impl Into<Message<'a>>) -> Verdict {
        let extractor = &mut scratch.0;
        extractor.read(&message.into());
        self.verdict(extractor)
    }

    /// Verdicts of many messages, in their order, with one set of buffers. For all cores, share the classifier: with rayon,
    /// `messages.par_iter().map(|text| classifier.classify(text.as_str()))`.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// let classifier = smishing::Classifier::bundled();
    /// let verdicts: Vec<_> = classifier.classify_all(["hi", "see you"]).collect();
    /// assert_eq!(verdicts.len(), 2);
    /// # }
    /// ```
    pub fn classify_all<'a, M: Into<Message<'a>>>(
        &self,
        messages: impl IntoIterator<Item = M>,
    ) -> impl Iterator<Item = Verdict> {
        let mut scratch = Scratch::default();
        messages
            .into_iter()
            .map(move |message| self.classify_with(&mut scratch, message))
    }

    /// A verdict and its reasons: the log-odds as a sum of what each signal and each stretch of text contributes.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// let classifier = smishing::Classifier::bundled();
    /// let explanation = classifier.explain("Share the code you got with our agent now");
    /// let total: f32 = explanation.contributions().sum();
    /// assert!((total - explanation.verdict().logit()).abs() < 1e-3);
    /// # }
    /// ```
    pub fn explain<'a>(&self, message: impl Into<Message<'a>>) -> Explanation {
        let message = message.into();
        let mut scratch = Scratch::default();
        let (verdict, signals) = self.classify_with_signals(&mut scratch, message);
        let spans = words_of(
            message.text(),
            &self.contributions_of_bytes(&mut scratch.0, message.text().len()),
        );
        let kinds = self.kinds_of(&verdict, &mut scratch.0);
        let intercept = self.bad.logit(self.intercepts[0]) + self.prior_shift;
        Explanation::new(verdict, intercept, signals, spans, kinds)
    }

    /// What a message may be about; `None` where it is not flagged, or where the model was trained on messages without
    /// kinds. Verdicts do not depend on it, so [`classify`](Self::classify) does not compute it.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// let classifier = smishing::Classifier::bundled();
    /// let kinds = classifier.kinds("Hi mum, I dropped my phone, text me on my new number asap, need to pay a bill urgently").unwrap();
    /// assert!(kinds.top(3).any(|(kind, _)| kind == smishing::Kind::Family));
    /// assert_eq!(classifier.kinds("lunch at one?"), None);
    /// # }
    /// ```
    pub fn kinds<'a>(&self, message: impl Into<Message<'a>>) -> Option<Kinds> {
        let mut extractor = Extractor::default();
        extractor.read(&message.into());
        let verdict = self.verdict(&mut extractor);
        self.kinds_of(&verdict, &mut extractor)
    }

    fn kinds_of(&self, verdict: &Verdict, extractor: &mut Extractor) -> Option<Kinds> {
        let scorer = self.kinds.as_ref().filter(|_| verdict.label().is_bad())?;
        // Where all that is bad is called spam, the label says nothing of the kind.
        let label = self.smishing.map(|_| verdict.label());
        Some(scorer.kinds(extractor, label))
    }

    /// A verdict, and the signals found with their places and contributions, strongest first: an explanation without the
    /// wording's part, at little more than the verdict's cost.
    ///
    /// ```
    /// # #[cfg(feature = "bundled")] {
    /// use smishing::{Classifier, Scratch, Signal};
    /// let classifier = Classifier::bundled();
    /// let (_, signals) = classifier.classify_with_signals(&mut Scratch::default(), "pay at http://post-fee.top");
    /// assert!(signals.iter().any(|found| found.signal == Signal::LinkAbusedTld && found.span == Some(7..26)));
    /// # }
    /// ```
    pub fn classify_with_signals<'a>(
        &self,
        scratch: &mut Scratch,
        message: impl Into<Message<'a>>,
    ) -> (Verdict, Vec<SignalContribution>) {
        let extractor = &mut scratch.0;
        extractor.read_tracked(&message.into());
        let verdict = self.verdict(extractor);
        let mut signals: Vec<_> = extractor
            .findings()
            .map(|found| SignalContribution {
                signal: found.signal,
                span: found.span,
                brand: found.brand,
                contribution: self.bad.scale * self.signals[found.signal.column()][0],
            })
            .collect();
        signals.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        (verdict, signals)
    }

    /// What each byte of the original adds to the log-odds: a bucket's part, shared by its occurrences and their bytes.
    fn contributions_of_bytes(&self, extractor: &mut Extractor, len: usize) -> Vec<f64> {
        let mut distinct = 0_u32;
        extractor.for_each_bucket(self.buckets, |_| distinct += 1);
        let scale = f64::from(self.bad.scale) * f64::from(ngram_scale(distinct)) * f64::from(self.steps[0]);
        let mut occurrences = vec![0_u32; self.buckets.count()];
        extractor.for_each_occurrence(self.buckets, |bucket, _| occurrences[bucket] += 1);
        let mut bytes = vec![0.0; len];
        extractor.for_each_occurrence(self.buckets, |bucket, span| {
            let share =
                scale * f64::from(self.ngrams[bucket][0]) / (f64::from(occurrences[bucket]) * span.len() as f64);
            for byte in &mut bytes[span] {
                *byte += share;
            }
        });
        bytes
    }

    fn verdict(&self, extractor: &mut Extractor) -> Verdict {
        let mut sums = [0.0_f32; 2];
        let mut distinct = 0_u32;
        let ngrams = self.ngrams.as_slice();
        extractor.for_each_hit(self.buckets, |bucket, new| {
            let weights = ngrams[bucket & (ngrams.len() - 1)];
            let counts = new as f32;
            sums[0] += counts * weights[0];
            sums[1] += counts * weights[1];
            distinct += new;
        });
        let scale = ngram_scale(distinct);
        let mut scores = self.intercepts;
        for ((score, sum), step) in scores.iter_mut().zip(sums).zip(self.steps) {
            *score += scale * step * sum;
        }
        for signal in extractor.signals().iter() {
            let weights = self.signals[signal.column()];
            scores[0] += weights[0];
            scores[1] += weights[1];
        }
        let logit = self.bad.logit(scores[0]);
        let smishing = self.smishing.map(|calibration| sigmoid(calibration.logit(scores[1])));
        let label = self.decision.label(logit, smishing);
        let logit = logit + self.prior_shift;
        Verdict::new(label, logit, Probabilities::new(sigmoid(logit), smishing))
    }
}

/// What n-gram weights are scaled by in a message with so many distinct buckets: as good as the L2 norm, and additive.
///
/// ```
/// assert_eq!(smishing::ngram_scale(4), 0.5);
/// assert_eq!(smishing::ngram_scale(0), 0.0);
/// ```
#[must_use]
pub fn ngram_scale(distinct: u32) -> f32 {
    if distinct == 0 {
        0.0
    } else {
        1.0 / libm::sqrtf(distinct as f32)
    }
}

/// The log-odds of a probability: the logistic function's inverse.
pub(crate) fn logit(probability: f32) -> f32 {
    libm::logf(probability) - libm::log1pf(-probability)
}

/// The logistic function.
pub(crate) fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-logit))
}
