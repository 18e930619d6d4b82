#!/bin/sh
# Fails if a function or a file is too long, and names those that are near it.
#   check_limits.sh       checks the source tree this script lies in
# Functions are counted from their name's line to the closing brace, so the
# tree's format (return type on its own line, braces of a function in the first
# column) is presumed.
cd "$(dirname "$0")/.." || exit 1

function_warn=40 function_max=60
c_warn=500 c_max=600
h_max=150

sources=$(find sim models traces scenarios analysis cli tests -name '*.[ch]' \
               2> /dev/null | sort)
[ -n "$sources" ] || { echo "no source files found"; exit 1; }

awk -v function_warn=$function_warn -v function_max=$function_max \
    -v c_warn=$c_warn -v c_max=$c_max -v h_max=$h_max '
function report(place, what, length_, warn, max) {
    if (length_ > max) {
        printf "%s: error: %s has %d lines, at most %d are allowed\n",
               place, what, length_, max
        errors++
    } else if (length_ > warn) {
        printf "%s: warning: %s has %d lines, better is %d\n",
               place, what, length_, warn
        warnings++
    }
}
function end_of_file() {
    if (file ~ /\.h$/) {
        report(file, "the header", lines, h_max, h_max)
    } else if (file != "") {
        report(file, "the file", lines, c_warn, c_max)
    }
}
FNR == 1 { end_of_file(); file = FILENAME; files++; name = "" }
{ lines = FNR }
/^[a-z_][A-Za-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name); start = FNR }
/^[^ \t}].*;[ \t]*$/ { name = "" }
/^}/ && name != "" {
    report(file ":" start, name "()", FNR - start + 1,
           function_warn, function_max)
    functions++
    name = ""
}
END {
    end_of_file()
    printf "%d files, %d functions: %d too long, %d near it\n",
           files, functions, errors, warnings
    exit errors > 0
}' $sources
