# Random clauses of core's operators for test/t/011_core_dialect.pl, and of detmeta's own beside them.
#
# Constants are marked, so that a clause can be asked with them written out, with parameters of a prepared statement,
# or with columns of another table in their place (rendered()).
package Expressions;
use strict;
use warnings;
use utf8;
use Exporter 'import';
use Documents;
our @EXPORT = qw(clauses literal order rendered with_nulls);

my ($open, $middle, $close) = ("\x{E000}", "\x{E001}", "\x{E002}");

# What expressions are drawn from: the focus and the places of a set of documents.
my ($focus, $places, $nocase);

sub literal
{
	my $s = shift;
	return 'NULL' unless defined $s;
	$s =~ s/'/''/g;
	return "'$s'";
}

sub constant { my ($type, $value) = @_; return $open . $type . $middle . literal($value) . $close }

# A clause with its constants as "place" says: a function of a constant's number, type and text. They go to the list.
sub rendered
{
	my ($clause, $place, $constants) = @_;
	$clause =~ s/$open(.*?)$middle(.*?)$close/
		push @$constants, "$2::$1" if $constants;
		$place ? $place->($constants ? scalar @$constants : 0, $1, $2) : "$2::$1"/gse;
	return $clause;
}

# A clause with a few of its constants made NULL.
sub with_nulls
{
	my $clause = shift;
	$clause =~ s/($middle)(.*?)($close)/$1 . (chance(0.02) ? 'NULL' : $2) . $3/gse;
	return $clause;
}

