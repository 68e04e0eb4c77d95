#!/usr/bin/env bash
# Does the planner choose right? Over a grid of selectivity, table size, order and LIMIT, time each plan that can be
# forced, and compare the one that the planner chooses with the best.
#
#   SIZES="1000 10000 100000 1000000"   runs in the tables
#   SELECTIVITIES="0.0001 0.001 0.01 0.1 0.5 1"
#   LIMITS="1 20 1000 none"
#   KEYS="converged/optimizer.name/owner/optimizer.name, loss"   orders, each with the run behind: of few values, and many
#   OFFSETS="0.5 0.99"    rows to skip, as a share of those selected, of the orders and of one by loss, with LIMIT 20
#   ROUNDS=5              how often each plan is measured, the plans taking turns; medians count
#   RANDOM_PAGE_COST=4    the planner's setting
#   RESULTS=folder        where grid.csv and grid.md go; else the table is only printed
#   BENCH_DIR=/var/tmp    where the server's temporary folder is made
#
# Plans: seq (sequential scan), bitmap (core's bitmap scan), scan (Metadata Scan or Metadata Count; a Sort above it
# for an order), walk (Metadata Scan in the order of the key).
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../setup.sh"

SIZES=${SIZES:-1000 10000 100000 1000000}
SELECTIVITIES=${SELECTIVITIES:-0.0001 0.001 0.01 0.1 0.5 1}
LIMITS=${LIMITS:-1 20 1000 none}
KEYS=${KEYS-converged/optimizer.name/owner/optimizer.name, loss}
OFFSETS=${OFFSETS-0.5 0.99}
ROUNDS=${ROUNDS:-5}

sql() {
	"$BIN/psql" -XqAtd bench -v ON_ERROR_STOP=1 "$@"
}

load() {
	sql -o /dev/null <<-SQL
		CREATE TABLE runs_$1 (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
		INSERT INTO runs_$1 SELECT * FROM generator.runs(1, $1);
		CREATE INDEX ON runs_$1 USING gin (metadata metadata_ops) WITH (fastupdate = off);
		VACUUM (FREEZE, ANALYZE) runs_$1;
	SQL
}

measure() {
	local selectivity limit keys shape share
	IFS=/ read -ra keys <<<"$KEYS"
	for selectivity in $SELECTIVITIES; do
		echo "CALL grid.measure($1, $selectivity, 'count', NULL, 0, $ROUNDS);"
		for limit in $LIMITS; do
			for shape in unordered ordered "${keys[@]}"; do
				echo "CALL grid.measure($1, $selectivity, '$shape', ${limit/none/NULL}, 0, $ROUNDS);"
			done
		done
		for share in $OFFSETS; do
			for shape in loss "${keys[@]}"; do
				echo "CALL grid.measure($1, $selectivity, '$shape', 20, ($1 * $selectivity * $share)::int, $ROUNDS);"
			done
		done
	done | sql -o /dev/null
}

report() {
	echo "Chosen and best plans; times in ms. PostgreSQL $(sql -c "SHOW server_version"), random_page_cost $(sql -c "SHOW random_page_cost")."
	echo
	echo '| runs | selected | query | limit | skipped | chosen | best | ratio | seq | bitmap | scan | walk |'
	echo '|---:|---:|---|---:|---:|---|---|---:|---:|---:|---:|---:|'
	sql -F ' | ' <<-'SQL' | sed 's/^/| /; s/$/ |/'
		SELECT size, selectivity::numeric * 100 || ' %', shape, coalesce("limit"::text, ''), skipped, chosen, best,
			CASE WHEN ratio > 1.5 THEN format('**%s**', round(ratio::numeric, 2)) ELSE round(ratio::numeric, 2)::text END,
			round(seq_ms::numeric, 2), round(bitmap_ms::numeric, 2), round(scan_ms::numeric, 2), coalesce(round(walk_ms::numeric, 2)::text, '')
		FROM grid.cells ORDER BY size, shape, selectivity, "limit", skipped
	SQL
	echo
	sql -c "SELECT format('Worst ratio of chosen to best: %s. Cells over 1.5: %s of %s.', round(max(ratio)::numeric, 2),
		count(*) FILTER (WHERE ratio > 1.5), count(*)) FROM grid.cells"
}

setup_begin grid "${BENCH_DIR:-/var/tmp}"
setup_packages
setup_build
setup_server bench "shared_buffers = ${SHARED_BUFFERS:-2GB}" "work_mem = 64MB" "maintenance_work_mem = 512MB" \
	"max_wal_size = 16GB" "checkpoint_timeout = 1h" "autovacuum = off" "jit = off" \
	"random_page_cost = ${RANDOM_PAGE_COST:-4}" "max_parallel_workers_per_gather = 0" "max_parallel_maintenance_workers = 0"
"$BIN/createdb" bench
sql -c "CREATE EXTENSION detmeta" -f "$HERE/generate.sql" -f "$HERE/grid.sql"
for size in $SIZES; do
	say "$size runs: loading"
	load "$size"
	say "$size runs: measuring"
	measure "$size"
done
report >"$WORK/grid.md"
say ""
cat "$WORK/grid.md"
if [ -n "${RESULTS:-}" ]; then
	mkdir -p "$RESULTS"
	cp "$WORK/grid.md" "$RESULTS/"
	sql --csv -P tuples_only=off -c "SELECT * FROM grid.cells ORDER BY size, shape, selectivity, \"limit\"" >"$RESULTS/grid.csv"
	say ""
	say "Written to $RESULTS/grid.csv and $RESULTS/grid.md."
fi
