//! Plots of a set's curves, with what they say.
use super::markup::{self, figure, legend};
use super::plot::{self, Axis, BLUE, CURSOR, Drawn, GREY, INK, Mark, Plot, VERMILLION};
use plotters::style::RGBColor;
use smishing::Thresholds;
use smishing_train::{Figures, OperatingCurve, OperatingPoint, ReliabilityBin};
use std::ops::Range;

fn share_axis(label: &'static str) -> Axis {
    Axis {
        label,
        range: 0.0..1.0,
        tick: plot::percent,
    }
}

/// The whole curve and its corner, with the shares of genuine and of bad messages that were flagged; nothing where a class
/// is missing.
pub(super) fn roc_plots(curve: &OperatingCurve, decided: Option<(f64, f64)>) -> anyhow::Result<String> {
    const CORNER: f64 = 0.1;
    let place = |point: &OperatingPoint| Some((point.blocked_ham?, point.spam_caught?));
    let places: Vec<_> = curve.thinned().points().iter().filter_map(place).collect();
    if places.is_empty() {
        return Ok(String::new());
    }
    let drawn = |end: f64| {
        let within = places.partition_point(|(blocked, _)| *blocked <= end);
        let mut shown = places[..within].to_vec();
        // Up to the frame, on the way to the first point beyond it.
        if let (Some(&(x, y)), Some(&(last_x, last_y))) = (places.get(within), shown.last()) {
            shown.push((end, last_y + (y - last_y) * (end - last_x) / (x - last_x)));
        }
        let mut marks = vec![
            Mark::Dashed(GREY, vec![(0.0, 0.0), (end, end)]),
            Mark::Line(BLUE, shown),
        ];
        let decided = decided.filter(|(blocked, _)| *blocked <= end);
        marks.extend(decided.map(|place| Mark::Dot(VERMILLION, place)));
        Plot {
            alternative: format!("ROC curve up to {} of genuine messages flagged", plot::percent(end)),
            x: Axis {
                range: 0.0..end,
                ..share_axis("genuine messages flagged")
            },
            y: share_axis("bad messages caught"),
            marks,
        }
        .draw()
    };
    let dot = if decided.is_some() {
        " The dot is what was decided."
    } else {
        ""
    };
    Ok(figure(
        "What catching more costs (ROC)",
        &drawn(1.0)?.svg,
        &format!(
            "Each point is a threshold. The nearer the line comes to the upper left corner, the better; chance is the dashed \
             line.{dot}"
        ),
    ) + &figure(
        "The corner that counts",
        &drawn(CORNER)?.svg,
        "The same, where at most one genuine message in ten is flagged: no one would flag more.",
    ))
}

pub(super) fn precision_plot(curve: &OperatingCurve, figures: &Figures) -> anyhow::Result<String> {
    let place = |point: &OperatingPoint| Some((point.spam_caught?, point.precision?));
    let places = curve.thinned().points().iter().filter_map(place).collect();
    let among = figures.bad_rows as f64 / figures.rows as f64;
    let drawn = Plot {
        alternative: "Precision against recall".into(),
        x: share_axis("bad messages caught (recall)"),
        y: share_axis("flagged rightly (precision)"),
        marks: vec![
            Mark::Dashed(GREY, vec![(0.0, among), (1.0, among)]),
            Mark::Line(BLUE, places),
        ],
    }
    .draw()?;
    Ok(figure(
        "How far a flag can be trusted (precision and recall)",
        &drawn.svg,
        &format!(
            "High and to the right is good. It holds where {} of the messages are bad, as in this set (the dashed line, which \
             chance would reach); where scams are rarer, flags are wrong more often: see the precision at other shares in the \
             table.",
            plot::percent((1000.0 * among).round() / 1000.0)
        ),
    ))
}

pub(super) fn reliability_plot(bins: &[ReliabilityBin]) -> anyhow::Result<String> {
    let mut marks = vec![Mark::Dashed(GREY, vec![(0.0, 0.0), (1.0, 1.0)])];
    marks.push(Mark::Line(
        BLUE,
        bins.iter().map(|bin| (bin.probability, bin.bad.value)).collect(),
    ));
    for bin in bins {
        marks.push(Mark::Interval(INK, bin.probability, bin.bad.ci95));
        marks.push(Mark::Dot(BLUE, (bin.probability, bin.bad.value)));
    }
    let drawn = Plot {
        alternative: "Reliability curve: share of bad messages against the probability that they were given".into(),
        x: share_axis("probability that was given"),
        y: share_axis("share that is bad"),
        marks,
    }
    .draw()?;
    Ok(figure(
        "Whether probabilities are right (reliability)",
        &drawn.svg,
        "On the dashed line they are: of messages given 70 %, 70 % are bad. Below it the model is too alarmed, above it too \
         calm. Both classes count the same; upright lines are 95 % intervals.",
    ))
}

