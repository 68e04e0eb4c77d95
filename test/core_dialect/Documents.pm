# Random documents for test/t/011_core_dialect.pl, as JSON text, since jsonb keeps how a number was written (20.0 is
# not 20 as text). A value is [kind, what]: [num => '20.0'], [str => 'x'], [lit => 'true'], [arr => [values]],
# [obj => [[name, value], ...]].
#
# Draws come from rand(), which is perl's own since 5.20: a seed gives the same test everywhere.
package Documents;
use strict;
use warnings;
use utf8;
use Exporter 'import';
our @EXPORT = qw(pick chance new_focus document json text_of places spot any_value any_name any_text);

# Around zero, the limits of types, what is no double, halves that casts round, and one number written in many ways.
my @numbers = qw(
	20 20.0 20.00 2e1 200e-1 0.2e2 -20 -20.0 0 -0 0.0 1 1.0 -1 2 5 10 0.5 -0.5 1.5 2.5 3.5 -2.5 0.1 0.10 0.3
	0.30000000000000004 0.1000000000000000055511151231257827 0.09999999999999999 1e400 -1e400 1e-400 -1e-400 1e309
	1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 1.8e308 -1.7976931348623157e308 -1.8e308
	2.2250738585072014e-308 2.2250738585072011e-308 1e-310 -1e-310 4.9e-324 5e-324 2e-324 -5e-324 3.4028235e38 3.5e38
	-3.5e38 1.1754944e-38 1e-40 1e-46 16777216 16777217 32767 32767.4 32767.5 -32768 -32768.5 32768 2147483647
	2147483647.4 2147483647.5 2147483648 -2147483648 -2147483648.5 -2147483649 9007199254740992 9007199254740993
	9223372036854775807 9223372036854775807.4 9223372036854775807.5 9223372036854775808 -9223372036854775808
	-9223372036854775809 123456789012345678901234567890 123456789012345678901234567890.5 1e22 1e15 1e16 1e-7 99.99
	100 100.01 9999.995 99999999);

# Texts that casts and patterns take an interest in.
my @texts = (
	'', ' ', 'a', 'A', 'b', 'ab', 'abc', 'aBc', 'ABC', 'abcabc', 'b a', 'warm', 'WARM', 'Warm start', 'adam', 'adamw', 'i', 'I', 'ı', 'İ',
	'il', 'IL', 'k', 'K', "\x{212A}", 'ß', 'ss', 'SS', 'ẞ', 'é', 'É', "e\x{301}", 'éa', 'Éa', 'σ', 'ς', 'Σ', 'ж', 'Ж', '日本', '日本語', '😀',
	'a😀b', '%', '_', '\\', '%%', 'a%b', 'a_b', 'a\\b', '\\%', '"', "'", '"a"', "it's", "a\nb", "a\tb", "\x01", "\x7f", "a ", ' a',
	'20', '20.0', '20.00', '2e1', '2E1', '+20', '020', ' 20', '20 ', ' 20 ', '-20', '0', '-0', '0.0', '.5', '5.', '0.1', '1e400', '1e-400',
	'1e309', '0x10', '1_000', '1', '2147483648', '9223372036854775807', '9223372036854775808', '99.99', 'NaN', 'nan', '-NaN', 'Infinity', '-Infinity',
	'infinity', '-infinity', 'inf', 'true', 'false', 'TRUE', 'True', 't', 'f', 'yes', 'no', 'on', 'off', 'o', ' true ', 'tru', 'null', 'NULL',
	'[]', '[1]', '[1, 2]', '{}', '{"a": 1}', '["a"]', 'number', 'string', 'object', 'now', 'today', 'epoch', 'allballs');

my @dates = (
	'2024-01-15', '2024-01-15T00:00:00Z', '2024-01-15T01:00:00+01:00', '2024-01-14T19:00:00-05:00', '2024-01-15 00:00:00', '2024-01-15T00:00',
	'2024-01-14T23:59:60Z', '2024-01-15T23:59:59.999999Z', '2024-01-15T23:59:59.9999999Z', '2024-01-16', '2024-01-16T12:00:00+14:00',
	'2024-01-14', '2024-01-14T12:00:00-12:00', '2024-01', '2024-02-29', '2024-02-30', '2023-02-29', '1970-01-01', '0001-01-01', '9999-12-31',
	'9999-12-31T23:59:59Z', '2024-1-5', '15.01.2024', '01/15/2024', '20240115', '2024-01-15T24:00:00Z', ' 2024-01-15', 'January 15, 2024',
	'2024-01-15T10:00:00+15:59', '2024-01-15 BC', '294276-12-31', '2024-01-15T10:00', '2000-01-01T00:00:00.5Z');

my @uuids = ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{a0eebc999c0b4ef8bb6d6bb9bd380a11}');

my @names = qw(a b c k loss notes tags lr A é);
my @dotted_names = ('a.b', 'b.c', 'a.b.c', 'a.', '.', '.a', '0.a');
my @odd_names = ('', ' ', '0', '1', '-1', ' 0', '+1', '00', '1a', '"', "'", '\\', 'a b', '%', '_', '日本', '{a}', 'a,b', 'null', "a\tb");
my @long_names = map { my $n = $_; ('k' x $n) } 127, 128, 129, 130;
push @long_names, 'k' x 128 . '0123456789abcdef', 'k' x 140 . 'x', 'k' x 140 . 'y', 'k' x 127 . 'é', 'k' x 100 . 'é' x 30;

sub pick { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }

# Strings on both sides of 96 bytes, where the index cuts them, that differ late.
sub long_text
{
	my $n = pick(60, 90, 94, 95, 96, 97, 98, 120, 200);
	return pick('x', 'é', 'X', 'ab', '日') x $n . pick('', '', '1', '2', '%', 'É') if chance(0.3);
	return pick('x', 'y') x $n . pick('', '1', '2', 'warm', '%');
}

