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
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

BUILDS=${BUILDS:-2}
POST_SECONDS=${POST_SECONDS:-20}
CLIENTS=${CLIENTS:-2}
PARTS=${PARTS:-build ask post}
PEERS="detmeta path ops scan"
indexes=([path]=runs_path [ops]=runs_ops)

# Print the statement that makes a peer's index.
definition() {
	case $1 in
		detmeta) echo "$ours" ;;
		path) echo "CREATE INDEX runs_path ON runs_metadata USING gin (metadata jsonb_path_ops) WITH (fastupdate=off)" ;;
		ops) echo "CREATE INDEX runs_ops ON runs_metadata USING gin (metadata jsonb_ops) WITH (fastupdate=off)" ;;
	esac
}

# Build each index BUILDS times, in turns; the last ones stay.
build() {
	local round peer ms
	for ((round = 1; round <= BUILDS; round++)); do
		for peer in detmeta path ops; do
			working "Building indexes, round $round of $BUILDS: $peer"
			sql -c "DROP INDEX IF EXISTS ${indexes[$peer]}" -c "CHECKPOINT" 2>/dev/null
			ms=$(definition $peer | times_of)
			note build "build" $peer "$ms" ms
		done
	done
	sql -c "VACUUM ANALYZE runs_metadata" -c "CHECKPOINT"
	for peer in detmeta path ops; do
		note build "size" $peer "$(sql -c "SELECT pg_relation_size('${indexes[$peer]}')")" bytes
	done
	worked "Built the indexes"
}

# Post with one peer for a while; print transactions per second. Every round has a seed of its own, also of the two
# kinds of commit: what is posted twice is not written twice by post_run_metadata, which would flatter it.
post_with() {
	local peer=$1 round=$2 commit=$3 scripts=() script seed
	seed=$((round * 2 + $([ "$commit" = on ] && echo 0 || echo 1)))
	for script in "$WORK/post/$peer"-*.sql; do scripts+=(-f "$script"); done
	PGOPTIONS="-c synchronous_commit=$commit" "$BIN/pgbench" -n -M "$([ "$peer" = eav_call ] && echo prepared || echo simple)" \
		-c "$CLIENTS" -j "$CLIENTS" -T "$POST_SECONDS" --random-seed="$seed" "${scripts[@]}" \
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
	unset 'indexes[path]' 'indexes[ops]'
	[ -n "$(sql -c "SELECT to_regclass('$our_index')")" ] || definition detmeta | sql
	allow detmeta
	sql -v project=1 -f "$HERE/eav.sql" -v posts="$posts" -f "$HERE/eav_post.sql"
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
	worked "Posted"
}

# The index is compared through core's bitmap scan, as the other indexes are read; scan.sh measures Metadata Scan.
bench_begin core "shared_buffers = ${SHARED_BUFFERS:-2GB}" "detmeta.enable_metadata_scan = off"
load
indexes[detmeta]=$our_index
for part in $PARTS; do
	case $part in
		ask) ask ask "$HERE/questions.txt" ;;
		build | post) $part ;;
		*) die "PARTS: no part is called $part" ;;
	esac
done
bench_end report.pl
