# README.md and doc/reference.md are right: their statements run, in order and
# in one session for each, and print what they show.  The reference has every
# object of the extension, as the catalogs describe it, and nothing else.
# doc/architecture.md has every file of src/.  The figures of README.md are
# some of doc/benchmarks.md.  Links of all pages lead to files and headings that
# there are.
#
# A block in another language than SQL, on these pages and in doc/clients.md, is code of a program in test/clients/: each
# of its paragraphs is found in one of them.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use Page;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nmax_parallel_workers_per_gather = 0\nclient_min_messages = warning");
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE readme');
check_page('README.md', $node->connstr('readme'));

# The reference asks the runs of README's first sections.
$node->safe_psql('postgres', 'CREATE DATABASE reference');
run_page('README.md', $node->connstr('reference'), 'Getting started', 'Storing');
check_page('doc/reference.md', $node->connstr('reference'));

# Leave out what differs where code is moved: the space at the start of lines.
sub code
{
	my ($text) = @_;

	$text =~ s/^[ \t]+//mg;
	return $text;
}

my %languages = (c => 'c', js => 'mjs', python => 'py', java => 'java');
my $snippets = 0;
foreach my $page ('README.md', 'doc/reference.md', 'doc/clients.md')
{
	my $text = slurp_file($page);

	while ($text =~ /^```(c|js|python|java)\n(.*?)^```$/msg)
	{
		my ($language, $content) = ($1, $2);
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
		my @programs = map { code(slurp_file($_)) } glob("test/clients/*.$languages{$language}");

		foreach my $paragraph (split(/\n\s*\n/, $content))
		{
			my $wanted = code($paragraph) =~ s/\s+\z//r;

			ok((grep { index($_, $wanted) >= 0 } @programs) > 0, "$page line $line: is in test/clients");
			$snippets++;
		}
	}
}
cmp_ok($snippets, '>', 15, 'the pages have code of the clients');

