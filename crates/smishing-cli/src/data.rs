use crate::{Outcome, output};
use smishing_train::{check_data, corpora_beside};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Works on the project's own messages
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Checks form, distinctness, pairs, numbers and domains, and whether surface facts give the label away
    #[command(after_help = "Examples:
  smishing data check data/

Compares with ../shared/corpora where it lies beside the checkout: nothing may be copied from there.")]
    Check {
        /// The folder that holds `messages/`
        folder: PathBuf,
    },
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let Command::Check { folder } = &args.command;
    let corpora = corpora_beside(folder);
    let report = check_data(folder, corpora.as_deref())?;
    let mut counts = output::table(&["messages", "number"]);
    for (name, group) in [
        ("label", &report.labels),
        ("lang", &report.langs),
        ("region", &report.regions),
        ("kind", &report.kinds),
    ] {
        for (value, count) in group {
            counts.add_row([format!("{name} {value}"), count.to_string()]);
        }
    }
    counts.add_row(["all".to_owned(), total(&report.labels).to_string()]);
    counts.add_row(["pairs".to_owned(), report.pairs.to_string()]);
    output::print(format_args!("{counts}\n"))?;
    let mut shortcuts = output::table(&["surface facts alone", "messages", "AUC trees", "AUC linear"]);
    for shortcut in &report.shortcuts {
        shortcuts.add_row([
            shortcut.group.clone(),
            shortcut.rows.to_string(),
            format!("{:.3}", shortcut.trees),
            format!("{:.3}", shortcut.linear),
        ]);
    }
    output::print(format_args!("{shortcuts}\n"))?;
    if corpora.is_none() {
        output::note("skipped: no corpora beside the checkout, nothing compared with them");
    }
    for fault in &report.faults {
        output::note(fault);
    }
    output::print(format_args!("{} faults", report.faults.len()))?;
    Ok(if report.faults.is_empty() {
        Outcome::Clean
    } else {
        Outcome::SomeInputUnusable
    })
}

fn total(counts: &BTreeMap<String, usize>) -> usize {
    counts.values().sum()
}
