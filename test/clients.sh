# Shell functions for run.sh: the clients in clients/, programs that use a server as those of users do.
#
#   clients_choose     turns CLIENTS=all into names, and checks names
#   clients_packages   prints the Debian packages that they miss
#   run_clients        runs each twice in a server of their own, and counts its tests
#
# Sourced by bash after setup.sh.

# The standard clients are those that need little to be installed.
STANDARD_CLIENTS="libpq psycopg_3"
ALL_CLIENTS="$STANDARD_CLIENTS sqlalchemy_core django_orm Jdbc node_postgres knex sequelize kysely drizzle typeorm"
# These run what their library has of its own for JSON.
ALL_CLIENTS+=" native_django native_sqlalchemy native_knex native_objection native_kysely native_drizzle"
ALL_CLIENTS+=" native_sequelize native_sequelize7 native_typeorm native_prisma"

clients_choose() {
	local name
	[ "$CLIENTS" != all ] || CLIENTS=$ALL_CLIENTS
	for name in $CLIENTS; do
		[[ " $ALL_CLIENTS " = *" $name "* ]] || die "CLIENTS: no client is called $name; there are: $ALL_CLIENTS"
	done
}

# Print a Python that has these modules. Debian's packages are for Debian's Python.
python_with() {
	local python modules=$*
	for python in /usr/bin/python3 python3; do
		if "$python" -c "import ${modules// /, }" 2>/dev/null; then
			command -v "$python"
			return
		fi
	done
	return 1
}

clients_packages() {
	local name
	for name in ${CLIENTS:-}; do
		case $name in
			libpq) [ -f /usr/include/postgresql/libpq-fe.h ] || [ -f "$(pg_config --includedir 2>/dev/null)/libpq-fe.h" ] || echo libpq-dev ;;
			psycopg_3) python_with psycopg >/dev/null || echo python3-psycopg ;;
			*sqlalchemy*) python_with psycopg2 sqlalchemy >/dev/null || echo python3-psycopg2 python3-sqlalchemy ;;
			*django*) python_with psycopg2 django >/dev/null || echo python3-psycopg2 python3-django ;;
			Jdbc)
				java --list-modules 2>/dev/null | grep -c '^jdk.compiler' >/dev/null || echo default-jdk-headless
				[ -f "${JDBC_JAR:-/usr/share/java/postgresql.jar}" ] || echo libpostgresql-jdbc-java
				;;
			*)
				command -v node >/dev/null || echo nodejs
				command -v npm >/dev/null || echo npm
				;;
		esac
	done
}

# Start the clients' server, with their database. JDBC has no Unix sockets: for it there is a port on
# 127.0.0.1, with a password.
clients_server() {
	local listen= port=5432
	compgen -G "$("$BIN/pg_config" --pkglibdir)/auto_explain.*" >/dev/null ||
		die "the clients need auto_explain, one of PostgreSQL's contrib modules"
	if [[ " $CLIENTS " = *" Jdbc "* ]]; then
		listen=127.0.0.1
		port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport')
	fi
	printf '%s\n' 'local all all trust' 'host clients clients 127.0.0.1/32 scram-sha-256' | as_user tee "$WORK/clients.hba" >/dev/null
	setup_server clients "hba_file = '$WORK/clients.hba'" "listen_addresses = '$listen'" "port = $port" \
		"fsync = off" "autovacuum = off" "jit = off"
	export PGPORT=$port
	PGPASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	export PGPASSWORD
	as_user "$BIN/psql" -Xq -v ON_ERROR_STOP=1 -d postgres -c "CREATE ROLE clients LOGIN PASSWORD '$PGPASSWORD'" -c "CREATE DATABASE clients"
	as_user "$BIN/psql" -Xq -v ON_ERROR_STOP=1 -d clients -f "$WORK/tree/test/clients/cases.sql" >"$WORK/clients/cases.log" ||
		die "test/clients/cases.sql failed"
}

