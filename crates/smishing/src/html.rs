//! Explanations as web pages: one file, without scripts and without anything to load.
//!
//! ```
//! # #[cfg(feature = "bundled")] {
//! use smishing::{Classifier, Message, html};
//! let message = Message::new("Amazon: your account is locked, confirm the code you received at amaz0n-secure.top");
//! let explanation = Classifier::bundled().explain(message);
//! let section = html::section(&explanation, message, html::View::default());
//! let page = html::page("A message explained", &[section]);
//! assert!(page.starts_with("<!DOCTYPE html>") && page.contains("imitates Amazon"));
//! # }
//! ```
use crate::{Channel, Explanation, Heading, Kinds, Language, Message, Mistake, SignalContribution, reporting};
use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

/// For whom a page is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View<'a> {
    /// Language of headings, reasons and advice.
    pub language: Language,
    /// Country whose places to report at are listed (ISO 3166-1 alpha-2); without one, those that serve anywhere.
    pub region: Option<&'a str>,
}

const STYLE: &str = "
:root{color-scheme:light dark;--bad:214,40,40;--good:20,140,70;--line:rgba(128,128,128,.35)}
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
section{border:1px solid var(--line);border-radius:.7rem;padding:1rem 1.2rem;margin:1.2rem 0}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin:.1rem 0}h3{font-size:1rem;margin:1rem 0 .3rem}
.spam h2,.smishing h2{color:rgb(var(--bad))}.ham h2{color:rgb(var(--good))}
blockquote{margin:.8rem 0;padding:.7rem .9rem;border-left:4px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere}
.sender{font-size:.85rem;opacity:.75}mark{color:inherit;border-radius:.2rem;padding:0 .1rem}
ul,ol{margin:.2rem 0;padding-left:1.3rem}.reasons{list-style:none;padding:0}.reasons li{display:flex;gap:.6rem;margin:.15rem 0}
.reasons span{min-width:3.4rem;text-align:right;font-variant-numeric:tabular-nums;border-radius:.3rem;padding:0 .3rem}
summary{cursor:pointer;font-weight:600}
";

/// A page of sections, for a browser or a file.
#[must_use]
pub fn page(title: &str, sections: &[String]) -> String {
    page_with_head(title, "", sections)
}

/// The same with more in its head, as HTML: a style sheet there comes after the built-in one.
#[must_use]
pub fn page_with_head(title: &str, head: &str, sections: &[String]) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n{head}</head>\n\
         <body>\n<h1>{title}</h1>\n{}</body>\n</html>\n",
        sections.concat()
    )
}

/// One message with what speaks for and against it, what it may be about, and what to do.
#[must_use]
pub fn section(explanation: &Explanation, message: Message<'_>, view: View<'_>) -> String {
    let mut html = told(explanation, message, view);
    if let Some(kinds) = explanation.kinds() {
        name_kind(&mut html, kinds, view.language);
    }
    if explanation.verdict().label().is_bad() {
        advise(&mut html, explanation, view);
    }
    html.push_str("</section>\n");
    html
}

/// One message with what speaks for and against it, without advice: for those who work on classifiers.
#[must_use]
pub fn brief_section(explanation: &Explanation, message: Message<'_>, view: View<'_>) -> String {
    told(explanation, message, view) + "</section>\n"
}

/// A section that is still open: the verdict, the text, and what speaks for and against it.
fn told(explanation: &Explanation, message: Message<'_>, view: View<'_>) -> String {
    let verdict = explanation.verdict();
    let heading = |heading: Heading| heading.text(view.language);
    // Writing to a String cannot fail.
    let mut html = String::new();
    let _ = write!(
        html,
        "<section class=\"{label}\" lang=\"{language}\">\n<h2>{title}</h2>\n<div>{probability}: {score:.1} %</div>\n\
         <blockquote dir=\"auto\">",
        label = verdict.label(),
        language = view.language,
        title = heading(Heading::Verdict(verdict.label())),
        probability = heading(Heading::Probability),
        score = 100.0 * verdict.score(),
    );
    if let Some(sender) = message.sender() {
        let _ = writeln!(html, "<div class=\"sender\">{}</div>", escaped(sender));
    }
    html.push_str(&painted(explanation, message.text()));
    html.push_str("</blockquote>\n");
    let reasons = explanation.reasons();
    list_reasons(&mut html, heading(Heading::For), reasons.into_iter(), message, view);
    list_reasons(
        &mut html,
        heading(Heading::Against),
        explanation.objections(),
        message,
        view,
    );
    html
}

/// The text with its words coloured by what they contribute.
fn painted(explanation: &Explanation, text: &str) -> String {
    /// Log-odds that give the strongest colour.
    const FULL: f32 = 1.5;
    let mut html = String::new();
    let mut at = 0;
    for word in explanation.spans() {
        let (Some(before), Some(shown)) = (text.get(at..word.span.start), text.get(word.span.clone())) else {
            continue;
        };
        let _ = write!(
            html,
            "{}<mark style=\"background:rgba(var(--{}),{:.2})\" title=\"{:+.2}\">{}</mark>",
            escaped(before),
            if word.contribution > 0.0 { "bad" } else { "good" },
            0.6 * (word.contribution.abs() / FULL).min(1.0),
            word.contribution,
            escaped(shown)
        );
        at = word.span.end;
    }
    html.push_str(&escaped(text.get(at..).unwrap_or_default()));
    html
}