sub array_text
{
	return '{' . join(',', map { my $s = $_; defined $s ? do { $s =~ s/(["\\])/\\$1/g; qq("$s") } : 'NULL' } @_) . '}';
}

# ---- paths ----

sub step_text { my $step = shift; return ref $step ? $$step : $step }

sub function_steps { return join ', ', map { constant('text', step_text($_)) } @_ }

sub steps_array
{
	my @steps = map { step_text($_) } @_;
	return constant('text[]', array_text(@steps)) if chance(0.6);
	return 'ARRAY[' . join(', ', map { constant('text', $_) } @steps) . ']::text[]';
}

# Go on along a path by so many steps, in one of the ways there are. Text is asked of the last way only.
sub go_on
{
	my ($from, $text, @steps) = @_;
	my $r = rand;
	if (@steps == 1 && $r < 0.6)
	{
		my $step = ref $steps[0] ? constant('int', ${ $steps[0] }) : constant('text', $steps[0]);
		return "($from " . ($text ? '->>' : '->') . " $step)" if $r < 0.54;
		my $name = ref $steps[0] ? 'jsonb_array_element' : 'jsonb_object_field';
		return $name . ($text ? '_text' : '') . "($from, $step)";
	}
	return "($from " . ($text ? '#>>' : '#>') . ' ' . steps_array(@steps) . ')' if $text || $r < 0.7 || !@steps;
	return "jsonb_extract_path($from, " . function_steps(@steps) . ')' if $r < 0.8;
	return "($from)" . join('', map { '[' . constant(ref $_ ? 'int' : 'text', step_text($_)) . ']' } @steps);
}

sub path
{
	my ($text, @steps) = @_;
	my $path = pick('metadata', 'metadata', 'metadata', 'metadata', 'metadata', '(metadata)::jsonb', "(metadata #> '{}')");
	return "jsonb_extract_path_text($path, " . function_steps(@steps) . ')' if $text && @steps && chance(0.08);
	return "((metadata)::json ->> " . constant('text', $steps[0]) . ')' if $text && @steps == 1 && !ref $steps[0] && chance(0.02);
	while (@steps)
	{
		my @now = splice @steps, 0, 1 + int rand @steps;
		$path = go_on($path, $text && !@steps, @now);
		$text = 0 unless @steps;
	}
	return $text ? "($path #>> '{}')" : $path;
}

sub json_path { return path(0, @_) }
sub text_path { return path(1, @_) }

# ---- values ----

# A value near one, of its kind.
sub near
{
	my ($kind, $what) = @{ $_[0] };
	return [ num => pick("${what}1", "-$what", '0', '1', $what) ] if $kind eq 'num' && $what !~ /e|^-/;
	return [ str => pick($what . 'a', substr($what, 0, -1), uc $what, lc $what, " $what") ] if $kind eq 'str' && $what ne '';
	return $_[0];
}

sub value_near_spot
{
	my $value = shift;
	my $r = rand;
	return $r < 0.6 ? $value : $r < 0.75 ? near($value) : $r < 0.9 && @$places ? pick(@$places)->[1] : any_value($focus, 1);
}

sub json_constant { return constant('jsonb', json(value_near_spot($_[0]))) }

sub text_value
{
	my $text = text_of(value_near_spot($_[0]));
	$text =~ s/\.0+$// if chance(0.1);
	return $text;
}

sub text_constant { return constant('text', text_value($_[0])) }

my @ranges = ('<', '<=', '>', '>=');

# subject operator value, in the ways of comparison; "value" makes a constant's text, which no SQL escapes yet.
sub comparison
{
	my ($subject, $type, $value, $collate) = @_;
	my $one = sub { constant($type, chance(0.02) ? undef : $value->()) . $collate };
	my $list = sub {
		my @values = map { chance(0.08) ? undef : $value->() } 1 .. pick(1, 1, 2, 3, 3, 5);
		return @values;
	};
	my $r = rand;
	return "$subject = " . $one->() if $r < 0.2;
	return "$subject <> " . $one->() if $r < 0.3;
	return "$subject " . pick(@ranges) . ' ' . $one->() if $r < 0.48;
	return $one->() . ' ' . pick('=', '<>', @ranges) . " $subject" if $r < 0.56;
	return "$subject " . pick('BETWEEN', 'BETWEEN', 'NOT BETWEEN', 'BETWEEN SYMMETRIC') . ' ' . $one->() . ' AND ' . $one->() if $r < 0.66;
	return "$subject " . pick('IN', 'IN', 'NOT IN') . ' (' . join(', ', map { constant($type, $_) . $collate } $list->()) . ')' if $r < 0.78;
	return "$subject " . pick('= ANY', '= ANY', '<> ALL', '= ALL', '<> ANY', '< ANY', '>= ALL') . ' (' . constant("$type\[]", array_text(chance(0.05) ? () : $list->())) . ')'
	  if $r < 0.88;
	return "$subject " . pick('IS DISTINCT FROM', 'IS NOT DISTINCT FROM') . ' ' . $one->();
}

# ---- leaves ----

sub collation
{
	my $r = rand;
	return $r < 0.8 ? '' : $r < 0.92 || !$nocase ? ' COLLATE "C"' : ' COLLATE core_dialect.nocase';
}

# A subject, or at times what stands in for it where it is NULL: a constant, or another subject before that.
sub or_else
{
	my ($subject, $other, $constant) = @_;
	return $subject unless chance(0.08);
	my $r = rand;
	return "coalesce($subject, " . $constant->() . ')' if $r < 0.75;
	return "coalesce($subject, " . $other->(spot($focus, $places)->[0]) . ($r < 0.9 ? ', ' . $constant->() : '') . ')';
}

sub compared_json
{
	my ($steps, $value) = @_;
	my $subject = or_else(json_path(@$steps), sub { json_path(@{ $_[0] }) }, sub { json_constant($value) });
	return comparison($subject, 'jsonb', sub { json(value_near_spot($value)) }, '');
}

sub compared_text
{
	my ($steps, $value) = @_;
	my $type = chance(0.06) ? pick('varchar', 'name', 'bpchar', 'varchar(3)') : 'text';
	my $subject = text_path(@$steps);
	$subject .= '::' . pick('varchar', 'text', 'bpchar', 'varchar(2)', 'name', 'char(4)') if chance(0.06);
	$subject = or_else($subject, sub { text_path(@{ $_[0] }) }, sub { text_constant($value) });
	return comparison($subject, $type, sub { text_value($value) }, collation());
}

my %casts = (
	numeric => [qw(20 20.0 0 1 -1 0.1 1e400 -1e400 1e-400 NaN Infinity -Infinity 99.99 100 2147483648 0.30000000000000004)],
	float8 => [qw(20 0 -0 1 -1 0.1 0.3 0.30000000000000004 1e-310 5e-324 -5e-324 2.2250738585072014e-308 1.7976931348623157e308
		-1.7976931348623157e308 NaN Infinity -Infinity 9007199254740992 9007199254740993 9223372036854775807)],
	float4 => [qw(20 0 1 0.1 16777217 3.4028235e38 1e-45 NaN Infinity)],
	int => [qw(20 0 1 -1 2 3 -2147483648 2147483647)],
	bigint => [qw(20 0 1 2147483648 9223372036854775807 -9223372036854775808 9007199254740993)],
	smallint => [qw(20 0 1 32767 -32768)],
	boolean => [qw(true false)],
	timestamptz => ['2024-01-15', '2024-01-15 00:00:00+00', '2024-01-14 19:00:00-05', 'infinity', '-infinity', '0001-01-01', '9999-12-31',
		'4713-01-01 BC', '294276-12-31', '2024-01-16 12:00:00+14', 'epoch'],
	timestamp => ['2024-01-15', '2024-01-15 23:59:59.999999', 'infinity', '1970-01-01', '294276-12-31'],
	date => ['2024-01-15', '2024-01-16', '2024-01-14', 'infinity', '-infinity', '5874897-12-31', '4713-01-01 BC', '1970-01-01'],
	uuid => ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
	time => ['00:00:00', '10:00'],
	'numeric(6,2)' => [qw(20 99.99 100 0.1)],
	interval => ['1 day', '20'],
	jsonb => ['20', '"a"', '{"a": 1}']);
my @usual_casts = qw(numeric numeric numeric float8 float8 float8 int int bigint boolean timestamptz timestamptz date date timestamp float4 smallint);

# Types of constants that a cast is compared with, by operators between types.
my %other_types = (int => [qw(int bigint smallint)], bigint => [qw(bigint int)], smallint => [qw(smallint int)], float8 => [qw(float8 float8 float4)],
	float4 => [qw(float4 float8)], timestamptz => [qw(timestamptz timestamptz date timestamp)], date => [qw(date date timestamptz timestamp)],
	timestamp => [qw(timestamp date timestamptz)]);

sub cast_subject
{
	my ($cast, @steps) = @_;
	my $of_json = $cast =~ /^(?:numeric|float|int|bigint|smallint|boolean)/ && $cast ne 'interval' && chance(0.35);
	return '(' . ($of_json ? json_path(@steps) : text_path(@steps)) . ")::$cast";
}

sub compared_cast
{
	my ($steps, $value) = @_;
	my $cast = chance(0.92) ? pick(@usual_casts) : pick(sort keys %casts);
	my $type = $other_types{$cast} && chance(0.3) ? pick(@{ $other_types{$cast} }) : $cast;
	my $subject = cast_subject($cast, @$steps);
	my @pool = @{ $casts{$type} };
	if ($type =~ /^(?:numeric|float8|int|bigint)$/ && $value->[0] eq 'num' && $value->[1] =~ /^-?\d{1,5}(\.\d+)?$/)
	{
		my $n = $value->[1];
		$n =~ s/\..*// if $type =~ /int/;
		push @pool, ($n) x 15;
	}
	return pick($subject, $subject, "NOT $subject", "$subject IS TRUE", "$subject IS NOT TRUE", "$subject = true", "$subject IS NULL", "true = $subject")
	  if $cast eq 'boolean' && chance(0.6);
	$subject = "($subject + 1)" if $cast eq 'int' && chance(0.03);
	$subject = "-$subject" if $cast eq 'numeric' && chance(0.03);
	return "$subject IS " . pick('NULL', 'NOT NULL') if chance(0.08);
	$subject = or_else($subject, sub { cast_subject($cast, @{ $_[0] }) }, sub { constant($cast, pick(@{ $casts{$cast} })) });
	return comparison($subject, $type, sub { pick(@pool) }, '');
}

sub pattern_text
{
	my $text = text_value($_[0]);
	my $start = chance(0.4) ? 0 : int rand(1 + length $text);
	my $piece = substr $text, $start, chance(0.3) ? length $text : int rand 7;
	$piece = pick(uc $piece, lc $piece) if chance(0.25);
	$piece =~ s/([%_\\])/\\$1/g if chance(0.7);
	$piece =~ s/(.)/\\$1/ if chance(0.06);
	substr($piece, int rand length $piece, 1) = pick('_', '%', '%%') if $piece ne '' && chance(0.15);
	$piece .= pick('\\', '_', '%', '\\_', '') if chance(0.1);
	return pick('', '%', '%', '_') . $piece . pick('', '%', '%', '%', '_%');
}

sub matched
{
	my ($steps, $value) = @_;
	my $subject = text_path(@$steps);
	my $r = rand;
	my $collate = collation();
	my $pattern = sub { constant('text', chance(0.01) ? undef : pattern_text($value)) . $collate };
	return "$subject " . pick('LIKE', 'LIKE', 'NOT LIKE') . ' ' . $pattern->() if $r < 0.35;
	return "$subject " . pick('ILIKE', 'ILIKE', 'NOT ILIKE') . ' ' . $pattern->() if $r < 0.53;
	return "$subject " . pick('LIKE', 'ILIKE') . ' ' . constant('text', pattern_text($value)) . ' ESCAPE ' . literal(pick('', '#', '\\', '/', '%')) if $r < 0.57;
	return pick('upper', 'lower') . "($subject) = " . pick('upper(', 'lower(') . text_constant($value) . ')' if $r < 0.63;
	return pick('upper', 'lower') . "($subject) " . pick('=', '<>', '<') . ' ' . text_constant($value) . $collate if $r < 0.68;
	return pick('upper', 'lower') . "($subject) " . pick('LIKE', 'NOT LIKE') . ' ' . pick('upper(', 'lower(', '(') . $pattern->() . ')' if $r < 0.75;
	return pick("starts_with($subject, ", "($subject ^@ ") . text_constant($value) . ')' if $r < 0.81;
	return "starts_with($subject, left(" . text_constant($value) . ', 2))' if $r < 0.84;
	return "$subject " . pick('~', '~*', '!~') . ' ' . constant('text', pick('^a', 'b$', '[0-9]+', '^$', '^\s', '(', 'warm', '^x+1?$')) if $r < 0.9;
	return "strpos($subject, " . text_constant($value) . ') > 0' if $r < 0.93;
	return "(metadata #>> '{}') LIKE " . $pattern->() if $r < 0.95;
	return strange($subject, $value);
}

# Functions of a path that nothing special is known of.
sub strange
{
	my ($subject, $value) = @_;
	my $text = text_constant($value);
	return pick("length($subject) > 2", "left($subject, 1) = left($text, 1)", "($subject || 'a') = ($text || 'a')", "nullif($subject, '') = $text",
		"coalesce($subject, 'z') = $text", "concat($subject, 'a') LIKE '%a'", "greatest($subject, 'a') = $text", "$subject SIMILAR TO '[0-9a-c]+'",
		"md5($subject) < 'a'", "trim($subject) = $text", "$text LIKE $subject", "$text LIKE $subject || '%'", "replace($subject, 'a', 'b') = $text",
		"$subject = $subject", "$subject = lower($subject)", "(length($subject) / 0) = 1", "left($subject, -1)::int = 2");
}

sub kind_test
{
	my ($steps) = @_;
	my $subject = 'jsonb_typeof(' . json_path(@$steps) . ')';
	return "$subject IS " . pick('NULL', 'NOT NULL') if chance(0.1);
	return comparison($subject, 'text', sub { pick(qw(null boolean number number string string array object date), '') }, '');
}

sub null_test
{
	my ($steps) = @_;
	my $subject = chance(0.5) ? json_path(@$steps) : text_path(@$steps);
	$subject = pick("upper($subject)", "($subject || 'a')", "NOT ($subject = 'a')") if $subject =~ /->>/ && chance(0.06);
	return '(' . $subject . ') IS ' . pick('NULL', 'NOT NULL');
}

sub existence
{
	my ($steps) = @_;
	my @steps = @$steps;
	my $last = step_text(pop @steps);
	@steps = @$steps if chance(0.1);
	my $name = sub { chance(0.6) ? $last : chance(0.5) ? step_text(spot($focus, $places)->[0][-1]) : any_text() };
	my $subject = json_path(@steps);
	my $names = constant('text[]', array_text(map { chance(0.05) ? undef : $name->() } 1 .. pick(0, 1, 1, 2, 2, 3)));
	return pick("$subject ? " . constant('text', $name->()), "jsonb_exists($subject, " . constant('text', $name->()) . ')', "$subject ?| $names", "$subject ?& $names");
}

sub containment
{
	my ($steps, $value) = @_;
	my @steps = @$steps;
	my @outer = splice @steps, 0, int rand(@steps + 1) if chance(0.3);
	my $part = value_near_spot($value);
	$part = [ arr => [ $part ] ] if chance(0.12);
	$part = ref $_ ? [ arr => [ $part ] ] : [ obj => [ [ $_, $part ], chance(0.1) ? [ 'b', any_value($focus, 2) ] : () ] ] for reverse @steps;
	my $constant = constant('jsonb', chance(0.05) ? pick('{}', '[]', 'null', '{"a": {}}', '[[]]', '[{}]') : json($part));
	my $whole = json_path(@outer);
	return chance(0.7) ? "$whole @> $constant" : chance(0.6) ? "$constant <@ $whole" : pick("$whole <@ $constant", "$constant @> $whole");
}

sub own_predicate
{
	my ($steps, $value) = @_;
	my $key = literal(join '.', map { step_text($_) } @$steps);
	my $number = $value->[0] eq 'num' ? $value->[1] : 20;
	return 'metadata @~ ' . constant('metadata_filter', pick('a is 20', 'loss < 5', 'b contains "a"', 'a is empty', 'not (k is true)', 'c is not empty')) if chance(0.4);
	return pick("metadata_is(metadata, $key, " . literal(text_of($value)) . '::text)', "metadata_lt(metadata, $key, $number)", "metadata_contains(metadata, $key, 'a'::text)",
		"metadata_is_empty(metadata, $key)", "metadata_not_empty(metadata, $key)", "metadata_is_not(metadata, $key, 20)", "metadata !@~ 'a is 20'");
}

sub column_test
{
	return pick('scope = 1', 'scope IN (0, 2)', 'touched = 0', 'touched > 0', 'id < 40', 'scope = ' . constant('int', 2), 'metadata IS NOT NULL', 'metadata IS NULL',
		'scope = ANY (' . constant('int[]', '{0,1}') . ')', 'true', 'false', 'NULL');
}

# ---- JSON paths ----

sub json_path_steps
{
	my $steps = join '', map { my $s = $_; ref $s ? "[$$s]" : chance(0.06) ? pick('.*', '.**', '[*]', '.size()', '.abs()', '[0 to last]') : do { $s =~ s/(["\\])/\\$1/g; qq(."$s") } } @_;
	$steps =~ s/\[-/[last-/g;
	$steps .= '[*]' if chance(0.12);
	return $steps;
}

# What a predicate says of a subject, which is a path that begins with $ or @.
sub json_path_comparison
{
	my ($subject, $value) = @_;
	my $near = value_near_spot($value);
	my $constant = $near->[0] =~ /arr|obj/ ? pick(20, '"a"', 'true', 'null') : json($near);
	my $operator = pick('==', '==', '==', '!=', '<>', '<', '<=', '>', '>=');
	my $r = rand;
	return "$subject $operator $constant" if $r < 0.7;
	return "$constant $operator $subject" if $r < 0.76;
	return "exists($subject)" if $r < 0.82;
	return "$subject starts with " . pick('"a"', '"2"', '""') if $r < 0.87;
	return "$subject like_regex " . pick('"a"', '"^2"', '"^$"') if $r < 0.91;
	return "$subject." . pick('type()', 'double()', 'size()') . " $operator " . pick('"number"', 20, 2) if $r < 0.95;
	return "$subject $operator " . pick('$."a"', '@', '$."k"') if $r < 0.98;
	return "exists($subject ? (" . json_path_comparison('@', $value) . '))';
}

# A predicate on what a path leads to, perhaps with others on it, or on what stands elsewhere.
sub json_path_predicate
{
	my ($subject, $value, $root) = @_;
	my $first = json_path_comparison($subject, $value);
	$first = pick("!($first)", "($first) is unknown") if chance(0.06);
	return $first if chance(0.6);
	my ($steps, $other) = @{ spot($focus, $places) };
	my $second = chance(0.6) ? json_path_comparison($subject, $value) : json_path_comparison($root . json_path_steps(@$steps), $other);
	return "($first) " . pick('&&', '&&', '||') . " ($second)";
}

# A JSON path, and whether it is a predicate.
sub json_path_text
{
	my ($steps, $value) = @_;
	my @steps = @$steps;
	my $mode = pick('', '', '', '', 'strict ', 'lax ');
	my $r = rand;
	return ($mode . '$' . json_path_steps(@steps), 0) if $r < 0.15;
	return ($mode . json_path_predicate('$' . json_path_steps(@steps), $value, '$'), 1) if $r < 0.5;
	my @inner = splice @steps, int rand(@steps + 1) if chance(0.5);
	my $rest = chance(0.1) ? json_path_steps(step_text(spot($focus, $places)->[0][-1])) : '';
	return ($mode . '$' . json_path_steps(@steps) . ' ? (' . json_path_predicate('@' . json_path_steps(@inner), $value, '@') . ")$rest", 0);
}

sub json_path_test
{
	my ($steps, $value) = @_;
	my @steps = @$steps;
	my @outer = chance(0.15) ? splice @steps, 0, int rand(@steps + 1) : ();
	my ($path, $is_predicate) = json_path_text(\@steps, $value);
	my $constant = constant('jsonpath', $path);
	my $subject = json_path(@outer);
	return "$subject @\@ $constant" if chance($is_predicate ? 0.5 : 0.05);
	return pick("jsonb_path_match($subject, $constant)", "jsonb_path_match_opr($subject, $constant)", "jsonb_path_match($subject, $constant, '{}', true)")
	  if $is_predicate && chance(0.7);
	return pick("$subject @? $constant", "$subject @? $constant", "jsonb_path_exists($subject, $constant)", "jsonb_path_exists_opr($subject, $constant)",
		"jsonb_path_exists($subject, $constant, '{}', true)",
		"jsonb_path_query_first($subject, $constant) = " . json_constant($value), "(jsonb_path_query_first($subject, $constant) #>> '{}') = " . text_constant($value));
}

sub whole_document
{
	my ($steps, $value) = @_;
	return pick('metadata = ' . json_constant($value), 'metadata > ' . json_constant($value), "jsonb_typeof(metadata) = 'object'", "metadata <> '{}'",
		"(metadata #>> '{}') = " . text_constant($value), "(metadata ->> NULL) = 'a'", "(metadata -> NULL::text) IS NULL", "(metadata #> '{a,NULL}') IS NULL",
		'metadata @> ' . json_constant($value), 'metadata ?| ARRAY[]::text[]', '(metadata #>> \'{}\')::numeric > 1', '(metadata)::int = 20');
}

my @leaves = ((\&compared_json) x 16, (\&compared_text) x 20, (\&compared_cast) x 24, (\&matched) x 16, (\&kind_test) x 4, (\&null_test) x 8, (\&existence) x 6,
	(\&containment) x 12, (\&own_predicate) x 4, (\&column_test) x 3, (\&json_path_test) x 8, (\&whole_document) x 3);

sub leaf
{
	my ($steps, $value) = @{ spot($focus, $places) };
	return '(' . pick(@leaves)->($steps, $value) . ')';
}

# ---- logic ----

# A leaf that the planner does not find to be NULL, true or false, by which it could take the group that holds it apart.
sub firm_leaf
{
	while (1)
	{
		my $leaf = leaf();
		(my $rest = $leaf) =~ s/IS (?:NOT )?NULL|\{[^\}]*\}//g;
		return $leaf unless $rest =~ /\bNULL\b|^\((?:true|false)\)$/;
	}
}

# A leaf is text; groups are ['AND', ...], ['OR', ...] and ['NOT', part], so that clauses() can take them apart.
sub tree
{
	my $depth = shift;
	my $r = rand;
	return $depth == 0 ? leaf() : firm_leaf() if $r < 0.35 + 0.2 * $depth;
	return [ pick('AND', 'OR'), map { tree($depth + 1) } 1 .. 2 + rand 2 ] if $r < 0.72;
	return [ 'NOT', tree($depth + 1) ] if $r < 0.82;
	my $part = written(tree($depth + 1));
	return "($part IS " . pick('TRUE', 'NOT TRUE', 'FALSE', 'NOT FALSE', 'UNKNOWN', 'NOT UNKNOWN') . ')' if $r < 0.9;
	return "coalesce($part, " . pick('true', 'false', 'false', 'NULL', leaf()) . ')' if $r < 0.94;
	return '(' . leaf() . pick(' = true', ' <> true', ' = false', ' IS DISTINCT FROM true') . ')' if $r < 0.95;
	return "(CASE WHEN $part THEN " . pick('true', 'true', 'false') . pick(' ELSE false', ' ELSE false', ' ELSE true', '') . ' END)';
}

sub written
{
	my $node = shift;
	return $node unless ref $node;
	my ($type, @parts) = @$node;
	return '(NOT ' . written($parts[0]) . ')' if $type eq 'NOT';
	return '(' . join(" $type ", map { written($_) } @parts) . ')';
}

# The clauses that the planner makes of a tree: ANDs are flattened, also those that NOT makes of OR.
sub apart
{
	my ($node, $negated) = @_;
	return $negated ? "(NOT $node)" : $node unless ref $node;
	my ($type, @parts) = @$node;
	return apart($parts[0], !$negated) if $type eq 'NOT';
	return map { apart($_, $negated) } @parts if $type eq ($negated ? 'OR' : 'AND');
	return written($negated ? [ 'NOT', $node ] : $node);
}

# What stands on top of a WHERE: clauses that all have to hold.
sub clauses
{
	($focus, $places, $nocase) = @_;
	return map { chance(0.45) ? leaf() : apart(tree(0), 0) } 1 .. pick(1, 1, 1, 1, 2, 2, 3);
}

# An expression to order rows by, its direction, and where NULLs go.
sub order
{
	($focus, $places, $nocase) = @_;
	# the index helps where most values are numbers
	my @numbers = grep { $_->[1][0] eq 'num' && @{ $_->[0] } == 1 } @$places;
	my ($steps) = @{ @numbers && chance(0.85) ? pick(@numbers) : spot($focus, $places) };
	my $r = rand;
	my $by = $r < 0.1 ? cast_subject(pick(@usual_casts), @$steps) : $r < 0.5 ? cast_subject(pick('numeric', 'float8'), @$steps) : $r < 0.8 ? json_path(@$steps) : text_path(@$steps) . pick('', ' COLLATE "C"');
	return ($by, pick('', ' ASC', ' DESC', ' DESC') . pick('', '', ' NULLS FIRST', ' NULLS LAST'));
}

1;
