#!/usr/bin/env bash
# What becomes of builds, sizes, questions and posts when a table is ten times as large? Each is measured on two data sets
# in one server, taking turns; what grows faster than the table is what to look at.
#
#   RUNS=10000000         runs in the larger table; 10,000,000 need 30 GB in BENCH_DIR
#   FACTOR=10             the smaller one has as many times fewer
#   ROUNDS=5              how often each question is asked of each table; medians count
#   POST_SECONDS=10 CLIENTS=2   posts, with synchronous_commit off
#   RESULTS=folder        where scale.csv and scale.md go; else the table is only printed
#   BENCH_DIR=/var/tmp    where the server's temporary folder is made
#   SHARED_BUFFERS=8GB
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../setup.sh"
for file in common ask write; do . "$HERE/$file.sh"; done

RUNS=${RUNS:-10000000}
FACTOR=${FACTOR:-10}
ROUNDS=${ROUNDS:-5}
POST_SECONDS=${POST_SECONDS:-10}
CLIENTS=${CLIENTS:-2}

# Turn to the data set of so many runs.
turn_to() {
	SIZE=$1 DB=runs_$1
}

note_scale() {
	printf '"%s",%s,%s,%s\n' "$1" "$SIZE" "$2" "$3" >>"$WORK/scale.csv"
}

# The peak of a backend's own memory while it executes a statement, in bytes.
peak_memory() {
	sql <<-SQL | tail -n 1
		SELECT pg_backend_pid() AS pid \gset
		\o /dev/null
		$1;
		\o
		\setenv PID :pid
		\! awk '/^VmHWM|^RssFile|^RssShmem/ { size[\$1] = \$2 } END { printf "%d\n", (size["VmHWM:"] - size["RssFile:"] - size["RssShmem:"]) * 1024 }' /proc/\$PID/status
	SQL
}

load_scale() {
	local start
	turn_to "$1"
	PGOPTIONS= "$BIN/createdb" "$DB"
	sql -c "CREATE EXTENSION detmeta"
	load_generated
	working "Building the index of $SIZE runs"
	start=$(date +%s%N)
	note_scale "memory of a build" "$(peak_memory "$ours")" bytes
	note_scale "build" "$((($(date +%s%N) - start) / 1000000))" ms
	sql -c "VACUUM (FREEZE, ANALYZE) runs_metadata"
	note_scale "size of the index" "$(sql -c "SELECT pg_relation_size('$our_index')")" bytes
}

# The best of five times in milliseconds: what other work on the machine adds is not the size's.
best_time() {
	for i in 1 2 3 4 5; do statement "$1"; done | times_of | sort -g | head -n 1
}

# Ask both tables all questions in turns, a session for each question.
ask_scale() {
	local round name turn
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "${names[@]}"; do
			for turn in "${sizes[@]}"; do
				turn_to "$turn"
				note_scale "$name" "$(best_time "${ways[$name/detmeta]%$'\n'}")" ms
			done
		done
		working "Asked $round times of $ROUNDS"
	done
}

# Post documents that no run has yet.
post_scale() {
	local turn
	for turn in "${sizes[@]}"; do
		turn_to "$turn"
		sql -c "CREATE TABLE posts AS SELECT * FROM generator.runs(1, 20000, 2)" -c "ALTER TABLE posts ADD PRIMARY KEY (run_id)" -c "CHECKPOINT"
		printf '\\set run random(1, %s)\n\\set post random(1, 20000)\nSELECT post_run_metadata(:run, (SELECT metadata FROM posts WHERE run_id = :post));\n' "$SIZE" >"$WORK/post.sql"
		note_scale "posts" "$(PGOPTIONS="-c synchronous_commit=off" pgbench_for "$POST_SECONDS" 1 -f "$WORK/post.sql")" "per second"
	done
}

report_scale() {
	echo "# make bench PART=scale"
	echo
	echo "PostgreSQL $("$PG_CONFIG" --version | sed 's/PostgreSQL //'), $(nproc) processors, $(date +%F); medians of $ROUNDS turns."
	echo
	perl "$HERE/scale.pl" "$WORK/scale.csv"
}

sizes=($((RUNS / FACTOR)) "$RUNS")
setup_begin bench "${BENCH_DIR:-/var/tmp}"
setup_packages
setup_build
setup_server bench "shared_buffers = ${SHARED_BUFFERS:-8GB}" "work_mem = 64MB" "maintenance_work_mem = 64MB" \
	"max_wal_size = 16GB" "checkpoint_timeout = 1h" "autovacuum = off" "jit = off" "random_page_cost = 1.1" \
	"effective_cache_size = 8GB" "max_parallel_workers_per_gather = 0" "max_parallel_maintenance_workers = 0"
echo 'what,runs,value,unit' >"$WORK/scale.csv"
export PGOPTIONS=
for size in "${sizes[@]}"; do load_scale "$size"; done
read_questions "$HERE/questions/scale.txt"
ask_scale
post_scale
report_scale >"$WORK/scale.md"
say ""
cat "$WORK/scale.md"
if [ -n "${RESULTS:-}" ]; then
	mkdir -p "$RESULTS"
	cp "$WORK/scale.md" "$WORK/scale.csv" "$RESULTS/"
	say ""
	say "Written to $RESULTS/scale.csv and $RESULTS/scale.md."
fi
