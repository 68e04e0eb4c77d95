#!/usr/bin/env bash
# Compare metadata_ops with the indexes and the storage one would use without it: what `make bench` runs.
#
#   RUNS=1000000    how many runs are generated
#   ROUNDS=3        how often each thing is measured, the peers taking turns; medians are printed
#   BUILDS=2        the same for the builds of the indexes
#   POST_SECONDS=20 how long each peer posts in a round, on CLIENTS=2 connections
#   PARTS="build ask post"
#   RESULTS=folder  where core.csv (every measurement) and core.md (the tables) go; else they are only printed
#   BENCH_DIR=/var/tmp  where the server's temporary folder is made
#
# All peers stand in one server and, but for posting, on one table. Parallel query and JIT are off, so that the
# work is compared and not the number of processors. Before a question is timed, the peers' answers are compared.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../setup.sh"

RUNS=${RUNS:-1000000}
ROUNDS=${ROUNDS:-3}
BUILDS=${BUILDS:-2}
POST_SECONDS=${POST_SECONDS:-20}
CLIENTS=${CLIENTS:-2}
PARTS=${PARTS:-build ask post}
PEERS="detmeta path ops scan"

sql() {
	"$BIN/psql" -XqAtd bench -v ON_ERROR_STOP=1 "$@"
}

# Note one measurement: part, what, peer, number, unit, remark.
note() {
	(IFS=,; printf '%s\n' "\"$1\",\"$2\",$3,$4,$5,\"${6:-}\"") >>"$WORK/core.csv"
}

# Say on one line how far things are.
working() {
	if [ -t 1 ]; then printf '\r\e[K%s' "$*"; else say "$*"; fi
}

# Milliseconds of each statement of psql's standard input.
times_of() {
	(echo '\timing on'; cat) | sql -o /dev/null 2>&1 | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p'
}

# Print the statement that makes a peer's index.
definition() {
	case $1 in
		detmeta) echo "$ours" ;;
		path) echo "CREATE INDEX runs_path ON runs_metadata USING gin (metadata jsonb_path_ops) WITH (fastupdate=off)" ;;
		ops) echo "CREATE INDEX runs_ops ON runs_metadata USING gin (metadata jsonb_ops) WITH (fastupdate=off)" ;;
	esac
}

index_of() {
	case $1 in detmeta) echo "$our_index" ;; path) echo runs_path ;; ops) echo runs_ops ;; esac
}

load() {
	local part start=$SECONDS
	"$BIN/createdb" bench
	sql -c "CREATE EXTENSION detmeta" -f "$HERE/generate.sql"
	sql -o /dev/null -c "SELECT create_runs_metadata()"
	our_index=$(sql -c "SELECT indexrelid::regclass FROM pg_index JOIN pg_opclass o ON o.oid = indclass[0]
		WHERE indrelid = 'runs_metadata'::regclass AND opcname = 'metadata_ops'")
	ours=$(sql -c "SELECT pg_get_indexdef('$our_index'::regclass)")
	sql -c "DROP INDEX $our_index"
	for part in 0 1 2 3 4 5 6 7 8 9; do
		working "Generating $RUNS runs: $((part * 10)) %"
		sql -c "INSERT INTO runs_metadata SELECT * FROM generator.runs($((RUNS * part / 10 + 1)), $((RUNS * (part + 1) / 10)))"
	done
	sql -c "VACUUM (FREEZE, ANALYZE) runs_metadata" -c "CHECKPOINT"
	working "Generated $RUNS runs in $((SECONDS - start)) s: $(sql -c "SELECT pg_size_pretty(pg_table_size('runs_metadata'))")"
	say ""
}

# Build each index BUILDS times, in turns; the last ones stay.
build() {
	local round peer ms
	for ((round = 1; round <= BUILDS; round++)); do
		for peer in detmeta path ops; do
			working "Building indexes, round $round of $BUILDS: $peer"
			sql -c "DROP INDEX IF EXISTS $(index_of $peer)" -c "CHECKPOINT" 2>/dev/null
			ms=$(definition $peer | times_of)
			note build "build" $peer "$ms" ms
		done
	done
	sql -c "VACUUM ANALYZE runs_metadata" -c "CHECKPOINT"
	for peer in detmeta path ops; do
		note build "size" $peer "$(sql -c "SELECT pg_relation_size('$(index_of $peer)')")" bytes
	done
	working "Built the indexes"
	say ""
}

# Let the planner use the index of one peer only.
allow() {
	local peer
	for peer in detmeta path ops; do
		echo "UPDATE pg_index SET indisvalid = $([ "$peer" = "$1" ] && echo true || echo false) WHERE indexrelid = '$(index_of $peer)'::regclass;"
	done
}

# Read questions.txt into names[] and conditions[name/peer].
read_questions() {
	local line name=
	declare -gA conditions=()
	names=()
	while IFS= read -r line; do
		case $line in
			'#'*) ;;
			'') name= ;;
			detmeta:* | path:* | ops:* | scan:*) conditions[$name/${line%%: *}]=${line#*: } ;;
			gin:*) conditions[$name/path]=${line#*: } conditions[$name/ops]=${line#*: } ;;
			*) name=$line names+=("$line") ;;
		esac
	done <"$HERE/questions.txt"
}

