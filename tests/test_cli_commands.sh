#!/bin/sh
# All commands but run: help, suggestions, --set, --json, show, explain, kinds.
. "$(dirname "$0")/cli_bench.sh"

commands='run check walk show list explain kinds'

test_help_of_every_command_has_an_example() {
    for command in $commands; do
        expect_code 0 paca "$command" --help
        expect_text stdout "paca $command"
        expect_text stdout 'Example:'
        [ ! -s stderr ]
    done
    expect_code 0 paca --help
    for command in $commands; do
        grep -q "^  $command " stdout
    done
    expect_code 0 paca help
    expect_code 2 paca
    expect_text stderr 'Usage: paca'
}

test_version_is_one_line() {
    expect_code 0 paca --version
    grep -qx 'paca [0-9][0-9.]*' stdout
    [ "$(wc -l < stdout)" = 1 ]
}

test_unknown_commands_get_a_suggestion() {
    expect_code 2 paca rnu
    expect_text stderr "did you mean 'run'?"
    expect_code 2 paca chekc
    expect_text stderr "did you mean 'check'?"
    expect_code 2 paca xyzzy
    expect_text stderr "there is no command 'xyzzy'"
    [ ! -s stdout ]
}

test_every_code_is_explained() {
    codes=$(sed -n 's/^CODE(\([EWN][0-9]*\),.*/\1/p' \
        "$top_srcdir"/scenarios/codes_*.def)
    [ "$(echo "$codes" | wc -l)" -gt 50 ]
    for code in $codes; do
        expect_code 0 paca explain "$code"
        head -1 stdout | grep -qE "^(error|warning|note) $code: [^ ]"
        [ "$(wc -l < stdout)" -ge 3 ]
        # Pages are read on terminals.
        expect_not grep -qE '^.{81}' stdout
    done
    expect_code 0 paca explain e060
    expect_code 2 paca explain E999
    expect_text stderr "there is no code 'E999'"
    expect_code 2 paca explain
}

test_every_page_of_the_manual_is_there() {
    expect_code 0 paca kinds
    # A page's line is indented by two, what it goes on with by more.
    pages=$(sed -n 's/^  \([a-z][a-z._]*\) .*/\1/p' stdout)
    [ "$(echo "$pages" | wc -l)" -gt 25 ]
    for page in $pages; do
        expect_code 0 paca kinds "$page"
        head -1 stdout | grep -qx "$page"
        [ "$(wc -l < stdout)" -ge 3 ]
    done
    expect_code 2 paca kinds no-such
    expect_text stderr "there is no page 'no-such'"
}

test_the_manual_knows_what_expectations_can_ask_for() {
    expect_code 0 paca kinds metrics
    for metric in switch.mac.used switch.mac.evicted switch.mac.moved \
        switch.flooded_frames switch.vlans.used port.tx_bytes port.tx_frames \
        port.queue_bytes host.policy.entries host.policy.misses \
        wire.overhead_bytes flow.sent flow.completed flow.latency flow.rtt \
        flow.goodput flow.fct flow.lost flow.retransmits flow.resets; do
        expect_text stdout "  $metric "
    done
    expect_code 0 paca kinds fates
    for fate in policy-miss policy-mismatch nvgre-inner-tag nvgre-no-key; do
        expect_text stdout "  $fate "
    done
}

