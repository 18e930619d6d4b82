#!/bin/sh
# Every diagnostic as a user sees it.  Each tests/bad/NAME.yaml is checked, and
# what 'paca check' says about it must be, byte for byte, NAME.out; the exit code
# is 2 if that has an error in it, else 0.  The file's second line may give more
# arguments: "# args: --set n=9".  A code without a file is a failure too.
#   UPDATE=1 test_bad.sh [NAME...]     writes the .out files instead
set -u
top_srcdir=$(cd "${top_srcdir:-$(dirname "$0")/..}" && pwd) || exit 99
top_builddir=$(cd "${top_builddir:-.}" && pwd) || exit 99
paca=$top_builddir/paca
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
trap 'exit 1' INT TERM HUP
LC_ALL=C.UTF-8 NO_COLOR=1
export LC_ALL NO_COLOR

cd "$top_srcdir/tests/bad" || exit 99

if [ -n "${UPDATE-}" ]; then
    [ $# -gt 0 ] || set -- *.yaml
    for file in "$@"; do
        name=${file%.yaml}
        # shellcheck disable=SC2046
        "$paca" check "$name.yaml" $(sed -n '2s/^# args: //p' "$name.yaml") \
            > /dev/null 2> "$name.out"
    done
    exit 0
fi

failed=0 run=0
result() {
    run=$((run + 1))
    if [ "$2" = 0 ]; then
        echo "[       OK ] $1"
    else
        echo "[  FAILED  ] $1"
        failed=$((failed + 1))
    fi
}

check_file() {
    [ -e "$1.out" ] || { echo "$1.out is missing"; return 1; }
    # shellcheck disable=SC2046
    "$paca" check "$1.yaml" $(sed -n '2s/^# args: //p' "$1.yaml") \
        > "$out/stdout" 2> "$out/stderr"
    code=$? wanted=0
    ! grep -q 'error\[E' "$1.out" || wanted=2
    [ $code = $wanted ] || {
        echo "exit code $code, wanted $wanted"
        cat "$out/stderr"
        return 1
    }
    cmp -s "$1.out" "$out/stderr" || {
        diff -u "$1.out" "$out/stderr"
        return 1
    }
}

# Codes that no file can bring about, with the tests that do.
is_elsewhere() {
    case $1 in
    *) return 1 ;;
    esac
}

check_codes() {
    missing=0
    for code in $(sed -n 's/^CODE(\([EWN][0-9]*\),.*/\1/p' \
                      "$top_srcdir"/scenarios/codes_*.def); do
        is_elsewhere "$code" || grep -q "\\[$code\\]" ./*.out || {
            echo "no file in tests/bad shows $code"
            missing=1
        }
    done
    return $missing
}

# The name of a file says which code it is about.
check_names() {
    wrong=0
    for file in [EWN][0-9]*.yaml; do
        code=${file%%-*}
        grep -q "\\[$code\\]" "${file%.yaml}.out" || {
            echo "$file does not show $code"
            wrong=1
        }
    done
    for file in *.out; do
        [ -e "${file%.out}.yaml" ] || { echo "$file has no .yaml"; wrong=1; }
    done
    return $wrong
}

set -- *.yaml
echo "[==========] Running $(($# + 2)) test(s)."
for file in "$@"; do
    check_file "${file%.yaml}"
    result "${file%.yaml}" $?
done
check_codes
result "every code has a file" $?
check_names
result "every file shows the code it is named by" $?
echo "[==========] $run test(s) run."
echo "[  PASSED  ] $((run - failed)) test(s)."
[ $failed = 0 ]
