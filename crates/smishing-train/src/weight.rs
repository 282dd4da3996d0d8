//! What rows count: whole files less or more, and links as often as in real traffic.
use crate::Error;
use crate::corpus::{Corpus, FileReport};
use smishing_features::{Extractor, Signal};
use std::fmt;
use std::str::FromStr;

/// Shares of messages with a link in real traffic.
///
/// A corpus of contrasts gives links to both labels alike, so that a link alone is no verdict; but then a model learns
/// that links say nothing, and they do: most scams carry one, most genuine messages do not.
///
/// ```
/// let rates: smishing_train::LinkRates = "0.16,0.65".parse().unwrap();
/// assert_eq!((rates.ham(), rates.bad()), (0.16, 0.65));
/// assert!("16,65".parse::<smishing_train::LinkRates>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkRates {
    ham: f64,
    bad: f64,
}

impl LinkRates {
    /// Of genuine and of bad messages.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where a share is not between 0 and 1.
    pub fn new(ham: f64, bad: f64) -> Result<Self, Error> {
        if [ham, bad].iter().all(|share| *share > 0.0 && *share < 1.0) {
            Ok(Self { ham, bad })
        } else {
            Err(Error::Setting(format!(
                "link rates {ham} and {bad}: expected shares between 0 and 1"
            )))
        }
    }

    /// Of genuine messages.
    #[must_use]
    pub fn ham(self) -> f64 {
        self.ham
    }

    /// Of spam and smishing.
    #[must_use]
    pub fn bad(self) -> f64 {
        self.bad
    }
}

impl FromStr for LinkRates {
    type Err = Error;

    /// `HAM,BAD`
    fn from_str(text: &str) -> Result<Self, Error> {
        let shares = text
            .split_once(',')
            .and_then(|(ham, bad)| Some((ham.trim().parse().ok()?, bad.trim().parse().ok()?)));
        let (ham, bad) = shares.ok_or_else(|| {
            Error::Setting(format!(
                "link rates `{text}`: expected HAM,BAD, two shares between 0 and 1"
            ))
        })?;
        Self::new(ham, bad)
    }
}

impl fmt::Display for LinkRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.ham, self.bad)
    }
}

impl Corpus {
    /// Makes each row of the files that [go by](FileReport::goes_by) `name` count `weight` times what it did.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where no file goes by that name, or the weight is below 0 or not finite.
    pub fn weigh(&mut self, name: &str, weight: f64) -> Result<(), Error> {
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::Setting(format!(
                "weight {weight} for `{name}`: expected 0 or more"
            )));
        }
        for row in self.rows_of(name)? {
            self.records[row].weight *= weight;
        }
        self.files_named(name).for_each(|file| file.weight *= weight);
        Ok(())
    }

    /// Weighs the rows of the files that [go by](FileReport::goes_by) `name` so that links are as frequent among their
    /// genuine and among their bad messages as `rates` say; what each label counts in all stays the same. Files without rows
    /// are left as they are.
    ///
    /// ```
    /// use smishing_train::{Corpus, LinkRates, ReadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("mine.csv");
    /// # std::fs::write(&path, "label,text\nham,hi\nham,see example.com\nspam,pills\nspam,pills at pills.top\n")?;
    /// let mut corpus = Corpus::read(&[path], &ReadOptions::default())?;
    /// corpus.match_link_rates("mine", LinkRates::new(0.25, 0.75)?)?;
    /// let weights: Vec<f64> = corpus.records.iter().map(|record| record.weight).collect();
    /// assert_eq!(weights, [1.5, 0.5, 0.5, 1.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where no file goes by that name, or their rows of one label all carry a link, or none does.
    pub fn match_link_rates(&mut self, name: &str, rates: LinkRates) -> Result<(), Error> {
        let mut extractor = Extractor::default();
        let rows: Vec<(usize, bool)> = self
            .rows_of(name)?
            .into_iter()
            .map(|row| {
                extractor.read(&self.records[row].message());
                (row, extractor.signals().contains(Signal::LinkPresent))
            })
            .collect();
        let labels = [(false, rates.ham), (true, rates.bad)];
        for (bad, rate) in labels.into_iter().filter(|_| !rows.is_empty()) {
            let of_label: Vec<_> = rows
                .iter()
                .filter(|(row, _)| self.records[*row].label.is_bad() == bad)
                .collect();
            let sum = |linked| -> f64 {
                let rows = of_label.iter().filter(|(_, found)| *found == linked);
                rows.map(|(row, _)| self.records[*row].weight).sum()
            };
            let (with, without) = (sum(true), sum(false));
            if with <= 0.0 || without <= 0.0 {
                return Err(Error::Setting(format!(
                    "link rates for `{name}`: {} messages with and without a link are needed",
                    if bad { "bad" } else { "genuine" }
                )));
            }
            let share = with / (with + without);
            for &&(row, linked) in &of_label {
                self.records[row].weight *= if linked {
                    rate / share
                } else {
                    (1.0 - rate) / (1.0 - share)
                };
            }
        }
        self.files_named(name).for_each(|file| file.link_rates = Some(rates));
        Ok(())
    }

    fn files_named<'a>(&'a mut self, name: &'a str) -> impl Iterator<Item = &'a mut FileReport> {
        self.files.iter_mut().filter(move |file| file.goes_by(name))
    }

    fn rows_of(&self, name: &str) -> Result<Vec<usize>, Error> {
        let named: Vec<bool> = self.files.iter().map(|file| file.goes_by(name)).collect();
        if !named.contains(&true) {
            return Err(Error::Setting(format!(
                "weights for `{name}`: expected the name of a file without extension, or of a folder"
            )));
        }
        Ok((0..self.records.len())
            .filter(|&row| named[self.records[row].file])
            .collect())
    }
}
