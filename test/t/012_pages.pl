# Pages in the order of several keys, by OFFSET and behind a row, of a Metadata Scan against core's sort, on documents and
# orders made from a seed (test/pages); and whole tables that are walked page by page while others write.
#
#   PAIRS=4000      pages, each by both
#   SEED=1          other seeds give other documents and orders
#   SECONDS=        stop after so long, whatever PAIRS says
#   FIRST=1         the first set of documents, to repeat a failing one
#   STRESS_SECONDS=6    how long the tables are walked
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../pages", $FindBin::RealBin;
use Clients;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

use Pages;

my $folder = "$FindBin::RealBin/../pages";
my $pairs = $ENV{PAIRS} || 4000;
my $seed = $ENV{SEED} || 1;
my $set = $ENV{FIRST} || 1;
my $seconds = $ENV{SECONDS} || 0;
my $mismatches = $ENV{MISMATCHES} || 10;
my $questions = 120;

# Of all plans so many have to show what this is about, or the test would say nothing.
my %least_share = ('Order By' => 0.8, 'Tie Index' => 0.3, 'Tie Join' => 0.05, 'Skipped Rows' => 0.08, 'Start At' => 0.15, 'order, column' => 0.5, 'start, several' => 0.05,
	'pages with rows' => 0.4);

my $node = PostgreSQL::Test::Cluster->new('pages');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "autovacuum = off\njit = off\nmax_parallel_workers_per_gather = 0\nmax_connections = 30");
$node->start;

sub run_script
{
	my $script = shift;
	my ($out, $err);
	my $status = $node->psql('postgres', "\\set ON_ERROR_STOP on\nSET client_min_messages = warning;\n$script", stdout => \$out, stderr => \$err);
	$err =~ s/^psql:\S+ //mg;
	return ($status, $out, $err);
}

my ($ready, undef, $said) = run_script("CREATE EXTENSION detmeta;\nCREATE EXTENSION btree_gin;\n\\i $folder/check.sql\n\\i $folder/walk.sql");
is($ready, 0, 'the server is ready') or diag($said) or BAIL_OUT('no functions');

# ---- tables ----

# Rows of documents that come again and again, so that there are ties.
sub insert
{
	my ($from, $to) = @_;
	return "INSERT INTO pages.runs (id, project, seq, seq_down, label, at, amount, uid, metadata)
		SELECT i, i % 4, CASE WHEN i % 7 > 0 THEN i * 31 % 47 END, CASE WHEN i % 5 > 0 THEN i * 17 % 101 END, CASE WHEN i % 6 > 0 THEN chr(65 + i * 7 % 50) || i % 3 END,
			CASE i % 11 WHEN 0 THEN NULL WHEN 1 THEN 'infinity' ELSE '2024-01-15'::timestamptz + i * 37 % 100 * interval '1 h' END,
			CASE i % 13 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE i * 29 % 83 / 8.0 END, md5((i % 90)::text)::uuid, metadata
		FROM generate_series($from, $to) i JOIN pages.document d ON d.id = 1 + (i * 7919 + i / 13) % (SELECT count(*) FROM pages.document)";
}

my $columns = 'id int NOT NULL, project int NOT NULL, seq bigint, seq_down int, label text, at timestamptz, amount numeric, uid uuid, touched int, metadata jsonb';

sub create
{
	my ($null, $more) = @_;
	return "CREATE TABLE pages.runs ($columns" . ($null ? '' : ' NOT NULL') . ")" . ($more || '');
}

# Indexes on columns, of all kinds; some are of no use, and must not be used.
sub column_indexes
{
	my ($key) = @_;
	return ($key || 'ALTER TABLE pages.runs ADD PRIMARY KEY (id)', 'CREATE INDEX ON pages.runs (seq NULLS FIRST)', 'CREATE INDEX ON pages.runs (seq_down DESC, id)',
		'CREATE INDEX ON pages.runs (label) INCLUDE (seq)', 'CREATE INDEX ON pages.runs (label COLLATE "C" DESC NULLS LAST)', 'CREATE INDEX ON pages.runs (at)',
		'CREATE INDEX ON pages.runs (amount DESC)', 'CREATE INDEX ON pages.runs (uid)', 'CREATE INDEX ON pages.runs (id DESC) WHERE id > 50',
		'CREATE INDEX ON pages.runs USING hash (id)', 'CREATE INDEX ON pages.runs (project, id)');
}

