//! What an evaluation found, as one page: it loads nothing, and reads without its script too.
mod curves;
mod markup;
mod plot;
mod summary;

use crate::found::{Found, Set};
use crate::tables;
use crate::worst::{Explained, WorstExplained};
use comfy_table::Table;
use markup::{Section, details, figure, heading, list, paragraph};
use plot::{BLUE, Bars, VERMILLION};
use smishing::html::{self, View, escaped};
use smishing_train::{BusinessFigures, Estimate, EvasionFigures, Facet, Figures, Measures, ScamSet, Strength};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("chooser.js");
const GLOSSARY: &str = include_str!("glossary.html");
/// Nothing is fetched, whatever a message's text may hold.
const NOTHING_LOADS: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
                             style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n";

/// The page of an evaluation; `about` says of what.
pub(crate) fn evaluation(found: &Found, about: &str) -> anyhow::Result<String> {
    let sets: Vec<_> = found.sets.iter().map(|set| (set.name.as_str(), &set.figures)).collect();
    let section = |title: &str, content: String| Section {
        title: title.into(),
        content,
    };
    let mut sections = vec![
        section("In short", tiles(found) + &list(&summary::lines(found))),
        section(
            "All figures",
            paragraph("In brackets: where the figure lies in 95 of 100 repetitions with other messages of the kind.")
                + &markup::table(&tables::figures_table(&sets)),
        ),
    ];
    if let Some(business) = &found.business {
        sections.push(section("Genuine business text", business_part(found, business)?));
    }
    if let Some(table) = found.difference_table() {
        let text = "What this model's figures are above those of the other, on the same messages. An interval that holds 0 \
                    says that the difference may be chance.";
        sections.push(section(
            "Against the other model",
            paragraph(text) + &markup::table(&table),
        ));
    }
    for set in &found.sets {
        sections.push(section(&set.name, set_part(found, set)?));
    }
    for (name, worst) in &found.business_worst {
        sections.push(section(&format!("Business text: {name}"), errors(worst)));
    }
    sections.push(section("How to read this", GLOSSARY.into()));
    Ok(page("Evaluation", about, &sections))
}

/// The page of a training: what was read, and the model's card.
pub(crate) fn training(read: &Table, removed: &str, card: &str) -> String {
    let card = format!("<pre tabindex=\"0\">{}</pre>\n", escaped(card));
    let sections = [
        Section {
            title: "What was read".into(),
            content: markup::table(read) + &paragraph(removed),
        },
        Section {
            title: "The model's card".into(),
            content: card,
        },
    ];
    page("Training", "A model was trained", &sections)
}

fn page(title: &str, about: &str, sections: &[Section]) -> String {
    let head = format!("{NOTHING_LOADS}<style>{STYLE}</style>\n");
    let body = format!(
        "<main lang=\"en\">\n<p class=\"soft\">{} · smishing {} · {}</p>\n{}</main>\n<script>\n{SCRIPT}</script>\n",
        escaped(about),
        env!("CARGO_PKG_VERSION"),
        jiff::Timestamp::now().strftime("%Y-%m-%d"),
        markup::with_contents(sections),
    );
    html::page_with_head(title, &head, &[body])
}

/// The figures to look at first.
fn tiles(found: &Found) -> String {
    let mut tiles = String::new();
    let mut tile = |estimate: Option<Estimate>, what: &str| {
        if let Some(estimate) = estimate {
            tiles += &format!(
                "<div><b>{:.1} %</b>{}<br><small>{:.1} to {:.1}</small></div>\n",
                100.0 * estimate.value,
                escaped(what),
                100.0 * estimate.ci95[0],
                100.0 * estimate.ci95[1],
            );
        }
    };
    if let Some(business) = &found.business {
        tile(business.blocked_ham.by_cluster, "of business text flagged");
    }
    for set in &found.sets {
        let Figures { by_row, .. } = &set.figures;
        tile(by_row.spam_caught, &format!("of bad messages caught ({})", set.name));
        tile(
            by_row.blocked_ham,
            &format!("of genuine messages flagged ({})", set.name),
        );
    }
    format!("<div class=\"tiles\">\n{tiles}</div>\n")
}

