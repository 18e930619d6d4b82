#!/bin/sh
# The bundled scenarios of fabrics: what they show is not there when one thing
# is otherwise, and what cannot be is refused with the reason.
. "$(dirname "$0")/cli_bench.sh"

# fails EXPECTATION NAME OPTION...: that scenario fails by that expectation
fails() {
    wanted=$1
    shift
    expect_code 1 paca run "$@" --out out --force
    grep -q "^FAILED  $wanted " stdout || {
        echo "$*: $wanted did not fail"
        cat stdout
        return 1
    }
}

# changed NAME COMMAND: the bundled scenario after an edit, as changed.yaml
changed() {
    sed "$2" "$PACA_SCENARIOS/$1.yaml" > changed.yaml
    expect_not cmp -s changed.yaml "$PACA_SCENARIOS/$1.yaml"
}

test_one_address_more_than_the_table_holds_is_flooded() {
    fails none-flooded address-caching --set addresses=8193
    expect_text stdout 'ICMP echo reply'
    fails all-learned address-caching --set ways=4
    # As many as the closed form says: 19.5 % of 8192, give or take 90.
    [ "$(json out/result.json metrics switch.mac.used sw1)" -ge 6500 ]
    [ "$(json out/result.json metrics switch.mac.used sw1)" -le 6690 ]
    fails none-unlearned address-caching --set addresses=65 --set table=64
    expect_code 0 paca run address-caching --set addresses=64 --set table=64 \
        --out out --force
    # Another seed, other addresses: the buckets overflow elsewhere.
    expect_code 1 paca run address-caching --set ways=4 --seed 2 --out other
    [ "$(json out/manifest.json fingerprint)" \
        != "$(json other/manifest.json fingerprint)" ]
}

test_the_search_finds_the_size_of_an_ideal_table() {
    PACA=$paca
    export PACA
    expect_code 0 sh "$top_srcdir/tests/bench/address_caching.sh" -t 100
    expect_text stdout 'table 100 ways 0 multiplicative seed 1: 100'
    expect_code 0 sh "$top_srcdir/tests/bench/address_caching.sh" -t 64 -w 4 \
        -h crc32 -s 2
    for seed in 1 2; do
        found=$(sed -n "s/.* seed $seed: //p" stdout)
        [ "$found" -ge 5 ]
        [ "$found" -lt 64 ]
    done
    expect_code 3 sh "$top_srcdir/tests/bench/address_caching.sh" -t 63 -w 4
}

test_a_table_that_is_too_small_floods() {
    # What evicts goes on learning, and holds no more for that.
    changed mac-overflow 's/mac_evict: none/mac_evict: lru/'
    fails flooded changed.yaml
    # What forgets floods though there is room.
    changed mac-overflow 's/mac_evict: none/&, mac_aging: 50ms/'
    fails flooded changed.yaml --set table=512
    changed mac-overflow 's/mac_evict: none/&, mac_aging: 50us/'
    fails nothing-flooded changed.yaml --set datapath=nvgre
    # Addresses in order are spread evenly over the buckets.
    changed mac-overflow 's/mac: random/mac: auto/'
    fails buckets-lose changed.yaml --set table=512 --set ways=4
}

test_a_ring_without_its_spanning_tree_fails() {
    # A link that is back at once: the other way is not taken for long.
    changed rstp-failover 's/, for: 5s}/, for: 10ms}/'
    fails other-way changed.yaml
    # A second cut leaves two halves.
    changed rstp-failover 's/^events:/&\n  - {at: 11s, link_down: sw4:sw5--sw5:sw4, for: 1s}/'
    fails nothing-else changed.yaml
    changed rstp-failover 's/l2_loop:/convergence: 80ms, &/'
    fails convergence changed.yaml --set loops=block
    # The loop that nothing cuts.
    changed rstp-failover 's/l2_loop: .*}/l2_loop: allow}/;
        s/^run: .*/run: {seed: 1, until: 25s, limit: {events: 300000}}/'
    expect_code 4 paca run changed.yaml --out out --force
    expect_text stdout storm
}

test_hashing_what_differs_uses_all_ways() {
    fails one-way ecmp-spread --set ecmp=gre-key \
        --set 'expect.one-way.when=1 == 1'
    fails all-ways ecmp-spread --set 'expect.all-ways.when=1 == 1'
    # Without FlowIDs there are as many flows as virtual subnets.
    changed ecmp-spread 's/flow_id: inner-5tuple/flow_id: zero/'
    fails all-ways changed.yaml --set ecmp=gre-key
    # One virtual subnet without FlowIDs is one flow again.
    fails some-ways changed.yaml --set ecmp=gre-key --set tenants=1
}

test_the_tenant_beyond_the_limit_is_refused_with_the_reason() {
    expect_code 2 paca run vlan-limits --set tenants=1001
    expect_text stderr 'error[E068]: sw1 would have to carry 1001 VLANs and can'
    expect_text stderr 'that of t1001/lan is one too many'
    expect_code 2 paca run vlan-limits --set max_vlans=4094 --set tenants=4095
    expect_text stderr 'error[E057]: no VLAN ID is left for t4095/lan'
    expect_code 0 paca run vlan-limits --set max_vlans=4094 \
        --set tenants=4094 --out most
    [ "$(json most/result.json metrics switch.vlans.used sw1)" = 4094 ]
    # Where a VLAN does not pass the root, that need not hold it.
    changed vlan-limits 's/h$(9 + i % 8)/h$(1 + (i + 1) % 8)/'
    fails vlans-at-the-root changed.yaml
}

test_nvgre_carries_many_virtual_subnets_over_the_same_fabric() {
    expect_code 0 paca run vlan-limits --set datapath=nvgre \
        --set tenants=20000 --out out
    expect_text stdout '80000 (wanted: = 80000)'
    # It is the hosts that switches know, and not more.
    changed vlan-limits 's/mac_table: 32768/mac_table: 15/'
    expect_code 0 paca run changed.yaml --set datapath=nvgre --out out --force
    [ "$(json out/result.json metrics switch.mac.unlearned sw1)" -ge 1 ]
}

test_a_vlan_does_not_leave_its_rack() {
    expect_code 2 paca run vlan-subnets --set rack=2
    expect_text stderr 'error[E064]: blue/lan is a VLAN, and routers are between'
    # With the router cut off, nothing gets to the other rack any more.
    changed vlan-subnets 's/^workloads:/events:\n  - {at: 1us, link_down: "rackB:up--core:b"}\n&/'
    fails app-served changed.yaml --set rack=2 --set datapath=nvgre
    fails routed changed.yaml
}

run_tests
