# Shell functions for core.sh and scan.sh: one server, one table of generated runs, and questions that several peers
# answer in turns.
#
#   bench_begin NAME LINE ...  builds detmeta, starts the server; LINEs are configuration
#   load [STATEMENT]           makes and fills runs_metadata; STATEMENT may change the table while it is empty
#   ask PART FILE ...          asks the questions of the files (questions.txt tells their form) of the peers in $PEERS
#   bench_end SCRIPT           prints the report and keeps it and the measurements in $RESULTS
#
# A script sets PEERS, a list, and indexes[peer], the indexes that only this peer may use, or this peer among others.
# Sourced by bash with `set -euo pipefail`.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../setup.sh"

RUNS=${RUNS:-1000000}
ROUNDS=${ROUNDS:-3}
declare -A indexes=()

sql() {
	"$BIN/psql" -XqAtd bench -v ON_ERROR_STOP=1 "$@"
}

# Note one measurement: part, what, peer, number, unit, remark.
note() {
	(IFS=,; printf '%s\n' "\"$1\",\"$2\",$3,$4,$5,\"${6:-}\"") >>"$WORK/$BENCH.csv"
}

# Say on one line how far things are.
working() {
	if [ -t 1 ]; then printf '\r\e[K%s' "$*"; else say "$*"; fi
}

# End that line.
worked() {
	working "$*"
	say ""
}

# Milliseconds of each statement of psql's standard input.
times_of() {
	(echo '\timing on'; cat) | sql -o /dev/null 2>&1 | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p'
}

bench_begin() {
	BENCH=$1
	shift
	setup_begin bench "${BENCH_DIR:-/var/tmp}"
	setup_packages
	setup_build
	setup_server bench "work_mem = 64MB" "maintenance_work_mem = 512MB" "max_wal_size = 16GB" "checkpoint_timeout = 1h" \
		"autovacuum = off" "jit = off" "random_page_cost = 1.1" "effective_cache_size = 4GB" \
		"max_parallel_workers_per_gather = 0" "max_parallel_maintenance_workers = 0" "$@"
	"$BIN/createdb" bench
	echo 'part,what,peer,value,unit,remark' >"$WORK/$BENCH.csv"
}

# Make and fill the table; the definition of the index that comes with it goes into $ours, its name into $our_index.
load() {
	local part start=$SECONDS
	sql -c "CREATE EXTENSION detmeta" -f "$HERE/generate.sql"
	sql -o /dev/null -c "SELECT create_runs_metadata()"
	our_index=$(sql -c "SELECT indexrelid::regclass FROM pg_index JOIN pg_opclass o ON o.oid = indclass[0]
		WHERE indrelid = 'runs_metadata'::regclass AND opcname = 'metadata_ops'")
	ours=$(sql -c "SELECT pg_get_indexdef('$our_index'::regclass)")
	sql -c "DROP INDEX $our_index"
	if [ -n "${1:-}" ]; then sql -c "$1"; fi
	for part in 0 1 2 3 4 5 6 7 8 9; do
		working "Generating $RUNS runs: $((part * 10)) %"
		sql -c "INSERT INTO runs_metadata SELECT * FROM generator.runs($((RUNS * part / 10 + 1)), $((RUNS * (part + 1) / 10)))"
	done
	sql -c "VACUUM (FREEZE, ANALYZE) runs_metadata" -c "CHECKPOINT"
	worked "Generated $RUNS runs in $((SECONDS - start)) s: $(sql -c "SELECT pg_size_pretty(pg_table_size('runs_metadata'))")"
}

# Let the planner use the indexes of one peer, and of the others none.
allow() {
	sql -c "UPDATE pg_index SET indisvalid = NOT indisvalid
		WHERE indexrelid = ANY (string_to_array('${indexes[*]}', ' ')::regclass[])
			AND indisvalid <> (indexrelid = ANY (string_to_array('${indexes[$1]:-}', ' ')::regclass[]))"
}

# Read a file of questions into names[], targets[name] and ways[name/peer], which holds a line for each way of asking.
read_questions() {
	local line name= word peer
	declare -gA targets=() ways=()
	names=()
	while IFS= read -r line; do
		word=${line%%: *}
		case $line in
			'#'*) ;;
			'') name= ;;
			'target: '*) targets[$name]=${line#*: } ;;
			*)
				if [ -z "$name" ]; then
					name=$line names+=("$line")
					continue
				fi
				[ "$word" != gin ] || word="path ops"
				for peer in $word; do ways[$name/$peer]+=${line#*: }$'\n'; done ;;
		esac
	done < <(for file; do cat "$file"; echo; done)
}

