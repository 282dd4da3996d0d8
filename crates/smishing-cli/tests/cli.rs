//! The contract of the command line, which others' scripts depend on. All messages are invented.
#![allow(clippy::unwrap_used, missing_docs)]

use assert_cmd::Command;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

const GENUINE: &str = "123456 is your Amazon OTP. Do not share it with anyone.";
const SCAM: &str = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";

fn smishing<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smishing"));
    command.args(arguments);
    command
}

/// Runs, checks the exit code, and gives standard output and standard error.
#[track_caller]
fn run(mut command: Command, exit: i32) -> (String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(exit), "stdout: {out}\nstderr: {err}");
    (out, err)
}

/// Classifies standard input into objects.
#[track_caller]
fn classified(arguments: &[&str], input: impl Into<Vec<u8>>, exit: i32) -> (Vec<Value>, String) {
    let mut command = smishing(["classify", "--output", "jsonl"]);
    command.args(arguments).write_stdin(input);
    let (out, err) = run(command, exit);
    (objects(&out), err)
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Labelled messages that are no near-duplicates of one another: words drawn from a pool for each class and one for all.
fn messages(labels: &[&'static str], count: usize) -> Vec<(&'static str, String)> {
    let pool = |label: &str| match label {
        "ham" => "lunch garden piano doctor cinema bakery library homework birthday kitchen weekend football",
        "spam" => "discount sale offer bargain coupon voucher clearance cheap subscribe casino bonus loans",
        _ => "verify suspended unpaid customs password locked penalty confirm account urgent refund release",
    };
    let common = "today here please soon message number people minutes tomorrow again really other about which \
                  morning between always nothing street window paper before under little";
    let mut state = 7_u64;
    let mut pick = |words: &'static str| {
        let words: Vec<&str> = words.split_whitespace().collect();
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        words[(state >> 33) as usize % words.len()]
    };
    (0..count)
        .map(|row| {
            let label = labels[row % labels.len()];
            let words: Vec<_> = (0..11)
                .map(|at| pick(if at % 2 == 0 { pool(label) } else { common }))
                .collect();
            (label, words.join(" "))
        })
        .collect()
}

/// UCI's layout.
fn tsv(labels: &[&'static str], count: usize) -> String {
    messages(labels, count)
        .iter()
        .fold(String::new(), |mut file, (label, text)| {
            writeln!(file, "{label}\t{text}").unwrap();
            file
        })
}

fn training(data: &[&Path], model: &Path, options: &[&str]) -> Command {
    let mut command = smishing(["train", "--solver", "sparse", "--bits", "10"]);
    command.args(data).arg("--output").arg(model).args(options);
    command
}

/// A small model of three classes, and one of two.
fn models() -> &'static (TempDir, PathBuf, PathBuf) {
    static MODELS: OnceLock<(TempDir, PathBuf, PathBuf)> = OnceLock::new();
    MODELS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let three = file(&folder, "three.tsv", tsv(&["ham", "spam", "smishing"], 180));
        let two = file(&folder, "two.tsv", tsv(&["ham", "spam"], 120));
        let (three_model, two_model) = (folder.path().join("three.smsh"), folder.path().join("two.smsh"));
        run(training(&[&three], &three_model, &[]), 0);
        run(training(&[&two], &two_model, &[]), 0);
        (folder, three_model, two_model)
    })
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

mod classify {
    use super::*;

