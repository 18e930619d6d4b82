#!/bin/sh
# Events of a scenario: what they do, when, and what events.jsonl says of it.
. "$(dirname "$0")/cli_bench.sh"

# two_switches EVENT...: hv1 and hv2 behind a switch each; a ping every 10 ms,
# whose requests and replies take less than 1 ms.
two_switches() {
    cat << 'END'
format: 1
name: two
run: {until: 1s}
topology:
  nodes:
    sw1: {role: switch}
    sw2: {role: switch}
    hv1: {role: host, pa: 192.168.1.1/24}
    hv2: {role: host, pa: 192.168.1.2/24}
  links:
    - {ends: [hv1:eth0, sw1:p1], rate: 10Gbps, mtu: 1600}
    - {ends: [hv2:eth0, sw2:p1], rate: 10Gbps, mtu: 1600}
    - {ends: [sw1:up, sw2:up], rate: 10Gbps, mtu: 1600}
datapath: {use: nvgre}
tenants:
  blue:
    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001}}
    vms:
      web: {subnet: lan, ca: 10.1.1.11, host: hv1}
      sql: {subnet: lan, ca: 10.1.1.12, host: hv2}
workloads:
  - {id: p, ping: [blue/web, blue/sql], every: 10ms, start: 5ms, count: 99}
expect:
  - {metric: p.sent, min: 1}
END
    [ $# = 0 ] || echo 'events:'
    for event in "$@"; do
        echo "  - {$event}"
    done
}

# played EVENT...: the metrics of that, in out/result.json
played() {
    two_switches "$@" > t.yaml
    expect_code 0 paca run t.yaml --out out --force
}

# value METRIC ENTITY
value() {
    json out/result.json metrics "$1" "$2"
}

dropped() {
    json out/result.json packets dropped "$1"
}

test_a_link_that_is_down_loses_what_is_sent_over_it() {
    played
    [ "$(value flow.completed p)" = 99 ]
    [ ! -s out/events.jsonl ]
    played 'at: 100ms, id: cut, link_down: sw2:up--sw1:up, for: 200ms'
    [ "$(value flow.completed p)" = 79 ]
    [ "$(dropped no-member)" = 20 ] # No port is left behind which hv2 may be.
    cat > wanted << 'END'
{"t_ps":100000000000,"event":"link_down","id":"cut","link":"sw1:up--sw2:up"}
{"t_ps":300000000000,"event":"link_up","id":"cut","link":"sw1:up--sw2:up"}
END
    expect_same out/events.jsonl wanted
    played 'at: 100ms, link_down: sw1:up--sw2:up' \
        'at: 250ms, link_up: sw2:up--sw1:up'
    [ "$(value flow.completed p)" = 84 ]
    played 'at: 100ms, link_down: sw1:up--sw2:up'
    [ "$(value flow.completed p)" = 10 ]
}

test_an_event_acts_before_what_else_happens_at_its_time() {
    played 'at: 105ms, link_down: hv1:eth0--sw1:p1, for: 1ps'
    [ "$(value flow.completed p)" = 98 ]
    [ "$(dropped link-down)" = 1 ]
    played 'at: 105ms, link_down: sw1:up--sw2:up, for: 10ms' \
        'at: 115ms, link_down: sw1:up--sw2:up, for: 10ms'
    [ "$(value flow.completed p)" = 97 ]
}

test_a_port_is_shut_at_one_end() {
    played 'at: 100ms, port_down: sw1:p1, for: 100ms' \
        'at: 150ms, link_down: hv1:eth0--sw1:p1, for: 100ms'
    [ "$(value flow.completed p)" = 84 ]
    expect_text out/events.jsonl '"event":"port_up","id":"port_down-1"'
}