fn business_part(found: &Found, business: &BusinessFigures) -> anyhow::Result<String> {
    let mut html = paragraph(
        "Kinds of business text differ, so each set is counted by itself, and thresholds are set by the sets' mean. Each \
         cluster of near-duplicates counts once in the plots.",
    );
    let flagged = Bars {
        alternative: "Share flagged of each set of genuine business text, as in the table below".into(),
        label: "flagged wrongly",
        series: vec![(VERMILLION, "genuine messages flagged")],
        groups: business
            .business
            .iter()
            .map(|set| (set.name.clone(), vec![set.blocked_ham.by_cluster]))
            .collect(),
    };
    html += &markup::bars(
        "Genuine messages flagged",
        &flagged,
        "Shorter is better. Thin lines are 95 % intervals.",
    )?;
    html += &markup::table(&tables::business_table(business));
    if let Some(difference) = &found.business_difference {
        html += &heading("Against the other model");
        html += &markup::table(&tables::business_difference_table(difference));
    }
    for ScamSet { name, curve, .. } in &business.scams {
        html += &heading(&format!("{name} against business text"));
        let default = found
            .thresholds
            .as_ref()
            .and_then(|thresholds| curve.at(thresholds.balanced));
        let decided = default.and_then(|point| point.blocked_ham.zip(point.spam_caught));
        html += &format!("<div class=\"plots\">\n{}</div>\n", curves::roc_plots(curve, decided)?);
        html += &curves::chooser(curve, found.thresholds.as_ref())?;
    }
    Ok(html)
}

fn set_part(found: &Found, set: &Set) -> anyhow::Result<String> {
    let figures = &set.figures;
    let curve = &figures.curve;
    let mut html = confusion(figures);
    let decided = figures.by_row.blocked_ham.zip(figures.by_row.spam_caught);
    if let Some((blocked, caught)) = decided {
        html += "<div class=\"plots\">\n";
        html += &curves::roc_plots(curve, Some((blocked.value, caught.value)))?;
        html += &curves::precision_plot(curve, figures)?;
        html += &curves::reliability_plot(&figures.reliability_balanced)?;
        html += "</div>\n";
    } else {
        html += &paragraph(
            "The set holds one class alone: curves that set bad messages against genuine ones (ROC, precision and recall, \
             reliability) cannot be drawn of it.",
        );
    }
    if found.business.is_some() && figures.bad_rows == figures.rows {
        html += &paragraph("Its curves against other sets stand under “Genuine business text”.");
    } else {
        html += &curves::chooser(curve, found.thresholds.as_ref())?;
    }
    for (facet, parts) in &set.slices {
        html += &slices(set, *facet, parts)?;
    }
    if let Some(evasions) = &set.evasions {
        html += &evasions_part(set, evasions)?;
    }
    html += &set.worst.as_ref().map_or_else(
        || {
            heading("The worst errors")
                + &paragraph("Not shown: these scores come from several models or from elsewhere, none of which is here to explain them.")
        },
        errors,
    );
    Ok(html)
}

