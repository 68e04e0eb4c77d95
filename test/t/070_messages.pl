# Every message that the extension's sources give a user is in the expected output of a test, which shows it with its
# SQLSTATE, detail and hint.

use strict;
use warnings;

use Test::More;

# Messages that no statement can bring about in a test, and why.
my %unreachable = (
	'could not determine the type of argument %d' => 'the parser always knows the type of an argument; C code that calls the function may not',
	'index "%s" contains %s' => 'a scan meets a damaged page, as only a disk or memory at fault makes it',
	'Please REINDEX it.' => 'the same',
	'could not find the root of heap-only tuple (%u,%u) in table "%s"' => 'a table is damaged',
	'cannot check index "%s" of a table whose access method is not heap' => 'no other access method is at hand',
	'index with OID %u was dropped meanwhile' => 'between two looks at the catalogs');

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

my $shown = join("\n", map { slurp($_) } glob('expected/*.out test/expected/*.out test/t/*.pl'));
$shown =~ s/\\'/'/g;

my $n = 0;
foreach my $file (sort glob('src/*.c'))
{
	my $source = slurp($file);

	while ($source =~ /\b(errmsg|errdetail|errhint)(?:_plural)?\s*\(((?:\s*(?:"(?:[^"\\]|\\.)*"|INT64_FORMAT))+)/g)
	{
		my ($kind, $message) = ($1, message($2));
		my $pattern = join('.*?', map { quotemeta } split(/%(?:\.\*s|s|d|lld|u|zu|c|g)/, $message, -1));

		$n++;
		next if exists $unreachable{$message};
		next if $message eq '%s';
		$pattern =~ s/\\%\\%/%/g;
		ok($shown =~ /$pattern/, "$file: $kind: $message");
	}
}
cmp_ok($n, '>', 90, 'the messages are found in the sources');

done_testing();