sub any_text
{
	my $r = rand;
	return $r < 0.65 ? pick(@texts) : $r < 0.85 ? pick(@dates) : $r < 0.9 ? pick(@uuids) : long_text();
}

sub any_scalar
{
	my $r = rand;
	return [ num => pick(@numbers) ] if $r < 0.38;
	return [ num => int(rand 12) - 3 ] if $r < 0.45;
	return [ str => any_text() ] if $r < 0.86;
	return [ lit => pick(qw(true false)) ] if $r < 0.94;
	return [ lit => 'null' ];
}

# What comes back in most documents of a set: keys, and values. A plain set has neither dots in names nor documents
# that are no objects, so that the index need not doubt paths.
sub new_focus
{
	my $plain = chance(0.45);
	my @keys = map { any_name($plain) } 1 .. 3 + rand 3;
	my @values = map { chance(0.85) ? any_scalar() : any_value({ keys => \@keys }, 2) } 1 .. 6 + rand 14;
	# one kind of values alone lets casts succeed
	my $kind = pick('any', 'any', 'num', 'date', 'lit', 'int');
	@values = map { [ num => pick(@numbers) ] } @values if $kind eq 'num';
	@values = map { [ num => int rand 40 ] } @values if $kind eq 'int';
	@values = map { [ str => pick(@dates[ 0 .. 12 ]) ] } @values if $kind eq 'date';
	@values = map { [ lit => pick(qw(true false null)) ] } @values if $kind eq 'lit';
	my $stray = $kind eq 'any' ? 0.2 : pick(0, 0, 0.02);
	return { plain => $plain, keys => \@keys, values => \@values, stray => $stray };
}

sub any_name
{
	my $plain = shift;
	my $r = rand;
	return pick(@names) if $r < 0.7;
	return $plain ? pick(@names) : pick(@dotted_names) if $r < 0.82;
	return pick(@odd_names) if $r < 0.93;
	return pick(@long_names);
}

sub name_of { my $focus = shift; return chance(0.85) ? pick(@{ $focus->{keys} }) : any_name($focus->{plain}) }

sub any_value
{
	my ($focus, $depth) = @_;
	my $r = rand;
	$r = 0 if defined $focus->{stray} && $focus->{stray} < 0.1 && !chance($focus->{stray});
	if ($r < 0.72 || $depth > 3)
	{
		return $focus->{values} && !chance($focus->{stray}) ? pick(@{ $focus->{values} }) : any_scalar();
	}
	return [ lit => 'null' ] if $r < 0.76;
	return [ arr => [ map { any_value($focus, $depth + 1) } 1 .. rand 4 ] ] if $r < 0.88;
	return object($focus, $depth + 1, int rand 4);
}

sub object
{
	my ($focus, $depth, $n) = @_;
	return [ obj => [ map { [ name_of($focus), any_value($focus, $depth) ] } 1 .. $n ] ];
}

sub document
{
	my $focus = shift;
	if (!$focus->{plain} && chance(0.06))
	{
		my $r = rand;
		return $r < 0.4 ? any_scalar() : [ arr => [ map { chance(0.5) ? object($focus, 1, 2) : any_value($focus, 1) } 1 .. rand 4 ] ];
	}
	return object($focus, 1, chance(0.05) ? 0 : 1 + int rand 5);
}

sub json_string
{
	my $s = shift;
	$s =~ s/(["\\])/\\$1/g;
	$s =~ s/([\x00-\x1f])/sprintf '\u%04x', ord $1/ge;
	return qq("$s");
}

sub json
{
	my ($kind, $what) = @{ $_[0] };
	return json_string($what) if $kind eq 'str';
	return '[' . join(', ', map { json($_) } @$what) . ']' if $kind eq 'arr';
	return '{' . join(', ', map { json_string($_->[0]) . ': ' . json($_->[1]) } @$what) . '}' if $kind eq 'obj';
	return $what;
}

# What ->> prints, or nearly.
sub text_of
{
	my ($kind, $what) = @{ $_[0] };
	return $kind eq 'str' ? $what : json($_[0]);
}

# Every path into a document with the value there: [[steps], value]; positions are numbers by reference.
sub places
{
	my ($value, @steps) = @_;
	my ($kind, $what) = @$value;
	my @all = @steps ? [ \@steps, $value ] : ();
	push @all, map { places($_->[1], @steps, $_->[0]) } @$what if $kind eq 'obj';
	push @all, map { places($what->[$_], @steps, \($_ + 0)) } 0 .. $#$what if $kind eq 'arr';
	return @all;
}

# Names on the way joined by a dot, or one with a dot split: the index has one key for both.
sub respelled
{
	my ($steps, $value) = @{ $_[0] };
	return $_[0] if grep { ref } @$steps;
	return [ [ join '.', @$steps ], $value ] if @$steps > 1;
	my @names = split /\./, $steps->[0];
	return @names > 1 ? [ \@names, $value ] : $_[0];
}

# One of the places of a set, or a path made up.
sub spot
{
	my ($focus, $places) = @_;
	return respelled(spot($focus, [ grep { @{ $_->[0] } > 1 || $_->[0][0] =~ /\./ } @$places ])) if chance(0.05);
	my @top = grep { @{ $_->[0] } == 1 } @$places;
	return pick(@top) if @top && chance(0.6);
	return pick(@$places) if @$places && chance(0.75);
	return [ [ map { chance(0.1) ? \(int(rand 4) - 2) : name_of($focus) } 1 .. pick(1, 1, 1, 2, 2, 3) ], any_value($focus, 2) ];
}

1;