sub gin
{
	my ($indexed, $fastupdate, $table, $where) = @_;
	return 'CREATE INDEX ON pages.' . ($table || 'runs') . " USING gin ($indexed) WITH (fastupdate = $fastupdate)" . ($where || '');
}

# Rows that are gone, some that were others, and some updated in place.
sub churn
{
	return ("UPDATE pages.runs SET metadata = (SELECT metadata FROM pages.document d WHERE d.id = 1 + runs.id % 20) WHERE id % 9 = 0 AND metadata IS NOT NULL",
		'UPDATE pages.runs SET touched = 1 WHERE id % 7 = 0', 'DELETE FROM pages.runs WHERE id % 8 = 0', 'UPDATE pages.runs SET seq = seq + 1 WHERE id % 10 = 3',
		'BEGIN', insert(100001, 100050), 'ROLLBACK');
}

# The states of the table: what every query has to ask for, settings, and how the table came about.
my $one = 'metadata metadata_ops';
my @states = (
	{ name => 'vacuumed', joined => 0.3, steps => sub { create(0), insert(1, $_[0]), gin($one, 'off'), column_indexes(), 'VACUUM ANALYZE pages.runs' } },
	{ name => 'built', joined => 0.3, steps => sub { create(0), insert(1, $_[0]), column_indexes(), gin($one, 'on') } },
	{ name => 'pending', joined => 0.3, steps => sub { create(0), gin($one, 'on'), column_indexes(), insert(1, $_[0]) } },
	{ name => 'vacuumed, half pending, changed', joined => 0.3, steps => sub {
		create(0), gin($one, 'on'), column_indexes(), insert(1, $_[0] / 2), 'VACUUM ANALYZE pages.runs', insert(int($_[0] / 2) + 1, $_[0]), churn() } },
	{ name => 'changed', joined => 0.3, steps => sub { create(0, ' WITH (fillfactor = 50)'), gin($one, 'off'), column_indexes(), insert(1, $_[0]), churn(), 'ANALYZE pages.runs' } },
	{ name => 'changed, vacuumed, changed', joined => 0.3, steps => sub {
		create(0, ' WITH (fillfactor = 50)'), gin($one, 'off'), column_indexes(), insert(1, $_[0]), churn(), 'VACUUM pages.runs', churn() } },
	{ name => 'nullable', joined => 0.1, own => 1, steps => sub {
		create(1), insert(1, $_[0]), 'UPDATE pages.runs SET metadata = NULL WHERE id % 11 = 5', gin($one, 'off'), column_indexes(), 'VACUUM ANALYZE pages.runs' } },
	{ name => 'no set fits', joined => 0.1, settings => "work_mem = '64kB'", least => 1200, steps => sub {
		create(0, ' WITH (fillfactor = 10)'), insert(1, $_[0]), gin($one, 'off'), column_indexes(), 'VACUUM ANALYZE pages.runs' } },
	{ name => 'partitioned by id', joined => 0.1, steps => sub {
		create(0, ' PARTITION BY RANGE (id)'),
		'CREATE TABLE pages.runs_1 (gone text, metadata jsonb NOT NULL, touched int, uid uuid, amount numeric, at timestamptz, label text, seq_down int, seq bigint, project int NOT NULL, id int NOT NULL CHECK (id < 60))',
		'ALTER TABLE pages.runs_1 DROP COLUMN gone', 'ALTER TABLE pages.runs ATTACH PARTITION pages.runs_1 FOR VALUES FROM (MINVALUE) TO (60)',
		'CREATE TABLE pages.runs_2 PARTITION OF pages.runs FOR VALUES FROM (60) TO (200)', 'CREATE TABLE pages.runs_3 PARTITION OF pages.runs DEFAULT',
		map({ gin($one, 'on', $_) } 'runs_1', 'runs_3'), gin("project, $one", 'off', 'runs_2'), column_indexes(), insert(1, $_[0]), churn(), 'VACUUM ANALYZE pages.runs' } },
	{ name => 'partitioned by project', steps => sub {
		create(0, ' PARTITION BY LIST (project)'), (map { "CREATE TABLE pages.runs_$_ PARTITION OF pages.runs (CHECK (id > 0)) FOR VALUES IN ($_)" } 0, 1, 2),
		'CREATE TABLE pages.runs_rest PARTITION OF pages.runs DEFAULT', gin($one, 'off'), column_indexes('CREATE INDEX ON pages.runs (id)'),
		'CREATE UNIQUE INDEX ON pages.runs_1 (id)', insert(1, $_[0]), 'VACUUM ANALYZE pages.runs' } },
	{ name => 'partial', where => 'project = 1', least => 600, steps => sub {
		create(0), gin($one, 'off', 'runs', ' WHERE project = 1'), column_indexes(), insert(1, $_[0]), churn(), 'VACUUM ANALYZE pages.runs' } },
	{ name => 'two columns', joined => 0.3, steps => sub { create(0), gin("project, $one", 'on'), column_indexes(), insert(1, $_[0] / 2), churn(), 'VACUUM pages.runs', insert(int($_[0] / 2) + 1, $_[0]) } },
	{ name => 'checked', joined => 0.3, steps => sub {
		create(0, ' WITH (fillfactor = 70)'), 'ALTER TABLE pages.runs ADD CHECK (id > 0), ADD CHECK (project < 4 AND project >= 0), ADD CHECK (seq >= 0)', gin($one, 'off'),
		column_indexes('ALTER TABLE pages.runs ADD PRIMARY KEY (id) DEFERRABLE'), insert(1, $_[0]), 'VACUUM pages.runs', 'UPDATE pages.runs SET touched = 2 WHERE id % 30 = 1' } });

