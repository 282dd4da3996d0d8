//! The payload of format version 1, by serde and `bincode`.
//!
//! `bincode` 2.0.1 is the last of its line and no longer maintained. It is used here alone, behind the frame's
//! checksum, through its serde mode with a limit (its native `Decode` aborts the process on a lying length). Text and
//! weights are *borrowed* from the file and lists grow as they are read, so that no length in the file is believed.
use super::{Head, ModelParts, RateThreshold, Thresholds};
use crate::ModelError;
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
struct PayloadV1<'a> {
    bits: u8,
    #[serde(borrow)]
    bad: HeadV1<'a>,
    #[serde(borrow)]
    smishing: Option<HeadV1<'a>>,
    prior: f32,
    balanced: f32,
    unsure: (f32, f32),
    #[serde(deserialize_with = "list")]
    rates: Vec<(f32, f32)>,
    card: &'a str,
}

#[derive(Serialize, Deserialize)]
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

pub(super) fn decode(payload: &[u8]) -> Result<ModelParts, ModelError> {
    let (decoded, read): (PayloadV1<'_>, usize) =
        bincode::serde::borrow_decode_from_slice(payload, config()).map_err(|_| ModelError::malformed())?;
    if read != payload.len() {
        return Err(ModelError::malformed());
    }
    let buckets = Buckets::new(decoded.bits).map_err(|_| ModelError::invalid("number of buckets not supported"))?;
    Ok(ModelParts {
        buckets,
        bad: decoded.bad.unpack()?,
        smishing: decoded.smishing.map(HeadV1::unpack).transpose()?,
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
    let pack = |head: &Head| -> Vec<u8> { head.ngrams.iter().flat_map(|weight| weight.to_le_bytes()).collect() };
    let bad = pack(&parts.bad);
    let smishing = parts.smishing.as_ref().map(pack);
    let payload = PayloadV1 {
        bits: parts.buckets.bits(),
        bad: HeadV1::of(&parts.bad, &bad),
        smishing: parts
            .smishing
            .as_ref()
            .zip(smishing.as_deref())
            .map(|(head, block)| HeadV1::of(head, block)),
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

impl<'a> HeadV1<'a> {
    fn of(head: &'a Head, ngrams: &'a [u8]) -> Self {
        Self {
            intercept: head.intercept,
            scale: head.scale,
            offset: head.offset,
            signals: head.signals.iter().map(|(id, weight)| (id.as_str(), *weight)).collect(),
            ngrams,
        }
    }

    fn unpack(self) -> Result<Head, ModelError> {
        let (weights, rest) = self.ngrams.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(ModelError::invalid("block of weights cut in the middle of one"));
        }
        Ok(Head {
            intercept: self.intercept,
            ngrams: weights.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            signals: self
                .signals
                .into_iter()
                .map(|(id, weight)| (id.into(), weight))
                .collect(),
            scale: self.scale,
            offset: self.offset,
        })
    }
}
