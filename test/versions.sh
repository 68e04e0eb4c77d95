#!/usr/bin/env bash
# Test detmeta on each release of Debian as a stranger would meet it: `make versions`, as root.
#
#   RELEASES="bookworm bookworm/older bookworm/gone trixie forky sid/experimental"
#                                      which ones; they carry PostgreSQL 15, 17, 18 and 19
#   PG=NN                              ask each release for this version
#   ROOTS=/var/tmp/detmeta-roots       where the roots are kept for the next run
#   REGRESS= SUITES= ...               as for `make test`
#
# For each release, debootstrap makes a minimal system: no server, no compiler. A copy of it gets the tree and make, and
# runs `make demo` and `make test WERROR=1`. The mirror and apt's settings are this machine's. Processes and mounts
# live in namespaces of their own, and end with the test.
#
# RELEASE/older is a machine between two of PostgreSQL's minor releases: a server is installed and running, without
# headers, and apt offers a newer one in the release's security updates; with RELEASE/gone it has forgotten the
# installed version. Demo and tests may neither upgrade nor restart that server. sid/experimental takes the server that is
# not released yet.
set -euo pipefail
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RELEASES=${RELEASES:-bookworm bookworm/older bookworm/gone trixie forky sid/experimental}
ROOTS=${ROOTS:-/var/tmp/detmeta-roots}
SCRIPTS=/usr/share/debootstrap/scripts

die() { printf 'versions.sh: %s\n' "$*" >&2; exit 1; }

# The mirror that this machine takes Debian from, or its security updates (Debian-Security).
find_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
		awk -v name="Debian/$1" '$1 == name { print $2; exit }'
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
	tar -C "$TREE" --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' --exclude=./results --exclude=./build -cf - . |
		tar -C "$root/detmeta" --no-same-owner -xf -
}

# Mount what programs expect in a root.
mount_devices() {
	local root=$1 name
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
}

# In the root: install a server and start its cluster, then have apt offer a newer one. STATE is older or gone.
install_older() {
	local state=$1 release=$2 security=$3 server version
	apt-get -q update
	server=$(apt-cache depends postgresql | sed -n 's/^ *Depends: //p' | head -n 1)
	DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends install "$server"
	version=$(dpkg-query -W -f '${Version}' "$server")
	pg_ctlcluster "${server#postgresql-}" main start
	echo "deb $security $release-security main" >/etc/apt/sources.list.d/security.list
	if [ "$state" = gone ]; then
		cat >/usr/local/sbin/forget-server <<-END
			for list in /var/lib/apt/lists/*_Packages; do
				awk -v RS= -v ORS="\\n\\n" '!(index(\$0, "\\nVersion: $version\\n") && /(^Package|\\nSource): $server\\n/)' "\$list" >"\$list.new"
				cat "\$list.new" >"\$list"
				rm "\$list.new"
			done
			rm -f /var/cache/apt/*.bin
		END
		echo 'APT::Update::Post-Invoke { "sh /usr/local/sbin/forget-server"; };' >/etc/apt/apt.conf.d/99forget
	fi
	apt-get -q update
	apt-cache policy "$server" | awk '$1 == "Installed:" { i = $2 } $1 == "Candidate:" { c = $2 } END { print i, c; exit i == c }' ||
		{ echo "apt offers no other version than the installed one: nothing to try here"; return 1; }
}

# In the root: have apt take a server, and what belongs to it, from experimental, if there is a newer one than in sid.
offer_experimental() {
	sed -n 's/^\(deb .*\) sid /\1 experimental /p' /etc/apt/sources.list >/etc/apt/sources.list.d/experimental.list
	apt-get -q update
	apt-cache pkgnames postgresql- | grep -xE 'postgresql-[0-9]+' | xargs apt-cache madison | awk '/experimental/ { print "Package: src:" $1 "\nPin: release a=experimental\nPin-Priority: 990\n" }' |
		tee /etc/apt/preferences.d/experimental.pref
	[ -s /etc/apt/preferences.d/experimental.pref ] || { echo "experimental has no server: nothing to try here"; return 1; }
}

# In the root: what tells whether a server was upgraded, or its cluster restarted.
servers() {
	dpkg-query -W -f '${Package} ${Version}\n' 'postgresql-[0-9]*' 'postgresql-client-[0-9]*' libpq5
	head -n 1 /var/lib/postgresql/*/main/postmaster.pid
}

# In the root: demo and tests.
run_tests() {
	local state=$1 before= status=0
	set -e
	cd /detmeta
	shift
	case $state in
		older | gone)
			install_older "$state" "$RELEASE" "$SECURITY"
			before=$(servers)
			;;
		experimental) offer_experimental ;;
	esac
	apt-get -q update
	DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends install make
	{ make demo RUNS=10000 ${PG:+PG=$PG} && make test "$@"; } || status=$?
	if [ -n "$before" ] && [ "$(servers)" != "$before" ]; then
		printf 'not ok: the installed server was changed\n%s\n' "$(servers)"
		status=1
	fi
	exit $status
}

# What runs as process 1 of the namespaces: mounts, then the tests in the root.
inside() {
	local root=$1 state=$2 name variables=(WERROR=1)
	set -e
	mount_devices "$root"
	for name in PG REGRESS ISOLATION PROVE_TESTS SUITES TIMEOUT JOBS; do
		[ -z "${!name:-}" ] || variables+=("$name=${!name}")
	done
	chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin PG="${PG:-}" RELEASE="$RELEASE" SECURITY="$SECURITY" \
		bash -c "$(declare -f install_older offer_experimental servers run_tests); run_tests \"\$@\"" test "$state" "${variables[@]}"
}

# Test one release, or a state of it; print a row of the table.
test_release() {
	local name=$1 status=0 server result root log
	local RELEASE=${1%/*} state=
	[ "$name" = "$RELEASE" ] || state=${name#*/}
	root=$ROOTS/run-${name/\//-}
	log=$ROOTS/${name/\//-}-test.log
	make_root "$RELEASE"
	rm -rf --one-file-system "$root"
	fresh_copy "$RELEASE" "$root"
	isolated bash -c "$(declare -p RELEASE SECURITY); $(declare -f mount_devices install_older offer_experimental servers run_tests inside); inside '$root' '$state'" \
		>"$log" 2>&1 </dev/null || status=$?
	rm -rf --one-file-system "$root"
	server=$(sed -n 's/^Building detmeta for PostgreSQL \([^ ]*\).*/\1/p' "$log" | tail -n 1)
	result=$(grep -E '^[0-9]+ passed, ' "$log" | tail -n 1) || result="no result"
	printf '| %s | %s | %s |\n' "${server:-none}" "Debian ${name/\// }" "$result"
	if [ $status != 0 ]; then
		grep -E '^not ok|error:|^E: |nothing to try' "$log" | head -n 40 >&2 || true
		printf 'The log is %s\n' "$log" >&2
	fi
	return $status
}

[ "$(id -u)" = 0 ] || die "debootstrap and chroot need root"
command -v debootstrap >/dev/null || apt-get -y -q --no-install-recommends install debootstrap >/dev/null
MIRROR=$(find_mirror Debian)
SECURITY=$(find_mirror Debian-Security)
[ -n "$MIRROR" ] || die "apt's configuration on this machine names no mirror of Debian"
failed=0
printf '| PostgreSQL | on | make test |\n|---|---|---|\n'
for release in $RELEASES; do
	test_release "$release" || failed=1
done
exit $failed
