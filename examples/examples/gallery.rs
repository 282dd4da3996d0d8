//! Twenty messages of `data/messages`, explained on one page: `gallery > gallery.html`.
use serde_json::Value;
use smishing::{Classifier, Message, html};
use std::error::Error;
use std::io::Write as _;
use std::path::Path;

/// A genuine message and a scam of each of these, as they follow one another in their files.
const FILES: [&str; 20] = [
    "otp",
    "code_theft",
    "bank",
    "account_locked",
    "delivery",
    "delivery_fee",
    "toll",
    "toll_fine",
    "government",
    "tax_refund",
    "personal",
    "family",
    "work",
    "job",
    "subscription",
    "subscription_renewal",
    "utility",
    "utility_cutoff",
    "promotion",
    "prize",
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/messages");
    let classifier = Classifier::bundled();
    let mut sections = Vec::new();
    for name in FILES {
        let path = folder.join(name).with_extension("jsonl");
        let rows = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let row: Value = serde_json::from_str(rows.lines().nth(7).ok_or("fewer rows than expected")?)?;
        let field = |name: &str| row[name].as_str().unwrap_or_default();
        let message = Message::new(field("text")).with_sender(field("sender"));
        let view = html::View {
            region: Some(field("region")),
            ..html::View::default()
        };
        sections.push(html::section(&classifier.explain(message), message, view));
    }
    let page = html::page("Twenty messages explained", &sections);
    std::io::stdout().write_all(page.as_bytes())?;
    Ok(())
}
