"""From what `run.py` measured to the record and to COMPARE.md, whose tables stand between markers."""

import json
import os
import re
import subprocess
import sys

PEERS = {
    "smishing": ("**smishing**, this library", "Rust"),
    "sklearn": ("scikit-learn, words and letters, logistic regression", "Python"),
    "sklearn-folded": ("scikit-learn, the same, digits folded", "Python"),
    "sklearn-folded-weighted": ("scikit-learn, the same, digits folded, our row weights", "Python"),
    "naive-bayes": ("scikit-learn, words, naive Bayes", "Python"),
    "fasttext-defaults": ("fastText, words, its defaults", "Python, C++"),
    "fasttext-words": ("fastText, words, fitted harder", "Python, C++"),
    "fasttext-letters": ("fastText, words and letters, fitted harder", "Python, C++"),
    "fasttext-quantized": ("fastText, words and letters, quantized", "Python, C++"),
    "rust-fasttext-words": ("crate `fasttext`, words", "Rust"),
    "rust-fasttext-letters": ("crate `fasttext`, words and letters", "Rust"),
    "vw-words": ("Vowpal Wabbit, words", "Python, C++"),
    "vw-letters": ("Vowpal Wabbit, words and letters", "Python, C++"),
    "vw-letters-weighted": ("Vowpal Wabbit, words and letters, our row weights", "Python, C++"),
    "bogofilter": ("bogofilter", "C, a program"),
    "rust-bayespam": ("crate `bayespam`", "Rust"),
}
BUSINESS = ["bank_alerts_a", "otp_signal_templates", "info_sms"]
SCAMS = "smishtank_a"
LANGUAGES = {
    "ph_spam_ads": "Philippine",
    "pt_moz_smishing": "Portuguese (Mozambique)",
    "id_wibisono": "Indonesian",
    "tr_sms": "Turkish",
    "zh_ccf": "Chinese",
}


