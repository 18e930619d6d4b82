#!/bin/bash
# Builds nothing, measures and prints a table.
#   run.sh [--json] [--quick]    BUILD_DIR says where bench_engine was built
# --json prints the measures themselves, a line of JSON each; --quick makes one
# round instead of three.
#
# The machine is shared and noisy: what is to be compared is measured in turn,
# in one go, and the median of the rounds counts.  The yardstick is a sketch of
# packet-hops over a fat tree of 80 routers that knows no run, no fate and no
# table of MAC addresses; it lies beside the project or is left out.

set -euo pipefail
cd "$(dirname "$0")/../.."

bench=${BUILD_DIR:-build}/tests/bench_engine
sketch=../shared/sketch/packet-hop.c
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
lines=$scratch/lines
rounds=3 json=no

for argument; do
    case $argument in
    --json) json=yes ;;
    --quick) rounds=1 ;;
    *) echo "usage: run.sh [--json] [--quick]" >&2; exit 2 ;;
    esac
done

# What is compared comes out as the same kind of line.
run_sketch() {
    "$scratch/sketch" 8 10 |
        sed 's/.* hops=\([0-9]*\) .* user=\([0-9.]*\) s  \([0-9.]*\) M .*/\1 \2/' |
        awk '{ printf "{\"bench\": \"sketch\", \"k\": 8, " \
                      "\"packet_hops\": %d, \"user_s\": %s, \"per_s\": %.0f}\n",
                      $1, $2, $1 / $2 }'
}

run_round() {
    local pending scale

    "$bench" line 200
    [ ! -x "$scratch/sketch" ] || run_sketch
    for pending in 100 10000 1000000; do
        for scale in near mixed; do
            "$bench" hold $pending $scale
        done
    done
    "$bench" line 200
    [ ! -x "$scratch/sketch" ] || run_sketch
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
    awk '
    function field(name,    rest) {
        if (!match($0, "\"" name "\": \"?[^,\"}]*")) {
            return ""
        }
        rest = substr($0, RSTART, RLENGTH)
        sub(/.*: "?/, "", rest)
        return rest
    }
    function median(what,    a, b, n, i, j, t) {
        n = split(values[what], a, " ")
        for (i = 2; i <= n; i++) {
            for (j = i; j > 1 && a[j] + 0 < a[j - 1] + 0; j--) {
                t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
            }
        }
        if (n == 0) {
            return 0
        }
        return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
    }
    function add(what, value) { values[what] = values[what] " " value }
    function row(what, value, note) {
        printf "  %-46s %9s  %s\n", what, value, note
    }
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
        row("events per packet-hop", sprintf("%.2f", events),
            "at most 1.10" (events > 1.1 ? ": MISSED" : ""))
        failed = events > 1.1
        sketch = median("sketch")
        if (sketch) {
            ratio = line / sketch
            row("the sketch, fat tree k = 8",
                sprintf("%.1f M/s", sketch / 1e6),
                sprintf("%.0f ns", 1e9 / sketch))
            row("ratio to the sketch", sprintf("%.2f", ratio),
                "at least 0.60" (ratio < 0.6 ? ": MISSED" : ""))
            failed = failed || ratio < 0.6
        } else {
            row("ratio to the sketch", "-", "the sketch is not there")
        }
        exit failed
    }' "$lines"
}

[ ! -e $sketch ] || ${CC:-gcc} -O2 -o "$scratch/sketch" $sketch
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