# A table to join with: not every run has a partner there, nor every partner a run.
sub partners
{
	my ($churned) = @_;
	return ('DROP TABLE IF EXISTS pages.partner', 'CREATE TABLE pages.partner (tag text, run int, begun timestamptz NOT NULL, finished int, serial bigint NOT NULL)',
		"INSERT INTO pages.partner SELECT CASE WHEN i % 4 > 0 THEN chr(65 + i * 11 % 40) END, CASE WHEN i % 19 > 0 THEN i END, '2024-01-15'::timestamptz + i * 53 % 211 * interval '1 h',
			CASE WHEN i % 3 > 0 THEN i * 41 % 97 END, i * 7919 FROM generate_series(1, $_[1]) i",
		'CREATE UNIQUE INDEX ON pages.partner (run)', 'CREATE INDEX ON pages.partner (begun DESC)', 'CREATE INDEX ON pages.partner (finished)', 'CREATE INDEX ON pages.partner (tag DESC)',
		'CREATE UNIQUE INDEX ON pages.partner (serial)',
		$churned ? ('UPDATE pages.partner SET finished = finished + 1 WHERE serial % 5 = 0', 'UPDATE pages.partner SET tag = tag WHERE serial % 4 = 0',
			'DELETE FROM pages.partner WHERE serial % 23 = 0') : ('VACUUM ANALYZE pages.partner'));
}

# ---- questions ----

sub ordered
{
	return join ', ', map { $_->{what} . ($_->{down} ? ' DESC' : '') . ($_->{first} ? ' NULLS FIRST' : ' NULLS LAST') } @_;
}

# An expression of an order as values that are equal text if they are equal: not so 1 and 1.0.
sub shown
{
	my $expression = shift;
	return $expression->{type} eq 'numeric' ? "trim_scale($expression->{what})" : $expression->{type} eq 'jsonb' ? "jsonb_hash_extended($expression->{what}, 0)"
	  : $expression->{what};
}

