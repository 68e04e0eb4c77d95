# The part dialect: core's SQL as clients write it. Sourced by bash with `set -euo pipefail`.

# A table to join with, one row for a run.
make_runs() {
	sql -c "CREATE TABLE runs AS SELECT run_id, abs(hashint8extended(run_id, 7) % 100)::int AS project,
			abs(hashint8extended(run_id, 8) % 86400)::int AS duration FROM runs_metadata" \
		-c "ALTER TABLE runs ADD PRIMARY KEY (run_id)" -c "CREATE INDEX ON runs (project)" -c "VACUUM (ANALYZE) runs"
}

# Print the nodes of a statement's plan, each with the rows that were estimated and those that came, of one loop.
nodes_of() {
	sql -c "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) $1" | perl -MJSON::PP -e '
		local $/;
		sub walk
		{
			my ($node) = @_;
			my $name = $node->{"Custom Plan Provider"} // $node->{"Node Type"};
			printf "%d %d %s\n", @$node{"Plan Rows", "Actual Rows"}, join " on ", $name, $node->{Alias} // ();
			walk($_) for @{ $node->{Plans} || [] };
		}
		walk(decode_json(<STDIN>)->[0]{Plan});'
}

# Note the nodes of each join, and whether they are those of the join in our own spelling, of which the rows are known.
joins() {
	local name nodes own same place estimated actual node
	allow detmeta
	for name in "${names[@]}"; do
		nodes=$(nodes_of "${ways[$name/detmeta]%$'\n'}")
		own=$(nodes_of "${ways[$name/own]%$'\n'}")
		same="another plan"
		if [ "$(cut -d' ' -f3- <<<"$nodes")" = "$(cut -d' ' -f3- <<<"$own")" ]; then same="same plan"; fi
		place=0
		while read -r estimated actual node; do
			note estimates "$name: $((++place)) $node" estimated "$estimated" rows
			note estimates "$name: $place $node" actual "$actual" rows "$same"
		done <<<"$nodes"
	done
}

dialect() {
	make_runs
	questions dialect dialect
	read_questions "$HERE/questions/dialect.txt" join
	joins
}
