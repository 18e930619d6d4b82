#!/bin/bash
# Speed and memory of W1 against the size of the network: fat trees of 128 to
# 16,000 servers.  Leaves data, gnuplot's script and pictures in
# BUILD_DIR/bench/scale.{dat,gp,svg,png}, and prints the data.
#   scale.sh [--json] [--quick]

set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/bench/common.sh

out=${BUILD_DIR:-build}/bench
rounds=3 json=no

for argument; do
    case $argument in
    --json) json=yes ;;
    --quick) rounds=1 ;;
    *) echo "usage: scale.sh [--json] [--quick]" >&2; exit 2 ;;
    esac
done

# Every size gets about as many packet-hops, from three million on.
measure() {
    local k time
    for k in 8 16 24 32 40; do
        case $k in
        8) time=10ms ;;
        16) time=2ms ;;
        24) time=1ms ;;
        *) time=500us ;;
        esac
        run_paca "w1 k=$k" tests/bench/w1.yaml --set k=$k --set time=$time
    done
}

make_data() {
    echo '# k servers nodes hops_per_s ns_per_hop rss_MiB setup_s'
    awk "$awk_functions"'
    {
        n = split("per_s setup_s rss_bytes", names, " ")
        for (i = 1; i <= n; i++) {
            add(field("bench") " " names[i], field(names[i]))
        }
    }
    END {
        for (k = 8; k <= 40; k += 8) {
            name = "w1 k=" k
            servers = k * k * k / 4
            nodes = servers + k * k * 5 / 4
            speed = median(name " per_s")
            printf "%d %d %d %.0f %.1f %.1f %.3f\n", k, servers, nodes,
                   speed, 1e9 / speed, median(name " rss_bytes") / 1048576,
                   median(name " setup_s")
        }
    }' "$scratch/lines"
}

make_script() {
    cat <<'END'
# Made by tests/bench/scale.sh: gnuplot scale.gp makes scale.svg and scale.png.
set terminal svg size 800,500 dynamic font "sans,14" background "white"
set output "scale.svg"
set title "UDP over fat trees of routers (W1)"
set xlabel "servers"
set ylabel "packet-hops per second of CPU, millions"
set y2label "peak memory, MiB"
set logscale x
set xrange [100:20000]
set yrange [0:*]
set logscale y2
set ytics nomirror
set y2tics
set grid
set key outside bottom center horizontal
plot "scale.dat" using 2:($4/1e6) with linespoints lw 2 pt 7 \
         title "packet-hops per second", \
     "scale.dat" using 2:6 axes x1y2 with linespoints lw 2 pt 5 \
         title "peak memory"
set terminal pngcairo size 800,500 font "sans,11"
set output "scale.png"
replot
END
}

for ((round = 0; round < rounds; round++)); do
    measure
done > "$scratch/lines"
[ $json = no ] || cat "$scratch/lines"
mkdir -p "$out"
make_data > "$out/scale.dat"
make_script > "$out/scale.gp"
(cd "$out" && gnuplot scale.gp)
[ $json = yes ] || column -t "$out/scale.dat"
echo "$out/scale.svg" >&2
