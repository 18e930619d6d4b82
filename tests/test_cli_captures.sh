#!/bin/sh
# Captures of the bundled scenarios, judged by tshark.
. "$(dirname "$0")/cli_bench.sh"

# The frames of a capture, as columns.
fields() {
    file=$1 filter=$2
    shift 2
    columns=
    for column in "$@"; do
        columns="$columns -e $column"
    done
    # shellcheck disable=SC2086
    tshark -r "$file" -Y "$filter" -T fields -E occurrence=a $columns 2> err
}

run_blue_red() {
    need_tshark
    expect_code 0 paca run blue-red --set datapath="$1" --out out
}

# All errors and warnings.  Not looked for is what concerns several packets, for
# where tenants have equal addresses tshark takes them for one.
judge='_ws.malformed || _ws.expert.severity >= 8388608
    || (_ws.expert.severity >= 6291456 && !arp.duplicate-address-detected)
    || ip.checksum.status == 0 || tcp.checksum.status == 0
    || udp.checksum.status == 0 || icmp.checksum.status == 0'

# judge_captures FILTER FILE...
judge_captures() {
    filter=$1
    shift
    mergecap -w all.pcapng "$@"
    tshark -n -r all.pcapng -o ip.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o tcp.analyze_sequence_numbers:FALSE \
        -o tcp.desegment_tcp_streams:FALSE \
        -Y "$filter" > bad 2> err || { cat err; exit 1; }
    [ ! -s bad ] || { head -20 bad; exit 1; }
    expect_not grep 'cut short\|damaged' err
}

test_no_capture_has_a_malformed_packet_or_a_bad_checksum() {
    need_tshark
    echo "$bundled_runs" | while read -r name use; do
        run_bundled "$name" "$use" "$name-$use" || exit 1
    done
    mv bad-nvgre-- damaged
    [ "$(ls ./*-*/pcap/* | wc -l)" -gt 20 ]
    judge_captures "$judge" ./*-*/pcap/*
    # Damaged on purpose: what bad-nvgre replays.
    judge_captures "($judge) && !gre" damaged/pcap/*
}

test_tshark_would_have_seen_a_bad_checksum() {
    run_blue_red rewrite
    # One byte of a PA changed: the judge above must notice.
    tshark -r out/pcap/hv1.eth0.pcapng -F pcap -w one.pcap \
        -Y 'tcp.port == 1433' 2> err
    printf '\143' | dd of=one.pcap bs=1 seek=$((24 + 16 + 29)) conv=notrunc \
        2> err
    tshark -r one.pcap -o ip.check_checksum:TRUE \
        -Y "$judge" > bad 2> err
    [ -s bad ]
}

# All pairs of IP addresses with these of Blue or Red, and nothing else.
check_addresses() {
    fields "$1" ip ip.src ip.dst | sort -u > seen
    shift
    printf '%s\n' "$@" | tr ' ' '\t' | sort > wanted
    expect_same wanted seen
}

test_rewrite_shows_the_addresses_of_the_five_steps() {
    run_blue_red rewrite
    for host in hv1 hv2; do
        # Steps 2 to 4 of the request and of the reply, Blue and Red.
        check_addresses out/pcap/$host.eth0.pcapng \
            '192.168.1.12 192.168.1.10' '192.168.1.10 192.168.1.12' \
            '192.168.1.13 192.168.1.11' '192.168.1.11 192.168.1.13'
    done
    # Steps 1 and 5, in the VMs.
    for vm in blue.web blue.sql red.sql; do
        check_addresses out/pcap/$vm.eth0.pcapng \
            '10.1.1.2 10.1.1.1' '10.1.1.1 10.1.1.2'
    done
}

test_rewrite_changes_nothing_but_addresses() {
    run_blue_red rewrite
    for file in hv2.eth0 blue.web.eth0; do
        filter='tcp.port == 1433'
        [ $file = blue.web.eth0 ] ||
            filter="$filter && ip.addr == 192.168.1.12"
        fields out/pcap/$file.pcapng "$filter" \
            frame.len ip.ttl ip.len tcp.seq_raw tcp.ack_raw tcp.flags \
            > $file.txt
    done
    [ -s hv2.eth0.txt ]
    # hv2's port pads to 60 bytes; a VM's NIC does not.
    sed 's/^[1-5][0-9]	/60	/' blue.web.eth0.txt > padded
    expect_same padded hv2.eth0.txt
}

test_nvgre_shows_vsids_hosts_and_42_bytes_more() {
    run_blue_red nvgre
    for host in hv1 hv2; do
        file=out/pcap/$host.eth0.pcapng
        # All IP packets are NVGRE between the hosts.
        fields $file 'ip' ip.proto | cut -d, -f1 | sort -u > protocols
        [ "$(cat protocols)" = 47 ]
        fields $file gre ip.src ip.dst |
            sed 's/,[^	]*//g' | sort -u > outer
        printf '192.168.1.1\t192.168.1.2\n192.168.1.2\t192.168.1.1\n' > wanted
        expect_same wanted outer
        # The key is 24 bits of VSID, 8 of FlowID.
        fields $file gre gre.key | sort -u | while read -r key; do
            echo $((key >> 8))
        done | sort -u > vsids
        printf '5001\n6001\n' > wanted
        expect_same wanted vsids
    done
    # 20 IPv4 + 8 GRE + 14 inner Ethernet = 42 bytes around each of the VM's.
    fields out/pcap/blue.web.eth0.pcapng 'tcp.port == 1433' frame.len |
        while read -r length; do
            echo $((length + 42))
        done > wanted
    fields out/pcap/hv2.eth0.pcapng \
        'tcp.port == 1433 && gre.key >= 0x00138900 && gre.key <= 0x001389ff' \
        frame.len > seen
    [ -s seen ]
    expect_same wanted seen
}