# Print the command of a client, in the clients' folder; build what has to be built.
client_command() {
	local python
	case $1 in
		libpq)
			as_user gcc -Wall -Wextra -Werror -I"$("$PG_CONFIG" --includedir)" -o "$WORK/clients/libpq" "$WORK/tree/test/clients/libpq.c" \
				-L"$("$PG_CONFIG" --libdir)" -Wl,-rpath,"$("$PG_CONFIG" --libdir)" -lpq >&2 || return 1
			echo "$WORK/clients/libpq"
			;;
		psycopg_3) python=$(python_with psycopg) && echo "$python -B $1.py" ;;
		*sqlalchemy*) python=$(python_with psycopg2 sqlalchemy) && echo "$python -B $1.py" ;;
		*django*) python=$(python_with psycopg2 django) && echo "$python -B $1.py" ;;
		Jdbc) echo "java -cp ${JDBC_JAR:-/usr/share/java/postgresql.jar} $1.java" ;;
		native_prisma) echo "node prisma/$1.mjs" ;;
		*) echo "node $1.mjs" ;;
	esac
}

# Install the packages of a folder, as the caller, who may have settings for npm. Nothing of them is run.
install_npm() {
	quietly "Installing npm packages" npm npm --prefix "$1" ci --ignore-scripts --no-audit --no-fund ||
		die "npm could not install the packages of $1/package.json"
}

# Have Prisma write its client. The native programs that it would download, for which "true" stands, are not run.
generate_prisma() {
	as_user env -C "$1" CHECKPOINT_DISABLE=1 PRISMA_SCHEMA_ENGINE_BINARY=/bin/true PRISMA_QUERY_ENGINE_LIBRARY=/bin/true \
		node node_modules/prisma/build/index.js generate --schema schema.prisma >"$WORK/clients/prisma.log" 2>&1 ||
		{ tail -n 40 "$WORK/clients/prisma.log" >&2; die "prisma could not generate its client"; }
}

# Run a client in a mode of planning.
run_client() {
	local name=$1 mode=$2 command=$3 log=$WORK/clients/$1-$2.log status=0 start=$SECONDS word=ok
	# A zone that is off by a part of an hour shows what is left to the session's zone.
	as_user env -C "$WORK/tree/test/clients" TZ=Asia/Kathmandu PGUSER=clients PGDATABASE=clients PGOPTIONS="-c plan_cache_mode=$mode" \
		JDBC_URL="jdbc:postgresql://127.0.0.1:$PGPORT/clients?prepareThreshold=1&options=-c%20plan_cache_mode=$mode" \
		timeout "$TIMEOUT" $command >"$log" 2>&1 </dev/null || status=$?
	if grep -qE 'TRAP:|was terminated by signal|PANIC:' "$SERVER_LOG"; then status=1; fi
	[ $status = 0 ] || word="not ok"
	say "$word clients/$name, $mode: $(grep -cE '^(not )?ok ' "$log" || true) tests $((SECONDS - start)) s"
	if ! count "$log" $status; then
		grep -vE '^ok ' "$log" | head -n 60
		save_results clients "$log" "$SERVER_LOG"
	fi
}

run_clients() {
	local PGHOST PGUSER PGPORT PGPASSWORD SERVER_LOG name mode command folder=$WORK/tree/test/clients
	clients_server
	for name in $CLIENTS; do
		if [ -f "$folder/$name.mjs" ] || [ "$name" = native_prisma ]; then
			install_npm "$folder"
			break
		fi
	done
	if [[ " $CLIENTS " = *" native_prisma "* ]]; then
		install_npm "$folder/prisma"
		generate_prisma "$folder/prisma"
	fi
	for name in $CLIENTS; do
		command=$(client_command "$name") || die "cannot build or start the client $name; packages missing for it:$(CLIENTS=$name clients_packages | sed 's/^/ /')"
		for mode in auto force_generic_plan; do
			run_client "$name" "$mode" "$command"
		done
	done
}
