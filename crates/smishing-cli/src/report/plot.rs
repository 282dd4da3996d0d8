//! Plots as SVG to stand in a page. Colours come from the page's style sheet where they have to suit light and dark.
use anyhow::anyhow;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use smishing::html::escaped;
use smishing_train::Estimate;
use std::ops::Range;

/// Text, axes and what else is the colour of text.
pub(crate) const INK: RGBColor = RGBColor(1, 1, 1);
/// Lines to compare with.
pub(crate) const GREY: RGBColor = RGBColor(3, 3, 3);
/// The line that the threshold chooser moves.
pub(crate) const CURSOR: RGBColor = RGBColor(4, 4, 4);
const GRID: RGBColor = RGBColor(2, 2, 2);
/// Two of the colours that the colour-blind tell apart (M. Okabe & K. Ito, *Color universal design*, 2008).
pub(crate) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(crate) const VERMILLION: RGBColor = RGBColor(213, 94, 0);

const WIDTH: u32 = 600;
const HEIGHT: u32 = 420;
const FONT: &str = "sans-serif";
/// Plotters writes a font's size divided by 1.24.
const TEXT: u32 = 19;

type Place = (f64, f64);
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A plane with marks on it.
pub(crate) struct Plot {
    /// For those who do not see it.
    pub(crate) alternative: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) marks: Vec<Mark>,
}

pub(crate) struct Axis {
    pub(crate) label: &'static str,
    pub(crate) range: Range<f64>,
    pub(crate) tick: fn(f64) -> String,
}

pub(crate) enum Mark {
    Line(RGBColor, Vec<Place>),
    Dashed(RGBColor, Vec<Place>),
    Dot(RGBColor, Place),
    /// From the first value of y to the second.
    Interval(RGBColor, f64, [f64; 2]),
    Text(String, Place),
}

/// A plot, and the pixels that the ends of its x axis lie at.
pub(crate) struct Drawn {
    pub(crate) svg: String,
    pub(crate) ends: [i32; 2],
}

impl Plot {
    pub(crate) fn draw(&self) -> anyhow::Result<Drawn> {
        let mut ends = [0; 2];
        let svg = svg(&self.alternative, HEIGHT, |area| {
            let mut chart = ChartBuilder::on(area)
                .margin(14)
                .margin_right(34)
                .x_label_area_size(52)
                .y_label_area_size(66)
                .build_cartesian_2d(self.x.range.clone(), self.y.range.clone())?;
            chart
                .configure_mesh()
                .x_labels(7)
                .y_labels(6)
                .max_light_lines(0)
                .bold_line_style(GRID)
                .axis_style(INK)
                .label_style((FONT, TEXT, &INK))
                .x_desc(self.x.label)
                .y_desc(self.y.label)
                .x_label_formatter(&|value| (self.x.tick)(*value))
                .y_label_formatter(&|value| (self.y.tick)(*value))
                .draw()?;
            let bottom = self.y.range.start;
            ends = [self.x.range.start, self.x.range.end].map(|x| chart.backend_coord(&(x, bottom)).0);
            self.marks.iter().try_for_each(|mark| mark.draw(&mut chart))?;
            Ok(())
        })?;
        Ok(Drawn { svg, ends })
    }
}

impl Mark {
    fn draw(&self, chart: &mut Chart<'_, '_>) -> anyhow::Result<()> {
        match self {
            Self::Line(colour, places) => {
                chart.draw_series(LineSeries::new(places.iter().copied(), colour.stroke_width(3)))?;
            }
            Self::Dashed(colour, places) => {
                let places = places.iter().copied();
                chart.draw_series(DashedLineSeries::new(places, 6, 5, colour.stroke_width(2)))?;
            }
            Self::Dot(colour, place) => {
                chart.draw_series([Circle::new(*place, 6, colour.filled())])?;
            }
            Self::Interval(colour, x, [low, high]) => {
                let ends = vec![(*x, *low), (*x, *high)];
                chart.draw_series([PathElement::new(ends, colour.stroke_width(2))])?;
            }
            Self::Text(text, place) => {
                let style = (FONT, TEXT)
                    .into_font()
                    .color(&INK)
                    .pos(Pos::new(HPos::Center, VPos::Top));
                chart.draw_series([Text::new(text.clone(), *place, style)])?;
            }
        }
        Ok(())
    }
}