test_list_names_every_bundled_scenario_in_a_line() {
    expect_code 0 paca list
    for file in "$PACA_SCENARIOS"/*.yaml; do
        grep -qE "^$(basename "$file" .yaml) +[A-Za-z0-9]" stdout
    done
    [ "$(wc -l < stdout)" = "$(ls "$PACA_SCENARIOS"/*.yaml | wc -l)" ]
    expect_code 2 paca list more
    export PACA_SCENARIOS=$PWD/none
    expect_code 3 paca list
    expect_text stderr 'No such file or directory'
}

test_show_has_four_views_of_every_bundled_scenario() {
    for file in "$PACA_SCENARIOS"/*.yaml; do
        name=$(basename "$file" .yaml)
        for view in topology addresses policy resolved; do
            expect_code 0 paca show "$name" $view
            [ -s stdout ]
            [ ! -s stderr ]
        done
        cp "$PACA_SCENARIOS"/*.pcap .
        cp stdout resolved.yaml
        expect_code 0 paca check resolved.yaml
        # What is resolved is resolved.
        expect_code 0 paca show resolved.yaml resolved
        expect_same stdout resolved.yaml
    done
    expect_code 2 paca show blue-red policies
    expect_text stderr 'topology, addresses, policy, resolved'
    expect_code 2 paca show blue-red
}

test_show_says_what_the_scenario_says() {
    expect_code 0 paca show blue-red topology
    expect_text stdout 'hv1:eth0--sw1:p1  10Gbps, 1us, mtu 1600'
    expect_code 0 paca show blue-red addresses
    grep -qE '^blue/sql +10.1.1.1 +192.168.1.10 .* hv1 +rewrite +5001$' stdout
    expect_code 0 paca show blue-red addresses --set datapath=vlan
    grep -qE '^red/web +10.1.1.2 +- .* hv2 +vlan +102$' stdout
    grep -qE '^hv1 +192.168.1.1/24 +.* -$' stdout
    expect_code 0 paca show policy-miss policy
    [ "$(grep -c 'blue/sql  (absent here)' stdout)" = 1 ]
    [ "$(grep -c 'green/sql  (otherwise here)' stdout)" = 1 ]
}

test_set_takes_parameters_and_paths() {
    expect_code 0 paca show blue-red resolved --set datapath=nvgre \
        --set run.until=5s --set topology.nodes.sw1.mac_table=4 \
        --set workloads.blue-q.count=7 --set queries=9 --seed 42
    expect_text stdout 'use: nvgre'
    expect_text stdout 'run: {seed: 42, until: 5s'
    expect_text stdout ', mac_table: 4,'
    grep -q 'id: blue-q, .*count: 7' stdout
    grep -q 'id: red-q, .*count: 9' stdout
    # The last one wins, and options are settings.
    expect_code 0 paca show blue-red resolved --set run.until=5s --until 6s
    expect_text stdout 'until: 6s'
}

test_wrong_settings_get_suggestions() {
    expect_code 2 paca check blue-red --set querys=9
    expect_text stderr "did you mean 'queries'?"
    expect_code 2 paca check blue-red --set datapath=nvgr
    expect_text stderr 'nvgre'
    expect_code 2 paca check blue-red --set topology.nodes.sw2.mac_table=4
    expect_text stderr "did you mean 'sw1'?"
    expect_code 2 paca check blue-red --set workloads.blue-p.count=4
    expect_text stderr "did you mean 'blue-q'?"
    expect_code 2 paca check blue-red --set run.untill=4s
    expect_text stderr "did you mean 'until'?"
    expect_code 2 paca check blue-red --set datapath.vlan.tagging=acess
    expect_code 2 paca check blue-red --set =4
    expect_code 2 paca check blue-red --set queries=
    expect_code 2 paca check blue-red --until 5
    expect_text stderr '5s'
}

test_check_tells_good_from_bad() {
    expect_code 0 paca check blue-red overlap
    [ "$(grep -c ': no errors$' stdout)" = 2 ]
    bad=$top_srcdir/tests/bad
    expect_code 2 paca check blue-red "$bad/E052-duplicate-ca.yaml" overlap
    [ "$(grep -c ': no errors$' stdout)" = 2 ]
    expect_text stderr 'E052-duplicate-ca.yaml:22:30: error[E052]'
    expect_code 3 paca check blue-red no-such.yaml
    expect_code 2 paca check
    # Notes alone are no errors, and -q leaves them out.
    expect_code 0 paca check -q "$bad/N201-parameter-unused.yaml"
    [ ! -s stdout ]
    [ ! -s stderr ]
}

test_check_prints_json_for_editors() {
    cd "$top_srcdir/tests/bad"
    expect_json() {
        "$paca" check --json "$1" > "$OLDPWD/out.json" 2> "$OLDPWD/stderr" ||
            true
        (cd "$OLDPWD" && json out.json)
    }
    for file in *.yaml; do
        expect_json "$file"
    done
    expect_json E052-duplicate-ca.yaml
    cd "$OLDPWD"
    [ ! -s stderr ]
    expect_text out.json '"E052"'
    expect_text out.json 'two VMs of tenant blue have CA 10.1.1.11'
}

test_run_prints_json_for_programs() {
    expect_code 0 paca run blue-red --json --out out
    [ "$(json stdout passed)" = true ]
    [ "$(json stdout exit_code)" = 0 ]
    [ "$(json stdout run_directory)" = out ]
    [ "$(json stdout fingerprint)" = "$(json out/manifest.json fingerprint)" ]
}

test_walk_prints_the_five_steps_in_words() {
    expect_code 0 paca walk blue-red --flow blue-q --packet 1
    for text in 'blue/web:eth0  out       10.1.1.2 > 10.1.1.1' \
        'lookup (VSID 5001, CA 10.1.1.1) -> PA 192.168.1.10' \
        'src 10.1.1.2 -> 192.168.1.12, dst 10.1.1.1 -> 192.168.1.10' \
        'hv2:eth0       out       192.168.1.12 > 192.168.1.10' \
        'hv1:eth0       in        192.168.1.12 > 192.168.1.10' \
        'src 192.168.1.12 -> 10.1.1.2, dst 192.168.1.10 -> 10.1.1.1' \
        'blue/sql:eth0  in        10.1.1.2 > 10.1.1.1' \
        '62 B -> 62 B' 'delivered at blue/sql'; do
        expect_text stdout "$text"
    done
    expect_code 0 paca walk blue-red --flow blue-q --direction reply --packet 1
    expect_text stdout 'src 10.1.1.1 -> 192.168.1.10, dst 10.1.1.2 ->'
    expect_text stdout 'delivered at blue/web'
    expect_code 0 paca walk blue-red --flow blue-q --packet 1 \
        --set datapath=nvgre
    expect_text stdout 'VSID 5001'
    grep -qE '6[0-9] B -> 1[0-9]{2} B' stdout
}

test_walk_of_a_run_directory_is_that_of_its_run() {
    expect_code 0 paca run blue-red --set datapath=nvgre --set queries=3 \
        --seed 5 --out out
    expect_code 0 paca walk out --flow blue-q
    cp stdout from-directory
    expect_code 0 paca walk blue-red --flow blue-q --set datapath=nvgre \
        --set queries=3 --seed 5
    expect_same stdout from-directory
    # A replay finds its file again.
    expect_code 0 paca run bad-nvgre --out out2
    expect_code 0 paca walk out2 --flow bad
    expect_text stdout 'nvgre-inner-tag'
    mkdir empty
    expect_code 3 paca walk empty --flow bad
    expect_text stderr 'empty is no run directory'
}

test_walk_refuses_what_is_not_there() {
    expect_code 2 paca walk blue-red --flow blu-q
    expect_text stderr 'blue-q, red-q, blue-ping'
    expect_code 2 paca walk blue-red
    expect_text stderr '--flow'
    expect_code 2 paca walk blue-red --flow blue-q --packet 0
    expect_text stderr 'count from 1'
    expect_code 2 paca walk blue-red --flow blue-q --packet 99999
    expect_text stderr 'such packets'
    expect_code 2 paca walk blue-red --flow blue-q --direction sideways
    expect_code 3 paca walk no-such.yaml --flow blue-q
}

run_tests
