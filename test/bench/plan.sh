# The part plan: what planning takes with detmeta, with its scan turned off, and of plain statements.
# Sourced by bash with `set -euo pipefail`.

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

plan() {
	local round turn name times
	need detmeta path btree trgm
	sql -c "CREATE TABLE other_runs AS SELECT * FROM runs_metadata LIMIT 10000" \
		-c "CREATE INDEX ON other_runs USING gin (metadata jsonb_path_ops)" -c "VACUUM (ANALYZE) other_runs"
	read_questions "$HERE/questions/planning.txt"
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "${names[@]}"; do
			working "Planning, round $round of $ROUNDS: $name"
			indexes[plain]=${ways[$name/indexes]:-${indexes[detmeta]}}
			indexes[plain]=${indexes[plain]%$'\n'}
			[ "$(sql -c "SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(string_to_array('${indexes[plain]}', ' ')) AS name")" = t ] ||
				continue
			for ((turn = 1; turn <= TURNS; turn++)); do
				allow detmeta
				times=($(planning_times "${ways[$name/detmeta]%$'\n'}" \
					"LOAD 'detmeta'; SET detmeta.enable_metadata_scan = on" "SET detmeta.enable_metadata_scan = off"))
				note plan "$name" detmeta "${times[0]}" ms
				note plan "$name" off "${times[1]}" ms
				allow plain
				note plan "$name" plain "$(planning_times "${ways[$name/plain]%$'\n'}" "SET work_mem = '64MB'")" ms
			done
		done
	done
	unset 'indexes[plain]'
	note_targets plan
	worked "Planned ${#names[@]} statements"
}
