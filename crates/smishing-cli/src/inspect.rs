use crate::{Outcome, output, read};
use std::path::PathBuf;

/// Shows a model: sizes, thresholds, strongest signals and its card
#[derive(clap::Args)]
#[command(after_help = "Examples:
  smishing inspect                 the bundled model
  smishing inspect uci.smsh")]
pub(crate) struct Args {
    /// The model file [default: the bundled model]
    model: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let model = read::model(args.model.as_deref())?;
    let parts = model.parts();
    let bytes = model.to_bytes();
    let mut facts = output::table(&["model", ""]);
    facts.add_row(["bytes".to_owned(), bytes.len().to_string()]);
    facts.add_row(["format".to_owned(), smishing::FORMAT_VERSION.to_string()]);
    facts.add_row([
        "feature schema".to_owned(),
        format!(
            "{:016x}{}",
            model.schema(),
            if model.is_runnable() {
                ""
            } else {
                " (not this version's: retrain)"
            }
        ),
    ]);
    facts.add_row(["buckets".to_owned(), format!("2^{}", parts.buckets.bits())]);
    facts.add_row(["signals".to_owned(), parts.bad.signals.len().to_string()]);
    facts.add_row([
        "smishing head",
        if parts.smishing.is_some() {
            "yes"
        } else {
            "no: trained on two classes"
        },
    ]);
    facts.add_row(["kind head".to_owned(), kinds(&model)]);
    facts.add_row([
        "share of bad messages in training".to_owned(),
        format!("{:.3}", parts.prior),
    ]);
    output::print(format_args!("{facts}\n"))?;

    let mut policies = output::table(&["policy", "flags from a score of"]);
    let thresholds = &parts.thresholds;
    policies.add_row(["balanced (default)".into(), score(thresholds.balanced)]);
    policies.add_row([
        "abstaining".into(),
        format!(
            "{}, unsure from {}",
            score(thresholds.unsure.1),
            score(thresholds.unsure.0)
        ),
    ]);
    for threshold in &thresholds.by_false_positive_rate {
        policies.add_row([
            format!("fpr-{}%", f64::from((threshold.rate * 1e5).round()) / 1e3),
            score(threshold.logit),
        ]);
    }
    output::print(format_args!("{policies}\n"))?;

    let mut signals = output::table(&["signal", "log-odds of bad"]);
    let mut weights: Vec<_> = parts
        .bad
        .signals
        .iter()
        .map(|(id, weight)| (id, weight * parts.bad.scale))
        .collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (id, weight) in weights {
        signals.add_row([id.clone(), format!("{weight:+.2}")]);
    }
    output::print(format_args!("{signals}\n\n{}", model.card()))?;
    if bytes == smishing_models::BUNDLED {
        output::print(format_args!("\n{}", smishing_models::ATTRIBUTION))?;
    }
    Ok(Outcome::Clean)
}

/// How many kinds are told, from what, and how well.
fn kinds(model: &smishing::Model) -> String {
    let Some(head) = &model.parts().kinds else {
        return "no: trained on messages without kinds".into();
    };
    let card: serde_json::Value = serde_json::from_str(model.card()).unwrap_or_default();
    let figure = |name: &str| {
        let value = card["kinds"]["figures"][name].as_f64();
        value.map_or_else(|| "unknown".into(), |value| format!("{value:.3}"))
    };
    format!(
        "{} kinds, {} word prefixes; held out: macro-F1 {}, accuracy {}",
        head.classes.len(),
        head.vocabulary.len(),
        figure("macro_f1"),
        figure("accuracy")
    )
}

fn score(logit: f32) -> String {
    format!("{:.4}", 1.0 / (1.0 + (-logit).exp()))
}