/// Bars that lie, one group a name, with their intervals.
pub(crate) struct Bars {
    /// For those who do not see it.
    pub(crate) alternative: String,
    /// What the bars measure, a share.
    pub(crate) label: &'static str,
    /// What the bars of each group stand for, in their order.
    pub(crate) series: Vec<(RGBColor, &'static str)>,
    pub(crate) groups: Vec<(String, Vec<Option<Estimate>>)>,
}

impl Bars {
    pub(crate) fn draw(&self) -> anyhow::Result<String> {
        const BAR: u32 = 18;
        const NAMES: i32 = 206;
        const LONGEST: usize = 22;
        const VALUES: i32 = 70;
        let groups = self.groups.len() as u32;
        let height = groups * (BAR * self.series.len() as u32 + 10) + 80;
        svg(&self.alternative, height, |area| {
            let mut chart = ChartBuilder::on(area)
                .margin(14)
                .margin_right(VALUES)
                .x_label_area_size(52)
                .y_label_area_size(NAMES)
                // The first group stands on top.
                .build_cartesian_2d(self.range(), f64::from(groups)..0.0)?;
            chart
                .configure_mesh()
                .disable_y_mesh()
                .disable_y_axis()
                .x_labels(6)
                .max_light_lines(0)
                .bold_line_style(GRID)
                .axis_style(INK)
                .label_style((FONT, TEXT, &INK))
                .x_desc(self.label)
                .x_label_formatter(&|value| percent(*value))
                .draw()?;
            let share = 0.8 / self.series.len() as f64;
            for (number, (name, estimates)) in self.groups.iter().enumerate() {
                let top = number as f64 + 0.1;
                for (bar, (estimate, (colour, _))) in estimates.iter().zip(&self.series).enumerate() {
                    let Some(Estimate { value, ci95 }) = estimate else {
                        continue;
                    };
                    let [from, to] = [bar, bar + 1].map(|bar| top + bar as f64 * share);
                    let middle = f64::midpoint(from, to);
                    chart.draw_series([Rectangle::new([(0.0, from), (*value, to)], colour.mix(0.75).filled())])?;
                    let interval = ci95.map(|end| (end, middle)).to_vec();
                    chart.draw_series([PathElement::new(interval, INK.stroke_width(2))])?;
                    let (_, y) = chart.backend_coord(&(0.0, middle));
                    let style = (FONT, TEXT - 2)
                        .into_font()
                        .color(&INK)
                        .pos(Pos::new(HPos::Right, VPos::Center));
                    area.draw_text(
                        &percent((1000.0 * value).round() / 1000.0),
                        &style,
                        (WIDTH.cast_signed() - 8, y),
                    )?;
                }
                let (_, y) = chart.backend_coord(&(0.0, number as f64 + 0.5));
                let style = (FONT, TEXT)
                    .into_font()
                    .color(&INK)
                    .pos(Pos::new(HPos::Right, VPos::Center));
                area.draw_text(&shortened(name, LONGEST), &style, (NAMES + 4, y))?;
            }
            let zero = vec![(0.0, 0.0), (0.0, f64::from(groups))];
            chart.draw_series([PathElement::new(zero, INK.stroke_width(1))])?;
            Ok(())
        })
    }

