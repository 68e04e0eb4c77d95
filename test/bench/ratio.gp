# A bar for each question: how many times as good detmeta is as the best other peer. The axis is
# logarithmic, so that twice as good is equally wide everywhere.
#
#   gnuplot -c ratio.gp DATA PLOT
#
# DATA has a line for each question, with tabs between: the question, the ratio, and the bar's label.
# A part begins with a line of its name alone. Texts are in gnuplot's enhanced markup.
set datafile separator "\t"
set encoding utf8
stats ARG1 using 0 nooutput
set terminal svg size 1160, 130 + 19 * STATS_records enhanced font "sans-serif,12" \
	background "#ffffff"
set output ARG2

set title "{/:Bold=15 How many times as good as the best other peer}\n" . \
	"Green: detmeta is better, red: the peer is, which stands beside the bar." offset -15, 0
set lmargin at screen 0.46
set rmargin at screen 0.81
unset key
set border 4
set logscale x2
unset xtics
set x2tics nomirror format "%g"
set x2label "ratio (logarithmic)"
set grid x2tics lc rgb "#dddddd" lt 1
set yrange [-STATS_records:1]
set ytics scale 0
set arrow from second 1, graph 0 to second 1, graph 1 nohead front
set style fill solid noborder

color(ratio) = ratio < 1 ? 0xc0392b : 0x2e8b57
least(ratio) = ratio < 1 ? ratio : 1
most(ratio) = ratio < 1 ? 1 : ratio

plot ARG1 using 2:(-$0):(least($2)):(most($2)):(-$0 - 0.34):(-$0 + 0.34):(color($2)) \
		axes x2y1 with boxxyerror lc rgb variable, \
	ARG1 using (most($2)):(-$0):3 axes x2y1 with labels left offset 0.6, 0 font ",11", \
	ARG1 using (1):(-$0):ytic(1) axes x2y1 with points pt -1
