# metadata_index_check() on damaged indexes: it reports what is wrong, and
# never crashes, loops or fails in an unforeseen way.
#
#   INDEX_DAMAGES=45   damaged indexes
#   SEED=n             of the damages; the default is random and printed
#
# All damaged indexes are made of one good one: while the server is stopped,
# its file, changed, takes the place of the files of indexes that were made of
# no rows; then their predicates are taken away.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $damages = $ENV{INDEX_DAMAGES} || 45;
my $seed = $ENV{SEED} || int(rand(1 << 31));
my $page_size = 8192;

note("SEED=$seed");
srand($seed);

my $node = PostgreSQL::Test::Cluster->new('index_damage');
my ($version) = `pg_config --version` =~ /(\d+)/;
$node->init(extra => $version >= 18 ? ['--no-data-checksums'] : []);
$node->append_conf('postgresql.conf', "autovacuum = off\nfsync = off\nlog_min_messages = warning");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE TABLE runs (run_id int, metadata jsonb, pad text) WITH (fillfactor = 90);
INSERT INTO runs SELECT i, jsonb_build_object('n', i % 10, 'loss', i * 7919 % 3001 / 8.0, 'note', 'note ' || i % 2003, 'tags', ARRAY['a', 't' || i % 3])
  FROM generate_series(1, 22000) AS i;
CREATE INDEX good ON runs USING gin (metadata metadata_ops) WITH (fastupdate = on);
INSERT INTO runs SELECT i, jsonb_build_object('n', i % 10, 'note', 'new ' || i % 7) FROM generate_series(1, 900) AS i;
});
is($node->safe_psql('postgres', "SELECT * FROM metadata_index_check('good')"), '', 'the good index is good');
my @bad = map { "bad_$_" } 1 .. $damages, map { "tree_$_" } 1 .. 8;
$node->safe_psql('postgres', join('', map { "CREATE INDEX $_ ON runs USING gin (metadata metadata_ops) WHERE run_id IS NULL;\n" } @bad));

my %file = map { split(/\|/) } split(/\n/,
	$node->safe_psql('postgres', "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relname ~ '^(good|bad_.*)\$'"));
$node->stop;

# What is done to the pages of an index.  Each returns whether the check has to
# find it (a byte that is changed may be one that nobody reads), and where.
my @pages;

