#!/bin/sh
# paca run --partitions: whatever their number, the run is the same.
. "$(dirname "$0")/cli_bench.sh"

counts='1 2 3 7'

# same_in_partitions SCENARIO DIR CODE [OPTION...]
same_in_partitions() {
    scenario=$1 dir=$2 code=$3
    shift 3
    for n in $counts; do
        expect_code "$code" paca run "$scenario" --out "$dir-$n" \
            --partitions $n "$@"
        snapshot "$dir-$n" > "$dir-$n.files"
        expect_same "$dir-1.files" "$dir-$n.files"
    done
}

test_bundled_scenarios_give_the_same_files_in_any_number_of_partitions() {
    for file in "$PACA_SCENARIOS"/*.yaml; do
        name=$(basename "$file" .yaml)
        echo "$name"
        same_in_partitions "$name" "$name" 0
    done
}

test_every_datapath_gives_the_same_files_in_any_number_of_partitions() {
    echo "$bundled_runs" | while read -r name use; do
        run_bundled "$name" "$use" "$name-$use-1" || exit 1
        run_bundled "$name" "$use" "$name-$use-3" --partitions 3 || exit 1
        snapshot "$name-$use-1" > a
        snapshot "$name-$use-3" > b
        expect_same a b || exit 1
    done
}

# A switch of a ring is off for a second, at a moment when bridges say hello:
# what it sends as its links go down one after the other crosses borders.
rebooting_ring() {
    cat << 'END'
format: 1
name: ring
run: {until: 13s}
topology:
  generate: {kind: ring, switches: 6, hosts_per_switch: 1, end: server,
             host_link: {rate: 1Gbps, delay: 1us}}
provider: {l2_loop: rstp}
workloads:
  - {id: p, ping: [h1, h4], every: 100ms, start: 5s}
events:
  - {at: 10s, switch_reboot: sw1, for: 1s}
expect:
  - {id: back, metric: p.lost, max: 0, between: [11200ms, 12500ms]}
END
}

test_a_switch_that_reboots_is_the_same_in_any_number_of_partitions() {
    rebooting_ring > ring.yaml
    same_in_partitions ring.yaml ring 0
}

# Two hosts at each of three switches, VMs of three tenants at each; losses,
# buffers that overflow, a link that fails, a capture of all ports in one file,
# and expectations of every kind, one of which fails.
everything() {
    cat << 'END'
format: 1
name: everything
run: {until: 400ms, warmup: 7ms}
datapath: {use: nvgre}
topology:
  defaults: {switch: {buffer: 20KB, mac_table: 12}}
  nodes:
    sw0: {role: switch}
END
    for i in 1 2 3; do
        echo "    sw$i: {role: switch}"
    done
    for i in 1 2 3 4 5 6; do
        echo "    h$i: {role: host, pa: 192.168.1.$i/24}"
    done
    echo '  links:'
    for i in 1 2 3; do
        echo "    - {ends: [sw$i:up, sw0:p$i], rate: 1Gbps, mtu: 1600}"
    done
    for i in 1 2 3 4 5 6; do
        echo "    - {ends: [h$i:eth0, sw$(((i + 1) / 2)):p$i], rate: 1Gbps," \
             "delay: 300ns, mtu: 1600, loss: 1%}"
    done
    echo tenants:
    for tenant in 1 2 3; do
        echo "  t$tenant:"
        echo "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 500$tenant}}"
        echo "    vms:"
        for host in 1 2 3 4 5 6; do
            echo "      v$host: {subnet: lan, ca: 10.1.1.1$host," \
                 "host: h$(((host * 5 + tenant) % 6 + 1))}"
        done
    done
    echo workloads:
    for tenant in 1 2 3; do
        echo "  - {id: ping$tenant, ping: [t$tenant/v1, t$tenant/v6]," \
             "every: 1ms, count: 30}"
        echo "  - {id: bulk$tenant, tcp: [t$tenant/v2, t$tenant/v5]," \
             "port: 80, bytes: 300KB, start: 1ms}"
        echo "  - {id: rain$tenant, udp: [t$tenant/v3, t$tenant/v4], port: 9," \
             "size: 1000B, gap: exponential 20us, count: 400}"
    done
    cat << 'END'
events:
  - {at: 9ms, link_down: sw2:up--sw0:p2, for: 4ms}
capture:
  - {at: [all-hosts], merge: all.pcapng}
  - {at: [all-hosts], filter: "icmp or arp", limit: 10KB, merge: few.pcapng}
  - {at: [t1/v1:eth0]}
metrics:
  every: 700us
  collect: [switch.mac.used, flow.latency, port.rx_frames]
expect:
  - {isolated: [t1, t2, t3]}
  - {reachable: [t1/v1, t1/v6]}
  - {at: [all-hosts], present: "arp"}
  - {at: [all-hosts], absent: "ip proto gre and src host 192.168.1.3"}
END
}

test_what_many_nodes_write_is_in_the_same_order() {
    everything > t.yaml
    same_in_partitions t.yaml out 1
    [ "$(wc -l < out-1/drops.csv)" -gt 100 ]
    [ -s out-1/events.jsonl ]
}

test_a_limit_of_events_holds_to_a_window() {
    (long_scenario; echo 'run: {until: 1h, limit: {events: 5000}}') > t.yaml
    expect_code 4 paca run t.yaml --out out --partitions 2
    events=$(json out/manifest.json events)
    [ "$events" -ge 5000 ]
    [ "$events" -lt 5500 ]
}

test_a_number_that_is_none_is_refused() {
    for n in 0 -1 1025; do
        expect_code 2 paca run blue-red --partitions $n
        expect_text stderr '--partitions is 1 to 1024'
    done
    expect_code 2 paca run blue-red --partitions two
}

run_tests
