#!/usr/bin/env bash
# Every test of detmeta, in servers of its own: what `make test` runs.
#
#   SUITES="regress isolation tap fuzz clients"   which kinds (default: all)
#   REGRESS= ISOLATION= PROVE_TESTS=   which of a kind (default: all)
#   CLIENTS="libpq psycopg_3"          which programs of clients/; all: every one (`make test-clients`)
#   JOBS=N TIMEOUT=S                   TAP files at a time (default: processors), seconds for a suite or TAP file
#   FUZZ_RUNS=N                        inputs of each fuzzer (`make fuzz` runs them for minutes)
#   PG= PG_CONFIG= WERROR=1 KEEP=1     see `make help`
#   VALGRIND=1                         the server of regress and isolation tests runs under valgrind (`make valgrind`)
#
# Prints a line for every regress test, isolation spec, TAP file and client, and closes with "N passed,
# N failed", where TAP files and clients count with each of their tests. A server that crashed under a test is
# a failure too.
# What failing tests wrote is copied to results/ in the tree.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
. "$(dirname "${BASH_SOURCE[0]}")/clients.sh"
. "$TREE/test/fuzz/functions.sh"

SUITES=${SUITES:-regress isolation tap fuzz clients}
CLIENTS=${CLIENTS:-$STANDARD_CLIENTS}
TIMEOUT=${TIMEOUT:-1800}
FUZZ_RUNS=${FUZZ_RUNS:-5000}
passed=0
failed=0
skipped=0

# Turn the report of any version's pg_regress into lines "ok SUITE/NAME MS ms" and "not ok SUITE/NAME MS ms".
report_lines() {
	perl -ne 'BEGIN { $| = 1; $suite = shift @ARGV }
		if (/^(?:test)?\s+(\S+)\s+\.\.\. (ok|FAILED|failed)\b(.*)/) {
			($word, $name, $rest) = ($2 eq "ok" ? "ok" : "not ok", $1, $3);
		} elsif (/^(not ok|ok) \d+\s+[-+] (\S+)(.*)/) {
			($word, $name, $rest) = ($1, $2, $3);
		} else {
			next;
		}
		$rest =~ s/\s+/ /g;
		print "$word $suite/$name$rest\n"' "$1"
}

# Add the results in a file to the totals. A bad exit status counts as a failure even if no line says so.
count() {
	local file=$1 status=$2 skip good bad
	# prove tells of a file that skips all in a line of its own
	skip=$(grep -ciE '^(ok [0-9]+.*|1\.\.0 *)# skip|^\S+ \.\.+ skipped: ' "$file") || true
	good=$(grep -cE '^ok ' "$file") || true
	bad=$(grep -E '^not ok ' "$file" | grep -civ '# todo') || true
	good=$((good - $(grep -ciE '^ok [0-9]+.*# skip' "$file" || true)))
	if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
	passed=$((passed + good))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
	[ "$bad" = 0 ]
}

# Copy what a suite with failures wrote to where its author looks for it.
save_results() {
	local folder=$TREE/results/$1
	shift
	[ -w "$TREE" ] || return 0
	mkdir -p "$folder"
	cp -r "$@" "$folder/" 2>/dev/null || true
}

