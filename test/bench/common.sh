# Shell functions that all parts of bench.sh use: one server, its data sets, and the peers' turns.
#
#   bench_begin                builds detmeta, starts the server
#   use DATABASE DATA RUNS     turns to a data set: a database of its own, so that the names in it are the same
#   load_generated, load_packages  make and fill runs_metadata in it
#   allow PEER                 lets the planner use the indexes of one peer only
#   note PART WHAT PEER NUMBER UNIT [REMARK]  keeps a measurement
#
# Sourced by bash with `set -euo pipefail`.

sql() {
	"$BIN/psql" -XqAtd "$DB" -v ON_ERROR_STOP=1 "$@"
}

# Note one measurement.
note() {
	[ -n "$4" ] || die "nothing was measured: $*"
	(IFS=,; printf '%s\n' "\"$1\",$SIZE,\"$2\",$3,$4,$5,\"${6:-}\"") >>"$WORK/measurements.csv"
}

# Say on one line how far things are.
working() {
	if [ -t 1 ]; then printf '\r\e[K%s' "$*"; else say "$(printf '%4d s' $SECONDS)  $*"; fi
}

# End that line.
worked() {
	working "$*"
	[ ! -t 1 ] || say ""
}

# Milliseconds of each statement of psql's standard input.
times_of() {
	(echo '\timing on'; cat) | sql -o /dev/null 2>&1 | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p'
}

bench_begin() {
	setup_begin bench "${BENCH_DIR:-/var/tmp}"
	setup_packages bench
	setup_peers
	setup_build
	setup_server bench "shared_buffers = ${SHARED_BUFFERS:-4GB}" "work_mem = 64MB" "maintenance_work_mem = 64MB" \
		"max_wal_size = 16GB" "checkpoint_timeout = 1h" "autovacuum = off" "jit = off" "random_page_cost = 1.1" \
		"effective_cache_size = 4GB" "max_parallel_workers_per_gather = 0" "max_parallel_maintenance_workers = 0"
	echo 'part,runs,what,peer,value,unit,remark' >"$WORK/measurements.csv"
}

# Make a database for a data set, generated or packages, of so many runs, and turn to it.
use() {
	DB=$1 DATA=$2 SIZE=$3 prefix=
	[ "$DATA" = generated ] || prefix="$DATA: "
	unset indexes built ready
	declare -gA indexes=() built=() ready=()
	PGOPTIONS= "$BIN/createdb" "$DB"
	sql -c "CREATE EXTENSION detmeta"
}

# Make the table without an index; the definition of the one that comes with it goes into $ours, its name into $our_index.
make_table() {
	sql -o /dev/null -c "SELECT create_runs_metadata()"
	our_index=$(sql -c "SELECT indexrelid::regclass FROM pg_index JOIN pg_opclass o ON o.oid = indclass[0]
		WHERE indrelid = 'runs_metadata'::regclass AND opcname = 'metadata_ops'")
	ours=$(sql -c "SELECT pg_get_indexdef('$our_index'::regclass)")
	sql -c "DROP INDEX $our_index"
	sql -c "ALTER TABLE runs_metadata ADD project_id int NOT NULL GENERATED ALWAYS AS (abs(hashint8extended(run_id, 7) % 100)) STORED"
}

table_size() {
	sql -c "VACUUM (FREEZE, ANALYZE) runs_metadata" -c "CHECKPOINT" -c "SELECT pg_size_pretty(pg_table_size('runs_metadata'))"
}

load_generated() {
	local part start=$SECONDS
	sql -f "$HERE/generate.sql"
	make_table
	for part in 0 1 2 3 4 5 6 7 8 9; do
		working "Generating $SIZE runs: $((part * 10)) %"
		sql -c "INSERT INTO runs_metadata SELECT * FROM generator.runs($((SIZE * part / 10 + 1)), $((SIZE * (part + 1) / 10)))"
	done
	worked "Generated $SIZE runs in $((SECONDS - start)) s: $(table_size)"
}

load_packages() {
	working "Loading packages"
	make_table
	apt-cache dumpavail | perl "$HERE/../demo/packages.pl" | sql -c "COPY runs_metadata (run_id, metadata) FROM stdin"
	SIZE=$(sql -c "SELECT count(*) FROM runs_metadata")
	worked "Loaded $SIZE packages: $(table_size)"
}

# Let the planner use the indexes of one peer, and of the others none.
allow() {
	local peer used=()
	for peer in "${!indexes[@]}"; do used+=(${indexes[$peer]}); done
	PGOPTIONS=
	sql -c "UPDATE pg_index SET indisvalid = NOT indisvalid
		WHERE indexrelid = ANY (string_to_array('${used[*]}', ' ')::regclass[])
			AND indisvalid <> (indexrelid = ANY (string_to_array('${indexes[$1]:-}', ' ')::regclass[]))"
	export PGOPTIONS=${settings[$1]:-}
}
