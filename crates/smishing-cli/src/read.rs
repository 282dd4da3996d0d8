//! Options of reading that several commands share.
use crate::output;
use anyhow::Context;
use clap::ValueEnum;
use smishing::{Classifier, Model, Prior};
use smishing_train::{Columns, Corpus, Format, LabelMap, ReadOptions, Rows};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// By the file's extension; standard input is lines
    Auto,
    /// One message a line
    Lines,
    /// Columns between tabs
    Tsv,
    /// Comma-separated columns
    Csv,
    /// One JSON object a line
    Jsonl,
}

impl FormatArg {
    /// `None` for `auto`.
    pub(crate) fn format(self) -> Option<Format> {
        match self {
            Self::Auto => None,
            Self::Lines => Some(Format::Lines),
            Self::Tsv => Some(Format::Tsv),
            Self::Csv => Some(Format::Csv),
            Self::Jsonl => Some(Format::Jsonl),
        }
    }
}

/// Rows of a file, or of standard input where there is none or it is called `-`, and what errors call it.
pub(crate) fn rows(
    path: Option<&Path>,
    format: FormatArg,
    columns: &Columns,
) -> anyhow::Result<(String, Rows<Box<dyn BufRead + Send>>)> {
    /// How much is read at once: some hundred messages, enough that handing them over costs nothing.
    const READ: usize = 1 << 16;
    let (source, format, reader): (String, Format, Box<dyn BufRead + Send>) =
        match path.filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                let source = path.display().to_string();
                let file = File::open(path).with_context(|| source.clone())?;
                // Opens like a file, and every read fails.
                if path.is_dir() {
                    anyhow::bail!("{source}: a folder, not a file of messages");
                }
                let format = format.format().unwrap_or_else(|| Format::of_path(path));
                (source, format, Box::new(BufReader::with_capacity(READ, file)))
            }
            None => (
                "standard input".into(),
                format.format().unwrap_or(Format::Lines),
                Box::new(BufReader::with_capacity(READ, io::stdin())),
            ),
        };
    let rows = Rows::new(reader, format, columns).with_context(|| source.clone())?;
    Ok((source, rows))
}

/// How labelled data are read.
#[derive(clap::Args)]
pub(crate) struct DataArgs {
    /// Files of labelled messages (UCI's TSV, CSV or TSV with a header, JSONL), or folders of them
    #[arg(required = true, value_name = "DATA")]
    pub(crate) data: Vec<PathBuf>,
    /// Format of the files
    #[arg(long, value_enum, default_value = "auto")]
    format: FormatArg,
    /// Column of the text [default: text, message, sms, body, content or v2]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Column of the label [default: label, class, category, type, target or v1]
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// What a label means, such as promo=spam; may be repeated
    #[arg(long, value_name = "WRITTEN=LABEL")]
    map_label: Vec<LabelMap>,
    /// Go on after rows that cannot be used, and list them
    #[arg(long)]
    skip_bad_rows: bool,
}

impl DataArgs {
    /// Reads all files together.
    pub(crate) fn read(&self, files: &[PathBuf]) -> anyhow::Result<Corpus> {
        let options = ReadOptions {
            format: self.format.format(),
            columns: Columns {
                text: self.text_column.clone(),
                label: self.label_column.clone(),
            },
            labels: self.map_label.iter().cloned().fold(LabelMap::default(), LabelMap::with),
            skip_bad_rows: self.skip_bad_rows,
        };
        let corpus = Corpus::read(files, &options)?;
        for file in &corpus.files {
            for bad in &file.bad_rows {
                output::note(format_args!(
                    "{}:{}: skipped: {}",
                    file.path.display(),
                    bad.line,
                    bad.reason
                ));
            }
        }
        if corpus.records.is_empty() {
            anyhow::bail!(
                "no messages in {}",
                files
                    .iter()
                    .map(|file| file.display().to_string())
                    .collect::<Vec<_>>()
                    .join(", ")
            );
        }
        Ok(corpus)
    }
}

/// The model of a file, or the bundled one.
pub(crate) fn model(path: Option<&Path>) -> anyhow::Result<Model> {
    match path {
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
            Model::from_bytes(&bytes).with_context(|| path.display().to_string())
        }
        None => Model::from_bytes(smishing_models::BUNDLED).context("bundled model"),
    }
}

/// The classifier of that model, for the share of bad messages if one is given.
pub(crate) fn classifier(path: Option<&Path>, prior: Option<Prior>) -> anyhow::Result<Classifier> {
    let name = path.map_or_else(|| "bundled model".into(), |path| path.display().to_string());
    let classifier = Classifier::new(&model(path)?).context(name)?;
    Ok(match prior {
        Some(prior) => classifier.with_prior(prior),
        None => classifier,
    })
}
