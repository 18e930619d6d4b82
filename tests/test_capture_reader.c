#include <glib/gstdio.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "traces/capture_reader.h"

/* A classic capture of Ethernet with nanoseconds, to be spoilt. */
static const uint8_t header[24] = { 0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0,
                                    0,    0,    0,    0,    0, 0, 0, 0,
                                    0,    0,    4,    0,    1, 0, 0, 0 };

static void
put32(GByteArray *file, uint32_t n)
{
    uint8_t le[4] = { (uint8_t) n, (uint8_t) (n >> 8), (uint8_t) (n >> 16),
                      (uint8_t) (n >> 24) };

    g_byte_array_append(file, le, 4);
}

static GByteArray *
new_file(void)
{
    return g_byte_array_append(g_byte_array_new(), header, sizeof header);
}

/* Appends a frame of 'size' bytes, 'stored' of them 0xab. */
static void
add_frame(GByteArray *file, uint32_t s, uint32_t ns, uint32_t stored,
          uint32_t size)
{
    guint end;

    put32(file, s);
    put32(file, ns);
    put32(file, stored);
    put32(file, size);
    end = file->len;
    g_byte_array_set_size(file, end + stored);
    memset(file->data + end, 0xab, stored);
}

/* Reads 'file', which is freed, from an exact copy. */
static struct frame_list *
read_bytes(GByteArray *file, GError **error)
{
    uint8_t *copy = g_memdup2(file->data, file->len);
    struct frame_list *list =
        frame_list_read_memory("x.pcap", copy, file->len, error);

    g_free(copy);
    g_byte_array_unref(file);
    return list;
}

static void
assert_refused(GByteArray *file, const char *reason)
{
    GError *error = NULL;

    assert_null(read_bytes(file, &error));
    assert_error(error, reason);
}

static void
frames_come_with_times_bytes_and_lengths(void **state)
{
    GByteArray *file = new_file();
    struct frame_list *list;

    (void) state;
    add_frame(file, 1, 999999999, 60, 60);
    add_frame(file, 0, 5, 14, 9600);
    add_frame(file, 2147483647, 0, 0, 0);
    list = read_bytes(file, NULL);
    assert_non_null(list);
    assert_int_equal(list->n, 3);
    assert_int_equal(list->frames[0].time_ns, 1999999999);
    assert_int_equal(list->frames[0].size, 60);
    assert_int_equal(list->frames[0].stored, 60);
    assert_int_equal(list->frames[1].time_ns, 5);
    assert_int_equal(list->frames[1].size, 9600);
    assert_int_equal(list->frames[1].stored, 14);
    assert_ptr_equal(list->frames[1].data, list->frames[0].data + 60);
    assert_int_equal(list->frames[1].data[13], 0xab);
    assert_int_equal(list->frames[2].time_ns, 2147483647000000000);
    frame_list_free(list);
}

static void
microseconds_are_read_as_nanoseconds(void **state)
{
    GByteArray *file = new_file();
    struct frame_list *list;

    (void) state;
    memcpy(file->data, "\xd4\xc3\xb2\xa1", 4);
    add_frame(file, 1, 999999, 60, 60);
    list = read_bytes(file, NULL);
    assert_non_null(list);
    assert_int_equal(list->frames[0].time_ns, 1999999000);
    frame_list_free(list);
}

static void
capture_without_frames_is_an_empty_list(void **state)
{
    struct frame_list *list = read_bytes(new_file(), NULL);

    (void) state;
    assert_non_null(list);
    assert_int_equal(list->n, 0);
    frame_list_free(list);
}

static void
frame_that_is_too_long_is_refused_by_its_number(void **state)
{
    GByteArray *file = new_file();

    (void) state;
    add_frame(file, 0, 0, 60, 60);
    add_frame(file, 0, 0, 60, 9601);
    assert_refused(file, "x.pcap: frame 2: it has 9601 bytes, at most 9600");
    file = new_file();
    add_frame(file, 0, 0, 9601, 60);
    assert_refused(file, "x.pcap: frame 1: it has 9601 bytes, at most 9600");
    file = new_file();
    add_frame(file, 0, 0, 60, 4294967295u);
    assert_refused(file, "x.pcap: frame 1: it has 4294967295 bytes");
}

static void
frame_with_more_bytes_than_it_had_is_refused(void **state)
{
    GByteArray *file = new_file();

    (void) state;
    add_frame(file, 0, 0, 61, 60);
    assert_refused(file, "frame 1: 61 bytes were captured of a frame of 60");
}

