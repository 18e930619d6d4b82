#!/bin/sh
# Break it and see it: what is wrong in a network is noticed and named, and each
# kind of expectation fails where it does not hold, or saw nothing.
. "$(dirname "$0")/cli_bench.sh"

# blue_red_with RECORDS: blue-red.yaml with policy.records, as broken.yaml
blue_red_with() {
    sed "s|^policy: .*|policy: {records: [$1]}|" "$PACA_SCENARIOS/blue-red.yaml" \
        > broken.yaml
    expect_text broken.yaml "$1"
}

verdict() {
    grep -E "^(passed|FAILED)  $1 " stdout | cut -c1-6
}

test_a_missing_record_is_named_by_the_walk() {
    for use in rewrite nvgre; do
        blue_red_with '{host: hv2, vm: blue/sql, absent: true}'
        expect_code 1 paca run broken.yaml --set datapath=$use --out $use
        [ "$(verdict blue-served)" = FAILED ]
        [ "$(verdict red-served)" = passed ]
        [ "$(verdict no-leak)" = passed ]
        [ "$(json $use/result.json packets dropped policy-miss)" -ge 1 ]
        # blue-ping is the first to ask; blue-q waits for the same answer.
        grep -q ',hv2,policy-miss,blue,blue-ping,' $use/drops.csv
        for flow in "blue-ping" "blue-q" "blue-q --packet 1"; do
            expect_code 0 paca walk $use --flow $flow
            expect_text stdout 'lookup (VSID 5001, CA 10.1.1.1) -> no record'
            expect_text stdout 'dropped at hv2: policy-miss'
        done
    done
}

test_a_missing_record_of_the_sender_is_named_where_it_is_missed() {
    # hv1 gets the packet, and cannot answer.
    blue_red_with '{host: hv1, vm: blue/web, absent: true}'
    expect_code 1 paca run broken.yaml --out out
    [ "$(verdict blue-served)" = FAILED ]
    [ "$(verdict no-leak)" = passed ]
    expect_code 0 paca walk out --flow blue-q
    expect_text stdout 'dropped at hv1'
    grep -qE '10\.1\.1\.2|192\.168\.1\.12' stdout
}

test_swapped_provider_addresses_are_a_mismatch_and_no_leak() {
    # hv2 knows Blue's and Red's databases by each other's PA.
    swap='{host: hv2, vm: blue/sql, ProviderAddress: 192.168.1.11},'
    swap="$swap {host: hv2, vm: red/sql, ProviderAddress: 192.168.1.10}"
    blue_red_with "$swap"
    expect_code 1 paca run broken.yaml --out out
    [ "$(verdict blue-served)" = FAILED ]
    [ "$(verdict red-served)" = FAILED ]
    [ "$(verdict no-leak)" = passed ]
    [ "$(json out/result.json packets dropped policy-mismatch)" -ge 2 ]
    expect_code 0 paca walk out --flow blue-q
    expect_text stdout 'dropped at hv1: policy-mismatch'
}

test_swapped_hosts_are_a_mismatch_and_no_leak_in_nvgre() {
    blue_red_with '{host: hv2, vm: blue/sql, ProviderAddress: 192.168.1.2}'
    expect_code 1 paca run broken.yaml --set datapath=nvgre --out out
    [ "$(verdict blue-served)" = FAILED ]
    [ "$(verdict red-served)" = passed ]
    [ "$(verdict no-leak)" = passed ]
}

# ---- Each kind of expectation, false ----

# judged EXPECTATION CODE: runs a scenario with one expectation, called 'it'.
judged() {
    (tiny_scenario
     cat << END
run: {until: 1s}
workloads:
  - {id: p, ping: [blue/web, blue/sql], count: 3, every: 10ms}
  - {id: late, udp: [blue/web, blue/sql], gap: 1ms, count: 3, start: 5s}
expect:
  - {id: it, $1}
END
    ) > t.yaml
    expect_code "$2" paca run t.yaml --out out --force
    if [ "$2" = 0 ]; then
        [ "$(verdict it)" = passed ]
    else
        [ "$(verdict it)" = FAILED ]
    fi
}

test_metrics_are_compared_as_they_say() {
    judged 'metric: p.completed, equals: 3' 0
    judged 'metric: p.completed, equals: 2' 1
    judged 'metric: p.completed, min: 3' 0
    judged 'metric: p.completed, min: 4' 1
    judged 'metric: p.completed, max: 3' 0
    judged 'metric: p.completed, max: 2' 1
    judged 'metric: p.completed, between: [3, 4]' 0
    judged 'metric: p.completed, between: [4, 5]' 1
    judged 'metric: p.completed, between: [1, 2]' 1
    judged 'metric: p.completed, min: 1, max: 2' 1
    judged 'metric: p.completed, equals: 3, min: 4' 1
}

test_metrics_are_compared_in_their_units() {
    # A round trip over two links of 1us and a switch.
    judged 'metric: p.latency.max, between: [4us, 1ms]' 0
    judged 'metric: p.latency.max, max: 3us' 1
    judged 'metric: p.latency.max, min: 1ms' 1
    judged 'metric: p.sent_bytes, equals: 96' 0
    judged 'metric: p.sent_bytes, max: 95B' 1
    judged 'metric: p.sent_bytes, max: 1KiB' 0
    judged 'metric: p.goodput, min: 1bps' 0
    judged 'metric: p.goodput, min: 1Gbps' 1
}

