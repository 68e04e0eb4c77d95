# The order of src/. Prints what is against it, and fails.
#
# Folders are layers: a file includes what lies in its own folder and in those before it, as "folder/file.h".
# A header declares no function that another file than its own defines.
# Within a folder no file uses itself by way of others: what its header or its .c includes, and whose functions it calls.
# A file starts with its includes in blocks, each sorted: postgres.h; the system's; the server's; those of src/.
# No line is longer than 100 columns, but for one that is a string: messages are not broken, to be searched for.
use strict;
use warnings;

my @layers = qw(base value filter dialect gin index build scan plan check store explore);
my %place = map { $layers[$_] => $_ } 0 .. $#layers;
my $faults = 0;
my (%source, %definer, %uses, %state);
my $columns = 100;
my $generated = 'src/value/casefold_table.h';

sub fault { print "@_\n"; $faults++; }

sub read_file
{
	local (@ARGV, $/) = @_;

	return scalar <>;
}

# Return a file's source without its comments and the contents of its strings, but for what it includes.
sub slurp
{
	my $source = read_file(@_);

	$source =~ s{/\*.*?\*/}{}gs;
	$source =~ s{^(?!#include)(.*)$}{ $1 =~ s/"(?:[^"\\]|\\.)*"/""/gr }gme;
	return $source;
}

# Return what a file and its header are called together: folder/name.
sub unit { $_[0] =~ m{^(?:src/)?(.*)\.[ch]$} ? $1 : $_[0] }

sub folder { $_[0] =~ m{^(\w+)/} ? $1 : '' }

sub check_includes
{
	my ($file) = @_;
	my $unit = unit($file);
	my $folder = folder($unit);

	fault("$file: no layer is called $folder") if $folder ne '' && !exists $place{$folder};
	while ($source{$file} =~ /^#include "([^"]+)"/mg)
	{
		my $included = $1;

		next unless -e "src/$included" || -e "src/" . ($folder || '.') . "/$included";
		fault("$file: includes \"$included\" without its folder") unless $included =~ m{^(\w+)/};
		$uses{$unit}{unit($included)} = 1;
		next unless $folder ne '' && $included =~ m{^(\w+)/} && exists $place{$1};
		fault("$file: includes \"$included\", which lies in a higher layer") if $place{$1} > $place{$folder};
	}
}

# Return in which block an include is.
sub block
{
	my ($include) = @_;

	return 0 if $include eq '"postgres.h"';
	return 1 if $include =~ /^</;
	return $include =~ m{^"(\w+)/} && exists $place{$1} ? 3 : 2;
}

# What is included in some version or machine only stands by itself, and is left out here.
sub check_include_blocks
{
	my ($file) = @_;
	my $include = qr/#include[^\n]*\n/;
	my $conditional = qr/#if[^\n]*\n(?:$include)+(?:#else\n(?:$include)+)?#endif[^\n]*\n/;
	my ($head) = read_file($file) =~ /^((?:$include)(?:$include|$conditional|\n)*)/m or return;
	my $last = -1;

	$head =~ s/$conditional\n*//g;
	for my $lines (split /\n{2,}/, $head)
	{
		my @included = $lines =~ /^#include (\S+)/mg;
		my $block = block($included[0]);

		fault("$file: mixes in a block of includes those of the server, the system or src/")
		  if grep { block($_) != $block } @included;
		fault("$file: has its blocks of includes in another order, or one of them twice") if $block <= $last;
		fault("$file: its includes from $included[0] on are not sorted") if "@included" ne join ' ', sort @included;
		$last = $block;
	}
}

# Return how many columns a line has, with tabs of 4.
sub width
{
	my ($line) = @_;

	utf8::decode($line);
	$line =~ s/\G([^\t]*)\t/$1 . ' ' x (4 - length($1) % 4)/ge;
	return length $line;
}

sub is_string
{
	my $string = qr/"(?:[^"\\]|\\.)*"(?: [A-Z_]+ )?/;

	return $_[0] =~ /^\s*(?:#define \w+\s+|return |[\w.>-]+ = )?(?:\w+\()?(?:$string)+[);,]*(?: :)?\\?$/;
}

sub check_columns
{
	my ($file) = @_;
	my $number = 0;

	return if $file eq $generated;
	for my $line (split /\n/, read_file($file))
	{
		$number++;
		fault("$file:$number: is longer than $columns columns") if width($line) > $columns && !is_string($line);
	}
}

sub note_definitions
{
	my ($file) = @_;

	$definer{$1} = $file while $source{$file} =~ /^(?!static\b)\w[^\n]*\n(\w+)\([^;{}]*\)\s*\n\{/mg;
}

sub check_declarations
{
	my ($file) = @_;

	while ($source{$file} =~ /^extern\b[^;(]*?(\w+)\s*\(/mg)
	{
		my $definer = $definer{$1};

		fault("$file: declares $1(), which $definer defines") if $definer && unit($definer) ne unit($file);
	}
}

sub note_calls
{
	my ($file) = @_;

	while ($source{$file} =~ /\b(\w+)\b/g)
	{
		$uses{unit($file)}{unit($definer{$1})} = 1 if $definer{$1};
	}
}

# Follow what a file uses in its folder; the path is how it was come to.
sub find_cycles
{
	my ($unit, @path) = @_;

	$state{$unit} = 'open';
	for my $used (sort grep { $_ ne $unit && folder($_) eq folder($unit) } keys %{ $uses{$unit} })
	{
		my $state = $state{$used} // '';
		my ($start) = grep { ($path[$_] // '') eq $used } 0 .. $#path;

		fault("a cycle: " . join(' uses ', @path[ ($start // @path) .. $#path ], $unit, $used)) if $state eq 'open';
		find_cycles($used, @path, $unit) if $state eq '';
	}
	$state{$unit} = 'done';
}

my @files = sort glob('src/*.[ch] src/*/*.[ch]');
my @headers = grep { /\.h$/ } @files;
my @sources = grep { /\.c$/ } @files;

$source{$_} = slurp($_) for @files;
check_includes($_) for @files;
check_include_blocks($_) for @files;
check_columns($_) for @files;
note_definitions($_) for @sources;
check_declarations($_) for @headers;
note_calls($_) for @sources;
find_cycles($_) for grep { !$state{$_} } map { unit($_) } @files;
exit($faults > 0);
