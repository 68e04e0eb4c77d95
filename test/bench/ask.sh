# Questions that several peers answer in turns. Sourced by bash with `set -euo pipefail`.
#
#   read_questions FILE   reads a file of questions; questions/conditions.txt tells its form
#   ask PART              compares all answers, then asks the questions that were read

# Print which peers a line is for: WORD, which stands for one or several, and what it says.
peers_of() {
	case $1 in
		detmeta) if is_condition "$2"; then echo "detmeta bitmap"; else echo detmeta; fi ;;
		core) echo "detmeta scan" ;;
		gin) echo "path ops" ;;
		rows) echo "detmeta path ops jsquery scan" ;;
		eav) echo "eav_shipped eav_tuned" ;;
		*) echo "$1" ;;
	esac
}

# Read a file of questions into names[], targets[name], marks[name] and ways[name/peer], which holds a line for each way of
# asking; and $able, the peers that are asked anything. With MARK, only the questions that have it.
read_questions() {
	local line name= peer
	unset targets marks ways
	declare -gA targets=() marks=() ways=()
	names=() able=
	while IFS= read -r line; do
		case $line in
			'#'*) ;;
			'') name= ;;
			'mark: '*) marks[$name]=${line#*: } ;;
			'target: '*) targets[$name]=${line#*: } ;;
			*)
				if [ -z "$name" ]; then
					name=$line names+=("$line")
					continue
				fi
				for peer in $(peers_of "${line%%: *}" "${line#*: }"); do
					ways[$name/$peer]+=${line#*: }$'\n'
					[[ " $able " = *" $peer "* ]] || able+=" $peer"
				done ;;
		esac
	done <"$1"
	[ -z "${2:-}" ] || keep_marked "$2"
}

# Keep only the questions with a mark.
keep_marked() {
	local name all=("${names[@]}")
	names=()
	for name in "${all[@]}"; do
		if [[ " ${marks[$name]:-} " = *" $1 "* ]]; then names+=("$name"); fi
	done
}

is_condition() {
	[[ ! $1 =~ ^(SELECT|WITH|INSERT|COPY|UPDATE|VACUUM)\  ]]
}

# Print what to send for one way of asking: a condition is counted, statements are sent together.
statement() {
	if is_condition "$1"; then
		echo "SELECT count(*) FROM runs_metadata WHERE $1;"
	else
		echo "${1//; / \\; };"
	fi
}

# Print the answer in full. Of a condition that is the count and a sum over the runs found.
answer_of() {
	if is_condition "$1"; then
		sql -c "SELECT count(*), sum(hashint8(run_id)::bigint) FROM runs_metadata WHERE $1"
	else
		statement "$1" | sql | sed 's/|$//'
	fi
}

# Print a word for the plan.
plan_of() {
	case $(statement "$1" | sed 's/^/EXPLAIN /; s/ \\; / \\; EXPLAIN /g' | sql) in
		*"Custom Scan (Metadata"*) echo "metadata scan" ;;
		*"Function Scan on metadata_"* | *"Function Scan on search_run_metadata"*) echo "function" ;;
		*"Bitmap Index Scan"* | *"Index Scan"* | *"Index Only Scan"*) echo "index" ;;
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
		answer_is_sum[$name]=$(! is_condition "$way" || echo yes)
	fi
	want=${answers[$name]}
	if [ -n "${answer_is_sum[$name]}" ] && ! is_condition "$way"; then want=${want%%|*}; fi
	[ "$answer" = "$want" ] || die "answers to \"$name\" differ: $(printf '%s' "$want" | head -c 1000)
but of ${key##*/}: $(printf '%s' "$answer" | head -c 1000)"
	ms=$(statement "$way" | times_of)
	if [ -z "${best[$key]:-}" ] || perl -e 'exit !($ARGV[0] < $ARGV[1])' "$ms" "${quickest[$key]}"; then
		best[$key]=$way quickest[$key]=$ms
	fi
}