test_what_a_vm_is_can_be_expected() {
    judged 'metric: blue/web.host, equals: hv1' 0
    judged 'metric: blue/web.host, equals: hv2' 1
    judged 'metric: blue/web.ca, equals: 10.1.1.11' 0
    judged 'metric: blue/web.ca, equals: 10.1.1.12' 1
    judged 'metric: blue/web.pa, equals: 192.168.1.1' 0
}

test_reachable_and_unreachable_are_each_others_opposite() {
    judged 'reachable: [blue/web, blue/sql]' 0
    judged 'unreachable: [blue/web, blue/sql]' 1
    expect_text stdout 'blue/web to blue/sql: 3 pings sent, 3 got there'
    # Nothing joins the hosts any more.
    judged 'unreachable: [blue/web, blue/sql]' 1
    sed -i 's/hv2:eth0, sw1:p2\], rate: 10Gbps/&, loss: 100%/' t.yaml
    expect_code 0 paca run t.yaml --out out --force
    sed -i 's/unreachable/reachable/' t.yaml
    expect_code 1 paca run t.yaml --out out --force
    expect_text stdout '0 answered'
}

test_present_and_absent_look_at_the_place() {
    judged 'present: icmp, at: [blue/sql:eth0]' 0
    judged 'present: tcp, at: [blue/sql:eth0]' 1
    judged 'present: ip proto 47, at: [all-hosts]' 0
    judged 'present: icmp, at: [blue/sql:eth0, hv1:eth0]' 1
    expect_text stdout hv1:eth0
    judged 'absent: tcp, at: [all-vms]' 0
    judged 'absent: icmp, at: [all-vms]' 1
    expect_text stdout 'ICMP echo request'
}

test_walks_must_pass_the_places_in_order() {
    judged 'walk: {flow: p}, steps: [{at: blue/web:eth0, src: 10.1.1.11},
        {at: hv1:eth0, src: 192.168.1.1, dst: 192.168.1.2},
        {at: "blue/sql:eth0", dst: 10.1.1.12}]' 0
    # A wrong address.
    judged 'walk: {flow: p}, steps: [{at: hv1:eth0, src: 192.168.1.9}]' 1
    expect_text stdout 'step 1, hv1:eth0: 192.168.1.9 > any; found hv1:eth0:'
    # The wrong order.
    judged 'walk: {flow: p}, steps: [{at: hv2:eth0}, {at: hv1:eth0}]' 1
    # The other direction.
    judged 'walk: {flow: p, direction: reply},
        steps: [{at: hv2:eth0}, {at: hv1:eth0}]' 0
    # A place that it has passed before.
    judged 'walk: {flow: p}, steps: [{at: hv1:eth0}, {at: blue/web:eth0}]' 1
}

test_a_fingerprint_is_this_run_and_no_other() {
    judged 'fingerprint: "0123456789abcdef"' 1
    print=$(json out/manifest.json fingerprint)
    expect_text stdout "$print"
    judged "fingerprint: \"$print\"" 0
    expect_code 1 paca run t.yaml --set workloads.p.count=4 --out out --force
}

flat_scenario() {
    tiny_scenario | sed 's/use: nvgre/use: flat/'
    cat << 'END'
  red:
    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 6001}}
    vms: {web: {subnet: lan, ca: 10.1.1.21, host: hv1}}
workloads:
  - {id: p, ping: [blue/web, blue/sql], count: 3, every: 10ms}
expect:
  - {id: it, isolated: [blue, red]}
END
}

test_isolated_fails_where_tenants_share_a_broadcast_domain() {
    flat_scenario > t.yaml
    expect_code 1 paca run t.yaml --out out
    [ "$(verdict it)" = FAILED ]
    expect_text stdout 'frames leaked'
    # It says which frame was heard by whom: Blue's ARP request, by Red.
    expect_text stdout 'red/web:eth0 in'
    expect_text stdout 'ARP who-has 10.1.1.12'
    # The same with VLANs does not.
    sed 's/use: flat/use: vlan/; s/vsid: 5001/vlan: 5/; s/vsid: 6001/vlan: 6/' \
        t.yaml > v.yaml
    expect_code 0 paca run v.yaml --out out --force
}

test_an_expectation_that_saw_nothing_fails() {
    judged 'metric: late.latency.mean, max: 1s' 1
    expect_text stdout 'no data'
    judged 'present: udp, at: [blue/web:eth0]' 1
    judged 'walk: {flow: late}, steps: [{at: hv1:eth0}]' 1
    expect_text stdout 'no data: late has no such packet'
    judged 'walk: {flow: p, packet: 99}, steps: [{at: hv1:eth0}]' 1
    expect_text stdout 'no data'
    # No frame at all passes a VM that nobody talks to.
    (tiny_scenario
     echo '      dns: {subnet: lan, ca: 10.1.1.13, host: hv1}'
     echo 'expect:'
     echo '  - {id: absent, absent: arp, at: ["blue/dns:eth0"]}'
     echo '  - {id: isolated, isolated: all-tenants}') > t.yaml
    expect_code 1 paca run t.yaml --out out --force
    [ "$(verdict absent)" = FAILED ]
    [ "$(verdict isolated)" = FAILED ]
    [ "$(grep -c 'no data' stdout)" = 2 ]
}

test_when_turns_an_expectation_off() {
    judged 'metric: p.completed, equals: 2' 1
    sed -i 's/equals: 2/equals: 2, when: 1 == 2/' t.yaml
    expect_code 0 paca run t.yaml --out out --force
    expect_text stdout 'the scenario expects nothing'
    judged 'metric: p.completed, equals: 2, when: 1 == 1' 1
}

run_tests
