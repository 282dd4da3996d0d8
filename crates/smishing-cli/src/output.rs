//! What goes to standard output.
use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use smishing_train::{Corpus, Removed};
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}

/// Writes to standard output; `println!` would panic where the reader has had enough (`smishing inspect | head -1`).
pub(crate) fn print(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Writes to standard error, whoever listens; `eprintln!` would panic where nobody does (`2>&1 | head -1`).
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Text of a message as it may stand on a terminal: controls, and marks that turn the direction of writing, could make
/// the terminal show what is not there.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let harmless = |letter: char| {
        !letter.is_control()
            && !matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.into();
    }
    text.chars()
        .map(|letter| if harmless(letter) { letter } else { ' ' })
        .collect()
}

/// A report for people (`report.html`) and for programs (`report.json`), in a folder that is made if need be.
pub(crate) fn write_report(folder: &Path, page: &str, json: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, content) in [("report.html", page.to_owned()), ("report.json", format!("{json}\n"))] {
        let path = folder.join(name);
        std::fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// A plain table whose columns from the second on are numbers.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// What was read, by file and label, and what of it was removed.
pub(crate) fn reading_report(corpus: &Corpus, removed: Option<&Removed>) -> String {
    let removed = removed.map(|removed| format!("\n{}", removal(corpus, removed)));
    reading_table(corpus).to_string() + &removed.unwrap_or_default()
}

pub(crate) fn reading_table(corpus: &Corpus) -> Table {
    let mut report = table(&["file", "rows", "ham", "spam", "smishing", "skipped"]);
    let count = |labels: &std::collections::BTreeMap<smishing::Label, usize>, label| {
        labels.get(&label).copied().unwrap_or(0).to_string()
    };
    for file in &corpus.files {
        report.add_row([
            file.name(),
            file.rows().to_string(),
            count(&file.labels, smishing::Label::Ham),
            count(&file.labels, smishing::Label::Spam),
            count(&file.labels, smishing::Label::Smishing),
            file.bad_rows.len().to_string(),
        ]);
    }
    report
}

pub(crate) fn removal(corpus: &Corpus, removed: &Removed) -> String {
    format!(
        "{} duplicates and {} rows of {} label conflicts removed: {} messages left",
        removed.duplicates,
        removed.conflicting_rows,
        removed.conflicts,
        corpus.records.len()
    )
}
