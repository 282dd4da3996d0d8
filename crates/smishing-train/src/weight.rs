//! What rows count: whole files less or more, and signals as often as in real traffic.
use crate::Error;
use crate::corpus::{Corpus, FileReport};
use smishing_features::{Extractor, Signal, SignalSet};
use std::fmt;
use std::str::FromStr;

/// How often a signal occurs in real traffic, among genuine and among bad messages.
///
/// A corpus of contrasts gives links to both labels alike, so that a link alone is no verdict; but then a model learns
/// that links say nothing, and they do: most scams carry one, most genuine messages do not. So with what links look like.
///
/// ```
/// use smishing_train::SignalRate;
/// let rate: SignalRate = "link.present:0.16,0.65".parse().unwrap();
/// assert_eq!((rate.ham(), rate.bad()), (Some(0.16), Some(0.65)));
/// let of_bad: SignalRate = "link.shortener:-,0.1".parse().unwrap();
/// assert_eq!((of_bad.ham(), of_bad.bad()), (None, Some(0.1)));
/// assert!("link.present:16,65".parse::<SignalRate>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignalRate {
    signal: Signal,
    ham: Option<f64>,
    bad: Option<f64>,
}

impl SignalRate {
    /// Of genuine and of bad messages; `None` leaves those of a label as they are.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where a share is not between 0 and 1.
    pub fn new(signal: Signal, ham: Option<f64>, bad: Option<f64>) -> Result<Self, Error> {
        match [ham, bad]
            .into_iter()
            .flatten()
            .find(|share| !(*share > 0.0 && *share < 1.0))
        {
            None => Ok(Self { signal, ham, bad }),
            Some(share) => Err(Error::Setting(format!(
                "rate {share} of {}: expected a share between 0 and 1",
                signal.id()
            ))),
        }
    }

    /// What occurs.
    #[must_use]
    pub fn signal(self) -> Signal {
        self.signal
    }

    /// Share of genuine messages.
    #[must_use]
    pub fn ham(self) -> Option<f64> {
        self.ham
    }

    /// Share of spam and smishing.
    #[must_use]
    pub fn bad(self) -> Option<f64> {
        self.bad
    }

    fn of(self, bad: bool) -> Option<f64> {
        if bad { self.bad } else { self.ham }
    }
}

impl FromStr for SignalRate {
    type Err = Error;

    /// `SIGNAL:HAM,BAD`
    fn from_str(text: &str) -> Result<Self, Error> {
        let share = |text: &str| match text.trim() {
            "-" => Some(None),
            share => share.parse().ok().map(Some),
        };
        let parts = text.split_once(':').and_then(|(signal, shares)| {
            let (ham, bad) = shares.split_once(',')?;
            Some((Signal::from_id(signal.trim())?, share(ham)?, share(bad)?))
        });
        let (signal, ham, bad) = parts.ok_or_else(|| {
            Error::Setting(format!(
                "rate `{text}`: expected SIGNAL:HAM,BAD, a signal's id (`smishing inspect` lists them) and two shares between 0 and 1 or -"
            ))
        })?;
        Self::new(signal, ham, bad)
    }
}

