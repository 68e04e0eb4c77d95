#!/usr/bin/env bash
# Fuzz the sources that read what a stranger may write, for some time: what `make fuzz` runs.
#
#   SECONDS=300           for each of the targets (make fuzz SECONDS=60)
#   TARGETS="filter ..."  which: filter webui recv entries sort_key (default: all)
#   CORPUS=folder         inputs that earlier runs found worth keeping, and where this one keeps its own
#   JOBS=N                targets at a time (default: processors)
#   COVERAGE=1            afterwards print how much of each source the inputs reach
#
# An input that fails is copied to results/fuzz/ in the tree; `$WORK/fuzz/fuzz_TARGET FILE` (with KEEP=1) repeats it.
set -euo pipefail
seconds=${FUZZ_SECONDS:-300}
. "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
. "$TREE/test/fuzz/functions.sh"

setup_begin fuzz
setup_packages
fuzz_packages
setup_build
fuzz_build
fuzz_seeds

corpus=${CORPUS:-$WORK/fuzz/corpus}
mkdir -p "$corpus"
corpus=$(cd "$corpus" && pwd)
targets=${TARGETS:-$FUZZ_TARGETS}
for target in $targets; do
	mkdir -p "$corpus/$target"
	[ "$(id -u)" != 0 ] || chown "$RUNAS" "$corpus" "$corpus/$target"
done

say "Fuzzing for $seconds s each: $targets"
status=0
for target in $targets; do
	printf '%s\0' "nice $(fuzz_command "$target") -max_total_time=$seconds -print_final_stats=1 $corpus/$target $WORK/fuzz/seeds/$target >$WORK/fuzz/$target.log 2>&1"
done | as_user xargs -0 -P "${JOBS:-$(nproc)}" -I {} bash -c {} || status=1

for target in $targets; do
	log=$WORK/fuzz/$target.log
	say "$target: $(sed -nE 's/^stat::number_of_executed_units: *//p' "$log") inputs, $(sed -nE 's/^stat::average_exec_per_sec: *//p' "$log") a second, $(ls "$corpus/$target" | wc -l) kept; $(sed -nE 's/^#.* (cov: [0-9]+) .*/\1/p' "$log" | tail -n 1)"
	if compgen -G "$WORK/fuzz/$target-*" >/dev/null; then
		status=1
		grep -vE '^(#|INFO)' "$log" | head -n 60
		mkdir -p "$TREE/results/fuzz"
		cp "$WORK/fuzz/$target"-* "$TREE/results/fuzz/"
	fi
done

# Print the lines of each source that the seeds and the corpus reach.
if [ -n "${COVERAGE:-}" ]; then
	llvm=${CLANG#clang}
	fuzz_build -fprofile-instr-generate -fcoverage-mapping
	objects=()
	for target in $targets; do
		as_user env LLVM_PROFILE_FILE="$WORK/fuzz/$target.profraw" "$WORK/fuzz/fuzz_$target" -runs=0 \
			"$corpus/$target" "$WORK/fuzz/seeds/$target" >/dev/null 2>&1
		objects+=(-object "$WORK/fuzz/fuzz_$target")
	done
	as_user "llvm-profdata$llvm" merge -o "$WORK/fuzz/profile" "$WORK"/fuzz/*.profraw
	"llvm-cov$llvm" report -instr-profile="$WORK/fuzz/profile" "${objects[@]:1}" "$WORK/tree/src" |
		awk '/\.c / || /^TOTAL/ { printf "%-22s %6s of %6s lines, %6s of functions\n", $1, $10, $8, $7 }'
fi
[ $status = 0 ] && say "No findings."
exit $status
