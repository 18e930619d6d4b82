/* The text of a scenario, and places in it.
 *
 * A source is a text with the name the user knows it by: the path as it was
 * given, or "command line" for what --set says.  It keeps the bytes as they
 * are, so they can be copied out again, and knows where its lines start, so a
 * diagnostic can show one.
 *
 * A place (struct loc) counts lines and columns from 1, and columns in
 * characters, not bytes, as editors do.  A byte order mark is no character.
 * Line ends are LF and CR LF.
 *
 * Every described object keeps the place it was read from, so that a check
 * long after the reader is done can still point.  So a source outlives all
 * that is read from it.
 *
 * Nothing here asks what the text means, or even whether it is UTF-8. */

#ifndef SCENARIOS_SOURCE_H
#define SCENARIOS_SOURCE_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define SOURCE_SIZE_MAX ((size_t) 64 << 20)

struct source {
    char *name;
    char *text;           /* 'size' bytes, then a null. */
    size_t size;          /* In bytes. */
    size_t start;         /* 3 if there is a byte order mark, else 0. */
    size_t *line_offsets; /* Where line i + 1 starts in 'text'. */
    size_t n_lines;
};

/* A place.  'source' null: no place at all.  'line' 0: the file as a whole.
 * 'length' is how many characters are underlined, 0 for none. */
struct loc {
    const struct source *source;
    unsigned int line, column, length;
};

/* A source. */
struct source *source_read(const char *path, GError **);
struct source *source_new(const char *name, const char *text, size_t size);
void source_free(struct source *);

/* Lines and places. */
const char *source_line(const struct source *, unsigned int line,
                        size_t *size);
struct loc source_loc(const struct source *, size_t offset, size_t size);
struct loc source_loc_whole(const struct source *);
struct loc loc_point(struct loc);
bool loc_equal(struct loc, struct loc);

/* Text. */
size_t source_n_characters(const char *text, size_t size);

#endif /* scenarios/source.h */
