# Random documents, orders, filters and keyset conditions for test/t/012_pages.pl.
#
# Draws come from rand(), which is perl's own since 5.20: a seed gives the same test everywhere.
package Pages;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(pick chance literal new_focus document order filters behind rendered limits);

my $long = 'k' x 140;

# Keys of the documents, as metadata_sort() has them.
my @keys = ('status', 'n', 'loss', 'x', 'when', 'note', 'a.b', "${long}0", "${long}1", 'unknown');

# Numbers written in several ways, and equal as float8 alone.
my @numbers = qw(1 1.0 1e0 1.00 2 -2 10 0 0.1 0.10 0.1000000000000000055511151231257827 0.1000000000000000055 9007199254740992
	9007199254740993 -9007199254740993 -9007199254740992 1e30 -1e30 1e-30 123456789012345678901234567890.5);

# One instant in several ways, others near it, and what is no date.
my @dates = ('2024-01-15', '2024-01-15T00:00:00Z', '2024-01-15T01:00:00+01:00', '2024-01-14T19:00:00-05:00', '2024-01',
	'2024-01-15T00:00:00.5Z', '2024-01-15T00:00:00.50Z', '2024-01-14T23:59:60Z', '2024-01-16', '2023-12-31', '0001-01-01',
	'9999-12-31T23:59:59Z', '2024-01-01T00:00:00Z');

# Strings on both sides of 96 bytes, where the index cuts them, alike in the first 96.
my @notes = ('short', '', 'yy', (map { 'y' x $_ } 94 .. 98), (map { 'y' x 96 . $_ } 'a', 'b', 'a' x 50),
	map { 'long ' x 24 . $_ } 'a', 'b', 'a1', 'c' x 100);

my @anything = ('true', 'false', 'null', '[]', '{}', '[1]', '[1, "a"]', '{"y": 1}', '""', '"text"', '"2024-01-15"', '1', '-1', '1.5', '"1"');

sub pick { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }

sub literal
{
	my $value = shift;
	return 'NULL' unless defined $value;
	$value =~ s/'/''/g;
	return "'$value'";
}

# ---- documents ----

# What the documents of a table have in common: how many values a key has, how often it is missing, and whether some
# have a key in two places.
sub new_focus
{
	my %absent = map { $_ => pick(0, 0, 0, 0.05, 0.3, 0.9) } @keys;
	my %few = map { $_ => chance(0.65) ? 1 + int rand 4 : 0 } @keys;
	return { absent => \%absent, few => \%few, dotted => pick(0, 0, 0.05, 0.4), odd => pick(0, 0, 0, 0.03) };
}

sub string { return '"' . $_[0] . '"' }

my %value_of = (
	status => sub { string(pick('done', 'failed', 'running', 'queued', 'Done')) },
	n => sub { pick(@numbers) },
	loss => sub { chance(0.2) ? pick(@numbers) : int(rand 2000) / 16 - 20 },
	x => sub { chance(0.6) ? pick(@anything) : chance(0.3) ? pick(@numbers) : string(pick(@dates, @notes, 'done')) },
	when => sub { string(chance(0.9) ? pick(@dates) : 'no date') },
	note => sub { string(pick(@notes)) },
	'a.b' => sub { pick(@anything, @numbers) },
	"${long}0" => sub { int rand 9 },
	"${long}1" => sub { int rand 9 });

# Some of the values that a key has; few of them again and again.
sub value
{
	my ($focus, $key) = @_;
	my $few = $focus->{few}{$key};
	return $value_of{$key}->() unless $few;
	my $pool = $focus->{pool}{$key} ||= [ map { $value_of{$key}->() } 1 .. $few ];
	return pick(@$pool);
}

sub document
{
	my $focus = shift;
	return pick('[]', '1', '"a"', 'null', '[{"n": 1}]') if chance($focus->{odd});
	my @members;
	for my $key (grep { $value_of{$_} && !chance($focus->{absent}{$_}) } @keys)
	{
		my $value = chance(0.02) ? 'null' : value($focus, $key);
		if ($key ne 'a.b') { push @members, string($key) . ": $value" }
		elsif (!chance($focus->{dotted})) { push @members, qq("a": {"b": $value}) }
		else { push @members, qq("a.b": $value), chance(0.7) ? '"a": {"b": ' . value($focus, $key) . '}' : () }
	}
	return '{' . join(', ', @members) . '}';
}

# ---- orders ----

# Columns that an order may end with; not all of them have an index for each direction.
my @columns = ([ id => 'int' ], [ id => 'int' ], [ id => 'int' ], [ id => 'int' ], [ seq => 'bigint' ], [ seq_down => 'int' ], [ label => 'text' ],
	[ 'label COLLATE "C"' => 'text' ], [ at => 'timestamptz' ], [ amount => 'numeric' ], [ project => 'int' ], [ uid => 'uuid' ]);

