//! Compares counts of instructions, as gungraun prints them in JSON to standard input, with a record:
//! `compare_instructions RECORD [--update]`. `benches/instructions` runs it.
use comfy_table::{CellAlignment, Table, presets};
use smishing_benches::counts::{Change, Counts, TOLERANCE, measured, recorded};
use std::collections::BTreeSet;
use std::io::Read;
use std::process::ExitCode;

const UPDATE: &str = "benches/instructions --update";

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (path, update) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [path] => (path, false),
        [path, "--update"] => (path, true),
        _ => return Err("usage: compare_instructions RECORD [--update]".into()),
    };
    let mut lines = String::new();
    std::io::stdin().read_to_string(&mut lines)?;
    let measured = measured(&lines)?;
    if measured.is_empty() {
        return Err("no counts on standard input".into());
    }
    let recorded = match std::fs::read_to_string(path) {
        Ok(record) => recorded(&record).map_err(|error| format!("{path}: {error}"))?,
        Err(_) if update => Counts::new(),
        Err(error) => return Err(format!("{path}: {error}").into()),
    };
    let changes = changes(&recorded, &measured);
    println!("{}", table(&changes));
    if update {
        std::fs::write(path, serde_json::to_string_pretty(&measured)? + "\n")?;
        println!("{path} updated");
        return Ok(ExitCode::SUCCESS);
    }
    if changes.iter().any(|row| row.change.fails()) {
        eprintln!(
            "A count rose by more than {:.0} %, or is missing. Find the cause, or take it on purpose: {UPDATE}",
            100.0 * TOLERANCE
        );
        return Ok(ExitCode::FAILURE);
    }
    if changes.iter().any(|row| matches!(row.change, Change::Fallen(_))) {
        println!("Counts fell: put them on record, so that they stay there: {UPDATE}");
    }
    Ok(ExitCode::SUCCESS)
}

struct Row<'a> {
    name: &'a str,
    recorded: Option<u64>,
    measured: Option<u64>,
    change: Change,
}

fn changes<'a>(recorded: &'a Counts, measured: &'a Counts) -> Vec<Row<'a>> {
    let names: BTreeSet<&String> = recorded.keys().chain(measured.keys()).collect();
    let row = |name: &'a String| {
        let (recorded, measured) = (recorded.get(name).copied(), measured.get(name).copied());
        Row {
            name,
            recorded,
            measured,
            change: Change::of(recorded, measured),
        }
    };
    names.into_iter().map(row).collect()
}

fn table(rows: &[Row<'_>]) -> Table {
    let count = |count: Option<u64>| count.map_or_else(|| "-".into(), |count| count.to_string());
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["instructions", "recorded", "now", "change"]);
    for row in rows {
        let change = match row.change {
            Change::Kept(share) | Change::Risen(share) | Change::Fallen(share) => format!("{:+.1} %", 100.0 * share),
            Change::New => "not on record".into(),
            Change::Missing => "not measured".into(),
        };
        table.add_row([row.name.to_owned(), count(row.recorded), count(row.measured), change]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
