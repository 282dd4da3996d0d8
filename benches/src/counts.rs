//! Counts of instructions, compared with those on record.
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Instructions by the name of what was measured.
pub type Counts = BTreeMap<String, u64>;

/// A rise above this share of the recorded count is a failure; so large a fall asks for a new record.
pub const TOLERANCE: f64 = 0.05;

/// The instructions in what `gungraun-runner --output-format=json` printed: one object a line for each benchmark.
///
/// # Errors
///
/// What is missing, in words.
pub fn measured(lines: &str) -> Result<Counts, String> {
    lines
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| {
            let benchmark: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
            let text = |key: &str| benchmark[key].as_str().unwrap_or_default();
            let name = [text("function_name"), text("id")].join(".");
            benchmark
                .pointer("/profiles/0/data/total/metrics/Ir/values/new")
                .and_then(Value::as_u64)
                .map(|count| (name.trim_end_matches('.').to_owned(), count))
                .ok_or_else(|| format!("no count of instructions in {line}"))
        })
        .collect()
}

/// The counts of a record.
///
/// # Errors
///
/// Where it is not an object of numbers.
pub fn recorded(record: &str) -> Result<Counts, String> {
    serde_json::from_str::<Map<String, Value>>(record)
        .map_err(|error| error.to_string())?
        .into_iter()
        .map(|(name, count)| {
            let count = count.as_u64().ok_or_else(|| format!("{name}: {count} is no count"))?;
            Ok((name, count))
        })
        .collect()
}

/// What has become of a count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Within the tolerance; as a share of the recorded count.
    Kept(f64),
    /// Above it.
    Risen(f64),
    /// Below it.
    Fallen(f64),
    /// Not on record.
    New,
    /// On record and not measured.
    Missing,
}

impl Change {
    /// Of a count from what is recorded to what was measured.
    ///
    /// ```
    /// use smishing_benches::counts::Change;
    /// assert_eq!(Change::of(Some(100), Some(105)), Change::Kept(0.05));
    /// assert_eq!(Change::of(Some(100), Some(106)), Change::Risen(0.06));
    /// assert_eq!(Change::of(None, Some(106)), Change::New);
    /// ```
    #[must_use]
    pub fn of(recorded: Option<u64>, measured: Option<u64>) -> Self {
        let (recorded, measured) = match (recorded, measured) {
            (Some(recorded), Some(measured)) => (recorded as f64, measured as f64),
            (None, _) => return Self::New,
            (_, None) => return Self::Missing,
        };
        let share = (measured - recorded) / recorded.max(1.0);
        if share > TOLERANCE {
            Self::Risen(share)
        } else if share < -TOLERANCE {
            Self::Fallen(share)
        } else {
            Self::Kept(share)
        }
    }

    /// Whether the record must be put right before this passes: what is not compared would never fail.
    #[must_use]
    pub fn fails(self) -> bool {
        matches!(self, Self::Risen(_) | Self::New | Self::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_the_runners_output() {
        let line = r#"{"function_name":"classify","id":"chat","profiles":[{"data":{"total":{"metrics":{"Ir":{"values":{"new":7}}}}}}]}"#;
        let load = line.replace(r#""chat""#, "null").replace("classify", "load");
        let counts = measured(&format!("{line}\n\n{load}\n")).expect("two counts");
        assert_eq!(counts, Counts::from([("classify.chat".into(), 7), ("load".into(), 7)]));
        assert!(measured(r#"{"function_name":"classify"}"#).is_err_and(|error| error.contains("no count")));
        assert!(measured("{").is_err());
    }

    #[test]
    fn records_are_objects_of_counts() {
        assert_eq!(recorded(r#"{"load": 9}"#), Ok(Counts::from([("load".into(), 9)])));
        assert!(recorded(r#"{"load": -9}"#).is_err_and(|error| error.contains("load")));
        assert!(recorded("[]").is_err());
    }

    #[test]
    fn what_is_not_compared_fails() {
        assert!(Change::of(None, Some(1)).fails() && Change::of(Some(1), None).fails());
        assert!(Change::of(Some(1000), Some(1051)).fails());
        assert!(!Change::of(Some(1000), Some(1050)).fails() && !Change::of(Some(1000), Some(1)).fails());
        assert_eq!(Change::of(Some(1000), Some(900)), Change::Fallen(-0.1));
    }
}
