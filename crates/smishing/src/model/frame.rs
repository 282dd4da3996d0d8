//! The frame around a model's payload: what is checked before anything is decoded.
//!
//! | offset | bytes | content |
//! |-------:|------:|---------|
//! | 0 | 4 | `SMSH` |
//! | 4 | 2 | format version, little-endian as all numbers |
//! | 6 | 2 | reserved, 0 |
//! | 8 | 8 | feature-schema hash |
//! | 16 | 8 | payload length |
//! | 24 | n | payload |
//! | 24 + n | 4 | CRC-32 (IEEE) of everything before |
use crate::ModelError;
use alloc::vec::Vec;

/// Version of the payload that this library writes; it reads the older ones too.
pub const FORMAT_VERSION: u16 = 2;

const MAGIC: [u8; 4] = *b"SMSH";
const HEADER_LEN: usize = 24;
const CHECKSUM_LEN: usize = 4;

/// What a whole and undamaged file holds.
pub(super) struct Frame<'a> {
    pub(super) version: u16,
    pub(super) schema: u64,
    pub(super) payload: &'a [u8],
}

pub(super) fn open(bytes: &[u8]) -> Result<Frame<'_>, ModelError> {
    let (magic, rest) = bytes.split_first_chunk::<4>().ok_or(ModelError::not_a_model())?;
    if *magic != MAGIC {
        return Err(ModelError::not_a_model());
    }
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(ModelError::truncated())?;
    let (reserved, rest) = rest.split_first_chunk::<2>().ok_or(ModelError::truncated())?;
    let (schema, rest) = rest.split_first_chunk::<8>().ok_or(ModelError::truncated())?;
    let (length, rest) = rest.split_first_chunk::<8>().ok_or(ModelError::truncated())?;
    let version = u16::from_le_bytes(*version);
    if !(1..=FORMAT_VERSION).contains(&version) || *reserved != [0; 2] {
        return Err(ModelError::unsupported_version(version));
    }
    let expected = usize::try_from(u64::from_le_bytes(*length))
        .ok()
        .and_then(|length| length.checked_add(CHECKSUM_LEN));
    match expected {
        Some(expected) if expected == rest.len() => {}
        Some(expected) if expected < rest.len() => return Err(ModelError::trailing_bytes()),
        _ => return Err(ModelError::truncated()),
    }
    let (sealed, checksum) = bytes
        .split_last_chunk::<CHECKSUM_LEN>()
        .ok_or(ModelError::truncated())?;
    if crc32fast::hash(sealed) != u32::from_le_bytes(*checksum) {
        return Err(ModelError::checksum());
    }
    Ok(Frame {
        version,
        schema: u64::from_le_bytes(*schema),
        payload: &sealed[HEADER_LEN..],
    })
}

/// The file around a payload.
pub(super) fn seal(schema: u64, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_LEN + payload.len() + CHECKSUM_LEN);
    bytes.extend(MAGIC);
    bytes.extend(FORMAT_VERSION.to_le_bytes());
    bytes.extend([0; 2]);
    bytes.extend(schema.to_le_bytes());
    bytes.extend((payload.len() as u64).to_le_bytes());
    bytes.extend(payload);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}