# Columns of a joined table, of which a row has one at most.
my @partner_columns = ([ begun => 'timestamptz' ], [ begun => 'timestamptz' ], [ finished => 'int' ], [ tag => 'text' ], [ serial => 'bigint' ]);

sub sort_expression
{
	my $r = rand;
	return [ '(metadata->>' . literal(pick('n', 'loss')) . ')::float8', 'float8' ] if $r < 0.1;
	return [ '(metadata->>' . literal(pick('n', 'loss')) . ')::numeric', 'numeric' ] if $r < 0.17;
	return [ 'metadata->' . literal(pick('n', 'loss', 'x')), 'jsonb' ] if $r < 0.25;
	return [ 'metadata_sort(metadata, ' . literal(pick(@keys, 'status', 'n', 'loss', 'x', 'note')) . ')', 'bytea' ];
}

# An expression of an order: what, its type, whether it goes down, and NULLs first.
sub order
{
	my $joined = shift;
	my @what = map { sort_expression() } 1 .. pick(1, 1, 2, 2, 2, 3);
	@what = grep { $_->[1] eq 'bytea' } @what if $joined;
	push @what, [ "metadata_sort(metadata, 'status')", 'bytea' ] unless @what;
	push @what, pick(@partner_columns) if $joined;
	push @what, pick(@columns) unless chance($joined ? 0.5 : 0.08);
	push @what, $columns[0] if chance($joined ? 0.6 : 0.15);
	my $same = chance(0.5) ? chance(0.5) : undef;
	return map {
		my $down = $same // chance(0.4);
		{ what => $_->[0], type => $_->[1], down => $down, first => chance(0.5) ? $down : chance(0.5) }
	} @what;
}

# ---- filters ----

# The extension's; of what lies behind the first 96 bytes of a string the index is not sure.
my @own_filters = (
	"metadata @~ 'n < 5'", "metadata @~ 'n >= 1 or x is true'", "metadata @~ 'status is \"done\"'", "metadata @~ 'loss is not empty'",
	"metadata @~ 'not x is empty'", "metadata @~ 'note contains \"long a\"'", "metadata @~ 'loss > 30'", "metadata @~ 'a.b is not empty'",
	"metadata @~ 'when >= \"2024-01-15\"'", "NOT metadata @~ 'status is \"done\"'", "metadata @~ 'n < 5' IS NOT TRUE", "metadata @~ 'unknown is empty'",
	"metadata @~ 'note < \"long long\"'", "metadata @~ 'loss > 1e9'", "metadata_is(metadata, 'status', 'failed')",
	"metadata @~ 'note contains \"c\"'", "metadata @~ 'note contains \"ya\" or n < 2'");

my @filters = (
	"metadata->>'status' = 'done'", "(metadata->>'n')::numeric > 0.5", "(metadata->>'loss')::float8 < 30", "metadata @> '{\"status\": \"done\"}'",
	"metadata ? 'x'", "metadata->'x' IS NOT NULL", "metadata->>'note' LIKE 'long%a%'", "metadata->'n' > '1'",
	'project = 1', 'project <> 0', 'seq > 20', 'id % 3 > 0', 'label IS NOT NULL', 'seq IS NULL', 'amount < 5', 'id >= 0', 'id IS NOT NULL',
	"metadata_sort(metadata, 'loss') IS NOT NULL", "metadata_sort(metadata, 'x') IS NOT NULL", "metadata_sort(metadata, 'status') IS NULL");

# With filters of the extension alone a scan skips rows itself; and where metadata may be NULL, it needs one.
sub filters
{
	my $own = shift;
	return map { pick(@own_filters) } 1 .. pick(1, 1, 2) if chance(0.35);
	return ($own ? pick(@own_filters) : (), map { pick(@own_filters, @filters) } 1 .. pick(0, 0, 0, 1, 1, 2));
}

# ---- conditions ----

my %other_types = (int => [ 'int', 'int', 'bigint', 'smallint' ], bigint => [ 'bigint', 'bigint', 'int', 'smallint' ],
	timestamptz => [ 'timestamptz', 'timestamptz', 'timestamp' ]);
my %corners = (bytea => [ '', '\x', '\x04', '\x05', '\x06', '\x0600', '\x07ff', '\x0774', '\x08', '\xff' ], float8 => [ 'NaN', 'infinity', '-infinity', '0' ],
	numeric => [ 'NaN', '0', 'infinity' ], jsonb => [ '0', 'true', '[]', '""' ], text => [ '', 'zzz', 'A' ], int => [ 0, 100, 30000 ], bigint => [ 0, 20 ],
	timestamptz => [ '-infinity', 'infinity', '2024-01-15' ], uuid => [ '00000000-0000-0000-0000-000000000000' ]);

# A value in a condition: {literal|type}, so that it can be put there in several ways.
sub value_of
{
	my ($expression, $value) = @_;
	my $type = $expression->{type};
	$value = pick(@{ $corners{$type} }, undef) if chance(0.04);
	$type = pick(@{ $other_types{$type} }) if $other_types{$type} && !(defined $value && $value =~ /inf|^\d{5}/);
	return "\x01" . literal($value) . "\x02$type\x03";
}