# The reference: lists under headings.  What stands in `` at the start of an
# item, before the colon, are the names it is about.
sub read_reference
{
	my ($text) = @_;
	my $heading = '';
	my %found;

	foreach my $line (split(/\n/, $text))
	{
		$heading = $1 if $line =~ /^## (.*)/;
		next unless $line =~ /^- (`.*)/;
		my $item = $1;

		while ($item =~ /\G`([^`]+)`(?:, )?/gc)
		{
			push @{ $found{$heading} }, $1;
		}
	}
	return %found;
}

# Return a parameter in one of the ways it is given: of "value a or b", "value a" or "value b".
sub parameter
{
	my ($text, $way) = @_;
	my ($name, $types) = $text =~ /^(\s*\S+ )(.*)/;
	my @types = split(/ or /, $types);

	return $name . $types[ $way % @types ];
}

# Write out a signature with alternatives: f(a x or y, b x or y) is f(a x, b x) and f(a y, b y).
sub alternatives
{
	my ($signature) = @_;
	my ($name, $parameters, $result) = $signature =~ /^(\w+)\((.*?)\) (.*)/;
	my @parameters = split(/,/, $parameters);
	my ($ways) = sort { $b <=> $a } map { scalar(() = / or /g) + 1 } @parameters;

	return map {
		my $way = $_;
		"$name(" . join(',', map { parameter($_, $way) } @parameters) . ") $result";
	} 0 .. $ways - 1;
}

# Return the rows of a query.
sub rows
{
	my ($sql) = @_;

	return split(/\n/, $node->safe_psql('catalog', "LOAD 'detmeta'; $sql"));
}

# Compare two lists without regard to order; say what only one of them has.
sub same_names
{
	my ($found, $wanted, $name) = @_;
	my %in_found = map { $_ => 1 } @$found;
	my %in_wanted = map { $_ => 1 } @$wanted;

	is(join("\n", grep { !$in_found{$_} } sort keys %in_wanted), '', "$name: nothing is left out");
	is(join("\n", grep { !$in_wanted{$_} } sort keys %in_found), '', "$name: nothing is made up");
}

$node->safe_psql('postgres', 'CREATE DATABASE catalog');
$node->safe_psql('catalog', 'CREATE EXTENSION detmeta');
my %reference = read_reference(slurp_file('doc/reference.md'));
my $server_names = join(', ', map { "'$_'" } @{ $reference{'Called by the server'} });
my $members = "JOIN pg_depend AS d ON d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass"
  . " AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'detmeta') AND d.objid = ";

same_names(
	[ map { alternatives($_) } grep { /→/ } map { @$_ } values %reference ],
	[
		map { s/::\w+(\[\])?//gr } rows(
			"SELECT format('%s(%s) → %s', proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid))"
			  . " FROM pg_proc AS p $members p.oid AND d.classid = 'pg_proc'::regclass"
			  . " WHERE proname NOT IN ($server_names)")
	],
	'functions');
same_names($reference{'Called by the server'},
	[ rows("SELECT proname FROM pg_proc AS p $members p.oid AND d.classid = 'pg_proc'::regclass"
			. " WHERE proname IN ($server_names)") ],
	'functions that the server calls');
same_names($reference{'Types'},
	[ rows("SELECT typname FROM pg_type AS t $members t.oid AND d.classid = 'pg_type'::regclass AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)") ], 'types');
same_names($reference{'Operators'},
	[ rows("SELECT format('%s %s %s', oprleft::regtype, oprname, oprright::regtype)"
			. " FROM pg_operator AS o $members o.oid AND d.classid = 'pg_operator'::regclass") ],
	'operators');
same_names($reference{'Operator classes'},
	[ rows("SELECT format('%s (%s %s)', amname, opcintype::regtype, opcname) FROM pg_opclass AS o"
			. " JOIN pg_am AS a ON a.oid = opcmethod $members o.oid AND d.classid = 'pg_opclass'::regclass") ],
	'operator classes');
same_names($reference{'Settings'},
	[ rows("SELECT format('%s = %s', name, boot_val) FROM pg_settings WHERE name LIKE 'detmeta.%'") ], 'settings');

my @files = map { s/^src\///r } glob('src/{,*/}*.c');
same_names([ slurp_file('doc/architecture.md') =~ /`((?:\w+\/)?\w+\.c)`/g ], \@files, 'files of src/');

# Return what is between the marks for figures, as rows: lists of cells.
sub figures
{
	my ($page) = @_;
	my ($text) = slurp_file($page) =~ /^<!-- figures -->\n(.*)^<!-- end of figures -->/ms or die "$page has no figures";

	return map { [ split(/ *\| */, s/^\| //r) ] } grep { /^\| / } split(/\n/, $text);
}

my @measured = figures('doc/benchmarks.md');
my ($heading, @summary) = figures('README.md');
cmp_ok(@summary, '>=', 10, 'README.md has figures');
foreach my $row (@summary)
{
	my ($question, $ours, $its, $peer, $ratio) = @$row;
	my $agree = 0;
	my $peers;

	# Rows of medians: the question, a cell for each peer in the heading above, the ratio.
	foreach my $medians (@measured)
	{
		$peers = $medians if $medians->[0] eq 'question';
		next unless $medians->[0] eq $question =~ s/, per second$//r && $medians->[-1] eq $ratio;
		my %cell = map { $peers->[$_] => $medians->[$_] =~ s/\\\*$//r } 0 .. $#$peers;
		$agree = 1 if ($cell{metadata_ops} || $cell{'metadata_ops, project_id'} || $cell{'metadata_ops, trigram_keys'}) eq $ours
		  && ($cell{$peer} // '') eq $its;
	}
	ok($agree, "the figures of \"$question\" are those of doc/benchmarks.md");
}

# Return the anchors of a page: its headings, in lower case, with hyphens for spaces and no punctuation.
sub anchors
{
	my ($page) = @_;
	my $text = slurp_file($page) =~ s/^```.*?^```$//msgr;

	return map { lc(s/[^\w \-]//gr) =~ s/ /-/gr } $text =~ /^#+ (.*)$/mg;
}

foreach my $page ('README.md', 'CHANGELOG.md', glob('doc/*.md'))
{
	my ($folder) = $page =~ /^(.*\/)?/;
	my $text = slurp_file($page) =~ s/^```.*?^```$//msgr;
	my @broken;

	while ($text =~ /\]\(([^)\s]+)\)/g)
	{
		my $link = $1;

		next if $link =~ /^https?:/;
		my ($file, $anchor) = split(/#/, $link, 2);
		my $target = $file eq '' ? $page : ($folder // '') . $file;
		$target =~ s/^doc\/\.\.\///;
		push @broken, $link unless -e $target && (!defined $anchor || grep { $_ eq $anchor } anchors($target));
	}
	is(join("\n", @broken), '', "$page: all links lead somewhere");
}

$node->stop;
done_testing();
