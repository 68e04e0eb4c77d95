#!/usr/bin/env bash
# detmeta at work in a private server that is removed at the end: what `make demo` runs.
#
#   RUNS=100000         how many runs to generate
#   KEEP=1              leave the server up, and say how to enter and how to stop it
#   PG= PG_CONFIG=      see `make help`
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

RUNS=${RUNS:-100000}
FIRST=1001

# Run statements quietly.
sql() {
	"$BIN/psql" -Xqd demo -v ON_ERROR_STOP=1 "$@"
}

# Show SQL files; STEP is the number of headings so far.
show() {
	perl "$TREE/test/demo/show.pl" "$STEP" "$@" : "$BIN/psql" -Xqd demo
	STEP=$((STEP + $(cat "$@" | grep -c '^-- # ')))
}

# Print a heading of a step that is not in an SQL file.
heading() {
	STEP=$((STEP + 1))
	printf '\n%s%d. %s%s\n\n' "$BOLD" "$STEP" "$1" "$PLAIN"
}

# Write a number with commas.
commas() {
	sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta' <<<"$1"
}

# Show how far a slow step is.
progress() {
	local done=$(($1 * 40 / $2)) bar
	[ -t 1 ] || return 0
	printf -v bar '%*s' "$done" ''
	printf '\r    [%-40s] %s' "${bar// /=}" "$3"
}

# Put the generated runs into runs_metadata, in ten parts.
load_runs() {
	local part start=$SECONDS
	sql -f "$TREE/test/bench/generate.sql"
	for part in 0 1 2 3 4 5 6 7 8 9; do
		progress "$part" 10 "$(commas $((RUNS * part / 10))) runs"
		sql -c "INSERT INTO runs_metadata
			SELECT * FROM generator.runs($((FIRST + RUNS * part / 10)), $((FIRST + RUNS * (part + 1) / 10 - 1)))"
	done
	progress 10 10 "$(commas "$RUNS") runs"
	sql -c "VACUUM ANALYZE runs_metadata"
	[ ! -t 1 ] || printf '\r\e[K'
	printf '    %s runs, %s with the index, %d s\n' "$(commas "$RUNS")" \
		"$(sql -Atc "SELECT pg_size_pretty(pg_total_relation_size('runs_metadata'))")" $((SECONDS - start))
}

# Put apt's list of packages into a table.
load_packages() {
	local start=$SECONDS
	sql -c "CREATE TABLE packages (id bigint PRIMARY KEY, metadata jsonb NOT NULL)"
	apt-cache dumpavail | perl "$TREE/test/demo/packages.pl" | sql -c "COPY packages FROM stdin"
	sql -c "VACUUM ANALYZE packages"
	printf '    %s packages, %s, %d s\n' "$(commas "$(sql -Atc "SELECT count(*) FROM packages")")" \
		"$(sql -Atc "SELECT pg_size_pretty(pg_table_size('packages'))")" $((SECONDS - start))
}

say "${BOLD}detmeta: filter, sort and count run metadata inside PostgreSQL${PLAIN}"
say ""
setup_begin demo
setup_packages
setup_build
setup_server demo "fsync = off" "shared_buffers = 256MB" "max_wal_size = 4GB" "jit = off"
"$BIN/createdb" demo
say "A server of its own runs in $WORK."

STEP=0
show "$TREE/test/demo/1-post.sql"
heading "Load $(commas "$RUNS") generated runs"
load_runs
show "$TREE/test/demo/2-filter.sql"
if have_packages; then
	heading "Load documents that are real"
	say "Every package that this machine could install, as apt describes it."
	say ""
	load_packages
	show "$TREE/test/demo/3-packages.sql"
else
	say ""
	say "(No list of packages here: the part on real documents is left out.)"
fi

say ""
if [ -n "${KEEP:-}" ]; then
	KEEP_SERVER=1
	say "${BOLD}The server stays.${PLAIN} Enter it:"
	say "    $BIN/psql -h $PGHOST -U postgres demo"
	say "Stop and remove it:"
	say "    sh $WORK/stop"
	cat >"$WORK/stop" <<-STOP
		pid=\$(head -n 1 '$WORK/demo/data/postmaster.pid')
		kill -INT "\$pid" && while kill -0 "\$pid" 2>/dev/null; do sleep 0.2; done
		rm -rf '$WORK'
	STOP
else
	say "${BOLD}That was detmeta.${PLAIN} The server is being removed; make demo KEEP=1 leaves it for you to try."
fi