    #[test]
    fn the_two_messages_of_the_readme() {
        let (out, err) = run(smishing(["classify", GENUINE, SCAM]), 0);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 2, "{out}");
        assert!(lines[0].starts_with("ham ") && lines[0].ends_with(GENUINE), "{out}");
        assert!(lines[1].starts_with("smishing ") && lines[1].ends_with(SCAM), "{out}");
        assert_eq!(err, "");
    }

    #[test]
    fn reasons_for_people() {
        let (out, _) = run(smishing(["classify", "--explain", SCAM]), 0);
        let reasons = out.lines().nth(1).unwrap();
        assert!(reasons.starts_with("   ") && reasons.contains("link"), "{out}");
    }

    #[test]
    fn objects_have_the_shape_of_the_contract() {
        for explain in [false, true] {
            let mut command = smishing(["classify", "--output", "jsonl", GENUINE, SCAM]);
            command.args(explain.then_some("--explain"));
            let (out, _) = run(command, 0);
            let verdicts = objects(&out);
            assert_eq!(verdicts.len(), 2);
            for (verdict, message) in verdicts.iter().zip([GENUINE, SCAM]) {
                let keys: Vec<_> = verdict.as_object().unwrap().keys().map(String::as_str).collect();
                let mut expected = vec!["id", "label", "score", "probabilities", "signals"];
                if explain {
                    expected.extend(["words", "kind", "kinds"]);
                }
                assert_eq!(keys, expected);
                let probabilities = verdict["probabilities"].as_object().unwrap();
                assert_eq!(probabilities.keys().collect::<Vec<_>>(), ["ham", "spam", "smishing"]);
                let sum: f64 = probabilities.values().map(number).sum();
                assert!((sum - 1.0).abs() < 1e-5, "{verdict}");
                assert!((1.0 - number(&probabilities["ham"]) - number(&verdict["score"])).abs() < 1e-5);
                let signals = verdict["signals"].as_array().unwrap();
                assert!(!signals.is_empty(), "{verdict}");
                for signal in signals {
                    assert!(signal["id"].as_str().unwrap().contains('.'));
                    number(&signal["contribution"]);
                    if let Some(span) = signal["span"].as_array() {
                        let [start, end] = [&span[0], &span[1]].map(|at| at.as_u64().unwrap() as usize);
                        assert!(
                            message.get(start..end).is_some_and(|found| !found.is_empty()),
                            "{signal}"
                        );
                    } else {
                        assert!(signal["span"].is_null());
                    }
                }
            }
        }
    }

    #[test]
    fn explaining_does_not_change_the_verdict() {
        let (plain, _) = classified(&[], [GENUINE, SCAM].join("\n"), 0);
        let (explained, _) = classified(&["--explain"], [GENUINE, SCAM].join("\n"), 0);
        for (plain, mut explained) in plain.into_iter().zip(explained) {
            for key in ["words", "kind", "kinds"] {
                assert!(explained.as_object_mut().unwrap().remove(key).is_some(), "{key}");
            }
            assert_eq!(plain, explained);
        }
    }

    #[test]
    fn kinds_of_flagged_messages() {
        let parcel = "USPS: your package is on hold, pay the redelivery fee at post-fee.top";
        let (verdicts, _) = classified(&["--explain"], [GENUINE, parcel].join("\n"), 0);
        assert_eq!(
            (&verdicts[0]["kind"], &verdicts[0]["kinds"]),
            (&Value::Null, &json!([]))
        );
        let kinds = verdicts[1]["kinds"].as_array().unwrap();
        assert_eq!(kinds.len(), 3);
        assert_eq!(kinds[0]["id"], "delivery_fee");
        assert_eq!(verdicts[1]["kind"], kinds[0]);
        let probabilities: Vec<f64> = kinds.iter().map(|kind| number(&kind["probability"])).collect();
        assert!(probabilities.is_sorted_by(|a, b| a >= b) && probabilities.iter().sum::<f64>() <= 1.0);
        let model = text(&models().1);
        let (verdicts, _) = classified(
            &["--explain", "--model", model],
            "verify your suspended locked account",
            0,
        );
        assert_ne!(verdicts[0]["label"], "ham");
        assert_eq!(
            (&verdicts[0]["kind"], &verdicts[0]["kinds"]),
            (&Value::Null, &json!([]))
        );
    }

    #[test]
    fn another_share_of_bad_messages() {
        let input = || [GENUINE, SCAM].join("\n");
        let (plain, _) = classified(&[], input(), 0);
        let (rare, _) = classified(&["--prior", "0.001"], input(), 0);
        for (plain, rare) in plain.iter().zip(&rare) {
            assert_eq!((&plain["label"], &plain["signals"]), (&rare["label"], &rare["signals"]));
            assert!(number(&rare["score"]) < number(&plain["score"]));
        }
        let explained = |arguments: &[&str]| {
            let mut command = smishing(["explain", "--output", "jsonl", SCAM]);
            command.args(arguments);
            objects(&run(command, 0).0).remove(0)
        };
        let (plain, rare) = (explained(&[]), explained(&["--prior", "0.001"]));
        let moved = number(&rare["logit"]) - number(&plain["logit"]);
        assert!((moved - (number(&rare["intercept"]) - number(&plain["intercept"]))).abs() < 1e-4 && moved < -5.0);
        assert_eq!((&plain["label"], &plain["kinds"]), (&rare["label"], &rare["kinds"]));
        for prior in ["0", "1", "13", "x"] {
            let (_, err) = run(smishing(["classify", "--prior", prior, SCAM]), 2);
            assert!(err.contains("above 0 and below 1"), "{err}");
            run(smishing(["explain", "--prior", prior, SCAM]), 2);
        }
    }

    #[test]
    fn ids_are_carried_through_and_other_fields_are_ignored() {
        let input = [
            json!({"id": "a\"1", "text": GENUINE, "sender": "AMAZON", "label": "ham", "lang": "en", "cluster": "c1"}),
            json!({"id": 77, "text": SCAM, "received": {"at": [1, 2]}}),
            json!({"text": GENUINE, "id": null}),
            json!({"text": GENUINE}),
        ]
        .map(|row| row.to_string())
        .join("\n");
        let (verdicts, _) = classified(&["--format", "jsonl"], input, 0);
        let ids: Vec<_> = verdicts.iter().map(|verdict| verdict["id"].clone()).collect();
        assert_eq!(ids, [json!("a\"1"), json!(77), json!(3), json!(4)]);
        assert_eq!(verdicts[1]["label"], "smishing");
    }

    #[test]
    fn the_sender_counts() {
        let model = text(&models().1);
        let score = |arguments: &[&str]| {
            let mut command = smishing(["classify", "--output", "jsonl", "--explain", "--model", model]);
            command.args(arguments);
            objects(&run(command, 0).0)[0]["signals"].to_string()
        };
        assert!(score(&["--sender", "22395", "please call"]).contains("sender.short_code"));
        assert!(!score(&["please call"]).contains("sender."));
    }

    #[test]
    fn order_is_kept_over_many_messages() {
        let input: String = (0..10_000).fold(String::new(), |mut input, row| {
            let message = if row % 3 == 0 { SCAM } else { GENUINE };
            writeln!(input, "{}", json!({"id": row, "text": message})).unwrap();
            input
        });
        let (verdicts, _) = classified(&["--format", "jsonl"], input, 0);
        assert_eq!(verdicts.len(), 10_000);
        for (row, verdict) in verdicts.iter().enumerate() {
            assert_eq!(verdict["id"], row);
            assert_eq!(verdict["label"], if row % 3 == 0 { "smishing" } else { "ham" });
        }
    }

    #[test]
    fn all_formats_by_extension_and_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let lines = format!("{GENUINE}\r\n{SCAM}\n");
        let tsv = format!("id\ttext\nx\t{GENUINE}\ny\t{SCAM}\n");
        let csv = format!("id,text\r\nx,\"{GENUINE}\"\r\ny,\"{SCAM}\"\r\n");
        let jsonl = format!(
            "{}\n\n{}",
            json!({"id": "x", "text": GENUINE}),
            json!({"id": "y", "text": SCAM})
        );
        for (format, content) in [("lines", lines), ("tsv", tsv), ("csv", csv), ("jsonl", jsonl)] {
            let extension = if format == "lines" { "txt" } else { format };
            let by_extension = file(&folder, &format!("by.{extension}"), &content);
            let by_name = file(&folder, "messages.unknown", &content);
            let runs = [
                vec!["--input", text(&by_extension)],
                vec!["--input", text(&by_extension), "--format", "auto"],
                vec!["--input", text(&by_name), "--format", format],
                vec!["--input", "-", "--format", format],
                vec!["--format", format],
            ];
            for arguments in runs {
                let (verdicts, err) = classified(&arguments, content.as_str(), 0);
                let labels: Vec<_> = verdicts.iter().map(|verdict| &verdict["label"]).collect();
                assert_eq!(labels, ["ham", "smishing"], "{arguments:?}");
                let ids = if format == "lines" {
                    json!([1, 2])
                } else {
                    json!(["x", "y"])
                };
                assert_eq!(json!([verdicts[0]["id"], verdicts[1]["id"]]), ids, "{arguments:?}");
                assert_eq!(err, "");
            }
        }
    }

    #[test]
    fn uci_layout_and_named_text_columns() {
        let uci = format!("ham\t{GENUINE}\nspam\t{SCAM}\n");
        assert_eq!(classified(&["--format", "tsv"], uci, 0).0[1]["label"], "smishing");
        let csv = format!("Wortlaut,text\n\"{SCAM}\",nothing\n");
        let arguments = ["--format", "csv", "--text-column", "wortlaut"];
        assert_eq!(classified(&arguments, csv, 0).0[0]["label"], "smishing");
    }

    #[test]
    fn standard_input_is_lines() {
        for arguments in [vec![], vec!["--input", "-"]] {
            let (verdicts, _) = classified(&arguments, format!("{SCAM}\n{GENUINE}"), 0);
            let told: Vec<_> = verdicts
                .iter()
                .map(|verdict| (&verdict["id"], &verdict["label"]))
                .collect();
            assert_eq!(told, [(&json!(1), &json!("smishing")), (&json!(2), &json!("ham"))]);
        }
    }

    #[test]
    fn each_line_is_answered_at_once() {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_smishing"))
            .arg("classify")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        for message in [GENUINE, SCAM, GENUINE] {
            writeln!(input, "{message}").unwrap();
            assert!(answers.next().unwrap().unwrap().ends_with(message));
        }
        drop(input);
        assert!(answers.next().is_none() && child.wait().unwrap().success());
    }

    /// What is wrong with which line, in each format: told on standard error, an object in place, the rest processed.
    #[test]
    fn malformed_lines_are_told_and_the_rest_goes_on() {
        let row = json!({"text": GENUINE}).to_string();
        let jsonl = [
            row.as_bytes(),
            b"\n{\"text\": \n{\"text\": \"\xFF\"}\n{\"message\": 1}\n[]\n",
            row.as_bytes(),
        ]
        .concat();
        let csv = [
            b"label,text\nham,",
            GENUINE.as_bytes(),
            b"\nham\nham,\xC3\x28\nham,ok\n",
        ]
        .concat();
        let lines = [GENUINE.as_bytes(), b"\n\xF0\x28\n", GENUINE.as_bytes()].concat();
        let cases = [
            ("bad.jsonl", jsonl, 6, vec![2, 3, 4, 5]),
            ("bad.csv", csv, 4, vec![3, 4]),
            ("bad.txt", lines, 3, vec![2]),
        ];
        let folder = tempfile::tempdir().unwrap();
        for (name, content, rows, bad) in cases {
            let path = file(&folder, name, &content);
            let (verdicts, err) = classified(&["--input", text(&path)], "", 1);
            assert_eq!(verdicts.len(), rows, "{name}");
            let failed: Vec<_> = verdicts.iter().filter(|verdict| verdict["error"].is_string()).collect();
            assert_eq!(
                failed.iter().map(|verdict| &verdict["id"]).collect::<Vec<_>>(),
                bad,
                "{name}"
            );
            assert!(failed.iter().all(|verdict| verdict.get("label").is_none()));
            // CSV's header is line 1, so that row 0 stands in line 2.
            let first = usize::from(Path::new(name).extension() == Some("csv".as_ref())) + 1;
            for (row, verdict) in verdicts.iter().enumerate() {
                assert_eq!(
                    verdict.get("error").is_some(),
                    bad.contains(&(row + first)),
                    "{name} {row}"
                );
            }
            let told: Vec<_> = err.lines().collect();
            assert_eq!(told.len(), bad.len(), "{err}");
            for (line, told) in bad.iter().zip(told) {
                assert!(told.starts_with(&format!("{}:{line}: ", path.display())), "{told}");
            }
        }
    }

    /// Far more than is read at once, so that lines, characters and errors fall on the borders of what is.
    #[test]
    fn order_and_errors_hold_over_many_blocks() {
        let mut content = Vec::new();
        let mut bad = Vec::new();
        for line in 1..=6000_u32 {
            if line % 701 == 0 {
                bad.push(line);
                content.extend(b"\xF0\x28");
            } else {
                content.extend(format!("{line} \u{1F381} see you at gate {}", "7".repeat(line as usize % 90)).bytes());
            }
            content.extend(if line % 3 == 0 { &b"\r\n"[..] } else { b"\n" });
        }
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, "many.txt", &content);
        let (verdicts, err) = classified(&["--input", text(&path)], "", 1);
        let ids: Vec<_> = verdicts.iter().map(|verdict| verdict["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, (1..=6000).collect::<Vec<u64>>());
        let failed = verdicts.iter().filter(|verdict| verdict["error"].is_string());
        assert_eq!(failed.map(|verdict| &verdict["id"]).collect::<Vec<_>>(), bad);
        let told: Vec<_> = err
            .lines()
            .map(|told| told.rsplit(':').nth(1).unwrap().trim())
            .collect();
        assert_eq!(told, bad.iter().map(u32::to_string).collect::<Vec<_>>(), "{err}");
        let mut piped = smishing(["classify"]);
        piped.write_stdin(content);
        let (out, _) = run(piped, 1);
        for (line, answer) in (1_u32..).zip(out.lines()) {
            let shown = answer.get(17..).unwrap_or_default();
            assert!(
                bad.contains(&line) || shown.starts_with(&format!("{line} ")),
                "{line}: {answer}"
            );
        }
    }

    #[test]
    fn malformed_lines_of_standard_input_for_people() {
        let mut command = smishing(["classify"]);
        command.write_stdin(&b"hi\n\xFF\nsee you\n"[..]);
        let (out, err) = run(command, 1);
        let starts: Vec<_> = out.lines().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!((starts.len(), starts[1]), (3, "error"), "{out}");
        assert!(err.starts_with("standard input:2: "), "{err}");
    }

    #[test]
    fn wrong_usage_is_2() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.txt");
        for arguments in [
            vec!["classify", "--wrong", "hi"],
            vec!["classify", "--policy", "strict", "hi"],
            vec!["classify", "--policy", "fpr-0%", "hi"],
            vec!["classify", "--policy", "fpr-100%", "hi"],
            vec!["classify", "--policy", "fpr-nan%", "hi"],
            vec!["classify", "--format", "xml", "hi"],
            vec!["classify", "--output", "csv", "hi"],
            vec!["classify", "--input", "x", "hi"],
            vec!["classify", "--input", text(&missing)],
            vec!["classify", "--input", text(folder.path())],
            vec!["classify", "--model", text(&missing), "hi"],
            vec!["train", "x.csv"],
            vec!["evaluate"],
            vec!["evaluate", text(&missing)],
            vec!["inspect", text(&missing)],
            vec!["unknown"],
            vec![],
        ] {
            let (out, err) = run(smishing(&arguments), 2);
            assert!(out.is_empty() && !err.is_empty(), "{arguments:?}: {out}{err}");
        }
        let (_, err) = run(smishing(["classify", "--input", text(&missing)]), 2);
        assert!(err.contains("missing.txt"), "{err}");
    }

    #[test]
    fn help_and_version_are_0() {
        for arguments in [
            vec!["--help"],
            vec!["--version"],
            vec!["classify", "--help"],
            vec!["train", "--help"],
            vec!["drift", "--help"],
        ] {
            assert!(!run(smishing(&arguments), 0).0.is_empty());
        }
    }

    #[test]
    fn unusable_models_are_2_and_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let good = std::fs::read(&models().1).unwrap();
        let mut damaged = good.clone();
        *damaged.last_mut().unwrap() ^= 1;
        let mut middle = good.clone();
        middle[good.len() / 2] ^= 0x10;
        let cases = [
            (b"no model at all".to_vec(), "not a smishing model"),
            (Vec::new(), ""),
            (good[..good.len() - 1].to_vec(), "cut short"),
            (good[..10].to_vec(), "cut short"),
            (damaged, "damaged"),
            (middle, "damaged"),
            ([&good[..], b"more"].concat(), "after its end"),
        ];
        for (bytes, reason) in cases {
            let path = file(&folder, "unusable.smsh", bytes);
            for arguments in [vec!["classify", "hi", "--model"], vec!["inspect"]] {
                let mut command = smishing(arguments);
                command.arg(&path);
                let (out, err) = run(command, 2);
                assert_eq!(out, "");
                assert!(err.contains("unusable.smsh") && err.contains(reason), "{reason}: {err}");
            }
        }
    }

    #[test]
    fn policies_move_the_threshold_and_nothing_else() {
        let (balanced, _) = classified(&["--policy", "balanced"], SCAM, 0);
        for policy in ["abstaining", "fpr-1%", "fpr-5%", "fpr-50%"] {
            let (verdicts, _) = classified(&["--policy", policy], SCAM, 0);
            assert_eq!(verdicts[0]["score"], balanced[0]["score"], "{policy}");
            assert_eq!(verdicts[0]["label"], "smishing", "{policy}");
        }
    }

    #[test]
    fn a_stricter_policy_flags_no_more_and_abstaining_may_doubt() {
        let input: String = messages(&["ham", "spam", "smishing"], 300)
            .into_iter()
            .map(|(_, text)| text + "\n")
            .collect();
        let labels = |policy| {
            let (verdicts, _) = classified(&["--policy", policy], input.as_str(), 0);
            verdicts
                .into_iter()
                .map(|verdict| verdict["label"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let flagged = |labels: &[String]| {
            labels
                .iter()
                .filter(|label| *label == "spam" || *label == "smishing")
                .count()
        };
        let (strict, lax, abstaining) = (labels("fpr-0.5%"), labels("fpr-5%"), labels("abstaining"));
        assert!(flagged(&strict) <= flagged(&lax));
        assert!(abstaining.iter().any(|label| label == "unsure"), "{abstaining:?}");
        assert!(!lax.iter().any(|label| label == "unsure"));
    }

    #[test]
    fn a_rate_without_support_is_2() {
        let (_, err) = run(smishing(["classify", "--policy", "fpr-0.0001%", "hi"]), 2);
        assert!(err.contains("no threshold for a false-positive rate"), "{err}");
        // 60 genuine messages say nothing of one in a thousand.
        let mut command = smishing(["classify", "--policy", "fpr-0.1%", "hi", "--model"]);
        command.arg(&models().1);
        run(command, 2);
    }

    #[test]
    fn no_input_no_output() {
        for format in ["lines", "jsonl"] {
            assert_eq!(
                classified(&["--format", format], "", 0),
                (vec![], String::new()),
                "{format}"
            );
        }
        for (format, header) in [("csv", "id,text\n"), ("tsv", "id\ttext\n"), ("jsonl", "\n\n")] {
            assert_eq!(
                classified(&["--format", format], header, 0),
                (vec![], String::new()),
                "{format}"
            );
        }
    }

    #[test]
    fn odd_messages_get_verdicts() {
        let long = "pay the fee now at x.top ".repeat(420_000);
        let marks = format!("a{}", "\u{301}".repeat(1_000_000));
        let zero_width = "\u{200B}".repeat(100_000);
        let odd = [
            "",
            "\0",
            "a\0b",
            " ",
            "\u{FEFF}",
            "\u{202E}evil",
            &long,
            &marks,
            &zero_width,
            "last",
        ];
        assert!(long.len() > 10_000_000);
        for explain in [vec![], vec!["--explain"]] {
            let (verdicts, _) = classified(&explain, odd.join("\n") + "\n", 0);
            assert_eq!(verdicts.len(), odd.len());
            for verdict in &verdicts {
                let score = number(&verdict["score"]);
                assert!((0.0..=1.0).contains(&score), "{verdict}");
            }
        }
        let (out, _) = run(smishing(["classify", ""]), 0);
        assert_eq!(out.lines().count(), 1, "{out}");
    }

    #[test]
    fn one_line_a_message_whatever_the_message_holds() {
        let (out, _) = run(smishing(["classify", "two\nlines\r\n\u{1b}[31mred"]), 0);
        assert_eq!(out.lines().count(), 1, "{out:?}");
        assert!(!out.contains('\u{1b}'));
        let (verdicts, _) = classified(&["--format", "csv"], "id,text\n\"a\nb\",\"two\nlines\"\n", 0);
        assert_eq!(verdicts[0]["id"], "a\nb");
    }

    /// `| head -1`: the reader has had enough, and nothing is wrong.
    #[test]
    fn a_closed_pipe_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let many = file(&folder, "many.txt", format!("{GENUINE}\n").repeat(50_000));
        let three = models().0.path().join("three.tsv");
        for (arguments, lines) in [
            (vec!["classify", "--input", text(&many)], 1),
            (vec!["classify", "--output", "jsonl", "--input", text(&many)], 1),
            (vec!["inspect"], 0),
            (vec!["evaluate", text(&three)], 0),
        ] {
            let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_smishing"))
                .args(&arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut out = BufReader::with_capacity(64, child.stdout.take().unwrap());
            for _ in 0..lines {
                assert!(out.read_line(&mut String::new()).unwrap() > 0);
            }
            drop(out);
            let Output { status, stderr, .. } = child.wait_with_output().unwrap();
            assert!(
                status.success() && stderr.is_empty(),
                "{arguments:?}: {}",
                String::from_utf8_lossy(&stderr)
            );
        }
    }
}

mod train {
    use super::*;

    /// The card that was written beside a model.
    fn card(model: &Path) -> Value {
        serde_json::from_slice(&std::fs::read(model.with_extension("card.json")).unwrap()).unwrap()
    }

    #[test]
    fn reads_every_layout_and_several_files_together() {
        let folder = tempfile::tempdir().unwrap();
        let rows = messages(&["ham", "spam", "smishing"], 180);
        // No quoting in this layout, and HTML entities.
        let uci = rows[..60].iter().fold(
            String::from("ham\t\"Quoted &lt;#&gt; start, dear\n"),
            |mut uci, (label, text)| {
                writeln!(uci, "{label}\t{text}").unwrap();
                uci
            },
        );
        let csv = rows[60..120].iter().enumerate().fold(
            String::from("LABEL,TEXT,URL\r\n"),
            |mut csv, (row, (label, text))| {
                let label = [label.to_uppercase(), label.replacen('s', "S", 1), (*label).into()][row % 3].clone();
                write!(csv, "{label},\"\t{text}, indeed\",No\r\n").unwrap();
                csv
            },
        );
        let jsonl = rows[120..].iter().fold(String::new(), |mut jsonl, (label, text)| {
            writeln!(
                jsonl,
                "{}",
                json!({"text": text, "label": label, "sender": "22395", "more": [1]})
            )
            .unwrap();
            jsonl
        });
        let files = [
            file(&folder, "Collection", uci),
            file(&folder, "set.csv", csv),
            file(&folder, "set.jsonl", jsonl),
        ];
        let model = folder.path().join("all.smsh");
        let (out, err) = run(training(&files.each_ref().map(PathBuf::as_path), &model, &[]), 0);
        let table: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            table[0],
            ["file", "rows", "ham", "spam", "smishing", "skipped"],
            "{out}"
        );
        assert_eq!(table[1], ["Collection", "61", "21", "20", "20", "0"]);
        assert_eq!(table[2], ["set.csv", "60", "20", "20", "20", "0"]);
        assert_eq!(table[3], ["set.jsonl", "60", "20", "20", "20", "0"]);
        assert_eq!(err, "");

        let card = card(&model);
        for (told, path) in card["data"].as_array().unwrap().iter().zip(&files) {
            assert_eq!(told["file"], path.file_name().unwrap().to_str().unwrap());
            assert!(told["rows"].as_u64().unwrap() >= 60);
            let sum = told["sha256"].as_str().unwrap();
            assert!(
                sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{sum}"
            );
        }
        assert_eq!(card["rows_used"], 181);
        assert_eq!(card["settings"]["solver"], "sparse");
        let (verdicts, _) = classified(
            &["--model", text(&model)],
            "verify password suspended account penalty",
            0,
        );
        assert_eq!(verdicts[0]["label"], "smishing");

        // A folder stands for its message files, cards apart; UCI's has no extension.
        let (out, _) = run(training(&[folder.path()], &folder.path().join("folder.smsh"), &[]), 0);
        assert!(
            out.contains("set.csv") && out.contains("set.jsonl") && out.contains("Collection"),
            "{out}"
        );
    }

    /// The page and the JSON that a command wrote.
    fn report(mut command: Command, folder: &Path) -> (String, Value) {
        command.args(["--report", text(folder)]);
        run(command, 0);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2);
        (read("report.html"), serde_json::from_str(&read("report.json")).unwrap())
    }

    /// Every tag is one that the page has by itself, and none of them fetches anything.
    fn assert_loads_nothing(page: &str) {
        for tag in page.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            let refers = tag
                .match_indices("href=")
                .all(|(at, _)| tag[at..].starts_with("href=\"#"));
            assert!(refers && !tag.contains("src="), "{tag}");
            for loading in ["link", "img", "iframe", "object", "embed", "image", "use "] {
                assert!(!tag.starts_with(loading), "{tag}");
            }
        }
        assert!(
            !page.contains("@import") && !page.contains("url("),
            "style sheets load nothing"
        );
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn reports_are_pages_that_load_nothing_and_json_without_text() {
        let folder = tempfile::tempdir().unwrap();
        let (models, model, _) = models();
        let hostile = "<script src=\"http://evil.example/x.js\"></script><img src=x onerror=alert(1)> zebra";
        let rows = [
            json!({"id": "h1", "text": hostile, "label": "ham", "kind": "<b>chat"}),
            json!({"id": "h2", "text": "Your code is 4821, penguin", "label": "ham", "kind": "otp"}),
            json!({"id": "b1", "text": "verify your suspended locked account", "label": "smishing", "kind": "account"}),
            json!({"id": "b2", "text": "giraffe <svg onload=alert(2)>", "label": "spam"}),
        ];
        let lines = |rows: &[Value]| rows.iter().fold(String::new(), |lines, row| format!("{lines}{row}\n"));
        let mixed = file(&folder, "mixed.jsonl", lines(&rows));
        let codes = file(&folder, "<i>codes.jsonl", lines(&rows[1..2]));
        let business = format!("otp<u>={}", text(&codes));
        let command = smishing([
            "evaluate",
            "--model",
            text(model),
            "--against",
            text(model),
            "--evasions",
            "--by",
            "kind",
            "--business",
            &business,
            text(&mixed),
            text(&models.path().join("three.tsv")),
        ]);
        let (page, json) = report(command, &folder.path().join("new/report"));
        assert_loads_nothing(&page);
        for tag in ["<img", "<b>chat", "<svg onload", "<u>", "<i>", "<script src"] {
            assert!(!page.contains(tag), "{tag}");
        }
        for part in [
            "In short",
            "All figures",
            "Genuine business text",
            "Against the other model",
            "mixed",
            "three",
            "Business text: otp&lt;u&gt;",
            "How to read this",
            "What was decided",
            "What catching more costs (ROC)",
            "precision and recall",
            "reliability",
            "Where to set the threshold",
            "balanced (the default)",
            "By kind",
            "Evasions",
            "Genuine messages scored highest (2)",
            "Spam and smishing scored lowest (2)",
            "MCC",
            "&lt;script",
            "data-points=\"[[",
            "prefers-color-scheme:dark",
        ] {
            assert!(page.contains(part), "{part}");
        }
        // One picture, one description.
        assert_eq!(page.matches("<svg ").count(), page.matches("role=\"img\"").count());
        assert_eq!(page.matches("<svg ").count(), page.matches("<title>").count() - 1);

        let written = json.to_string();
        for word in ["zebra", "penguin", "giraffe", "suspended"] {
            assert!(!written.contains(word), "{word}");
        }
        let mixed = &json["sets"][0];
        assert_eq!(mixed["name"], "mixed");
        let ids =
            |rows: &Value| -> Vec<Value> { rows.as_array().unwrap().iter().map(|row| row["id"].clone()).collect() };
        assert_eq!(
            (ids(&mixed["worst"]["ham"]).len(), ids(&mixed["worst"]["bad"]).len()),
            (2, 2)
        );
        assert!(ids(&mixed["worst"]["bad"]).contains(&json!("b2")));
        assert_eq!(ids(&json["business"]["business"][0]["worst"]["ham"]), [json!("h2")]);
        for curve in [&mixed["curve"], &json["business"]["scams"][0]["curve"]] {
            let points = curve.as_array().unwrap();
            let end = |at: usize| (number(&points[at]["spam_caught"]), number(&points[at]["blocked_ham"]));
            assert_eq!((end(0), end(points.len() - 1)), ((0.0, 0.0), (1.0, 1.0)));
        }
    }

    #[test]
    fn reports_of_several_models_say_what_they_leave_out() {
        let folder = tempfile::tempdir().unwrap();
        let (models, _, _) = models();
        let mut command = smishing(["evaluate", "--folds", "2"]);
        command.arg(models.path().join("three.tsv"));
        let (page, json) = report(command, &folder.path().join("folds"));
        assert_loads_nothing(&page);
        assert!(page.contains("What catching more costs") && page.contains("Where to set the threshold"));
        assert!(page.contains("none of which is here to explain them") && page.contains("No policies are marked"));
        assert_eq!(json["sets"][0]["worst"], Value::Null);
    }

    #[test]
    fn training_reports_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let (models, _, _) = models();
        let data = models.path().join("three.tsv");
        let command = training(&[&data], &folder.path().join("new.smsh"), &[]);
        let (page, json) = report(command, &folder.path().join("report"));
        assert_loads_nothing(&page);
        assert!(page.contains("three.tsv") && page.contains("The model&#39;s card") && page.contains("messages left"));
        assert!(json["data"][0]["sha256"].is_string());
    }

    #[test]
    fn sha256_is_that_of_the_file() {
        let (folder, model, _) = models();
        let data = std::fs::read(folder.path().join("three.tsv")).unwrap();
        let card = card(model);
        assert_eq!(card["data"][0]["sha256"], sha256(&data));
    }

    /// By the system's own tool; where there is none, the library's tests have to do.
    fn sha256(data: &[u8]) -> String {
        let output = Command::new("sha256sum").write_stdin(data).output().unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn labels_can_be_mapped_and_columns_named() {
        let folder = tempfile::tempdir().unwrap();
        let csv =
            messages(&["ham", "spam"], 60)
                .iter()
                .fold(String::from("kind,body,text\n"), |mut csv, (label, text)| {
                    let kind = if *label == "ham" { "OK" } else { "promo" };
                    writeln!(csv, "{kind},{text},ignored").unwrap();
                    csv
                });
        let path = file(&folder, "own.csv", csv);
        let model = folder.path().join("own.smsh");
        let columns = ["--text-column", "body", "--label-column", "kind"];
        let mut options = columns.to_vec();
        options.extend(["--map-label", "promo=spam", "--map-label", "ok=ham"]);
        let (out, _) = run(training(&[&path], &model, &options), 0);
        assert!(out.contains("60"), "{out}");
        assert_eq!(card(&model)["data"][0]["labels"], json!({"ham": 30, "spam": 30}));

        let (_, err) = run(training(&[&path], &model, &columns), 2);
        assert!(
            err.contains("own.csv:2: unknown label `OK`") && err.contains("--map-label"),
            "{err}"
        );
        run(training(&[&path], &model, &["--map-label", "promo=nonsense"]), 2);
        let (_, err) = run(training(&[&path], &model, &["--text-column", "absent"]), 2);
        assert!(err.contains("no column `absent`"), "{err}");
    }

    #[test]
    fn rows_that_cannot_be_used_stop_training_unless_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = tsv(&["ham", "spam"], 60).into_bytes();
        bytes.extend(b"what\tis this\nham\nspam\t \nham\t\xFF\n");
        let path = file(&folder, "some.tsv", bytes);
        let model = folder.path().join("some.smsh");
        let places = [61, 62, 63, 64].map(|line| format!("some.tsv:{line}: "));

        let (_, err) = run(training(&[&path], &model, &[]), 2);
        assert!(places.iter().all(|place| err.contains(place.as_str())), "{err}");
        assert!(!model.exists());

        let (out, err) = run(training(&[&path], &model, &["--skip-bad-rows"]), 1);
        assert!(places.iter().all(|place| err.contains(place.as_str())), "{err}");
        let report: Vec<_> = out.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(report, ["some.tsv", "60", "30", "30", "0", "4"], "{out}");
        assert_eq!(card(&model)["data"][0]["bad_rows"], 4);
    }

    #[test]
    fn same_data_and_seed_give_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let data = models().0.path().join("three.tsv");
        let bytes = |name: &str, options: &[&str]| {
            let model = folder.path().join(name);
            run(training(&[&data], &model, options), 0);
            std::fs::read(model).unwrap()
        };
        let first = bytes("first.smsh", &[]);
        assert!(first == bytes("second.smsh", &["--seed", "1"]), "another file");
        assert!(first == std::fs::read(&models().1).unwrap(), "another file");
        assert!(first != bytes("third.smsh", &["--seed", "2"]), "the seed does nothing");
    }

    #[test]
    fn a_model_of_two_classes_knows_no_smishing() {
        let mut command = smishing(["classify", "--output", "jsonl", "cheap casino bonus voucher", "--model"]);
        command.arg(&models().2);
        let verdict = &objects(&run(command, 0).0)[0];
        assert_eq!(
            (&verdict["label"], &verdict["probabilities"]["smishing"]),
            (&json!("spam"), &Value::Null)
        );
        let sum = number(&verdict["probabilities"]["ham"]) + number(&verdict["probabilities"]["spam"]);
        assert!((sum - 1.0).abs() < 1e-5);
    }

    #[test]
    fn both_solvers_agree_on_a_small_set() {
        let folder = tempfile::tempdir().unwrap();
        let data = models().0.path().join("three.tsv");
        let input: String = messages(&["ham", "smishing"], 40)
            .into_iter()
            .map(|(_, text)| text + "\n")
            .collect();
        let scores = ["linfa", "sparse", "auto"].map(|solver| {
            let model = folder.path().join(solver);
            let mut command = smishing(["train", "--bits", "9", "--alpha", "0.1", "--solver", solver]);
            command.arg(&data).arg("--output").arg(&model);
            run(command, 0);
            let used = card(&model)["settings"]["solver"].as_str().unwrap().to_owned();
            assert_eq!(used, if solver == "auto" { "linfa" } else { solver });
            let (verdicts, _) = classified(&["--model", text(&model)], input.as_str(), 0);
            verdicts
                .iter()
                .map(|verdict| number(&verdict["score"]))
                .collect::<Vec<_>>()
        });
        for (linfa, sparse) in scores[0].iter().zip(&scores[1]) {
            assert!((linfa - sparse).abs() < 0.02, "{linfa} {sparse}");
        }
    }

    #[test]
    fn sources_may_count_less() {
        let folder = TempDir::new().unwrap();
        let data = models().0.path().join("three.tsv");
        let model = folder.path().join("own.smsh");
        run(training(&[&data], &model, &["--weight", "three=0.5"]), 0);
        assert_eq!(card(&model)["data"][0]["weight"], 0.5);
        for weight in ["four=0.5", "three=-1", "three=x", "three"] {
            let (_, err) = run(training(&[&data], &model, &["--weight", weight]), 2);
            assert!(err.contains("weight") || err.contains("three"), "{weight}: {err}");
        }
    }

    #[test]
    fn numbers_from_abroad_are_told_where_the_country_is_known() {
        let signals = |country: &[&str]| {
            let fixed = [
                "classify",
                "--output",
                "jsonl",
                "--sender",
                "+63 917 000 0000",
                "call me",
            ];
            let (out, _) = run(smishing(fixed.iter().chain(country)), 0);
            out.contains("sender.foreign")
        };
        assert!(signals(&["--country", "US"]));
        assert!(!signals(&["--country", "PH"]));
        assert!(!signals(&[]));
    }

    #[test]
    fn links_may_count_as_often_as_in_traffic() {
        let folder = TempDir::new().unwrap();
        let data = file(
            &folder,
            "mixed.tsv",
            tsv(&["ham", "spam"], 40) + "ham\tsee example.com\nspam\tpills at pills.top\n",
        );
        let model = folder.path().join("own.smsh");
        run(
            training(&[&data], &model, &["--signal-rate", "mixed=link.present:0.2,0.6"]),
            0,
        );
        assert_eq!(card(&model)["data"][0]["signal_rates"], json!(["link.present:0.2,0.6"]));
        for rates in [
            "other=link.present:0.2,0.6",
            "mixed=link.present:0,0.6",
            "mixed=0.2,0.6",
            "mixed=link.present:0.2,x",
            "mixed",
        ] {
            run(training(&[&data], &model, &["--signal-rate", rates]), 2);
        }
        let unlinked = file(&folder, "unlinked.tsv", tsv(&["ham", "spam"], 40));
        let (_, err) = run(
            training(
                &[&unlinked],
                &model,
                &["--signal-rate", "unlinked=link.present:0.2,0.6"],
            ),
            2,
        );
        assert!(err.contains("with and without link.present"), "{err}");
    }

    #[test]
    fn data_that_teach_nothing_are_2() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("none.smsh");
        let one_class = file(&folder, "one.tsv", tsv(&["ham"], 40));
        let few = file(&folder, "few.tsv", tsv(&["ham", "spam"], 4));
        let repeated = file(&folder, "repeated.tsv", "ham\tsee you\nspam\tcheap pills\n".repeat(50));
        let empty = file(&folder, "empty.jsonl", "");
        for path in [&one_class, &few, &repeated, &empty] {
            let (_, err) = run(training(&[path], &model, &[]), 2);
            assert!(err.starts_with("smishing: "), "{err}");
        }
        for options in [
            ["--bits", "40"],
            ["--alpha", "0"],
            ["--solver", "magic"],
            ["--map-label", "promo"],
        ] {
            let mut command = smishing(["train", "--output"]);
            command.arg(&model).arg(models().0.path().join("two.tsv")).args(options);
            run(command, 2);
        }
        assert!(!model.exists());
    }

    /// What the repository's README and others' papers say of these files.
    #[test]
    fn row_counts_of_the_public_corpora() {
        let raw = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/raw");
        if !raw.is_dir() {
            println!("skipped: no corpora");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for (name, report) in [
            (
                "SMSSpamCollection",
                ["SMSSpamCollection", "5574", "4827", "747", "0", "0"],
            ),
            (
                "Dataset_5971.csv",
                ["Dataset_5971.csv", "5971", "4844", "489", "638", "0"],
            ),
        ] {
            let (out, _) = run(training(&[&raw.join(name)], &folder.path().join("corpus.smsh"), &[]), 0);
            let found: Vec<_> = out.lines().nth(1).unwrap().split_whitespace().collect();
            assert_eq!(found, report, "{out}");
        }
    }
}

