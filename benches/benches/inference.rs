//! From the model file to verdicts, step by step. Each benchmark checks its answers before it is timed.
#![allow(missing_docs)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use smishing::{Buckets, Classifier, Label, Message, Scratch};
use smishing_benches::{HOSTILE, NON_ASCII, SHORT, TYPICAL, corpus_texts, long};
use smishing_features::{Extractor, NormalizedText, words};
use std::hint::black_box;

/// As many as the bundled model has.
fn buckets() -> Buckets {
    let model = smishing::Model::from_bytes(smishing_models::BUNDLED).expect("the bundled model loads");
    model.parts().buckets
}

fn shapes() -> [(&'static str, String); 5] {
    [
        ("short", SHORT.into()),
        ("typical", TYPICAL.into()),
        ("long", long()),
        ("non-ascii", NON_ASCII.into()),
        ("hostile", HOSTILE.into()),
    ]
}

fn load(criterion: &mut Criterion) {
    let bytes = smishing_models::BUNDLED;
    let loaded = Classifier::from_bytes(bytes).expect("the bundled model loads");
    assert_eq!(loaded.classify(TYPICAL).label(), Label::Smishing);
    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("bundled", |bencher| {
        bencher.iter(|| Classifier::from_bytes(black_box(bytes)));
    });
    group.finish();
}

/// What a verdict is made of: each step alone, on warm buffers.
fn steps(criterion: &mut Criterion) {
    let buckets = buckets();
    for (shape, text) in shapes() {
        let mut group = criterion.benchmark_group(format!("steps/{shape}"));
        group.throughput(Throughput::Bytes(text.len() as u64));

        let mut normalized = NormalizedText::default();
        normalized.fold(&text);
        let folded = normalized.as_str().to_owned();
        if shape == "typical" {
            assert_eq!(folded, TYPICAL.to_lowercase(), "plain text keeps its letters");
        }
        group.bench_function("normalise", |bencher| {
            bencher.iter(|| normalized.fold(black_box(&text)));
        });

        if shape == "typical" {
            assert_eq!(words(&folded).count(), 13);
        }
        group.bench_function("words", |bencher| bencher.iter(|| words(black_box(&folded)).count()));

        let mut extractor = Extractor::default();
        let message = Message::new(&text);
        extractor.read(&message);
        assert_eq!(extractor.text(), folded);
        group.bench_function("read", |bencher| bencher.iter(|| extractor.read(black_box(&message))));

        // The sum of the buckets stands for the weights that a classifier sums.
        let sum = |extractor: &mut Extractor| {
            let mut sum = 0;
            extractor.for_each_bucket(buckets, |bucket| sum += bucket);
            sum
        };
        let expected = sum(&mut extractor);
        group.bench_function("read and buckets", |bencher| {
            bencher.iter(|| {
                extractor.read(black_box(&message));
                sum(&mut extractor)
            });
        });
        assert_eq!(sum(&mut extractor), expected, "warm buffers change nothing");
        group.finish();
    }
}

fn classify(criterion: &mut Criterion) {
    let classifier = Classifier::bundled();
    assert_eq!(classifier.classify(SHORT).label(), Label::Ham);
    assert_eq!(classifier.classify(TYPICAL).label(), Label::Smishing);
    assert!(classifier.classify(HOSTILE).label().is_bad());
    let mut group = criterion.benchmark_group("classify");
    for (shape, text) in shapes() {
        assert_eq!(
            classifier.classify(&text),
            classifier.classify_with(&mut Scratch::default(), &text),
            "the buffers kept per thread change nothing"
        );
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(shape, |bencher| bencher.iter(|| classifier.classify(black_box(&text))));
    }
    group.finish();
}

fn explain(criterion: &mut Criterion) {
    let classifier = Classifier::bundled();
    let mut group = criterion.benchmark_group("explain");
    for (shape, text) in shapes() {
        let explanation = classifier.explain(&text);
        assert_eq!(explanation.verdict(), classifier.classify(&text));
        let sum: f32 = explanation.contributions().sum();
        assert!((sum - explanation.verdict().logit()).abs() < 1e-2, "{shape}: {sum}");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(shape, |bencher| bencher.iter(|| classifier.explain(black_box(&text))));
    }
    group.finish();
}

/// One thread over many real messages: no branch predictor learns them by heart.
fn corpus(criterion: &mut Criterion) {
    let classifier = Classifier::bundled();
    let (name, texts) = corpus_texts();
    let flagged = |texts: &[String]| {
        let bad = texts
            .iter()
            .filter(|text| classifier.classify(text.as_str()).label().is_bad());
        bad.count()
    };
    let by_one: usize = texts.iter().map(|text| flagged(std::slice::from_ref(text))).sum();
    assert_eq!(by_one, flagged(&texts));
    assert!(by_one > 0 && by_one < texts.len());
    let mut group = criterion.benchmark_group("corpus");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function(BenchmarkId::new("classify", name), |bencher| {
        bencher.iter(|| flagged(black_box(&texts)));
    });

    let thousand = &texts[..texts.len().min(1000)];
    let batch = |texts: &[String]| {
        let verdicts = classifier.classify_all(texts);
        verdicts.filter(|verdict| verdict.label().is_bad()).count()
    };
    assert_eq!(batch(thousand), flagged(thousand));
    group.throughput(Throughput::Elements(thousand.len() as u64));
    group.bench_function(BenchmarkId::new("classify_all 1000", name), |bencher| {
        bencher.iter(|| batch(black_box(thousand)));
    });
    group.finish();
}

criterion_group!(benches, load, steps, classify, explain, corpus);
criterion_main!(benches);
