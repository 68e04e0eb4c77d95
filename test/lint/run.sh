#!/usr/bin/env bash
# Static analysis of the source, which has to find nothing: what `make lint` runs.
#
#   TOOLS="layers cppcheck clang-tidy scan-build symbols"   which (default: all)
#
# layers.pl holds includes against the folders of src/, symbols.sh what is built against what is used.
# cppcheck reads the source by itself, with cppcheck.h for what it must know of the server. clang-tidy takes its checks
# from .clang-tidy. scan-build runs clang's analyzer.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

TOOLS=${TOOLS:-layers cppcheck clang-tidy scan-build symbols}
failed=0

# Run a tool, TOOL COMMAND...; its output is what it found.
check() {
	local tool=$1 start=$SECONDS status=ok
	shift
	as_user env -C "$WORK/tree" "$@" >"$WORK/$tool.log" 2>&1 </dev/null || status="not ok"
	say "$status lint/$tool $((SECONDS - start)) s"
	[ "$status" = ok ] || { failed=$((failed + 1)); grep -vE '^(gcc|[0-9]+ warnings? generated)' "$WORK/$tool.log" | head -n 100; }
}

setup_begin lint
setup_packages
missing=()
for tool in $TOOLS; do
	case $tool in layers | symbols) continue ;; scan-build) package=clang-tools ;; *) package=$tool ;; esac
	command -v "$tool" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
mkdir "$WORK/tree"
tar -C "$TREE" --exclude='*.o' --exclude='*.bc' -cf - Makefile detmeta.control sql src test/fuzz test/lint .clang-tidy | tar -C "$WORK/tree" -xf - --no-same-owner
[ "$(id -u)" != 0 ] || chown -R "$RUNAS" "$WORK"

for tool in $TOOLS; do
	case $tool in
		layers) check layers perl test/lint/layers.pl ;;
		symbols)
			check symbols sh -c 'make -s -j"$(nproc)" PG_CONFIG="$0" with_llvm=no all && exec bash test/lint/symbols.sh' "$PG_CONFIG"
			;;
		cppcheck)
			check cppcheck cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr \
				-Isrc --include=test/lint/cppcheck.h --error-exitcode=1 \
				--template='{file}:{line}: {severity}: {message} [{id}]' src
			;;
		clang-tidy)
			check clang-tidy bash -c 'ls src/*.c src/*/*.c | xargs -P "$(nproc)" -n 10 sh -c "headers=\$1; shift
				exec $0 --quiet \"\$@\" -- -Isrc -isystem \"\$headers\" -D_GNU_SOURCE" sh "$1"' \
				"$tool" "$("$PG_CONFIG" --includedir-server)"
			;;
		scan-build)
			# Make's own CC would win over the one that scan-build puts into the environment. Assertions tell it what cannot be.
			check scan-build scan-build --status-bugs -o "$WORK/scan-build" \
				sh -c 'exec make -s -j"$(nproc)" PG_CONFIG="$0" CC="$CC" COPT=-DUSE_ASSERT_CHECKING with_llvm=no all' "$PG_CONFIG"
			;;
		*) die "TOOLS: no tool is called $tool" ;;
	esac
done
[ $failed = 0 ]
