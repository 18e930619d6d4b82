#!/bin/sh
# Fails if a file includes what the rule of its room does not allow.  A rule is
# a room and the patterns of all headers, ours and the system's, it may name.
# The direction is cli -> scenarios -> models -> models/wire, sim; traces stands
# beside models.  HACKING.md draws it.
#   check_rooms.sh        checks the source tree this script lies in
set -f
cd "$(dirname "$0")/.." || exit 1
status=0
files=0

# The headers of plain C that do no input and output.
c="assert.h inttypes.h limits.h stdalign.h stdarg.h stdbool.h stddef.h"
c="$c stdint.h stdlib.h string.h"
model="sim/*.h models/wire/*.h glib.h $c"
all_models="models/guest/*.h models/fabric/*.h models/hnv/*.h models/host/*.h"

rules() {
    cat <<RULES
sim            sim/*.h glib.h sys/mman.h $c
models/wire    models/wire/*.h arpa/inet.h netinet/in.h sys/socket.h inttypes.h stdbool.h stddef.h stdint.h string.h
models/fabric  models/fabric/*.h $model
models/guest   models/guest/*.h math.h $model
models/hnv     models/hnv/*.h $model
models/host    models/host/*.h models/hnv/*.h models/guest/*.h $model
traces         traces/*.h sim/*.h models/wire/*.h pcap.h pcap/*.h glib.h glib/*.h gio/*.h json-glib/*.h errno.h fcntl.h stdio.h unistd.h sys/*.h math.h $c
scenarios      scenarios/*.h scenarios/*.def traces/*.h $all_models models/wire/*.h sim/*.h yaml.h pcap.h pcap/*.h glib.h glib/*.h gio/*.h json-glib/*.h arpa/inet.h netinet/in.h ctype.h fnmatch.h errno.h fcntl.h locale.h math.h signal.h stdio.h time.h unistd.h sys/*.h $c
analysis       analysis/*.h traces/*_file.h traces/frame_text.h models/wire/*.h glib.h gio/*.h json-glib/*.h gsl/*.h errno.h math.h stdio.h $c
cli            cli/*.h scenarios/*.h traces/*.h analysis/*.h sim/*.h glib.h glib/*.h gio/*.h json-glib/*.h errno.h locale.h signal.h stdio.h unistd.h sys/*.h $c
RULES
}

# One file more than its room: 'file headers...'.
extras() {
    cat <<EXTRAS
models/guest/distribution.c gsl/*.h
EXTRAS
}

is_allowed() { # HEADER PATTERN...
    header=$1
    shift
    for pattern; do
        case $header in $pattern) return 0 ;; esac
    done
    return 1
}

extras_of() { # FILE
    extras | while read -r file headers; do
        [ "$file" != "$1" ] || echo "$headers"
    done
}

check_file() { # ROOM FILE PATTERN...
    room=$1 file=$2
    shift 2
    for inc in $(sed -n 's/^[ \t]*#[ \t]*include[ \t]*[<"]\(.*\)[>"].*/\1/p' \
                     "$file"); do
        # Not quoted: a list of patterns.
        if ! is_allowed "$inc" "$@" $(extras_of "$file"); then
            echo "$file: $room/ may not include $inc"
            status=1
        fi
    done
}

# A folder without a rule would escape.
check_rooms_have_rules() {
    for dir in $(find . -name '*.[ch]' -path './*/*' \
                     ! -path './build*' ! -path './.*' ! -path './tests/*' \
                     ! -path './paca-[0-9]*' | sed 's,^\./,,; s,/[^/]*$,,' |
                     sort -u); do
        if ! rules | grep -q "^$dir "; then
            echo "$dir: no rule for this room (tests/check_rooms.sh)"
            status=1
        fi
    done
}

# The rules come as a here-document, so that 'status' is this shell's.
while read -r room allowed; do
    [ -d "$room" ] || continue
    for file in $(find "$room" -maxdepth 1 -name '*.[ch]' | sort); do
        files=$((files + 1))
        check_file "$room" "$file" $allowed
    done
done <<RULES
$(rules | sed 's/  */ /g')
RULES
check_rooms_have_rules

[ "$files" -gt 0 ] || { echo "no source files found"; exit 1; }
[ $status = 1 ] || echo "$files files keep their rooms"
exit $status
