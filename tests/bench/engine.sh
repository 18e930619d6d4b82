#!/bin/bash
# The engine alone: events, and packet-hops over a line of switches.  Builds
# nothing, measures and prints a table.
#   engine.sh [--json] [--quick]    BUILD_DIR says where bench_engine was built
# --json prints the measures themselves; --quick makes one round, not three.

set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/bench/common.sh

bench=${BUILD_DIR:-build}/tests/bench_engine
lines=$scratch/lines
rounds=3 json=no

for argument; do
    case $argument in
    --json) json=yes ;;
    --quick) rounds=1 ;;
    *) echo "usage: engine.sh [--json] [--quick]" >&2; exit 2 ;;
    esac
done

run_round() {
    local pending scale

    "$bench" line 200
    run_sketch sketch 8 10
    for pending in 100 10000 1000000; do
        for scale in near mixed; do
            "$bench" hold $pending $scale
        done
    done
    "$bench" line 200
    run_sketch sketch 8 10
}

# Instructions of the event loop alone, over the packet-hops of the same run.
run_callgrind() {
    local out=$scratch/callgrind log=$scratch/valgrind

    command -v valgrind > /dev/null || return 0
    valgrind --tool=callgrind --toggle-collect=sim_run \
             --callgrind-out-file="$out" "$bench" line 10 \
             > "$scratch/line" 2> "$log"
    awk -v hops="$(sed 's/.*"packet_hops": \([0-9]*\).*/\1/' "$scratch/line")" \
        '/Collected/ { printf "{\"bench\": \"instructions\", " \
                       "\"packet_hops\": %d, \"instructions\": %d, " \
                       "\"per_hop\": %.1f}\n", hops, $4, $4 / hops }' "$log"
}

# The table, from the lines; status 1 if a bound is not kept.
print_table() {
    awk "$awk_functions"'
    function hold(pending, scale, name) {
        m = median("hold " pending " " scale)
        row(name, sprintf("%.1f M/s", m / 1e6), sprintf("%.0f ns", 1e9 / m))
    }
    field("bench") == "hold" {
        add("hold " field("pending") " " field("scale"), field("per_s"))
    }
    field("bench") == "line" {
        add("line", field("per_s"))
        events = field("events") / field("packet_hops")
    }
    field("bench") == "sketch" { add("sketch", field("per_s")) }
    field("bench") == "instructions" { instructions = field("per_hop") }
    END {
        print "events (hold model: one fires and is scheduled again)"
        hold(100, "near", "100 pending, 0 to 2 us ahead")
        hold(10000, "near", "10,000 pending")
        hold(1000000, "near", "1,000,000 pending")
        hold(100, "mixed", "100 pending, 1 ns to 1 s ahead")
        hold(10000, "mixed", "10,000 pending")
        hold(1000000, "mixed", "1,000,000 pending")
        print "packet-hops (UDP over a line of 16 learning switches)"
        line = median("line")
        row("packet-hops", sprintf("%.1f M/s", line / 1e6),
            sprintf("%.0f ns", 1e9 / line))
        row("instructions per packet-hop",
            instructions == "" ? "-" : sprintf("%.0f", instructions),
            instructions == "" ? "valgrind is not installed" : "callgrind")
        bounded("events per packet-hop", events, "%.2f", 1.1, 0)
        sketch = median("sketch")
        if (sketch) {
            ratio = line / sketch
            row("the sketch, fat tree k = 8",
                sprintf("%.1f M/s", sketch / 1e6),
                sprintf("%.0f ns", 1e9 / sketch))
            bounded("ratio to the sketch", ratio, "%.2f", 0.6, 1)
        } else {
            row("ratio to the sketch", "-", "the sketch is not there")
        }
        exit failed
    }' "$lines"
}

build_sketch
for ((round = 0; round < rounds; round++)); do
    run_round
done > "$lines"
run_callgrind >> "$lines"
if [ $json = yes ]; then
    cat "$lines"
    print_table > /dev/null
else
    print_table
fi
