# Statements of the documentation, run as they stand on the page.
#
#   ```sql      is run; a block ```text that follows it, with nothing but prose
#               between, is what psql prints
#   ```psql     is a session: statements behind the prompts "runs=> " and
#               "runs-> ", each followed by what psql prints, in 100 columns
#
# All blocks of a page run in order and in one session.  An output that starts
# with ERROR: is the error that the statements are to end with.

package Page;

use strict;
use warnings;
use Encode 'decode';

use Exporter qw(import);
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(check_page run_page);

my $timeout = 180;
my $prompt = qr/^runs=> /m;

# Split a session into its statements, each with its output.
sub read_session
{
	my ($file, $line, $content) = @_;
	my @steps;

	die "$file line $line: a session starts with a prompt" unless $content =~ /\A$prompt/;
	foreach my $part (split(/(?=$prompt)/, $content))
	{
		my ($first, @rest) = split(/\n/, $part, -1);
		my @sql = ($first =~ s/$prompt//r);

		push @sql, shift(@rest) =~ s/^runs-> //r while @rest && $rest[0] =~ /^runs-> /;
		push @steps, { line => $line, sql => join("\n", @sql), output => join("\n", @rest), session => 1 };
		$line += $part =~ tr/\n//;
	}
	return @steps;
}

# Return the blocks, all or those of a section: the line, the statements, and the output where it is shown.
sub read_blocks
{
	my ($file, $section) = @_;
	my $text = slurp_file($file);
	my @blocks;

	# What is not of the section becomes empty lines, so that the others keep their numbers.
	$text =~ s/^(.*?)(^\#\# \Q$section\E\n.*?)(?=^\#\# |\z).*\z/$1 =~ tr#\n##cdr . $2/mse
	  or die "$file has no section $section"
	  if defined $section;

	while ($text =~ /^```(\w*)\n(.*?)^```$/msg)
	{
		my ($language, $content) = ($1, $2);
		my $line = 2 + (substr($text, 0, $-[0]) =~ tr/\n//);

		push @blocks, { line => $line, sql => $content } if $language eq 'sql';
		push @blocks, read_session($file, $line, $content) if $language eq 'psql';
		if ($language eq 'text')
		{
			die "$file line $line: two outputs of one block" if exists $blocks[-1]{output};
			$blocks[-1]{output} = $content;
		}
	}
	return @blocks;
}

# Leave out what does not count: space at the ends of lines and of the output.
sub tidy
{
	my ($text) = @_;

	$text =~ s/[ \t]+$//mg;
	$text =~ s/^\n+|\n+\z//g;
	return $text;
}

# Write out a block for psql.  Only a session shows command tags, such as CREATE TABLE.
sub script_of
{
	my ($block) = @_;
	my $sql = $block->{session} ? "\\set QUIET off\n$block->{sql}\n\\set QUIET on" : $block->{sql};

	return "\\echo <<<\n\\warn <<<\n$sql\n";
}

# Run blocks in one session; add to each what it printed.
sub run_blocks
{
	my ($connection, @blocks) = @_;
	my $script = join('', map { script_of($_) } @blocks);
	my ($out, $err) = ('', '');

	IPC::Run::run([ 'psql', '-Xq', '-d', $connection ],
		'<', \$script, '>', \$out, '2>', \$err, IPC::Run::timeout($timeout))
	  or die "psql failed: $err";
	my (undef, @out) = split(/^<<<\n/m, $out, -1);
	my (undef, @err) = split(/^<<<\n/m, $err, -1);
	foreach my $i (0 .. $#blocks)
	{
		$blocks[$i]{out} = tidy($out[$i]);
		$blocks[$i]{err} = tidy($err[$i]);
	}
}

# Run some sections of a page, each in a session, for a page that goes on from there.
sub run_page
{
	my ($file, $connection, @sections) = @_;

	run_blocks($connection, read_blocks($file, $_)) foreach @sections;
}

# Run a page or one of its sections: the statements work, and print what is shown.
sub check_page
{
	my ($file, $connection, $section) = @_;
	my @blocks = read_blocks($file, $section);

	die "$file has no statements" unless @blocks;
	run_blocks($connection, @blocks);
	foreach my $block (@blocks)
	{
		my $shown = exists $block->{output} ? tidy($block->{output}) : undef;
		my $at = "$file line $block->{line}";

		if ($block->{session})
		{
			my @lines = (map({ "runs-> $_" } split(/\n/, $block->{sql})), split(/\n/, $shown));
			is(join("\n", grep { length decode('UTF-8', $_) > 100 } @lines), '', "$at: fits into 100 columns");
		}
		if (defined $shown && $shown =~ /^ERROR:/)
		{
			is($block->{err}, $shown, "$at: fails as shown");
			next;
		}
		is($block->{err}, '', "$at: runs");
		is($block->{out}, $shown, "$at: prints what is shown") if defined $shown;
	}
}

1;
