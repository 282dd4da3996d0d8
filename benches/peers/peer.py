"""The peers that Python reaches, behind the commands that every peer has:

    peer.py train NAME MODEL ROWS.jsonl    writes the model
    peer.py score NAME MODEL ROWS.jsonl    prints {"scores"}
    peer.py time NAME MODEL ROWS.jsonl     prints {"load", "single", "batch", "scores"}, seconds of CPU

Rows hold `text`, and to train on `label` and `weight`. Scores are probabilities of bad.
"""

import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import time

RUNS = 5
# Python's own calls cost so much that fewer messages give the same median.
SINGLE_TEXTS = 300

DIGIT = re.compile(r"\d")
SIGN = re.compile(r"[^\w\s]")


def fold_digits(text):
    return DIGIT.sub("0", text.lower())


def words_apart(text):
    """Lower case, digits as 0, words and signs apart: much as `folded` of rust/src/main.rs."""
    return " ".join(SIGN.sub(r" \g<0> ", fold_digits(text)).split())


class Sklearn:
    """TF-IDF of words (1-2) and of letters within words (2-5), logistic regression: the strongest simple peer."""

    def __init__(self, folded=False, weighted=False):
        self.folded, self.weighted = folded, weighted

    def pipeline(self):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union

        before = fold_digits if self.folded else None
        common = {"preprocessor": before, "sublinear_tf": True, "min_df": 2}
        return make_pipeline(
            make_union(
                TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **common),
                TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common),
            ),
            LogisticRegression(C=10, solver="liblinear"),
        )

    def train(self, rows, path):
        import joblib

        pipeline = self.pipeline()
        weights = [row["weight"] for row in rows] if self.weighted else None
        step = pipeline.steps[-1][0]
        bad = [row["label"] != "ham" for row in rows]
        pipeline.fit([row["text"] for row in rows], bad, **{f"{step}__sample_weight": weights})
        joblib.dump(pipeline, path)

    def load(self, path):
        import joblib

        self.model = joblib.load(path)

    def scores(self, texts):
        return self.model.predict_proba(texts)[:, 1].tolist()


class NaiveBayes(Sklearn):
    """Multinomial naive Bayes on counts of words: the tutorials' spam filter."""

    def pipeline(self):
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.naive_bayes import MultinomialNB
        from sklearn.pipeline import make_pipeline

        return make_pipeline(CountVectorizer(), MultinomialNB())


# What its tutorial comes to.
FASTTEXT = {"lr": 0.5, "epoch": 25, "dim": 50, "wordNgrams": 2, "bucket": 200_000}
LETTERS = {"minn": 3, "maxn": 5}


class FastText:
    """Official bindings, with their defaults but for these settings."""

    def __init__(self, quantized=False, **settings):
        self.quantized, self.settings = quantized, settings

    def train(self, rows, path):
        import fasttext

        lines = f"{path}.txt"
        with open(lines, "w") as file:
            for row in rows:
                label = "ham" if row["label"] == "ham" else "bad"
                file.write(f"__label__{label} {words_apart(row['text'])}\n")
        model = fasttext.train_supervised(lines, verbose=0, thread=1, **self.settings)
        if self.quantized:
            model.quantize(input=lines, qnorm=True, thread=1, verbose=0)
        model.save_model(path)
        os.remove(lines)

    def load(self, path):
        import fasttext

        # It warns on standard error that it does nothing.
        fasttext.FastText.eprint = lambda *_: None
        self.model = fasttext.load_model(path)

    def scores(self, texts):
        labels, probabilities = self.model.predict([words_apart(text) for text in texts], k=2)
        return [self.bad(*pair) for pair in zip(labels, probabilities)]

    def score(self, text):
        return self.bad(*self.model.predict(words_apart(text), k=2))

    @staticmethod
    def bad(labels, probabilities):
        # Probabilities may pass 1 by a rounding.
        return min(1.0, max(0.0, float(dict(zip(labels, probabilities)).get("__label__bad", 0.0))))


