#!/usr/bin/env bash
# Names of functions, in what was built in src/ and in its source. Those that are visible outside of their files begin
# with detmeta_, and are used in another file, by a fuzzer, called from SQL or, in quotes, by a process that is started.
# Those that are not are of one file only, so that a name in a backtrace or a profile tells where it is. Prints those that
# do not and are not, and fails.
set -euo pipefail

symbols() { nm "$@" | sed -nE 's/^[0-9a-f]+ [TDBRC] //p' | sort -u; }

# Print the static functions of all files as "NAME FILE": their definitions, as nm knows none that was inlined.
static_functions() {
	find src -name '*.[ch]' | sort | xargs perl -0777 -ne 'print "$1 $ARGV\n" while /^static\s[^;={}()]*\n(\w+)\(/mg' | sort -u
}

objects=$(find src -name '*.o')
# shellcheck disable=SC2086
{
	symbols $objects | grep -vE '^(detmeta_|pg_finfo_detmeta_|_PG_init$|Pg_magic_func$)' | sed 's/$/: the name does not begin with detmeta_/' || true
	symbols $objects | grep '^detmeta_' |
		comm -23 - <(for object in $objects; do nm -u "$object" | sed -nE 's/^ +U //p'; done | sort -u) |
		comm -23 - <(grep -ohE 'detmeta_[a-z0-9_]+' test/fuzz/*.c | sort -u) |
		comm -23 - <(grep -rohE '"detmeta_[a-z0-9_]+"' src | tr -d '"' | sort -u) |
		comm -23 - <(grep -oE "'detmeta_[a-z0-9_]+'" sql/detmeta--*.sql | sed -E "s/.*'(.*)'/\1/" | sort -u) |
		sed 's/$/: nobody uses it outside of its file/'
	static_functions | awk '{ files[$1] = files[$1] " " $2; n[$1]++ }
		END { for (name in n) if (n[name] > 1) print name ": static in more than one file:" files[name] }' | sort
} | { ! grep .; }
