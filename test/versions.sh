#!/usr/bin/env bash
# Test detmeta on each release of Debian as a stranger would meet it: `make versions`, as root.
#
#   RELEASES="bookworm trixie forky"   which ones; they carry PostgreSQL 15, 17 and 18
#   PG=NN                              ask each release for this version
#   ROOTS=/var/tmp/detmeta-roots       where the roots are kept for the next run
#   REGRESS= SUITES= ...               as for `make test`
#
# For each release, debootstrap makes a minimal system: no server, no compiler. A copy of it gets the tree and make, and
# runs `make demo` and `make test WERROR=1`. The mirror and apt's settings are this machine's. Processes and mounts
# live in namespaces of their own, and end with the test.
set -euo pipefail
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RELEASES=${RELEASES:-bookworm trixie forky}
ROOTS=${ROOTS:-/var/tmp/detmeta-roots}
SCRIPTS=/usr/share/debootstrap/scripts

die() { printf 'versions.sh: %s\n' "$*" >&2; exit 1; }

# The mirror that this machine takes Debian from.
find_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
		awk '$1 == "Debian/Debian" { print $2; exit }'
}

# Make a minimal system of a release, once. A debootstrap older than the release takes the script of sid.
make_root() {
	local release=$1 script=$SCRIPTS/$1
	[ ! -e "$ROOTS/$release" ] || return 0
	[ -e "$script" ] || script=$SCRIPTS/sid
	rm -rf "$ROOTS/$release.new"
	mkdir -p "$ROOTS"
	# newer releases want /proc while packages are configured
	isolated bash -c 'debootstrap --foreign --variant=minbase "$1" "$2" "$3" "$4" && mount -t proc proc "$2/proc" &&
			chroot "$2" /debootstrap/debootstrap --second-stage' \
		debootstrap "$release" "$ROOTS/$release.new" "$MIRROR" "$script" >"$ROOTS/$release.log" 2>&1 ||
		{ tail -n 20 "$ROOTS/$release.log" >&2; die "debootstrap of $release failed"; }
	mv "$ROOTS/$release.new" "$ROOTS/$release"
}

isolated() {
	unshare --mount --pid --fork --kill-child "$@"
}

# Copy the minimal system, and give it the tree and this machine's way to the mirror.
fresh_copy() {
	local release=$1 root=$2 file
	cp -a --reflink=auto "$ROOTS/$release" "$root"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	for file in $(grep -lsE "^Acquire::(http|https|Check|Retries|AllowInsecure)" -r /etc/apt/apt.conf.d); do
		cp "$file" "$root/etc/apt/apt.conf.d/"
	done
	mkdir "$root/detmeta"
	tar -C "$TREE" --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' --exclude=./results -cf - . |
		tar -C "$root/detmeta" --no-same-owner -xf -
}

# What runs as process 1 of the namespaces: mounts, then the commands in the root.
inside() {
	local root=$1 name variables=(WERROR=1)
	set -e
	mount -t proc proc "$root/proc"
	mount -t tmpfs tmpfs "$root/dev"
	for name in null zero full random urandom tty; do
		touch "$root/dev/$name"
		mount --bind "/dev/$name" "$root/dev/$name"
	done
	ln -s /proc/self/fd "$root/dev/fd"
	mkdir "$root/dev/shm" "$root/dev/pts"
	chmod 1777 "$root/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
	for name in PG REGRESS ISOLATION PROVE_TESTS SUITES TIMEOUT JOBS; do
		[ -z "${!name:-}" ] || variables+=("$name=${!name}")
	done
	exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin PG="${PG:-}" bash -c '
		cd /detmeta
		apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends install make &&
			make demo RUNS=10000 ${PG:+PG=$PG} && make test "$@"
		status=$?
		ls /usr/lib/postgresql/*/bin/postgres | while read -r server; do "$server" --version; done
		exit $status' test "${variables[@]}"
}

# Test one release; print a row of the table.
test_release() {
	local release=$1 root=$ROOTS/run-$1 log=$ROOTS/$1-test.log status=0 server result
	rm -rf --one-file-system "$root"
	fresh_copy "$release" "$root"
	isolated bash -c "$(declare -f inside); inside '$root'" >"$log" 2>&1 </dev/null || status=$?
	rm -rf --one-file-system "$root"
	server=$(sed -n 's/^postgres (PostgreSQL) \([^ ]*\).*/\1/p' "$log" | tail -n 1)
	result=$(grep -E '^[0-9]+ passed, ' "$log" | tail -n 1) || result="no result"
	printf '| %s | %s | %s |\n' "${server:-none}" "Debian $release" "$result"
	if [ $status != 0 ]; then
		grep -E '^not ok|error:|^E: ' "$log" | head -n 40 >&2 || true
		printf 'The log is %s\n' "$log" >&2
	fi
	return $status
}

[ "$(id -u)" = 0 ] || die "debootstrap and chroot need root"
command -v debootstrap >/dev/null || apt-get -y -q --no-install-recommends install debootstrap >/dev/null
MIRROR=$(find_mirror)
[ -n "$MIRROR" ] || die "apt's configuration on this machine names no mirror of Debian"
failed=0
printf '| PostgreSQL | on | make test |\n|---|---|---|\n'
for release in $RELEASES; do
	make_root "$release"
	test_release "$release" || failed=1
done
exit $failed
