//! The frame of a model file, made to fit whatever it holds.
use super::common::small_model;

/// Bytes before the payload, and where in them its length stands.
pub(crate) const HEADER: usize = 24;
const LENGTH: std::ops::Range<usize> = 16..24;
const CHECKSUM: usize = 4;

/// Makes the payload length and the checksum of a file fit what the file holds, as an attacker would.
pub(crate) fn refit(file: &mut [u8]) {
    let end = file.len() - CHECKSUM;
    let length = (end - HEADER) as u64;
    file[LENGTH].copy_from_slice(&length.to_le_bytes());
    let checksum = crc32fast::hash(&file[..end]);
    file[end..].copy_from_slice(&checksum.to_le_bytes());
}

/// A file around a payload, with the schema of this version's features.
pub(crate) fn framed(payload: &[u8]) -> Vec<u8> {
    let mut file = small_model().to_bytes()[..HEADER].to_vec();
    file.extend(payload);
    file.extend([0; CHECKSUM]);
    refit(&mut file);
    file
}

/// The payload of a file.
pub(crate) fn payload(file: &[u8]) -> &[u8] {
    &file[HEADER..file.len() - CHECKSUM]
}