/// A named policy's threshold.
struct Named {
    letter: char,
    name: String,
    logit: f32,
}

fn policies(thresholds: &Thresholds) -> Vec<Named> {
    let rates = thresholds.by_false_positive_rate.iter().rev().map(|threshold| {
        let name = format!(
            "at most {} of genuine flagged, in training",
            plot::percent(f64::from(threshold.rate))
        );
        (name, threshold.logit)
    });
    let own = [
        ("balanced (the default)".to_owned(), thresholds.balanced),
        ("abstaining: passes below".into(), thresholds.unsure.0),
        ("abstaining: flags from".into(), thresholds.unsure.1),
    ];
    ('A'..='Z')
        .zip(own.into_iter().chain(rates))
        .map(|(letter, (name, logit))| Named { letter, name, logit })
        .collect()
}

/// What each threshold catches and blocks, with the policies marked and a slider for those whose browser runs scripts.
pub(super) fn chooser(curve: &OperatingCurve, thresholds: Option<&Thresholds>) -> anyhow::Result<String> {
    /// Classifiers may be surer than any axis is long.
    const EDGE: f32 = 40.0;
    let thinned = curve.thinned();
    let points: Vec<OperatingPoint> = thinned
        .points()
        .iter()
        .map(|point| OperatingPoint {
            logit: point.logit.clamp(-EDGE, EDGE),
            ..*point
        })
        .collect();
    let (Some(highest), Some(lowest)) = (points.first(), points.last()) else {
        return Ok(String::new());
    };
    let low = f64::from(lowest.logit).floor();
    let range = low..f64::from(highest.logit).ceil().max(low + 1.0);
    let policies = thresholds.map_or_else(Vec::new, policies);
    let start = policies.first().map_or(0.0, |policy| f64::from(policy.logit));
    let start = start.clamp(range.start, range.end);
    let mut lines: Vec<Line> = vec![
        (BLUE, "bad messages caught", |point| point.spam_caught),
        (VERMILLION, "genuine messages flagged", |point| point.blocked_ham),
    ];
    lines.retain(|(_, _, share)| share(highest).is_some());
    let Drawn { svg, ends } = chooser_plot(&points, &lines, &policies, range.clone(), start)?;
    let keys: Vec<_> = lines.iter().map(|(colour, key, _)| (*colour, *key)).collect();
    let shares: Vec<_> = points
        .iter()
        .map(|point| (point.logit, point.spam_caught, point.blocked_ham))
        .collect();
    let (marked, table) = if policies.is_empty() {
        ("No policies are marked: there is no single model here.", String::new())
    } else {
        (
            "Letters are the model's policies, listed below.",
            policies_table(curve, &policies),
        )
    };
    Ok(format!(
        "<figure class=\"chooser\" data-points=\"{points}\" data-axis=\"{axis}\" data-start=\"{start}\">\
         <b>Where to set the threshold</b>\n{keys}{svg}\
         <label class=\"slide\" hidden>Threshold<input type=\"range\" min=\"0\" value=\"0\"><output></output></label>\n\
         <figcaption>To the left more is flagged, to the right less. A good threshold stands where many bad messages are still \
         caught and hardly a genuine one is flagged. {marked}</figcaption></figure>\n{table}",
        points = serde_json::to_string(&shares)?,
        axis = serde_json::to_string(&(ends, (range.start, range.end)))?,
        keys = legend(&keys),
    ))
}

