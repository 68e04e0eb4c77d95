# The two plots of `make bench` as SVG. Both axes of measure are logarithmic, so that twice as fast is equally wide everywhere.
package Plot;
use strict;
use warnings;
use Measurements;
use Exporter 'import';
our @EXPORT = qw(ratio_plot growth_plot);

my %color = (
	detmeta => '#0072b2', path => '#e69f00', ops => '#999999', btree => '#cc79a7', scan => '#000000', eav_shipped => '#d55e00',
	eav_tuned => '#009e73');

sub escaped
{
	my ($text) = @_;
	return $text =~ s/&/&amp;/gr =~ s/</&lt;/gr =~ s/>/&gt;/gr;
}

sub text
{
	my ($x, $y, $text, %more) = @_;
	return sprintf qq{<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d"%s>%s</text>\n}, $x, $y, $more{anchor} // 'start',
		$more{size} // 12, $more{bold} ? ' font-weight="bold"' : '', escaped($text);
}

sub line
{
	my ($x1, $y1, $x2, $y2, $color, $width) = @_;
	return sprintf qq{<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%s"/>\n}, $x1, $y1, $x2, $y2, $color, $width // 1;
}

sub svg
{
	my ($width, $height, @elements) = @_;
	return join '', qq{<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" width="$width" height="$height" font-family="sans-serif">\n},
		qq{<rect width="$width" height="$height" fill="#ffffff"/>\n}, @elements, "</svg>\n";
}

sub log10 { return log($_[0]) / log(10) }
sub floor { my ($x) = @_; return int($x) - ($x < int($x) ? 1 : 0) }
sub ceil { my ($x) = @_; return -floor(-$x) }

# A logarithmic scale from the power of ten below the values to the one above: a function from value to place, and the powers.
sub log_scale
{
	my ($from, $to, @values) = @_;
	my ($least, $most) = (sort { $a <=> $b } @values)[0, -1];
	my ($low, $high) = (floor(log10($least)), ceil(log10($most)));
	$high++ if $high == $low;
	return (sub { return $from + ($to - $from) * (log10($_[0]) - $low) / ($high - $low) }, map { 10**$_ } $low .. $high);
}

# A bar for each question: how many times as good detmeta is as the best other peer, green where it wins.
sub ratio_plot
{
	my ($m, @parts) = @_;
	my ($left, $right, $width, $row, $top) = (530, 930, 1160, 19, 66);
	my (@rows, @bars, @out);
	for my $part (@parts)
	{
		my @found = map { my $best = $m->best($part, $_); $best ? { what => $_, %$best } : () } $m->whats($part);
		push @rows, { head => $part }, @found if @found;
	}
	my ($place, @ticks) = log_scale($left, $right, 1, map { $_->{ratio} // 1 } @rows);
	my $bottom = $top + $row * @rows;
	for my $tick (@ticks)
	{
		push @out, line($place->($tick), $top - 6, $place->($tick), $bottom, $tick == 1 ? '#000000' : '#dddddd');
		push @out, text($place->($tick), $top - 10, $tick, anchor => 'middle', size => 11);
	}
	my $y = $top;
	for my $this (@rows)
	{
		$y += $row;
		if ($this->{head})
		{
			push @out, text(12, $y - 5, $this->{head}, bold => 1, size => 13);
			next;
		}
		my ($x1, $x2) = sort { $a <=> $b } $place->(1), $place->($this->{ratio});
		push @out, text($left - 10, $y - 5, $this->{what}, anchor => 'end');
		push @out, sprintf qq{<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>\n}, $x1, $y - $row + 4, $x2 - $x1, $row - 6,
			$this->{ratio} < 1 ? '#c0392b' : '#2e8b57';
		push @out, text($x2 + 5, $y - 5, ratio_shown($this->{ratio}) . ' ' . label($this->{peer}), size => 11);
	}
	return svg($width, $bottom + 16,
		text(12, 22, 'How many times as good as the best other peer', bold => 1, size => 15),
		text(12, 40, 'Green: detmeta is better, red: the peer is, which stands beside the bar.'), @out);
}

# A panel for each question: medians of the peers against the number of runs.
sub growth_plot
{
	my ($m) = @_;
	my ($columns, $across, $down, $top) = (3, 390, 290, 70);
	my @whats = $m->whats('growth');
	my %seen = map { map { $_ => 1 } $m->peers('growth', $_) } @whats;
	my ($x, @out) = (12);
	for my $peer (grep { $seen{$_} } $m->peers('growth'))
	{
		push @out, line($x, 44, $x + 22, 44, $color{$peer}, 3), text($x + 28, 48, label($peer));
		$x += 50 + 7 * length label($peer);
	}
	for my $i (0 .. $#whats)
	{
		push @out, panel($m, $whats[$i], $i % $columns * $across, $top + int($i / $columns) * $down, $across, $down);
	}
	return svg($columns * $across, $top + ceil(@whats / $columns) * $down,
		text(12, 22, 'Medians against the number of runs', bold => 1, size => 15), @out);
}

# One panel in a box: title, axes, and a line for each peer.
sub panel
{
	my ($m, $what, $x, $y, $across, $down) = @_;
	my @sizes = $m->sizes('growth');
	my $unit = $m->unit('growth', $what);
	my $scale = $unit eq 'bytes' ? 1048576 : 1;
	my %points;
	for my $peer ($m->peers('growth', $what))
	{
		my @points = grep { defined $_->[1] } map { [ $_, $m->median_of('growth', $what, $peer, $_) ] } @sizes;
		$points{$peer} = [ map { [ $_->[0], $_->[1] / $scale ] } @points ];
	}
	my ($x_of) = log_scale($x + 60, $x + $across - 20, @sizes);
	my ($y_of, @ticks) = log_scale($y + $down - 50, $y + 62, map { map { $_->[1] } @$_ } values %points);
	my @title = $what =~ /(.{1,52})(?:\s|$)/g;
	my @out = map { text($x + 12, $y + 14 + 15 * $_, $title[$_], bold => 1) } 0 .. $#title;
	for my $tick (@ticks)
	{
		push @out, line($x + 60, $y_of->($tick), $x + $across - 20, $y_of->($tick), '#dddddd');
		push @out, text($x + 54, $y_of->($tick) + 4, $tick, anchor => 'end', size => 11);
	}
	push @out, text($x + 54, $y + 48, $unit eq 'bytes' ? 'MB' : $unit, anchor => 'end', size => 11);
	for my $size (@sizes)
	{
		push @out, line($x_of->($size), $y + $down - 50, $x_of->($size), $y + $down - 45, '#000000');
		push @out, text($x_of->($size), $y + $down - 33, $size >= 1e6 ? $size / 1e6 . ' M' : $size / 1e3 . ' k', anchor => 'middle', size => 11);
	}
	push @out, line($x + 60, $y + $down - 50, $x + $across - 20, $y + $down - 50, '#000000');
	push @out, text($x + 60 + ($across - 80) / 2, $y + $down - 18, 'runs', anchor => 'middle', size => 11);
	for my $peer (keys %points ? $m->peers('growth', $what) : ())
	{
		my @places = map { sprintf '%.1f,%.1f', $x_of->($_->[0]), $y_of->($_->[1]) } @{ $points{$peer} };
		push @out, sprintf qq{<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"/>\n}, "@places", $color{$peer}, $peer eq 'detmeta' ? 3 : 1.8;
		push @out, map { my ($cx, $cy) = split /,/; qq{<circle cx="$cx" cy="$cy" r="3" fill="$color{$peer}"/>\n} } @places;
	}
	return @out;
}

1;
