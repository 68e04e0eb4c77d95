#!/usr/bin/env bash
# Make a Debian package of detmeta for one server: `make deb PG=15`, as any user.
#
# Leaves build/postgresql-NN-detmeta_VERSION_ARCH.deb in the tree. What is in it comes from `make install` of a copy of the
# source, with the time of the last commit, so that the same source makes the same package. Variables of make go through:
# `make deb PG=15 with_llvm=no`.
set -euo pipefail
umask 022
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LC_ALL=C

die() { printf 'deb.sh: %s\n' "$*" >&2; exit 1; }

# The time of the last commit; of source that is in no repository of its own, that of its latest change.
source_time() {
	if [ -e "$TREE/.git" ] && git -C "$TREE" log -1 --format=%ct 2>/dev/null; then return; fi
	stat -c %Y "$TREE/CHANGELOG.md"
}

# The packages that the library needs, as dpkg-dev knows them; else the one that any program needs.
library_depends() {
	local depends=
	if command -v dpkg-shlibdeps >/dev/null; then
		mkdir "$WORK/debian"
		printf 'Source: detmeta\n\nPackage: %s\nArchitecture: any\n' "$PACKAGE" >"$WORK/debian/control"
		depends=$(cd "$WORK" && dpkg-shlibdeps -O -e"root$LIBRARY" 2>"$WORK/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p')
	fi
	echo "${depends:-libc6}"
}

# Documentation, changes and licence, where Debian's policy wants them.
install_documents() {
	local doc=$WORK/root/usr/share/doc/$PACKAGE
	mkdir -p "$doc/doc"
	cp "$TREE/README.md" "$doc/"
	cp "$TREE"/doc/* "$doc/doc/"
	gzip -9n <"$TREE/CHANGELOG.md" >"$doc/changelog.gz"
	cat - "$TREE/LICENSE" >"$doc/copyright" <<-END
		This is detmeta for PostgreSQL $MAJOR. Its licence is the PostgreSQL License:

	END
}

write_control() {
	local control=$WORK/root/DEBIAN
	mkdir "$control"
	(cd "$WORK/root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$control/md5sums"
	cat >"$control/control" <<-END
		Package: $PACKAGE
		Version: $VERSION
		Architecture: $ARCHITECTURE
		Maintainer: $(sed -n 's/^ *"maintainer": "\(.*\)",/\1/p' "$TREE/META.json")
		Installed-Size: $(du -k -s --apparent-size "$WORK/root/usr" | cut -f 1)
		Depends: postgresql-$MAJOR, $(library_depends)
		Section: database
		Priority: optional
		Description: filter, sort and count run metadata on its JSONB keys
		 An extension of PostgreSQL $MAJOR: one index answers conditions on every key of
		 the metadata of machine-learning runs, counts them and sorts them. Queries with
		 PostgreSQL's own operators are answered from the same index, as they are.
	END
}

command -v dpkg-deb >/dev/null || die "dpkg-deb is missing: this is no Debian"
command -v "$PG_CONFIG" >/dev/null || die "$PG_CONFIG is missing: say PG=NN, and install postgresql-server-dev-NN"
MAJOR=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
[ "$("$PG_CONFIG" --bindir)" = "/usr/lib/postgresql/$MAJOR/bin" ] || die "$PG_CONFIG is not that of one of Debian's servers: say PG=NN"
VERSION=$(sed -n 's/^   "version": "\(.*\)",/\1/p' "$TREE/META.json")
ARCHITECTURE=$(dpkg --print-architecture)
PACKAGE=postgresql-$MAJOR-detmeta
LIBRARY=$("$PG_CONFIG" --pkglibdir)/detmeta.so
SOURCE_DATE_EPOCH=$(source_time)
export SOURCE_DATE_EPOCH

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
mkdir "$WORK/tree" "$WORK/root" "$WORK/deb"
tar -C "$TREE" --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - Makefile detmeta.control sql src | tar -C "$WORK/tree" --no-same-owner -xf -
# the library has no trace of where it was compiled
options=(-s -C "$WORK/tree" "PG_CONFIG=$PG_CONFIG" "COPT=-ffile-prefix-map=$WORK/tree=. ${COPT:-}")
clang=$(make "${options[@]}" --eval 'print-clang: ; @echo $(CLANG)' print-clang)
command -v "$clang" >/dev/null || options+=(with_llvm=no)
make "${options[@]}" -j"$(nproc)" all
make "${options[@]}" install "DESTDIR=$WORK/root" >"$WORK/install.log" || { cat "$WORK/install.log" >&2; die "the installation failed"; }
strip --strip-unneeded --remove-section=.comment "$WORK/root$LIBRARY"
install_documents
find "$WORK/root" -type f -exec chmod 644 {} +
write_control
find "$WORK/root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group --build "$WORK/root" "$WORK/deb" >/dev/null
mkdir -p "$TREE/build"
mv "$WORK"/deb/*.deb "$TREE/build/"
echo "build/${PACKAGE}_${VERSION}_$ARCHITECTURE.deb"
