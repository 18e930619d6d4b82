# A bench for tests of the program, to be read by '.' by a script that defines
# functions 'test_what_it_does() { ... }' and ends with 'run_tests'.  Each runs in
# a folder of its own, with 'set -e', and fails by a status that is not 0; 'skip
# WHY' skips it.  What it printed is shown if it failed.

top_srcdir=$(cd "${top_srcdir:-$(dirname "$0")/..}" && pwd) || exit 99
top_builddir=$(cd "${top_builddir:-.}" && pwd) || exit 99
# A test changes its folder; $0 may be relative.
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
PACA_SCENARIOS=$top_srcdir/scenarios
LC_ALL=C.UTF-8 NO_COLOR=1
export PACA_SCENARIOS LC_ALL NO_COLOR
paca=$top_builddir/paca

# Every bundled scenario, with the settings that its header names and that pass:
# separated by commas, or '-'.
bundled_runs='address-caching -
address-caching ways=4,addresses=800
address-caching ways=8,hash=crc32,addresses=800
bad-nvgre -
blue-red datapath=rewrite
blue-red datapath=nvgre
blue-red datapath=vlan
ecmp-spread -
ecmp-spread ecmp=outer-2tuple
ecmp-spread ecmp=gre-key
ecmp-spread ecmp=gre-key,tenants=1
ecmp-spread ecmp=inner
ecmp-spread datapath=rewrite
ecmp-spread datapath=rewrite,ecmp=outer-2tuple
mac-overflow -
mac-overflow datapath=rewrite
mac-overflow datapath=nvgre
mac-overflow table=512
mac-overflow table=512,ways=4
overlap datapath=rewrite
overlap datapath=nvgre
overlap datapath=vlan
policy-miss datapath=rewrite
policy-miss datapath=nvgre
rstp-failover -
rstp-failover loops=block
vlan-isolation -
vlan-limits -
vlan-limits datapath=nvgre
vlan-subnets -
vlan-subnets rack=2,datapath=nvgre
vlan-subnets rack=2,datapath=rewrite'

# options_of SETTINGS: the second word of such a line, as options of paca
options_of() {
    [ "$1" = - ] || echo "--set $1" | sed 's/,/ --set /g'
}

paca() {
    "$paca" "$@"
}

# A value of a JSON file: json FILE [KEY...]
json() {
    "$top_builddir/tests/json_get" "$@"
}

# Runs a command that must end with status $1; its output goes to the files
# stdout and stderr.
expect_code() {
    wanted_code=$1
    shift
    got_code=0
    "$@" > stdout 2> stderr || got_code=$?
    [ "$got_code" = "$wanted_code" ] || {
        echo "$*: exit code $got_code, wanted $wanted_code"
        cat stdout stderr
        return 1
    }
}

# A file that must have a line with a text.
expect_text() {
    grep -qF -e "$2" "$1" || {
        echo "no '$2' in $1:"
        cat "$1"
        return 1
    }
}

# What must not hold; 'set -e' does not see a '!'.
expect_not() {
    if "$@"; then
        echo "and yet: $*"
        return 1
    fi
}

expect_same() {
    cmp "$1" "$2" || {
        diff -u "$1" "$2" | head -40
        return 1
    }
}

# run_bundled NAME SETTINGS DIR [OPTION...]: a run of that list, which passes.
run_bundled() {
    bundled=$1 settings=$(options_of "$2") dir=$3
    shift 3
    # shellcheck disable=SC2086
    expect_code 0 paca run "$bundled" $settings --out "$dir" "$@"
}

# All files of a run but what is measured on this machine, and where it went.
snapshot() {
    (cd "$1" && find . -type f | sort | while read -r file; do
        echo "== $file"
        case $file in
        ./manifest.json)
            grep -vE '"(cpu_s|wall_s|setup_s|peak_rss_bytes|command_line)":' \
                "$file"
            ;;
        *) cksum "$file" ;;
        esac
    done)
}

skip() {
    echo "skipped: $*"
    exit 77
}

need_tshark() {
    command -v tshark > /dev/null || skip "there is no tshark"
    HOME=$PWD # No settings of whoever runs this.
    export HOME
}

# Two VMs of one tenant on two hosts; more lines are appended by the caller.
tiny_scenario() {
    cat << 'END'
format: 1
name: tiny
topology:
  nodes:
    sw1: {role: switch}
    hv1: {role: host, pa: 192.168.1.1/24}
    hv2: {role: host, pa: 192.168.1.2/24}
  links:
    - {ends: [hv1:eth0, sw1:p1], rate: 10Gbps, mtu: 1600}
    - {ends: [hv2:eth0, sw1:p2], rate: 10Gbps, mtu: 1600}
datapath: {use: nvgre}
tenants:
  blue:
    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001}}
    vms:
      web: {subnet: lan, ca: 10.1.1.11, host: hv1}
      sql: {subnet: lan, ca: 10.1.1.12, host: hv2}
END
}

# One that does not end by itself within the patience of a test.
long_scenario() {
    tiny_scenario
    cat << 'END'
workloads:
  - {id: flood, udp: [blue/web, blue/sql], port: 9, size: 100B, gap: 2us}
capture:
  - {at: [hv1:eth0], snaplen: 64, limit: 2MB}
expect:
  - {metric: flood.sent, min: 1}
END
}

run_one() {
    (
        set -e
        mkdir "$work/$1"
        cd "$work/$1"
        "$1"
    ) > "$work/log" 2>&1
}

run_tests() {
    failed=0
    work=$(mktemp -d) || exit 99
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' INT TERM HUP
    tests=$(sed -n 's/^\(test_[a-zA-Z0-9_]*\)() .*/\1/p' "$script")
    # shellcheck disable=SC2086
    set -- $tests
    echo "[==========] Running $# test(s)."
    for test in "$@"; do
        # Not as a condition: that would turn 'set -e' off.
        run_one "$test"
        case $? in
        0) echo "[       OK ] $test" ;;
        77)
            cat "$work/log"
            echo "[  SKIPPED ] $test"
            ;;
        *)
            cat "$work/log"
            echo "[  FAILED  ] $test"
            failed=$((failed + 1))
            ;;
        esac
    done
    echo "[==========] $# test(s) run."
    [ $failed = 0 ]
}
