//! Tables of figures.
use crate::output::{shown, table};
use comfy_table::Table;
use smishing_train::{
    BusinessComparison, BusinessFigures, Comparison, Estimate, EvasionFigures, Facet, Figures, Measures,
};

/// One column a set of figures, with intervals.
pub(crate) fn figures_table(sets: &[(&str, &Figures)]) -> Table {
    let mut figures = columns("95 % intervals", sets);
    add_row(&mut figures, "messages", sets, |set| set.rows.to_string());
    add_row(&mut figures, "of them bad", sets, |set| set.bad_rows.to_string());
    add_row(&mut figures, "clusters", sets, |set| set.clusters.to_string());
    add_measures(&mut figures, sets, |set| &set.by_row);
    add_once(
        &mut figures,
        sets,
        |set| &set.by_cluster,
        "each cluster once:",
        [percent, plain],
    );
    figures
}

/// What the model's figures are above those of the model that it is compared with.
pub(crate) fn difference_table(sets: &[(&str, &Comparison)]) -> Table {
    let mut differences = columns("difference, paired", sets);
    add_measures(&mut differences, sets, |set| &set.by_row);
    add_once(
        &mut differences,
        sets,
        |set| &set.by_cluster,
        "each cluster once:",
        [percent, plain],
    );
    add_once(
        &mut differences,
        sets,
        |set| &set.p_values.by_cluster,
        "p-values of these:",
        [p_value, p_value],
    );
    differences
}

fn columns<T>(corner: &str, sets: &[(&str, &T)]) -> Table {
    let mut header = vec![corner];
    header.extend(sets.iter().map(|(name, _)| name));
    table(&header)
}

fn add_row<T>(table: &mut Table, name: &str, sets: &[(&str, &T)], value: impl Fn(&T) -> String) {
    table.add_row(std::iter::once(name.to_owned()).chain(sets.iter().map(|(_, set)| value(set))));
}

fn add_measures<T>(table: &mut Table, sets: &[(&str, &T)], measures: fn(&T) -> &Measures) {
    let mut row = |name: &str, value: &dyn Fn(&Measures) -> String| {
        add_row(table, name, sets, |set| value(measures(set)));
    };
    row("accuracy", &|of| percent(of.accuracy));
    row("spam caught", &|of| percent(of.spam_caught));
    row("blocked ham", &|of| percent(of.blocked_ham));
    row("MCC", &|of| plain(of.mcc));
    row("ROC AUC", &|of| plain(of.roc_auc));
    row("recall at 0.1 % FPR", &|of| percent(of.recall_at_fpr["0.001"]));
    row("recall at 1 % FPR", &|of| percent(of.recall_at_fpr["0.01"]));
    row("recall at 5 % FPR", &|of| percent(of.recall_at_fpr["0.05"]));
    row("1-ROCA%", &|of| plain(of.one_minus_roca_percent));
    row("PR AUC", &|of| plain(of.pr_auc));
    row("precision, 13 % bad", &|of| percent(of.precision_at_share["0.13"]));
    row("precision, 1 % bad", &|of| percent(of.precision_at_share["0.01"]));
    row("precision, 0.1 % bad", &|of| percent(of.precision_at_share["0.001"]));
    row("Brier", &|of| plain(of.brier));
    row("ECE", &|of| plain(of.ece));
    row("ECE, classes balanced", &|of| plain(of.ece_balanced));
}

/// The measures that are told with each cluster counted once, as shares and as plain numbers.
fn add_once<T, U: Copy>(
    table: &mut Table,
    sets: &[(&str, &T)],
    measures: fn(&T) -> &Measures<U>,
    title: &str,
    [percent, plain]: [fn(Option<U>) -> String; 2],
) {
    let mut row = |name: &str, value: &dyn Fn(&Measures<U>) -> String| {
        add_row(table, name, sets, |set| value(measures(set)));
    };
    row(title, &|_| String::new());
    row("  spam caught", &|of| percent(of.spam_caught));
    row("  blocked ham", &|of| percent(of.blocked_ham));
    row("  MCC", &|of| plain(of.mcc));
    row("  recall at 1 % FPR", &|of| percent(of.recall_at_fpr["0.01"]));
}

fn p_value(p: Option<f64>) -> String {
    p.map_or_else(|| "-".into(), |p| format!("{p:.3}"))
}

/// One row a part of a set.
pub(crate) fn slices_table(name: &str, facet: Facet, parts: &[(String, Figures)]) -> Table {
    let title = format!("{name} by {}", facet.id());
    let mut slices = table(&[
        &title,
        "messages",
        "of them bad",
        "clusters",
        "spam caught %",
        "by cluster",
        "blocked ham %",
        "by cluster",
    ]);
    for (part, figures) in parts {
        slices.add_row([
            shown(part).into_owned(),
            figures.rows.to_string(),
            figures.bad_rows.to_string(),
            figures.clusters.to_string(),
            points(figures.by_row.spam_caught),
            points(figures.by_cluster.spam_caught),
            points(figures.by_row.blocked_ham),
            points(figures.by_cluster.blocked_ham),
        ]);
    }
    slices
}