fn list_reasons<'a>(
    html: &mut String,
    title: &str,
    reasons: impl Iterator<Item = &'a SignalContribution>,
    message: Message<'_>,
    view: View<'_>,
) {
    let mut reasons = reasons.peekable();
    if reasons.peek().is_none() {
        return;
    }
    let _ = writeln!(html, "<h3>{title}</h3>\n<ul class=\"reasons\">");
    for reason in reasons {
        let _ = writeln!(
            html,
            "<li><span style=\"background:rgba(var(--{}),.18)\">{:+.2}</span>{}</li>",
            if reason.contribution > 0.0 { "bad" } else { "good" },
            reason.contribution,
            escaped(&reason.sentence(message.text(), view.language))
        );
    }
    html.push_str("</ul>\n");
}

fn name_kind(html: &mut String, kinds: &Kinds, language: Language) {
    let (heading, shown) = kinds.to_tell();
    let _ = write!(html, "<p><b>{}:</b>", heading.text(language));
    for (at, (kind, probability)) in shown.enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(html, "{comma} {} ({:.0} %)", kind.title(language), 100.0 * probability);
    }
    html.push_str("</p>\n");
}

fn advise(html: &mut String, explanation: &Explanation, view: View<'_>) {
    let language = view.language;
    let advice = explanation.advice();
    let _ = writeln!(html, "<h3>{}</h3>\n<ol>", Heading::Now.text(language));
    for step in advice.now() {
        let _ = writeln!(html, "<li>{}</li>", step.text(language));
    }
    let _ = writeln!(html, "</ol>\n<h3>{}</h3>", Heading::After.text(language));
    for mistake in Mistake::ALL {
        let _ = writeln!(html, "<details><summary>{}</summary><ol>", mistake.title(language));
        for step in advice.after(mistake) {
            let _ = writeln!(html, "<li>{}</li>", step.text(language));
        }
        html.push_str("</ol></details>\n");
    }
    let _ = writeln!(html, "<h3>{}</h3>\n<ul>", Heading::Report.text(language));
    for point in reporting(view.region.unwrap_or_default()) {
        let (name, contact) = (escaped(point.name), escaped(point.contact));
        let _ = match point.channel {
            Channel::Web => writeln!(
                html,
                "<li>{name}: <a href=\"{contact}\" rel=\"noreferrer\">{contact}</a></li>"
            ),
            Channel::Phone | Channel::ForwardText => writeln!(html, "<li>{name}: {contact}</li>"),
        };
    }
    html.push_str("</ul>\n");
}

/// Text as it may stand in HTML, between tags or in quotes; controls, and marks that turn the direction of writing, become
/// spaces: they could show what is not there.
///
/// ```
/// assert_eq!(smishing::html::escaped("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
/// ```
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push('\n'),
            '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => html.push(' '),
            control if control.is_control() => html.push(' '),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out() {
        let text = "<script>alert(\"1\")</script> & 'x' \u{202E}\u{7}\nend";
        assert_eq!(
            escaped(text),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;   \nend"
        );
        assert!(page("<b>", &[]).contains("<h1>&lt;b&gt;</h1>"));
        assert!(
            page_with_head("", "<style>p{margin:0}</style>", &[])
                .contains("</style>\n<style>p{margin:0}</style></head>")
        );
    }

    #[cfg(feature = "bundled")]
    #[test]
    fn everything_is_shown_in_every_language() {
        let message = Message::new("<b>Amazon</b>: your account is locked, confirm the code at amaz0n-secure.top")
            .with_sender("<i>+44");
        let explanation = crate::Classifier::bundled().explain(message);
        assert!(explanation.verdict().label().is_bad());
        for language in Language::ALL {
            let view = View {
                language,
                region: Some("GB"),
            };
            let html = section(&explanation, message, view);
            assert!(!html.contains("<b>Amazon") && !html.contains("<i>"), "{html}");
            for heading in [Heading::For, Heading::Now, Heading::After, Heading::Report] {
                assert!(html.contains(heading.text(language)), "{language} {heading:?}");
            }
            for mistake in Mistake::ALL {
                assert!(html.contains(mistake.title(language)), "{language} {mistake:?}");
            }
            assert!(html.contains("7726"));
            let brief = brief_section(&explanation, message, view);
            assert!(brief.contains(Heading::For.text(language)) && !brief.contains(Heading::Now.text(language)));
            let opened = html.matches('<').count() - html.matches("</").count();
            assert_eq!(opened, html.matches("</").count(), "every element is closed");
        }
        let genuine = crate::Classifier::bundled().explain("See you at eight");
        let html = section(&genuine, Message::new("See you at eight"), View::default());
        assert!(html.contains("Looks genuine") && !html.contains(Heading::Now.text(Language::English)));
    }
}
