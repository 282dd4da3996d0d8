//! Runs each example and checks what it prints. All messages are invented.
#![allow(clippy::unwrap_used, missing_docs)]

use assert_cmd::Command;
use std::path::Path;

const GENUINE: &str = "123456 is your Amazon OTP. Do not share it with anyone.";
const SCAM: &str = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";

/// The example, as `cargo test` built it: Cargo names the paths of binaries only, but examples lie in a folder beside
/// this test's own.
fn example(name: &str) -> Command {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(
        path.exists(),
        "no {}; `cargo test` with --test needs --examples too",
        path.display()
    );
    Command::new(path)
}

#[track_caller]
fn run(mut command: Command) -> (String, String) {
    let output = command.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{out}\n{err}");
    (out, err)
}

#[test]
fn classify() {
    let mut by_argument = example("classify");
    by_argument.args([GENUINE, SCAM]);
    let (out, _) = run(by_argument);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("ham ") && lines[0].ends_with(GENUINE), "{out}");
    let scam = lines
        .iter()
        .position(|line| line.starts_with("smishing ") && line.ends_with(SCAM))
        .unwrap();
    assert_eq!(lines[scam + 1..].len(), 2, "two reasons: {out}");

    let mut by_input = example("classify");
    by_input.write_stdin(format!("{GENUINE}\n{SCAM}\n"));
    assert_eq!(run(by_input).0, out);
}

#[test]
fn otp_guard() {
    let (out, _) = run(example("otp_guard"));
    assert!(out.contains("CODE  AMAZON: 123456\n"), "{out}");
    assert!(
        out.contains(&format!("HELD  +1 202 555 0143: {SCAM}\n      because: ")),
        "{out}"
    );
    assert!(out.contains("\n      Mum: "), "{out}");
    let held = out.lines().filter(|line| line.starts_with("HELD")).count();
    assert!(out.ends_with(&format!("{held} held back\n")), "{out}");

    let mut piped = example("otp_guard");
    piped.arg("-").write_stdin(include_str!("../inbox.jsonl"));
    assert_eq!(run(piped).0, out);

    let mut wrong = example("otp_guard");
    wrong
        .arg("-")
        .write_stdin("{\"text\": \"no sender\"}\n")
        .assert()
        .failure();
}

#[test]
fn retrain() {
    let folder = tempfile::tempdir().unwrap();
    let things = ["lunch", "train", "garden", "piano", "doctor", "cinema", "bakery"];
    let rows: Vec<String> = (0..7)
        .map(|n| {
            let (one, other) = (things[n], things[(3 * n + 1) % 7]);
            format!(
                "ham,see you at the {one} near the {other}\nsmishing,{other}: pay the {one} fee now at post-fee.top\n"
            )
        })
        .collect();
    let path = folder.path().join("mine.csv");
    std::fs::write(&path, format!("label,text\n{}", rows.concat())).unwrap();
    let mut command = example("retrain");
    // Where `std::env::temp_dir` looks, on Unix and Windows.
    for name in ["TMPDIR", "TMP", "TEMP"] {
        command.env(name, folder.path());
    }
    let (out, _) = run({
        command.arg(&path);
        command
    });
    assert!(out.starts_with("14 messages, 0 duplicates removed\n"), "{out}");
    assert!(
        out.lines().last().unwrap().starts_with("spam "),
        "two classes only, so bad is spam: {out}"
    );
    assert!(smishing::Classifier::from_path(folder.path().join("retrained.smsh")).is_ok());
}

#[test]
fn batch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.txt");
    std::fs::write(&path, format!("{GENUINE}\n{SCAM}\n").repeat(500)).unwrap();
    let mut command = example("batch");
    command.arg(&path);
    let (out, err) = run(command);
    let labels: Vec<&str> = out.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(labels, ["ham", "smishing"].repeat(500));
    assert!(
        err.contains("ham       500\n") && err.contains("smishing  500\n"),
        "{err}"
    );
    assert!(
        err.contains("1000 messages, ") && err.contains(" a second on "),
        "{err}"
    );

    // Its default is a file of this repository.
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/messages/otp.jsonl");
    let rows = std::fs::read_to_string(default).unwrap().lines().count();
    assert_eq!(run(example("batch")).0.lines().count(), rows);
}

#[test]
fn gallery() {
    let (page, _) = run(example("gallery"));
    assert!(page.starts_with("<!DOCTYPE html>"));
    assert_eq!(page.matches("<section class=").count(), 20);
    assert!(
        page.matches("<section class=\"smishing\"").count() >= 5,
        "most of ten scams are found"
    );
}