mod evaluate {
    use super::*;

    const FIGURES: [&str; 10] = [
        "mcc",
        "accuracy",
        "spam_caught",
        "blocked_ham",
        "roc_auc",
        "brier",
        "ece",
        "ece_balanced",
        "one_minus_roca_percent",
        "pr_auc",
    ];

    /// Runs with `--json` and gives the sets, their shape checked.
    #[track_caller]
    fn sets(arguments: &[&str]) -> Vec<Value> {
        let (figures, out) = found(arguments);
        assert!(out.contains("MCC") && out.contains("ROC AUC"), "{out}");
        let sets = figures["sets"].as_array().unwrap().clone();
        for set in &sets {
            assert!(
                set["rows"].is_u64() && set["clusters"].is_u64() && set["bad_rows"].is_u64(),
                "{set}"
            );
            let rates = set["recall_at_fpr"].as_object().unwrap();
            assert_eq!(
                rates.keys().collect::<HashSet<_>>(),
                HashSet::from([&"0.001".into(), &"0.01".into(), &"0.05".into()])
            );
            for measures in [set, &set["by_cluster"]] {
                let precision = measures["precision_at_share"].as_object().unwrap();
                assert_eq!(precision.keys().collect::<Vec<_>>(), ["0.001", "0.01", "0.13"]);
                let figures = FIGURES.iter().map(|name| measures.get(*name).unwrap());
                for figure in figures.chain(rates.values()).chain(precision.values()) {
                    estimate(figure);
                }
            }
            for point in set["reliability"].as_array().unwrap() {
                assert!(point["rows"].is_u64() && (0.0..=1.0).contains(&number(&point["probability"])));
                assert!(estimate(&point["bad"]).is_some());
            }
        }
        sets
    }

