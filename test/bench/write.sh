# The parts write and post: what it costs to keep an index, or the key/value table. Sourced by bash with
# `set -euo pipefail`.

# Replace the @ of a way by a peer's own table.
own_table() {
	echo "${2//@/write.$1}"
}

# Make an empty table with one peer's indexes.
make_own_table() {
	local peer=$1 definition
	case $peer in
		eav_*)
			sql -c "CREATE TABLE write.$peer (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL)" \
				-c "CREATE TABLE write.${peer}_index (LIKE eav.runs_metadata_index INCLUDING DEFAULTS)" \
				-c "CREATE INDEX ON write.${peer}_index (run_id)" -c "CREATE INDEX ON write.${peer}_index (flat_key)" ;;
		*) sql -c "CREATE TABLE write.$peer (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL)" ;;
	esac
	[ "$peer" != detmeta ] || sql -c "CREATE INDEX ON write.detmeta ${ours#* ON * }"
	sed -n "s/^$peer: [^ ]* //p" "$HERE/peers/common.txt" "$HERE/peers/$DATA.txt" |
		sed "s/ON runs_metadata /ON write.$peer /; s/ON eav.runs_metadata_index /ON write.${peer}_index /; s/^/CREATE INDEX /; s/$/;/" | sql
}

# Run a way on two connections for a while; print transactions per second.
merges_per_second() {
	local peer=$1 way=$2 round=$3
	printf '\\set run random(1, :runs)\n\\set value random(100000000, 999999999)\n%s;\n' "${way//; /$';\n'}" >"$WORK/merge.sql"
	PGOPTIONS="-c detmeta.runs_table=write.$peer" pgbench_for "$MERGE_SECONDS" "$round" -D runs="$WRITES" -f "$WORK/merge.sql"
}

# Run pgbench for so many seconds; print transactions per second.
pgbench_for() {
	local seconds=$1 seed=$2 tps
	shift 2
	tps=$("$BIN/pgbench" -n -c "$CLIENTS" -j "$CLIENTS" -T "$seconds" --random-seed="$seed" "$@" "$DB" 2>"$WORK/pgbench.log" |
		sed -nE 's/^tps = ([0-9.]+).*/\1/p')
	! grep -iE 'error|fatal' "$WORK/pgbench.log" >&2 || die "pgbench failed"
	echo "$tps"
}

# Every peer does every piece of work on a table of its own, the peers taking turns.
write() {
	local round name peer way turns value
	read_questions "$HERE/questions/write.txt"
	need $able
	ready_peers
	turns=($PEERS $PEERS)
	WRITES=$((SIZE / 20 < 50000 ? SIZE / 20 : 50000))
	as_user mkdir -p "$WORK/copy"
	sql -c "COPY (SELECT run_id + $WRITES, metadata FROM runs_metadata WHERE run_id <= $WRITES) TO '$WORK/copy/runs'" \
		-c "COPY (SELECT id, run_id + $WRITES, flat_key, integer_value, float_value, boolean_value, string_value, timestamp_value,
			project_id FROM eav.runs_metadata_index WHERE run_id <= $WRITES) TO '$WORK/copy/rows'"
	for ((round = 1; round <= WRITE_ROUNDS; round++)); do
		sql -c "SET client_min_messages = warning" -c "DROP SCHEMA IF EXISTS write CASCADE" -c "CREATE SCHEMA write"
		for peer in $PEERS; do make_own_table "$peer"; done
		for name in "${names[@]}"; do
			working "Writing, round $round of $WRITE_ROUNDS: $name"
			for peer in "${turns[@]:round % (${#turns[@]} / 2):${#turns[@]} / 2}"; do
				[ -n "${ways[$name/$peer]:-}" ] || continue
				way=$(own_table "$peer" "${ways[$name/$peer]%$'\n'}")
				way=${way//:n/$WRITES}
				way=${way//:folder/$WORK\/copy}
				sql -c CHECKPOINT
				case ${marks[$name]:-ms} in
					"per second") value=$(merges_per_second "$peer" "$way" "$round") ;;
					bytes) value=$(sql -c "$way") ;;
					ms) value=$(statement "$way" | times_of) ;;
				esac
				note write "$name" "$peer" "$value" "${marks[$name]:-ms}"
			done
		done
	done
	check_writes
	note_targets write
	worked "Wrote $WRITES runs $WRITE_ROUNDS times with each peer"
}

