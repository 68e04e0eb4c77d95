# Many connections store metadata of one run at the same moment: of the
# documents they post one stays, and it stays whole; of the keys they merge
# all arrive.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $connections = 25;
my $rounds = 20;
my $timeout = 180;

my $node = PostgreSQL::Test::Cluster->new('concurrency');
$node->init;
$node->append_conf('postgresql.conf', 'max_connections = 60');
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
SELECT create_runs_metadata();
});

# Run a script in each of many connections, all of which start at once: they
# wait for a lock until the last of them does.  The script is made from the
# number of the connection.  Return what they print.
sub run_together
{
	my ($script_of) = @_;
	my (@clients, @out, @err);

	my $gate = $node->background_psql('postgres');
	$gate->query_safe('SELECT pg_advisory_lock(1)');

	foreach my $i (1 .. $connections)
	{
		my $script = PostgreSQL::Test::Utils::tempdir_short() . '/script.sql';

		append_to_file($script, "SELECT FROM pg_advisory_xact_lock_shared(1);\n" . $script_of->($i));
		$out[$i] = $err[$i] = '';
		push @clients,
		  IPC::Run::start(
			[
				'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1',
				'-d', $node->connstr('postgres'), '-f', $script
			],
			'>', \$out[$i], '2>', \$err[$i],
			IPC::Run::timeout($timeout));
	}
	$node->poll_query_until('postgres',
		"SELECT count(*) = $connections FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
	  or die 'the connections do not come to wait';
	$gate->quit;

	my @failed = grep { !$_->finish } @clients;
	is(scalar(@failed), 0, 'no connection fails');
	is(join('', @err[ 1 .. $connections ]), '', 'no connection meets an error');
	return map { s/^\n+|\n+$//gr } @out;
}

# Posts.  Each document names its writer in 16 keys.
sub document
{
	my ($i, $round) = @_;
	my $writer = $i * 1000 + $round;

	return '{' . join(', ', map { "\"k$_\": $writer" } 0 .. 15) . '}';
}

# What a connection prints: its documents, in the order in which jsonb keeps keys.
sub answers
{
	my ($i) = @_;

	return join("\n", map { document($i, $_) } 1 .. $rounds);
}

my @posted = run_together(
	sub {
		my ($i) = @_;

		return join('', map { "SELECT post_run_metadata(1, '" . document($i, $_) . "');\n" } 1 .. $rounds);
	});
is(join("\n", @posted[ 1 .. $connections ]),
	join("\n", map { answers($_) } 1 .. $connections),
	'each post is answered with the document posted');
is( $node->safe_psql('postgres',
		'SELECT count(DISTINCT r.run_id), count(*), count(DISTINCT value), min(value::int) % 1000'
		  . ' FROM runs_metadata AS r, jsonb_each_text(metadata)'),
	"1|16|1|$rounds",
	'one document stays, whole, and it is the last of its connection');

# Merges of keys of their own, into a run that has none at first.
my @merged = run_together(
	sub {
		my ($i) = @_;

		return join('',
			map { "SELECT merge_run_metadata(2, '{\"key_$i\": $_, \"all\": {\"of_$i\": $_}}')->'key_$i';\n" }
			  1 .. $rounds);
	});
is(join("\n", @merged[ 1 .. $connections ]),
	join("\n", (1 .. $rounds) x $connections),
	'each merge is answered with its key in place');
is( $node->safe_psql('postgres',
		q{SELECT count(*) FILTER (WHERE key LIKE 'key\_%'), count(DISTINCT value) FILTER (WHERE key LIKE 'key\_%'),
		  max(value::text) FILTER (WHERE key LIKE 'key\_%') FROM jsonb_each(get_run_metadata(2))}),
	"$connections|1|$rounds",
	'all merged keys arrive');
is( $node->safe_psql('postgres',
		q{SELECT count(*), min(value), max(value) FROM jsonb_each_text(get_run_metadata(2)->'all')}),
	"$connections|$rounds|$rounds",
	'so do all keys of an object inside');

# Merges that add the only key and remove it: the row comes and goes.
run_together(
	sub {
		my ($i) = @_;

		return join('',
			map {
				"SELECT merge_run_metadata(3, '{\"key_$i\": $_}');\n"
				  . "SELECT merge_run_metadata(3, '{\"key_$i\": null}');\n"
			} 1 .. $rounds)
		  . ($i % 2 ? "SELECT merge_run_metadata(3, '{\"key_$i\": 0}');\n" : '');
	});
is( $node->safe_psql('postgres', 'SELECT count(*) FROM jsonb_object_keys(get_run_metadata(3))'),
	int(($connections + 1) / 2),
	'what is merged last arrives where rows come and go');

$node->stop;
done_testing();
