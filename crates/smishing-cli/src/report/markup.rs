//! Pieces of a page.
use super::plot::{Bars, VERMILLION};
use comfy_table::{Row, Table};
use plotters::style::RGBColor;
use smishing::html::escaped;

/// A section that the table of contents leads to.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) content: String,
}

/// The sections with their contents before them.
pub(super) fn with_contents(sections: &[Section]) -> String {
    let (mut entries, mut bodies) = (String::new(), String::new());
    for (number, Section { title, content }) in sections.iter().enumerate() {
        let title = escaped(title);
        entries += &format!("<li><a href=\"#s{number}\">{title}</a></li>\n");
        bodies += &format!("<section id=\"s{number}\">\n<h2>{title}</h2>\n{content}</section>\n");
    }
    format!("<nav aria-label=\"Contents\"><ol>\n{entries}</ol></nav>\n{bodies}")
}

pub(super) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

pub(super) fn list(items: &[String]) -> String {
    let mut html = String::from("<ul>\n");
    for item in items {
        html += &format!("<li>{}</li>\n", escaped(item));
    }
    html + "</ul>\n"
}

pub(super) fn heading(text: &str) -> String {
    format!("<h3>{}</h3>\n", escaped(text))
}

/// The same cells as on a terminal; wide ones scroll by themselves, also by keyboard.
pub(super) fn table(table: &Table) -> String {
    let mut html = String::from("<div class=\"wide\" tabindex=\"0\"><table>\n<thead>");
    let head = |_: usize| ("th", " scope=\"col\"");
    html += &table.header().map_or_else(String::new, |header| row(header, head));
    html += "</thead>\n<tbody>\n";
    for line in table.row_iter() {
        html += &row(line, |column| match column {
            0 => ("th", " scope=\"row\""),
            _ => ("td", ""),
        });
    }
    html + "</tbody></table></div>\n"
}

/// A line of a table; `tag` is given the column and gives the cell's tag with its attributes.
fn row(row: &Row, tag: impl Fn(usize) -> (&'static str, &'static str)) -> String {
    let mut html = String::from("<tr>");
    for (column, cell) in row.cell_iter().enumerate() {
        let (tag, attributes) = tag(column);
        html += &format!("<{tag}{attributes}>{}</{tag}>", escaped(&cell.content()));
    }
    html + "</tr>\n"
}

/// What is shown on request.
pub(super) fn details(summary: &str, content: &str) -> String {
    format!(
        "<details><summary>{}</summary>\n{content}</details>\n",
        escaped(summary)
    )
}

/// A plot with what it is and what it says.
pub(super) fn figure(title: &str, svg: &str, caption: &str) -> String {
    format!(
        "<figure><b>{}</b>\n{svg}<figcaption>{}</figcaption></figure>\n",
        escaped(title),
        escaped(caption)
    )
}

/// Bars with what their colours stand for, where they have several.
pub(super) fn bars(title: &str, bars: &Bars, caption: &str) -> anyhow::Result<String> {
    let keys = if bars.series.len() > 1 {
        legend(&bars.series)
    } else {
        String::new()
    };
    Ok(format!(
        "<figure class=\"bars\"><b>{}</b>\n{keys}{}<figcaption>{}</figcaption></figure>\n",
        escaped(title),
        bars.draw()?,
        escaped(caption)
    ))
}

/// What colours stand for.
pub(super) fn legend(keys: &[(RGBColor, &str)]) -> String {
    let key = |(colour, key): &(RGBColor, &str)| {
        let class = if *colour == VERMILLION { "key vermillion" } else { "key" };
        format!("<span class=\"{class}\">{}</span>", escaped(key))
    };
    keys.iter().map(key).collect()
}