# All peers must have come to the same runs, but for what the merges wrote.
check_writes() {
	local peer sum
	local -A sums=()
	for peer in $PEERS; do
		sum=$(sql -c "SELECT count(*), sum(hashtextextended((metadata - 'loss')::text, run_id)::numeric) FROM write.$peer")
		sums[$sum]+=" $peer"
	done
	[ ${#sums[@]} = 1 ] || die "the peers have written different runs: $(declare -p sums)"
}

# Write the scripts of pgbench: documents as a client sends them, and the one call for the key/value table.
write_scripts() {
	local post peer
	mkdir "$WORK/post"
	for peer in detmeta eav_shipped; do
		for ((post = 1; post <= 100; post++)); do
			echo "\\o $WORK/post/$peer-$post.sql"
			echo "SELECT eav.client_script($post, '$peer');"
		done
	done | sql
	printf '\\set run random(1, :runs)\n\\set post random(1, :posts)\n%s\n' "SELECT eav.post(:run, :post);" >"$WORK/post/eav_call-1.sql"
}

# Post with one peer for a while. Every round has a seed of its own, also of the two kinds of commit: what is posted twice
# is not written twice by post_run_metadata(), which would flatter it.
post_with() {
	local peer=$1 round=$2 commit=$3 mode=simple scripts=() script seed
	seed=$((round * 2 + $([ "$commit" = on ] && echo 0 || echo 1)))
	for script in "$WORK/post/$peer"-*.sql; do scripts+=(-f "$script"); done
	[ "$peer" != eav_call ] || mode=prepared
	PGOPTIONS="-c synchronous_commit=$commit" pgbench_for "$POST_SECONDS" "$seed" -M $mode "${scripts[@]}" -D runs="$SIZE" -D posts="$posts"
}

# Post to all runs. This comes last: it changes them, and only our index and the key/value table as shipped are left.
post() {
	local round peer commit tps posts=$((SIZE < 100000 ? SIZE : 100000)) others
	need detmeta eav_shipped
	working "Preparing to post"
	allow detmeta
	others=$(sql -c "SELECT string_agg(indexrelid::regclass::text, ', ') FROM pg_index
		WHERE indrelid = 'runs_metadata'::regclass AND NOT indisprimary AND indexrelid <> '$our_index'::regclass
			OR indexrelid::regclass::text LIKE 'eav.by\_%'")
	[ -z "$others" ] || sql -c "DROP INDEX $others"
	unset indexes && declare -gA indexes=()
	sql -v posts="$posts" -f "$HERE/peers/eav_post.sql"
	write_scripts
	note post "size" detmeta "$(sql -c "SELECT pg_total_relation_size('runs_metadata')")" bytes
	note post "size" eav_shipped "$(sql -c "SELECT pg_total_relation_size('eav.runs_metadata') + pg_total_relation_size('eav.runs_metadata_index')")" bytes
	for commit in on off; do
		for ((round = 1; round <= POST_ROUNDS; round++)); do
			for peer in detmeta eav_shipped eav_call; do
				working "Posting, synchronous_commit $commit, round $round of $POST_ROUNDS: $peer"
				sql -c CHECKPOINT
				tps=$(post_with $peer "$round" $commit)
				note post "posts, synchronous_commit $commit" $peer "$tps" "per second"
			done
		done
	done
	worked "Posted"
}