sub any_page { return int(rand(@pages)) }
sub another_page { my ($i) = @_; return ($i + 1 + int(rand($#pages))) % @pages }
sub random_bytes { my ($n) = @_; return join('', map { chr(int(rand(256))) } 1 .. $n) }

sub flags_of { my ($i) = @_; return unpack('v', substr($pages[$i], $page_size - 2, 2)) }
sub right_of { my ($i) = @_; return unpack('V', substr($pages[$i], $page_size - 8, 4)) }

sub set_right
{
	my ($i, $right) = @_;
	substr($pages[$i], $page_size - 8, 4) = pack('V', $right);
}

# The children of a posting tree's inner page, each as its block and its key; flags of such a page are GIN_DATA alone.
sub children_of
{
	my ($i) = @_;
	my $n = unpack('v', substr($pages[$i], $page_size - 4, 2));
	return map { my ($high, $low, $key) = unpack('vva6', substr($pages[$i], 32 + 10 * $_, 10)); [ $high << 16 | $low, $key ] } 0 .. $n - 1;
}

sub set_children
{
	my ($i, @children) = @_;
	my $items = join('', map { pack('vva6', $_->[0] >> 16, $_->[0] & 0xFFFF, $_->[1]) } @children);

	substr($pages[$i], 32, length($items)) = $items;
	substr($pages[$i], 12, 2) = pack('v', 32 + length($items));
	substr($pages[$i], $page_size - 4, 2) = pack('v', scalar(@children));
}

# What tells two pages apart: not the LSN in front, and not in which pages a posting tree is, so that roots of entries
# of the same rows are the same.
sub substance_of
{
	my ($i) = @_;
	my $page = $pages[$i];

	set_children($i, map { [ 0, $_->[1] ] } children_of($i)) if flags_of($i) == 1;
	my $substance = substr($pages[$i], 8);
	$pages[$i] = $page;
	return $substance;
}

my %ways = (
	'some bytes' => sub {
		my $i = any_page();

		substr($pages[$i], int(rand($page_size)), 1) = random_bytes(1) for 0 .. int(rand(4));
		return 0, $i;
	},
	'a bit of the header, a line pointer or the first segment' => sub {
		my $i = any_page();

		substr($pages[$i], 8 + int(rand(60)), 1) ^= chr(1 << int(rand(8)));
		return 0, $i;
	},
	'a page flag' => sub {
		my $i = 1 + int(rand($#pages));

		substr($pages[$i], $page_size - 2, 1) ^= chr(1 << int(rand(5)));
		return 1, $i;
	},
	'a right link' => sub {
		my $i = 1 + int(rand($#pages));
		my $old = right_of($i);
		my $new = $old;

		$new = rand() < 0.2 ? 0xFFFFFFFF : int(rand(@pages * 1.2)) while $new == $old;
		set_right($i, $new);
		return 1, "$i to $new";
	},
	'a page of zeros' => sub {
		my $i = any_page();

		$pages[$i] = "\0" x $page_size;
		return 1, $i;
	},
	'random bytes behind the header' => sub {
		my $i = any_page();

		substr($pages[$i], 24, 200) = random_bytes(200);
		return 1, $i;
	},
	'a page in the place of another' => sub {
		my $i = any_page();
		my $j = another_page($i);

		# entries of the same rows have the same pages, but for the LSN in front
		my $differ = substr($pages[$i], 8) ne substr($pages[$j], 8);
		$pages[$i] = $pages[$j];
		return $differ, "$j in $i";
	},
	'two pages swapped' => sub {
		my $i = any_page();
		my $j = another_page($i);

		# entries of the same rows can do with each other's posting trees
		@pages[ $i, $j ] = @pages[ $j, $i ];
		return substance_of($i) ne substance_of($j), "$i and $j";
	},
	'the end cut off' => sub {
		splice(@pages, 1 + int(rand($#pages)));
		return 1, scalar(@pages);
	},);

# Damages of a tree that hardly come by chance, and what the check says of each.  Most of them leave all answers as they
# are, until someone writes there.
sub posting_roots { return grep { flags_of($_) == 1 } 1 .. $#pages }

# Roots of posting trees of the same rows.
sub twin_roots
{
	my %roots;

	push @{ $roots{ substance_of($_) } }, $_ for posting_roots();
	return @{ (grep { @$_ > 1 } values %roots)[0] };
}

# Move some of the children of a posting tree's root below a new page.
sub move_down
{
	my ($first, $n) = @_;
	my ($root) = posting_roots();
	my @children = children_of($root);
	my @moved = splice(@children, $first, $n);

	push @pages, $pages[$root];
	set_children($#pages, @moved);
	splice(@children, $first, 0, [ $#pages, $moved[-1][1] ]);
	set_children($root, @children);
}

my $root_problem = 'index page N is the root of a tree, and has a right link';
my $level_problem = 'index page N is on a level where it cannot be';
my @tree_ways = (
	[
		'a posting tree\'s root and its first leaf swapped',
		$root_problem,
		sub {
			my ($root) = posting_roots();
			my $leaf = (children_of($root))[0][0];

			@pages[ $root, $leaf ] = @pages[ $leaf, $root ];
		}
	],
	[
		'the entry tree\'s root and its first leaf swapped',
		$root_problem,
		sub {
			my %has_left = map { right_of($_) => 1 } grep { flags_of($_) == 2 } 1 .. $#pages;
			my ($leaf) = grep { flags_of($_) == 2 && !$has_left{$_} } 1 .. $#pages;

			@pages[ 1, $leaf ] = @pages[ $leaf, 1 ];
		}
	],
	[
		'a right link of a posting tree\'s root',
		$root_problem,
		sub {
			my ($root) = posting_roots();

			set_right($root, (children_of($root))[0][0]);
		}
	],
	[
		'two posting trees of the same rows with the same leaves',
		'index page N is a leaf of more than one posting tree',
		sub {
			my ($root, $twin) = twin_roots();

			$pages[$root] = $pages[$twin];
		}
	],
	[ 'the first leaf of a posting tree higher than the others', $level_problem, sub { move_down(1, 2) } ],
	[ 'the first leaf of a posting tree lower than the others', $level_problem, sub { move_down(0, 1) } ],
	[
		'a leaf of a posting tree without a right link that is not the last one',
		'index page N has TIDs beyond its bounds',
		sub {
			my ($root) = posting_roots();

			set_right((children_of($root))[0][0], 0xFFFFFFFF);
		}
	],
	[
		'two posting trees of the same rows swapped',
		'nothing',
		sub {
			my ($root, $twin) = twin_roots();

			@pages[ $root, $twin ] = @pages[ $twin, $root ];
		}
	],);

sub write_pages
{
	my ($index) = @_;

	open(my $out, '>:raw', $node->data_dir . '/' . $file{$index}) or die $!;
	print $out @pages;
	close $out;
}

my $content = slurp_file($node->data_dir . '/' . $file{good});
my %done;
foreach my $i (1 .. $damages)
{
	my $way = (sort keys %ways)[ $i % keys %ways ];

	@pages = unpack("(a$page_size)*", $content);
	my ($has_to, $where) = $ways{$way}->();
	$done{"bad_$i"} = [ "$way, $where", $has_to ];
	write_pages("bad_$i");
}
foreach my $index (grep { /tree/ } @bad)
{
	my ($way, $problem, $do) = @{ shift(@tree_ways) };

	@pages = unpack("(a$page_size)*", $content);
	$do->();
	$done{$index} = [ $way, 0, $problem ];
	write_pages($index);
}
is(scalar(@tree_ways), 0, 'an index is damaged in each of the ways');
cmp_ok(length($content) / $page_size, '>', 40, 'the index has pages of all kinds');

# One session checks them all; an error other than of damaged data ends it.  An
# index that is found good answers as the table does.
$node->start;
$node->safe_psql('postgres', "UPDATE pg_index SET indpred = NULL WHERE indexrelid::regclass::text LIKE 'bad%'");
$node->safe_psql(
	'postgres', q{
CREATE FUNCTION check_it(name text, OUT problems text, OUT answers_well boolean) LANGUAGE plpgsql AS $$
BEGIN
  SELECT coalesce(string_agg(DISTINCT regexp_replace(problem, '\d+', 'N', 'g'), '; '), 'nothing') INTO problems FROM metadata_index_check(name::regclass);
  IF problems = 'nothing' THEN
    SELECT bool_and(s = '' ) INTO answers_well FROM (SELECT coalesce(string_agg(p, ''), '') AS s FROM (
      SELECT 'differs' AS p FROM metadata_values('runs', 'note', NULL, NULL) AS a FULL JOIN note_counts AS b USING (value) WHERE a.runs IS DISTINCT FROM b.runs) AS x) AS y;
  END IF;
EXCEPTION WHEN data_corrupted OR index_corrupted THEN
  problems := 'error ' || SQLSTATE;
END $$;
CREATE TABLE note_counts AS SELECT metadata->'note' AS value, count(*) AS runs FROM runs GROUP BY 1;
});
my $errors;
my $out = '';
my $status = $node->psql(
	'postgres', join('', map { "SELECT '$_', * FROM check_it('$_');\n" } sort keys %done),
	stdout => \$out, stderr => \$errors, on_error_stop => 0, timeout => 170);
is($status, 0, 'the session goes through');
$errors =~ s/^psql:.*NOTICE:  check of index .* ended after \d+ problems\n?//mg;
is($errors, '', 'damaged data are the only errors');

my (%seen, @missed, @answered_badly);
foreach my $line (split(/\n/, $out))
{
	my ($name, $found, $well) = split(/\|/, $line);
	my ($way, $has_to, $problem) = @{ $done{$name} };

	note("$name: $way: $found");
	is($found, $problem, $way) if $problem;
	$seen{$name} = 1;
	push @missed, "$name: $way" if $has_to && $found eq 'nothing';
	push @answered_badly, "$name: $way" if $found eq 'nothing' && $well ne 't';
}
is(scalar(keys %seen), scalar(@bad), 'all are checked');
is(join("\n", @missed), '', 'every damage that matters is found');
is(join("\n", @answered_badly), '', 'what is found good answers well');
is($node->safe_psql('postgres', "SELECT * FROM metadata_index_check('good')"), '', 'the good index is still good');

# Lost writes: the index is set back to what it was before rows were deleted,
# vacuumed away, changed and added.
$node->safe_psql('postgres', join('', map { "DROP INDEX $_;\n" } @bad));
$node->safe_psql('postgres', "SELECT gin_clean_pending_list('good')");
$node->stop;
my $before = slurp_file($node->data_dir . '/' . $file{good});
$node->start;
$node->safe_psql(
	'postgres', q{
DELETE FROM runs WHERE ctid BETWEEN '(100,10)' AND '(100,40)';
VACUUM (INDEX_CLEANUP ON) runs;
INSERT INTO runs VALUES (0, '{"now": "here"}', repeat('only the page of the deleted rows has room for this ', 30));
});
is($node->safe_psql('postgres', "SELECT * FROM metadata_index_check('good')"), '', 'good before its writes are lost');
my $reused = $node->safe_psql('postgres', "SELECT ctid FROM runs WHERE metadata->>'now' = 'here'");
$node->stop;
open(my $set_back, '>:raw', $node->data_dir . '/' . $file{good}) or die $!;
print $set_back $before;
close $set_back;
$node->start;
is( $node->safe_psql(
		'postgres',
		"SELECT DISTINCT tid = '$reused', problem FROM metadata_index_check('good') ORDER BY 1, 2"),
	"f|the index has an entry, and the table has no row there\n"
	  . "t|the index has an entry, and the row does not\n"
	  . "t|the row has an entry, and the index does not",
	'lost writes are found, row by row');
is($node->safe_psql('postgres', "SELECT string_agg(entry, ' ' ORDER BY entry) FROM metadata_index_check('good') WHERE problem LIKE 'the row has%'"),
	'key "now" string value "now" string "here"', 'so are the entries');
$node->safe_psql('postgres', 'REINDEX INDEX good');
is($node->safe_psql('postgres', "SELECT * FROM metadata_index_check('good')"), '', 'REINDEX repairs it');

# One entry twice: the second was another one, whose only row is gone, so that nothing but the order tells.
$node->safe_psql(
	'postgres', q{
CREATE TABLE alike (metadata jsonb);
CREATE INDEX twice ON alike USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO alike VALUES ('{"s": "first"}'), ('{"s": "later"}');
DELETE FROM alike WHERE metadata @~ 's is "later"';
VACUUM (INDEX_CLEANUP ON) alike;
});
is($node->safe_psql('postgres', "SELECT * FROM metadata_index_check('twice')"), '', 'an entry without rows is no problem');
my $twice = $node->data_dir . '/' . $node->safe_psql('postgres', "SELECT pg_relation_filepath('twice')");
$node->stop;
my $bytes = slurp_file($twice);
is($bytes =~ s/later/first/, 1, 'it is changed');
open(my $change, '>:raw', $twice) or die $!;
print $change $bytes;
close $change;
$node->start;
is($node->safe_psql('postgres', "SELECT problem FROM metadata_index_check('twice')"), 'index page 1 has item 4 out of order', 'the same entry twice is found');

$node->stop;
unlike(slurp_file($node->logfile), qr/leak|was not closed|still referenced|PANIC|TRAP|terminated by signal/, 'no crash, and nothing is leaked');
done_testing();
