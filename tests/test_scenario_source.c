#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/codes.h"
#include "scenarios/source.h"
#include "tests/cmocka_all.h"

static void
codes_are_sorted_and_have_pages(void **state)
{
    (void) state;
    for (unsigned int i = 0; i < N_DIAG_CODES; i++) {
        const struct diag_code_info *info = diag_code_info((enum diag_code) i);

        assert_int_equal(strlen(info->name), 4);
        assert_non_null(strchr("EWN", info->name[0]));
        assert_int_equal(strspn(info->name + 1, "0123456789"), 3);
        assert_true(strlen(info->title) >= 5);
        assert_true(strlen(info->page) > 20);
        assert_true(g_str_has_suffix(info->page, "\n"));
        for (const char *p = info->page; *p; p = strchr(p, '\n') + 1) {
            assert_true(strcspn(p, "\n") < 80);
        }
        if (i > 0
            && diag_code_info((enum diag_code)(i - 1))->name[0]
                   == info->name[0]) {
            assert_true(strcmp(diag_code_info((enum diag_code)(i - 1))->name,
                               info->name)
                        < 0);
        }
    }
}

static void
codes_are_found_by_name(void **state)
{
    enum diag_code code;
    GString *out = g_string_new(NULL);

    (void) state;
    assert_true(diag_code_find("E060", &code));
    assert_int_equal(code, E060);
    assert_true(diag_code_find("w103", &code));
    assert_int_equal(diag_code_severity(code), DIAG_WARNING);
    assert_int_equal(diag_code_severity(N210), DIAG_NOTE);
    assert_false(diag_code_find("E999", &code));
    assert_string_equal(diag_code_nearest("W130"), "W103");
    diag_code_explain(E021, out);
    assert_true(g_str_has_prefix(out->str, "error E021: unknown key\n\nThe "));
    g_string_free(out, TRUE);
}

static void
source_knows_its_lines(void **state)
{
    static const char text[] = "\xef\xbb\xbf"
                               "ab\r\n\ncd";
    struct source *s = source_new("x", text, sizeof text - 1);
    size_t size;

    (void) state;
    assert_int_equal(s->size, sizeof text - 1);
    assert_int_equal(s->n_lines, 3);
    assert_memory_equal(source_line(s, 1, &size), "ab", 2);
    assert_int_equal(size, 2);
    source_line(s, 2, &size);
    assert_int_equal(size, 0);
    assert_memory_equal(source_line(s, 3, &size), "cd", 2);
    assert_int_equal(size, 2);
    assert_null(source_line(s, 4, &size));
    assert_null(source_line(s, 0, &size));
    source_free(s);

    s = source_new("x", NULL, 0);
    assert_int_equal(s->n_lines, 1);
    assert_non_null(source_line(s, 1, &size));
    assert_int_equal(size, 0);
    source_free(s);
}

static void
source_is_read_from_a_file_byte_for_byte(void **state)
{
    char *path = g_build_filename(g_get_tmp_dir(), "paca-source-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    struct source *source;

    (void) state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd,
                           "\xef\xbb\xbf"
                           "a\r\n\0b",
                           8),
                     8);
    close(fd);
    source = source_read(path, NULL);
    assert_non_null(source);
    assert_string_equal(source->name, path);
    assert_int_equal(source->size, 8);
    assert_memory_equal(source->text,
                        "\xef\xbb\xbf"
                        "a\r\n\0b",
                        8);
    source_free(source);
    unlink(path);
    g_free(path);
}

static void
source_says_why_it_cannot_be_read(void **state)
{
    GError *error = NULL;

    (void) state;
    assert_null(source_read("/nonexistent/x.yaml", &error));
    assert_string_equal(error->message, "cannot read /nonexistent/x.yaml: No "
                                        "such file or directory");
    assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    g_clear_error(&error);
    assert_null(source_read("/", &error));
    assert_string_equal(error->message, "cannot read /: Is a directory");
    g_clear_error(&error);
    assert_null(source_read("/dev/zero", &error));
    assert_string_equal(error->message,
                        "cannot read /dev/zero: it is larger than 64 MiB");
    g_clear_error(&error);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_sorted_and_have_pages),
        cmocka_unit_test(codes_are_found_by_name),
        cmocka_unit_test(source_knows_its_lines),
        cmocka_unit_test(source_is_read_from_a_file_byte_for_byte),
        cmocka_unit_test(source_says_why_it_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