# pg_regress gives up at a test without expected output: let it go on to fail.
expect_something() {
	local test
	for test in "$WORK"/tree/"$1"/*."$2"; do
		test=$(basename "$test" ".$2")
		case $test in *--*) continue ;; esac
		[ -e "$WORK/tree/$3/$test.out" ] || as_user touch "$WORK/tree/$3/$test.out"
	done
}

# Run a suite of pg_regress through the Makefile, as `make installcheck` does: SUITE, then make's variables.
run_regress() {
	local suite=$1 status=0 diffs out
	shift
	as_user timeout "$TIMEOUT" make -s -C "$WORK/tree" PG_CONFIG="$BIN/pg_config" "$@" installcheck 2>&1 </dev/null |
		tee "$WORK/$suite.log" | report_lines "$suite" | tee "$WORK/$suite.ok" || status=1
	if ! count "$WORK/$suite.ok" $status; then
		case $suite in
			regress) out=results diffs=$WORK/tree/regression.diffs ;;
			*) out=output_iso/results diffs=$WORK/tree/output_iso/regression.diffs ;;
		esac
		if [ -s "$diffs" ]; then head -n 400 "$diffs"; else tail -n 30 "$WORK/$suite.log"; fi
		save_results "$suite" "$WORK/tree/$out/." "$diffs"
	fi
}

# Run TAP files, some at a time, each with folders of its own.
run_tap() {
	local pgxs name status
	[ $# -gt 0 ] || return 0
	pgxs=$(dirname "$("$BIN/pg_config" --pgxs)")/..
	as_user mkdir -p "$WORK/tap"
	printf '%s\n' "$@" | as_user env PATH="$BIN:$PATH" PERL5LIB="$pgxs/test/perl:$WORK/tree/test/t" \
		PG_REGRESS="$pgxs/test/regress/pg_regress" TAP="$WORK/tap" TIMEOUT="$TIMEOUT" TREE="$WORK/tree" \
		xargs -P "${JOBS:-$(nproc)}" -n 1 bash -c '
			unset PGHOST PGUSER PGPORT
			name=$(basename "$0" .pl)
			export TESTDIR=$TAP/$name TESTDATADIR=$TAP/$name/tmp_check TESTLOGDIR=$TAP/$name/tmp_check/log
			mkdir -p "$TESTLOGDIR"
			cd "$TREE"
			start=$SECONDS status=0
			timeout "$TIMEOUT" prove -v "$0" >"$TAP/$name.log" 2>&1 </dev/null || status=$?
			logs=$(grep -rlE "TRAP:|terminated by signal (4|6|7|8|11):" "$TESTLOGDIR") && status=1
			echo $status >"$TAP/$name.status"
			[ $status = 0 ] && word=ok || word="not ok"
			echo "$word tap/$name $(grep -cE "^(not )?ok [0-9]" "$TAP/$name.log") tests $((SECONDS - start)) s${logs:+ (a server crashed)}"'
	for name in "$@"; do
		name=$(basename "$name" .pl)
		status=$(cat "$WORK/tap/$name.status" 2>/dev/null) || status=1
		if ! count "$WORK/tap/$name.log" "$status"; then
			say "--- $name"
			grep -vE '^ok ' "$WORK/tap/$name.log" | tail -n 60
			save_results "tap/$name" "$WORK/tap/$name.log" "$WORK/tap/$name/tmp_check/log"
		fi
	done
}

# Run each fuzzer on its seeds and on so many inputs made of them: always the same ones, whatever the time. First,
# what stands in for the server's functions must give the server's own answers to the seeds.
run_fuzz() {
	local target status
	as_user bash -c "$(declare -p PGHOST PGUSER PGPORT BIN WORK); $(declare -f fuzz_answers); fuzz_answers" >"$WORK/fuzz/answers.diff" 2>&1 && status=ok || status="not ok"
	say "$status fuzz/shim" | tee "$WORK/fuzz/answers.ok"
	count "$WORK/fuzz/answers.ok" 0 || { head -n 60 "$WORK/fuzz/answers.diff"; save_results fuzz "$WORK/fuzz/answers.diff"; }

	for target in $FUZZ_TARGETS; do echo "$target"; done |
		as_user xargs -P "${JOBS:-$(nproc)}" -n 1 bash -c "$(declare -p WORK FUZZ_RUNS TIMEOUT); $(declare -f fuzz_command)"'
			start=$SECONDS word=ok
			mkdir -p "$WORK/fuzz/corpus/$0"
			timeout "$TIMEOUT" $(fuzz_command "$0") -seed=1 -runs="$FUZZ_RUNS" "$WORK/fuzz/corpus/$0" "$WORK/fuzz/seeds/$0" \
				>"$WORK/fuzz/$0.log" 2>&1 </dev/null || word="not ok"
			echo "$word fuzz/$0 $FUZZ_RUNS inputs $((SECONDS - start)) s"' | tee "$WORK/fuzz/fuzz.ok" || true
	if ! count "$WORK/fuzz/fuzz.ok" 0; then
		for target in $(sed -nE 's|^not ok fuzz/([a-z_]+) .*|\1|p' "$WORK/fuzz/fuzz.ok"); do
			say "--- $target"
			grep -vE '^(#|INFO)' "$WORK/fuzz/$target.log" | head -n 60
		done
		save_results fuzz "$WORK"/fuzz/*.log $(compgen -G "$WORK/fuzz/*-*" || true)
	fi
}

# The server that regress and isolation tests ran in must not have crashed.
check_log() {
	if grep -E 'TRAP:|was terminated by signal|PANIC:' "$SERVER_LOG"; then
		say "not ok server/alive"
		failed=$((failed + 1))
		tail -n 60 "$SERVER_LOG"
		save_results server "$SERVER_LOG"
	else
		say "ok server/alive"
		passed=$((passed + 1))
	fi
}

# Have setup_server start the server under valgrind. Debian builds it without valgrind's requests, so what one
# allocation of a memory context does to another stays unseen; reads of uninitialized memory do not.
start_under_valgrind() {
	command -v valgrind >/dev/null || install_packages valgrind
	as_user mkdir -p "$WORK/valgrind"
	cat >"$WORK/postgres-valgrind" <<-END
		#!/bin/sh
		exec valgrind --tool=memcheck --leak-check=no --error-limit=no --num-callers=50 --fullpath-after= \\
			--log-file="$WORK/valgrind/%p.log" "$BIN/postgres" "\$@"
	END
	chmod 755 "$WORK/postgres-valgrind"
	SERVER_PROGRAM=$WORK/postgres-valgrind
}

# Valgrind's errors in whose stack there is a function of detmeta are failures; others are the server's.
check_valgrind() {
	perl -ne 's/^==\d+== ?//; if (/^\S/) { print $error if $error =~ m{/tree/src/|detmeta\.so}; $error = "" } $error .= $_ unless /^--/;
		END { print $error if $error =~ m{/tree/src/|detmeta\.so} }' "$WORK"/valgrind/*.log >"$WORK/valgrind.errors"
	if [ -s "$WORK/valgrind.errors" ]; then
		say "not ok server/valgrind $(grep -c '^\S' "$WORK/valgrind.errors") errors"
		failed=$((failed + 1))
		head -n 200 "$WORK/valgrind.errors"
		save_results valgrind "$WORK/valgrind.errors"
	else
		say "ok server/valgrind in $(ls "$WORK"/valgrind/*.log | wc -l) processes"
		passed=$((passed + 1))
	fi
}

case " $SUITES " in *\ clients\ *) clients_choose ;; *) CLIENTS= ;; esac
setup_begin test
setup_packages tests
setup_build
rm -rf "$TREE/results"
[ -z "${VALGRIND:-}" ] || start_under_valgrind
# Plans and timings of tests should depend on the tests alone. Commits are flushed: else VACUUM may come before, and
# marks no page as all-visible. Under valgrind, LLVM takes minutes to compile one query.
setup_server server "fsync = off" "full_page_writes = off" "autovacuum = off" \
	"shared_buffers = 128MB" "max_wal_size = 2GB" ${VALGRIND:+"jit = off"}

for suite in $SUITES; do
	case $suite in
		regress)
			expect_something sql sql expected
			run_regress regress ISOLATION= ${REGRESS+"REGRESS=$REGRESS"}
			;;
		isolation)
			expect_something test/specs spec test/expected
			run_regress isolation REGRESS= ${ISOLATION+"ISOLATION=$ISOLATION"}
			;;
		tap)
			mapfile -t files < <(cd "$WORK/tree" && shopt -s nullglob && printf '%s\n' ${PROVE_TESTS:-test/t/*.pl} | grep .)
			run_tap "${files[@]}"
			;;
		clients) run_clients ;;
		fuzz)
			fuzz_packages
			fuzz_build
			fuzz_seeds
			run_fuzz
			;;
		*) die "SUITES: no suite is called $suite" ;;
	esac
done
case $SUITES in *regress* | *isolation*) check_log ;; esac
[ -z "${VALGRIND:-}" ] || check_valgrind

say ""
say "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
