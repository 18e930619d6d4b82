#!/bin/sh
# Set-up of large networks: memory per VM and per host, and no cost that grows
# faster than the network.  CPU time is only bounded, at some twenty times of what
# it takes: a pass over all VMs for each would take hours.
. "$(dirname "$0")/cli_bench.sh"

# Sanitizers multiply memory.
is_sanitized() {
    grep -q __asan_init "$paca"
}

# A leaf-spine of 10 idle hosts a leaf: network LEAVES TENANTS VMS_OF_EACH
network() {
    cat <<END
format: 1
name: scale
run: {until: 1ms}
topology:
  generate:
    kind: leaf-spine
    leaves: $1
    spines: 1
    hosts_per_leaf: 10
    host_link: {rate: 10Gbps, mtu: 1600}
    fabric_link: {rate: 40Gbps, mtu: 1600}
datapath: {use: vlan}
tenants:
  t:
    count: $2
    subnets: {lan: {cidr: 10.0.0.0/16, vlan: auto}}
    vms: {app: {count: $3, subnet: lan, host: spread, ca: auto}}
END
}

# Peak memory of a run with these arguments.
peak_bytes() {
    network "$@" > scale.yaml
    (ulimit -t 60; expect_code 0 paca run -q scale.yaml --out run --force) ||
        exit 1
    json run/manifest.json peak_rss_bytes
}

test_a_vm_without_traffic_costs_at_most_600_bytes() {
    ! is_sanitized || skip "sanitizers take memory of their own"
    few=$(peak_bytes 100 1000 10)
    many=$(peak_bytes 100 1000 200)
    each=$(((many - few) / 190000))
    echo "$each bytes a VM"
    [ "$each" -le 600 ]
}

test_a_host_with_its_link_costs_at_most_3000_bytes() {
    ! is_sanitized || skip "sanitizers take memory of their own"
    few=$(peak_bytes 100 1 1)
    many=$(peak_bytes 3100 1 1)
    each=$(((many - few) / 30000))
    echo "$each bytes a host"
    [ "$each" -le 3000 ]
}

test_large_networks_are_not_written_out() {
    peak_bytes 1000 1000 100 > /dev/null
    [ ! -e run/scenario.resolved.yaml ]
    expect_text run/result.json '"metrics": {}'
    [ "$(wc -l < run/tables.csv)" -gt 10000 ]
}

run_tests