# A question without the values of rows, that are asked for first.
sub draft
{
	my ($state, $rows) = @_;
	my $joined = $state->{joined} && chance($state->{joined});
	my @order = order($joined);
	my $kind = pick('offset', 'offset', 'keyset', 'keyset', 'keyset', 'both', 'none');
	my @filters = filters($state->{own});
	push @filters, $state->{where} if $state->{where};
	my $way = rand;
	push @filters, pick('finished > 20', "tag < 'P'", "begun IS NOT NULL", 'serial % 3 = 0') if $joined && chance(0.3);
	return { order => \@order, from => !$joined ? 'pages.runs' : 'pages.runs ' . (chance(0.15) ? 'LEFT ' : '') . 'JOIN pages.partner ON run = id', skips => scalar($kind =~ /offset|both/), behind => scalar($kind =~ /keyset|both/), filters => \@filters, mixed => chance(0.04),
		way => $way < 0.6 ? 'literal' : $way < 0.82 ? 'prepared' : 'lateral', rows => [ map { int rand($rows * 0.8) } 1, 2 ] };
}

# What a question is put as.
sub question
{
	my ($n, $draft, $values, $rows) = @_;
	my @order = @{ $draft->{order} };
	my @conditions = map { "($_)" } @{ $draft->{filters} };
	push @conditions, behind($values->[0], @order) if $draft->{behind};
	push @conditions, behind($values->[1], @order) if $draft->{behind} && $draft->{mixed};
	my $where = @conditions ? ' WHERE ' . join(' AND ', @conditions) : '';
	my $page = limits($rows, $draft->{skips});
	my $row = 'ROW(' . join(', ', map { shown($_) } @order) . ')::text';
	my $rest = ' ORDER BY ' . ordered(@order) . ' {page}';
	my $total = (grep { $_->{what} eq 'id' } @order) ? 'true' : 'false';
	my $select = "SELECT $row AS sorted_by, id FROM $draft->{from}";
	my $way = $draft->{way};
	my @constants;

	if ($way eq 'prepared')
	{
		($where, $page) = map { rendered($_, sub { "\$$_[0]" }, \@constants) } $where, $page;
		return [ $n, $way, $total, $select . $where . $rest, $page, join(', ', map { $_->[1] } @constants), join(', ', map { $_->[0] } @constants) ] if @constants;
	}
	if ($way eq 'lateral')
	{
		($where, $page) = map { rendered($_, sub { "p.a$_[0]" }, \@constants) } $where, $page;
		if (@constants)
		{
			my @first = map { "$_->[0]::$_->[1]" } @constants;
			my $shown = join(', ', map { "a$_" } 1 .. @constants);
			# the scan begins again, with some other values
			my @other = map { chance(0.6) ? "$_->[0]::$_->[1]" : $_->[1] eq 'bigint' ? "'7'::bigint" : "NULL::$_->[1]" } @constants;
			return [ $n, $way, $total, "SELECT p.k || r.sorted_by AS sorted_by, r.id FROM (VALUES ('a ', " . join(', ', @first) . "), ('b ', " . join(', ', @other)
				. "), ('c ', " . join(', ', @first) . ")) p (k, $shown), LATERAL ($select$where$rest) r", $page, undef, undef ];
		}
	}
	($where, $page) = map { rendered($_, sub { "$_[2]::$_[1]" }, \@constants) } $where, $page;
	return [ $n, 'literal', $total, $select . $where . $rest, $page, undef, undef ];
}

sub values_of { return join ",\n", map { '(' . join(', ', map { ref $_ ? 'ARRAY[' . join(', ', map { literal($_) } @$_) . ']' : literal($_) } @$_) . ')' } @_ }