def write(results, root):
    missing = {"accuracy", "training", "speed"} - results.keys()
    if missing:
        sys.exit(f"nothing measured yet of {', '.join(sorted(missing))}: run all steps first")
    unseen, cost = results["accuracy"], cost_table(results)
    tables = {
        "data and train": unseen_table(unseen["data+train"]),
        "train": unseen_table(unseen["train"]),
        "languages": languages_table(unseen["data+train"]),
        "uci": uci_table(unseen["mendeley5971"]),
        "cost": cost,
    }
    compare = root / "COMPARE.md"
    text = compare.read_text()
    for name, table in tables.items():
        text, found = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda match: f"{match[1]}\n{table}\n{match[2]}", text, flags=re.S
        )
        if found != 1:
            sys.exit(f"COMPARE.md: {found} places for the table `{name}`, there should be one")
    text = re.sub(r"<!-- date -->[^<]*", f"<!-- date -->{results['date']}", text)
    compare.write_text(text)
    record = root / "benches/record"
    (record / f"peers-{results['date']}.md").write_text(record_text(results, tables, root))
    figures = {rows: {peer: slim(found) for peer, found in peers.items()} for rows, peers in unseen.items()}
    lines = (f'"{rows}": {{\n{by_peer(peers)}\n}}' for rows, peers in figures.items())
    (record / f"accuracy-{results['date']}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def by_peer(peers):
    return ",\n".join(f"{json.dumps(peer)}: {json.dumps(found, separators=(',', ':'))}" for peer, found in peers.items())


# What follows from the rest, and curves.
LEFT_OUT = {"reliability", "reliability_balanced", "accuracy", "precision_at_share", "one_minus_roca_percent"}


def slim(value):
    """Without what is not there or says nothing more, and with as many digits as mean something."""
    if isinstance(value, dict):
        kept = {key: slim(part) for key, part in value.items() if part is not None and key not in LEFT_OUT}
        return {key: part for key, part in kept.items() if part != {}}
    if isinstance(value, list):
        return [slim(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def unseen_table(peers):
    rows = []
    for peer, found in in_order(peers):
        business, sets = found["business"], {named["name"]: named for named in found["sets"]}
        recall = by_name(business["scams"])[SCAMS]["recall_at_business_fpr"]["by_cluster"]
        difference = business.get("difference")
        if difference:
            difference = by_name(difference["scams"])[SCAMS]["recall_at_business_fpr"]["by_cluster"]["0.01"]
        rows.append(
            [
                PEERS[peer][0],
                *(percent(sets[name]["blocked_ham"], interval=False) for name in BUSINESS),
                percent(business["blocked_ham"]["by_cluster"]),
                percent(sets["nus_chat"]["blocked_ham"], interval=False),
                percent(sets[SCAMS]["spam_caught"]),
                percent(recall["0.01"]),
                percent(recall["0.05"]),
                percent(difference),
            ]
        )
    return table(
        [
            "program",
            "bank alerts flagged",
            "one-time codes flagged",
            "delivery, travel ... flagged",
            "mean of these three, by cluster",
            "chat flagged",
            "scams caught",
            "scams caught at 1 % business flagged",
            "at 5 %",
            "difference to smishing at 1 %, paired",
        ],
        rows,
    )


def languages_table(peers):
    rows = []
    for peer, found in in_order(peers):
        sets = by_name(found["sets"])
        rows.append([PEERS[peer][0], *(plain(sets[name]["roc_auc"]) for name in LANGUAGES)])
    return table(["ROC AUC", *LANGUAGES.values()], rows)


def uci_table(peers):
    rows = []
    for peer, found in in_order(peers):
        of = found["sets"][0]
        rows.append(
            [
                PEERS[peer][0],
                plain(of["mcc"]),
                percent(of["spam_caught"]),
                percent(of["blocked_ham"]),
                plain(of["roc_auc"]),
                percent(of["recall_at_fpr"]["0.01"]),
            ]
        )
    return table(["program", "MCC", "bad caught", "ham flagged", "ROC AUC", "caught at 1 % ham flagged"], rows)


def cost_table(results):
    ours = results["speed"]["smishing"]["chat"]["single"]
    rows = []
    for peer, speed in in_order(results["speed"]):
        training = results["training"]["data+train"][peer]
        chat, business = speed["chat"], speed["business"]
        rows.append(
            [
                PEERS[peer][0],
                PEERS[peer][1],
                *(digits(part[way] * 1e6) for way in ("single", "batch") for part in (chat, business)),
                f"{digits(chat['single'] / ours)} x",
                f"{digits(chat['batch'] / results['speed']['smishing']['chat']['batch'])} x",
                digits(training["seconds"]),
                f"{digits(training['bytes'] / 1e3)} KB",
                # A program that is started for each call loads nothing before.
                f"{digits(chat['load'] * 1e3)} ms" if chat["load"] > 1e-5 else "-",
                f"{business['peak_bytes'] / 1e6:.0f} MB",
            ]
        )
    return table(
        [
            "program",
            "runs as",
            "µs a chat text, one by one",
            "µs a business text, one by one",
            "µs a chat text, in a batch",
            "µs a business text, in a batch",
            "one by one, against smishing",
            "in a batch",
            "training, s",
            "model",
            "load",
            "peak memory",
        ],
        rows,
    )


def in_order(peers):
    return [(peer, peers[peer]) for peer in PEERS if peer in peers]


def by_name(sets):
    return {named["name"]: named for named in sets}


def percent(estimate, interval=True):
    return told(estimate, 100, 1, " %", interval)


def plain(estimate):
    return told(estimate, 1, 3, "", True)


def told(estimate, scale, decimals, unit, interval):
    if estimate is None:
        return "-"
    value, low, high = (scale * figure for figure in (estimate["value"], *estimate["ci95"]))
    text = f"{value:.{decimals}f}{unit}"
    return f"{text} ({low:.{decimals}f} to {high:.{decimals}f})" if interval else text


def digits(figure):
    """Two digits that mean something."""
    return f"{figure:,.0f}" if figure >= 10 else f"{figure:.2g}"


def table(header, rows):
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])


def record_text(results, tables, root):
    first, last = (f"{load:.1f}" for load in results["load_average"])
    packages = [line for line in (root / "benches/peers/requirements.txt").read_text().split("\n") if "==" in line]
    bogofilter = run(["bogofilter", "-V"]).split("\n")[0]
    processor = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())[1]
    memory = int(re.search(r"MemTotal:\s*(\d+)", open("/proc/meminfo").read())[1]) / 2**20
    commit = run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"]).strip()
    dirty = " with changes not yet committed" if run(["git", "-C", str(root), "status", "--porcelain"]) else ""
    same = "is" if results["is_bundled"] else "is NOT"
    return f"""# Beside the peers, {results["date"]}

Made by `benches/peers/run`, which is also how to repeat it; every figure with its interval, and many more sets, stand in
`accuracy-{results["date"]}.json`. What the columns mean and how each program was set up: `benches/peers/README.md`.

**Machine**: {processor}, {os.cpu_count()} cores, {memory:.0f} GB; one thread each. Load average {first} before the timing and {last}
after it: times are CPU time (user and system), so that other programs weigh less, but caches were shared: trust ratios.

**Versions**: smishing at {commit}{dirty} ({run(["rustc", "--version"]).strip()}); its model on `data/messages` and the train
tier {same} the bundled one, byte for byte; {", ".join(packages)}; Python {sys.version.split()[0]}; {bogofilter}; crates fasttext 0.8.0, bayespam 1.2.0.

## Trained on `data/messages` and the train tier, on populations that nobody trained on

{tables["data and train"]}

Genuine against bad within sets that hold both, most of them advertising, few of their languages in training:

{tables["languages"]}

## Trained on the train tier alone: what one has without our messages

{tables["train"]}

## Mishra-Soni (`mendeley5971`), five folds by cluster, the same for all

{tables["uci"]}

## Cost, models of the first table

{tables["cost"]}
"""


def run(command):
    return subprocess.run(command, capture_output=True, text=True).stdout
