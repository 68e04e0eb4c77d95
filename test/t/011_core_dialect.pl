# Clauses of core's operators by the index against a sequential scan, on documents and clauses made from a seed
# (test/core_dialect).
#
#   PAIRS=20000   questions, each of a set of documents: its rows and their number
#   SEED=1        other seeds give other documents and clauses
#   SECONDS=      stop after so long, whatever PAIRS says
#   FIRST=1       the first set of documents, to repeat a failing one
#
# `make differential PAIRS=1000000` compares a million, here in less than an hour.
use strict;
use warnings;
use utf8;

use Encode qw(encode_utf8);
use FindBin;
use lib "$FindBin::RealBin/../core_dialect";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

use Documents;
use Expressions;

my $folder = "$FindBin::RealBin/../core_dialect";
my $pairs = $ENV{PAIRS} || 20000;
my $seed = $ENV{SEED} || 1;
my $set = $ENV{FIRST} || 1;
my $seconds = $ENV{SECONDS} || 0;
my $questions = 250;
my $mismatches = $ENV{MISMATCHES} || 10;

# Of plans that were looked at, so many have to read the index, or the test would say nothing.
my $least_share = 0.6;

my $node = PostgreSQL::Test::Cluster->new('core_dialect');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "autovacuum = off\njit = off\nmax_parallel_workers_per_gather = 0");
$node->start;

# Collations order strings, and pair their letters, in other ways.
my %databases = (c => "LOCALE 'C'", c_utf8 => "LOCALE 'C.UTF-8'", icu => "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en'");
my @databases;
for my $name (sort keys %databases)
{
	my $status = $node->psql('postgres', "CREATE DATABASE $name TEMPLATE template0 $databases{$name}");
	push @databases, $name if $status == 0;
	note("no database $name") if $status != 0;
}

sub run_script
{
	my ($database, $script) = @_;
	my ($out, $err);
	my $status = $node->psql($database, encode_utf8("\\set ON_ERROR_STOP on\nSET client_min_messages = warning;\n$script"),
		stdout => \$out, stderr => \$err);
	$err =~ s/^psql:\S+ //mg;
	return ($status, $err);
}

# Has it a collation by which other letters are equal?
my %nocase;
for my $database (@databases)
{
	my ($status, $err) = run_script($database, "CREATE EXTENSION detmeta;\nCREATE EXTENSION btree_gin;\n\\i $folder/check.sql");
	is($status, 0, "database $database") or diag($err) or BAIL_OUT('no database');
	$nocase{$database} = $node->safe_psql($database, "SELECT count(*) FROM pg_collation WHERE collname = 'nocase'");
}

# ---- tables ----

my $columns = 'id int PRIMARY KEY, scope int NOT NULL, touched int NOT NULL, metadata jsonb';

sub insert
{
	my ($from, $to) = @_;
	return "INSERT INTO core_dialect.runs SELECT id, id % 4, 0, metadata FROM core_dialect.document WHERE id BETWEEN $from AND $to";
}

sub create { my $null = shift; return "CREATE TABLE core_dialect.runs ($columns" . ($null ? ')' : ' NOT NULL)') }

sub index_on
{
	my ($indexed, $fastupdate, $table) = @_;
	return 'CREATE INDEX ON core_dialect.' . ($table || 'runs') . " USING gin ($indexed) WITH (fastupdate = $fastupdate)";
}

# Rows that are gone, and some that were others.
sub churn
{
	return (
		'INSERT INTO core_dialect.runs SELECT id + 1000, 0, 0, metadata FROM core_dialect.document WHERE metadata IS NOT NULL AND id % 3 = 0',
		'DELETE FROM core_dialect.runs WHERE id > 1000',
		'UPDATE core_dialect.runs r SET metadata = d.metadata FROM core_dialect.document d'
		  . ' WHERE d.id = r.id + 1 AND d.metadata IS NOT NULL AND r.id % 5 = 0',
		'UPDATE core_dialect.runs SET touched = 1 WHERE id % 7 = 0');
}

