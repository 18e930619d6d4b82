#!/bin/sh
# paca run: the bundled scenarios, what is repeatable, exit codes, limits, --out.
. "$(dirname "$0")/cli_bench.sh"

test_every_bundled_scenario_is_in_the_list_of_runs() {
    for file in "$PACA_SCENARIOS"/*.yaml; do
        name=$(basename "$file" .yaml)
        echo "$bundled_runs" | grep -q "^$name " || {
            echo "tests/cli_bench.sh does not list $name"
            exit 1
        }
    done
}

test_bundled_scenarios_pass_twice_with_the_same_bytes() {
    echo "$bundled_runs" | while read -r name use; do
        run_bundled "$name" "$use" a-$name-$use || exit 1
        run_bundled "$name" "$use" b-$name-$use || exit 1
        snapshot a-$name-$use > a
        snapshot b-$name-$use > b
        expect_same a b || exit 1
        [ "$(json a-$name-$use/manifest.json partial)" = false ] || exit 1
        [ "$(json a-$name-$use/result.json passed)" = true ] || exit 1
    done
}

test_another_seed_changes_times_and_nothing_else() {
    for use in rewrite nvgre vlan; do
        for seed in 7 8; do
            expect_code 0 paca run overlap --seed $seed --set datapath=$use \
                --out $use-$seed
        done
        # What was sent to whom, and how much arrived, without the times.
        for seed in 7 8; do
            cut -d, -f1-6,10,11 $use-$seed/flows.csv > $use-$seed.shape
            cut -d, -f7 $use-$seed/flows.csv > $use-$seed.starts
        done
        expect_same $use-7.shape $use-8.shape
        expect_not cmp -s $use-7.starts $use-8.starts
        [ "$(json $use-7/manifest.json fingerprint)" != \
            "$(json $use-8/manifest.json fingerprint)" ]
    done
}

test_a_seed_that_nothing_uses_changes_nothing() {
    expect_code 0 paca run blue-red --seed 1 --out a
    expect_code 0 paca run blue-red --seed 2 --out b
    [ "$(json a/manifest.json fingerprint)" = \
        "$(json b/manifest.json fingerprint)" ]
}

test_a_resolved_scenario_is_the_same_run() {
    # Those without reachable and unreachable, whose probes are not in it.
    echo "$bundled_runs" | grep -vE '^(overlap|vlan-isolation) ' |
    while read -r name use; do
        run_bundled "$name" "$use" out-$name-$use || exit 1
        mkdir -p again-$name-$use
        cp out-$name-$use/scenario.resolved.yaml "$PACA_SCENARIOS"/*.pcap \
            again-$name-$use
        expect_code 0 paca run \
            again-$name-$use/scenario.resolved.yaml --out out2-$name-$use ||
            exit 1
        [ "$(json out-$name-$use/manifest.json fingerprint)" = \
            "$(json out2-$name-$use/manifest.json fingerprint)" ] || {
            echo "$name $use: another fingerprint"
            exit 1
        }
        # And what is resolved once stays as it is.
        expect_same out-$name-$use/scenario.resolved.yaml \
            out2-$name-$use/scenario.resolved.yaml || exit 1
    done
}

test_a_run_directory_has_what_the_manual_says() {
    expect_code 0 paca run blue-red --out out
    for file in manifest.json scenario.yaml scenario.resolved.yaml \
        result.json junit.xml metrics.csv flows.csv tables.csv drops.csv \
        events.jsonl pcap/hv1.eth0.pcapng pcap/blue.web.eth0.pcapng; do
        [ -f out/$file ] || { echo "no $file"; exit 1; }
    done
    [ -z "$(find out -name '*.part')" ]
    expect_same out/scenario.yaml "$PACA_SCENARIOS/blue-red.yaml"
    json out/manifest.json
    json out/result.json
    [ "$(json out/result.json expectations 0 id)" = blue-served ]
    [ "$(json out/result.json packets dropped)" = '{}' ]
    [ "$(head -1 out/metrics.csv)" = t_s,metric,entity,value,unit ]
    wanted=flow,from,to,proto,sent_bytes,delivered_bytes,start_s,end_s
    wanted=$wanted,goodput_bps,lost,retransmits,rtt_p50_s,rtt_p99_s
    [ "$(head -1 out/flows.csv)" = $wanted ]
    [ "$(head -1 out/tables.csv)" = \
        node,table,capacity,used,peak,evicted,rejected ]
    [ "$(head -1 out/drops.csv)" = t_s,node,reason,tenant,flow,packet ]
    expect_text out/junit.xml '<testsuite name="blue-red"'
}

test_without_out_a_run_goes_to_a_folder_of_its_own() {
    expect_code 0 paca run blue-red
    [ -f out/blue-red/latest/manifest.json ]
    [ "$(find out/blue-red -maxdepth 1 -name '*-s1' | wc -l)" = 1 ]
    expect_text stdout 'run directory: out/blue-red/'
}

test_an_expectation_that_fails_gives_1() {
    (tiny_scenario
     echo 'workloads: [{id: p, ping: [blue/web, blue/sql], count: 3,' \
          'every: 10ms}]'
     echo 'expect: [{id: too-many, metric: p.completed, equals: 4}]') > t.yaml
    expect_code 1 paca run t.yaml --out out
    expect_text stdout 'FAILED  too-many             3 (wanted: = 4)'
    [ "$(json out/manifest.json exit_code)" = 1 ]
    [ "$(json out/result.json passed)" = false ]
    [ "$(json out/result.json expectations 0 passed)" = false ]
    expect_text out/junit.xml '<failure message="wanted = 4, measured 3">'
}

test_a_bad_scenario_gives_2_and_runs_nothing() {
    expect_code 2 paca run "$top_srcdir/tests/bad/E052-duplicate-ca.yaml" \
        --out out
    expect_text stderr 'error[E052]'
    [ ! -e out ]
    [ ! -s stdout ]
}

test_bad_usage_gives_2() {
    expect_code 2 paca run
    expect_text stderr 'usage: paca run'
    expect_code 2 paca run blue-red overlap
    expect_code 2 paca run blue-red --nonsense
    expect_text stderr nonsense
    expect_code 2 paca run blue-red --limit-memory lots
    expect_text stderr 4GiB
    expect_code 2 paca run blue-red --color pink
}

test_a_file_that_cannot_be_read_gives_3_and_the_reason() {
    expect_code 3 paca run no-such.yaml
    expect_text stderr 'no-such.yaml'
    expect_text stderr 'No such file or directory'
    mkdir folder
    expect_code 3 paca run folder
    expect_text stderr folder
    expect_text stderr 'directory'
}

test_an_unknown_bundled_scenario_gets_a_suggestion() {
    expect_code 3 paca run blue-rde
    expect_text stderr "blue-red"
}

test_an_output_that_cannot_be_made_gives_3_and_the_reason() {
    touch file
    expect_code 3 paca run blue-red --out file/out
    expect_text stderr 'Not a directory'
    expect_code 3 paca run blue-red --out /proc/no/such
    expect_text stderr '/proc'
    [ ! -s stdout ]
}

test_a_full_directory_is_not_overwritten_without_force() {
    mkdir mine
    echo precious > mine/file
    expect_code 3 paca run blue-red --out mine
    expect_text stderr mine
    expect_text stderr force
    expect_code 0 paca run blue-red --out out
    expect_code 3 paca run blue-red --out out
    expect_code 0 paca run blue-red --out out --force --set datapath=nvgre
    expect_text out/manifest.json '"datapath": "nvgre"'
    # --force replaces a run, and takes nothing else away.
    paca run blue-red --out mine --force > stdout 2> stderr || true
    [ "$(cat mine/file)" = precious ]
}

test_dry_run_checks_only() {
    expect_code 0 paca run blue-red --dry-run --out out
    [ ! -e out ]
    expect_code 2 paca run "$top_srcdir/tests/bad/E052-duplicate-ca.yaml" \
        --dry-run
}

check_partial() {
    expect_text stdout 'the results are partial'
    [ "$(json $1/manifest.json partial)" = true ]
    [ "$(json $1/manifest.json exit_code)" = 4 ]
    [ "$(json $1/result.json partial)" = true ]
    [ "$(json $1/result.json passed)" = false ]
    [ -z "$(find $1 -name '*.part')" ]
    [ -s $1/pcap/hv1.eth0.pcapng ]
    if command -v capinfos > info; then
        capinfos -c $1/pcap/hv1.eth0.pcapng | grep -q 'packets:'
        tshark -r $1/pcap/hv1.eth0.pcapng -Y '_ws.malformed' > malformed 2> err
        [ ! -s malformed ]
        expect_not grep -q 'cut short\|appears to be damaged' err
    fi
}

test_a_limit_of_events_gives_4() {
    (long_scenario; echo 'run: {until: 1h, limit: {events: 5000}}') > t.yaml
    expect_code 4 paca run t.yaml --out out
    expect_text stdout run.limit.events
    check_partial out
    [ "$(json out/manifest.json events)" -ge 5000 ]
    [ "$(json out/manifest.json events)" -le 5001 ]
}

test_a_limit_of_time_gives_4() {
    (long_scenario; echo 'run: {until: 1h, limit: {wall: 50ms}}') > t.yaml
    expect_code 4 paca run t.yaml --out out
    expect_text stdout run.limit.wall
    check_partial out
}

test_a_limit_of_memory_gives_4() {
    (long_scenario; echo 'run: {until: 1h, limit: {memory: 1MB}}') > t.yaml
    expect_code 4 paca run t.yaml --out out
    expect_text stdout 'memory limit'
    (long_scenario; echo 'run: {until: 1h}') > t.yaml
    expect_code 4 paca run t.yaml --out out2 --limit-memory 1MB
    expect_text stdout 'memory limit'
    [ "$(json out2/manifest.json partial)" = true ]
}

# stop_by SIGNAL [COMMAND that runs paca...]
stop_by() {
    signal=$1
    shift
    (long_scenario; echo 'run: {until: 2h}') > t.yaml
    "$@" "$paca" run t.yaml --out out > stdout 2> stderr &
    pid=$!
    # It has begun once it has opened its capture.
    n=0
    while ! ls out/pcap/* > /dev/null 2>&1; do
        n=$((n + 1))
        [ $n -lt 100 ] || { echo "it did not start"; kill -9 $pid; exit 1; }
        sleep 0.05
    done
    kill -s $signal $pid
    code=0
    wait $pid || code=$?
    [ $code = 4 ] || { echo "exit code $code"; cat stdout stderr; exit 1; }
    expect_text stdout 'stopped by a signal'
    check_partial out
}

test_sigterm_gives_4_and_valid_files() {
    stop_by TERM
}

test_sigint_gives_4_and_valid_files() {
    # A shell starts what runs in the background with SIGINT ignored; env(1) of
    # coreutils can undo that.
    env --default-signal=INT true 2> /dev/null || skip "env is too old"
    stop_by INT env --default-signal=INT
}

# ---- A full disk ----

check_nothing_is_left() {
    expect_text stderr "$1"
    [ -z "$(find out -type f 2> /dev/null)" ] || {
        echo "left behind:"
        find out -type f
        exit 1
    }
}

test_a_file_that_may_not_grow_gives_3_and_leaves_nothing() {
    (tiny_scenario
     echo 'run: {until: 1s}'
     echo 'workloads: [{id: f, udp: [blue/web, blue/sql], port: 9,' \
          'size: 1000B, gap: 100us}]'
     echo 'capture: [{at: [all-hosts]}]') > t.yaml
    code=0
    (ulimit -f 64; "$paca" run t.yaml --out out > stdout 2> stderr) || code=$?
    [ $code = 3 ] || { echo "exit code $code"; cat stdout stderr; exit 1; }
    check_nothing_is_left 'File too large'
}

test_a_full_disk_gives_3_and_leaves_nothing() {
    [ "$(id -u)" = 0 ] || skip "only root can mount a small disk"
    mkdir disk
    mount -t tmpfs -o size=256k tmpfs disk 2> err || skip "cannot mount a tmpfs"
    trap 'umount "$PWD"' EXIT
    cd disk
    (tiny_scenario
     echo 'run: {until: 1s}'
     echo 'workloads: [{id: f, udp: [blue/web, blue/sql], port: 9,' \
          'size: 1000B, gap: 100us}]'
     echo 'capture: [{at: [all-hosts]}]') > t.yaml
    code=0
    "$paca" run t.yaml --out out > ../stdout 2> ../stderr || code=$?
    cd ..
    trap - EXIT
    left=$(find disk/out -type f 2> /dev/null || true)
    umount disk
    [ $code = 3 ] || { echo "exit code $code"; cat stdout stderr; exit 1; }
    expect_text stderr 'No space left on device'
    [ -z "$left" ] || { echo "left behind: $left"; exit 1; }
}

test_output_that_cannot_be_written_gives_3() {
    [ -w /dev/full ] || skip "there is no /dev/full"
    code=0
    "$paca" run blue-red --out out > /dev/full 2> stderr || code=$?
    [ $code = 3 ]
    expect_text stderr 'No space left on device'
    code=0
    "$paca" show blue-red policy > /dev/full 2> stderr || code=$?
    [ $code = 3 ]
}

run_tests
