"""Runs every peer on the same rows and messages; `run` calls it with all it needs in place."""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import tables

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORPORA = ROOT.parent / "shared/corpora"

OURS = "smishing"
# Each with the score from which its makers' default flags.
PEERS = {
    OURS: None,
    "sklearn": 0.5,
    "sklearn-folded": 0.5,
    "sklearn-folded-weighted": 0.5,
    "naive-bayes": 0.5,
    "fasttext-defaults": 0.5,
    "fasttext-words": 0.5,
    "fasttext-letters": 0.5,
    "fasttext-quantized": 0.5,
    "rust-fasttext-words": 0.5,
    "rust-fasttext-letters": 0.5,
    "vw-words": 0.5,
    "vw-letters": 0.5,
    "vw-letters-weighted": 0.5,
    "bogofilter": 0.99,
    "rust-bayespam": 0.8,
}
# Rows of one corpus have no weights, and the other programs say there what their siblings say.
NOT_IN_FOLDS = {
    "sklearn-folded-weighted",
    "vw-letters-weighted",
    "fasttext-quantized",
    "rust-fasttext-words",
    "rust-fasttext-letters",
}
BUSINESS = {"bank": "bank_alerts_a", "info": "info_sms", "otp": "otp_signal_templates"}
UCI = "mendeley5971"
TIMED = 1000


