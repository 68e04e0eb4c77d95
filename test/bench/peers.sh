# The peers: what each of them may use. Sourced by bash with `set -euo pipefail`.
#
#   need PEER ...   builds what these peers need in the present data set, and sets ready[peer]; a peer whose extension
#                   is not installed is left out. Indexes are built once, whoever needs them.
#
#   detmeta       metadata_ops, the index that comes with create_runs_metadata()
#   bitmap        the same index read by PostgreSQL's own bitmap scan
#   own           the same index, asked in detmeta's own spelling where detmeta is asked in core's SQL
#   trigram_keys  metadata_ops with trigram_keys
#   project       metadata_ops in one index after the column project_id
#   path, ops     jsonb_path_ops, jsonb_ops
#   path_project  jsonb_path_ops, and a btree index on project_id
#   jsquery       jsonb_path_value_ops
#   rum           RUM on words key=value, with a number to sort by, in a table of its own
#   trigram_all   the same of all keys
#   trgm          pg_trgm's GIN index on one key
#   trgm_all      the same on the document as text
#   btree         a btree index for each key that the questions ask for
#   scan          no index
#   eav_shipped   the key/value table, indexed on run_id and on the key
#   eav_tuned     the same, indexed on the key with each kind of value
#   eav_project   the same, indexed on the project, the key and numbers
#   eav_call      posts to the key/value table by one call (writes.sh)

ORDER="detmeta own trigram_keys trigram_all project bitmap path ops path_project jsquery rum trgm trgm_all btree scan eav_shipped eav_tuned eav_project"

declare -A settings=([bitmap]="-c detmeta.enable_metadata_scan=off")
declare -A extension_of=([project]=btree_gin [jsquery]=jsquery [rum]=rum [trgm]=pg_trgm [trgm_all]=pg_trgm)
declare -A missing=()

# Install the peers' extensions where Debian packages them; go on without the others.
setup_peers() {
	local name packages=() sharedir
	sharedir=$("$PG_CONFIG" --sharedir)
	[[ $sharedir = /usr/share/postgresql/* ]] || return 0
	for name in jsquery rum; do
		[ -e "$sharedir/extension/$name.control" ] || ! offered "postgresql-${sharedir##*/}-$name" ||
			packages+=("postgresql-${sharedir##*/}-$name")
	done
	[ ${#packages[@]} = 0 ] || (trap unguard_clusters EXIT; install_packages "${packages[@]}") ||
		say "  (going on without: ${packages[*]})"
}

# Is this extension to be had? Create it.
extension() {
	if sql -c "CREATE EXTENSION IF NOT EXISTS $1" 2>>"$WORK/extensions.log"; then return; fi
	[ -n "${missing[$1]:-}" ] || say "Not installed, so left out: $1"
	missing[$1]=yes
	return 1
}

# Build an index by "name ON ...", unless it is there.
build() {
	local name=${1%% *} ms
	[ -z "${built[$name]:-}" ] || return 0
	working "Building index $name"
	ms=$(times_of <<<"CREATE INDEX ${name#*.} ${1#* };")
	note index "$prefix$name" build "$ms" ms
	note index "$prefix$name" size "$(sql -c "SELECT pg_relation_size('$name')")" bytes
	built[$name]=$ms
}

# Make a peer's own table by a script, unless it is there: its name, the peer's name for it.
make_peer_table() {
	local table=$1 name=$2 script=$3
	[ -z "${built[$table]:-}" ] || return 0
	working "Making $table"
	sql -v project=project_id -f "$script" -c "VACUUM (ANALYZE) $table"
	note index "$prefix$name" size "$(sql -c "SELECT pg_table_size('$table')")" bytes
	built[$table]=yes
}

# Build all indexes of a peer.
build_indexes_of() {
	local definition names=
	while IFS= read -r definition; do
		build "$definition"
		names+=" ${definition%% *}"
	done < <(sed -n "s/^$1: //p" "$HERE/peers/common.txt" "$HERE/peers/$DATA.txt")
	indexes[$1]=${names# }
}

# Note what a peer's indexes take together, of the key/value table with the table.
note_cost() {
	local peer=$1 name table=0 time=0
	for name in ${indexes[$peer]:-}; do time="$time + ${built[$name]}"; done
	case $peer in
		eav_*) table="pg_table_size('eav.runs_metadata_index') + pg_relation_size('eav.runs_metadata_index_pkey')
			+ pg_relation_size('eav.runs_metadata_index_run_id_idx') + pg_relation_size('eav.runs_metadata_index_flat_key_idx')" ;;
		rum) table="pg_table_size('rum_peer.runs')" ;;
	esac
	[[ $peer = eav_* ]] || note build "time to build the indexes" "$peer" "$(sql -c "SELECT $time")" ms
	note build "size of the indexes, and of a table beside" "$peer" "$(sql -c "SELECT $table + coalesce(sum(pg_relation_size(name::regclass)), 0)
		FROM unnest(string_to_array(nullif('${indexes[$peer]:-}', ''), ' ')) AS name")" bytes
}

need() {
	local peer
	for peer; do
		[ -z "${ready[$peer]:-}" ] || continue
		[ -z "${extension_of[$peer]:-}" ] || extension "${extension_of[$peer]}" || continue
		case $peer in
			detmeta | own | bitmap)
				build "$our_index ${ours#*"$our_index "}"
				indexes[$peer]=$our_index ;;
			eav_*)
				make_peer_table eav.runs_metadata_index "key/value table" "$HERE/peers/eav.sql"
				build_indexes_of "$peer" ;;
			rum)
				make_peer_table rum_peer.runs "table for RUM" "$HERE/peers/rum_$DATA.sql"
				build_indexes_of rum ;;
			*) build_indexes_of "$peer" ;;
		esac
		ready[$peer]=yes
		if [ "$DATA" = generated ] && [[ " own bitmap scan path_project eav_project " != *" $peer "* ]]; then note_cost "$peer"; fi
	done
	sql -c "VACUUM (ANALYZE) runs_metadata" -c CHECKPOINT
}
