#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "traces/outfile.h"

static void
file_gets_its_name_at_the_commit(void **state)
{
    struct bench *b = *state;
    struct outfile *file = outdir_create(b->dir, "pcap/a.b.txt");

    outfile_printf(file, "%s %d\n", "seven", 7);
    assert_true(bench_exists(b, "pcap/a.b.txt.part"));
    outfile_close(file);
    assert_false(bench_exists(b, "pcap/a.b.txt"));
    bench_commit(b);
    assert_file(b, "pcap/a.b.txt", "seven 7\n");
    assert_false(bench_exists(b, "pcap/a.b.txt.part"));
}

static void
commit_closes_what_is_still_open(void **state)
{
    struct bench *b = *state;

    outfile_puts(outdir_create(b->dir, "x"), "valid up to here\n");
    bench_commit(b);
    assert_file(b, "x", "valid up to here\n");
}

static void
large_file_is_written_byte_for_byte(void **state)
{
    struct bench *b = *state;
    struct outfile *file = outdir_create(b->dir, "big");
    GString *expected = g_string_new(NULL);
    gsize size;
    char *got;

    for (unsigned int i = 0; i < 40000; i++) {
        g_string_append_printf(expected, "%u,", i);
        outfile_printf(file, "%u,", i);
    }
    outfile_zeros(file, 1500);
    for (unsigned int i = 0; i < 1500; i++) {
        g_string_append_c(expected, '\0');
    }
    assert_int_equal(outfile_size(file), expected->len);
    bench_commit(b);
    got = bench_read(b, "big", &size);
    assert_int_equal(size, expected->len);
    assert_memory_equal(got, expected->str, size);
    g_free(got);
    g_string_free(expected, TRUE);
}

static void
nothing_is_left_without_a_commit(void **state)
{
    struct bench *b = *state;

    outdir_write(b->dir, "a", "1", 1);
    outfile_puts(outdir_create(b->dir, "b"), "2");
    outdir_free(b->dir);
    b->dir = NULL;
    assert_false(g_file_test(b->path, G_FILE_TEST_EXISTS));
}

static void
abandoned_file_does_not_appear(void **state)
{
    struct bench *b = *state;
    struct outfile *file = outdir_create(b->dir, "a");

    outfile_puts(file, "no");
    outfile_abandon(file);
    outdir_write(b->dir, "b", "yes", 3);
    bench_commit(b);
    assert_false(bench_exists(b, "a"));
    assert_false(bench_exists(b, "a.part"));
    assert_file(b, "b", "yes");
}

/* Lets all that is written to 'name' go to a device that is full. */
static void
fill_the_disk(struct bench *b, const char *name)
{
    char *part = bench_path(b, name);

    assert_int_equal(unlink(part), 0);
    assert_int_equal(symlink("/dev/full", part), 0);
    g_free(part);
}

static void
full_disk_is_told_and_no_file_gets_its_name(void **state)
{
    struct bench *b = *state;
    struct outfile *whole = outdir_create(b->dir, "whole.csv");
    struct outfile *file = outdir_create(b->dir, "full.csv");
    GError *error = NULL;

    outfile_puts(whole, "1\n");
    outfile_close(whole);
    fill_the_disk(b, "full.csv.part");
    outfile_zeros(file, 1000000);
    assert_false(outdir_check(b->dir, &error));
    assert_non_null(strstr(error->message, "/full.csv: cannot write: "));
    assert_error(error, "No space left on device");
    outfile_puts(file, "more");
    outdir_write(b->dir, "late.csv", "2\n", 2);
    error = NULL;
    assert_false(outdir_commit(b->dir, &error));
    assert_error(error, "full.csv: cannot write: No space left on device");
    outdir_free(b->dir);
    b->dir = NULL;
    assert_false(bench_exists(b, "whole.csv"));
    assert_false(bench_exists(b, "full.csv"));
    assert_false(bench_exists(b, "late.csv"));
    assert_false(g_file_test(b->path, G_FILE_TEST_EXISTS));
}

