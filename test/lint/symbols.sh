#!/usr/bin/env bash
# Symbols that are visible outside of their files, in what was built in src/: each begins with detmeta_, and is used in
# another file or called from SQL. Prints those that do not and are not, and fails.
set -euo pipefail

symbols() { nm "$@" | sed -nE 's/^[0-9a-f]+ [TDBRC] //p' | sort -u; }

objects=$(find src -name '*.o')
# shellcheck disable=SC2086
{
	symbols $objects | grep -vE '^(detmeta_|pg_finfo_detmeta_|_PG_init$|Pg_magic_func$)' | sed 's/$/: the name does not begin with detmeta_/' || true
	symbols $objects | grep '^detmeta_' |
		comm -23 - <(for object in $objects; do nm -u "$object" | sed -nE 's/^ +U //p'; done | sort -u) |
		comm -23 - <(grep -oE "'detmeta_[a-z0-9_]+'" sql/detmeta--*.sql | sed -E "s/.*'(.*)'/\1/" | sort -u) |
		sed 's/$/: nobody uses it outside of its file/'
} | { ! grep .; }