test_a_host_that_is_down_takes_its_vms_with_it() {
    played 'at: 100ms, host_down: hv2, for: 100ms'
    [ "$(value flow.completed p)" = 89 ]
    played 'at: 100ms, host_down: hv1' 'at: 150ms, host_up: hv1'
    # The guest stands still meanwhile and goes on then, at 150 ms.
    [ "$(value flow.completed p)" = 95 ]
    [ "$(dropped link-down || echo 0)" = 0 ]
    expect_text out/events.jsonl \
        '{"t_ps":150000000000,"event":"host_up","id":"host_up-2","node":"hv1"}'
}

test_a_switch_that_restarts_is_cut_off_and_knows_nothing() {
    played
    flooded=$(value switch.flooded_frames sw1)
    played 'at: 102ms, switch_reboot: sw1, for: 1us'
    [ "$(value flow.completed p)" = 99 ]
    # hv1 and hv2 are learned from the next request, which is flooded, and its
    # reply; sw2 has seen its link go and forgets what was behind that.
    [ "$(value switch.flooded_frames sw1)" = $((flooded + 1)) ]
    [ "$(value switch.flooded_frames sw2)" = "$flooded" ]
    played 'at: 100ms, switch_reboot: sw1, for: 50ms' \
        'at: 110ms, link_down: sw1:up--sw2:up, for: 10ms'
    [ "$(value flow.completed p)" = 94 ]
}

test_a_flushed_table_floods_again() {
    played
    flooded=$(value switch.flooded_frames sw1)
    played 'at: 102ms, flush_mac: sw1'
    [ "$(value switch.flooded_frames sw1)" = $((flooded + 1)) ]
    played 'at: 102ms, flush_mac: sw1, port: sw1:up'
    [ "$(value switch.flooded_frames sw1)" = $((flooded + 1)) ]
    # Nobody asks for hv1 before it has been learned again.
    played 'at: 102ms, flush_mac: sw1, port: sw1:p1'
    [ "$(value switch.flooded_frames sw1)" = "$flooded" ]
    played 'at: 102ms, flush_mac: sw1, vlan: 5'
    [ "$(value switch.flooded_frames sw1)" = "$flooded" ]
    played 'at: 102ms, flush_mac: sw1, vlan: 1'
    [ "$(value switch.flooded_frames sw1)" = $((flooded + 1)) ]
}

test_a_setting_changes_and_changes_back() {
    played 'at: 100ms, set: sw1:up--sw2:up, loss: 100%, for: 100ms'
    [ "$(value flow.completed p)" = 89 ]
    [ "$(dropped link-loss)" = 10 ]
    expect_text out/events.jsonl '"link":"sw1:up--sw2:up","loss":0}'
    played 'at: 100ms, set: sw1:up--sw2:up, mtu: 576'
    [ "$(value flow.completed p)" = 99 ]
    sed 's/every: 10ms/&, size: 1000B/' t.yaml > big.yaml
    expect_code 0 paca run big.yaml --out out --force
    [ "$(dropped switch-too-big)" = 89 ]
    played
    flooded=$(value switch.flooded_frames sw1)
    played 'at: 102ms, set: sw1, mac_aging: 5ms, for: 100ms'
    # Each of the ten requests of that time, and one that finds nothing left.
    [ "$(value switch.flooded_frames sw1)" = $((flooded + 11)) ]
}

test_a_vm_runs_between_its_start_and_its_stop() {
    played 'at: 100ms, vm_start: blue/sql' 'at: 200ms, vm_stop: blue/sql' \
        'at: 300ms, vm_start: "blue/s*"' 'at: 400ms, vm_stop: [blue/sql]'
    [ "$(value flow.completed p)" = 20 ]
    [ "$(dropped vm-off)" = 79 ]
    [ "$(grep -c '"vm":"blue/sql"' out/events.jsonl)" = 4 ]
    played 'at: 400ms, vm_stop: blue/sql, for: 100ms'
    [ "$(value flow.completed p)" = 89 ]
}