static void
disk_that_fills_at_the_last_byte_is_told_by_the_commit(void **state)
{
    struct bench *b = *state;
    struct outfile *file = outdir_create(b->dir, "full.csv");
    GError *error = NULL;

    fill_the_disk(b, "full.csv.part");
    outfile_puts(file, "t_s\n");
    assert_true(outdir_check(b->dir, &error));
    assert_false(outdir_commit(b->dir, &error));
    assert_error(error, "No space left on device");
    assert_false(bench_exists(b, "full.csv"));
}

static void
first_error_is_the_one_that_is_told(void **state)
{
    struct bench *b = *state;
    struct outfile *file = outdir_create(b->dir, "full.csv");
    GError *error = NULL;
    char *folder = bench_path(b, "flows.csv");

    fill_the_disk(b, "full.csv.part");
    outfile_zeros(file, 1000000);
    assert_int_equal(g_mkdir(folder, 0777), 0);
    outdir_write(b->dir, "flows.csv", "1", 1);
    outfile_zeros(file, 1000000);
    assert_false(outdir_commit(b->dir, &error));
    assert_error(error, "full.csv: cannot write: No space left");
    g_free(folder);
}

static void
half_a_piece_written_is_an_error_too(void **state)
{
    struct bench *b = *state;
    struct outfile *file = outdir_create(b->dir, "x");
    struct rlimit saved;
    struct rlimit small;
    GError *error = NULL;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = (struct rlimit){ .rlim_cur = 100, .rlim_max = saved.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    outfile_zeros(file, 1000);
    assert_false(outdir_commit(b->dir, &error));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    assert_error(error, "File too large");
    assert_false(bench_exists(b, "x"));
}

static void
folder_that_is_a_file_is_an_error(void **state)
{
    struct bench *b = *state;
    GError *error = NULL;

    bench_make(b, "pcap", "a file");
    outdir_write(b->dir, "pcap/x.pcapng", "", 0);
    assert_false(outdir_check(b->dir, &error));
    assert_error(error, "pcap: cannot make the folder: ");
}

static void
name_that_is_a_folder_is_an_error(void **state)
{
    struct bench *b = *state;
    GError *error = NULL;
    char *path = bench_path(b, "flows.csv");

    assert_int_equal(g_mkdir(path, 0777), 0);
    outdir_write(b->dir, "flows.csv", "1", 1);
    assert_false(outdir_commit(b->dir, &error));
    assert_error(error, "flows.csv: cannot replace: Is a directory");
    g_free(path);
}

static void
part_of_a_killed_run_is_replaced_and_no_link_is_followed(void **state)
{
    struct bench *b = *state;
    char *victim = g_build_filename(b->root, "victim", NULL);
    char *part = bench_path(b, "b.part");
    char *text;

    assert_true(g_file_set_contents(victim, "untouched", -1, NULL));
    assert_int_equal(symlink(victim, part), 0);
    bench_make(b, "a.part", "old old old");
    outdir_write(b->dir, "a", "new", 3);
    outdir_write(b->dir, "b", "new", 3);
    bench_commit(b);
    assert_file(b, "a", "new");
    assert_file(b, "b", "new");
    assert_true(g_file_get_contents(victim, &text, NULL, NULL));
    assert_string_equal(text, "untouched");
    g_free(text);
    g_free(part);
    g_free(victim);
}

static void
folder_that_is_not_empty_is_refused(void **state)
{
    struct bench *b = *state;
    GError *error = NULL;

    bench_make(b, "thesis.txt", "mine");
    assert_null(outdir_open(b->path, false, &error));
    assert_error(error, "/run: the folder is not empty");
}

static void
empty_folder_is_taken_and_stays_without_a_commit(void **state)
{
    struct bench *b = *state;
    struct outdir *dir = outdir_open(b->path, false, NULL);

    assert_non_null(dir);
    outdir_write(dir, "x", "1", 1);
    outdir_free(dir);
    assert_true(g_file_test(b->path, G_FILE_TEST_IS_DIR));
    assert_false(bench_exists(b, "x.part"));
}

static void
parents_are_made(void **state)
{
    struct bench *b = *state;
    char *path = g_build_filename(b->path, "a", "b", "c", NULL);
    struct outdir *dir = outdir_open(path, false, NULL);

    assert_non_null(dir);
    assert_string_equal(outdir_path(dir), path);
    outdir_write(dir, "x", "1", 1);
    assert_true(outdir_commit(dir, NULL));
    outdir_free(dir);
    assert_file(b, "a/b/c/x", "1");
    g_free(path);
}

static void
path_that_cannot_be_made_is_an_error(void **state)
{
    struct bench *b = *state;
    GError *error = NULL;
    char *path = bench_path(b, "file/run");

    bench_make(b, "file", "");
    assert_null(outdir_open(path, true, &error));
    assert_error(error, "/file/run: cannot make the folder: ");
    error = NULL;
    assert_null(outdir_open_stamped(path, "x", 0, 1, &error));
    assert_error(error, "/file/run/x: cannot make the folder: ");
    error = NULL;
    *strrchr(path, '/') = '\0'; /* The file itself. */
    assert_null(outdir_open(path, true, &error));
    assert_error(error, "/file: cannot make the folder: File exists");
    g_free(path);
}

/* Puts an earlier run and somebody's own files into the directory. */
static void
make_earlier_run(struct bench *b)
{
    bench_make(b, "manifest.json", "{}");
    bench_make(b, "drops.csv", "old");
    bench_make(b, "flows.csv", "old");
    bench_make(b, "tables.csv.part", "old");
    bench_make(b, "pcap/hv1.eth0.pcapng", "old");
    bench_make(b, "pcap/hv2.eth0.pcapng", "old");
    bench_make(b, "pcap/hv3.eth0.pcap.part", "old");
    bench_make(b, "pcap/README", "mine");
    bench_make(b, "plots/rtt.svg", "old");
    bench_make(b, "thesis.txt", "mine");
}

static void
forced_run_replaces_the_earlier_run_and_nothing_else(void **state)
{
    struct bench *b = *state;
    struct outdir *dir;

    make_earlier_run(b);
    dir = outdir_open(b->path, true, NULL);
    assert_non_null(dir);
    outdir_write(dir, "manifest.json", "{1}", 3);
    outdir_write(dir, "drops.csv", "new", 3);
    outdir_write(dir, "pcap/hv2.eth0.pcapng", "new", 3);
    assert_file(b, "drops.csv", "old");
    assert_true(outdir_commit(dir, NULL));
    outdir_free(dir);
    assert_file(b, "manifest.json", "{1}");
    assert_file(b, "drops.csv", "new");
    assert_file(b, "pcap/hv2.eth0.pcapng", "new");
    assert_false(bench_exists(b, "flows.csv"));
    assert_false(bench_exists(b, "tables.csv.part"));
    assert_false(bench_exists(b, "pcap/hv1.eth0.pcapng"));
    assert_false(bench_exists(b, "pcap/hv3.eth0.pcap.part"));
    assert_false(bench_exists(b, "plots"));
    assert_file(b, "pcap/README", "mine");
    assert_file(b, "thesis.txt", "mine");
}

static void
forced_run_that_fails_leaves_the_earlier_run(void **state)
{
    struct bench *b = *state;
    struct outdir *dir;

    make_earlier_run(b);
    dir = outdir_open(b->path, true, NULL);
    outdir_write(dir, "drops.csv", "new", 3);
    outdir_free(dir);
    assert_file(b, "drops.csv", "old");
    assert_file(b, "flows.csv", "old");
    assert_false(bench_exists(b, "drops.csv.part"));
}

static void
folder_without_a_manifest_is_no_earlier_run(void **state)
{
    struct bench *b = *state;
    struct outdir *dir;

    bench_make(b, "scenario.yaml", "mine");
    bench_make(b, "pcap/holiday.pcap", "mine");
    dir = outdir_open(b->path, true, NULL);
    outdir_write(dir, "manifest.json", "{}", 2);
    assert_true(outdir_commit(dir, NULL));
    outdir_free(dir);
    assert_file(b, "scenario.yaml", "mine");
    assert_file(b, "pcap/holiday.pcap", "mine");
}

static void
assert_stamped(struct bench *b, const char *name, const char *expected)
{
    struct outdir *dir =
        outdir_open_stamped(b->path, name, 1795361400, 7, NULL);
    char *path = bench_path(b, expected);

    assert_non_null(dir);
    assert_string_equal(outdir_path(dir), path);
    outdir_write(dir, "manifest.json", expected, (gsize) strlen(expected));
    assert_true(outdir_commit(dir, NULL));
    assert_true(outdir_link_latest(dir, NULL));
    outdir_free(dir);
    g_free(path);
}

static void
runs_of_one_second_get_folders_of_their_own(void **state)
{
    struct bench *b = *state;

    assert_stamped(b, "blue-red", "blue-red/20261122T153000Z-s7");
    assert_stamped(b, "blue-red", "blue-red/20261122T153000Z-s7-2");
    assert_stamped(b, "blue-red", "blue-red/20261122T153000Z-s7-3");
    assert_file(b, "blue-red/latest/manifest.json",
                "blue-red/20261122T153000Z-s7-3");
}

static void
name_of_a_scenario_never_leaves_the_root(void **state)
{
    struct bench *b = *state;

    assert_stamped(b, "../../etc", "_..-..-etc/20261122T153000Z-s7");
    assert_stamped(b, "..", "_../20261122T153000Z-s7");
    assert_stamped(b, "", "_/20261122T153000Z-s7");
    assert_stamped(b, "a b:c", "a-b-c/20261122T153000Z-s7");
}

static void
latest_that_is_somebodys_folder_is_an_error(void **state)
{
    struct bench *b = *state;
    GError *error = NULL;
    struct outdir *dir;

    bench_make(b, "n/latest/file", "mine");
    dir = outdir_open_stamped(b->path, "n", 0, 1, NULL);
    assert_false(outdir_link_latest(dir, &error));
    assert_error(error, "n/latest: cannot make the link: Is a directory");
    outdir_free(dir);
    assert_file(b, "n/latest/file", "mine");
    assert_false(bench_exists(b, "n/latest.part"));
}

static void
directory_of_an_exact_name_has_no_latest(void **state)
{
    struct bench *b = *state;

    assert_true(outdir_link_latest(b->dir, NULL));
    assert_false(bench_exists(b, "../latest"));
}

static void
two_captures_of_one_place_get_two_names(void **state)
{
    struct bench *b = *state;
    char *place = outdir_name_of_place("blue/web:eth0");
    char *names[3];

    assert_string_equal(place, "blue.web.eth0");
    for (unsigned int i = 0; i < 3; i++) {
        names[i] = outdir_unused_name(b->dir, place, ".pcapng");
        outdir_create(b->dir, names[i]);
    }
    assert_string_equal(names[0], "blue.web.eth0.pcapng");
    assert_string_equal(names[1], "blue.web.eth0-2.pcapng");
    assert_string_equal(names[2], "blue.web.eth0-3.pcapng");
    for (unsigned int i = 0; i < 3; i++) {
        g_free(names[i]);
    }
    g_free(place);
}

#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, bench_setup, bench_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(file_gets_its_name_at_the_commit),
        TEST(commit_closes_what_is_still_open),
        TEST(large_file_is_written_byte_for_byte),
        TEST(nothing_is_left_without_a_commit),
        TEST(abandoned_file_does_not_appear),
        TEST(full_disk_is_told_and_no_file_gets_its_name),
        TEST(disk_that_fills_at_the_last_byte_is_told_by_the_commit),
        TEST(first_error_is_the_one_that_is_told),
        TEST(half_a_piece_written_is_an_error_too),
        TEST(folder_that_is_a_file_is_an_error),
        TEST(name_that_is_a_folder_is_an_error),
        TEST(part_of_a_killed_run_is_replaced_and_no_link_is_followed),
        TEST(folder_that_is_not_empty_is_refused),
        TEST(empty_folder_is_taken_and_stays_without_a_commit),
        TEST(parents_are_made),
        TEST(path_that_cannot_be_made_is_an_error),
        TEST(forced_run_replaces_the_earlier_run_and_nothing_else),
        TEST(forced_run_that_fails_leaves_the_earlier_run),
        TEST(folder_without_a_manifest_is_no_earlier_run),
        TEST(runs_of_one_second_get_folders_of_their_own),
        TEST(name_of_a_scenario_never_leaves_the_root),
        TEST(latest_that_is_somebodys_folder_is_an_error),
        TEST(directory_of_an_exact_name_has_no_latest),
        TEST(two_captures_of_one_place_get_two_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