# The states of the table: is metadata ever NULL, and how the table came about.
my $one = 'metadata metadata_ops';
my @states = (
	[ 0, 'vacuumed', create(0), insert(1, 500), index_on($one, 'off'), 'VACUUM core_dialect.runs' ],
	[ 1, 'nullable, built', create(1), insert(1, 500), index_on($one, 'on') ],
	[ 0, 'pending', create(0), index_on($one, 'on'), insert(1, 500) ],
	[ 1, 'nullable, half pending, changed', create(1), insert(1, 30), index_on($one, 'on'), insert(31, 500), churn() ],
	[ 0, 'changed, not fastupdate', create(0), index_on($one, 'off'), insert(1, 500), churn() ],
	[ 0, 'vacuumed and changed since', create(0), insert(1, 40), index_on($one, 'on'), churn(), 'VACUUM core_dialect.runs', insert(41, 500), churn() ],
	[ 0, 'project', create(0), insert(1, 30), index_on("scope, $one", 'on'), insert(31, 500), churn() ],
	[ 1, 'nullable project, vacuumed', create(1), index_on("scope, $one", 'off'), insert(1, 500), churn(), 'VACUUM core_dialect.runs' ],
	[ 0, 'trigrams', create(0), index_on("metadata metadata_ops (trigram_keys = 'notes,a,k')", 'on'), insert(1, 30), churn(), 'VACUUM core_dialect.runs',
		insert(31, 500) ],
	[ 0, 'members of arrays', create(0), insert(1, 30), index_on('metadata metadata_ops (array_members = on)', 'on'), insert(31, 500), churn() ],
	[ 1, 'nullable, members of arrays, vacuumed', create(1), index_on('metadata metadata_ops (array_members = on)', 'off'), insert(1, 500), churn(),
		'VACUUM core_dialect.runs' ],
	[ 0, 'partitioned',
		create(0) . ' PARTITION BY RANGE (id)',
		'CREATE TABLE core_dialect.runs_1 (touched int NOT NULL, metadata jsonb NOT NULL, gone text, id int NOT NULL, scope int NOT NULL)',
		'ALTER TABLE core_dialect.runs_1 DROP COLUMN gone',
		'ALTER TABLE core_dialect.runs ATTACH PARTITION core_dialect.runs_1 FOR VALUES FROM (0) TO (20)',
		'CREATE TABLE core_dialect.runs_2 PARTITION OF core_dialect.runs FOR VALUES FROM (20) TO (60)',
		'CREATE TABLE core_dialect.runs_3 PARTITION OF core_dialect.runs DEFAULT',
		index_on($one, 'on', 'runs_1'), index_on("scope, $one", 'off', 'runs_2'), index_on($one, 'on', 'runs_3'),
		insert(1, 500), churn() ]);

# ---- questions ----

# The statement of a question in one of the ways to give it its constants; {what} is what is asked for.
sub question
{
	my ($n, $drawn, @clauses) = @_;
	my $r = rand;
	my @written = map { rendered($_) } @clauses;
	my @constants;
	my $from = 'FROM core_dialect.runs WHERE ';
	my @row = ($n, 'literal', \@written, "SELECT {what} $from" . join(' AND ', @written), undef);

	if ($r < 0.2)
	{
		# the planner does not see these constants
		@clauses = map { with_nulls($_) } @clauses;
		my @prepared = map { rendered($_, sub { "\$$_[0]::$_[1]" }, \@constants) } @clauses;
		return @row unless @constants;
		# hidden from the planner, as parameters are: it would not come to evaluate what it compares with NULL
		$row[2] = [ map { rendered($_, sub { "core_dialect.kept($_[2]::$_[1])" }) } @clauses ];
		@row[ 1, 3, 4 ] = ('prepared', "SELECT {what} $from" . join(' AND ', @prepared), '(' . join(', ', @constants) . ')');
	}
	elsif ($r < 0.27)
	{
		@clauses = map { with_nulls($_) } @clauses;
		my @lateral = map { rendered($_, sub { "p.a$_[0]" }, \@constants) } @clauses;
		return @row unless @constants && @clauses == 1;
		@row[ 1, 2, 3 ] = ('lateral', [ map { rendered($_) } @clauses ], 'SELECT {what} FROM (VALUES (' . join(', ', @constants) . '), (' . join(', ', exchanged(@constants)) . ')) p ('
			. join(', ', map { "a$_" } 1 .. @constants) . "), LATERAL (SELECT id $from$lateral[0] OFFSET 0) r");
	}
	elsif ($r < 0.35 && @clauses == 1)
	{
		my ($by, $direction) = order(@$drawn);
		$by = rendered($by);
		# as the planner asks for a maximum
		my $where = chance(0.3) ? 'true' : chance(0.3) ? "($by) IS NOT NULL" : $written[0];
		$row[2] = [ $where, "core_dialect.kept(($by) IS NULL) IS NOT NULL" ];
		@row[ 1, 3 ] = ('ordered', "SELECT {what} FROM (SELECT id $from$where ORDER BY $by$direction, id LIMIT " . pick(1, 5, 20, 1000) . ') r');
	}
	return @row;
}

