#!/usr/bin/env bash
# detmeta and what one would use without it, side by side in one server: what `make bench` runs. doc/benchmarks.md tells
# the method, and how to read the results.
#
#   RUNS=1000000    how many runs are generated
#   PART="..."      which parts; without it all, but for grid, which is grid.sh:
#     conditions    counts of every condition
#     pages         sorted pages, alone and with a count
#     explore       keys, values, summaries, search
#     analysis      groups, lists within a filter, histograms
#     dialect       the same in core's SQL, as clients write it, and joins
#     plan          planning
#     growth        some questions on 10,000, 30,000, 100,000 ... runs, up to RUNS
#     write         bulk load, updates, VACUUM, merges
#     post          posts from two connections to all runs
#     packages      questions on documents that are real
#   ROUNDS=3        how often each question is asked and each statement planned, the peers taking turns
#   WRITE_ROUNDS=2 MERGE_SECONDS=10   the same for the part write
#   POST_ROUNDS=2 POST_SECONDS=15 CLIENTS=2   and for the part post
#   PLANS=50 TURNS=5   how often a statement is planned in a turn, and turns in a round
#   RESULTS=results/bench   where table.md, summary.md, statements.md, measurements.csv and the plots go
#   BENCH_DIR=/var/tmp   where the server's temporary folder is made; 1,000,000 runs need 20 GB there
#   SHARED_BUFFERS=4GB
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../setup.sh"
for file in common peers ask dialect plan write; do . "$HERE/$file.sh"; done

RUNS=${RUNS:-1000000}
ROUNDS=${ROUNDS:-3}
WRITE_ROUNDS=${WRITE_ROUNDS:-2}
MERGE_SECONDS=${MERGE_SECONDS:-10}
POST_ROUNDS=${POST_ROUNDS:-2}
POST_SECONDS=${POST_SECONDS:-15}
CLIENTS=${CLIENTS:-2}
PLANS=${PLANS:-50}
TURNS=${TURNS:-5}
RESULTS=${RESULTS:-$TREE/results/bench}
PARTS="conditions pages explore analysis dialect plan growth write post packages"

# Keep in $PEERS those of $able that could be made ready.
ready_peers() {
	local peer
	PEERS=
	for peer in $ORDER; do
		if [[ " $able " = *" $peer "* ]] && [ -n "${ready[$peer]:-}" ]; then PEERS+=" $peer"; fi
	done
}

# Ask the questions of a file, perhaps only those with a mark and only some peers.
questions() {
	local part=$1 file=$2 mark=${3:-} only=${4:-}
	read_questions "$HERE/questions/$file.txt" "$mark"
	[ -z "$only" ] || able=$only
	need $able
	ready_peers
	ask "$part"
}

# Ask the questions that are marked so on data sets of growing size; the last is the one that all parts use.
growth() {
	local size=10000 saved=$(declare -p DB DATA SIZE prefix indexes built ready)
	while [ "$size" -lt "$RUNS" ]; do
		use "runs_$size" generated "$size"
		load_generated
		growth_questions
		case $size in 1*) size=$((size * 3)) ;; *) size=$((size / 3 * 10)) ;; esac
	done
	eval "${saved//declare -/declare -g -}"
	growth_questions
}

growth_questions() {
	local file
	for file in conditions pages explore; do
		questions growth $file growth "detmeta path btree scan eav_shipped eav_tuned"
	done
	note growth "size of the index or table" detmeta "$(sql -c "SELECT pg_relation_size('$our_index')")" bytes
	note growth "size of the index or table" path "$(sql -c "SELECT pg_relation_size('runs_path')")" bytes
	note growth "size of the index or table" eav_shipped "$(sql -c "SELECT pg_total_relation_size('eav.runs_metadata_index')")" bytes
}

# Ask for the packages that apt knows of.
packages() {
	have_packages || { say "apt has no list of packages here: this data set is left out"; return; }
	use packages packages 0
	load_packages
	questions packages packages
}

# Print one line on where this was measured.
machine() {
	echo "PostgreSQL $("$PG_CONFIG" --version | sed 's/PostgreSQL //'), $(nproc) processors$(sed -n '/^model name/{s/.*: \(.*\)/ (\1)/p;q}' /proc/cpuinfo)," \
		"$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr), $(date +%F)"
}

# Print and keep what was measured.
report() {
	local size
	mkdir -p "$RESULTS"
	cp "$WORK/measurements.csv" "$RESULTS/"
	if [ -e "$WORK/statements.md" ]; then cp "$WORK/statements.md" "$RESULTS/"; fi
	[ "$PART" = packages ] || size="$RUNS runs; "
	perl "$HERE/report.pl" "${size:-}$(machine)${missing[*]:+. Not installed, so left out: ${!missing[*]}}" "$RESULTS"
	say ""
	cat "$RESULTS/table.md"
	say ""
	say "Written to $RESULTS, after $SECONDS s: $(cd "$RESULTS" && echo *)."
}

for part in ${PART:=$PARTS}; do
	[[ " $PARTS " = *" $part "* ]] || die "no part is called $part; there are $PARTS"
done
bench_begin
if [ "$PART" != packages ]; then
	use bench generated "$RUNS"
	load_generated
fi
for part in $PARTS; do
	[[ " $PART " = *" $part "* ]] || continue
	start=$SECONDS
	case $part in
		conditions | pages | explore | analysis) questions $part $part ;;
		*) $part ;;
	esac
	note time "$part" seconds $((SECONDS - start)) s
done
report