class VowpalWabbit:
    """Words 1-2, hashed by Vowpal Wabbit; with `letters` n-grams of 3 to 5 letters that Python cuts."""

    PASSES = 10

    def __init__(self, letters=False, weighted=False):
        self.letters, self.weighted = letters, weighted

    def example(self, text):
        plain = words_apart(text).replace(":", "<colon>").replace("|", "<bar>")
        line = f"|w {plain}"
        if self.letters:
            joined = " ".join(plain.split()).replace(" ", "_")
            grams = {joined[at : at + size] for size in (3, 4, 5) for at in range(len(joined) - size + 1)}
            line += " |c " + " ".join(sorted(grams))
        return line

    def train(self, rows, path):
        import random

        import vowpalwabbit

        rows = list(rows)
        # One pass after another over sorted files would learn the last file best.
        random.Random(1).shuffle(rows)
        lines = f"{path}.txt"
        with open(lines, "w") as file:
            for row in rows:
                label = -1 if row["label"] == "ham" else 1
                weight = row["weight"] if self.weighted else 1
                file.write(f"{label} {weight} {self.example(row['text'])}\n")
        bits = 20 if self.letters else 18
        model = vowpalwabbit.Workspace(
            f"--data {lines} --final_regressor {path} --cache --kill_cache --passes {self.PASSES} --holdout_off"
            f" --loss_function logistic --bit_precision {bits} --ngram w2 --l2 1e-7 --random_seed 1 --quiet"
        )
        model.finish()
        for left in (lines, f"{lines}.cache"):
            if os.path.exists(left):
                os.remove(left)

    def load(self, path):
        import vowpalwabbit

        self.model = vowpalwabbit.Workspace(f"--initial_regressor {path} --testonly --quiet")

    def score(self, text):
        return 1 / (1 + math.exp(-self.model.predict(self.example(text))))

    def scores(self, texts):
        return [self.score(text) for text in texts]


class Bogofilter:
    """Debian's bogofilter, a program: one process for each call."""

    @staticmethod
    def mailbox(texts):
        mails = (re.sub(r"^(>*From )", r">\1", text, flags=re.M) for text in texts)
        return "".join(f"From sms Thu Jan  1 00:00:00 1970\nSubject: sms\n\n{mail}\n\n" for mail in mails)

    def run(self, options, texts, path):
        command = ["bogofilter", "--db-cachesize=16", "-d", path, "-M", *options]
        done = subprocess.run(command, input=self.mailbox(texts).encode(), capture_output=True)
        # 0 to 2: spam, ham, unsure.
        if done.returncode > 2:
            sys.exit(f"bogofilter: {done.stderr.decode()}")
        return done.stdout.decode()

    def train(self, rows, path):
        os.makedirs(path)
        for option, ham in (("-n", True), ("-s", False)):
            self.run([option], [row["text"] for row in rows if (row["label"] == "ham") == ham], path)

    def load(self, path):
        self.path = path

    def scores(self, texts):
        # `-TT -v`: the score alone, a line a message.
        lines = self.run(["-TT", "-v"], texts, self.path).split()
        return [float(line) for line in lines]


PEERS = {
    "sklearn": Sklearn(),
    "sklearn-folded": Sklearn(folded=True),
    "sklearn-folded-weighted": Sklearn(folded=True, weighted=True),
    "naive-bayes": NaiveBayes(),
    "fasttext-defaults": FastText(),
    "fasttext-words": FastText(**FASTTEXT),
    "fasttext-letters": FastText(**FASTTEXT, **LETTERS),
    "fasttext-quantized": FastText(quantized=True, **FASTTEXT, **LETTERS),
    "vw-words": VowpalWabbit(),
    "vw-letters": VowpalWabbit(letters=True),
    "vw-letters-weighted": VowpalWabbit(letters=True, weighted=True),
    "bogofilter": Bogofilter(),
}


def one(peer, text):
    return peer.score(text) if hasattr(peer, "score") else peer.scores([text])[0]


def cpu_seconds():
    """Of this process and of those that it waited for: what else the machine does counts little."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def median(work):
    def once():
        start = cpu_seconds()
        work()
        return cpu_seconds() - start

    return statistics.median(once() for _ in range(RUNS))


def timed(peer, path, texts):
    load = median(lambda: peer.load(path))
    few = texts[:: max(1, len(texts) // SINGLE_TEXTS)]
    scores = peer.scores(texts)
    alone = [one(peer, text) for text in few]
    apart = max(abs(a - b) for a, b in zip(alone, scores[:: max(1, len(texts) // SINGLE_TEXTS)]))
    if apart > 1e-4:
        sys.exit(f"a message alone and among others scores differently: by {apart}")
    return {
        "load": load,
        "single": median(lambda: [one(peer, text) for text in few]) / len(few),
        "batch": median(lambda: peer.scores(texts)) / len(texts),
        "scores": scores,
    }


def main():
    command, name, path, rows = sys.argv[1:]
    peer = PEERS[name]
    with open(rows) as file:
        rows = [json.loads(line) for line in file]
    if command == "train":
        peer.train(rows, path)
        return
    texts = [row["text"] for row in rows]
    if command == "time":
        answer = timed(peer, path, texts)
    else:
        peer.load(path)
        answer = {"scores": peer.scores(texts)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
