//! No bytes whatever make a wrong model, a panic or an error without a type.
#![allow(clippy::unwrap_used, missing_docs)]
mod common;
#[path = "common/frame.rs"]
mod frame;

use common::{small_model, small_parts};
use frame::{HEADER, framed, payload, refit};
use proptest::prelude::*;
use smishing::{Classifier, FORMAT_VERSION, KindClass, KindHead, Model, ModelError, ModelParts, Weights};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

/// Each error is of one kind that callers can tell apart.
fn is_typed(error: &ModelError) -> bool {
    let kinds = [
        error.is_not_a_model(),
        error.is_unsupported_version(),
        error.is_truncated(),
        error.is_damaged(),
        error.is_invalid(),
    ];
    kinds.iter().filter(|&&kind| kind).count() == 1 && !error.to_string().is_empty()
}

/// Whatever loads works: it has one encoding, and gives finite scores.
fn loads_or_fails_well(file: &[u8]) -> bool {
    let model = match Model::from_bytes(file) {
        Ok(model) => model,
        Err(error) => {
            assert!(is_typed(&error), "{error:?}");
            return false;
        }
    };
    assert!(model.to_bytes() == file, "a model has one encoding");
    match Classifier::new(&model) {
        Ok(classifier) => {
            let verdict = classifier.classify("Share the code you got at amaz0n-secure.top now");
            assert!((0.0..=1.0).contains(&verdict.score()), "{verdict:?}");
            assert!(verdict.logit().is_finite(), "{verdict:?}");
            assert!(
                verdict
                    .probabilities()
                    .smishing()
                    .is_none_or(|p| (0.0..=1.0).contains(&p))
            );
            if let Some(kinds) = classifier.kinds("Share the code you got at amaz0n-secure.top now") {
                assert!(kinds.top(99).all(|(_, p)| (0.0..=1.0).contains(&p)), "{kinds:?}");
            }
        }
        Err(error) => assert!(error.is_schema_mismatch() && !model.is_runnable(), "{error:?}"),
    }
    true
}

fn flips(file: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..8 * file.len()).map(|bit| {
        let mut flipped = file.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit, flipped)
    })
}

#[test]
fn every_prefix_is_cut_short() {
    let file = small_model().to_bytes();
    for len in 0..file.len() {
        let error = Model::from_bytes(&file[..len]).unwrap_err();
        assert_eq!(error.is_not_a_model(), len < 4, "{len}: {error:?}");
        assert_eq!(error.is_truncated(), len >= 4, "{len}: {error:?}");
    }
    let mut longer = file.clone();
    longer.push(0);
    assert!(Model::from_bytes(&longer).unwrap_err().is_damaged());
}

#[test]
fn every_flipped_bit_is_noticed() {
    let file = small_model().to_bytes();
    for (bit, flipped) in flips(&file) {
        let error = Model::from_bytes(&flipped).expect_err("a damaged file");
        assert!(is_typed(&error), "bit {bit}: {error:?}");
        match bit / 8 {
            0..4 => assert!(error.is_not_a_model(), "bit {bit}: {error:?}"),
            4..8 => assert!(error.is_unsupported_version(), "bit {bit}: {error:?}"),
            16..24 => assert!(error.is_truncated() || error.is_damaged(), "bit {bit}: {error:?}"),
            _ => assert!(error.is_damaged(), "bit {bit}: {error:?}"),
        }
    }
}

#[test]
fn every_flipped_bit_behind_a_fitting_checksum() {
    let file = small_model().to_bytes();
    let checksum_at = file.len() - 4;
    let mut loaded = 0;
    for (bit, mut flipped) in flips(&file).take(8 * checksum_at) {
        if (16..HEADER).contains(&(bit / 8)) {
            // The length is what the flip is about: only the checksum is made to fit.
            let sum = crc32fast::hash(&flipped[..checksum_at]);
            flipped[checksum_at..].copy_from_slice(&sum.to_le_bytes());
        } else {
            refit(&mut flipped);
        }
        loaded += u32::from(loads_or_fails_well(&flipped));
    }
    // Most bits are those of weights, where another number is as good.
    assert!(loaded > 8_000, "{loaded}");
}