class Bench:
    def __init__(self, cache, target):
        self.cache = cache
        self.release = target / "release"
        self.results_path = cache / "results.json"
        self.results = json.loads(self.results_path.read_text()) if self.results_path.exists() else {}
        train = (ROOT / "models/train.sh").read_text()
        # The bundled model's own settings, so that they stand in one place.
        self.settings = re.findall(r"--(?:solver|bits|alpha|seed|padding|misspelling) \S+", train)
        self.weights = re.findall(r"--weight \S+", train)
        self.signal_rates = re.findall(r"--signal-rate \S+", train)
        if len(self.settings) != 6:
            sys.exit("models/train.sh: not the options that are looked for there")

    def save(self):
        partial = self.results_path.with_suffix(".tmp")
        partial.write_text(json.dumps(self.results))
        partial.rename(self.results_path)

    # Rows

    def prepare(self):
        train = CORPORA / "train"
        self.export("data+train", [*self.weights, *self.signal_rates], [ROOT / "data/messages", train])
        self.export("train", self.weights, [train])
        self.export(UCI, [], [train / f"{UCI}.jsonl"])
        known = {row["cluster"] for path in train.glob("*.jsonl") for row in read(path)}
        for path in sorted((CORPORA / "dev").glob("*.jsonl")):
            # A dev row that is a near-duplicate of the training data says nothing; ids of some files repeat.
            rows = [
                {**row, "id": f"{path.stem}:{line}"}
                for line, row in enumerate(read(path), 1)
                if row["cluster"] not in known
            ]
            write(self.cache / "dev" / path.name, rows)
        every = [row for path in self.dev_files() for row in read(path)]
        write(self.cache / "dev.jsonl", every)
        samples = {
            "chat": read(train / "uci_sms.jsonl"),
            "business": [row for row in every if row["id"].split(":")[0] in {*BUSINESS.values(), "smishtank_a"}],
        }
        for name, rows in samples.items():
            write(self.cache / f"timed-{name}.jsonl", random.Random(1).sample(rows, TIMED))

    def export(self, name, options, data):
        path = self.rows(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        arguments = [word for option in options for word in option.split(" ")]
        call([self.release / "examples/export_rows", path, *arguments, *data])

    def rows(self, name):
        return self.cache / "rows" / f"{name}.jsonl"

    def dev_files(self):
        return sorted((self.cache / "dev").glob("*.jsonl"))

    # Peers: train, score, time

    def command(self, action, peer, model, rows):
        if peer.startswith("rust-"):
            return [self.release / "rust-peers", action, peer.removeprefix("rust-"), model, rows]
        return [sys.executable, HERE / "peer.py", action, peer, model, rows]

    def model(self, peer, rows):
        return self.cache / "models" / f"{rows}-{peer}"

    def train(self, peer, rows):
        """Trains on the rows of a name, and gives the seconds of CPU that all of it took."""
        model = self.model(peer, rows)
        model.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(model, ignore_errors=True)
        model.unlink(missing_ok=True)
        if peer != OURS:
            command = self.command("train", peer, model, self.rows(rows))
        elif rows == "data+train":
            command = [ROOT / "models/train.sh", model]
        elif rows == "train":
            options = [word for option in [*self.settings, *self.weights] for word in option.split(" ")]
            command = [self.release / "smishing", "train", CORPORA / "train", *options, "--output", model]
        else:
            command = [self.release / "smishing", "train", self.rows(rows), "--solver", "sparse", "--output", model]
        return call_measured(command)[1]

    def score(self, peer, trained_on, messages, output):
        """Writes the scores of the messages of a file."""
        model = self.model(peer, trained_on)
        rows = read(messages)
        if peer == OURS:
            command = [self.release / "smishing", "classify", "--model", model, "--input", messages, "--output", "jsonl"]
            scored = [json.loads(line) for line in call(command).splitlines()]
            scores = [{"id": row["id"], "score": row["score"], "label": row["label"]} for row in scored]
        else:
            answers = json.loads(call(self.command("score", peer, model, messages)))["scores"]
            if len(answers) != len(rows):
                sys.exit(f"{peer}: {len(answers)} scores for {len(rows)} messages")
            scores = [{"id": row["id"], "score": score} for row, score in zip(rows, answers)]
        write(output, scores)

    def evaluate(self, peer, scores, data, options=()):
        figures = self.cache / "figures.json"
        threshold = [] if peer == OURS else ["--threshold", str(PEERS[peer])]
        call([self.release / "smishing", "evaluate", "--scores", scores, *threshold, "--json", figures, *options, *data])
        return json.loads(figures.read_text())

    # Steps

    def accuracy(self, peers):
        options = [word for name, file in BUSINESS.items() for word in ("--business", f"{name}={self.cache}/dev/{file}.jsonl")]
        for rows in ("data+train", "train"):
            for peer in peers:
                note(f"{rows}: {peer}")
                seconds = self.train(peer, rows)
                size = size_of(self.model(peer, rows))
                scores = self.cache / "scores" / f"{rows}-{peer}.jsonl"
                self.score(peer, rows, self.cache / "dev.jsonl", scores)
                against = [] if peer == OURS else ["--against", self.model(OURS, rows)]
                found = self.evaluate(peer, scores, self.dev_files(), [*options, *against])
                check_area(found, scores, read(self.cache / "dev.jsonl"))
                self.results.setdefault("accuracy", {}).setdefault(rows, {})[peer] = found
                self.results.setdefault("training", {}).setdefault(rows, {})[peer] = {"seconds": seconds, "bytes": size}
                self.save()
        bundled = (ROOT / "models/bundled.smsh").read_bytes()
        self.results["is_bundled"] = self.model(OURS, "data+train").read_bytes() == bundled
        self.save()

    def folds(self, peers):
        every = read(self.rows(UCI))
        folds = sorted({row["fold"] for row in every})
        for fold in folds:
            write(self.rows(f"{UCI}-{fold}"), [row for row in every if row["fold"] != fold])
            write(self.rows(f"{UCI}-{fold}-held-out"), [row for row in every if row["fold"] == fold])
        for peer in peers:
            if peer in NOT_IN_FOLDS:
                continue
            note(f"{UCI}: {peer}")
            scores = []
            for fold in folds:
                self.train(peer, f"{UCI}-{fold}")
                part = self.cache / "scores/fold.jsonl"
                self.score(peer, f"{UCI}-{fold}", self.rows(f"{UCI}-{fold}-held-out"), part)
                scores += read(part)
            path = self.cache / "scores" / f"{UCI}-{peer}.jsonl"
            write(path, scores)
            found = self.evaluate(peer, path, [self.rows(UCI)])
            check_area(found, path, every)
            self.results.setdefault("accuracy", {}).setdefault(UCI, {})[peer] = found
            self.save()

    def speed(self, peers):
        self.results["load_average"] = [os.getloadavg()[0]]
        for peer in peers:
            model = self.model(peer, "data+train")
            for name in ("chat", "business"):
                note(f"speed on {name}: {peer}")
                rows = self.cache / f"timed-{name}.jsonl"
                command = self.command("time", peer, model, rows)
                if peer == OURS:
                    command = [self.release / "examples/time_messages", model, rows]
                answer, _, peak = call_measured(command)
                answer = json.loads(answer)
                if name == "business":
                    self.check_same(peer, rows, answer["scores"])
                del answer["scores"]
                answer["peak_bytes"] = peak
                self.results.setdefault("speed", {}).setdefault(peer, {})[name] = answer
            self.save()
        self.results["load_average"].append(os.getloadavg()[0])
        self.save()

    def check_same(self, peer, rows, timed):
        """What was timed says what was scored."""
        scored = {row["id"]: row["score"] for row in read(self.cache / "scores" / f"data+train-{peer}.jsonl")}
        apart = max(abs(scored[row["id"]] - score) for row, score in zip(read(rows), timed, strict=True))
        if apart > 1e-4:
            sys.exit(f"{peer}: what was timed differs from what was scored by {apart}")


def check_area(found, scores, rows):
    """The bench's area under the ROC curve, once more by another way, on a set that has both classes."""
    from sklearn.metrics import roc_auc_score

    score = {row["id"]: row["score"] for row in read(scores)}
    bad = {}
    for row in rows:
        bad.setdefault(row["id"].split(":")[0] if len(found["sets"]) > 1 else found["sets"][0]["name"], []).append(row)
    for named in found["sets"]:
        if named["roc_auc"] is None:
            continue
        own = bad[named["name"]]
        area = roc_auc_score([row["label"] != "ham" for row in own], [score[row["id"]] for row in own])
        if abs(area - named["roc_auc"]["value"]) > 1e-3:
            sys.exit(f"{scores}: area under the ROC curve of {named['name']}: {area}, the bench says {named['roc_auc']['value']}")


def call(command):
    return call_measured(command)[0]


def call_measured(command):
    """Standard output of a command, its seconds of CPU and the most memory that it held, in bytes."""
    command = [str(word) for word in command]
    with tempfile.NamedTemporaryFile("r") as used:
        # Asked of the system directly, a child's memory would begin with that of this process, from which it is forked.
        measured = ["/usr/bin/time", "--format", "%U %S %M", "--output", used.name, *command]
        done = subprocess.run(measured, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(command)}")
        user, system, kilobytes = used.read().split()
    return done.stdout, float(user) + float(system), int(kilobytes) * 1024


def size_of(path):
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files)


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def note(text):
    print(text, file=sys.stderr, flush=True)


def main():
    steps = ["accuracy", "folds", "speed", "tables"]
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"{', '.join(steps)} [default: all of them]")
    parser.add_argument("--peer", action="append", choices=list(PEERS), help="this peer alone; may be repeated")
    parser.add_argument("--cache", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = set(arguments.steps) - set(steps)
    if unknown:
        parser.error(f"unknown step {', '.join(unknown)}: expected {', '.join(steps)}")
    asked = arguments.steps or steps
    peers = arguments.peer or list(PEERS)
    bench = Bench(arguments.cache, arguments.target)
    if asked != ["tables"]:
        bench.prepare()
        bench.results["date"] = date.today().isoformat()
    for step in ("accuracy", "folds", "speed"):
        if step in asked:
            getattr(bench, step)(peers)
    if "tables" in asked:
        tables.write(bench.results, ROOT)


if __name__ == "__main__":
    main()