my $start = time;
my $found = 0;
for (my $done = 0; $done < $pairs; )
{
	last if $seconds && time - $start > $seconds;
	srand($seed * 1000003 + $set);
	my $state = $states[ $set % @states ];
	my $label = "set $set of seed $seed, state \"$state->{name}\"";
	my $rows = pick(60, 150, 400, 900, 2500);
	$rows = $state->{least} if $state->{least} && $rows < $state->{least};
	my $n = $rows > 1000 ? $questions / 3 : $questions;
	my $focus = new_focus();
	my @documents = map { document($focus) } 1 .. 20 + rand 100;
	my @drafts = map { draft($state, $rows) } 1 .. $n;
	my $settings = $state->{settings} ? "SET $state->{settings}" : 'SET work_mem = DEFAULT';

	my ($status, $out, $err) = run_script(join ";\n", 'DROP TABLE IF EXISTS pages.runs', 'TRUNCATE pages.document, pages.draft, pages.question',
		'INSERT INTO pages.document SELECT id::int, metadata::jsonb FROM (VALUES ' . values_of(map { [ $_ + 1, $documents[$_] ] } 0 .. $#documents) . ') d (id, metadata)',
		$state->{steps}->($rows), partners(chance(0.5), $rows + 5),
		'INSERT INTO pages.draft SELECT n::int, expressions, rows::int[], source FROM (VALUES '
		  . values_of(map { [ $_, [ map { $_->{what} } @{ $drafts[$_]{order} } ], $drafts[$_]{rows}, $drafts[$_]{from} ] } 0 .. $#drafts) . ') d (n, expressions, rows, source)',
		'SELECT pages.sorted_by(d) FROM pages.draft d ORDER BY n;');
	my @values = map { decode_json($_) } split /\n/, $out;
	if ($status == 0)
	{
		my @questions = map { question($_, $drafts[$_], $values[$_], $rows) } 0 .. $#drafts;
		($status, $out, $err) = run_script(join ";\n", $settings,
			'INSERT INTO pages.question SELECT n::int, way, is_total::boolean, statement, page, types, arguments FROM (VALUES ' . values_of(@questions)
			  . ') q (n, way, is_total, statement, page, types, arguments)', 'CALL pages.check(' . literal($label) . ');');
	}
	my $good = ok($status == 0 && $err !~ /MISMATCH/, $label);
	diag(substr($err, 0, 20000)) unless $good;
	$found += () = $err =~ /MISMATCH/g;
	last if $status != 0 || $found >= $mismatches;
	$done += $n;
	$set++;
}

my %times = map { split /\|/ } split /\n/, $node->safe_psql('postgres', 'SELECT name, times FROM pages.tally');
note("$times{$_} $_") for sort keys %times;
note(sprintf '%.0f seconds', time - $start);
cmp_ok($times{$_} || 0, '>=', $least_share{$_} * $times{pages}, "plans show: $_") for sort keys %least_share;
cmp_ok($times{errors} || 0, '<=', 0.05 * $times{pages}, 'few pages fail');

# ---- walks beside writers ----

my $forced = 'SET ' . join('; SET ', map { "enable_$_ = off" } qw(seqscan sort bitmapscan)) . ";\n";
my $plan = $node->safe_psql('postgres', $forced . q{EXPLAIN SELECT id FROM pages.walked WHERE (metadata_sort(metadata, 'status'), id) > ('\x07', 7)
	ORDER BY metadata_sort(metadata, 'status'), id LIMIT 7});
like($plan, qr/Start At.*Tie Index/s, 'walks begin where they ended');
run_on($node, "CALL pages.write();\n", 1) for 1 .. 2;
run_on($node, "VACUUM pages.walked;\nSELECT pg_sleep(0.1) \\g /dev/null\n$until_stopped", 40 * ($ENV{STRESS_SECONDS} || 6));
my $first_walker = @clients;
run_on($node, "${forced}CALL pages.walk_all($_);\nSELECT 'walked';\n$until_stopped", 400) for 7, 40;
sleep($ENV{STRESS_SECONDS} || 6);
$node->safe_psql('postgres', 'UPDATE control SET stop = true');
$_->finish for @clients;
is(join('', @err), '', 'rows that did not change are met once each, in order');
my $walks = () = join('', @out[ $first_walker .. $#out ]) =~ /walked/g;
cmp_ok($walks, '>=', 2, "tables are walked ($walks times)");

$node->stop;
done_testing();