#[test]
fn every_prefix_behind_a_fitting_frame() {
    let file = small_model().to_bytes();
    let whole = payload(&file);
    for len in 0..whole.len() {
        let error = Model::from_bytes(&framed(&whole[..len])).unwrap_err();
        assert!(error.is_invalid(), "{len}: {error:?}");
    }
    assert_eq!(Model::from_bytes(&framed(whole)), Ok(small_model()));
    let error = Model::from_bytes(&framed(&[whole, b"\0"].concat())).unwrap_err();
    assert!(error.is_invalid(), "{error:?}");
}

#[test]
fn every_byte_of_the_payload_as_an_extreme() {
    let file = small_model().to_bytes();
    for at in HEADER..file.len() - 4 {
        for byte in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
            for width in [1, 4, 8] {
                let mut changed = file.clone();
                let end = (at + width).min(file.len() - 4);
                changed[at..end].fill(byte);
                refit(&mut changed);
                loads_or_fails_well(&changed);
            }
        }
    }
}

type Spoil = fn(&mut ModelParts);

fn kinds(parts: &mut ModelParts) -> &mut KindHead {
    parts.kinds.as_mut().unwrap()
}

#[test]
fn parts_that_make_no_model() {
    let spoils: [(&str, Spoil); 26] = [
        ("too few weights", |parts| {
            parts.bad.ngrams = Weights::quantize(&[0.5; 255]);
        }),
        ("too many weights", |parts| {
            parts.bad.ngrams = Weights::quantize(&[0.5; 257]);
        }),
        ("too few weights, second head", |parts| {
            parts.smishing.as_mut().unwrap().ngrams = Weights::default();
        }),
        ("weight not a number", |parts| {
            parts.bad.ngrams = Weights::quantize(&[f32::NAN; 256]);
        }),
        ("weight infinite, second head", |parts| {
            parts.smishing.as_mut().unwrap().ngrams = Weights::quantize(&[f32::INFINITY; 256]);
        }),
        ("weight out of range", |parts| {
            parts.bad.ngrams = Weights::quantize(&[-1e7; 256]);
        }),
        ("slope out of range", |parts| parts.bad.scale = 1_000_001.0),
        ("intercept", |parts| parts.bad.intercept = f32::NAN),
        ("offset", |parts| parts.bad.offset = f32::NEG_INFINITY),
        ("slope 0", |parts| parts.bad.scale = 0.0),
        ("slope negative", |parts| parts.bad.scale = -1.0),
        ("slope not a number", |parts| parts.bad.scale = f32::NAN),
        ("signal weight", |parts| parts.bad.signals[0].1 = f32::NAN),
        ("signals out of order", |parts| parts.bad.signals.swap(0, 1)),
        ("signal twice", |parts| {
            parts.bad.signals[1].0 = parts.bad.signals[0].0.clone();
        }),
        ("far too many signals", |parts| {
            parts.bad.signals = (0..100_000).map(|number| (format!("s{number:06}"), 0.0)).collect();
        }),
        ("prior 0", |parts| parts.prior = 0.0),
        ("prior 1", |parts| parts.prior = 1.0),
        ("prior not a number", |parts| parts.prior = f32::NAN),
        ("balanced", |parts| parts.thresholds.balanced = f32::NAN),
        ("doubt upside down", |parts| parts.thresholds.unsure = (1.0, -1.0)),
        ("doubt not a number", |parts| parts.thresholds.unsure.1 = f32::NAN),
        ("rates out of order", |parts| {
            parts.thresholds.by_false_positive_rate.reverse();
        }),
        ("logits rise with the rate", |parts| {
            parts.thresholds.by_false_positive_rate[2].logit = 9.0;
        }),
        ("rate 0", |parts| parts.thresholds.by_false_positive_rate[0].rate = 0.0),
        ("rate not a number", |parts| {
            parts.thresholds.by_false_positive_rate[2].rate = f32::NAN;
        }),
    ];
    make_no_model(&spoils);
}

