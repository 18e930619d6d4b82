# What the parts of the bench share; read by '.' in the project's folder.
#
# A measure is a line of JSON: {"bench": "w1 k=8", "who": "paca", ...}.  Time is
# user CPU time.  The machine is shared and noisy: what is to be compared is
# measured in turn, in one go, and the median of the rounds counts.

paca=${BUILD_DIR:-build}/paca
# The yardstick: a sketch of packet-hops over a fat tree that knows no run, no
# fate and no table of MAC addresses; it lies beside the project or is left out.
sketch=../shared/sketch/packet-hop.c
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

build_sketch() {
    [ ! -e $sketch ] || ${CC:-gcc} -O2 -o "$scratch/sketch" $sketch
}

# The sketch on a fat tree: run_sketch NAME K MS
run_sketch() {
    [ -x "$scratch/sketch" ] || return 0
    "$scratch/sketch" "$2" "$3" |
        sed 's/.* hops=\([0-9]*\) .* user=\([0-9.]*\) s .*/\1 \2/' |
        awk -v name="$1" \
            '{ printf "{\"bench\": \"%s\", \"who\": \"sketch\", " \
                      "\"packet_hops\": %d, \"user_s\": %s, " \
                      "\"per_s\": %.0f}\n", name, $1, $2, $1 / $2 }'
}

# Runs a scenario: run_paca NAME FILE [OPTION...]
run_paca() {
    local name=$1 file=$2
    shift 2
    "$paca" run -q --force --out "$scratch/run" "$file" "$@" \
        > "$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }
    awk -v name="$name" '
        match($0, /"[a-z_]+": [0-9.e+-]+/) {
            split(substr($0, RSTART + 1, RLENGTH - 1), pair, "\": ")
            value[pair[1]] = pair[2]
        }
        END {
            hops = value["packet_hops"]
            user = value["cpu_s"]
            printf "{\"bench\": \"%s\", \"who\": \"paca\", " \
                   "\"packet_hops\": %.0f, \"user_s\": %.4f, " \
                   "\"per_s\": %.0f, \"events\": %.0f, \"setup_s\": %.4f, " \
                   "\"rss_bytes\": %.0f, \"captured\": %d, " \
                   "\"datagrams\": %.0f}\n",
                   name, hops, user, (user > 0 ? hops / user : 0),
                   value["events"], value["setup_s"],
                   value["peak_rss_bytes"], captured, datagrams
        }' captured="$(count_server_frames)" datagrams="$(count_datagrams)" \
        "$scratch/run/manifest.json"
}

# Datagrams of 1,472 bytes that were sent: each took an event of its sender's
# timer.
count_datagrams() {
    awk -F, 'NR > 1 { n += $5 } END { printf "%.0f", n / 1472 }' \
        "$scratch/run/flows.csv"
}

# Frames that passed the servers' ports in the run, both ways.
count_server_frames() {
    awk '/"[a-z._]*": \{/ { is_asked = /port\.[rt]x_frames/ }
         is_asked && /"h[0-9]+:eth0"/ { sub(/.*: /, ""); n += $0 }
         END { printf "%d", n }' "$scratch/run/result.json"
}

# Functions of awk: the fields of a measure, medians by name.
awk_functions='
    function field(name,    rest) {
        if (!match($0, "\"" name "\": \"?[^,\"}]*")) {
            return ""
        }
        rest = substr($0, RSTART, RLENGTH)
        sub(/.*: "?/, "", rest)
        return rest
    }
    function add(what, value) { values[what] = values[what] " " value }
    function median(what,    a, n, i, j, t) {
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
    function row(what, value, note) {
        printf "  %-46s %9s  %s\n", what, value, note
    }
    function per_s(x) { return sprintf("%.2f M/s", x / 1e6) }
    # A row with a bound that counts.
    function bounded(what, x, format, bound, is_least,    is_missed) {
        is_missed = is_least ? x < bound : x > bound
        failed = failed || is_missed
        row(what, sprintf(format, x),
            sprintf("%s " format "%s", is_least ? "at least" : "at most",
                    bound, is_missed ? ": MISSED" : ""))
    }
'
