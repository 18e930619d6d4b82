#include "scenarios/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static void
find_lines(struct source *source)
{
    GArray *offsets = g_array_new(FALSE, FALSE, sizeof(size_t));
    const char *end = source->text + source->size;
    const char *p = source->text + source->start;

    while (p) {
        size_t offset = (size_t) (p - source->text);

        g_array_append_val(offsets, offset);
        p = memchr(p, '\n', (size_t) (end - p));
        p = p ? p + 1 : NULL;
    }
    source->n_lines = offsets->len;
    source->line_offsets = (size_t *) (void *) g_array_free(offsets, FALSE);
}

static struct source *
source_take(const char *name, char *text, size_t size)
{
    struct source *source = g_new0(struct source, 1);

    source->name = g_strdup(name);
    source->text = text;
    source->size = size;
    source->start = g_str_has_prefix(text, BYTE_ORDER_MARK) ? 3 : 0;
    find_lines(source);
    return source;
}

/* Returns a source called 'name' with a copy of the 'size' bytes at 'text'. */
struct source *
source_new(const char *name, const char *text, size_t size)
{
    char *copy = g_malloc(size + 1);

    if (size > 0) {
        memcpy(copy, text, size);
    }
    copy[size] = '\0';
    return source_take(name, copy, size);
}

static GString *
read_stream(FILE *stream)
{
    GString *text = g_string_new(NULL);
    char buf[65536];
    size_t n;

    while (text->len <= SOURCE_SIZE_MAX
           && (n = fread(buf, 1, sizeof buf, stream)) > 0) {
        g_string_append_len(text, buf, (gssize) n);
    }
    return text;
}

/* Returns the file at 'path' as a source of that name.  On failure, which is
 * the system's or that the file is larger than SOURCE_SIZE_MAX, returns null
 * and sets 'error', of G_FILE_ERROR. */
struct source *
source_read(const char *path, GError **error)
{
    FILE *stream = fopen(path, "rb");
    GString *text;
    int failure;

    if (!stream) {
        failure = errno;
        g_set_error(error, G_FILE_ERROR,
                    (gint) g_file_error_from_errno(failure),
                    "cannot read %s: %s", path, g_strerror(failure));
        return NULL;
    }
    errno = 0;
    text = read_stream(stream);
    failure = ferror(stream) ? errno : 0;
    fclose(stream);
    if (failure) {
        g_set_error(error, G_FILE_ERROR,
                    (gint) g_file_error_from_errno(failure),
                    "cannot read %s: %s", path, g_strerror(failure));
        g_string_free(text, TRUE);
        return NULL;
    }
    if (text->len > SOURCE_SIZE_MAX) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "cannot read %s: it is larger than %zu MiB", path,
                    SOURCE_SIZE_MAX >> 20);
        g_string_free(text, TRUE);
        return NULL;
    }
    size_t size = text->len;

    return source_take(path, g_string_free(text, FALSE), size);
}

void
source_free(struct source *source)
{
    if (source) {
        g_free(source->name);
        g_free(source->text);
        g_free(source->line_offsets);
        g_free(source);
    }
}

/* Returns line 'line', counted from 1, and its bytes in '*size', without its
 * end; null if there is none.  It is not terminated. */
const char *
source_line(const struct source *source, unsigned int line, size_t *size)
{
    size_t start, end;

    if (line == 0 || line > source->n_lines) {
        return NULL;
    }
    start = source->line_offsets[line - 1];
    end =
        line < source->n_lines ? source->line_offsets[line] - 1 : source->size;
    if (end > start && source->text[end - 1] == '\r') {
        end--;
    }
    *size = end - start;
    return source->text + start;
}

/* Returns how many characters the 'size' bytes at 'text' are.  A byte that
 * starts no character counts as none, so this never fails. */
size_t
source_n_characters(const char *text, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        n += ((unsigned char) text[i] & 0xc0) != 0x80;
    }
    return n;
}

/* Returns the number of the line, from 0, that holds byte 'offset'. */
static size_t
find_line(const struct source *source, size_t offset)
{
    size_t low = 0, high = source->n_lines;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (source->line_offsets[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Returns the place of the 'size' bytes at 'offset'.  If they go over the end
 * of a line, its length is that of the part on the first. */
struct loc
source_loc(const struct source *source, size_t offset, size_t size)
{
    size_t n = find_line(source, offset);
    size_t start = source->line_offsets[n], line_size;
    const char *line = source_line(source, (unsigned int) n + 1, &line_size);
    size_t before = MIN(offset > start ? offset - start : 0, line_size);
    size_t length = MIN(size, line_size - before);

    return (struct loc){
        .source = source,
        .line = (unsigned int) n + 1,
        .column = (unsigned int) source_n_characters(line, before) + 1,
        .length = (unsigned int) source_n_characters(line + before, length),
    };
}

/* The place that is no line, but the file. */
struct loc
source_loc_whole(const struct source *source)
{
    return (struct loc){ .source = source };
}

/* Returns 'loc' without a length: a diagnostic there shows no source line. */
struct loc
loc_point(struct loc loc)
{
    loc.length = 0;
    return loc;
}

bool
loc_equal(struct loc a, struct loc b)
{
    return a.source == b.source && a.line == b.line && a.column == b.column
           && a.length == b.length;
}