# Compare the answers of all peers, choose each one's quickest way of asking, and note its plan. In each turn a question
# is then asked for half a second, but at least once and at most 20 times.
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
			repeats[$key]=$(perl -e 'my $n = int(500 / ($ARGV[0] + 0.01)); print $n < 1 ? 1 : $n > 20 ? 20 : $n' "${quickest[$key]}")
		done
	done
}

# Print as Markdown how each peer is asked.
print_statements() {
	local name peer
	for name in "${names[@]}"; do
		printf '\n## %s: %s (%s runs)\n\n' "$1" "$name" "$SIZE"
		for peer in $PEERS; do
			[ -z "${best[$name/$peer]:-}" ] || printf -- '- %s: `%s`\n' "$peer" "$(statement "${best[$name/$peer]}")"
		done
	done
}

# Ask a peer once to warm up, unless it takes long, then with the clock.
take_turn() {
	local part=$1 name=$2 peer=$3 key=$2/$3 found= times i ms warm=1
	allow "$peer"
	if [ -n "${answer_is_sum[$name]}" ]; then found="; ${answers[$name]%%|*} runs"; fi
	[ "${repeats[$key]}" -gt 1 ] || warm=0
	times=$(for ((i = 0; i < repeats[$key] + warm; i++)); do statement "${best[$key]}"; done | times_of)
	for ms in $(tail -n +$((1 + warm)) <<<"$times"); do
		note "$part" "$name" "$peer" "$ms" ms "${plans[$key]}$found"
	done
}

# Note the peak of a backend's own memory, without what it shares with others: a question is asked twice, and the kernel
# forgets the peak in between, so that shared pages are mapped by then.
measure_memory() {
	local name=$1 peer kilobytes
	working "Memory: $name"
	for peer in $PEERS; do
		[ -n "${best[$name/$peer]:-}" ] || continue
		allow "$peer"
		kilobytes=$(sql <<-SQL | tail -n 1
			SELECT pg_backend_pid() AS pid \\gset
			\\setenv BACKEND :pid
			$(statement "${best[$name/$peer]}")
			\\! echo 5 2>/dev/null >/proc/\$BACKEND/clear_refs
			$(statement "${best[$name/$peer]}")
			\\! awk '/^VmHWM/ { peak = \$2 } /^RssShmem/ { shared = \$2 } END { print peak - shared }' /proc/\$BACKEND/status
		SQL
		)
		note memory "$name" "$peer" $((kilobytes * 1024)) bytes
	done
}

# Ask every question of every peer. The peers take turns at a question, and another one begins in each round.
ask() {
	local part=$1 round name peer turns asked
	local -A answers=() answer_is_sum=() best=() quickest=() plans=() repeats=()
	compare_answers
	print_statements "$part" >>"$WORK/statements.md"
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "${names[@]}"; do
			working "Asking, round $round of $ROUNDS: $name"
			asked=()
			for peer in $PEERS; do [ -z "${best[$name/$peer]:-}" ] || asked+=("$peer"); done
			turns=("${asked[@]}" "${asked[@]}")
			for peer in "${turns[@]:round % ${#asked[@]}:${#asked[@]}}"; do take_turn "$part" "$name" "$peer"; done
		done
	done
	for name in "${names[@]}"; do
		if [[ " ${marks[$name]:-} " = *" memory "* ]] && [ "$part" != growth ]; then measure_memory "$name"; fi
	done
	note_targets "$part"
	worked "Asked ${#names[@]} questions: $part"
}

# Pass the targets on to the report: the least ratio and the peer, or "best".
note_targets() {
	local name target
	for name in "${names[@]}"; do
		while read -r target; do
			note "target $1" "$name" "${target#* }" "${target%% *}" times
		done < <(tr ',' '\n' <<<"${targets[$name]:-}" | sed -E '/^$/d; s/^ *([0-9.]+)$/\1 best/; s/^ +//')
	done
}
