//! The payloads of the format's versions, by serde and `bincode`: the current one is written, all are read.
//!
//! `bincode` 2.0.1 is the last of its line and no longer maintained. It is used here alone, behind the frame's
//! checksum, through its serde mode with a limit (its native `Decode` aborts the process on a lying length). Text and
//! weights are *borrowed* from the file and lists grow as they are read, so that no length in the file is believed.
use super::{Head, KindClass, KindHead, ModelParts, RateThreshold, Thresholds, Weights};
use crate::ModelError;
use alloc::string::String;
use alloc::vec::Vec;
use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use core::fmt;
use core::marker::PhantomData;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use smishing_features::Buckets;

/// Two heads of 2^22 weights, the kinds and some text.
const LIMIT: usize = 64 << 20;

const fn config() -> Configuration<LittleEndian, Fixint, Limit<LIMIT>> {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_limit::<LIMIT>()
}

/// Version 1, and how version 2 begins.
#[derive(Serialize, Deserialize)]
struct Payload<'a, H> {
    bits: u8,
    bad: H,
    smishing: Option<H>,
    prior: f32,
    balanced: f32,
    unsure: (f32, f32),
    #[serde(deserialize_with = "list")]
    rates: Vec<(f32, f32)>,
    card: &'a str,
}

#[derive(Serialize, Deserialize)]
struct PayloadV2<'a> {
    #[serde(borrow)]
    start: Payload<'a, HeadV2<'a>>,
    kinds: Option<KindsV2<'a>>,
}

#[derive(Deserialize)]
struct HeadV1<'a> {
    intercept: f32,
    scale: f32,
    offset: f32,
    #[serde(borrow, deserialize_with = "list")]
    signals: Vec<(&'a str, f32)>,
    /// f32, little-endian, one a bucket, as one block: lists of floats through serde load eight times slower.
    #[serde(borrow, with = "block")]
    ngrams: &'a [u8],
}

#[derive(Serialize, Deserialize)]
struct HeadV2<'a> {
    intercept: f32,
    scale: f32,
    offset: f32,
    #[serde(borrow, deserialize_with = "list")]
    signals: Vec<(&'a str, f32)>,
    step: f32,
    /// i16, little-endian, one a bucket, as one block.
    #[serde(borrow, with = "block")]
    levels: &'a [u8],
}

/// Weights stand class by class.
#[derive(Serialize, Deserialize)]
struct KindsV2<'a> {
    /// u16, little-endian, as one block.
    #[serde(borrow, with = "block")]
    vocabulary: &'a [u8],
    #[serde(borrow, deserialize_with = "list")]
    signals: Vec<&'a str>,
    /// Name, intercept and step.
    #[serde(borrow, deserialize_with = "list")]
    classes: Vec<(&'a str, f32, f32)>,
    /// i16, little-endian, one a class and word prefix, as one block.
    #[serde(borrow, with = "block")]
    levels: &'a [u8],
    /// f32, little-endian, one a class and signal, as one block.
    #[serde(borrow, with = "block")]
    signal_weights: &'a [u8],
    temperature: f32,
    other_below: f32,
}

/// A block of bytes, borrowed.
mod block {
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(bytes: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de [u8], D::Error> {
        <&[u8]>::deserialize(deserializer)
    }
}

/// A list that is not given room before its elements are there.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct List<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = elements.next_element()? {
                list.push(element);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(List(PhantomData))
}

pub(super) fn decode(version: u16, payload: &[u8]) -> Result<ModelParts, ModelError> {
    if version == 1 {
        return read::<Payload<'_, HeadV1<'_>>>(payload)?.unpack();
    }
    let PayloadV2 { start, kinds } = read(payload)?;
    Ok(ModelParts {
        kinds: kinds.map(KindsV2::unpack).transpose()?,
        ..start.unpack()?
    })
}

fn read<'a, P: Deserialize<'a>>(payload: &'a [u8]) -> Result<P, ModelError> {
    let (decoded, read): (P, usize) =
        bincode::serde::borrow_decode_from_slice(payload, config()).map_err(|_| ModelError::malformed())?;
    if read != payload.len() {
        return Err(ModelError::malformed());
    }
    Ok(decoded)
}

/// Heads differ from version to version; what is around them does not.
trait StoredHead {
    fn unpack(self) -> Result<Head, ModelError>;
}

impl<H: StoredHead> Payload<'_, H> {
    fn unpack(self) -> Result<ModelParts, ModelError> {
        let buckets = Buckets::new(self.bits).map_err(|_| ModelError::invalid("number of buckets not supported"))?;
        Ok(ModelParts {
            buckets,
            bad: self.bad.unpack()?,
            smishing: self.smishing.map(H::unpack).transpose()?,
            kinds: None,
            prior: self.prior,
            thresholds: Thresholds {
                balanced: self.balanced,
                unsure: self.unsure,
                by_false_positive_rate: self
                    .rates
                    .into_iter()
                    .map(|(rate, logit)| RateThreshold { rate, logit })
                    .collect(),
            },
            card: self.card.into(),
        })
    }
}

