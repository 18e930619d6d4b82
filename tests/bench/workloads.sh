#!/bin/bash
# Whole runs of 'paca run': the workloads beside this script, set-up and memory,
# beside the sketch and, if asked for, beside ns-3.
#   workloads.sh [--json] [--quick] [--peers]    BUILD_DIR says where paca is
# --json prints the measures themselves; --quick makes one round, not three;
# --peers also compiles and runs our programs for ns-3, tests/bench/ns3_*.cc.

set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/bench/common.sh

here=tests/bench
lines=$scratch/lines
rounds=3 json=no peers=no

for argument; do
    case $argument in
    --json) json=yes ;;
    --quick) rounds=1 ;;
    --peers) peers=yes ;;
    *) echo "usage: workloads.sh [--json] [--quick] [--peers]" >&2; exit 2 ;;
    esac
done

# W1 with a capture of that many bytes a frame at every server's port.
with_captures() { # SNAPLEN
    cat $here/w1.yaml
    printf 'capture:\n  - {at: "h*:eth0", snaplen: %s}\n' "$1"
}

build_peers() {
    local source

    mkdir "$scratch/ns3" # For its captures.
    for source in $here/ns3_*.cc; do
        "${CXX:-g++}" -O2 -std=c++17 -o "$scratch/$(basename "$source" .cc)" \
            "$source" $(pkg-config --cflags --libs ns3-internet ns3-csma \
                ns3-point-to-point ns3-bridge ns3-applications \
                ns3-nix-vector-routing)
    done
}

# One of our programs for ns-3, which print a measure without its name.
run_peer() { # NAME PROGRAM [ARGUMENT...]
    local name=$1 program=$2
    shift 2
    [ ! -x "$scratch/$program" ] ||
        "$scratch/$program" "$@" |
            sed "s/^{/{\"bench\": \"$name\", \"who\": \"ns-3\", /"
}

run_round() {
    # A quarter of the datagrams: a speed is all that is asked.
    local ns3_w1='ns3_w1 --count=1000'

    # The larger the fabric, the shorter the time.
    run_paca 'w1 k=8' $here/w1.yaml
    run_sketch 'w1 k=8' 8 10
    run_peer 'w1 k=8' $ns3_w1
    run_paca 'w1 k=16' $here/w1.yaml --set k=16 --set time=4ms
    run_sketch 'w1 k=16' 16 4
    run_paca 'w1 k=40' $here/w1.yaml --set k=40 --set time=500us
    run_sketch 'w1 k=40' 40 1
    run_paca w2 $here/w2.yaml
    run_peer w2 ns3_w2
    run_paca w4 $here/w4.yaml
    run_paca 'w4 small' $here/w4.yaml --set racks=1
    run_peer w4 ns3_w4
    run_paca 'w1-pcap 96' "$scratch/w1-pcap-96.yaml"
    run_peer 'w1-pcap 96' $ns3_w1 --snaplen=96 --folder="$scratch/ns3"
    run_paca 'w1-pcap whole' "$scratch/w1-pcap-whole.yaml"
    run_peer 'w1-pcap whole' $ns3_w1 --snaplen=65535 --folder="$scratch/ns3"
}

print_table() {
    awk "$awk_functions"'
    function speed(bench) { return median(bench " paca per_s") }
    function sketch_ratio(bench, bound,    other) {
        other = median(bench " sketch per_s")
        if (other) {
            row("  the sketch", per_s(other), sprintf("%.0f ns", 1e9 / other))
            bounded("  ratio to the sketch", speed(bench) / other, "%.2f",
                    bound, 1)
        }
    }
    function peer_ratio(bench, bound,    other) {
        other = median(bench " ns-3 per_s")
        if (other) {
            row("  ns-3", per_s(other), sprintf("%.0f ns", 1e9 / other))
            bounded("  ratio to ns-3", speed(bench) / other, "%.1f", bound, 1)
        }
    }
    function workload(bench, name) {
        row(name, per_s(speed(bench)),
            sprintf("%.0f ns a packet-hop, set-up %.2f s, %.0f MiB",
                    1e9 / speed(bench), median(bench " paca setup_s"),
                    median(bench " paca rss_bytes") / 1048576))
        hops = median(bench " paca packet_hops")
        row("  events per packet-hop",
            sprintf("%.2f", median(bench " paca events") / hops), "")
        bounded("  the same without senders\47 timers",
                (median(bench " paca events") \
                 - median(bench " paca datagrams")) / hops, "%.2f", 1.1, 0)
    }
    # What a captured frame costs; each packet is captured at both ends.
    function capture(bench, who,    extra) {
        extra = median(bench " " who " user_s") \
                - median("w1 k=8 " who " user_s")
        return 1e6 * extra / median(bench " " who " captured")
    }
    function captures(bench, name, bound) {
        if (bound) {
            bounded(name, capture(bench, "paca"), "%.2f us", bound, 0)
        } else {
            row(name, sprintf("%.2f us", capture(bench, "paca")), "")
        }
        if (median(bench " ns-3 user_s")) {
            row("  ns-3", sprintf("%.2f us", capture(bench, "ns-3")), "")
        }
    }
    {
        n = split("packet_hops per_s user_s events setup_s rss_bytes " \
                  "captured datagrams", names, " ")
        for (i = 1; i <= n; i++) {
            if (field(names[i]) != "") {
                add(field("bench") " " field("who") " " names[i],
                    field(names[i]))
            }
        }
    }
    END {
        print "W1, UDP over a fat tree of routers"
        workload("w1 k=8", "k = 8, 128 servers")
        sketch_ratio("w1 k=8", 0.6)
        peer_ratio("w1 k=8", 50)
        workload("w1 k=16", "k = 16, 1,024 servers")
        sketch_ratio("w1 k=16", 0.6)
        workload("w1 k=40", "k = 40, 16,000 servers")
        sketch_ratio("w1 k=40", 0.7)
        bounded("  time per hop, over that of k = 8",
                speed("w1 k=8") / speed("w1 k=40"), "%.2f", 2.5, 0)
        print "W2, UDP over learning switches"
        workload("w2", "256 servers")
        peer_ratio("w2", 32)
        print "W4, 10,000 idle servers behind learning switches"
        setup = median("w4 paca setup_s")
        each = (median("w4 paca rss_bytes") \
                - median("w4 small paca rss_bytes")) / 9960
        bounded("set-up", setup, "%.3f s", 0.1, 0)
        bounded("memory of a server with its link", each, "%.0f B", 1536, 0)
        if (median("w4 ns-3 setup_s")) {
            other = median("w4 ns-3 bytes_a_node")
            bounded("  set-up of ns-3, over ours",
                    median("w4 ns-3 setup_s") / setup, "%.1f", 20, 1)
        }
        print "W1-pcap, captures at all servers: what a captured frame adds"
        captures("w1-pcap 96", "96 bytes", 0.6)
        captures("w1-pcap whole", "whole frames", 0)
        exit failed
    }' "$lines"
}

build_sketch
[ $peers = no ] || build_peers
with_captures 96 > "$scratch/w1-pcap-96.yaml"
with_captures 65535 > "$scratch/w1-pcap-whole.yaml"
for ((round = 0; round < rounds; round++)); do
    run_round
done > "$lines"
if [ $json = yes ]; then
    cat "$lines"
    print_table > /dev/null
else
    print_table
fi
