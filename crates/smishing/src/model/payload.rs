//! The payloads of the format's versions, by serde and `bincode`: the current one is written, all are read.
//!
//! `bincode` 2.0.1 is the last of its line and no longer maintained. It is used here alone, behind the frame's
//! checksum, through its serde mode with a limit (its native `Decode` aborts the process on a lying length). Text and
//! weights are *borrowed* from the file and lists grow as they are read, so that no length in the file is believed.
use super::{Head, ModelParts, RateThreshold, Thresholds, Weights};
use crate::ModelError;
use alloc::string::String;
use alloc::vec::Vec;
use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use core::fmt;
use core::marker::PhantomData;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use smishing_features::Buckets;

/// Two heads of 2^22 weights and some text.
const LIMIT: usize = 64 << 20;

const fn config() -> Configuration<LittleEndian, Fixint, Limit<LIMIT>> {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_limit::<LIMIT>()
}

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
    match version {
        1 => read::<HeadV1<'_>>(payload),
        _ => read::<HeadV2<'_>>(payload),
    }
}

/// Heads differ from version to version; what is around them does not.
trait StoredHead<'a>: Deserialize<'a> {
    fn unpack(self) -> Result<Head, ModelError>;
}

fn read<'a, H: StoredHead<'a>>(payload: &'a [u8]) -> Result<ModelParts, ModelError> {
    let (decoded, read): (Payload<'a, H>, usize) =
        bincode::serde::borrow_decode_from_slice(payload, config()).map_err(|_| ModelError::malformed())?;
    if read != payload.len() {
        return Err(ModelError::malformed());
    }
    let buckets = Buckets::new(decoded.bits).map_err(|_| ModelError::invalid("number of buckets not supported"))?;
    Ok(ModelParts {
        buckets,
        bad: decoded.bad.unpack()?,
        smishing: decoded.smishing.map(H::unpack).transpose()?,
        prior: decoded.prior,
        thresholds: Thresholds {
            balanced: decoded.balanced,
            unsure: decoded.unsure,
            by_false_positive_rate: decoded
                .rates
                .into_iter()
                .map(|(rate, logit)| RateThreshold { rate, logit })
                .collect(),
        },
        card: decoded.card.into(),
    })
}

pub(super) fn encode(parts: &ModelParts) -> Vec<u8> {
    let pack = |head: &Head| -> Vec<u8> {
        let levels = head.ngrams.levels().iter();
        levels.flat_map(|level| level.to_le_bytes()).collect()
    };
    let bad = pack(&parts.bad);
    let smishing = parts.smishing.as_ref().map(pack);
    let payload = Payload {
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
    bincode::serde::encode_to_vec(payload, config()).expect("numbers, text and lists always encode into memory")
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

impl<'a> StoredHead<'a> for HeadV1<'a> {
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

impl<'a> StoredHead<'a> for HeadV2<'a> {
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