pub(super) fn encode(parts: &ModelParts) -> Vec<u8> {
    let pack = |head: &Head| packed(head.ngrams.levels(), i16::to_le_bytes);
    let bad = pack(&parts.bad);
    let smishing = parts.smishing.as_ref().map(pack);
    let kinds = parts.kinds.as_ref().map(KindBlocks::of);
    let start = Payload {
        bits: parts.buckets.bits(),
        bad: HeadV2::of(&parts.bad, &bad),
        smishing: parts
            .smishing
            .as_ref()
            .zip(smishing.as_deref())
            .map(|(head, block)| HeadV2::of(head, block)),
        prior: parts.prior,
        balanced: parts.thresholds.balanced,
        unsure: parts.thresholds.unsure,
        rates: parts
            .thresholds
            .by_false_positive_rate
            .iter()
            .map(|threshold| (threshold.rate, threshold.logit))
            .collect(),
        card: &parts.card,
    };
    let payload = PayloadV2 {
        start,
        kinds: parts
            .kinds
            .as_ref()
            .zip(kinds.as_ref())
            .map(|(head, blocks)| KindsV2::of(head, blocks)),
    };
    bincode::serde::encode_to_vec(payload, config()).expect("numbers, text and lists always encode into memory")
}

/// Numbers as a block.
fn packed<'a, T: Copy + 'a, const BYTES: usize>(
    numbers: impl IntoIterator<Item = &'a T>,
    bytes: impl Fn(T) -> [u8; BYTES],
) -> Vec<u8> {
    numbers.into_iter().flat_map(|&number| bytes(number)).collect()
}

/// The blocks that a [`KindsV2`] borrows.
struct KindBlocks {
    vocabulary: Vec<u8>,
    levels: Vec<u8>,
    signal_weights: Vec<u8>,
}

impl KindBlocks {
    fn of(head: &KindHead) -> Self {
        let levels = head.classes.iter().flat_map(|class| class.prefixes.levels());
        let signals = head.classes.iter().flat_map(|class| &class.signals);
        Self {
            vocabulary: packed(&head.vocabulary, u16::to_le_bytes),
            levels: packed(levels, i16::to_le_bytes),
            signal_weights: packed(signals, f32::to_le_bytes),
        }
    }
}

impl<'a> KindsV2<'a> {
    fn of(head: &'a KindHead, blocks: &'a KindBlocks) -> Self {
        Self {
            vocabulary: &blocks.vocabulary,
            signals: head.signals.iter().map(String::as_str).collect(),
            classes: head
                .classes
                .iter()
                .map(|class| (class.kind.as_str(), class.intercept, class.prefixes.step()))
                .collect(),
            levels: &blocks.levels,
            signal_weights: &blocks.signal_weights,
            temperature: head.temperature,
            other_below: head.other_below,
        }
    }

    fn unpack(self) -> Result<KindHead, ModelError> {
        let vocabulary = whole::<2>(self.vocabulary)?;
        let (prefixes, signals, classes) = (vocabulary.len(), self.signals.len(), self.classes.len());
        KindHead::check_lengths(prefixes, signals, classes)?;
        let (levels, weights) = (whole::<2>(self.levels)?, whole::<4>(self.signal_weights)?);
        if levels.len() != classes * prefixes || weights.len() != classes * signals {
            return Err(ModelError::invalid(
                "as many weights of kinds as word prefixes and signals expected",
            ));
        }
        let classes = self
            .classes
            .iter()
            .enumerate()
            .map(|(class, &(kind, intercept, step))| {
                let levels = levels[class * prefixes..][..prefixes].iter();
                let weights = weights[class * signals..][..signals].iter();
                KindClass {
                    kind: kind.into(),
                    intercept,
                    prefixes: Weights::of_parts(step, levels.map(|bytes| i16::from_le_bytes(*bytes)).collect()),
                    signals: weights.map(|bytes| f32::from_le_bytes(*bytes)).collect(),
                }
            });
        Ok(KindHead {
            classes: classes.collect(),
            vocabulary: vocabulary.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect(),
            signals: self.signals.into_iter().map(String::from).collect(),
            temperature: self.temperature,
            other_below: self.other_below,
        })
    }
}

impl<'a> HeadV2<'a> {
    fn of(head: &'a Head, levels: &'a [u8]) -> Self {
        Self {
            intercept: head.intercept,
            scale: head.scale,
            offset: head.offset,
            signals: head.signals.iter().map(|(id, weight)| (id.as_str(), *weight)).collect(),
            step: head.ngrams.step(),
            levels,
        }
    }
}

impl StoredHead for HeadV1<'_> {
    fn unpack(self) -> Result<Head, ModelError> {
        let weights = whole::<4>(self.ngrams)?;
        let weights: Vec<f32> = weights.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        Ok(Head {
            intercept: self.intercept,
            ngrams: Weights::quantize(&weights),
            signals: owned(self.signals),
            scale: self.scale,
            offset: self.offset,
        })
    }
}

impl StoredHead for HeadV2<'_> {
    fn unpack(self) -> Result<Head, ModelError> {
        let levels = whole::<2>(self.levels)?;
        let levels = levels.iter().map(|bytes| i16::from_le_bytes(*bytes)).collect();
        Ok(Head {
            intercept: self.intercept,
            ngrams: Weights::of_parts(self.step, levels),
            signals: owned(self.signals),
            scale: self.scale,
            offset: self.offset,
        })
    }
}

/// A block as numbers of so many bytes.
fn whole<const BYTES: usize>(block: &[u8]) -> Result<&[[u8; BYTES]], ModelError> {
    match block.as_chunks::<BYTES>() {
        (numbers, []) => Ok(numbers),
        _ => Err(ModelError::invalid("block of weights cut in the middle of one")),
    }
}

fn owned(signals: Vec<(&str, f32)>) -> Vec<(String, f32)> {
    signals.into_iter().map(|(id, weight)| (id.into(), weight)).collect()
}