/// One row an evasion and strength, each message counted once; changes are in points of per cent.
pub(crate) fn evasions_table(name: &str, figures: &Figures, evasions: &[EvasionFigures]) -> Table {
    let mut rewritten = table(&[
        name,
        "strength",
        "bad changed",
        "spam caught %",
        "change",
        "ham changed",
        "blocked ham %",
        "change",
        "in training",
    ]);
    let ham_rows = figures.rows - figures.bad_rows;
    let share = |part: usize, of: usize| {
        if of == 0 {
            "-".into()
        } else {
            format!("{:.0} %", 100.0 * part as f64 / of as f64)
        }
    };
    rewritten.add_row([
        "as written".into(),
        String::new(),
        String::new(),
        points(figures.by_row.spam_caught),
        String::new(),
        String::new(),
        points(figures.by_row.blocked_ham),
        String::new(),
        String::new(),
    ]);
    for evasion in evasions {
        let measures = &evasion.by_row;
        rewritten.add_row([
            evasion.evasion.id().into(),
            evasion.strength.id().into(),
            share(evasion.bad_rows_changed, figures.bad_rows),
            points(measures.spam_caught),
            points(measures.spam_caught_change),
            share(evasion.ham_rows_changed, ham_rows),
            points(measures.blocked_ham),
            points(measures.blocked_ham_change),
            if evasion.in_training { "yes" } else { "no" }.into(),
        ]);
    }
    rewritten
}

/// What recall at the same share of blocked business text gains on the model that it is compared with.
pub(crate) fn business_difference_table(comparison: &BusinessComparison) -> Table {
    let mut differences = table(&["difference, paired", "by cluster", "p", "by message", "p"]);
    for set in &comparison.scams {
        let (recall, p) = (&set.recall_at_business_fpr, &set.p_values);
        for (rate, blocked) in BUSINESS_RATES {
            differences.add_row([
                format!("{}: caught at {blocked} blocked", set.name),
                percent(recall.by_cluster[rate]),
                p_value(p.by_cluster[rate]),
                percent(recall.by_row[rate]),
                p_value(p.by_row[rate]),
            ]);
        }
    }
    differences
}

const BUSINESS_RATES: [(&str, &str); 3] = [("0.001", "0.1 %"), ("0.01", "1 %"), ("0.05", "5 %")];

/// False alarms on each business set, then recall at the thresholds that their mean sets; one column a way of counting.
pub(crate) fn business_table(figures: &BusinessFigures) -> Table {
    let mut business = table(&["business text", "messages", "clusters", "by cluster", "by message"]);
    let mut row = |name: String, counts: [String; 2], by_cluster: Option<Estimate>, by_row: Option<Estimate>| {
        let [rows, clusters] = counts;
        business.add_row([name, rows, clusters, percent(by_cluster), percent(by_row)]);
    };
    for set in &figures.business {
        row(
            format!("blocked {}", set.name),
            [set.rows.to_string(), set.clusters.to_string()],
            set.blocked_ham.by_cluster,
            set.blocked_ham.by_row,
        );
    }
    let none = || [String::new(), String::new()];
    let blocked = &figures.blocked_ham;
    row(
        "blocked, mean of sets".into(),
        none(),
        blocked.by_cluster,
        blocked.by_row,
    );
    for set in &figures.scams {
        let recall = &set.recall_at_business_fpr;
        for (rate, blocked) in BUSINESS_RATES {
            row(
                format!("{}: caught at {blocked} blocked", set.name),
                [set.rows.to_string(), set.clusters.to_string()],
                recall.by_cluster[rate],
                recall.by_row[rate],
            );
        }
    }
    business
}

fn points(estimate: Option<Estimate>) -> String {
    with_interval(estimate, 100.0, 1, "")
}

fn percent(estimate: Option<Estimate>) -> String {
    with_interval(estimate, 100.0, 2, " %")
}

fn plain(estimate: Option<Estimate>) -> String {
    with_interval(estimate, 1.0, 4, "")
}

fn with_interval(estimate: Option<Estimate>, scale: f64, decimals: usize, unit: &str) -> String {
    estimate.map_or_else(
        || "-".into(),
        |Estimate { value, ci95 }| {
            let [value, low, high] = [value, ci95[0], ci95[1]].map(|figure| scale * figure);
            format!("{value:.decimals$}{unit} ({low:.decimals$} to {high:.decimals$})")
        },
    )
}
