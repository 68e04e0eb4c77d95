# Shell functions for run.sh and ../run.sh: build the fuzzers, make their seeds, run them.
#
#   fuzz_packages         finds a clang with libFuzzer ($CLANG), or installs one
#   fuzz_build [FLAG...]  builds them from the copy of the tree that setup_build made, in $WORK/fuzz
#   fuzz_seeds            unpacks corpus/*.txt, where an empty line is between seeds, into $WORK/fuzz/seeds
#   fuzz_answers          compares what the shim and the server in $PGHOST answer to the seeds
#   fuzz_command TARGET   prints the command line that they all share
#
# Sourced behind ../setup.sh.

FUZZ_TARGETS="filter webui recv entries sort_key"

# What is fuzzed: no file that needs a catalog, a table or an index.
FUZZ_SOURCES="value/value value/number value/date value/instant value/container value/casefold value/document value/key_path
	value/sort_key value/substring filter/filter filter/build filter/any_key filter/lexer filter/language filter/webui
	filter/print filter/operand filter/leaf filter/like filter/regex filter/query filter/value_test filter/match index/entry index/entry_extract
	index/probe index/probe_add index/probe_any index/probe_evaluate index/probe_match index/probe_text index/probe_value index/trigram store/limits store/merge_patch"

# Find a clang; Debian's server headers bring one without a plain name.
find_clang() {
	CLANG=${CLANG:-$(compgen -c clang | grep -xE 'clang(-[0-9]+)?' | sort -uV | tail -n 1)}
	[ -n "$CLANG" ]
}

# Can it build a fuzzer?
has_fuzzer() {
	find_clang && echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
		"$CLANG" -fsanitize=fuzzer,address,undefined -x c - -o "$WORK/has-fuzzer" 2>/dev/null
}

fuzz_packages() {
	has_fuzzer && return
	if find_clang; then
		install_packages "libclang-rt-$("$CLANG" -dumpversion | cut -d. -f1)-dev"
	else
		install_packages clang libclang-rt-dev
	fi
	has_fuzzer || die "$CLANG has no libFuzzer: please install its runtime libraries"
}

fuzz_build() {
	local libraries flags=(-g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
		-DUSE_ASSERT_CHECKING=1 -D_GNU_SOURCE -Wall -Wextra -Wno-unused-parameter ${WERROR:+-Werror}
		-isystem "$("$PG_CONFIG" --includedir-server)" -iquote "$WORK/tree/src" "$@")
	# Debian has the libraries in a folder of their own.
	libraries="-L$("$PG_CONFIG" --pkglibdir) -L$("$PG_CONFIG" --libdir) -lpgcommon -lpgport"
	as_user mkdir -p "$WORK/fuzz"
	quietly "Building the fuzzers with $CLANG" fuzz-build as_user bash -c '
		set -e
		tree=$1 out=$2 clang=$3 targets=$4 sources=$5 libraries=$6
		shift 6
		{
			printf "$tree/src/%s.c\n" $sources
			ls "$tree"/test/fuzz/*.c
		} | xargs -P "$(nproc)" -I {} sh -c "out=\$1 file=\$2; shift 2; exec \"\$@\" -c \"\$file\" -o \"\$out/\$(basename \"\$file\" .c).o\"" \
			sh "$out" {} "$clang" "$@"
		objects=$(printf "$out/%s.o " $(printf "%s\n" $sources | sed "s|.*/||") shim shim_jsonb shim_library shim_numeric shim_pattern shim_unused check_filter)
		libraries="$(nm "$out/shim_library.o" | sed -nE "s/.* T __wrap_/-Wl,--wrap=/p" | tr "\n" " ") $libraries"
		for target in $targets; do
			"$clang" "$@" -fsanitize=fuzzer -o "$out/fuzz_$target" "$out/fuzz_$target.o" $objects $libraries -lm
		done' build "$WORK/tree" "$WORK/fuzz" "$CLANG" "$FUZZ_TARGETS" "$FUZZ_SOURCES" "$libraries" "${flags[@]}" ||
		die "the fuzzers' build failed"
}

fuzz_seeds() {
	as_user perl -e '
		local $/ = "";
		my ($corpus, $seeds) = @ARGV;
		mkdir $seeds;
		for my $target (qw(filter webui recv entries sort_key)) {
			my $n = 0;
			my $source = $target eq "recv" ? "filter" : $target;
			mkdir "$seeds/$target" or die;
			open(my $in, "<", "$corpus/$source.txt") or die;
			while (my $seed = <$in>) {
				$seed =~ s/\n+\z//;
				open(my $out, ">", sprintf("%s/%s/%03d", $seeds, $target, ++$n)) or die;
				# The binary form is a version byte and the text.
				print $out $target eq "recv" ? "\x01$seed" : $seed;
			}
		}' "$WORK/tree/test/fuzz/corpus" "$WORK/fuzz/seeds" || die "the fuzzers' seeds cannot be read"
}

fuzz_command() {
	echo "$WORK/fuzz/fuzz_$1 -dict=$WORK/tree/test/fuzz/dictionary -timeout=20 -rss_limit_mb=2048 -artifact_prefix=$WORK/fuzz/$1-"
}

# Print where the fuzzers, built with a shim for a server, and a server differ; return whether nowhere.
fuzz_answers() {
	local target
	for target in filter webui entries sort_key; do
		DETMETA_FUZZ_PRINT=1 "$WORK/fuzz/fuzz_$target" "$WORK/fuzz/seeds/$target"/* 2>"$WORK/fuzz/$target.log" || {
			cat "$WORK/fuzz/$target.log"
			return 1
		}
	done | uniq >"$WORK/fuzz/shim.answers"	# libFuzzer runs the first one twice
	{
		cat <<-'END'
			CREATE EXTENSION IF NOT EXISTS detmeta;
			CREATE FUNCTION pg_temp.answer(target text, seed text) RETURNS SETOF text LANGUAGE plpgsql AS $$
			DECLARE
			  lines text[] := string_to_array(seed, E'\n');
			BEGIN
			  IF target = 'entries' THEN
			    RETURN NEXT lines[1]::jsonb::text || ' ' || (lines[1]::jsonb @~ array_to_string(lines[2:], E'\n')::metadata_filter);
			  ELSIF target = 'sort_key' THEN
			    FOR i IN 1..2 LOOP
			      RETURN NEXT coalesce(encode(metadata_sort(('{"k": ' || lines[i] || '}')::jsonb, 'k'), 'hex'), '');
			    END LOOP;
			  ELSE
			    RETURN NEXT seed::metadata_filter::text;
			  END IF;
			EXCEPTION WHEN OTHERS THEN
			  RETURN NEXT SQLSTATE;
			END $$;
		END
		perl -e 'local $/; for (@ARGV) { open(my $in, "<", $_) or die; my ($target) = m{([^/]+)/[^/]+$};
			print "SELECT pg_temp.answer(\$q\$$target\$q\$, \$q\$", <$in>, "\$q\$);\n" }' \
			"$WORK"/fuzz/seeds/{filter,webui,entries,sort_key}/*
	} | "$BIN/psql" -XqAt -v ON_ERROR_STOP=1 postgres | uniq >"$WORK/fuzz/server.answers" || return 1
	[ -s "$WORK/fuzz/server.answers" ] && diff "$WORK/fuzz/shim.answers" "$WORK/fuzz/server.answers"
}