    /// The value of a figure whose interval is in order; `None` where the set lacks what it needs.
    #[track_caller]
    fn estimate(figure: &Value) -> Option<f64> {
        if figure.is_null() {
            return None;
        }
        let [low, high] = [0, 1].map(|end| number(&figure["ci95"][end]));
        assert!(number(&figure["value"]).is_finite() && low <= high, "{figure}");
        Some(number(&figure["value"]))
    }

    /// All that `--json` holds.
    #[track_caller]
    fn found(arguments: &[&str]) -> (Value, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.json");
        let mut command = smishing(["evaluate", "--json"]);
        command.arg(&path).args(arguments);
        let (out, _) = run(command, 0);
        (serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(), out)
    }

    #[test]
    fn a_model_on_several_sets() {
        let (folder, model, _) = models();
        let good = folder.path().join("three.tsv");
        let own = tempfile::tempdir().unwrap();
        let ham_only = file(&own, "genuine.tsv", tsv(&["ham"], 30));
        let sets = sets(&["--model", text(model), text(&good), text(&ham_only)]);
        assert_eq!(
            sets.iter().map(|set| &set["name"]).collect::<Vec<_>>(),
            ["three", "genuine"]
        );
        assert_eq!((&sets[0]["rows"], &sets[0]["bad_rows"]), (&json!(180), &json!(120)));
        assert!(number(&sets[0]["mcc"]["value"]) > 0.9, "{}", sets[0]);
        // Without a bad message there is nothing to catch, and no curve.
        assert_eq!((&sets[1]["rows"], &sets[1]["bad_rows"]), (&json!(30), &json!(0)));
        assert!(sets[1]["spam_caught"].is_null() && sets[1]["roc_auc"].is_null());
        assert!(!sets[1]["blocked_ham"].is_null());
    }