# Two VLANs over three switches; blue/sql is started at 10 s, and stopped at
# 40 s.  $1: of datapath.vlan
three_switches() {
    cat << END
format: 1
name: three
run: {until: 60s}
topology:
  nodes:
    core: {role: switch}
    sw1: {role: switch}
    sw2: {role: switch}
    hv1: {role: host}
    hv2: {role: host}
    hv3: {role: host}
  links:
    - {ends: [hv1:eth0, sw1:p1], rate: 10Gbps}
    - {ends: [hv2:eth0, sw2:p1], rate: 10Gbps}
    - {ends: [hv3:eth0, sw2:p2], rate: 10Gbps}
    - {ends: [sw1:up, core:p1], rate: 10Gbps}
    - {ends: [sw2:up, core:p2], rate: 10Gbps}
datapath: {use: vlan, vlan: {$1}}
tenants:
  blue:
    subnets: {lan: {cidr: 10.1.1.0/24, vlan: 101, gateway: none}}
    vms:
      web: {subnet: lan, ca: 10.1.1.11, host: hv1}
      sql: {subnet: lan, ca: 10.1.1.12, host: hv2}
  red:
    subnets: {lan: {cidr: 10.1.1.0/24, vlan: 102, gateway: none}}
    vms:
      web: {subnet: lan, ca: 10.1.1.11, host: hv1}
      sql: {subnet: lan, ca: 10.1.1.12, host: hv3}
workloads:
  - {id: blue, ping: [blue/web, blue/sql], every: 100ms, start: 5s, stop: 59s}
  - {id: red, ping: [red/web, red/sql], every: 100ms, start: 50ms, stop: 59s}
events:
  - {at: 10s, id: begin, vm_start: blue/sql}
  - {at: 40s, id: over, vm_stop: blue/sql}
expect:
  - {id: blue, metric: blue.completed, min: 1, between: [25s, 40s]}
  - {id: before, metric: blue.completed, equals: 0, between: [0s, 15s]}
  - {id: red, metric: red.lost, equals: 0}
  - {id: work, metric: switch.reconfigurations, equals: 3,
     between: [begin.start, over.start]}
END
}

test_a_started_vm_has_no_network_until_its_vlan_has_been_configured() {
    three_switches 'reconfigure: {per_switch: 5s}' > t.yaml
    expect_code 0 paca run t.yaml --out out
    [ "$(value switch.reconfigurations sw2)" = 2 ]
    [ "$(value switch.reconfiguring_us core)" = 10000000 ]
    expect_text out/events.jsonl '{"t_ps":25000000000000,"event":"reconfigured",'\
'"node":"sw2","text":"VLAN 101, added to p1, up"}'
    expect_text out/drops.csv ',sw1,no-member,blue,'
    [ "$(dropped link-down || echo 0)" = 0 ]
    expect_code 0 paca run out/scenario.resolved.yaml --out again
    expect_same out/events.jsonl again/events.jsonl
}

test_work_on_switches_is_the_same_in_any_number_of_partitions() {
    three_switches 'reconfigure: {per_switch: 5s, jitter: 1s, outage: switch}' \
        > t.yaml
    for n in 1 2 5; do
        expect_code 1 paca run t.yaml --partitions $n --out $n
        for file in events.jsonl drops.csv flows.csv result.json; do
            expect_same 1/$file $n/$file
        done
    done
}

test_without_reconfigure_a_vlan_is_there_at_once() {
    three_switches '' > t.yaml
    expect_code 1 paca run t.yaml --out out
    expect_text stdout 'FAILED  before'
    [ "$(value switch.reconfigurations sw2)" = 2 ]
    [ "$(value switch.reconfiguring_us sw2)" = 0 ]
}

test_work_on_switches_may_cut_others_off() {
    # Red shares the links that change.
    three_switches 'reconfigure: {per_switch: 5s, outage: port}' > t.yaml
    expect_code 1 paca run t.yaml --out out
    expect_text stdout 'FAILED  red'
    expect_text out/drops.csv ',core,no-member,red,'
    # By how much differs from seed to seed.
    three_switches 'reconfigure: {per_switch: 5s, jitter: 1s}' > t.yaml
    for seed in 1 2; do
        expect_code 0 paca run t.yaml --seed $seed --out $seed
    done
    expect_not cmp -s 1/events.jsonl 2/events.jsonl
}

