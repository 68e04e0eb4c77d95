# Run the statements of SQL files in one psql session and show each with its result, rows and time.
#
#   show.pl STEP FILE... : psql command
#
# A file holds headings (-- # Post metadata), sentences (-- ...), and statements that end with a semicolon at the
# end of a line. Headings are numbered from STEP + 1.
use strict;
use warnings;
use IPC::Open2;

my ($step, @files) = (shift @ARGV);
push @files, shift @ARGV while @ARGV && $ARGV[0] ne ':';
shift @ARGV;

$| = 1;
my $terminal = -t STDOUT;
my ($bold, $dim, $accent, $plain) = $terminal ? ("\e[1m", "\e[2m", "\e[36m", "\e[0m") : ('') x 4;
my $mark = 'end of statement';
my $psql = open2(my $from, my $to, 'sh', '-c', 'exec "$@" 2>&1', 'sh', @ARGV);
print $to "\\set ON_ERROR_STOP on\n\\timing on\n\\pset null '-'\n";

for my $file (@files)
{
	open my $in, '<', $file or die "$file: $!\n";
	my $statement = '';
	my $space = 0;
	while (my $line = <$in>)
	{
		if ($statement eq '' && $line =~ /^-- # (.*)/)
		{
			print "\n", $bold, ++$step, ". $1", $plain, "\n";
		}
		elsif ($statement eq '' && $line =~ /^-- ?(.*)/)
		{
			print "\n" if !$space++;
			print "$1\n";
			next;
		}
		elsif ($statement ne '' || $line =~ /\S/)
		{
			$statement .= $line;
			if ($line =~ /;\s*$/)
			{
				run($statement);
				$statement = '';
			}
		}
		$space = 0;
	}
}
close $to;
waitpid $psql, 0;

# Show a statement, then what the server says to it.
sub run
{
	my ($statement) = @_;
	(my $shown = $statement) =~ s/^/    /mg;
	my $is_setting = $statement =~ /^(?:(?:RE)?SET |BEGIN;|ROLLBACK;)/;
	print "\n", $accent, $shown, $plain;
	print "\n" unless $is_setting;
	print $to $statement, "\\echo $mark\n";
	$to->flush;

	my (@lines, $rows, $time);
	wait_for_answer();
	while (my $line = <$from>)
	{
		chomp $line;
		if ($line eq $mark)
		{
			finish($rows, $time, @lines) unless $is_setting;
			return;
		}
		if ($line =~ /^\((\d+) rows?\)$/) { $rows = $1; next; }
		if ($line =~ /^Time: ([\d.]+) ms/) { $time = $1; next; }
		push @lines, $line;
	}
	print "    $_\n" for @lines;
	die "the demo's statement failed\n";
}

# On a terminal, count the seconds that a slow statement takes.
sub wait_for_answer
{
	my $start = time;
	return unless $terminal;
	vec(my $bits = '', fileno($from), 1) = 1;
	while (!select(my $ready = $bits, undef, undef, 1))
	{
		print "\r    ... ", time - $start, ' s';
	}
	print "\r\e[K";
}

# Show the result, its rows and its time.
sub finish
{
	my ($rows, $time, @lines) = @_;
	my $unit = 'ms';
	pop @lines while @lines && $lines[-1] eq '';
	@lines = () if @lines == 1 && $lines[0] =~ /^[A-Z]+( [A-Z0-9]+)*$/;
	print "    $_\n" for @lines;
	if ($time >= 10000) { ($time, $unit) = ($time / 1000, 's'); }
	$time = $time >= 100 ? sprintf('%.0f', $time) : sprintf('%.1f', $time);
	print $dim, '    ', (defined $rows ? $rows . ($rows == 1 ? ' row, ' : ' rows, ') : ''), "$time $unit", $plain, "\n";
}
