# A panel for each question: medians of the peers against the number of runs, both axes logarithmic.
#
#   gnuplot -c growth.gp DATA PLOT
#
# DATA has tabs between its columns, and two empty lines between its blocks:
#   the peers' names, detmeta first
#   the questions, each with its unit
#   for each question a block of peer (its place in the first block), runs and median. An empty line
#   is between two peers.
set datafile separator "\t"
set encoding utf8

array peer[20]
array question[100]
array unit[100]
keep_peer(i, name) = (peer[i] = name, i)
keep_question(i, name, its_unit) = (question[i] = name, unit[i] = its_unit, i)
stats ARG1 index 0 using (keep_peer($0 + 1, strcol(1))) nooutput
peers = STATS_records
stats ARG1 index 1 using (keep_question($0 + 1, strcol(1), strcol(2))) nooutput
questions = STATS_records

# One place more than there are questions: the last one says which line is whose.
columns = 3
rows = ceil((questions + 1.0) / columns)
set terminal svg size 390 * columns, 40 + 290 * rows noenhanced font "sans-serif,11" \
	background "#ffffff"
set output ARG2
array color[7] = [0x0072b2, 0xe69f00, 0xcc79a7, 0x000000, 0xd55e00, 0x009e73, 0x999999]

set multiplot layout rows, columns title "Medians against the number of runs" font ",15"
set logscale xy
set border 3
set xtics nomirror scale 0.5
set ytics nomirror scale 0.5, 0 format "%g"
set grid ytics lc rgb "#dddddd" lt 1
set xlabel "runs"
set lmargin 11
set rmargin 3
set offsets graph 0.03, graph 0.03, 0, 0
unset key
do for [i = 1:questions] {
	set title question[i] font ",12"
	set ylabel unit[i]
	plot ARG1 index 1 + i using 2:3:(color[$1]):xtic(gprintf("%.0s %c", $2)) \
			with linespoints pt 7 ps 0.5 lw 1.8 lc rgb variable, \
		ARG1 index 1 + i using 2:3:(color[$1]) every :::0::0 \
			with linespoints pt 7 ps 0.5 lw 3 lc rgb variable
}

unset title; unset xlabel; unset ylabel; unset border; unset tics; unset grid; unset logscale
set key center center Left reverse spacing 1.6 font ",12"
plot [0:1] [0:1] for [i = 1:peers] -1 title peer[i] \
	with linespoints pt 7 ps 0.5 lw (i == 1 ? 3 : 1.8) lc rgb color[i]
unset multiplot
