#!/bin/sh
# Finds how many addresses a switch holds, by the search of RFC 2889 section 5.7:
# each trial is a run of the bundled scenario address-caching.
#   address_caching.sh [-t TABLE] [-w WAYS] [-h HASH] [-s SEEDS]
# PACA is the program, PACA_SCENARIOS the folder of the scenarios.  One line for
# each seed, whose random addresses differ, and their mean:
#   table 8192 ways 4 multiplicative seed 1: 1020
set -u

table=8192 ways=0 hash=multiplicative seeds=1
while getopts t:w:h:s: option; do
    case $option in
    t) table=$OPTARG ;;
    w) ways=$OPTARG ;;
    h) hash=$OPTARG ;;
    s) seeds=$OPTARG ;;
    *) sed -n 's/^#   //p' "$0" | head -1 >&2; exit 2 ;;
    esac
done
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
trap 'exit 1' INT TERM HUP

# trial N: does the switch hold N addresses?
trial() {
    "${PACA:-paca}" run address-caching -q --force --out "$out/run" \
        --seed "$seed" --set "addresses=$1" --set "table=$table" \
        --set "ways=$ways" --set "hash=$hash" > "$out/said" 2>&1
    case $? in
    0) return 0 ;;
    1) return 1 ;;
    *) cat "$out/said" >&2; exit 3 ;;
    esac
}

sum=0 seed=1
while [ "$seed" -le "$seeds" ]; do
    # Two addresses, the least there can be, are taken for granted, and one more
    # than the table has entries for impossible.
    low=2 high=$((table + 1))
    while [ $((high - low)) -gt 1 ]; do
        middle=$(((low + high) / 2))
        if trial $middle; then
            low=$middle
        else
            high=$middle
        fi
    done
    echo "table $table ways $ways $hash seed $seed: $low"
    sum=$((sum + low)) seed=$((seed + 1))
done
[ "$seeds" -le 1 ] || echo "mean of $seeds: $((sum / seeds))"
