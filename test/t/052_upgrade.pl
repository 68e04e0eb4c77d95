# An upgrade keeps what users have: ALTER EXTENSION detmeta UPDATE leaves data,
# indexes, stored filters, views and open sessions working, and the catalogs as
# those of a fresh installation.
#
# There is no version after 1.0 yet, so this test writes the scripts of one,
# 1.1dev, into the folder of extensions (run.sh's private mirror; where it
# cannot be written to, the test is skipped).  Versions that do exist are
# tested the same way.

use strict;
use warnings;

use Digest::MD5;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Once 1.0.0 is released, its script never changes: what users have installed
# is what upgrades start from.  The release notes this sum of the script.
my $released_sum = '';

my ($folder) = map { chomp; "$_/extension" } `pg_config --sharedir`;
my @made = map { "$folder/detmeta--$_.sql" } '1.1dev', '1.0--1.1dev';

plan skip_all => "$folder cannot be written to" unless -w $folder;

END { unlink(@made) if @made }

my $script = slurp_file("$folder/detmeta--1.0.sql");
my $changes = q{
CREATE FUNCTION metadata_has(metadata jsonb, key text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN metadata_not_empty(metadata, key);
COMMENT ON FUNCTION metadata_has(jsonb, text) IS 'another name of metadata_not_empty';
ALTER FUNCTION metadata_sort(jsonb, text) COST 7;
COMMENT ON FUNCTION metadata_sort(jsonb, text) IS 'says something else';
};
my ($function) = $script =~ /^CREATE (FUNCTION metadata_filter_cmp\(.*?);$/ms;
$changes .= "CREATE OR REPLACE $function COST 2;\n";
my %content = ($made[0] => $script . $changes, $made[1] => $changes);
foreach my $file (@made)
{
	open(my $out, '>', $file) or die "$file: $!";
	print $out $content{$file};
	close $out;
}

if (slurp_file('CHANGELOG.md') =~ /^## 1\.0\.0 \(unreleased\)/m)
{
	is($released_sum, '', 'nothing is released, so the script is not frozen');
}
else
{
	is(Digest::MD5::md5_hex(slurp_file('sql/detmeta--1.0.sql')), $released_sum, 'the script of 1.0 is as released');
}

my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;

# All objects of the extension with all that the catalogs say of them, but for
# what is a matter of the order in which they were made.
my $catalog = q{
SET search_path = pg_catalog;
WITH member AS (
  SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
  WHERE e.extname = 'detmeta' AND d.deptype = 'e')
SELECT pg_describe_object(classid, objid, 0), obj_description(objid, classid::regclass::name) AS comment,
  replace(coalesce(
    (SELECT pg_get_functiondef(oid) FROM pg_proc WHERE oid = objid AND classid = 'pg_proc'::regclass AND prokind <> 'a') ||
      (SELECT concat_ws(' ', prosupport, proacl) FROM pg_proc WHERE oid = objid),
    (SELECT to_jsonb(a) - 'aggfnoid' || jsonb_build_object('f', (SELECT to_jsonb(p) - 'oid' - 'pronamespace' - 'proargtypes' - 'prorettype' - 'proallargtypes' FROM pg_proc AS p WHERE p.oid = objid)) FROM pg_aggregate AS a WHERE aggfnoid = objid AND classid = 'pg_proc'::regclass)::text,
    (SELECT concat_ws(' ', oprcode, oprrest, oprjoin, oprcanmerge, oprcanhash, oprcom::regoperator, oprnegate::regoperator, oprresult::regtype) FROM pg_operator WHERE oid = objid AND classid = 'pg_operator'::regclass),
    (SELECT concat_ws(' ', opcname, opcintype::regtype, opcdefault, opckeytype::regtype) FROM pg_opclass WHERE oid = objid AND classid = 'pg_opclass'::regclass),
    (SELECT (SELECT string_agg(concat_ws(' ', amopstrategy, amopopr::regoperator, amoppurpose), ', ' ORDER BY amopstrategy) FROM pg_amop WHERE amopfamily = objid) ||
      (SELECT string_agg(concat_ws(' ', amprocnum, amproc::regprocedure), ', ' ORDER BY amprocnum) FROM pg_amproc WHERE amprocfamily = objid)
      FROM pg_opfamily WHERE oid = objid AND classid = 'pg_opfamily'::regclass),
    (SELECT concat_ws(' ', typlen, typinput, typoutput, typreceive, typsend, typstorage, typalign, typcategory) FROM pg_type WHERE oid = objid AND classid = 'pg_type'::regclass),
    (SELECT concat_ws(' ', castfunc::regprocedure, castcontext, castmethod) FROM pg_cast WHERE oid = objid AND classid = 'pg_cast'::regclass)), E'\\n', ' ')
FROM member ORDER BY 1;
};

# What a user has.
my $objects = q{
CREATE SCHEMA meta;
CREATE EXTENSION detmeta SCHEMA meta VERSION '1.0';
SET search_path = public, meta;
SELECT create_runs_metadata(trigram_keys => 'note');
SELECT count(post_run_metadata(i, jsonb_build_object('loss', i / 7.0, 'note', 'note ' || i, 'tags', ARRAY['a' || i % 5], 'at', date '2024-01-01' + i)))
FROM generate_series(1, 1500) AS i;
CREATE TABLE filters (id int PRIMARY KEY, f metadata_filter UNIQUE);
INSERT INTO filters VALUES (1, 'loss < 10 and tags is "a1"'), (2, 'at >= date "2025-01"'), (3, 'note contains "77" or loss is empty');
CREATE INDEX ON filters USING hash (f);
CREATE VIEW low AS SELECT run_id FROM runs_metadata WHERE metadata_lt(metadata, 'loss', 20) AND metadata_is(metadata, 'tags', 'a2');
CREATE MATERIALIZED VIEW sorted AS SELECT run_id, metadata_sort(metadata, 'loss') AS key FROM runs_metadata;
CREATE TABLE marked (m jsonb, low boolean GENERATED ALWAYS AS (metadata_lt(m, 'loss', 10)) STORED, wanted metadata_filter DEFAULT 'loss < 5',
  CHECK (metadata_is_not(m, 'state', 'bad') OR metadata_is_empty(m, 'state')));
INSERT INTO marked SELECT metadata FROM runs_metadata;
CREATE INDEX marked_m ON marked USING gin (m metadata_ops) WHERE metadata_is(m, 'tags', 'a1');
CREATE INDEX marked_sort ON marked (metadata_sort(m, 'loss'));
VACUUM ANALYZE;
};

my $questions = q{
SET search_path = public, meta;
SELECT id, f, count(*) FROM filters JOIN runs_metadata ON metadata @~ f GROUP BY id, f ORDER BY id;
SELECT 'stored', id FROM filters WHERE f = 'loss < 1e1 and tags is "a1"';
SELECT 'low', count(*), sum(run_id) FROM low;
SELECT 'sorted', md5(string_agg(run_id::text, ' ' ORDER BY key)) FROM sorted;
SELECT 'marked', count(*), count(*) FILTER (WHERE low), count(*) FILTER (WHERE m @~ wanted) FROM marked;
SELECT 'keys', * FROM metadata_keys('runs_metadata');
SELECT 'page', run_id, total FROM search_run_metadata('loss > 30', 'metadata.loss=desc', 3);
SELECT 'check', * FROM metadata_index_check('runs_metadata_metadata_idx');
SELECT 'check', * FROM metadata_index_check('marked_m');
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM runs_metadata WHERE metadata @~ 'loss < 10';
EXPLAIN (COSTS OFF) SELECT * FROM runs_metadata WHERE metadata_contains(metadata, 'note', '77');
EXPLAIN (COSTS OFF) SELECT * FROM marked WHERE m @~ 'tags is text "a1" and loss < 3';
EXPLAIN (COSTS OFF) SELECT * FROM marked ORDER BY metadata_sort(m, 'loss') LIMIT 1;
EXPLAIN (COSTS OFF) SELECT * FROM filters WHERE f = 'loss is 1';
};

my $paths = $node->safe_psql('postgres', "SELECT DISTINCT target FROM pg_extension_update_paths('detmeta') WHERE source = '1.0' AND path IS NOT NULL ORDER BY 1");
my @versions = split(/\n/, $paths);
ok((grep { $_ eq '1.1dev' } @versions), 'there is something to upgrade to');

foreach my $version (@versions)
{
	my $database = "from_1.0_to_$version";
	my $fresh = "fresh_$version";

	$node->safe_psql('postgres', "CREATE DATABASE \"$_\"") for $database, $fresh;
	$node->safe_psql($database, $objects);
	my $before = $node->safe_psql($database, $questions);
	like($before, qr/^1\|loss < 10 and tags is "a1"\|14$/m, "$version: stored filters answer before");
	like($before, qr/Metadata Count.*marked_sort/s, "$version: indexes are used before");
	unlike($before, qr/^check/m, "$version: indexes are good before");

	# a session that is open all the time, with a plan of its own; PostgreSQL 16 returns the last line's end as well
	my $session = $node->background_psql($database);
	$session->query_safe("SET search_path = public, meta; PREPARE low AS SELECT count(*) FROM runs_metadata WHERE metadata_lt(metadata, 'loss', \$1)");
	is($session->query_safe('EXECUTE low(10)') =~ s/\n\z//r, '69', "$version: an open session answers before");

	$node->safe_psql($database, "ALTER EXTENSION detmeta UPDATE TO '$version'");
	is($node->safe_psql($database, "SELECT extversion FROM pg_extension WHERE extname = 'detmeta'"), $version, "$version: it is installed");
	is($session->query_safe('EXECUTE low(10)') =~ s/\n\z//r, '69', "$version: the open session goes on");
	$session->quit;
	is($node->safe_psql($database, $questions), $before, "$version: all else answers and plans as before");

	$node->safe_psql($fresh, "CREATE SCHEMA meta; CREATE EXTENSION detmeta SCHEMA meta VERSION '$version'");
	my $catalog_of_fresh = $node->safe_psql($fresh, $catalog);
	is($node->safe_psql($database, $catalog), $catalog_of_fresh, "$version: the catalogs are those of a fresh installation");
	cmp_ok(scalar(split(/\n/, $catalog_of_fresh)), '>', 80, "$version: there is something in them");

	my ($dump) = run_command([ 'pg_dump', '--dbname', $node->connstr($database) ]);
	like($dump, qr/^CREATE EXTENSION IF NOT EXISTS detmeta WITH SCHEMA meta;/m, "$version: it is dumped by name");
	unlike($dump, qr/CREATE (OR REPLACE )?(FUNCTION|TYPE|OPERATOR|AGGREGATE|CAST)/, "$version: its objects are not");
	$node->safe_psql($database, 'DROP EXTENSION detmeta CASCADE');
	is($node->safe_psql($database, 'SELECT count(*) FROM runs_metadata'), '1500', "$version: dropping it drops no metadata");
}

# The comparison can fail: 1.0 and 1.1dev differ in what the script changes.
$node->safe_psql('postgres', "CREATE SCHEMA meta; CREATE EXTENSION detmeta SCHEMA meta VERSION '1.0'");
$node->safe_psql('template1', "CREATE SCHEMA meta; CREATE EXTENSION detmeta SCHEMA meta VERSION '1.1dev'");
my %in_old = map { $_ => 1 } split(/\n/, $node->safe_psql('postgres', $catalog));
my @new = grep { !$in_old{$_} } split(/\n/, $node->safe_psql('template1', $catalog));
is(join(' ', sort map { /^function \S*?(\w+)\(/ ? $1 : $_ } @new),
	'metadata_filter_cmp metadata_has metadata_sort', 'a change of the catalogs is seen, and only what was changed');

$node->stop;
done_testing();
