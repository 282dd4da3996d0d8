//! `smishing train --warm-start`: a model that goes on from another.
use crate::read;
use crate::tables::figures_table;
use crate::train::{self, Args};
use crate::{Outcome, output};
use anyhow::Context;
use smishing::{Classifier, Model, ModelParts};
use smishing_train::{Corpus, Figures, Problem, Removed, WarmStartOptions, evaluate, warm_start_card};
use std::path::{Path, PathBuf};

/// Settings of a warm start.
#[derive(clap::Args)]
pub(crate) struct WarmStart {
    /// With --warm-start: how strongly weights are held to the old ones; less learns more, and forgets more
    /// [default: 0.3 with --old-data, 10 without]
    #[arg(long, value_name = "STRENGTH", requires = "warm_start")]
    hold: Option<f64>,
    /// With --warm-start: labelled messages to hold the old model's answers of, and to tell figures before and after on, such
    /// as what it was trained on; may be repeated
    #[arg(long, value_name = "FILE", requires = "warm_start")]
    old_data: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args, old: &Path, corpus: &Corpus, removed: &Removed) -> anyhow::Result<Outcome> {
    let model = read::model(Some(old))?;
    let reported = output::print(output::reading_report(corpus, Some(removed)));
    let old_data = match args.warm.old_data.as_slice() {
        [] => None,
        files => Some(args.data.read(files)?),
    };
    let usual = WarmStartOptions::default();
    let options = WarmStartOptions {
        hold: args
            .warm
            .hold
            .unwrap_or(if old_data.is_some() { 0.3 } else { usual.hold }),
        seed: args.settings.seed,
        ..usual
    };
    let problem = |corpus: &Corpus| Problem::new(corpus, model.parts().buckets);
    let started = smishing_train::warm_start(
        &model,
        &problem(corpus),
        old_data.as_ref().map(problem).as_ref(),
        &options,
    )
    .with_context(|| old.display().to_string())?;
    let card = warm_start_card(corpus, removed, &model, &started, &options);
    let next = Model::new(ModelParts {
        card: card.clone(),
        ..started.parts
    })?;
    let mut sets = vec![("new: before", started.before), ("after, held out", started.after)];
    if let Some(old_data) = &old_data {
        let figures = |model: &Model| -> anyhow::Result<Figures> {
            Ok(evaluate(&Classifier::new(model)?, old_data, options.seed))
        };
        sets.push(("old: before", figures(&model)?));
        sets.push(("after", figures(&next)?));
    }
    let bytes = next.to_bytes();
    train::write(&args.output, &bytes)?;
    let card_path = train::card_path(&args.output);
    train::write(&card_path, train::dated(&card)?.as_bytes())?;
    reported?;
    let sets: Vec<(&str, &Figures)> = sets.iter().map(|(name, figures)| (*name, figures)).collect();
    output::print(figures_table(&sets))?;
    output::print(format_args!(
        "{}: {} bytes; card: {}",
        args.output.display(),
        bytes.len(),
        card_path.display()
    ))?;
    Ok(train::outcome(corpus))
}
