//! From labelled messages to a model. Each benchmark checks its answers before it is timed.
#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use smishing::{Classifier, Label};
use smishing_benches::generated;
use smishing_train::{Corpus, CsrMatrix, Problem, ReadOptions, Record, SolverKind, TrainOptions, train};
use std::hint::black_box;

const ROWS: usize = 300;

fn training(criterion: &mut Criterion) {
    let path = std::env::temp_dir().join(format!("smishing-benches-{}.tsv", std::process::id()));
    std::fs::write(&path, generated(ROWS)).expect("the folder of temporary files can be written to");
    let corpus = Corpus::read(std::slice::from_ref(&path), &ReadOptions::default()).expect("the rows are well-formed");
    // Nothing is lost where it stays behind.
    let _ = std::fs::remove_file(&path);
    assert_eq!(corpus.records.len(), ROWS);
    let options = TrainOptions {
        solver: SolverKind::Sparse,
        ..TrainOptions::default()
    };
    let mut group = criterion.benchmark_group(format!("training on {ROWS} rows"));
    group.throughput(Throughput::Elements(ROWS as u64));

    let features =
        |corpus: &Corpus| CsrMatrix::of_messages(options.buckets, corpus.records.iter().map(Record::message));
    assert_eq!(features(&corpus).rows(), ROWS);
    group.bench_function("features", |bencher| bencher.iter(|| features(black_box(&corpus))));

    assert!(corpus.clusters().count() > ROWS / 2, "the rows are no near-duplicates");
    group.bench_function("clusters", |bencher| bencher.iter(|| black_box(&corpus).clusters()));

    let problem = Problem::new(&corpus, options.buckets);
    let fit = |problem: &Problem| train(problem, &options, &|_, _, _| {}).expect("three classes can be told apart");
    let model = fit(&problem).model(String::new()).expect("finite weights");
    let classifier = Classifier::new(&model).expect("trained on this version's features");
    assert_eq!(
        classifier.classify("verify your suspended account password").label(),
        Label::Smishing
    );
    assert_eq!(
        classifier.classify("lunch in the garden, then cinema").label(),
        Label::Ham
    );
    group.sample_size(10);
    // Two heads, each five folds for calibration and one fit on all rows.
    group.bench_function("sparse solver, 2^14 buckets", |bencher| {
        bencher.iter(|| fit(black_box(&problem)));
    });
    group.finish();
}

criterion_group!(benches, training);
criterion_main!(benches);