test_events_are_resolved_and_repeated() {
    played 'at: 100ms, link_down: sw2:up--sw1:up, for: 50ms' \
        'at: 200ms, set: sw1:up--sw2:up, loss: 10%, mtu: 1580, for: 100ms' \
        'at: 300ms, flush_mac: sw1, port: sw1:up, vlan: 1' \
        'at: 300ms, set: sw2, mac_aging: 1.5ms' \
        'at: 350ms, port_down: sw2:p1, for: 20ms' \
        'at: 400ms, vm_stop: ["blue/*"], for: 20ms' \
        'at: 500ms, switch_reboot: sw2, for: 30ms' \
        'at: 600ms, host_down: hv1, for: 30ms'
    expect_code 0 paca run out/scenario.resolved.yaml --out again
    expect_same out/events.jsonl again/events.jsonl
    [ "$(json out/manifest.json fingerprint)" \
        = "$(json again/manifest.json fingerprint)" ]
    expect_same out/scenario.resolved.yaml again/scenario.resolved.yaml
}

# verdict_of EXPECTATION: of a link that is down from 100 to 200 ms
verdict_of() {
    two_switches 'at: 100ms, id: cut, link_down: sw1:up--sw2:up, for: 100ms' \
        | sed "s|^expect:|&\n  - {id: it, $(echo "$1" | tr '\n' ' ')}|" > t.yaml
    got=0
    paca run t.yaml --out out --force > stdout 2> stderr || got=$?
    sed -n 's/^\([a-zA-Z]*\)  it .*/\1/p' stdout
}

test_counters_are_asked_of_a_part_of_the_run() {
    [ "$(verdict_of 'metric: p.lost, equals: 10')" = passed ]
    [ "$(verdict_of 'metric: p.lost, equals: 0, since: cut.done')" = passed ]
    [ "$(verdict_of 'metric: p.lost, equals: 10, since: 100ms')" = passed ]
    expect_text stdout '10 (wanted: = 10 since 100ms)'
    [ "$(verdict_of 'metric: p.lost, equals: 0, since: cut.start')" = FAILED ]
    [ "$(verdict_of 'metric: p.lost, equals: 4,
        between: [cut.start + 15ms, cut.done - 45ms]')" = passed ]
    expect_text stdout '(wanted: = 4 between 115ms and 155ms)'
    [ "$(verdict_of 'metric: p.completed, max: 9, between: [0s, 95ms]')" \
        = passed ]
    [ "$(verdict_of 'metric: p.completed, equals: 80, since: 200ms')" = FAILED ]
    [ "$(verdict_of 'metric: p.completed, equals: 79, since: 200ms')" = passed ]
    [ "$(verdict_of 'metric: p.completed.rate, equals: 100/s,
        between: [300ms, 700ms]')" = passed ]
    [ "$(verdict_of 'metric: packets.no-member, equals: 5,
        since: cut.start + 55ms')" = passed ]
    [ "$(verdict_of 'metric: packets.no-member, equals: 5,
        between: [50ms, 150ms]')" = passed ]
    [ "$(verdict_of 'metric: switch.flooded_frames, max: 0,
        between: [50ms, 95ms]')" \
        = passed ]
    [ "$(verdict_of 'metric: switch.flooded_frames.max, min: 1,
        between: [0s, 50ms]')" = passed ]
    [ "$(verdict_of 'metric: p.lost, equals: 0, between: [1us, 100ms]')" \
        = passed ]
}

test_a_walk_plays_the_events_too() {
    two_switches 'at: 100ms, link_down: sw1:up--sw2:up' > t.yaml
    expect_code 0 paca walk t.yaml --flow p --packet 25
    expect_text stdout 'dropped at sw1: no-member'
}

run_tests
