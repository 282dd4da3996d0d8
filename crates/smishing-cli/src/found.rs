//! What an evaluation found, for people and for programs.
use crate::tables;
use crate::worst::WorstExplained;
use comfy_table::Table;
use serde_json::json;
use smishing::Thresholds;
use smishing_train::{BusinessComparison, BusinessFigures, Comparison, EvasionFigures, Facet, Figures};

/// All that was asked for.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) sets: Vec<Set>,
    pub(crate) business: Option<BusinessFigures>,
    pub(crate) business_difference: Option<BusinessComparison>,
    /// The business sets' worst, by the sets' names.
    pub(crate) business_worst: Vec<(String, WorstExplained)>,
    /// Those of the model; several models have none in common.
    pub(crate) thresholds: Option<Thresholds>,
}

/// What was found of one set.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) figures: Figures,
    pub(crate) difference: Option<Comparison>,
    pub(crate) slices: Vec<(Facet, Vec<(String, Figures)>)>,
    pub(crate) evasions: Option<Vec<EvasionFigures>>,
    /// `None` where there is no model to explain them.
    pub(crate) worst: Option<WorstExplained>,
}

impl Set {
    pub(crate) fn new(name: String, figures: Figures) -> Self {
        Self {
            name,
            figures,
            difference: None,
            slices: Vec::new(),
            evasions: None,
            worst: None,
        }
    }

    fn json(&self) -> serde_json::Value {
        let named = |name: &str, figures: &Figures| {
            let mut set = json!(figures);
            set["name"] = json!(name);
            set
        };
        let mut set = named(&self.name, &self.figures);
        if let Some(difference) = &self.difference {
            set["difference"] = json!(difference);
        }
        for (facet, parts) in &self.slices {
            let parts: Vec<_> = parts.iter().map(|(name, figures)| named(name, figures)).collect();
            set["slices"][facet.id()] = json!(parts);
        }
        if let Some(evasions) = &self.evasions {
            set["evasions"] = json!(evasions);
        }
        set
    }
}

impl Found {
    pub(crate) fn report(&self) -> String {
        let figures: Vec<_> = self.sets.iter().map(|set| (set.name.as_str(), &set.figures)).collect();
        let mut tables = vec![tables::figures_table(&figures)];
        tables.extend(self.difference_table());
        for set in &self.sets {
            let slices = set.slices.iter();
            tables.extend(slices.map(|(facet, parts)| tables::slices_table(&set.name, *facet, parts)));
            let evasions = set.evasions.iter();
            tables.extend(evasions.map(|evasions| tables::evasions_table(&set.name, &set.figures, evasions)));
        }
        tables.extend(self.business.as_ref().map(tables::business_table));
        tables.extend(self.business_difference.as_ref().map(tables::business_difference_table));
        let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
        tables.join("\n\n")
    }

    /// `None` where there is nothing to compare with.
    pub(crate) fn difference_table(&self) -> Option<Table> {
        let differences = self
            .sets
            .iter()
            .filter_map(|set| Some((set.name.as_str(), set.difference.as_ref()?)));
        let differences: Vec<_> = differences.collect();
        (!differences.is_empty()).then(|| tables::difference_table(&differences))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let sets: Vec<_> = self.sets.iter().map(Set::json).collect();
        let mut found = json!({ "sets": sets });
        if let Some(business) = &self.business {
            found["business"] = json!(business);
        }
        if let Some(difference) = &self.business_difference {
            found["business"]["difference"] = json!(difference);
        }
        found
    }
    /// With what the page shows beside the figures: thinned curves, and which messages were the worst.
    pub(crate) fn json_of_report(&self) -> serde_json::Value {
        let mut found = self.json();
        for (at, set) in self.sets.iter().enumerate() {
            found["sets"][at]["curve"] = json!(set.figures.curve.thinned());
            if let Some(worst) = &set.worst {
                found["sets"][at]["worst"] = worst.json();
            }
        }
        for (at, set) in self.business.iter().flat_map(|business| &business.scams).enumerate() {
            found["business"]["scams"][at]["curve"] = json!(set.curve.thinned());
        }
        for (at, (_, worst)) in self.business_worst.iter().enumerate() {
            found["business"]["business"][at]["worst"] = worst.json();
        }
        found
    }
}
