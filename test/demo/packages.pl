# Read `apt-cache dumpavail` and print a line of PostgreSQL's COPY text format for each package: a number, and
# the package's fields as one JSON object. Relations and tags become arrays of names, sizes numbers.
use strict;
use warnings;

my %is_number = map { $_ => 1 } qw(Size Installed-Size);
my %is_relation = map { $_ => 1 }
	qw(Depends Pre-Depends Recommends Suggests Enhances Breaks Conflicts Replaces Provides Built-Using);
my %is_yes_no = map { $_ => 1 } qw(Essential Protected Important Build-Essential);

my $terminal = -t STDERR;
my $packages = 0;
$/ = '';
while (my $stanza = <STDIN>)
{
	my @members;
	$stanza =~ s/\n+\z//;
	for my $field (split /\n(?![ \t])/, $stanza)
	{
		my ($key, $value) = $field =~ /\A([^:\s]+):\s*(.*)\z/s or next;
		push @members, string($key) . ': ' . value($key, $value);
	}
	next unless @members;
	my $line = '{' . join(', ', @members) . '}';
	$line =~ s/\\/\\\\/g;
	print ++$packages, "\t", $line, "\n";
	print STDERR "\r    $packages packages" if $terminal && $packages % 1000 == 0;
}
print STDERR "\r\e[K" if $terminal;

# Write a field's value as JSON.
sub value
{
	my ($key, $value) = @_;
	return $value if $is_number{$key} && $value =~ /\A(?:0|[1-9][0-9]*)\z/;
	return $value eq 'yes' ? 'true' : 'false' if $is_yes_no{$key};
	return array(map { /\A([^\s(:\[]+)/ ? $1 : () } split /\s*[,|]\s*/, $value) if $is_relation{$key};
	return array(split /,\s*/, $value) if $key eq 'Tag';
	$value =~ s/\n[ \t]\.?/\n/g;
	return string($value);
}

# Write a list of strings, each once, as a JSON array.
sub array
{
	my %seen;
	return '[' . join(', ', map { string($_) } grep { !$seen{$_}++ } @_) . ']';
}

# Write a JSON string. What is not UTF-8 becomes a question mark.
sub string
{
	my ($text) = @_;
	if (!utf8::decode($text)) { $text =~ s/[^\x00-\x7f]/?/g; }
	utf8::encode($text);
	$text =~ s/(["\\])/\\$1/g;
	$text =~ s/\n/\\n/g;
	$text =~ s/\t/\\t/g;
	$text =~ s/[\x00-\x1f]/ /g;
	return "\"$text\"";
}