    #[test]
    fn the_bundled_model_by_default() {
        let own = tempfile::tempdir().unwrap();
        let path = file(&own, "readme.tsv", format!("ham\t{GENUINE}\nsmishing\t{SCAM}\n"));
        assert_eq!(sets(&[text(&path)])[0]["accuracy"]["value"], 1.0);
    }

    #[test]
    fn folds() {
        let data = models().0.path().join("three.tsv");
        let arguments = ["--folds", "3", "--solver", "sparse", "--bits", "10", text(&data)];
        let first = sets(&arguments);
        assert_eq!(first.len(), 1);
        assert_eq!(first[0]["rows"], 180);
        assert!(number(&first[0]["roc_auc"]["value"]) > 0.9, "{}", first[0]);
        assert_eq!(first, sets(&arguments));
    }

    /// Two rows of each set, of a few lines each: what comes of rewriting is the library's matter.
    #[test]
    fn rewritten_texts() {
        let own = tempfile::tempdir().unwrap();
        let scams = file(
            &own,
            "scams.tsv",
            format!("smishing\t{SCAM}\nsmishing\tPay the fee at parcel-help.top\n"),
        );
        let both = file(&own, "both.tsv", format!("ham\t{GENUINE}\nsmishing\t{SCAM}\n"));
        let arguments = ["--evasions", text(&scams), text(&both)];
        let (figures, out) = found(&arguments);
        assert_eq!(figures, found(&arguments).0);
        assert!(
            out.contains("as written") && out.contains("zero_width") && out.contains("strong"),
            "{out}"
        );
        for (set, (bad_rows, ham_rows)) in figures["sets"].as_array().unwrap().iter().zip([(2, 0), (1, 1)]) {
            let evasions = set["evasions"].as_array().unwrap();
            let named: HashSet<_> = evasions
                .iter()
                .map(|figures| (figures["id"].as_str().unwrap(), figures["strength"].as_str().unwrap()))
                .collect();
            assert!(
                named.len() == evasions.len() && named.contains(&("trust_all", "mild")),
                "{named:?}"
            );
            for figures in evasions {
                assert!(figures["in_training"].is_boolean());
                for (rows, most) in [("bad_rows_changed", bad_rows), ("ham_rows_changed", ham_rows)] {
                    assert!(figures[rows].as_u64().unwrap() <= most, "{figures}");
                }
                for measures in [&figures["by_row"], &figures["by_cluster"]] {
                    let value = |name: &str| estimate(measures.get(name).unwrap());
                    // Both were caught as they were.
                    assert!((value("spam_caught").unwrap() - 1.0 - value("spam_caught_change").unwrap()).abs() < 1e-9);
                    assert_eq!(value("blocked_ham").is_some(), ham_rows > 0);
                    assert_eq!(value("blocked_ham"), value("blocked_ham_change"));
                }
            }
        }
        assert!(found(&[text(&scams)]).0["sets"][0].get("evasions").is_none());
    }