/// What was decided, against what is true.
fn confusion(figures: &Figures) -> String {
    let rows = [
        (
            "genuine",
            figures.rows - figures.bad_rows,
            figures.by_row.blocked_ham,
            false,
        ),
        ("spam or smishing", figures.bad_rows, figures.by_row.spam_caught, true),
    ];
    let rows: String = rows
        .into_iter()
        .filter_map(|(truth, count, flagged, bad)| {
            let flagged = flagged?.value;
            let cell = |share: f64, right: bool| {
                format!(
                    "<td style=\"background:rgba(var(--{}),{:.2})\">{:.0}<small>{:.2} %</small></td>",
                    if right { "good" } else { "bad" },
                    0.05 + 0.35 * share,
                    share * count as f64,
                    100.0 * share
                )
            };
            let (passed, flagged) = (cell(1.0 - flagged, !bad), cell(flagged, bad));
            Some(format!("<tr><th scope=\"row\">{truth}</th>{passed}{flagged}</tr>\n"))
        })
        .collect();
    let head = "<th scope=\"col\">in truth</th><th scope=\"col\">passes</th><th scope=\"col\">flagged</th>";
    let table = format!(
        "<div class=\"wide confusion\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    );
    figure(
        "What was decided",
        &table,
        "Messages, and their share of the line. Blue is right, orange is wrong.",
    )
}

/// A figure that bars show.
type Pick = fn(&Measures) -> Option<Estimate>;

fn slices(set: &Set, facet: Facet, parts: &[(String, Figures)]) -> anyhow::Result<String> {
    /// More would be no plot that one reads.
    const SHOWN: usize = 40;
    let mut html = heading(&format!("By {}", facet.id()));
    let table = markup::table(&tables::slices_table(&set.name, facet, parts));
    if parts.len() < 2 {
        return Ok(html + &table);
    }
    let mut largest: Vec<&(String, Figures)> = parts.iter().collect();
    if parts.len() > SHOWN {
        largest.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.rows));
        largest.truncate(SHOWN);
    }
    let mut series: Vec<(_, _, Pick)> = vec![
        (BLUE, "bad messages caught (long is good)", |of| of.spam_caught),
        (VERMILLION, "genuine messages flagged (short is good)", |of| {
            of.blocked_ham
        }),
    ];
    series.retain(|(_, _, pick)| parts.iter().any(|(_, figures)| pick(&figures.by_row).is_some()));
    let bars = Bars {
        alternative: format!("Caught and flagged wrongly by {}, as in the table below", facet.id()),
        label: "share flagged",
        series: series.iter().map(|(colour, key, _)| (*colour, *key)).collect(),
        groups: largest
            .iter()
            .map(|(name, figures)| {
                let estimates = series.iter().map(|(_, _, pick)| pick(&figures.by_row));
                (name.clone(), estimates.collect())
            })
            .collect(),
    };
    let most = if parts.len() > SHOWN {
        format!(" The {SHOWN} largest parts are shown; the table has all.")
    } else {
        String::new()
    };
    html += &markup::bars(
        "Where it is strong and where it is weak",
        &bars,
        &format!("Thin lines are 95 % intervals: long ones stand for few messages.{most}"),
    )?;
    Ok(html + &details("The figures by part", &table))
}

fn evasions_part(set: &Set, evasions: &[EvasionFigures]) -> anyhow::Result<String> {
    let mut groups: Vec<(String, Vec<Option<Estimate>>)> = Vec::new();
    for figures in evasions {
        let change = if set.figures.bad_rows > 0 {
            figures.by_row.spam_caught_change
        } else {
            figures.by_row.blocked_ham_change
        };
        match groups.iter_mut().find(|(id, _)| id == figures.evasion.id()) {
            Some((_, changes)) => changes.push(change),
            None => groups.push((figures.evasion.id().into(), vec![change])),
        }
    }
    let bars = Bars {
        alternative: "What each rewriting changes of the share flagged, as in the table below".into(),
        label: "change of the share flagged",
        series: [BLUE, VERMILLION]
            .into_iter()
            .zip(Strength::ALL.map(Strength::id))
            .collect(),
        groups,
    };
    let (title, caption) = if set.figures.bad_rows > 0 {
        (
            "What rewriting scams hides",
            "Bars to the left: so much less is caught once the texts are rewritten so. Thin lines are 95 % intervals.",
        )
    } else {
        (
            "What rewriting genuine text sets off",
            "Bars to the right: so much more is flagged once the texts are rewritten so. Thin lines are 95 % intervals.",
        )
    };
    let table = markup::table(&tables::evasions_table(&set.name, &set.figures, evasions));
    Ok(heading("Evasions") + &markup::bars(title, &bars, caption)? + &details("The figures by evasion", &table))
}

fn errors(worst: &WorstExplained) -> String {
    let mut html = heading("The worst errors")
        + &paragraph(
            "At most one of a cluster, with what speaks for and against each. Numbers are log-odds: above 0 they speak for spam \
             or smishing. The texts stand on this page only, not in report.json.",
        );
    for (title, explained) in [
        ("Genuine messages scored highest", &worst.ham),
        ("Spam and smishing scored lowest", &worst.bad),
    ] {
        if !explained.is_empty() {
            let told: String = explained.iter().map(told).collect();
            html += &details(&format!("{title} ({})", explained.len()), &told);
        }
    }
    html
}

fn told(Explained { record, explanation }: &Explained) -> String {
    let facets = &record.facets;
    let known = [
        Some(record.label.as_str()),
        facets.kind.as_deref(),
        facets.language.as_deref(),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    format!(
        "<p class=\"id\">{} · {} · log-odds {:+.2}</p>\n{}",
        escaped(&record.id),
        escaped(&known.join(", ")),
        explanation.verdict().logit(),
        html::brief_section(explanation, record.message(), View::default())
    )
}
