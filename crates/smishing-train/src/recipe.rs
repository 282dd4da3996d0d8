//! What is done to labelled messages before a model learns from them.
use crate::copies::CopyWeights;
use crate::corpus::Corpus;
use crate::train::{Problem, TrainOptions};
use crate::{Error, SignalRate};

/// What is done to a corpus before a model is trained on it: what sources count, how often signals occur in them, and how
/// much is learnt from copies. Evaluation does the same to the messages it trains on, as if there were no others.
///
/// ```
/// use smishing_train::{Corpus, ReadOptions, Recipe, TrainOptions};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("mine.csv");
/// # std::fs::write(&path, "label,text\nham,hi\nspam,pills at pills.top\n")?;
/// let mut corpus = Corpus::read(&[path], &ReadOptions::default())?;
/// let recipe = Recipe { weights: vec![("mine".into(), 0.5)], ..Recipe::default() };
/// let problem = recipe.problem(&mut corpus, &TrainOptions::default())?;
/// assert_eq!(problem.weights, [0.5, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recipe {
    /// What each row of a source counts, by the source's name: [`Corpus::weigh`].
    pub weights: Vec<(String, f64)>,
    /// How frequent signals are made in a source, by its name: [`Corpus::match_rates`].
    pub signal_rates: Vec<(String, SignalRate)>,
    /// What copies of bad messages count: [`Problem::add_copies`].
    pub copies: CopyWeights,
}

impl Recipe {
    /// Weighs the corpus and makes the problem of it.
    ///
    /// # Errors
    ///
    /// Those of [`Corpus::weigh`], [`Corpus::match_rates`] and [`Problem::add_copies`].
    pub fn problem(&self, corpus: &mut Corpus, options: &TrainOptions) -> Result<Problem, Error> {
        self.weigh(corpus)?;
        let mut problem = Problem::new(corpus, options.buckets);
        problem.add_copies(corpus, options.buckets, self.copies, options.seed)?;
        Ok(problem)
    }

    /// The problem of the rows with these numbers, as if the corpus had no others; `all` is that of the whole corpus, whose
    /// features and clusters are taken. Like [`Problem::select`], it is one without kinds.
    pub(crate) fn part(
        &self,
        corpus: &Corpus,
        all: &Problem,
        rows: &[usize],
        options: &TrainOptions,
    ) -> Result<Problem, Error> {
        let mut part = corpus.select(rows);
        self.weigh(&mut part)?;
        let mut problem = all.select(rows);
        problem.weights = part.records.iter().map(|record| record.weight).collect();
        problem.add_copies(&part, options.buckets, self.copies, options.seed)?;
        Ok(problem)
    }

    /// Weighs the rows of the corpus; [`problem`](Self::problem) does so too.
    ///
    /// # Errors
    ///
    /// Those of [`Corpus::weigh`] and [`Corpus::match_rates`].
    pub fn weigh(&self, corpus: &mut Corpus) -> Result<(), Error> {
        for (name, weight) in &self.weights {
            corpus.weigh(name, *weight)?;
        }
        let mut sources: Vec<&str> = Vec::new();
        for (name, _) in &self.signal_rates {
            if !sources.contains(&name.as_str()) {
                sources.push(name);
            }
        }
        for source in sources {
            let of_source = self.signal_rates.iter().filter(|(name, _)| name == source);
            let rates: Vec<_> = of_source.map(|(_, rate)| *rate).collect();
            corpus.match_rates(source, &rates)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ReadOptions;
    use smishing::Buckets;

    /// Oracle: the recipe for a corpus that was read without the other rows.
    #[test]
    fn a_part_is_prepared_as_if_there_were_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, rows: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("label,text\n{rows}")).unwrap();
            path
        };
        let mine = file(
            "mine.csv",
            "ham,garden party at noon\nham,timetable: trains.example.com\nspam,cheap pills today\nspam,cheap loans at loans.top\n\
             spam,cheap watches at watches.top\nsmishing,confirm your account number\n",
        );
        let more = file(
            "more.csv",
            "ham,see you at eight. Bring cake!\nspam,win a prize at prize.top\n",
        );
        let other = file(
            "other.csv",
            "ham,lunch tomorrow?\nsmishing,parcel fee: pay at parcel.top\n",
        );
        let recipe = Recipe {
            weights: vec![("more".into(), 0.25)],
            signal_rates: vec![("mine".into(), "link.present:0.2,0.6".parse().unwrap())],
            copies: CopyWeights {
                padding: 0.5,
                misspelling: 0.2,
            },
        };
        let options = TrainOptions {
            buckets: Buckets::new(8).unwrap(),
            ..TrainOptions::default()
        };
        let read = |paths: &[&std::path::PathBuf]| {
            let paths: Vec<_> = paths.iter().map(|path| (*path).clone()).collect();
            Corpus::read(&paths, &ReadOptions::default()).unwrap()
        };
        let whole = read(&[&mine, &other, &more]);
        let all = Problem::new(&whole, options.buckets);
        let rows = [0, 1, 2, 3, 4, 5, 8, 9];
        let part = recipe.part(&whole, &all, &rows, &options).unwrap();
        let expected = recipe.problem(&mut read(&[&mine, &more]), &options).unwrap();
        assert_eq!(part.weights, expected.weights);
        assert!(part.weights.iter().any(|weight| ![0.25, 1.0].contains(weight)));
        assert_eq!(part.matrix, expected.matrix);
        assert_eq!(part.matrix.rows(), rows.len() + 10);

        // Without the rows that links are to be matched in, there is nothing to match, and the name is still known.
        let others = recipe.part(&whole, &all, &[6, 7, 8, 9], &options).unwrap();
        assert_eq!(others.weights, [1.0, 1.0, 0.25, 0.25]);
        let unknown = Recipe {
            weights: vec![("nobody".into(), 1.0)],
            ..Recipe::default()
        };
        let error = unknown.part(&whole, &all, &rows, &options).unwrap_err().to_string();
        assert!(error.contains("`nobody`"), "{error}");
    }
}
