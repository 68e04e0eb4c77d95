#!/usr/bin/env bash
# detmeta and what one would use without it, side by side in one server: what `make bench` runs. doc/benchmarks.md tells
# the method, and how to read the results.
#
#   RUNS=1000000    how many runs are generated
#   PART="conditions pages explore ..."   which parts; `make bench PART=help` lists them
#   ROUNDS=3        how often each question is asked, the peers taking turns; medians are printed
#   RESULTS=results/bench  where the tables, the measurements and the plots go
#   BENCH_DIR=/var/tmp  where the server's temporary folder is made; 1,000,000 runs need 15 GB there
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../setup.sh"
. "$HERE/common.sh"
. "$HERE/peers.sh"
. "$HERE/ask.sh"

RUNS=${RUNS:-1000000}
ROUNDS=${ROUNDS:-3}
PART=${PART:-explore}
RESULTS=${RESULTS:-$TREE/results/bench}

# Ask the questions of a file.
questions() {
	local peer
	read_questions "$HERE/questions/$1.txt"
	need $able
	PEERS=
	for peer in $ORDER; do
		if [[ " $able " = *" $peer "* ]] && [ -n "${ready[$peer]:-}" ]; then PEERS+=" $peer"; fi
	done
	ask "$1"
}

# Print and keep what was measured.
report() {
	local peer title
	title="# make bench: $RUNS runs, PostgreSQL $("$PG_CONFIG" --version | sed 's/PostgreSQL //'), $(nproc) processors, $(date +%F)"
	mkdir -p "$RESULTS"
	cp "$WORK/measurements.csv" "$RESULTS/measurements.csv"
	perl "$HERE/report.pl" "$title" "$(for peer in "${!label[@]}"; do echo "$peer=${label[$peer]}"; done)" \
		<"$RESULTS/measurements.csv" >"$RESULTS/table.md"
	say ""
	cat "$RESULTS/table.md"
	say ""
	say "Written to $RESULTS, after $SECONDS s."
}

bench_begin
use bench generated "$RUNS"
load_generated
for part in $PART; do questions "$part"; done
report