#[test]
fn kind_heads_that_make_no_model() {
    let spoils: [(&str, Spoil); 20] = [
        ("word prefixes out of order", |parts| kinds(parts).vocabulary.swap(0, 1)),
        ("word prefix twice", |parts| kinds(parts).vocabulary[1] = 0),
        ("too many word prefixes", |parts| {
            let head = kinds(parts);
            head.vocabulary = (0..2049).collect();
            for class in &mut head.classes {
                class.prefixes = Weights::quantize(&[0.5; 2049]);
            }
        }),
        ("more word prefixes than weights", |parts| {
            kinds(parts).vocabulary.pop();
        }),
        ("fewer signals than weights", |parts| {
            kinds(parts).signals.pop();
        }),
        ("signals of kinds out of order", |parts| kinds(parts).signals.swap(0, 1)),
        ("far too many signals of kinds", |parts| {
            let head = kinds(parts);
            head.signals = (0..10_000).map(|number| format!("s{number:06}")).collect();
            for class in &mut head.classes {
                class.signals = vec![0.0; 10_000];
            }
        }),
        ("no kind", |parts| kinds(parts).classes.clear()),
        ("kinds out of order", |parts| kinds(parts).classes.swap(0, 1)),
        ("kind twice", |parts| kinds(parts).classes[1].kind = "code_theft".into()),
        ("too many kinds", |parts| {
            let head = kinds(parts);
            let class = head.classes[0].clone();
            head.classes = (0..65)
                .map(|number| KindClass {
                    kind: format!("k{number:02}"),
                    ..class.clone()
                })
                .collect();
        }),
        ("too few weights of a kind", |parts| {
            kinds(parts).classes[2].prefixes = Weights::default();
        }),
        ("weight of a kind not a number", |parts| {
            kinds(parts).classes[0].prefixes = Weights::quantize(&[f32::NAN; 4]);
        }),
        ("intercept of a kind", |parts| {
            kinds(parts).classes[1].intercept = f32::INFINITY;
        }),
        ("signal weight of a kind", |parts| {
            kinds(parts).classes[2].signals[1] = 1e7;
        }),
        ("temperature 0", |parts| kinds(parts).temperature = 0.0),
        ("temperature not a number", |parts| kinds(parts).temperature = f32::NAN),
        ("threshold of kinds above 1", |parts| kinds(parts).other_below = 1.5),
        ("threshold of kinds negative", |parts| kinds(parts).other_below = -0.5),
        ("threshold of kinds not a number", |parts| {
            kinds(parts).other_below = f32::NAN;
        }),
    ];
    make_no_model(&spoils);
}

fn make_no_model(spoils: &[(&str, Spoil)]) {
    for (name, spoil) in spoils {
        let mut parts = small_parts();
        spoil(&mut parts);
        let error = Model::new(parts).expect_err(name);
        assert!(error.is_invalid(), "{name}: {error:?}");
    }
}

#[test]
fn a_model_of_two_classes_and_one_without_extras() {
    let mut parts = small_parts();
    parts.smishing = None;
    parts.kinds = None;
    parts.bad.signals.clear();
    parts.thresholds.by_false_positive_rate.clear();
    parts.card.clear();
    let model = Model::new(parts).unwrap();
    assert_eq!(Model::from_bytes(&model.to_bytes()), Ok(model));
}

