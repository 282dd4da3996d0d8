//! Feature matrices, by the library's own emitter.
use linfa::dataset::Records;
use ndarray::{Array2, ShapeBuilder};
use smishing::{Buckets, Message, Signal, ngram_scale};
use smishing_features::Extractor;
use std::ops::Range;

/// What a signal that is present counts in its column, where an n-gram counts `1 / sqrt(distinct)`. Measured on UCI,
/// grouped folds, five seeds: MCC .948 for 1, .956 for 0.3, .957 for 0.1, .955 without signals.
pub(crate) const SIGNAL_VALUE: f32 = 0.3;

/// Sparse rows of features (compressed sparse rows): buckets first, then signals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CsrMatrix {
    columns: usize,
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl CsrMatrix {
    /// The features of messages.
    ///
    /// ```
    /// use smishing::{Buckets, Message, Signal};
    /// let matrix = smishing_train::CsrMatrix::of_messages(Buckets::new(10).unwrap(), [Message::new("hi there")]);
    /// assert_eq!((matrix.rows(), matrix.columns()), (1, 1024 + Signal::COUNT));
    /// ```
    pub fn of_messages<'a>(buckets: Buckets, messages: impl IntoIterator<Item = Message<'a>>) -> Self {
        let mut matrix = Self::with_columns(buckets.count() + Signal::COUNT);
        let mut extractor = Extractor::default();
        for message in messages {
            extractor.read(&message);
            let start = matrix.indices.len();
            extractor.for_each_bucket(buckets, |bucket| matrix.indices.push(bucket as u32));
            let scale = ngram_scale((matrix.indices.len() - start) as u32);
            matrix.values.resize(matrix.indices.len(), scale);
            for signal in extractor.signals().iter() {
                matrix.indices.push((buckets.count() + signal.column()) as u32);
                matrix.values.push(SIGNAL_VALUE);
            }
            matrix.starts.push(matrix.indices.len());
        }
        matrix
    }

    /// A matrix of dense rows.
    pub(crate) fn of_dense_rows<'a>(rows: impl Iterator<Item = &'a [f64]>) -> Self {
        let mut matrix = Self::default();
        matrix.starts.push(0);
        for row in rows {
            matrix.columns = row.len();
            matrix.indices.extend(0..row.len() as u32);
            matrix.values.extend(row.iter().map(|&value| value as f32));
            matrix.starts.push(matrix.indices.len());
        }
        matrix
    }

    /// A matrix of the columns and values of each row that are not zero.
    pub(crate) fn of_sparse_rows(columns: usize, rows: impl Iterator<Item = Vec<(usize, f32)>>) -> Self {
        let mut matrix = Self::with_columns(columns);
        for row in rows {
            matrix.indices.extend(row.iter().map(|(column, _)| *column as u32));
            matrix.values.extend(row.iter().map(|(_, value)| *value));
            matrix.starts.push(matrix.indices.len());
        }
        matrix
    }

    /// A matrix of one dense column.
    pub(crate) fn of_column(values: &[f32]) -> Self {
        let mut matrix = Self::with_columns(1);
        matrix.indices = vec![0; values.len()];
        matrix.values = values.to_vec();
        matrix.starts = (0..=values.len()).collect();
        matrix
    }

    fn with_columns(columns: usize) -> Self {
        Self {
            columns,
            starts: vec![0],
            indices: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns and values of a row that are not zero.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.starts[row]..self.starts[row + 1];
        self.indices[range.clone()]
            .iter()
            .zip(&self.values[range])
            .map(|(&column, &value)| (column as usize, value))
    }

    /// Number of values that are not zero.
    pub(crate) fn values(&self) -> usize {
        self.values.len()
    }

    /// Neighbouring rows together, each time as many as have at least so many values.
    pub(crate) fn blocks(&self, values: usize) -> Vec<Range<usize>> {
        let mut blocks = Vec::new();
        let mut first = 0;
        while first < self.rows() {
            let wanted = self.starts[first] + values;
            let end = self
                .starts
                .partition_point(|&start| start < wanted)
                .clamp(first + 1, self.rows());
            blocks.push(first..end);
            first = end;
        }
        blocks
    }

    /// A row times one weight a column. Four sums run side by side: the order is fixed, and none waits for the others.
    pub(crate) fn dot(&self, row: usize, weights: &[f64]) -> f64 {
        let range = self.starts[row]..self.starts[row + 1];
        let (columns, more_columns) = self.indices[range.clone()].as_chunks::<4>();
        let (values, more_values) = self.values[range].as_chunks::<4>();
        let product = |column: u32, value: f32| f64::from(value) * weights[column as usize];
        let mut sums = [0.0; 4];
        for (columns, values) in columns.iter().zip(values) {
            for lane in 0..4 {
                sums[lane] += product(columns[lane], values[lane]);
            }
        }
        let rest: f64 = more_columns
            .iter()
            .zip(more_values)
            .map(|(&column, &value)| product(column, value))
            .sum();
        (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
    }

    /// The rows with these numbers.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::with_columns(self.columns);
        for &row in rows {
            let range = self.starts[row]..self.starts[row + 1];
            selected.indices.extend_from_slice(&self.indices[range.clone()]);
            selected.values.extend_from_slice(&self.values[range]);
            selected.starts.push(selected.indices.len());
        }
        selected
    }

    /// Keeps the first rows.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.starts.truncate(rows + 1);
        let end = self.starts.last().copied().unwrap_or(0);
        self.indices.truncate(end);
        self.values.truncate(end);
    }

    /// Adds the rows of a matrix of as many columns.
    pub(crate) fn append(&mut self, other: &Self) {
        let before = self.indices.len();
        self.starts
            .extend(other.starts.iter().skip(1).map(|start| before + start));
        self.indices.extend_from_slice(&other.indices);
        self.values.extend_from_slice(&other.values);
    }

    /// The same as a dense matrix, column-major: six times faster in linfa than row-major.
    pub(crate) fn to_dense(&self) -> Array2<f32> {
        let mut dense = Array2::zeros((self.rows(), self.columns).f());
        for row in 0..self.rows() {
            for (column, value) in self.row(row) {
                dense[[row, column]] = value;
            }
        }
        dense
    }
}

impl Records for CsrMatrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.columns
    }
}
