#!/usr/bin/env bash
# Trains on 10^4 to 10^6 generated messages and on the bundled model's data, and prints the table of the record.
# It needs GNU time (Debian: time) and, for the last line, ../shared/corpora/train. Rows: 10000 100000 1000000 or those given.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --quiet --release --bin smishing
cargo build --quiet --release -p smishing-benches --bin generate

measured() { # name, command...
    local name=$1
    shift
    /usr/bin/time -f "%e %U %S %M" -o "$work/time" "$@" > "$work/out"
    local clusters
    clusters=$(grep -o '[0-9]* clusters' "$work/out" | cut -d' ' -f1)
    awk -v name="$name" -v clusters="$clusters" \
        '{printf "| %s | %s | %.1f | %.1f | %.0f |\n", name, clusters, $1, $2 + $3, $4 / 1024}' "$work/time"
}

echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $(date -u +%FT%RZ)"
echo
echo "| messages | clusters | seconds | CPU seconds | peak MB |"
echo "|---|---:|---:|---:|---:|"
for count in ${@:-10000 100000 1000000}; do
    "$target/release/generate" --rows "$count" --seed 1 > "$work/messages.jsonl"
    measured "$count generated, 2^18" "$target/release/smishing" train "$work/messages.jsonl" \
        --solver sparse --bits 18 --alpha 1 --seed 1 --output "$work/model.smsh"
done
if [ -d ../shared/corpora/train ]; then
    measured "data/messages and train, as bundled" models/train.sh "$work/model.smsh"
fi