sub operator
{
	my ($expression, $or_equal) = @_;
	return pick('<', '>', '<=', '>=', '=') if chance(0.015);
	return ($expression->{down} ? '<' : '>') . ($or_equal || chance(0.03) ? '=' : '');
}

my %swapped = ('<' => '>', '>' => '<', '<=' => '>=', '>=' => '<=', '=' => '=');

sub comparison
{
	my ($expression, $operator, $value) = @_;
	$value = value_of($expression, $value);
	return chance(0.15) ? "$value $swapped{$operator} $expression->{what}" : "$expression->{what} $operator $value";
}

# a > $1 OR (a = $1 AND ...) [OR a IS NULL]; of a row without a value: a IS NULL AND ...
sub behind_nested
{
	my ($values, $first, @rest) = @_;
	my ($value, @values) = @$values;
	my $null = "$first->{what} IS NULL";
	my $further = @rest ? behind(\@values, @rest) : undef;
	if (!defined $value)
	{
		my $in_null = defined $further ? "($null AND $further)" : 'false';
		return $first->{first} ? "($first->{what} IS NOT NULL OR $in_null)" : $in_null;
	}
	my @terms = comparison($first, operator($first, !defined $further && chance(0.3)), $value);
	push @terms, '(' . comparison($first, '=', $value) . " AND $further)" if defined $further;
	push @terms, $null if chance($first->{first} ? 0.05 : 0.6);
	@terms = reverse @terms if chance(0.2);
	return '(' . join(' OR ', @terms) . ')';
}

# a > $1 OR (a = $1 AND b > $2) OR (a = $1 AND b = $2 AND c > $3)
sub behind_flat
{
	my ($values, @order) = @_;
	my (@terms, @equal);
	for my $i (0 .. $#order)
	{
		push @terms, '(' . join(' AND ', @equal, comparison($order[$i], operator($order[$i]), $values->[$i])) . ')';
		push @terms, '(' . join(' AND ', @equal, "$order[$i]{what} IS NULL") . ')' if !$order[$i]{first} && chance(0.5);
		push @equal, defined $values->[$i] ? comparison($order[$i], '=', $values->[$i]) : "$order[$i]{what} IS NULL";
	}
	return '(' . join(' OR ', @terms) . ')';
}

# (a, b) > ($1, $2)
sub behind_rows
{
	my ($values, @order) = @_;
	my $n = 2 + int rand(@order - 1);
	my @compared = @order[ 0 .. $n - 1 ];
	return '(' . join(', ', map { $_->{what} } @compared) . ') ' . operator($order[0]) . ' ('
	  . join(', ', map { value_of($compared[$_], $values->[$_]) } 0 .. $n - 1) . ')';
}

# a >= $1 AND (a > $1 OR b > $2)
sub behind_both
{
	my ($values, $first, @rest) = @_;
	my $null = $first->{first} ? '' : " OR $first->{what} IS NULL";
	return '((' . comparison($first, operator($first, 1), $values->[0]) . "$null) AND (" . comparison($first, operator($first), $values->[0])
	  . "$null OR " . behind([ @$values[ 1 .. $#$values ] ], @rest) . '))';
}

# The condition that rows come behind one with some values, in one of the ways to write it, or nearly.
sub behind
{
	my ($values, @order) = @_;
	my $r = rand;
	return comparison($order[0], operator($order[0]), $values->[0]) if $r < 0.08;
	return behind_rows($values, @order) if @order > 1 && $r < ($order[0]{down} == $order[1]{down} ? 0.4 : 0.12);
	return behind_flat($values, @order) if $r < 0.55;
	return behind_both($values, @order) if @order > 1 && $r < 0.62;
	return behind_nested($values, @order);
}

# Put the values into a condition by what a function makes of their number, type and literal.
sub rendered
{
	my ($text, $render, $constants) = @_;
	$text =~ s/\x01([^\x02]*)\x02([^\x03]*)\x03/push @$constants, [ $1, $2 ]; $render->(scalar @$constants, $2, $1)/ge;
	return $text;
}

# LIMIT and OFFSET, of a table with so many rows.
sub limits
{
	my ($rows, $skips) = @_;
	my $limit = pick(undef, undef, 0, 1, 2, 3, 10, 10, 10, 100, int(rand $rows), 'NULL');
	my $offset = !$skips ? undef : pick(0, 1, 5, int($rows / 2), $rows - 3, $rows, int(rand $rows), int(rand $rows), int(rand $rows), int($rows * 0.9), 9e18, 'NULL');
	my ($l, $o) = map { defined $_ ? "\x01" . ($_ eq 'NULL' ? $_ : sprintf "'%.0f'", $_) . "\x02bigint\x03" : '' } $limit, $offset;
	return ($l ne '' ? "LIMIT $l " : '') . ($o ne '' ? "OFFSET $o" : '');
}

1;