    #[test]
    fn thresholds_that_spare_business_text() {
        let own = tempfile::tempdir().unwrap();
        let (_, model, _) = models();
        let bad = file(&own, "bad.tsv", tsv(&["spam", "smishing", "ham"], 30));
        let bank = file(&own, "alerts.tsv", tsv(&["ham"], 25));
        let otp = file(&own, "codes.tsv", format!("ham\t{GENUINE}\nspam\t{SCAM}\n"));
        let named = |name: &str, path: &Path| format!("{name}={}", text(path));
        let (bank_set, otp_set) = (named("bank", &bank), named("otp", &otp));
        let mut arguments = vec!["--model", text(model), "--business", &bank_set, "--business", &otp_set];
        arguments.push(text(&bad));
        let (figures, out) = found(&arguments);
        assert!(out.contains("bad: caught at 1 % blocked"), "{out}");
        assert_eq!(figures["sets"][0]["name"], "bad");
        let business = &figures["business"];
        let counts = |set: &Value| (set["name"].clone(), set["rows"].clone());
        let sets: Vec<_> = business["business"].as_array().unwrap().iter().map(counts).collect();
        assert_eq!(sets, [(json!("bank"), json!(25)), (json!("otp"), json!(1))]);
        for by in ["by_row", "by_cluster"] {
            assert!(estimate(&business["blocked_ham"][by]).is_some());
            let rates = business["scams"][0]["recall_at_business_fpr"][by].as_object().unwrap();
            assert_eq!(rates.keys().collect::<Vec<_>>(), ["0.001", "0.01", "0.05"]);
            let recalls: Vec<_> = rates.values().map(|figure| estimate(figure).unwrap()).collect();
            assert!(recalls.is_sorted() && recalls[2] > 0.5, "{recalls:?}");
        }
        assert_eq!(business["scams"][0]["rows"], 20);
        // Files of one name are one set.
        let other = named("bank", &otp);
        let arguments = ["--business", &bank_set, "--business", &other, text(&bad)];
        let sets = found(&arguments).0["business"]["business"].clone();
        assert_eq!((sets.as_array().unwrap().len(), &sets[0]["rows"]), (1, &json!(26)));
        let scams_only = file(&own, "scams.tsv", format!("spam\t{SCAM}\n"));
        let (_, err) = run(
            smishing(["evaluate", "--business", &named("bank", &scams_only), text(&bad)]),
            2,
        );
        assert!(err.contains("`bank`"), "{err}");
    }

    #[test]
    fn parts_of_a_set() {
        let own = tempfile::tempdir().unwrap();
        let rows = [
            json!({"label": "ham", "text": GENUINE, "kind": "otp", "lang": "en", "date": "2024-06-01"}),
            json!({"label": "smishing", "text": SCAM, "extra": {"category": "locked", "date": "5 May 2023"}, "lang": "en"}),
            json!({"label": "smishing", "text": "Pay at parcel-help.top", "extra": {"category": "toll"}}),
        ]
        .map(|row| row.to_string());
        let path = file(&own, "some.jsonl", rows.join("\n"));
        let (figures, out) = found(&["--by", "kind", "--by", "language", "--by", "year", text(&path)]);
        assert!(
            out.contains("some by kind") && out.contains("some by language"),
            "{out}"
        );
        let slices = &figures["sets"][0]["slices"];
        let parts = |facet: &str| -> Vec<(Value, Value, Value)> {
            let parts = slices[facet].as_array().unwrap().iter();
            parts
                .map(|part| (part["name"].clone(), part["rows"].clone(), part["bad_rows"].clone()))
                .collect()
        };
        let part = |name: &str, rows: u64, bad_rows: u64| (json!(name), json!(rows), json!(bad_rows));
        assert_eq!(
            parts("kind"),
            [part("locked", 1, 1), part("otp", 1, 0), part("toll", 1, 1)]
        );
        assert_eq!(parts("language"), [part("en", 2, 1), part("unknown", 1, 1)]);
        assert_eq!(
            parts("year"),
            [part("2023", 1, 1), part("2024", 1, 0), part("unknown", 1, 1)]
        );
        assert_eq!(slices["kind"][0]["spam_caught"]["value"], 1.0);
        let (_, err) = run(smishing(["evaluate", "--by", "colour", text(&path)]), 2);
        assert!(err.contains("kind, language, region, source, year, length"), "{err}");
    }

    #[test]
    fn one_model_against_another_beside_business_text() {
        let (folder, three, two) = models();
        let data = folder.path().join("three.tsv");
        let bank = format!("bank={}", text(&data));
        let (figures, out) = found(&[
            "--model",
            text(three),
            "--against",
            text(two),
            "--business",
            &bank,
            text(&data),
        ]);
        assert!(out.contains("three: caught at 5 % blocked"), "{out}");
        let sets = figures["business"]["difference"]["scams"].as_array().unwrap();
        assert_eq!((sets.len(), &sets[0]["name"]), (1, &json!("three")));
        for by in ["by_row", "by_cluster"] {
            let rates = sets[0]["recall_at_business_fpr"][by].as_object().unwrap();
            assert_eq!(rates.keys().collect::<Vec<_>>(), ["0.001", "0.01", "0.05"]);
            // The other model never saw smishing.
            assert!(
                rates.values().all(|figure| estimate(figure).unwrap() >= 0.0),
                "{rates:?}"
            );
        }
    }

    /// What a model says, through a file: the figures are those of the model.
    #[test]
    fn scores_of_another_classifier() {
        let own = tempfile::tempdir().unwrap();
        let (_, model, _) = models();
        let rows = |name: &str, labels: &[&'static str]| {
            let rows = messages(labels, 30)
                .into_iter()
                .enumerate()
                .map(|(row, (label, text))| {
                    json!({"id": format!("{name}-{row}"), "label": label, "text": text, "kind": label}).to_string()
                });
            rows.collect::<Vec<_>>().join("\n")
        };
        let bad = file(&own, "bad.jsonl", rows("bad", &["spam", "ham", "smishing"]));
        let bank = file(&own, "bank.jsonl", rows("bank", &["ham"]));
        let mut lines = String::new();
        for path in [&bank, &bad] {
            lines += &run(
                smishing([
                    "classify",
                    "--model",
                    text(model),
                    "--output",
                    "jsonl",
                    "--input",
                    text(path),
                ]),
                0,
            )
            .0;
        }
        let scores = file(&own, "scores.jsonl", &lines);
        let business = format!("bank={}", text(&bank));
        let shared = ["--business", &business, "--by", "kind", text(&bad)];
        let of_model = found(&[&["--model", text(model)], &shared[..]].concat());
        let of_scores = found(&[&["--scores", text(&scores)], &shared[..]].concat());
        // Scores tie where log-odds do not, so that sums go another way: beyond the digits told.
        assert_eq!(of_model.1, of_scores.1);
        let (figures, _) = found(&[&["--scores", text(&scores), "--against", text(model)], &shared[..]].concat());
        assert_eq!(figures["sets"][0]["difference"]["by_row"]["mcc"]["value"], 0.0);

        // Without labels, the threshold decides: all, or those that score at least that.
        let unlabelled: String = objects(&lines)
            .iter()
            .map(|row| {
                json!({"id": row["id"], "score": if row["label"] == "ham" { 0.3 } else { 1.0 }}).to_string() + "\n"
            })
            .collect();
        let unlabelled = file(&own, "unlabelled.jsonl", unlabelled);
        let caught = |threshold: &str| {
            let arguments = [
                "--scores",
                text(&unlabelled),
                "--threshold",
                threshold,
                "--business",
                &business,
            ];
            let set = sets(&[&arguments[..], &[text(&bad)]].concat()).remove(0);
            (set["spam_caught"]["value"].clone(), set["blocked_ham"]["value"].clone())
        };
        assert_eq!(caught("0.3"), (json!(1.0), json!(1.0)));
        let set = &of_model.0["sets"][0];
        let as_labelled = (set["spam_caught"]["value"].clone(), set["blocked_ham"]["value"].clone());
        assert_eq!(caught("0.31"), as_labelled);
        assert_eq!(caught("1"), as_labelled);
    }

    #[test]
    fn scores_that_do_not_fit_the_data() {
        let own = tempfile::tempdir().unwrap();
        let data = file(
            &own,
            "data.jsonl",
            "{\"id\":\"a\",\"label\":\"ham\",\"text\":\"hello\"}\n{\"id\":7,\"label\":\"spam\",\"text\":\"pills\"}\n\
             {\"label\":\"spam\",\"text\":\"prize\"}\n",
        );
        let good = "{\"id\":\"a\",\"score\":0}\n\n{\"id\":7,\"score\":1,\"label\":\"unsure\"}\n";
        let last = "{\"id\":\"data.jsonl:3\",\"score\":0.5}\n";
        let path = own.path().join("scores.jsonl");
        let evaluated = |scores: &str| {
            std::fs::write(&path, scores).unwrap();
            smishing(["evaluate", "--scores", text(&path), text(&data)])
        };
        let (out, _) = run(evaluated(&(good.to_owned() + last)), 0);
        // The unsure one is not flagged, the last one is at the threshold.
        assert!(out.contains("50.00 %"), "{out}");
        let row = |line: &str| good.to_owned() + line;
        for (scores, told) in [
            (good.to_owned(), "scores.jsonl: no score for the message `data.jsonl:3`"),
            (
                row("{\"id\":\"b\",\"score\":0.5}"),
                "scores.jsonl:4: no message `b` in the data",
            ),
            (
                row("{\"id\":7,\"score\":0.5}"),
                "scores.jsonl:4: `7` has a score in line 3 already",
            ),
            (
                row("{\"id\":\"b\",\"score\":1.5}"),
                "scores.jsonl:4: `b` has the score 1.5",
            ),
            (
                row("{\"id\":\"b\",\"score\":-0.1}"),
                "scores.jsonl:4: `b` has the score -0.1",
            ),
            (row("{\"id\":\"b\",\"score\":NaN}"), "scores.jsonl:4: not a JSON object"),
            (
                row("{\"id\":\"b\",\"score\":\"high\"}"),
                "scores.jsonl:4: `b` has no score",
            ),
            (
                row("{\"id\":\"b\",\"error\":\"not UTF-8\"}"),
                "scores.jsonl:4: `b` has no score",
            ),
            (row("{\"score\":0.5}"), "scores.jsonl:4: no id"),
            (row("[1]"), "scores.jsonl:4: no id"),
            (
                row("{\"id\":\"b\",\"score\":1,\"label\":\"bad\"}"),
                "scores.jsonl:4: `b` has the label \"bad\"",
            ),
            (
                row("{\"id\":\"b\",\"score\":1,\"label\":2}"),
                "scores.jsonl:4: `b` has the label 2",
            ),
        ] {
            let (_, err) = run(evaluated(&scores), 2);
            assert!(err.contains(told), "{scores}: {err}");
        }
        let twice = file(
            &own,
            "twice.jsonl",
            "{\"id\":\"a\",\"label\":\"ham\",\"text\":\"other\"}\n",
        );
        let mut command = evaluated(good);
        command.arg(&twice);
        let (_, err) = run(command, 2);
        assert!(err.contains("`a` is the id of two different messages"), "{err}");
        let absent = own.path().join("absent.jsonl");
        let (_, err) = run(smishing(["evaluate", "--scores", text(&absent), text(&data)]), 2);
        assert!(err.contains("absent.jsonl"), "{err}");
        for wrong in [
            &["--threshold=0.5"][..],
            &["--scores=s", "--threshold=2"],
            &["--scores=s", "--model=m"],
        ] {
            let mut command = smishing(["evaluate"]);
            command.args(wrong).arg(&data);
            run(command, 2);
        }
    }

