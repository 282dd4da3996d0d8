//! Model files behind the frame: whatever the payload, loading gives an error or a model that works.
#![no_main]

use libfuzzer_sys::fuzz_target;
use smishing::{Classifier, FORMAT_VERSION, Message, Model};
use std::sync::LazyLock;

const BUNDLED: &[u8] = include_bytes!("../../models/bundled.smsh");

/// The header of a file of this version, up to the payload's length: a valid frame needs the right schema to be run.
static HEADER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let schema = Model::from_bytes(BUNDLED).expect("the bundled model loads").schema();
    let mut header = b"SMSH".to_vec();
    header.extend(FORMAT_VERSION.to_le_bytes());
    header.extend([0; 2]);
    header.extend(schema.to_le_bytes());
    header
});

/// A file whose length and checksum fit, so that the fuzzer's bytes reach the decoder.
fn framed(payload: &[u8]) -> Vec<u8> {
    let mut file = HEADER.clone();
    file.extend((payload.len() as u64).to_le_bytes());
    file.extend(payload);
    let checksum = crc32fast::hash(&file);
    file.extend(checksum.to_le_bytes());
    file
}

fuzz_target!(|payload: &[u8]| {
    let file = framed(payload);
    let Ok(model) = Model::from_bytes(&file) else {
        return;
    };
    assert_eq!(model.to_bytes(), file, "a model has one encoding");
    let classifier = Classifier::new(&model).expect("the schema is this library's");
    for text in [
        "",
        "Amazon: confirm the code you received at amaz0n-secure.top",
        "see you at 8",
    ] {
        let verdict = classifier.classify(Message::new(text).with_sender("AMAZON"));
        assert!((0.0..=1.0).contains(&verdict.score()) && verdict.logit().is_finite());
    }
});
