#include "traces/capture_reader.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)

/* A file while it is read. */
struct reader {
    const char *name; /* For messages. */
    pcap_t *pcap;
    GArray *frames;    /* Of struct captured_frame, 'data' not yet set. */
    GByteArray *bytes; /* Of all frames. */
};

GQuark
capture_reader_error_quark(void)
{
    return g_quark_from_static_string("capture-reader-error");
}

/* Says what is wrong with the frame that is being read.  Returns false. */
static bool G_GNUC_PRINTF(3, 4) refuse(const struct reader *reader,
                                       GError **error, const char *format, ...)
{
    va_list args;
    char *reason;

    va_start(args, format);
    reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, CAPTURE_READER_ERROR, 0, "%s: frame %u: %s",
                reader->name, reader->frames->len + 1, reason);
    g_free(reason);
    return false;
}

static bool
take_frame(struct reader *reader, const struct pcap_pkthdr *header,
           const uint8_t *data, GError **error)
{
    struct captured_frame frame = {
        .stored = header->caplen,
        .size = header->len,
    };

    if (reader->frames->len == CAPTURE_READER_N_MAX) {
        return refuse(reader, error, "a capture may have %d frames",
                      CAPTURE_READER_N_MAX);
    }
    if (frame.size > CAPTURE_READER_FRAME_MAX
        || frame.stored > CAPTURE_READER_FRAME_MAX) {
        return refuse(reader, error, "it has %u bytes, at most %d are allowed",
                      MAX(frame.size, frame.stored), CAPTURE_READER_FRAME_MAX);
    }
    if (frame.stored > frame.size) {
        return refuse(reader, error,
                      "%u bytes were captured of a frame of %u bytes",
                      frame.stored, frame.size);
    }
    if (header->ts.tv_sec < 0 || header->ts.tv_sec >= INT64_MAX / NS_PER_S - 1
        || header->ts.tv_usec < 0 || header->ts.tv_usec >= NS_PER_S) {
        return refuse(reader, error, "its time is out of range");
    }
    if (reader->bytes->len + frame.stored > CAPTURE_READER_BYTES_MAX) {
        return refuse(reader, error, "a capture may hold %d bytes of frames",
                      CAPTURE_READER_BYTES_MAX);
    }
    /* With nanosecond precision the "microseconds" are nanoseconds. */
    frame.time_ns = header->ts.tv_sec * NS_PER_S + header->ts.tv_usec;
    g_array_append_val(reader->frames, frame);
    g_byte_array_append(reader->bytes, data, frame.stored);
    return true;
}

static bool
take_all_frames(struct reader *reader, GError **error)
{
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int result;

    while ((result = pcap_next_ex(reader->pcap, &header, &data)) == 1) {
        if (!take_frame(reader, header, data, error)) {
            return false;
        }
    }
    if (result != PCAP_ERROR_BREAK) {
        return refuse(reader, error, "%s", pcap_geterr(reader->pcap));
    }
    return true;
}

static bool
check_link_type(const struct reader *reader, GError **error)
{
    int type = pcap_datalink(reader->pcap);
    const char *name = pcap_datalink_val_to_name(type);

    if (type == DLT_EN10MB) {
        return true;
    }
    g_set_error(error, CAPTURE_READER_ERROR, 0,
                "%s: the link type is %d (%s), only Ethernet can be read",
                reader->name, type, name ? name : "unknown");
    return false;
}

/* Turns what was read into a list, and leaves 'reader' empty. */
static struct frame_list *
make_list(struct reader *reader)
{
    struct frame_list *list = g_new0(struct frame_list, 1);
    const uint8_t *data;

    list->n = reader->frames->len;
    list->frames =
        (struct captured_frame *) (void *) g_array_free(reader->frames, FALSE);
    list->bytes = g_byte_array_free(reader->bytes, FALSE);
    reader->frames = NULL;
    reader->bytes = NULL;
    data = list->bytes;
    for (size_t i = 0; i < list->n; i++) {
        list->frames[i].data = data;
        data += list->frames[i].stored;
    }
    return list;
}

/* Reads 'file', which is closed. */
static struct frame_list *
read_stream(const char *name, FILE *file, GError **error)
{
    char reason[PCAP_ERRBUF_SIZE] = "";
    struct frame_list *list = NULL;
    struct reader reader = {
        .name = name,
        .pcap = pcap_fopen_offline_with_tstamp_precision(
            file, PCAP_TSTAMP_PRECISION_NANO, reason),
    };

    if (!reader.pcap) {
        fclose(file);
        g_set_error(error, CAPTURE_READER_ERROR, 0, "%s: no capture: %s", name,
                    reason);
        return NULL;
    }
    reader.frames = g_array_new(FALSE, FALSE, sizeof(struct captured_frame));
    reader.bytes = g_byte_array_sized_new(4096); /* Never null. */
    if (check_link_type(&reader, error) && take_all_frames(&reader, error)) {
        list = make_list(&reader);
    } else {
        g_array_free(reader.frames, TRUE);
        g_byte_array_unref(reader.bytes);
    }
    pcap_close(reader.pcap); /* Closes the file. */
    return list;
}

/* Reads the capture 'path'.  Returns null and sets the error if it cannot be
 * read (G_FILE_ERROR) or is not what it should be (CAPTURE_READER_ERROR). */
struct frame_list *
frame_list_read(const char *path, GError **error)
{
    FILE *file = fopen(path, "rb");

    if (!file) {
        int code = errno;

        g_set_error(error, G_FILE_ERROR, (gint) g_file_error_from_errno(code),
                    "%s: cannot read: %s", path, g_strerror(code));
        return NULL;
    }
    return read_stream(path, file, error);
}

/* As frame_list_read(), from the 'size' bytes at 'data'; 'name' is for the
 * messages. */
struct frame_list *
frame_list_read_memory(const char *name, const void *data, size_t size,
                       GError **error)
{
    FILE *file;

    if (!size) { /* fmemopen() may refuse it, glibc before 2.22 does. */
        g_set_error(error, CAPTURE_READER_ERROR, 0,
                    "%s: no capture: the file is empty", name);
        return NULL;
    }
    file = fmemopen((void *) (uintptr_t) data, size, "rb");
    g_assert(file);
    return read_stream(name, file, error);
}

/* Frees 'list', which may be null. */
void
frame_list_free(struct frame_list *list)
{
    if (list) {
        g_free(list->frames);
        g_free(list->bytes);
        g_free(list);
    }
}
