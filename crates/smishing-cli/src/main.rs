//! The command `smishing`: thin, over the libraries `smishing` and `smishing-train`.
use clap::{Parser, Subcommand};
use std::process::ExitCode;

mod classify;
mod data;
mod drift;
mod evaluate;
mod explain;
mod found;
mod inspect;
mod output;
mod progress;
mod read;
mod report;
mod scores;
mod tables;
mod train;
mod warm_start;
mod worst;

/// Tells genuine text messages from spam and smishing (SMS scams).
#[derive(Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:
  smishing classify \"Your parcel is held, pay the fee at post-fee.top\"
  smishing explain \"Your parcel is held, pay the fee at post-fee.top\"
  smishing classify --input messages.jsonl --output jsonl > verdicts.jsonl
  smishing train SMSSpamCollection --output uci.smsh
  smishing evaluate --folds 5 SMSSpamCollection
  smishing drift last-week.jsonl today.jsonl
  smishing inspect uci.smsh

Exit code: 0 done, 1 done but some input lines were unusable (drift: the streams differ), 2 wrong usage, unreadable file or unusable model."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Classify(classify::Args),
    Explain(explain::Args),
    Train(train::Args),
    Evaluate(evaluate::Args),
    Drift(drift::Args),
    Inspect(inspect::Args),
    Data(data::Args),
}

/// What a command that did its work found on the way.
enum Outcome {
    Clean,
    SomeInputUnusable,
    StreamsDiffer,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Classify(args) => classify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Drift(args) => drift::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Data(args) => data::run(&args),
    };
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::SomeInputUnusable | Outcome::StreamsDiffer) => ExitCode::from(1),
        // The reader of our output has had enough: nothing is wrong.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::note(format_args!("smishing: {error:#}"));
            ExitCode::from(2)
        }
    }
}