    /// All bars and intervals, and 0.
    fn range(&self) -> Range<f64> {
        let estimates = self.groups.iter().flat_map(|(_, estimates)| estimates.iter().flatten());
        let (low, high) = estimates.fold((0.0_f64, 0.0_f64), |(low, high), estimate| {
            (low.min(estimate.ci95[0]), high.max(estimate.ci95[1]))
        });
        let room = (0.03 * (high - low)).max(0.001);
        let beyond = |end: f64, room: f64| if end == 0.0 { 0.0 } else { end + room };
        let (low, high) = (beyond(low, -room), beyond(high, room));
        low..if high > low { high } else { room }
    }
}

fn shortened(name: &str, longest: usize) -> String {
    if name.chars().count() <= longest {
        return name.to_owned();
    }
    name.chars().take(longest - 1).chain(['…']).collect()
}

/// An SVG element with its alternative text; page and element scale together.
fn svg(alternative: &str, height: u32, draw: impl FnOnce(&Area<'_>) -> anyhow::Result<()>) -> anyhow::Result<String> {
    let mut drawn = String::new();
    let area = SVGBackend::with_string(&mut drawn, (WIDTH, height)).into_drawing_area();
    draw(&area)?;
    area.present()?;
    drop(area);
    let (_, content) = drawn
        .split_once('>')
        .ok_or_else(|| anyhow!("a plot without an element"))?;
    let alternative = escaped(alternative);
    Ok(format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{alternative}\"><title>{alternative}</title>{content}"
    ))
}

/// Shares as per cent, with the decimals that they need, at most two.
pub(crate) fn percent(share: f64) -> String {
    // Adding 0 turns -0 into 0.
    format!("{} %", (10_000.0 * share).round() / 100.0 + 0.0)
}

pub(crate) fn number(value: f64) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(groups: Vec<(String, Vec<Option<Estimate>>)>) -> Bars {
        Bars {
            alternative: "<b>\"all\"</b>".into(),
            label: "share",
            series: vec![(BLUE, "one"), (VERMILLION, "other")],
            groups,
        }
    }

    #[test]
    fn names_cannot_break_out_and_nothing_is_loaded() {
        let estimate = Estimate {
            value: -0.25,
            ci95: [-0.5, 0.125],
        };
        let name = "</text><script>1</script>".to_owned();
        let svg = bars(vec![(name, vec![Some(estimate), None])]).draw().unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert!(
            svg.contains("role=\"img\"") && svg.contains("<title>&lt;b&gt;&quot;all"),
            "{svg}"
        );
        assert!(
            !svg.contains("<script") && !svg.contains("<b>") && !svg.contains("http"),
            "{svg}"
        );
        assert!(
            svg.contains("&lt;/text&gt;") && svg.contains('…') && svg.contains("-25 %"),
            "{svg}"
        );
    }

    #[test]
    fn bars_without_length_and_without_figures_have_a_plane() {
        let none = Estimate {
            value: 0.0,
            ci95: [0.0, 0.0],
        };
        for groups in [
            vec![],
            vec![("a".into(), vec![None, None])],
            vec![("a".into(), vec![Some(none), None])],
        ] {
            assert!(!bars(groups).draw().unwrap().contains("NaN"));
        }
    }

    #[test]
    fn the_ends_of_the_axis_are_within_the_picture() {
        let axis = || Axis {
            label: "share",
            range: 0.0..1.0,
            tick: percent,
        };
        let plot = Plot {
            alternative: "a line".into(),
            x: axis(),
            y: axis(),
            marks: vec![Mark::Line(BLUE, vec![(0.0, 0.0), (1.0, 1.0)])],
        };
        let Drawn { svg, ends } = plot.draw().unwrap();
        assert!(
            0 < ends[0] && ends[0] < ends[1] && ends[1] < WIDTH.cast_signed(),
            "{ends:?}"
        );
        assert!(svg.contains("<polyline") && svg.contains("100 %"), "{svg}");
    }

    #[test]
    fn shares_have_the_decimals_they_need() {
        let shares = [0.0005, 0.02, 0.125, -1e-17, 1.0].map(percent);
        assert_eq!(shares, ["0.05 %", "2 %", "12.5 %", "0 %", "100 %"]);
    }
}
