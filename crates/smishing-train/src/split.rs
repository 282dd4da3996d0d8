//! Splits by near-duplicate cluster.
use crate::cluster::Clusters;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Assigns rows to folds: clusters stay whole, folds get about equal shares of each stratum, the seed decides the rest.
///
/// `strata` holds one small number a row (its label); a cluster counts for that of its first row.
#[must_use]
pub fn grouped_folds(clusters: &Clusters, strata: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let mut members = vec![Vec::new(); clusters.count()];
    for (row, &cluster) in clusters.as_slice().iter().enumerate() {
        members[cluster].push(row);
    }
    members.retain(|rows| !rows.is_empty());
    members.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    // Large clusters first, so that the small ones can even out.
    members.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    let count = strata.iter().max().map_or(1, |most| most + 1);
    let mut filled = vec![vec![0_usize; folds]; count];
    let mut fold_of = vec![0; strata.len()];
    for rows in members {
        let stratum = strata[rows[0]];
        let fold = (0..folds).min_by_key(|&fold| filled[stratum][fold]).unwrap_or(0);
        for row in rows {
            filled[strata[row]][fold] += 1;
            fold_of[row] = fold;
        }
    }
    fold_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Corpus, Record};
    use proptest::prelude::*;
    use smishing::Label;

    proptest! {
        #[test]
        fn clusters_stay_whole_and_folds_even(keys in proptest::collection::vec((0..40_u8, any::<bool>()), 100..300), seed: u64) {
            let records = keys.iter().enumerate().map(|(row, (key, _))| Record {
                id: row.to_string(), text: String::new(), sender: None, label: Label::Ham, file: 0, cluster: Some(key.to_string()), pair: None, weight: 1.0, facets: crate::Facets::default(),
            }).collect();
            let clusters = Corpus { records, files: Vec::new() }.clusters();
            let strata: Vec<usize> = keys.iter().map(|(_, bad)| usize::from(*bad)).collect();
            let folds = grouped_folds(&clusters, &strata, 5, seed);
            for a in 0..keys.len() {
                for b in 0..a {
                    prop_assert!(keys[a].0 != keys[b].0 || folds[a] == folds[b]);
                }
            }
            for fold in 0..5 {
                prop_assert!(folds.iter().filter(|&&found| found == fold).count() > keys.len() / 12);
            }
            prop_assert_eq!(folds, grouped_folds(&clusters, &strata, 5, seed));
        }
    }
}
