#!/bin/sh
# What a run measures, against figures computed by hand: HNV.md's arithmetic of
# the line (a frame occupies its bytes and 24 more), sums, counts.
. "$(dirname "$0")/cli_bench.sh"

# The value of 'object' in a metric of result.json.
measured() {
    json out/result.json metrics "$1" "$2"
}

# is NUMBER LOW HIGH
is_between() {
    echo "$1 $2 $3" | awk '{ exit !($1 >= $2 && $1 <= $3) }' || {
        echo "$1 is not between $2 and $3"
        return 1
    }
}

# scenario USE VM_MTU MTU RATE-OF-HV2, two hosts and a switch; more is appended.
line_of_two() {
    cat << END
format: 1
name: line
run: {until: 1s}
topology:
  nodes:
    sw1: {role: switch}
    hv1: {role: host, pa: 192.168.1.1/24}
    hv2: {role: host, pa: 192.168.1.2/24}
  links:
    - {ends: [hv1:eth0, sw1:p1], rate: 10Gbps, delay: 1us, mtu: $3}
    - {ends: [hv2:eth0, sw1:p2], rate: $4, delay: 1500ns, mtu: $3}
datapath: {use: $1, vm_mtu: $2}
provider: {pool: 192.168.1.0/24}
tenants:
  blue:
    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001, vlan: 101}}
    vms:
      a: {subnet: lan, ca: 10.1.1.11, pa: auto, host: hv1}
      b: {subnet: lan, ca: 10.1.1.12, pa: auto, host: hv2}
END
}

test_a_tcp_transfer_is_completed_and_not_lost() {
    for use in rewrite nvgre vlan flat; do
        (line_of_two $use 1500 1600 10Gbps
         echo 'workloads: [{id: t, tcp: [blue/a, blue/b], bytes: 100001B}]'
         echo 'expect: [{metric: t.completed, equals: 1},' \
              '{metric: t.lost, equals: 0},' \
              '{metric: t.delivered_bytes, equals: 100001}]') > t.yaml
        expect_code 0 paca run t.yaml --out out --force
    done
}

# One long transfer on 10 GbE: payload over what its frame occupies.
test_tcp_reaches_the_ceiling_of_each_datapath() {
    while read -r use vm_mtu gbps; do
        (line_of_two $use $vm_mtu 1500 10Gbps
         echo 'workloads: [{id: t, tcp: [blue/a, blue/b], bytes: 400MB}]'
         echo 'expect: [{metric: flow.retransmits, equals: 0}]') > t.yaml
        expect_code 0 paca run t.yaml --out out --force
        is_between "$(measured flow.goodput t)" \
            "$(echo $gbps | awk '{ print $1 * 0.999e9 }')" \
            "$(echo $gbps | awk '{ print $1 * 1e9 }')"
    done << END
flat 1500 9.49285
rewrite 1500 9.49285
vlan 1500 9.46823
nvgre 1458 9.21977
END
}

# A frame of 60 B occupies 84: 67.2 ns and 1 us from hv1 to the switch, 672 ns and
# 1.5 us from there to hv2.  ARP there and back, then the datagram: three times
# 3239.2 ns.  Captures have whole nanoseconds, rounded down.
test_captures_have_the_time_of_each_hop() {
    need_tshark
    (line_of_two flat 1500 1600 1Gbps
     echo 'workloads: [{id: u, udp: [blue/a, blue/b], size: 18B, gap: 1ms,' \
          'count: 1, start: 10ms}]'
     echo 'capture: [{at: ["*:*", all-vms], merge: all.pcapng}]'
     echo 'expect: [{metric: u.latency, equals: 9717600ps}]') > t.yaml
    expect_code 0 paca run t.yaml --out out
    tshark -r out/pcap/all.pcapng -T fields -e frame.time_epoch \
        -e frame.interface_name -e frame.packet_flags_direction -e frame.len \
        2> err | awk '{ print $1, $2, $3 ~ /1$/ ? "in" : "out", $4 }' > seen
    cat > wanted << 'END'
0.010000000 blue/a:eth0 out 42
0.010000000 hv1:eth0 out 60
0.010001067 sw1:p1 in 60
0.010001067 sw1:p2 out 60
0.010003239 hv2:eth0 in 60
0.010003239 blue/b:eth0 in 42
0.010003239 blue/b:eth0 out 42
0.010003239 hv2:eth0 out 60
0.010005411 sw1:p2 in 60
0.010005411 sw1:p1 out 60
0.010006478 hv1:eth0 in 60
0.010006478 blue/a:eth0 in 42
0.010006478 blue/a:eth0 out 60
0.010006478 hv1:eth0 out 60
0.010007545 sw1:p1 in 60
0.010007545 sw1:p2 out 60
0.010009717 hv2:eth0 in 60
0.010009717 blue/b:eth0 in 60
END
    expect_same seen wanted
}

test_an_overloaded_port_sends_at_line_rate_and_drops_the_rest() {
    # 1000 B of payload are 1042 B and occupy 1066 B: 852.8 ns at 10 Gb/s.
    (line_of_two flat 1500 1600 10Gbps
     cat << END
      c: {subnet: lan, ca: 10.1.1.13, pa: auto, host: hv1}
metrics: {every: 1ms, collect: [port.tx_bytes]}
workloads:
  - {id: u, udp: [blue/a, blue/b], size: 1000B, rate: 12Gbps, stop: 50ms}
expect:
  - {metric: u.sent, equals: 75000}
END
    ) | sed 's/rate: 10Gbps, delay: 1us/rate: 40Gbps, delay: 1us/' > t.yaml
    expect_code 0 paca run t.yaml --out out
    drops=$(measured port.drops.queue-full sw1:p2)
    [ $drops -gt 0 ]
    [ "$(json out/result.json packets dropped queue-full)" = $drops ]
    [ "$(grep -c ',sw1,queue-full,blue,u,' out/drops.csv)" = $drops ]
    [ "$(measured flow.completed u)" = $((75000 - drops)) ]
    [ "$(measured flow.lost u)" = $drops ]
    # It never sends faster than the line, and not slower while frames wait.
    awk -F, '$2 == "port.tx_bytes" && $3 == "sw1:p2" && $1 <= 0.05 {
                 if (n++ > 1) {
                     grown = $4 - last
                     if (grown < 1171 * 1042 || grown > 1173 * 1042) {
                         print $0, grown / 1042
                         bad = 1
                     }
                 }
                 last = $4
             }
             END { exit bad || n < 49 }' out/metrics.csv
}

run_tests