    #[test]
    fn one_model_against_another() {
        let (folder, three, two) = models();
        let data = folder.path().join("three.tsv");
        let difference = |model: &Path, other: &Path| {
            let arguments = ["--model", text(model), "--against", text(other), text(&data)];
            let (figures, out) = found(&arguments);
            assert!(out.contains("difference, paired"), "{out}");
            figures["sets"][0]["difference"].clone()
        };
        let better = difference(three, two);
        let recall = |found: &Value| estimate(&found["by_cluster"]["spam_caught"]).unwrap();
        assert!(
            recall(&better) > 0.0,
            "the model of two classes never saw smishing: {better}"
        );
        assert!((recall(&better) + recall(&difference(two, three))).abs() < 1e-9);
        assert!(recall(&difference(two, two)).abs() < 1e-9);
    }

    #[test]
    fn each_source_by_a_model_of_the_others() {
        let own = tempfile::tempdir().unwrap();
        let rows = tsv(&["ham", "spam", "smishing"], 180);
        let rows: Vec<&str> = rows.lines().collect();
        let files: Vec<PathBuf> = rows
            .chunks(60)
            .zip(["a.tsv", "b.tsv", "c.tsv"])
            .map(|(rows, name)| file(&own, name, rows.join("\n")))
            .collect();
        let mut arguments = vec!["--leave-one-source-out", "--solver", "sparse", "--bits", "10"];
        arguments.extend(files.iter().map(|path| text(path)));
        let first = sets(&arguments);
        assert_eq!(
            first.iter().map(|set| &set["name"]).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        for set in &first {
            assert_eq!(set["rows"], 60);
            assert!(number(&set["roc_auc"]["value"]) > 0.9, "{set}");
        }
        assert_eq!(first, sets(&arguments));
        // What two sources share is missing from neither.
        let copies = file(&own, "copies.tsv", std::fs::read(&files[0]).unwrap());
        arguments.push(text(&copies));
        let rows: Vec<_> = sets(&arguments).iter().map(|set| set["rows"].clone()).collect();
        assert_eq!(rows, [60, 60, 60, 60]);
        // Of a single folder each file is a source, beside other arguments the folder is one.
        let names = |arguments: &[&str]| -> Vec<Value> {
            let fixed = ["--leave-one-source-out", "--solver", "sparse", "--bits", "10"];
            let sets = sets(&[fixed.as_slice(), arguments].concat());
            sets.iter().map(|set| set["name"].clone()).collect()
        };
        let other = models().0.path().join("three.tsv");
        std::fs::create_dir(own.path().join("folder")).unwrap();
        let words = messages(&["ham", "spam"], 400);
        for (rows, name) in words.chunks(200).zip(["d", "e"]) {
            let rows: Vec<String> = rows
                .iter()
                .map(|(label, text)| format!("{label}\tsay {text} twice"))
                .collect();
            file(&own, &format!("folder/{name}.tsv"), rows.join("\n"));
        }
        let folder = own.path().join("folder");
        assert_eq!(names(&[text(&folder)]), ["d", "e"]);
        assert_eq!(names(&[text(&folder), text(&other)]), ["folder", "three"]);
        // Alone, a file has no others to learn from; beside genuine messages only, none of the other class.
        let (_, err) = run(smishing(["evaluate", "--leave-one-source-out", text(&files[0])]), 2);
        assert!(err.contains("at least 2 sources"), "{err}");
        let genuine = file(&own, "genuine.tsv", tsv(&["ham"], 30));
        let (_, err) = run(
            smishing(["evaluate", "--leave-one-source-out", text(&files[0]), text(&genuine)]),
            2,
        );
        assert!(err.contains("without a: "), "{err}");
    }

    #[test]
    fn settings_of_training_count_in_evaluations_too() {
        let own = tempfile::tempdir().unwrap();
        let rows = tsv(&["ham", "spam"], 120);
        let links = ["", "", "", "", " example.com", " pills.top"];
        let rows: Vec<String> = rows
            .lines()
            .zip(links.iter().cycle())
            .map(|(row, link)| format!("{row}{link}"))
            .collect();
        let (one, other) = rows.split_at(60);
        let one = file(&own, "one.tsv", one.join("\n"));
        let other = file(&own, "other.tsv", other.join("\n"));
        for protocol in ["--folds=2", "--leave-one-source-out"] {
            let fixed = [protocol, "--solver=sparse", "--bits=8", text(&one), text(&other)];
            let plain = sets(&fixed);
            for setting in [
                "--weight=one=0.2",
                "--signal-rate=other=link.present:0.2,0.6",
                "--padding=0.6",
                "--misspelling=0.6",
            ] {
                let changed = sets(&[&fixed[..], &[setting]].concat());
                assert_ne!(changed, plain, "{protocol} {setting}");
            }
            for setting in [
                "--weight=nobody=1",
                "--signal-rate=nobody=link.present:0.2,0.6",
                "--padding=-1",
                "--misspelling=-1",
            ] {
                let mut command = smishing(["evaluate", setting]);
                command.args(fixed);
                let (_, err) = run(command, 2);
                assert!(
                    ["nobody", "padding -1", "misspelling -1"]
                        .iter()
                        .any(|part| err.contains(part)),
                    "{err}"
                );
            }
        }
    }

    #[test]
    fn wrong_usage() {
        let (folder, model, _) = models();
        let data = folder.path().join("three.tsv");
        for arguments in [
            ["--folds=3", "--evasions"],
            ["--folds=3", "--leave-one-source-out"],
            ["--leave-one-source-out", "--evasions"],
            ["--leave-one-source-out", "--business=a=b.tsv"],
            ["--evasions", "--business=b.tsv"],
            ["--folds=3", "--by=kind"],
            ["--leave-one-source-out", "--against=a.smsh"],
        ] {
            let mut command = smishing(["evaluate"]);
            command.args(arguments).arg(&data);
            run(command, 2);
        }
        run(smishing(["evaluate", "--folds", "1", text(&data)]), 2);
        run(
            smishing(["evaluate", "--folds", "3", "--model", text(model), text(&data)]),
            2,
        );
        run(smishing(["evaluate", "--repeats", "2", text(&data)]), 2);
    }

    #[test]
    fn bad_rows() {
        let own = tempfile::tempdir().unwrap();
        let path = file(
            &own,
            "some.csv",
            format!("label,text\nham,{GENUINE}\n?,hi\nsmishing,\"{SCAM}\"\n"),
        );
        let (_, err) = run(smishing(["evaluate", text(&path)]), 2);
        assert!(err.contains("some.csv:3: "), "{err}");
        let (_, err) = run(smishing(["evaluate", "--skip-bad-rows", text(&path)]), 1);
        assert!(err.contains("some.csv:3: "), "{err}");
    }
}

mod drift {
    use super::*;

    /// Lines of chat, some of which ask for a fee on a parcel.
    fn stream(own: &TempDir, name: &str, from: usize, scams: usize) -> PathBuf {
        let rows: Vec<String> = messages(&["ham"], 400)[from..from + 200]
            .iter()
            .enumerate()
            .map(|(row, (_, text))| {
                let demand = ": your parcel is held, pay the redelivery fee at post-fee.top";
                format!("{text}{}", if row < scams { demand } else { "" })
            })
            .collect();
        file(own, name, rows.join("\n"))
    }

