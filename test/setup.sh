# Shell functions for demo.sh, run.sh and bench/*.sh: install what is missing, build detmeta into a
# private copy of the server's folders, and run throw-away servers there as an unprivileged user.
#
#   setup_begin NAME      temporary folder $WORK, removed at exit (KEEP=1 leaves it; KEEP_SERVER=1 its servers too)
#   setup_packages WORD   finds or installs a server (for WORD=tests what the tests need too, for bench gnuplot): $PG_CONFIG
#   setup_build           builds a copy of the tree, installs it under $WORK: $BIN is the server's bin folder
#   setup_server NAME ... starts a server on a Unix socket in $WORK; further words are configuration lines. Where
#                         $SERVER_PROGRAM is set, it is started in place of postgres
#
# The system's own folders are only read. $WORK mirrors the server's layout: programs are copied, because a
# server finds its libraries from where its program lies, and all else is links. So nothing is installed
# where another server could load it, and two runs cannot meet.
#
# Sourced by bash with `set -euo pipefail`.

OLDEST=15
NEWEST=19

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
unset PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGOPTIONS PGSERVICE PGSSLMODE PGCLIENTENCODING
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LANG=C.UTF-8 PSQLRC=/dev/null
unset LC_ALL LANGUAGE

if [ -t 1 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' PLAIN=$'\e[0m'; else BOLD= DIM= PLAIN=; fi

say() { printf '%s\n' "$*"; }
die() { printf 'detmeta: %s\n' "$*" >&2; exit 1; }

# Run a command as root.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Run a command as the user that builds and runs servers, in $WORK.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		(cd "$WORK" && runuser -u "$RUNAS" -- env HOME="$WORK" USER="$RUNAS" LOGNAME="$RUNAS" TMPDIR="$WORK/tmp" "$@")
	else
		(cd "$WORK" && TMPDIR=$WORK/tmp "$@")
	fi
}

# Run a command whose output matters only if it fails; say what it does, and on a terminal for how long.
quietly() {
	local what=$1 log=$WORK/$2.log start=$SECONDS status=0
	shift 2
	printf '%s ... ' "$what"
	if [ -t 1 ]; then
		while sleep 1 && kill -0 $$ 2>/dev/null; do printf '\r%s ... %d s ' "$what" $((SECONDS - start)); done &
		TICKER=$!
	fi
	"$@" >"$log" 2>&1 </dev/null || status=$?
	stop_ticker
	[ ! -t 1 ] || printf '\r%s ... ' "$what"
	if [ $status = 0 ]; then
		printf 'done, %d s\n' $((SECONDS - start))
	else
		printf 'failed\n'
		tail -n 40 "$log" >&2
	fi
	return $status
}

stop_ticker() {
	if [ -n "${TICKER:-}" ]; then
		kill "$TICKER" 2>/dev/null || true
		wait "$TICKER" 2>/dev/null || true
		TICKER=
	fi
}

# Make the temporary folder and see to its end.
setup_begin() {
	WORK=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/detmeta-$1.XXXXXX")
	[ ${#WORK} -le 60 ] || { rmdir "$WORK"; die "TMPDIR is too long for the path of a Unix socket"; }
	SERVERS=()
	TIDY=()
	RUNAS=$(id -un)
	mkdir "$WORK/tmp"
	trap setup_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# Stop our servers and remove our files, whatever happened.
setup_end() {
	local status=$? data
	trap - EXIT
	trap '' INT TERM HUP
	stop_ticker
	unguard_clusters
	if [ -z "${KEEP_SERVER:-}" ]; then
		for data in "${SERVERS[@]}"; do
			if [ -f "$data/postmaster.pid" ]; then
				as_user "$BIN/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
			fi
		done
	fi
	if [ -z "${KEEP:-}" ]; then rm -rf "$WORK"; else echo "Kept: $WORK"; fi
	exit "$status"
}

# Print a server version of Debian's layout that has everything (or, with "server", only its program).
installed_version() {
	local v dir
	for v in ${PG:-$(seq $NEWEST -1 $OLDEST)}; do
		dir=/usr/lib/postgresql/$v
		[ -x "$dir/bin/postgres" ] || continue
		[ "${1:-}" = server ] || usable "$dir/bin/pg_config" || continue
		echo "$v"
		return
	done
}

# Is this the pg_config of a server that extensions can be built for and tested in?
usable() {
	local pgxs
	pgxs=$("$1" --pgxs 2>/dev/null) &&
		[ -f "$pgxs" ] && [ -x "$(dirname "$pgxs")/../test/regress/pg_regress" ] &&
		[ -f "$("$1" --includedir-server)/postgres.h" ] && [ -x "$("$1" --bindir)/postgres" ]
}

# Print the newest server version that apt could install.
offered_version() {
	local v
	for v in ${PG:-$(seq $NEWEST -1 $OLDEST)}; do
		if offered "postgresql-$v" && offered "postgresql-server-dev-$v"; then
			echo "$v"
			return
		fi
	done
}

# Does apt know a version of this package?
offered() {
	[[ $(apt-cache policy "$1" 2>/dev/null) = *"Candidate: "[0-9]* ]]
}

# Find PG_CONFIG; install a server, a compiler and Perl modules where they are missing.
setup_packages() {
	local packages=() version=
	if [ -n "${PG:-}" ] && { [[ ! $PG =~ ^[0-9]+$ ]] || [ "$PG" -lt $OLDEST ] || [ "$PG" -gt $NEWEST ]; }; then
		die "PG=$PG: detmeta runs on PostgreSQL $OLDEST to $NEWEST"
	fi
	if [ -n "${PG_CONFIG:-}" ]; then
		PG_CONFIG=$(command -v "$PG_CONFIG") || die "PG_CONFIG names no program"
		usable "$PG_CONFIG" || die "$PG_CONFIG: its server, its headers or its pgxs folder is missing"
	else
		version=$(installed_version)
		if [ -z "$version" ] && [ -z "${PG:-}" ] && usable pg_config; then
			PG_CONFIG=$(command -v pg_config)
		fi
	fi
	command -v gcc >/dev/null || packages+=(gcc)
	[ -f /usr/include/stdlib.h ] || packages+=(libc6-dev)
	command -v make >/dev/null || packages+=(make)
	command -v perl >/dev/null && perl -MTest::More -e 1 2>/dev/null || packages+=(perl)
	if [ "${1:-}" = tests ]; then
		command -v prove >/dev/null || packages+=(perl)
		perl -MIPC::Run -e 1 2>/dev/null || packages+=(libipc-run-perl)
		# shellcheck disable=SC2207
		packages+=($(clients_packages))
	fi
	if [ "${1:-}" = bench ]; then command -v gnuplot >/dev/null || packages+=(gnuplot-nox); fi
	if [ -z "${PG_CONFIG:-}" ] && [ -z "$version" ]; then packages+=(server); fi
	if [ ${#packages[@]} -gt 0 ]; then install_packages "${packages[@]}"; fi
	if [ -z "${PG_CONFIG:-}" ]; then
		version=$(installed_version)
		PG_CONFIG=/usr/lib/postgresql/$version/bin/pg_config
	fi
	choose_user
}

# Install Debian packages ("server" stands for a server and its headers), without making or starting a
# cluster, and without changing a package of a server that is already there. Between two of PostgreSQL's minor
# releases apt offers a newer one than is installed: then the headers are those of the installed version, or
# where apt has these no more, server and headers of the offered version are unpacked in $WORK.
install_packages() {
	local list=" $* " version=
	command -v apt-get >/dev/null ||
		die "this is no Debian: please install${list% } and PostgreSQL $OLDEST to $NEWEST with its headers, then say PG_CONFIG=..."
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "run this as root, or install sudo: these packages are missing:$list"
	as_root true
	if [ -z "$(offered_version)" ] || ! offered libipc-run-perl; then update_lists; fi
	if [[ $list = *" server "* ]]; then
		version=$(installed_version server)
		[ -n "$version" ] || version=$(offered_version)
		[ -n "$version" ] ||
			die "apt offers no PostgreSQL ${PG:-$OLDEST to $NEWEST} here; the PostgreSQL project's own apt repository (https://wiki.postgresql.org/wiki/Apt) has them all"
		list=${list/ server / postgresql-$version postgresql-server-dev-$version }
	fi
	list=$(printf '%s\n' $list | sort -u | tr '\n' ' ')
	hold_servers "$version"
	guard_clusters
	# shellcheck disable=SC2086
	if ! can_install $list && ! { update_lists && can_install $list; }; then
		if [ -z "$version" ] || [ ! -x "/usr/lib/postgresql/$version/bin/postgres" ]; then
			cat "$WORK/apt-plan.log" >&2
			die "apt cannot install: $list"
		fi
		unpack_server "$version"
		list=$(printf '%s\n' $list | grep -vE "^(postgresql-$version|postgresql-server-dev-$version|libpq-dev)$" | tr '\n' ' ') || list=
		[ -z "$list" ] || can_install $list || { cat "$WORK/apt-plan.log" >&2; die "apt cannot install: $list"; }
	fi
	# shellcheck disable=SC2086
	[ -z "$list" ] ||
		quietly "Installing $(grep -c ^Inst "$WORK/apt-plan.log") packages for: ${list% }" apt-install apt_install $list ||
		{ update_lists; quietly "Trying once more" apt-install apt_install $list; } || die "apt-get failed"
	unguard_clusters
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
		apt-get -y -q --no-install-recommends --no-upgrade --no-remove -o DPkg::Lock::Timeout=300 \
		-o Dir::Etc::Preferences="$WORK/apt-preferences" install "$@"
}

# Could apt install these packages, and leave what is held as it is? The plan is in apt-plan.log.
can_install() {
	apt_install -s "$@" >"$WORK/apt-plan.log" 2>&1 &&
		! sed -nE 's/^(Inst|Remv) ([^ ]+) \[.*/\2/p' "$WORK/apt-plan.log" | grep -qxFf "$WORK/held"
}

# Hold the packages of installed servers, and those of the same source that are not installed yet, at the version
# that is there. Only a server of another major version, WANTED, may bring a newer client library.
hold_servers() {
	local wanted=$1 status source version package
	: >"$WORK/held"
	{
		[ ! -f /etc/apt/preferences ] || { cat /etc/apt/preferences; echo; }
		dpkg-query -W -f '${db:Status-Status} ${source:Package} ${Version} ${Package}\n' |
			while read -r status source version package; do
				[[ $status = installed && $source =~ ^postgresql-[0-9]+$ ]] || continue
				if [ -n "$wanted" ] && [ ! -x "/usr/lib/postgresql/$wanted/bin/postgres" ]; then
					[[ $package != lib* ]] || continue
				else
					printf 'Package: src:%s\nPin: version %s\nPin-Priority: 1000\n\n' "$source" "$version"
				fi
				printf 'Package: %s\nPin: version %s\nPin-Priority: 1000\n\n' "$package" "$version"
				echo "$package" >>"$WORK/held"
			done
	} >"$WORK/apt-preferences"
}

# Unpack a server that apt offers, with its headers, beside the older one that is installed: that one's libraries
# serve, as no minor release needs others.
unpack_server() {
	local version=$1 file
	mkdir -p "$WORK/packages" "$WORK/offered"
	say "The headers of the installed PostgreSQL $version cannot be had: taking the server that apt offers, without installing it."
	# shellcheck disable=SC2016
	quietly "Downloading it" apt-download bash -c 'cd "$1" && exec apt-get -q -o APT::Sandbox::User=root download "postgresql-$2" "postgresql-client-$2" "postgresql-server-dev-$2" libpq-dev libpq5' \
		download "$WORK/packages" "$version" || die "apt-get failed"
	for file in "$WORK"/packages/*.deb; do dpkg-deb -x "$file" "$WORK/offered"; done
	PG_CONFIG=$WORK/offered/usr/lib/postgresql/$version/bin/pg_config
	usable "$PG_CONFIG" || die "the packages of PostgreSQL $version are not complete"
}

update_lists() {
	[ -z "${lists_updated:-}" ] || return 0
	quietly "Updating apt's package lists" apt-update as_root apt-get -q -o DPkg::Lock::Timeout=300 update ||
		say "  (going on with the lists that are there)"
	lists_updated=1
}

# Does apt have a list of packages, perhaps after an update?
have_packages() {
	command -v apt-cache >/dev/null || return 1
	[ -z "$(apt-cache dumpavail | head -c 1)" ] || return 0
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || return 1
	update_lists
	[ -n "$(apt-cache dumpavail | head -c 1)" ]
}

# Keep Debian's packages from making a cluster and from starting or restarting any, while we install.
guard_clusters() {
	local conf=/etc/postgresql-common/createcluster.d/detmeta-setup.conf policy=/usr/sbin/policy-rc.d
	if [ ! -e "$conf" ]; then
		TIDY+=("$conf")
		as_root mkdir -p "${conf%/*}"
		echo "create_main_cluster = false" | as_root tee "$conf" >/dev/null
	fi
	if [ ! -e "$policy" ]; then
		TIDY+=("$policy")
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
}

unguard_clusters() {
	local file
	for file in "${TIDY[@]}"; do
		as_root rm -f "$file"
		as_root rmdir --ignore-fail-on-non-empty "${file%/*}"
	done
	TIDY=()
}

# Choose who builds and runs servers: never root.
choose_user() {
	if [ "$(id -u)" = 0 ]; then
		RUNAS=nobody
		if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
			RUNAS=$SUDO_USER
		elif id postgres >/dev/null 2>&1; then
			RUNAS=postgres
		fi
		chown "$RUNAS" "$WORK" "$WORK/tmp"
		as_user test -w "$WORK" || die "user $RUNAS cannot reach $WORK: set TMPDIR to a folder that it can"
	fi
}

# Copy the tree, build it, and install it into a private mirror of the server's folders.
setup_build() {
	local version
	version=$("$PG_CONFIG" --version)
	version=${version#PostgreSQL }
	PG_MAJOR=${version%%[!0-9]*}
	[ "$PG_MAJOR" -ge $OLDEST ] && [ "$PG_MAJOR" -le $NEWEST ] || die "$PG_CONFIG is of PostgreSQL $version: detmeta runs on $OLDEST to $NEWEST"
	mkdir "$WORK/tree" "$WORK/root"
	tar -C "$TREE" --exclude=./.git --exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude=./results --exclude=./build \
		--exclude=./tmp_check --exclude=./output_iso -cf - . | tar -C "$WORK/tree" -xf - --no-same-owner
	if [ "$(id -u)" = 0 ]; then chown -R "$RUNAS" "$WORK"; fi
	as_user bash -c "$(declare -f mirror_server); mirror_server '$PG_CONFIG' '$WORK/root'"
	BIN=$WORK/root$("$PG_CONFIG" --bindir)
	quietly "Building detmeta for PostgreSQL ${version%% *}" build as_user bash -c '
		set -e
		options=(PG_CONFIG="$1/pg_config" ${2:+WERROR=1})
		clang=$(make -s "${options[@]}" -C tree --eval "print-clang: ; @echo \$(CLANG)" print-clang)
		command -v "$clang" >/dev/null || options+=(with_llvm=no)
		make -s -C tree -j"$(nproc)" "${options[@]}" all
		make -s -C tree "${options[@]}" install' build "$BIN" "${WERROR:-}" || die "the build failed"
	grep -i 'warning:' "$WORK/build.log" || true
}

# Mirror a server's folders under another root: programs as copies, the rest as links.
mirror_server() {
	local config=$1 root=$2 dir
	set -e
	umask 022
	dir=$("$config" --bindir)
	mkdir -p "$root$dir"
	cp -L "$dir"/* "$root$dir/"
	for dir in "$("$config" --pkglibdir)" "$("$config" --sharedir)"; do
		mkdir -p "$root$dir"
		cp -as "$dir/." "$root$dir/"
		rm -rf "$root$dir"/detmeta.so "$root$dir"/bitcode/detmeta* "$root$dir"/extension/detmeta*
	done
	dir=$("$config" --pkgincludedir)
	if [ ! -e "$root$dir" ]; then
		mkdir -p "$(dirname "$root$dir")"
		ln -s "$dir" "$root$dir"
	fi
}

# Start a server: its socket folder becomes PGHOST, its superuser is postgres.
setup_server() {
	local name=$1 data=$WORK/$1/data
	shift
	as_user mkdir -p "$WORK/$name"
	as_user "$BIN/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$WORK/$name-initdb.log" 2>&1 ||
		{ tail -n 20 "$WORK/$name-initdb.log" >&2; die "initdb failed"; }
	{
		printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$WORK/$name'" "port = 5432" \
			"logging_collector = off" "log_line_prefix = '%m [%p] '" "$@"
	} | as_user tee -a "$data/postgresql.conf" >/dev/null
	SERVERS+=("$data")
	as_user "$BIN/pg_ctl" -D "$data" -l "$WORK/$name/log" -w -t ${SERVER_PROGRAM:+60}60 ${SERVER_PROGRAM:+-p "$SERVER_PROGRAM"} start >"$WORK/$name-start.log" 2>&1 ||
		{ tail -n 20 "$WORK/$name/log" >&2; die "the server did not start"; }
	export PGHOST=$WORK/$name PGUSER=postgres PGPORT=5432
	SERVER_LOG=$WORK/$name/log
}