static void
time_that_is_none_is_refused(void **state)
{
    GByteArray *file = new_file();

    (void) state;
    add_frame(file, 0, 1000000000, 60, 60);
    assert_refused(file, "x.pcap: frame 1: its time is out of range");
    file = new_file();
    add_frame(file, 4294967295u, 0, 60, 60); /* -1. */
    assert_refused(file, "x.pcap: frame 1: its time is out of range");
    file = new_file();
    add_frame(file, 0, 4294967295u, 60, 60);
    assert_refused(file, "x.pcap: frame 1: its time is out of range");
}

/* Every cut of a capture with two frames, but those behind a frame. */
static void
capture_that_is_cut_is_refused(void **state)
{
    (void) state;
    for (guint cut = 0; cut < 24 + 2 * 76; cut++) {
        GByteArray *file = new_file();
        GError *error = NULL;

        add_frame(file, 0, 0, 60, 60);
        add_frame(file, 1, 0, 60, 60);
        g_byte_array_set_size(file, cut);
        if (cut == 24 || cut == 24 + 76) {
            g_byte_array_unref(file);
            continue;
        }
        assert_null(read_bytes(file, &error));
        assert_error(error, cut < 24        ? "x.pcap: no capture: "
                            : cut < 24 + 76 ? "x.pcap: frame 1: truncated"
                                            : "x.pcap: frame 2: truncated");
    }
}

static void
other_link_type_is_refused_by_its_name(void **state)
{
    GByteArray *file = new_file();

    (void) state;
    file->data[20] = 113;
    add_frame(file, 0, 0, 60, 60);
    assert_refused(file, "x.pcap: the link type is 113 (LINUX_SLL), only "
                         "Ethernet can be read");
    file = new_file();
    file->data[20] = 0xee;
    file->data[21] = 0xee;
    assert_refused(file, "(unknown), only Ethernet can be read");
}

static void
file_that_is_no_capture_is_refused(void **state)
{
    GByteArray *file = g_byte_array_new();

    (void) state;
    g_byte_array_append(file, (const uint8_t *) "format: 1\nname: x\n", 18);
    assert_refused(file, "x.pcap: no capture: unknown file format");
}

static void
capture_with_too_many_frames_is_refused(void **state)
{
    GByteArray *file = new_file();

    (void) state;
    for (uint32_t i = 0; i <= CAPTURE_READER_N_MAX; i++) {
        add_frame(file, 0, 0, 0, 0);
    }
    assert_refused(file, "frame 1000001: a capture may have 1000000 frames");
}

static void
capture_with_too_many_bytes_is_refused(void **state)
{
    GByteArray *file = new_file();

    (void) state;
    for (uint32_t i = 0; i <= CAPTURE_READER_BYTES_MAX / 9600; i++) {
        add_frame(file, 0, 0, 9600, 9600);
    }
    assert_refused(file, "frame 27963: a capture may hold 268435456 bytes");
}

static void
file_that_cannot_be_read_is_told_with_the_reason(void **state)
{
    struct bench *b = *state;
    char *path = bench_path(b, "none.pcap");
    GError *error = NULL;

    assert_null(frame_list_read(path, &error));
    assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    assert_error(error, "none.pcap: cannot read: No such file or directory");
    error = NULL;
    assert_null(frame_list_read(b->path, &error));
    assert_error(error, "Is a directory");
    g_free(path);
}

static struct frame_list *
read_vector(const char *name)
{
    const char *root = g_getenv("top_srcdir");
    char *path =
        g_build_filename(root ? root : ".", "tests", "vectors", name, NULL);
    GError *error = NULL;
    struct frame_list *list = frame_list_read(path, &error);

    if (!list) {
        fail_msg("%s", error->message);
    }
    g_free(path);
    return list;
}

static void
captures_of_others_are_read(void **state)
{
    struct frame_list *list = read_vector("hnv_golden.pcap");

    (void) state;
    assert_true(list->n > 20);
    for (size_t i = 0; i < list->n; i++) {
        assert_true(list->frames[i].stored == list->frames[i].size);
        assert_true(list->frames[i].size >= 42);
    }
    frame_list_free(list);
    list = read_vector("ovs/two_ifaces_comment.pcapng");
    assert_true(list->n > 0);
    frame_list_free(list);
}

#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, bench_setup, bench_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frames_come_with_times_bytes_and_lengths),
        TEST(microseconds_are_read_as_nanoseconds),
        TEST(capture_without_frames_is_an_empty_list),
        TEST(frame_that_is_too_long_is_refused_by_its_number),
        TEST(frame_with_more_bytes_than_it_had_is_refused),
        TEST(time_that_is_none_is_refused),
        TEST(capture_that_is_cut_is_refused),
        TEST(other_link_type_is_refused_by_its_name),
        TEST(file_that_is_no_capture_is_refused),
        TEST(capture_with_too_many_frames_is_refused),
        TEST(capture_with_too_many_bytes_is_refused),
        TEST(file_that_cannot_be_read_is_told_with_the_reason),
        TEST(captures_of_others_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