    #[test]
    fn streams_of_one_source_and_of_two() {
        let own = tempfile::tempdir().unwrap();
        let (monday, tuesday) = (stream(&own, "monday.txt", 0, 4), stream(&own, "tuesday.txt", 200, 4));
        let (out, err) = run(smishing(["drift", text(&monday), text(&tuesday)]), 0);
        assert!(
            out.starts_with("no difference found among 200 distinct messages"),
            "{out}"
        );
        assert_eq!(err, "");
        let wave = stream(&own, "wave.txt", 200, 60);
        let json = own.path().join("drift.json");
        let (out, _) = run(
            smishing(["drift", text(&monday), text(&wave), "--json", text(&json)]),
            1,
        );
        let verdict = out.lines().next().unwrap();
        assert!(verdict.starts_with("differs: more flagged ("), "{verdict}");
        assert!(
            verdict.contains("more delivery_fee (") && verdict.contains("more link.present ("),
            "{verdict}"
        );
        let found: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
        assert_eq!((&found["differs"], &found["compared"]), (&json!(true), &json!(200)));
        let quantities: Vec<_> = found["numbers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|number| &number["quantity"])
            .collect();
        assert_eq!(quantities, ["score", "unknown_words", "length"]);
        let shares = found["shares"].as_array().unwrap();
        assert_eq!(
            (&shares[0]["aspect"], &shares[0]["differs"]),
            (&json!("flagged"), &json!(true))
        );
        let kind = shares.iter().find(|share| share["name"] == "delivery_fee").unwrap();
        assert!(
            number(&kind["ci95"][0]) > 0.0 && number(&kind["adjusted_p_value"]) < 0.01,
            "{kind}"
        );
        // What is too small to matter, and what is sure enough, are settings.
        run(smishing(["drift", text(&monday), text(&wave), "--least", "0.9"]), 0);
        run(smishing(["drift", text(&monday), text(&wave), "--level", "1e-30"]), 0);
        // A model without kinds tells none.
        let model = text(&models().1);
        let (out, _) = run(smishing(["drift", "--model", model, text(&monday), text(&wave)]), 1);
        assert!(!out.contains("unknown_words") && !out.contains("kind of scam"), "{out}");
    }

    #[test]
    fn formats_and_standard_input() {
        let own = tempfile::tempdir().unwrap();
        let lines = stream(&own, "lines.txt", 0, 10);
        let texts = std::fs::read_to_string(&lines).unwrap();
        let texts: Vec<&str> = texts.lines().collect();
        let csv = file(&own, "some.csv", format!("Wortlaut\n\"{}\"\n", texts.join("\"\n\"")));
        let rows: Vec<_> = texts
            .iter()
            .map(|text| json!({"text": text, "lang": "en"}).to_string())
            .collect();
        let jsonl = file(&own, "some.jsonl", rows.join("\n"));
        run(smishing(["drift", text(&lines), text(&jsonl)]), 0);
        run(
            smishing(["drift", "--text-column", "wortlaut", text(&csv), text(&csv)]),
            0,
        );
        let mut command = smishing(["drift", text(&jsonl), "-"]);
        command.write_stdin(texts.join("\n"));
        run(command, 0);
        let (_, err) = run(smishing(["drift", "-", "-"]), 2);
        assert!(err.contains("standard input"), "{err}");
    }

    #[test]
    fn rows_that_cannot_be_used_and_too_few() {
        let own = tempfile::tempdir().unwrap();
        let good = stream(&own, "good.txt", 0, 0);
        let rows: Vec<_> = messages(&["ham"], 60)
            .iter()
            .map(|(_, text)| json!({ "text": text }).to_string())
            .collect();
        let broken = file(
            &own,
            "broken.jsonl",
            format!("{}\n{{\"text\":\n{{\"text\": \" \"}}\n", rows.join("\n")),
        );
        let (out, err) = run(smishing(["drift", text(&good), text(&broken)]), 2);
        assert!(
            err.contains("broken.jsonl:61: ") && err.contains("broken.jsonl:62: no text"),
            "{err}"
        );
        assert_eq!(out, "");
        let (_, err) = run(smishing(["drift", "--skip-bad-rows", text(&good), text(&broken)]), 0);
        assert!(err.contains("broken.jsonl:61: skipped: "), "{err}");
        for (name, content, distinct) in [
            ("empty.jsonl", String::new(), 0),
            ("tiny.txt", format!("{GENUINE}\n"), 1),
            ("repeated.txt", format!("{GENUINE}\n").repeat(300), 1),
        ] {
            let few = file(&own, name, content);
            let (_, err) = run(smishing(["drift", text(&good), text(&few)]), 2);
            assert!(
                err.contains(&format!("{name}: only {distinct} distinct messages")),
                "{err}"
            );
        }
        for setting in ["--level=0", "--level=1", "--least=-1", "--least=x"] {
            run(smishing(["drift", setting, text(&good), text(&good)]), 2);
        }
        let (_, err) = run(smishing(["drift", text(&good), text(&own.path().join("none.txt"))]), 2);
        assert!(err.contains("none.txt"), "{err}");
    }
}

mod warm_start {
    use super::*;

    #[test]
    fn goes_on_from_a_model_and_tells_before_and_after() {
        let folder = tempfile::tempdir().unwrap();
        let model = &models().1;
        let new = file(&folder, "new.tsv", tsv(&["ham", "smishing"], 24));
        let old = file(&folder, "old.tsv", tsv(&["ham", "spam", "smishing"], 90));
        let next = |name: &str, options: &[&str]| {
            let next = folder.path().join(name);
            let mut command = smishing([
                "train",
                text(&new),
                "--warm-start",
                text(model),
                "--output",
                text(&next),
            ]);
            command.args(options);
            (run(command, 0).0, std::fs::read(next).unwrap())
        };
        let (out, bytes) = next("a.smsh", &["--old-data", text(&old)]);
        for shown in ["new: before", "after, held out", "old: before", "blocked ham"] {
            assert!(out.contains(shown), "{shown}: {out}");
        }
        assert_eq!(next("b.smsh", &["--old-data", text(&old)]).1, bytes);
        assert_ne!(next("c.smsh", &[]).1, bytes);
        let (card, _) = run(smishing(["inspect", text(&folder.path().join("a.smsh"))]), 0);
        assert!(
            card.contains("three.tsv") && card.contains("warm_starts") && card.contains("new.tsv"),
            "{card}"
        );
    }

    #[test]
    fn what_does_not_go_together_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let new = file(&folder, "new.tsv", tsv(&["ham", "spam"], 20));
        let next = folder.path().join("next.smsh");
        let start = |options: &[&str]| {
            let mut command = smishing(["train", text(&new), "--output", text(&next)]);
            command.args(options);
            run(command, 2).1
        };
        let model = text(&models().1);
        assert!(start(&["--warm-start", model, "--bits", "10"]).contains("cannot be used with"));
        assert!(start(&["--old-data", text(&new)]).contains("--warm-start"));
        assert!(start(&["--warm-start", model, "--hold", "0"]).contains("a number above 0"));
        assert!(start(&["--warm-start", text(&new)]).contains("new.tsv"));
        assert!(!next.exists());
    }
}

mod inspect {
    use super::*;

    #[test]
    fn a_trained_model() {
        let (out, err) = run(smishing(["inspect", text(&models().1)]), 0);
        let bytes = std::fs::metadata(&models().1).unwrap().len().to_string();
        for shown in [
            &bytes,
            "2^10",
            "kind head",
            "no: trained on messages without kinds",
            "balanced",
            "abstaining",
            "three.tsv",
            "sha256",
            "\"rows_used\": 180",
            "ask.confirm",
        ] {
            assert!(out.contains(shown), "{shown}: {out}");
        }
        assert!(!out.contains("two classes") && err.is_empty());
        let (out, _) = run(smishing(["inspect", text(&models().2)]), 0);
        assert!(out.contains("two classes"), "{out}");
    }

    #[test]
    fn the_bundled_model_with_its_sources() {
        let (out, _) = run(smishing(["inspect"]), 0);
        for shown in ["2^", "balanced", "fpr-1%", "ask.code", "sha256", "CC BY 4.0"] {
            assert!(out.contains(shown), "{shown}: {out}");
        }
    }
}

mod data {
    use super::*;

    /// The data folder of the checkout; beside `../shared/corpora` it also shows that nothing was copied from there.
    #[test]
    fn our_own_messages_are_without_fault() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let (out, err) = run(smishing(["data", "check", text(&folder)]), 0);
        assert!(out.ends_with("0 faults\n"), "{err}");
    }

    #[test]
    fn faults_are_told_with_their_places() {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("messages")).unwrap();
        let row = r#"{"id": "otp-1", "label": "ham", "kind": "casino", "pair": "", "lang": "en", "region": "US", "sender": "", "text": "see you"}"#;
        file(&folder, "messages/otp.jsonl", format!("{row}\n{row}\n"));
        let (_, err) = run(smishing(["data", "check", text(folder.path())]), 1);
        assert!(err.contains("otp.jsonl:2"), "{err}");
    }
}

mod explain {
    use super::*;

    const SCAM: &str = "Amazon: your account is locked, confirm the code you received at amaz0n-secure.top";

    #[test]
    fn reasons_are_sentences_and_the_parts_add_up() {
        let (out, err) = run(smishing(["explain", SCAM]), 0);
        for shown in [
            "smishing",
            SCAM,
            "The link amaz0n-secure.top imitates Amazon",
            "wording",
        ] {
            assert!(out.contains(shown), "{shown}: {out}");
        }
        assert!(!out.contains('\u{1b}') && err.is_empty(), "colours only on a terminal");
        let sum = out.split("Sum\n").nth(1).unwrap();
        let parts: Vec<f64> = sum
            .lines()
            .take(4)
            .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
            .collect();
        assert!((parts[..3].iter().sum::<f64>() - parts[3]).abs() < 0.05, "{sum}");
    }

    #[test]
    fn in_other_languages() {
        let (out, _) = run(smishing(["explain", "--language", "es-MX", SCAM]), 0);
        assert!(out.contains("El enlace amaz0n-secure.top imita a Amazon"), "{out}");
        let (_, err) = run(smishing(["explain", "--language", "xx", SCAM]), 2);
        assert!(err.contains("en, es, fr, de, pt, hi"), "{err}");
    }

    #[test]
    fn kind_advice_and_where_to_report() {
        let (out, _) = run(smishing(["explain", "--region", "us", SCAM]), 0);
        for shown in ["Kind: Theft of a code", "What to do now", "I gave a code", "7726"] {
            assert!(out.contains(shown), "{shown}: {out}");
        }
        let (out, _) = run(smishing(["explain", "See you at eight"]), 0);
        assert!(!out.contains("What to do now"), "{out}");
    }

    #[test]
    fn as_json_and_as_a_page() {
        let (out, _) = run(smishing(["explain", "--output", "jsonl", "--region", "IN", SCAM]), 0);
        let told: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (&told["label"], &told["kind"]["id"]),
            (&json!("smishing"), &json!("code_theft"))
        );
        assert_eq!(told["advice"]["report"][0]["channel"], "phone");
        assert!(told["advice"]["after"][2]["steps"].as_array().unwrap().len() > 3);
        let sum = [&told["signals"], &told["words"]]
            .into_iter()
            .flat_map(|parts| parts.as_array().unwrap())
            .map(|part| number(&part["contribution"]))
            .sum::<f64>()
            + number(&told["intercept"]);
        assert!((sum - number(&told["logit"])).abs() < 1e-4, "{sum}");
        let lookalike = told["signals"]
            .as_array()
            .unwrap()
            .iter()
            .find(|signal| signal["id"] == "link.lookalike");
        assert_eq!(lookalike.unwrap()["brand"], "Amazon");

        let (out, _) = run(
            smishing(["explain", "--output", "html", "<b>Amazon</b>: pay at amaz0n-secure.top"]),
            0,
        );
        assert!(
            out.starts_with("<!DOCTYPE html>") && !out.contains("<b>Amazon"),
            "{out}"
        );
        let (out, _) = run(smishing(["explain", "--output", "jsonl", "See you at eight"]), 0);
        let told: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&told["advice"], &told["kind"]), (&Value::Null, &Value::Null));
    }

    #[test]
    fn nothing_in_the_message_reaches_the_terminal_as_a_command() {
        let (out, _) = run(smishing(["explain", "pay\u{1b}[2J at \u{202e}post-fee.top"]), 0);
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out:?}");
        run(smishing(["explain", ""]), 0);
    }
}