/// A line of the threshold chooser: its colour, what it stands for, and what it shows of a point.
type Line = (RGBColor, &'static str, fn(&OperatingPoint) -> Option<f64>);

fn chooser_plot(
    points: &[OperatingPoint],
    lines: &[Line],
    policies: &[Named],
    range: Range<f64>,
    start: f64,
) -> anyhow::Result<Drawn> {
    let upright = |x: f64| vec![(x, 0.0), (x, 1.02)];
    let mut marks: Vec<Mark> = lines
        .iter()
        .map(|(colour, _, share)| {
            let place = |point: &OperatingPoint| Some((f64::from(point.logit), share(point)?));
            Mark::Line(*colour, points.iter().filter_map(place).collect())
        })
        .collect();
    let within = policies.iter().map(|policy| f64::from(policy.logit));
    marks.extend(
        within
            .filter(|x| range.contains(x))
            .map(|x| Mark::Dashed(GREY, upright(x))),
    );
    marks.extend(letters(policies, &range));
    marks.push(Mark::Line(CURSOR, upright(start)));
    Plot {
        alternative: "Share of bad messages caught and of genuine messages flagged, against the threshold".into(),
        x: Axis {
            label: "threshold in log-odds of bad (0 is a probability of 50 %)",
            range,
            tick: plot::number,
        },
        y: Axis {
            range: 0.0..TOP,
            ..share_axis("share flagged")
        },
        marks,
    }
    .draw()
}

/// Above the lines there is room for letters.
const TOP: f64 = 1.16;

/// One letter a policy, beneath one another where they would touch.
fn letters(policies: &[Named], range: &Range<f64>) -> Vec<Mark> {
    /// Of the axis, that a letter takes up; and of the height that a line of them does.
    const ROOM: (f64, f64) = (0.035, 0.05);
    let mut right = [f64::NEG_INFINITY; 3];
    let mut order: Vec<&Named> = policies.iter().collect();
    order.sort_by(|a, b| a.logit.total_cmp(&b.logit));
    let mut letters = Vec::new();
    for policy in order {
        let x = f64::from(policy.logit);
        if !range.contains(&x) {
            continue;
        }
        let line = right.iter().position(|&right| x > right).unwrap_or(0);
        right[line] = x + ROOM.0 * (range.end - range.start);
        letters.push(Mark::Text(policy.letter.to_string(), (x, TOP - ROOM.1 * line as f64)));
    }
    letters
}

fn policies_table(curve: &OperatingCurve, policies: &[Named]) -> String {
    let mut table = crate::output::table(&["policy", "log-odds", "caught", "genuine flagged"]);
    let share = |share: Option<f64>| share.map_or_else(|| "-".into(), |share| format!("{:.2} %", 100.0 * share));
    for Named { letter, name, logit } in policies {
        let point = curve.at(*logit);
        table.add_row([
            format!("{letter}  {name}"),
            format!("{logit:.2}"),
            share(point.and_then(|point| point.spam_caught)),
            share(point.and_then(|point| point.blocked_ham)),
        ]);
    }
    markup::table(&table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use smishing_train::Scored;

    fn curve(rows: &[(bool, f32)]) -> OperatingCurve {
        let rows: Vec<Scored> = rows
            .iter()
            .map(|&(bad, logit)| Scored {
                bad,
                flagged: logit > 0.0,
                probability: 0.5,
                logit,
                cluster: 0,
            })
            .collect();
        OperatingCurve::new(&rows)
    }

    #[test]
    fn sets_without_a_class_or_without_a_message() {
        assert_eq!(chooser(&curve(&[]), None).unwrap(), "");
        assert_eq!(roc_plots(&curve(&[(true, 1.0)]), None).unwrap(), "");
        let html = chooser(&curve(&[(true, 1.0), (true, 3.0)]), None).unwrap();
        assert!(
            html.contains("bad messages caught") && !html.contains("key vermillion"),
            "{html}"
        );
    }

    #[test]
    fn classifiers_that_are_infinitely_sure_still_have_an_axis() {
        for rows in [
            vec![(true, f32::INFINITY), (false, f32::NEG_INFINITY)],
            vec![(true, f32::INFINITY)],
            vec![(false, -0.0)],
        ] {
            let html = chooser(&curve(&rows), None).unwrap();
            assert!(!html.contains("inf") && !html.contains("NaN"), "{html}");
        }
    }

    #[test]
    fn letters_of_near_thresholds_stand_beneath_one_another() {
        let at = |letter, logit| Named {
            letter,
            name: String::new(),
            logit,
        };
        let letters = letters(&[at('A', 2.0), at('B', 2.0), at('C', 9.0), at('D', 99.0)], &(0.0..10.0));
        let places: Vec<_> = letters
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text(letter, (x, y)) => Some((letter.as_str(), *x, *y < TOP)),
                _ => None,
            })
            .collect();
        assert_eq!(places, [("A", 2.0, false), ("B", 2.0, true), ("C", 9.0, false)]);
    }
}
