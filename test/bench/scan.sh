#!/usr/bin/env bash
# Compare counts, pages and planning with what one would use without metadata_ops: what `make bench PART=scan` runs.
#
#   RUNS=1000000    how many runs are generated
#   ROUNDS=3        how often each question is asked, the peers taking turns; medians are printed
#   PLANS=50        how often each statement is planned in a turn, of which there are TURNS=10 a round
#   PARTS="ask plan"
#   RESULTS=folder  where scan.csv (every measurement) and scan.md (the tables) go; else they are only printed
#   BENCH_DIR=/var/tmp  where the server's temporary folder is made; 1,000,000 runs need 10 GB there
#
# All peers stand in one server and, but for the key/value table, on one table. Parallel query and JIT are off, so that
# the work is compared and not the number of processors. Each peer is asked as it answers quickest, and before a question
# is timed the peers' answers are compared. Peers that are not installed (jsquery) are left out.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PLANS=${PLANS:-50}
TURNS=${TURNS:-10}
PARTS=${PARTS:-ask plan}
PEERS="detmeta trigram_keys project path ops jsquery btree trgm path_project scan eav eav_project"

# Name an index and build it.
build() {
	working "Building index $1"
	note build "$1" build "$(sql -o /dev/null -c '\timing on' -c "${2/INDEX ON/INDEX $1 ON}" | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p')" ms
	note build "$1" size "$(sql -c "SELECT pg_relation_size('$1')")" bytes
}

# Is this extension to be had? Create it.
extension() {
	sql -c "CREATE EXTENSION $1" 2>/dev/null || { say "Not installed, so left out: $1"; return 1; }
}

# Build the indexes of every peer, on runs_metadata with a column project_id.
build_indexes() {
	local gin="CREATE INDEX ON runs_metadata USING gin" btree="CREATE INDEX ON runs_metadata" off="WITH (fastupdate = off)" key
	build "$our_index" "$ours"
	build runs_trigram_keys "$gin (metadata metadata_ops (trigram_keys = 'notes')) $off"
	build runs_path "$gin (metadata jsonb_path_ops) $off"
	build runs_ops "$gin (metadata jsonb_ops) $off"
	build runs_by_project "$btree (project_id)"
	indexes+=([detmeta]=$our_index [trigram_keys]=runs_trigram_keys [path]=runs_path [ops]=runs_ops
		[path_project]="runs_path runs_by_project")
	if extension btree_gin; then
		build runs_project "$gin (project_id, metadata metadata_ops) $off"
		indexes+=([project]=runs_project)
	fi
	if extension jsquery; then
		build runs_jsquery "$gin (metadata jsonb_path_value_ops) $off"
		indexes+=([jsquery]=runs_jsquery)
	fi
	if extension pg_trgm; then
		build runs_trgm "$gin ((metadata->>'notes') gin_trgm_ops) $off"
		indexes+=([trgm]=runs_trgm)
	fi
	for key in effectiveness gpu_count accuracy loss; do
		build "runs_$key" "$btree (((metadata->>'$key')::numeric))"
	done
	for key in dataset status; do
		build "runs_$key" "$btree ((metadata->>'$key'))"
	done
	build runs_optimizer "$btree ((metadata->'optimizer'->>'name'))"
	indexes+=([btree]="runs_effectiveness runs_gpu_count runs_accuracy runs_loss runs_dataset runs_status runs_optimizer")
	sql -c "VACUUM (ANALYZE) runs_metadata" -c "CHECKPOINT"
}

# Load and index the key/value table.
build_key_values() {
	working "Loading the key/value table"
	sql -v project=project_id -f "$HERE/eav.sql"
	working "Indexing the key/value table"
	sql -f "$HERE/eav_scan.sql" -c "CHECKPOINT"
	indexes+=([eav]=runs_by_project [eav_project]="eav.by_project_integer eav.by_project_float")
	note build eav size "$(sql -c "SELECT pg_table_size('eav.runs_metadata_index')")" bytes
	note build "eav indexes" size "$(sql -c "SELECT pg_indexes_size('eav.runs_metadata_index')")" bytes
	worked "Built $(sql -c "SELECT count(*) - 1 FROM pg_index WHERE indrelid = 'runs_metadata'::regclass") indexes and the key/value table"
}

# Leave out peers whose index was not built.
drop_peers() {
	local peer able=
	for peer in $PEERS; do
		if [ -n "${indexes[$peer]:-}" ] || [ "$peer" = scan ]; then able+=" $peer"; fi
	done
	PEERS=${able# }
}

# Plan a statement in a session of its own, under each setting in turn; print the median of each setting's times, in ms.
# The first ten of each fill the session's caches.
planning_times() {
	local statement=$1 i setting
	shift
	for ((i = 0; i < PLANS + 10; i++)); do
		for setting; do echo "$setting; EXPLAIN (SUMMARY) $statement;"; done
	done | sql | sed -nE 's/^Planning Time: ([0-9.]+) ms.*/\1/p' | perl -I"$HERE" -MMeasurements -e '
		my @times = <STDIN>;
		my $settings = shift;
		for my $first (0 .. $settings - 1)
		{
			print median(map { $times[$first + $settings * $_] } 10 .. @times / $settings - 1) + 0, "\n";
		}' $#
}

# Time the planning of statements: with detmeta, with its scan turned off, and of the plain ones.
plan() {
	local round turn name times
	read_questions "$HERE/planning.txt"
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "${names[@]}"; do
			working "Planning, round $round of $ROUNDS: $name"
			indexes[plain]=${ways[$name/indexes]:-${indexes[detmeta]}}
			indexes[plain]=${indexes[plain]%$'\n'}
			for ((turn = 1; turn <= TURNS; turn++)); do
				allow detmeta
				mapfile -t times < <(planning_times "${ways[$name/detmeta]%$'\n'}" \
					"LOAD 'detmeta'; SET detmeta.enable_metadata_scan = on" "SET detmeta.enable_metadata_scan = off")
				note plan "$name" detmeta "${times[0]}" ms
				note plan "$name" off "${times[1]}" ms
				allow plain
				note plan "$name" plain "$(planning_times "${ways[$name/plain]%$'\n'}" "SET work_mem = '64MB'")" ms
			done
		done
	done
	unset 'indexes[plain]'
	note_targets
	worked "Planned ${#names[@]} statements"
}

# Pass the targets on to the report.
note_targets() {
	local name target
	for name in "${names[@]}"; do
		while read -r target; do note target "$name" "${target#* }" "${target%% *}" times; done < <(tr ',' '\n' <<<"${targets[$name]:-}" | sed -E '/^$/d; s/^ *([0-9.]+)$/\1 best/; s/^ +//')
	done
}

bench_begin scan "shared_buffers = ${SHARED_BUFFERS:-4GB}" "fsync = off" "synchronous_commit = off" "wal_level = minimal" "max_wal_senders = 0"
load "ALTER TABLE runs_metadata ADD project_id int NOT NULL GENERATED ALWAYS AS (abs(hashint8extended(run_id, 7) % 100)) STORED"
build_indexes
build_key_values
drop_peers
for part in $PARTS; do
	case $part in
		ask) ask ask "$HERE/questions.txt" "$HERE/pages.txt" && note_targets ;;
		plan) plan ;;
		*) die "PARTS: no part is called $part" ;;
	esac
done
bench_end report_scan.pl