# Constants in other places, each of its type.
sub exchanged
{
	my @constants = @_;
	my %of;
	push @{ $of{ $constants[$_] =~ /::([^:]*)$/ ? $1 : '' } }, $_ for 0 .. $#constants;
	my @result = @constants;
	for my $type (sort keys %of)
	{
		my @places = @{ $of{$type} };
		my @from = shuffled(@places);
		@result[@places] = @constants[@from];
	}
	return @result;
}

sub shuffled
{
	my @items = @_;
	for my $i (reverse 1 .. $#items)
	{
		my $j = int rand($i + 1);
		@items[ $i, $j ] = @items[ $j, $i ];
	}
	return @items;
}

sub row_values
{
	return '(' . join(', ', map { ref $_ ? 'ARRAY[' . join(', ', map { literal($_) } @$_) . ']' : literal($_) } @_) . ')';
}

# The script of a set of documents: its table, and its questions.
sub script_of
{
	my ($state, $label, $nocase) = @_;
	my ($nullable, $name, @steps) = @$state;
	my $focus = new_focus();
	my @documents = map { document($focus) } 1 .. 40 + rand 60;
	my @places = map { places($_) } @documents;
	my @rows = map { $nullable && chance(0.08) ? undef : json($_) } @documents;
	my $n = 0;
	my $documents = join ",\n", map { $n++; row_values($n, $_) } @rows;
	my $asked = join ",\n", map { row_values(question($_, [ $focus, \@places, $nocase ], clauses($focus, \@places, $nocase))) } 1 .. $questions;

	return join ";\n", 'DROP TABLE IF EXISTS core_dialect.runs', 'TRUNCATE core_dialect.document, core_dialect.question',
	  "INSERT INTO core_dialect.document SELECT id::int, metadata::jsonb FROM (VALUES $documents) d (id, metadata)", @steps,
	  "INSERT INTO core_dialect.question SELECT n::int, way, clauses, statement, arguments FROM (VALUES $asked)
		q (n, way, clauses, statement, arguments)", 'CALL core_dialect.check(' . literal($label) . ', 10);';
}

my $start = time;
my $found = 0;
for (my $done = 0; $done < $pairs; $done += $questions)
{
	last if $seconds && time - $start > $seconds;
	srand($seed * 1000003 + $set);
	my $database = $databases[ $set % @databases ];
	my $state = $states[ $set % @states ];
	my $label = "set $set of seed $seed, database $database, state \"$state->[1]\"";
	my ($status, $err) = run_script($database, script_of($state, $label, $nocase{$database}));
	my $good = ok($status == 0 && $err !~ /MISMATCH/, $label);
	diag(substr($err, 0, 20000)) unless $good;
	$found += () = $err =~ /MISMATCH/g;
	last if $status != 0 || $found >= $mismatches;
	$set++;
}

my %times;
for my $database (@databases)
{
	for (split /\n/, $node->safe_psql($database, 'SELECT name, times FROM core_dialect.tally'))
	{
		my ($name, $times) = split /\|/;
		$times{$name} += $times;
	}
}
note("$times{$_} $_") for sort keys %times;
note(sprintf '%.0f seconds', time - $start);
for my $what ('rows', 'counts')
{
	my ($read, $other) = map { $times{"$_ for $what"} || 0 } 'plans of the index', 'other plans';
	cmp_ok($read, '>=', $least_share * ($read + $other), "the index is read for $what");
}
my ($walked, $sorted) = map { $times{"$_ for orders"} || 0 } 'plans of the index', 'other plans';
cmp_ok($walked, '>=', 0.1 * ($walked + $sorted), 'the index is walked for orders');
cmp_ok($times{'questions that find rows'} || 0, '>=', 0.3 * $times{questions}, 'questions find rows');
$node->stop;
done_testing();
