#include "traces/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES                                                           \
    ((size_t) 65536) /* Collected before the system is asked. */

enum state { STATE_OPEN, STATE_CLOSED, STATE_RENAMED, STATE_ABANDONED };

struct outfile {
    char *name;       /* In the directory, "pcap/hv1.eth0.pcapng". */
    char *path;       /* As it will be called. */
    char *part;       /* As it is called until then. */
    GError **sticky;  /* The directory's first error. */
    enum state state; /* How far it is. */
    uint64_t size;    /* Bytes written, those in 'piece' included. */
    size_t n;         /* Bytes in 'piece', */
    size_t room;      /* which has so many. */
    char *piece;      /* Null until there is something to write. */
};

/* Keeps the system's reason 'code' for not having done 'what', unless there is
 * an older error. */
static void
fail(struct outfile *file, const char *what, const char *path, int code)
{
    if (!*file->sticky) {
        g_set_error(file->sticky, G_FILE_ERROR,
                    (gint) g_file_error_from_errno(code), "%s: cannot %s: %s",
                    path, what, g_strerror(code));
    }
}

static bool
make_parent(struct outfile *file)
{
    char *parent = g_path_get_dirname(file->part);
    bool ok = !g_mkdir_with_parents(parent, 0777);

    if (!ok) {
        fail(file, "make the folder", parent, errno);
    }
    g_free(parent);
    return ok;
}

/* Makes the empty NAME.part, in place of one that a killed run has left. */
static void
make_part(struct outfile *file)
{
    int fd;

    if (*file->sticky || !make_parent(file)) {
        return;
    }
    if (unlink(file->part) && errno != ENOENT) {
        fail(file, "replace", file->part, errno);
        return;
    }
    fd = open(file->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        fail(file, "make", file->part, errno);
    } else if (close(fd)) {
        fail(file, "make", file->part, errno);
    }
}

/* Returns the file 'name' of the directory 'dir', with '*sticky' for its
 * errors, which outlives it. */
struct outfile *
outfile_new(const char *dir, const char *name, GError **sticky)
{
    struct outfile *file = g_new0(struct outfile, 1);

    file->name = g_strdup(name);
    file->path = g_build_filename(dir, name, NULL);
    file->part = g_strconcat(file->path, ".part", NULL);
    file->sticky = sticky;
    make_part(file);
    return file;
}

/* Frees 'file', and removes its NAME.part if it has not been renamed. */
void
outfile_free(struct outfile *file)
{
    if (file) {
        outfile_abandon(file);
        g_free(file->piece);
        g_free(file->name);
        g_free(file->path);
        g_free(file->part);
        g_free(file);
    }
}

static bool
write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, data, n);

        if (written > 0) {
            data += written;
            n -= (size_t) written;
        } else if (written == 0 || errno != EINTR) {
            errno = written ? errno : EIO;
            return false;
        }
    }
    return true;
}

/* Gives all that was collected to the system.  Returns false if that fails or
 * something has failed before. */
bool
outfile_flush(struct outfile *file)
{
    bool ok;
    int code;
    int fd;

    if (!*file->sticky && file->n > 0) {
        fd = open(file->part, O_WRONLY | O_APPEND | O_CLOEXEC);
        ok = fd >= 0 && write_all(fd, file->piece, file->n);
        code = errno;
        if (fd >= 0 && close(fd) && ok) {
            ok = false;
            code = errno;
        }
        if (!ok) {
            fail(file, "write", file->path, code);
        }
    }
    file->n = 0;
    return !*file->sticky;
}

/* Appends 'size' bytes to 'file', which must not be closed, and returns them
 * for the caller to fill in at once.  What comes after an error is thrown
 * away. */
void *
outfile_extend(struct outfile *file, size_t size)
{
    char *at;

    g_assert(file->state == STATE_OPEN);
    if (size > file->room - file->n) {
        outfile_flush(file);
        if (size > file->room) {
            file->room = MAX(size, PIECE_BYTES);
            file->piece = g_realloc(file->piece, file->room);
        }
    }
    at = file->piece + file->n;
    file->n += size;
    file->size += size;
    return at;
}

/* Appends the 'size' bytes at 'data'. */
void
outfile_write(struct outfile *file, const void *data, size_t size)
{
    const char *from = data;

    while (size > 0) {
        size_t n = MIN(size, PIECE_BYTES);

        memcpy(outfile_extend(file, n), from, n);
        from += n;
        size -= n;
    }
}

/* Appends 'n' zero bytes. */
void
outfile_zeros(struct outfile *file, size_t n)
{
    while (n > 0) {
        size_t part = MIN(n, PIECE_BYTES);

        memset(outfile_extend(file, part), 0, part);
        n -= part;
    }
}

void
outfile_puts(struct outfile *file, const char *text)
{
    outfile_write(file, text, strlen(text));
}

/* As printf(3): give it integers and text only, other numbers as text made by
 * traces/number_text.h, which knows no locale. */
void
outfile_printf(struct outfile *file, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    outfile_puts(file, text);
    g_free(text);
}

/* Says that 'file' is whole.  Nothing may be written to it any more; it gets
 * its name by outdir_commit(). */
void
outfile_close(struct outfile *file)
{
    if (file->state == STATE_OPEN) {
        outfile_flush(file);
        g_free(file->piece);
        file->piece = NULL;
        file->room = 0;
        file->state = STATE_CLOSED;
    }
}

/* Removes 'file': the run will not have it. */
void
outfile_abandon(struct outfile *file)
{
    if (file->state == STATE_OPEN || file->state == STATE_CLOSED) {
        unlink(file->part);
        file->n = 0;
        file->state = STATE_ABANDONED;
    }
}

/* Gives 'file', which is closed, its name.  Returns false if that fails. */
bool
outfile_rename(struct outfile *file)
{
    g_assert(file->state == STATE_CLOSED);
    if (rename(file->part, file->path)) {
        fail(file, "replace", file->path, errno);
        return false;
    }
    file->state = STATE_RENAMED;
    return true;
}

bool
outfile_is_abandoned(const struct outfile *file)
{
    return file->state == STATE_ABANDONED;
}

/* Returns the bytes that were written to 'file'. */
uint64_t
outfile_size(const struct outfile *file)
{
    return file->size;
}

/* Returns the name of 'file' in its directory. */
const char *
outfile_name(const struct outfile *file)
{
    return file->name;
}
