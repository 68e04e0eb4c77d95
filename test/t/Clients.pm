# Sessions of psql that run beside each other, each its script over and over until the tables of test/regress/stress.sql
# say stop.

package Clients;

use strict;
use warnings;

use Exporter 'import';
use IPC::Run;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(@clients @out @err $until_stopped run_on);

# The sessions, what they print, and their errors.
our (@clients, @out, @err);

# The end of a script that leaves the session once it is to stop.
our $until_stopped = "SELECT stop FROM control \\gset\n\\if :stop\n\\q\n\\endif\n";

# Start psql on a script that is run so many times; return the session's number.
sub run_on
{
	my ($node, $script, $times) = @_;
	my $n = @clients;
	my $file = PostgreSQL::Test::Utils::tempdir_short() . "/$n.sql";

	append_to_file($file, $script x $times);
	$out[$n] = $err[$n] = '';
	push @clients,
	  IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', $file ],
		'>', \$out[$n], '2>', \$err[$n], IPC::Run::timeout(($ENV{STRESS_SECONDS} || 6) + 180));
	return $n;
}

1;