#[test]
fn a_kind_head_of_the_largest_and_of_the_smallest_size() {
    let mut parts = small_parts();
    let head = kinds(&mut parts);
    head.vocabulary = (0..2048).collect();
    head.classes = (0..64)
        .map(|number| KindClass {
            kind: format!("k{number:02}"),
            intercept: 0.0,
            prefixes: Weights::quantize(&[0.5; 2048]),
            signals: vec![0.0; 3],
        })
        .collect();
    let model = Model::new(parts).unwrap();
    assert_eq!(Model::from_bytes(&model.to_bytes()).as_ref(), Ok(&model));
    let mut parts = model.parts().clone();
    let head = kinds(&mut parts);
    head.classes.truncate(1);
    head.vocabulary.clear();
    head.signals.clear();
    head.classes[0].prefixes = Weights::default();
    head.classes[0].signals.clear();
    let model = Model::new(parts).unwrap();
    assert_eq!(Model::from_bytes(&model.to_bytes()), Ok(model));
}

#[test]
fn a_model_of_other_features_loads_and_does_not_run() {
    let mut file = small_model().to_bytes();
    file[8] ^= 1;
    refit(&mut file);
    let model = Model::from_bytes(&file).unwrap();
    assert!(!model.is_runnable());
    assert!(Classifier::new(&model).unwrap_err().is_schema_mismatch());
}

#[test]
fn a_file_that_is_not_there() {
    let error = Classifier::from_path("/no/such/model.smsh").unwrap_err();
    assert!(error.is_io() && error.to_string().contains("model.smsh"), "{error}");
}

#[test]
fn files_are_read_as_bytes_are() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), small_model().to_bytes()).unwrap();
    let (from_path, from_model) = (
        Classifier::from_path(file.path()).unwrap(),
        Classifier::new(&small_model()).unwrap(),
    );
    assert_eq!(from_path.classify("hello"), from_model.classify("hello"));
}

/// A file of a released format loads for ever, whatever later versions write. Only the current one is ever written anew,
/// and only where it changes before its first release, by `SMISHING_BLESS=1`.
#[test]
fn the_golden_files() {
    let current = format!("{GOLDEN}/v{FORMAT_VERSION}.smsh");
    if std::env::var_os("SMISHING_BLESS").is_some() {
        std::fs::write(&current, small_model().to_bytes()).unwrap();
    }
    for version in 1..=FORMAT_VERSION {
        let file = std::fs::read(format!("{GOLDEN}/v{version}.smsh")).unwrap();
        let model = Model::from_bytes(&file).unwrap();
        // The features may be other ones by now; what the file says stays.
        let mut expected = small_parts();
        if version < 2 {
            expected.kinds = None;
        }
        assert_eq!(*model.parts(), expected, "version {version}");
        assert_eq!(model.to_bytes() == file, version == FORMAT_VERSION);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        loads_or_fails_well(&bytes);
        loads_or_fails_well(&[b"SMSH\x02\0\0\0", bytes.as_slice()].concat());
    }

    #[test]
    fn any_payload(payload in prop::collection::vec(any::<u8>(), 0..400), bits in 0_u8..30) {
        loads_or_fails_well(&framed(&payload));
        loads_or_fails_well(&framed(&[&[bits], payload.as_slice()].concat()));
    }

    #[test]
    fn pieces_of_a_payload_in_another_order(cuts in prop::collection::vec(any::<prop::sample::Index>(), 4)) {
        let file = small_model().to_bytes();
        let whole = payload(&file);
        let at = |cut: usize| cuts[cut].index(whole.len() + 1);
        let (first, second) = (at(0).min(at(1))..at(0).max(at(1)), at(2).min(at(3))..at(2).max(at(3)));
        loads_or_fails_well(&framed(&[&whole[..first.start], &whole[first.end..]].concat()));
        loads_or_fails_well(&framed(&[&whole[..first.end], &whole[second.clone()], &whole[first.end..]].concat()));
        loads_or_fails_well(&framed(&[&whole[first], &whole[second]].concat()));
    }

    #[test]
    fn several_bytes_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut file = small_model().to_bytes();
        let len = file.len() - 4 - HEADER;
        for (at, byte) in changes {
            file[HEADER + at.index(len)] = byte;
        }
        refit(&mut file);
        loads_or_fails_well(&file);
    }
}
