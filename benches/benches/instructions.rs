//! Instructions that a verdict takes, by shape of message; `benches/instructions` compares them with the record.
#![allow(missing_docs)]

use gungraun::prelude::*;
use smishing::{Classifier, Scratch};
use smishing_benches::{BUSINESS, CHAT, HOSTILE, MIXED, long};
use std::hint::black_box;

/// What is measured on: buffers are warm, and everything was answered once.
struct Warm {
    classifier: Classifier,
    scratch: Scratch,
    texts: Vec<String>,
}

fn warm(texts: &[&str]) -> Warm {
    let classifier = Classifier::bundled();
    let mut scratch = Scratch::default();
    for text in texts {
        let (verdict, _) = classifier.classify_with_signals(&mut scratch, *text);
        assert_eq!(verdict, classifier.classify(*text));
        assert_eq!(verdict, classifier.explain(*text).verdict());
    }
    Warm {
        classifier,
        scratch,
        texts: texts.iter().map(|&text| text.into()).collect(),
    }
}

fn warm_long(times: usize) -> Warm {
    warm(&[&long().repeat(times)])
}

#[library_benchmark]
#[bench::chat(warm(&CHAT))]
#[bench::business(warm(&BUSINESS))]
#[bench::mixed(warm(&MIXED))]
#[bench::long(warm_long(1))]
#[bench::long_times_100(warm_long(100))]
#[bench::hostile(warm(&[HOSTILE]))]
fn classify(mut on: Warm) -> Warm {
    for text in &on.texts {
        black_box(on.classifier.classify_with(&mut on.scratch, text.as_str()));
    }
    on
}

#[library_benchmark]
#[bench::chat(warm(&CHAT))]
#[bench::business(warm(&BUSINESS))]
#[bench::mixed(warm(&MIXED))]
#[bench::long(warm_long(1))]
#[bench::hostile(warm(&[HOSTILE]))]
fn classify_with_signals(mut on: Warm) -> Warm {
    for text in &on.texts {
        black_box(on.classifier.classify_with_signals(&mut on.scratch, text.as_str()));
    }
    on
}

#[library_benchmark]
#[bench::chat(warm(&CHAT))]
#[bench::business(warm(&BUSINESS))]
#[bench::mixed(warm(&MIXED))]
#[bench::long(warm_long(1))]
#[bench::hostile(warm(&[HOSTILE]))]
fn explain(on: Warm) -> Warm {
    for text in &on.texts {
        black_box(on.classifier.explain(text.as_str()));
    }
    on
}

#[library_benchmark]
fn load() -> Classifier {
    Classifier::bundled()
}

// The C library chooses how it fills and copies memory by the processor, and callgrind counts each step of a repeated
// instruction: with the plainest way everywhere, counts are the same on every x86-64.
library_benchmark_group!(
    name = instructions,
    benchmarks = [classify, classify_with_signals, explain, load]
);
main!(
    config = LibraryBenchmarkConfig::default().env(
        "GLIBC_TUNABLES",
        "glibc.cpu.hwcaps=-AVX2,-AVX512VL,-AVX512F,-AVX512BW,-ERMS,-FSRM,-EVEX"
    ),
    library_benchmark_groups = instructions
);