# Compare the answers of all peers, and note the plan of each.
compare_answers() {
	local name peer answer plan
	for peer in $PEERS; do
		working "Comparing answers: $peer"
		allow "$peer" | sql
		for name in "${names[@]}"; do
			answer=$(sql -c "SELECT count(*), sum(hashint8(run_id)::bigint) FROM runs_metadata WHERE ${conditions[$name/$peer]}")
			plan=$(sql -c "EXPLAIN SELECT count(*) FROM runs_metadata WHERE ${conditions[$name/$peer]}")
			if [ "$peer" = detmeta ]; then answers[$name]=$answer; fi
			[ "$answer" = "${answers[$name]}" ] || die "answers to \"$name\" differ: detmeta ${answers[$name]}, $peer $answer"
			case $plan in
				*"Seq Scan"*) plans[$name/$peer]="scan" ;;
				*"Bitmap Index Scan"*) plans[$name/$peer]="index" ;;
				*) plans[$name/$peer]="other" ;;
			esac
		done
	done
}

# Ask every question of every peer: once to warm up, then four times with the clock. The peers take turns at a question,
# and another one begins in each round.
ask() {
	local round name peer ms turns
	declare -gA answers=() plans=()
	read_questions
	compare_answers
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "${names[@]}"; do
			working "Asking, round $round of $ROUNDS: $name"
			read -ra turns <<<"$PEERS $PEERS"
			for peer in "${turns[@]:round % 4:4}"; do
				allow "$peer" | sql
				for ms in $(printf '%s;\n' "SELECT count(*) FROM runs_metadata WHERE ${conditions[$name/$peer]}"{,,,,} | times_of | tail -n 4); do
					note ask "$name" "$peer" "$ms" ms "${plans[$name/$peer]}; ${answers[$name]%%|*} runs"
				done
			done
		done
	done
	allow detmeta | sql
	working "Asked ${#names[@]} questions"
	say ""
}

# Post with one peer for a while; print transactions per second.
post_with() {
	local peer=$1 round=$2 commit=$3 scripts=() script
	for script in "$WORK/post/$peer"-*.sql; do scripts+=(-f "$script"); done
	PGOPTIONS="-c synchronous_commit=$commit" "$BIN/pgbench" -n -M "$([ "$peer" = eav_call ] && echo prepared || echo simple)" \
		-c "$CLIENTS" -j "$CLIENTS" -T "$POST_SECONDS" --random-seed="$round" "${scripts[@]}" \
		-D runs="$RUNS" -D posts="$posts" bench 2>"$WORK/pgbench.log" | sed -nE 's/^tps = ([0-9.]+).*/\1/p'
}

# Write the scripts of pgbench: documents as a client sends them, and the one call for the key/value table.
write_scripts() {
	local post peer
	mkdir "$WORK/post"
	for peer in detmeta eav; do
		for ((post = 1; post <= 100; post++)); do
			echo "\\o $WORK/post/$peer-$post.sql"
			echo "SELECT eav.client_script($post, '$peer');"
		done
	done | sql
	printf '\\set run random(1, :runs)\n\\set post random(1, :posts)\n%s\n' "SELECT eav.post(:run, :post);" >"$WORK/post/eav_call-1.sql"
}

post() {
	local round peer commit tps posts=$((RUNS < 100000 ? RUNS : 100000))
	working "Loading the key/value tables"
	sql -c "DROP INDEX IF EXISTS runs_path, runs_ops" 2>/dev/null
	[ -n "$(sql -c "SELECT to_regclass('$our_index')")" ] || definition detmeta | sql
	sql -v posts="$posts" -f "$HERE/eav.sql"
	write_scripts
	note post size detmeta "$(sql -c "SELECT pg_total_relation_size('runs_metadata')")" bytes
	note post size eav "$(sql -c "SELECT pg_total_relation_size('eav.runs_metadata') + pg_total_relation_size('eav.runs_metadata_index')")" bytes
	for commit in on off; do
		for ((round = 1; round <= ROUNDS; round++)); do
			for peer in detmeta eav eav_call; do
				working "Posting, synchronous_commit $commit, round $round of $ROUNDS: $peer"
				sql -c CHECKPOINT
				tps=$(post_with $peer "$round" $commit)
				[ -n "$tps" ] || { cat "$WORK/pgbench.log" >&2; die "pgbench failed"; }
				! grep -i error "$WORK/pgbench.log" || die "a post failed"
				note post "posts, synchronous_commit $commit" $peer "$tps" "per second"
			done
		done
	done
	working "Posted"
	say ""
}

setup_begin bench "${BENCH_DIR:-/var/tmp}"
setup_packages
setup_build
setup_server bench "shared_buffers = ${SHARED_BUFFERS:-2GB}" "work_mem = 64MB" "maintenance_work_mem = 512MB" \
	"max_wal_size = 16GB" "checkpoint_timeout = 1h" "autovacuum = off" "jit = off" "random_page_cost = 1.1" \
	"effective_cache_size = 4GB" "max_parallel_workers_per_gather = 0" "max_parallel_maintenance_workers = 0"
SERVER_LINE="PostgreSQL $(sed 's/PostgreSQL //' <<<"$("$PG_CONFIG" --version)"), $RUNS runs, $(nproc) processors"

echo 'part,what,peer,value,unit,remark' >"$WORK/core.csv"
load
for part in $PARTS; do
	case $part in
		build | ask | post) $part ;;
		*) die "PARTS: no part is called $part" ;;
	esac
done

perl "$HERE/report.pl" "$SERVER_LINE" <"$WORK/core.csv" >"$WORK/core.md"
say ""
cat "$WORK/core.md"
if [ -n "${RESULTS:-}" ]; then
	mkdir -p "$RESULTS"
	cp "$WORK/core.csv" "$WORK/core.md" "$RESULTS/"
	say ""
	say "Written to $RESULTS/core.csv and $RESULTS/core.md."
fi