# DSCP 46 and ECT(0), in both headers of NVGRE, or in the one of rewrite.
test_dscp_and_ecn_are_on_the_wire() {
    need_tshark
    tiny_scenario > tiny.yaml
    echo "provider: {pool: 192.168.1.0/24}" >> tiny.yaml
    cat >> tiny.yaml << 'END'
workloads:
  - {id: q, ping: [blue/web, blue/sql], count: 3, every: 1ms, dscp: 46,
     ecn: true}
capture:
  - {at: [hv1:eth0, blue/web:eth0]}
expect:
  - {metric: q.completed, equals: 3}
END
    for use in nvgre rewrite; do
        sed "s/use: nvgre/use: $use/" tiny.yaml > $use.yaml
        expect_code 0 paca run $use.yaml --out $use
        for place in hv1.eth0 blue.web.eth0; do
            fields $use/pcap/$place.pcapng ip \
                ip.dsfield.dscp ip.dsfield.ecn | sort -u > seen
            case $use-$place in
            nvgre-hv1.eth0) printf '46,46\t2,2\n' > wanted ;;
            *) printf '46\t2\n' > wanted ;;
            esac
            expect_same wanted seen
        done
    done
}

test_vlan_shows_a_tag_for_each_tenant() {
    run_blue_red vlan
    fields out/pcap/hv1.eth0.pcapng ip vlan.id | sort -u > seen
    printf '101\n102\n' > wanted
    expect_same wanted seen
    fields out/pcap/hv1.eth0.pcapng '!vlan' frame.number > untagged
    [ ! -s untagged ]
}

test_interfaces_and_comments_say_what_is_what() {
    run_blue_red nvgre
    command -v capinfos > info || skip "there is no capinfos"
    capinfos out/pcap/hv1.eth0.pcapng > info
    expect_text info 'hv1:eth0'
    expect_text info 'Hyper-V Host 1'
    capinfos -c -t out/pcap/hv1.eth0.pcapng | grep -q pcapng
    fields out/pcap/hv2.eth0.pcapng gre frame.comment > comments
    grep -q 'tenant=blue flow=blue-q' comments
    grep -q 'tenant=red flow=red-q' comments
    # What is on the wire carries the time to the nanosecond.
    fields out/pcap/hv2.eth0.pcapng frame frame.time_relative > times
    expect_not grep -qvE '\.[0-9]{9}$' times
}

run_tests
