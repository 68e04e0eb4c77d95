# Every message that the extension's sources give a user is in the expected output of a test, with its detail and hint,
# and every error with its SQLSTATE: as outcome() in test/regress/outcome.sql prints both, or by "\echo :SQLSTATE".

use strict;
use warnings;

use Test::More;

# Messages that no statement can bring about in a test, and why.
my %unreachable = (
	'could not determine data type for argument %d' => 'the parser always knows the type of an argument; C code that calls the function may not',
	'index "%s" contains %s' => 'a scan meets a damaged page, as only a disk or memory at fault makes it',
	'Please REINDEX it.' => 'the same',
	'could not rewind a temporary file of an index build: %m' => 'only a disk at fault makes it',
	'could not read from a temporary file of an index build: %m' => 'the same',
	'failed to find parent tuple for heap-only tuple at (%u,%u) in table "%s"' => 'a table is damaged',
	'cannot check index "%s" of a table whose access method is not heap' => 'no other access method is at hand');

sub slurp
{
	my ($file) = @_;
	open(my $handle, '<', $file) or die "could not open $file: $!";
	local $/;
	return <$handle>;
}

# The message of adjacent C string literals and format macros.
sub message
{
	my ($literals) = @_;
	my $message = '';

	while ($literals =~ /\G\s*(?:"((?:[^"\\]|\\.)*)"|(INT64_FORMAT))/g)
	{
		$message .= defined $1 ? $1 : '%lld';
	}
	$message =~ s/\\(.)/$1/g;
	return $message;
}

# Return a message as a pattern of what is printed.
sub pattern_of
{
	my ($message) = @_;
	my $pattern = join('.*?', map { quotemeta } split(/%(?:\.\*s|s|d|lld|u|zu|c|g)/, $message, -1));

	$pattern =~ s/\\%\\%/%/g;
	return $pattern;
}

# The SQLSTATEs of the server's error codes, by their names in C.
my ($headers) = map { chomp; $_ } `pg_config --includedir-server`;
my %sqlstate =
  map { /^#define (ERRCODE_\w+) MAKE_SQLSTATE\('(.)','(.)','(.)','(.)','(.)'\)/ ? ($1 => "$2$3$4$5$6") : () }
  split(/\n/, slurp("$headers/utils/errcodes.h"));

my $shown = join("\n", map { slurp($_) } glob('expected/*.out test/expected/*.out test/t/*.pl'));
$shown =~ s/\\'/'/g;

my $n = 0;
foreach my $file (sort glob('src/{,*/}*.c'))
{
	my $source = slurp($file);

	while ($source =~ /\b(errmsg|errdetail|errhint)(?:_plural)?\s*\(((?:\s*(?:"(?:[^"\\]|\\.)*"|INT64_FORMAT))+)/g)
	{
		my ($kind, $message) = ($1, message($2));
		my $pattern = pattern_of($message);

		$n++;
		next if exists $unreachable{$message};
		next if $message eq '%s';
		ok($shown =~ /$pattern/, "$file: $kind: $message");
	}
}
cmp_ok($n, '>', 90, 'the messages are found in the sources');

# Each code that an error may have stands before its message. A function that is given the code has those of its calls.
my $errors = 0;
my $parenthesized = qr/(\((?:[^()"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?1))*\))/;
my %source = map { $_ => slurp($_) =~ s{/\*.*?\*/}{}gsr } sort glob('src/{,*/}*.c');
my $all_source = join('', values %source);
foreach my $file (sort keys %source)
{
	while ($source{$file} =~ /\bereport\s*$parenthesized/g)
	{
		my ($before, $report) = ($`, $1);
		my ($message) = $report =~ /\berrmsg(?:_plural)?\s*\(((?:\s*(?:"(?:[^"\\]|\\.)*"|INT64_FORMAT))+)/;
		my ($code) = $report =~ /\berrcode\s*$parenthesized/;

		next if $report !~ /^\(\s*ERROR\b/;
		$message = message($message);
		next if exists $unreachable{$message};
		$code //= 'ERRCODE_INTERNAL_ERROR';
		if ($code !~ /ERRCODE_/)
		{
			my ($function) = $before =~ /.*^(\w+)\(/ms;

			$code = join(' ', $all_source =~ /\b\Q$function\E\s*$parenthesized/g);
		}
		my %names = map { $_ => 1 } $code =~ /\b(ERRCODE_\w+)/g;
		ok(0, "$file: no code is found of: $message") unless %names;
		foreach my $state (map { $sqlstate{$_} // "no $_" } sort keys %names)
		{
			my $pattern = pattern_of($message);

			$errors++;
			ok($shown =~ /\b$state(?: \| |: | )$pattern|^ERROR:  $pattern.*\n(?:(?:LINE|DETAIL|HINT).*\n)*\\echo :SQLSTATE\n$state$/m, "$file: $state: $message");
		}
	}
}
cmp_ok($errors, '>', 55, 'the errors are found in the sources');

done_testing();