# Print what to send for one way of asking: a condition is counted, statements are sent together.
statement() {
	case $1 in
		SELECT* | WITH*) echo "${1//; / \\; };" ;;
		*) echo "SELECT count(*) FROM runs_metadata WHERE $1;" ;;
	esac
}

# Print the answer in full. Of a condition that is the count and a sum over the runs found.
answer_of() {
	case $1 in
		SELECT* | WITH*) statement "$1" | sql | sed 's/|$//' ;;
		*) sql -c "SELECT count(*), sum(hashint8(run_id)::bigint) FROM runs_metadata WHERE $1" ;;
	esac
}

# Print a word for the plan.
plan_of() {
	case $(statement "$1" | sed 's/^/EXPLAIN /; s/ \\; / \\; EXPLAIN /g' | sql) in
		*"Custom Scan (Metadata"*) echo "metadata scan" ;;
		*"Bitmap Index Scan"* | *"Index Scan using"* | *"Index Only Scan"*) echo "index" ;;
		*"Seq Scan"*) echo "scan" ;;
		*) echo "other" ;;
	esac
}

# Check one way of asking against the answer of the first peer; keep it in best[] if it is the quickest of the peer's.
try_way() {
	local key=$1 way=$2 name=${1%/*} answer want ms
	answer=$(answer_of "$way")
	if [ -z "${answers[$name]+known}" ]; then
		answers[$name]=$answer
		answer_is_sum[$name]=$([[ $way = SELECT* || $way = WITH* ]] || echo yes)
	fi
	want=${answers[$name]}
	if [ -n "${answer_is_sum[$name]}" ] && [[ $way = SELECT* || $way = WITH* ]]; then want=${want%%|*}; fi
	[ "$answer" = "$want" ] || die "answers to \"$name\" differ: $want, but of ${key##*/}: $answer"
	ms=$(statement "$way" | times_of)
	if [ -z "${best[$key]:-}" ] || perl -e 'exit !($ARGV[0] < $ARGV[1])' "$ms" "${quickest[$key]}"; then
		best[$key]=$way quickest[$key]=$ms
	fi
}

# Compare the answers of all peers, choose each one's quickest way of asking, and note its plan. A question is then asked
# for a second in each turn, but at least twice and at most 40 times.
compare_answers() {
	local name peer key way
	for peer in $PEERS; do
		working "Comparing answers: $peer"
		allow "$peer"
		for name in "${names[@]}"; do
			key=$name/$peer
			[ -n "${ways[$key]:-}" ] || continue
			while IFS= read -r way; do try_way "$key" "$way"; done <<<"${ways[$key]%$'\n'}"
			plans[$key]=$(plan_of "${best[$key]}")
			repeats[$key]=$(perl -e 'my $n = int(1000 / ($ARGV[0] + 0.01)); print $n < 2 ? 2 : $n > 40 ? 40 : $n' "${quickest[$key]}")
		done
	done
}

# Ask every question of every peer: once to warm up, then with the clock. The peers take turns at a question, and another
# one begins in each round.
ask() {
	local part=$1 round name peer key ms i turns able found
	local -A answers=() answer_is_sum=() best=() quickest=() plans=() repeats=()
	shift
	read_questions "$@"
	compare_answers
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "${names[@]}"; do
			working "Asking, round $round of $ROUNDS: $name"
			able=()
			for peer in $PEERS; do [ -z "${best[$name/$peer]:-}" ] || able+=("$peer"); done
			[ ${#able[@]} -gt 0 ] || continue
			turns=("${able[@]}" "${able[@]}")
			found=
			if [ -n "${answer_is_sum[$name]}" ]; then found="; ${answers[$name]%%|*} runs"; fi
			for peer in "${turns[@]:round % ${#able[@]}:${#able[@]}}"; do
				key=$name/$peer
				allow "$peer"
				for ms in $(for ((i = 0; i <= repeats[$key]; i++)); do statement "${best[$key]}"; done | times_of | tail -n +2); do
					note "$part" "$name" "$peer" "$ms" ms "${plans[$key]}$found"
				done
			done
		done
	done
	worked "Asked ${#names[@]} questions"
}

# Print and keep what was measured.
bench_end() {
	perl "$HERE/$1" "PostgreSQL $("$PG_CONFIG" --version | sed 's/PostgreSQL //'), $RUNS runs, $(nproc) processors" \
		<"$WORK/$BENCH.csv" >"$WORK/$BENCH.md"
	say ""
	cat "$WORK/$BENCH.md"
	if [ -n "${RESULTS:-}" ]; then
		mkdir -p "$RESULTS"
		cp "$WORK/$BENCH.csv" "$WORK/$BENCH.md" "$RESULTS/"
		say ""
		say "Written to $RESULTS/$BENCH.csv and $RESULTS/$BENCH.md."
	fi
}
