# What the report of test/bench needs: the measurements as medians, what detmeta's ratio is to a peer, and
# numbers to read. A measurement is a line of CSV: part, runs, what, peer, value, unit, remark. Part "target PART" holds
# targets: peer is whom it is against, or "best".
package Measurements;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(read_measurements label median shown ratio_shown);

# The peers in the order in which they are shown; peers.sh tells what they are.
my @peers = (
	detmeta => 'metadata_ops', own => 'own spelling', trigram_keys => 'metadata_ops, trigram_keys', trigram_all => 'metadata_ops, all trigrams', project => 'metadata_ops, project_id',
	bitmap => 'metadata_ops, bitmap scan', path => 'jsonb_path_ops', ops => 'jsonb_ops',
	path_project => 'jsonb_path_ops, project_id', jsquery => 'jsquery', rum => 'RUM', trgm => 'pg_trgm', trgm_all => 'pg_trgm on documents', btree => 'btree',
	scan => 'sequential scan', eav_shipped => 'key/value as shipped', eav_tuned => 'key/value tuned',
	eav_project => 'key/value by project', eav_call => 'key/value, one call');
my @order = @peers[ grep { $_ % 2 == 0 } 0 .. $#peers ];
my %label = @peers;

# Ours are compared with the others. A peer beside them is shown, and is no rival: pages.txt and write.txt tell why,
# and indexes that serve only some keys are no rivals in size.
my @ours = qw(detmeta trigram_keys trigram_all project);
my %beside = (pages => [qw(eav_project)], write => [qw(scan)], build => [qw(rum trgm trgm_all btree)]);

# Read them from a file.
sub read_measurements
{
	my ($file) = @_;
	open my $lines, '<', $file or die "$file: $!";
	my $self = bless { parts => [], whats => {}, values => {} };
	<$lines>;
	while (my $line = <$lines>)
	{
		my ($part, $runs, $what, $peer, $value, $unit, $remark) = map { s/^"(.*)"$/$1/r } $line =~ /("[^"]*"|[^,\n]+)/g;
		if ($part =~ /^target (.*)/)
		{
			push @{ $self->{targets}{$1}{$what} }, { peer => $peer, least => $value };
			next;
		}
		push @{ $self->{parts} }, $part unless $self->{whats}{$part};
		push @{ $self->{whats}{$part} }, $what unless $self->{values}{$part}{$what};
		push @{ $self->{values}{$part}{$what}{$peer}{$runs} }, $value;
		$self->{unit}{$part}{$what} = $unit;
		$self->{remark}{$part}{$what}{$peer} = $remark // '';
		$self->{largest} = $runs if $runs > ($self->{largest} // 0);
		$self->{sizes}{$part}{$runs} = 1;
	}
	return $self;
}

sub parts { my ($self) = @_; return @{ $self->{parts} } }
sub whats { my ($self, $part) = @_; return @{ $self->{whats}{$part} || [] } }
sub unit { my ($self, $part, $what) = @_; return $self->{unit}{$part}{$what} }
sub remark { my ($self, $part, $what, $peer) = @_; return $self->{remark}{$part}{$what}{$peer} // '' }
sub raw_targets { my ($self, $part, $what) = @_; return @{ $self->{targets}{$part}{$what} || [] } }
sub sizes { my ($self, $part) = @_; return sort { $a <=> $b } keys %{ $self->{sizes}{$part} } }

# The peers of a part, or of a question.
sub peers
{
	my ($self, $part, $what) = @_;
	my %have = map { map { $_ => 1 } keys %{ $self->{values}{$part}{$_} } } defined $what ? $what : $self->whats($part);
	return grep { $have{$_} } @order;
}

# The median, at the largest number of runs if none is said.
sub median_of
{
	my ($self, $part, $what, $peer, $runs) = @_;
	my $values = $self->{values}{$part}{$what}{$peer} or return undef;
	($runs) = sort { $b <=> $a } keys %$values unless defined $runs;
	return median(@{ $values->{$runs} || [] });
}

# Our median of a question.
sub ours
{
	my ($self, $part, $what) = @_;
	return (grep { defined } map { $self->median_of($part, $what, $_) } @ours)[0];
}

# How many times as good detmeta is as a peer.
sub ratio_to
{
	my ($self, $part, $what, $peer) = @_;
	my ($ours, $its) = ($self->ours($part, $what), $self->median_of($part, $what, $peer));
	return undef unless defined $ours && defined $its && $ours > 0 && $its > 0;
	return $self->unit($part, $what) =~ /per second/ ? $ours / $its : $its / $ours;
}

# The peers of a question that detmeta is compared with.
sub rivals
{
	my ($self, $part, $what) = @_;
	my %no_rival = map { $_ => 1 } @ours, qw(own bitmap), @{ $beside{$part} || [] };
	return grep { !$no_rival{$_} } $self->peers($part, $what);
}

# The best of the others, and our ratio to it.
sub best
{
	my ($self, $part, $what) = @_;
	my @found = map { my $ratio = $self->ratio_to($part, $what, $_); defined $ratio ? { peer => $_, ratio => $ratio } : () }
		$self->rivals($part, $what);
	return (sort { $a->{ratio} <=> $b->{ratio} } @found)[0];
}

# The targets of a question that can be judged, each with peer, least, its, ours, ratio.
sub targets
{
	my ($self, $part, $what) = @_;
	my @judged;
	for my $target ($self->raw_targets($part, $what))
	{
		my $peer = $target->{peer};
		$peer = ($self->best($part, $what) || {})->{peer} if $peer eq 'best';
		my $ratio = defined $peer ? $self->ratio_to($part, $what, $peer) : undef;
		next unless defined $ratio;
		push @judged, { peer => $peer, least => $target->{least}, ratio => $ratio, ours => $self->ours($part, $what),
			its => $self->median_of($part, $what, $peer) };
	}
	return @judged;
}

sub label { my ($peer) = @_; return $label{$peer} // $peer }

sub median
{
	my @sorted = sort { $a <=> $b } @_ or return undef;
	return @sorted % 2 ? $sorted[$#sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

sub shown
{
	my ($value, $unit) = @_;
	return sprintf($value < 10485760 ? '%.1f MB' : '%.0f MB', $value / 1048576) if $unit eq 'bytes';
	return sprintf('%.0f', $value) if $unit eq 'per second';
	return sprintf('%.1f s', $value / 1000) if $value >= 10000;
	return sprintf($value >= 100 ? '%.0f ms' : $value >= 10 ? '%.1f ms' : $value >= 1 ? '%.2f ms' : '%.3f ms', $value);
}

sub ratio_shown
{
	my ($ratio) = @_;
	return sprintf($ratio >= 100 ? '%.0f' : $ratio >= 10 ? '%.1f' : '%.2f', $ratio);
}

1;
