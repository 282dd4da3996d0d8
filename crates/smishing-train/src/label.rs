//! Labels as corpora write them.
use smishing::Label;
use std::collections::BTreeMap;

/// What a label means, if it is one that corpora usually have; case and white space around it do not count.
pub(crate) fn known(written: &str) -> Option<Label> {
    Some(match written.trim().to_lowercase().as_str() {
        "ham" | "legit" | "legitimate" | "genuine" | "normal" => Label::Ham,
        "spam" => Label::Spam,
        "smishing" | "smish" | "phishing" | "scam" | "fraud" => Label::Smishing,
        _ => return None,
    })
}

/// Meanings of labels beyond the usual ones (`ham`, `spam`, `smishing`, `phishing`, `scam` ...).
///
/// ```
/// use smishing_train::LabelMap;
/// let map: LabelMap = "promo=spam".parse()?;
/// assert_eq!(map.label("Promo"), Some(smishing::Label::Spam));
/// assert_eq!(map.label("ham"), Some(smishing::Label::Ham));
/// assert_eq!(map.label("?"), None);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LabelMap(BTreeMap<String, Label>);

impl LabelMap {
    /// What a label means.
    #[must_use]
    pub fn label(&self, written: &str) -> Option<Label> {
        let key = written.trim().to_lowercase();
        self.0.get(&key).copied().or_else(|| known(&key))
    }

    /// Adds the meanings of `other`, which win.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

impl std::str::FromStr for LabelMap {
    type Err = String;

    /// `WRITTEN=LABEL`, where the label is `ham`, `spam` or `smishing`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (written, label) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}`: expected WRITTEN=LABEL, such as promo=spam"))?;
        let label = known(label).ok_or_else(|| format!("`{label}`: expected ham, spam or smishing"))?;
        Ok(Self(BTreeMap::from([(written.trim().to_lowercase(), label)])))
    }
}
