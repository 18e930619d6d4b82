#!/bin/sh
# One closing line, 'N passed, N failed', for what ./dev check has left in a
# build tree.  It counts
#   - every test of the tree's 'make check': a cmocka program counts as the tests
#     it ran (and one failure more if it ended badly without a failed test, by
#     a crash for instance), any other test program as one;
#   - every other stage of ./dev check but the build as one (DIR/stages.txt).
#   summary.sh DIR        status 1 if anything failed or nothing ran
dir=${1:?usage: summary.sh DIR}

results() {
    # Not the tree that make distcheck leaves when it fails.
    find "$dir" -path "$dir/paca-*" -prune -o -name '*.trs' -print | sort |
    while read -r trs; do
        echo "@program $(sed -n 's/^:global-test-result: //p' "$trs")"
        cat "${trs%.trs}.log"
    done
    echo "@end"
    [ ! -e "$dir/stages.txt" ] || sed 's/^/@stage /' "$dir/stages.txt"
}

results | awk '
function end_program() {
    if (result == "") {
        return
    }
    passed += ok
    failed += bad
    skipped += skip
    if (result == "SKIP" && !is_cmocka) {
        skipped++
    } else if (result == "PASS" || result == "SKIP") {
        passed += !is_cmocka
    } else {
        failed += bad == 0
    }
    result = ""
}
$1 == "@program" {
    end_program()
    result = $2 == "" ? "ERROR" : $2
    is_cmocka = running = ok = bad = skip = 0
    next
}
$1 == "@end" { end_program(); next }
$1 == "@stage" && $3 ~ /^(build|tests)$/ { broken += $2 != "PASS"; next }
$1 == "@stage" { if ($2 == "PASS") passed++; else failed++; next }
/^\[==========\].* Running/ { is_cmocka = running = 1 }
/test\(s\) run\./ { running = 0 }
running && /^\[       OK \]/ { ok++ }
running && /^\[  FAILED  \]/ { bad++ }
running && /^\[  SKIPPED \]/ { skip++ }
END {
    # It did not build, or make itself failed.
    if (broken && failed == 0) {
        failed++
    }
    printf "%d passed, %d failed", passed, failed
    if (skipped) {
        printf ", %d skipped", skipped
    }
    printf "\n"
    exit failed > 0 || passed == 0
}'
