//! What the figures say, in plain words.
use crate::found::{Found, Set};
use smishing_train::{Estimate, Figures};

/// One line a thing worth knowing, the most important first.
pub(super) fn lines(found: &Found) -> Vec<String> {
    let mut lines: Vec<String> = found.sets.iter().map(set).collect();
    if let Some(business) = &found.business {
        if let Some(blocked) = business.blocked_ham.by_cluster {
            let names: Vec<_> = business.business.iter().map(|set| set.name.as_str()).collect();
            lines.push(format!(
                "Of genuine business text ({}) it flags {}, as the mean of the sets with each cluster of near-duplicates \
                 counted once.",
                names.join(", "),
                share(blocked)
            ));
        }
        for set in &business.scams {
            if let Some(caught) = set.recall_at_business_fpr.by_cluster["0.01"] {
                lines.push(format!(
                    "At a threshold that flags 1 % of that business text, it catches {} of {}.",
                    share(caught),
                    set.name
                ));
            }
        }
    }
    lines.extend(found.sets.iter().filter_map(costliest_evasion));
    lines.extend(found.sets.iter().flat_map(differences));
    lines
}

fn set(set: &Set) -> String {
    let Figures {
        rows,
        bad_rows,
        clusters,
        by_row,
        ..
    } = &set.figures;
    let ham_rows = rows - bad_rows;
    let of = match (bad_rows, ham_rows) {
        (_, 0) => "all of them spam or smishing".into(),
        (0, _) => "all of them genuine".into(),
        (bad, ham) => format!("{bad} of them spam or smishing and {ham} genuine"),
    };
    let mut line = format!("{}: {rows} messages in {clusters} clusters, {of}.", set.name);
    if let Some(caught) = by_row.spam_caught {
        line += &format!(
            " It catches {} of the bad ones: of a hundred, {:.0} are flagged and {:.0} pass.",
            share(caught),
            100.0 * caught.value,
            100.0 * (1.0 - caught.value)
        );
    }
    if let Some(blocked) = by_row.blocked_ham {
        line += &if blocked.value > 0.0 {
            format!(
                " It flags {} of the genuine ones: about one in {:.0}.",
                share(blocked),
                1.0 / blocked.value
            )
        } else {
            format!(" It flags none of the {ham_rows} genuine ones.")
        };
    }
    if let Some(error) = by_row.ece_balanced {
        line += &format!(
            " Its probabilities are off by {:.1} points of per cent on average.",
            100.0 * error.value
        );
    }
    line
}

fn costliest_evasion(set: &Set) -> Option<String> {
    let change = |evasion: &smishing_train::EvasionFigures| evasion.by_row.spam_caught_change;
    let evasions = set
        .evasions
        .iter()
        .flatten()
        .filter_map(|evasion| Some((evasion, change(evasion)?)));
    let (evasion, change) = evasions.min_by(|(_, a), (_, b)| a.value.total_cmp(&b.value))?;
    (change.value < 0.0).then(|| {
        format!(
            "The rewriting that hides most of {} is “{}” ({}): {} points fewer are caught.",
            set.name,
            evasion.evasion.id(),
            evasion.strength.id(),
            points(change, -1.0)
        )
    })
}

/// Against the other model.
fn differences(set: &Set) -> Vec<String> {
    let Some(difference) = &set.difference else {
        return Vec::new();
    };
    let told = |what: &str, change: Option<Estimate>| {
        let change = change?;
        let sign = if change.value < 0.0 { -1.0 } else { 1.0 };
        let more = if change.value < 0.0 { "fewer" } else { "more" };
        let doubt = if change.ci95[0] <= 0.0 && change.ci95[1] >= 0.0 {
            ", which may be chance"
        } else {
            ""
        };
        Some(format!(
            "Against the other model on {}: {} points {more} {what}{doubt}.",
            set.name,
            points(change, sign)
        ))
    };
    [
        told("of the bad ones are caught", difference.by_row.spam_caught),
        told("of the genuine ones are flagged", difference.by_row.blocked_ham),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// With its interval.
pub(super) fn share(Estimate { value, ci95 }: Estimate) -> String {
    let [value, low, high] = [value, ci95[0], ci95[1]].map(|share| 100.0 * share);
    format!("{value:.1}\u{a0}% ({low:.1} to {high:.1})")
}

fn points(Estimate { value, ci95 }: Estimate, sign: f64) -> String {
    let mut ends = ci95.map(|end| 100.0 * sign * end);
    ends.sort_by(f64::total_cmp);
    // Adding 0 turns -0 into 0.
    format!(
        "{:.1} ({:.1} to {:.1})",
        100.0 * sign * value,
        ends[0] + 0.0,
        ends[1] + 0.0
    )
}
