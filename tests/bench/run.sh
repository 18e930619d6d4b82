#!/bin/bash
# The bench: builds nothing, measures and prints tables.
#   run.sh [--json] [--quick] [--peers] [--scale]    BUILD_DIR: where paca is
# --json prints the measures themselves, a line of JSON each; --quick makes one
# round instead of three; --peers runs ns-3 too, as Debian ships it; --scale
# draws speed and memory against the size of the network instead.

set -euo pipefail
cd "$(dirname "$0")"

options=() peers=() scale=no status=0
for argument; do
    case $argument in
    --json | --quick) options+=("$argument") ;;
    --peers) peers=(--peers) ;;
    --scale) scale=yes ;;
    *)
        echo "usage: run.sh [--json] [--quick] [--peers] [--scale]" >&2
        exit 2
        ;;
    esac
done

if [ $scale = yes ]; then
    exec ./scale.sh "${options[@]}"
fi
./engine.sh "${options[@]}" || status=$?
./workloads.sh "${options[@]}" "${peers[@]}" || status=$?
exit $status