impl fmt::Display for SignalRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| share.to_string());
        write!(f, "{}:{},{}", self.signal.id(), share(self.ham), share(self.bad))
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

    /// Weighs the rows of the files that [go by](FileReport::goes_by) `name` so that signals are as frequent among their
    /// genuine and among their bad messages as `rates` say; what each label counts in all stays the same. Several rates are
    /// met together, by weighing for one after the other until all hold (iterative proportional fitting: W. E. Deming and
    /// F. F. Stephan, *On a least squares adjustment of a sampled frequency table*, 1940). Files without rows are left as they
    /// are.
    ///
    /// ```
    /// use smishing_train::{Corpus, ReadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("mine.csv");
    /// # std::fs::write(&path, "label,text\nham,hi\nham,see example.com\nspam,pills\nspam,pills at pills.top\n")?;
    /// let mut corpus = Corpus::read(&[path], &ReadOptions::default())?;
    /// corpus.match_rates("mine", &["link.present:0.25,0.75".parse()?])?;
    /// let weights: Vec<f64> = corpus.records.iter().map(|record| record.weight).collect();
    /// assert_eq!(weights, [1.5, 0.5, 0.5, 1.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] where no file goes by that name, their rows of a label all carry a signal or none does, or the
    /// rates cannot hold together.
    pub fn match_rates(&mut self, name: &str, rates: &[SignalRate]) -> Result<(), Error> {
        let mut extractor = Extractor::default();
        let rows: Vec<(usize, SignalSet)> = self
            .rows_of(name)?
            .into_iter()
            .map(|row| {
                extractor.read(&self.records[row].message());
                (row, extractor.signals())
            })
            .collect();
        for bad in [false, true].into_iter().filter(|_| !rows.is_empty()) {
            let of_label: Vec<_> = rows
                .iter()
                .filter(|(row, _)| self.records[*row].label.is_bad() == bad)
                .copied()
                .collect();
            self.fit_rates(name, bad, &of_label, rates)?;
        }
        self.files_named(name)
            .for_each(|file| file.signal_rates = rates.to_vec());
        Ok(())
    }

    /// Iterative proportional fitting on the rows of one label.
    fn fit_rates(
        &mut self,
        name: &str,
        bad: bool,
        rows: &[(usize, SignalSet)],
        rates: &[SignalRate],
    ) -> Result<(), Error> {
        /// Rounds until rates that can hold together do, with room to spare.
        const ROUNDS: usize = 200;
        const TOLERANCE: f64 = 1e-9;
        let label = if bad { "bad" } else { "genuine" };
        for _ in 0..ROUNDS {
            let mut furthest = 0.0_f64;
            for rate in rates {
                let Some(wanted) = rate.of(bad) else { continue };
                let sum = |carried| -> f64 {
                    let rows = rows
                        .iter()
                        .filter(|(_, signals)| signals.contains(rate.signal) == carried);
                    rows.map(|(row, _)| self.records[*row].weight).sum()
                };
                let (with, without) = (sum(true), sum(false));
                if with <= 0.0 || without <= 0.0 {
                    return Err(Error::Setting(format!(
                        "rates for `{name}`: {label} messages with and without {} are needed",
                        rate.signal.id()
                    )));
                }
                let share = with / (with + without);
                furthest = furthest.max((share - wanted).abs());
                for (row, signals) in rows {
                    self.records[*row].weight *= if signals.contains(rate.signal) {
                        wanted / share
                    } else {
                        (1.0 - wanted) / (1.0 - share)
                    };
                }
            }
            if furthest < TOLERANCE {
                return Ok(());
            }
        }
        Err(Error::Setting(format!(
            "rates for `{name}`: no weights of its {label} messages meet all of them; ask for fewer"
        )))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ReadOptions;

    fn corpus(rows: &str) -> Corpus {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.csv");
        std::fs::write(&path, format!("label,text\n{rows}")).unwrap();
        Corpus::read(&[path], &ReadOptions::default()).unwrap()
    }

    fn rates(texts: &[&str]) -> Vec<SignalRate> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn several_rates_hold_together() {
        let mut corpus = corpus(
            "ham,see you at eight\nham,notes at northgate.com\nspam,pills at pills.top\nspam,pills at bit.ly/3xyzab\n\
             spam,pills at pills.com call +1 202 555 0143\nspam,call +1 202 555 0143\nspam,cheap pills\n",
        );
        let rates = rates(&["link.present:0.2,0.7", "link.shortener:-,0.3", "phone.present:-,0.25"]);
        corpus.match_rates("mine", &rates).unwrap();
        let mut extractor = Extractor::default();
        for rate in rates {
            for bad in [false, true] {
                let Some(wanted) = rate.of(bad) else { continue };
                let of_label = corpus.records.iter().filter(|record| record.label.is_bad() == bad);
                let (mut with, mut all) = (0.0, 0.0);
                for record in of_label {
                    extractor.read(&record.message());
                    all += record.weight;
                    with += record.weight * f64::from(u8::from(extractor.signals().contains(rate.signal)));
                }
                assert!((with / all - wanted).abs() < 1e-6, "{rate}: {}", with / all);
                assert!((all - if bad { 5.0 } else { 2.0 }).abs() < 1e-9, "{all}");
            }
        }
    }

    #[test]
    fn rates_that_cannot_hold() {
        let rows = "ham,see you at eight\nspam,pills at bit.ly/3xyzab\nspam,cheap pills\n";
        // A short link is a link.
        let error = corpus(rows)
            .match_rates("mine", &rates(&["link.present:-,0.2", "link.shortener:-,0.6"]))
            .unwrap_err();
        assert!(error.to_string().contains("meet all"), "{error}");
        let error = corpus(rows)
            .match_rates("mine", &rates(&["link.present:0.2,-"]))
            .unwrap_err();
        assert!(error.to_string().contains("link.present"), "{error}");
        let error = corpus(rows)
            .match_rates("yours", &rates(&["link.present:0.2,0.5"]))
            .unwrap_err();
        assert!(error.to_string().contains("`yours`"), "{error}");
    }

    #[test]
    fn rates_as_text() {
        for text in ["link.present:0.2,0.6", "phone.present:-,0.25", "link.ip:0.1,-"] {
            assert_eq!(text.parse::<SignalRate>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "link.present",
            "link.present:0.2",
            "nothing:0.2,0.6",
            "link.present:0,0.6",
            "link.present:0.2,x",
        ] {
            let error = text.parse::<SignalRate>().unwrap_err();
            assert!(error.to_string().contains("rate"), "{error}");
        }
    }
}
