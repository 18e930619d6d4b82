#include "scenarios/read.h"

#include <string.h>

static const char *const format_words[] = { "pcapng", "pcap", NULL };

static const struct key_spec capture_keys[] = {
    { "at", KEY_GLOB, .shape = KEY_ONE_OR_LIST, .required = true, .n_min = 1,
      .help = "ports, VMs' NICs, globs of these, sets" },
    { "filter", KEY_TEXT, .help = "BPF, as for tcpdump" },
    { "snaplen", KEY_INT, .min = 14, .max = 262144,
      .help = "bytes kept of a frame; all if absent" },
    { "limit", KEY_BYTES, .min = 1, .help = "largest file" },
    { "merge", KEY_TEXT, .help = "name of one file for all places" },
    { "format", KEY_WORD, .words = format_words, .fallback = "pcapng",
      .help = "of the file" },
    { "from", KEY_TIME, .fallback = "0s", .help = "first moment" },
    { "to", KEY_TIME, .min = 1, .help = "first moment that is left out" },
    { .name = NULL },
};
const struct key_table capture_table = {
    "capture",
    "Frames to keep in files for Wireshark.",
    capture_keys,
    NULL,
};

/* A merged file's name is a name, not a path out of the run directory. */
static bool
is_file_name(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

static void
read_capture(struct scenario *s, const struct key_value *entry, size_t i)
{
    struct scenario_capture *capture = g_new0(struct scenario_capture, 1);
    struct key_reader r;

    key_reader_init(&r, s->scope, entry->node, &capture_table, "capture[%zu]",
                    i);
    capture->loc = r.loc;
    capture->filter_loc = key_loc(&r, "filter");
    capture->merge_loc = key_loc(&r, "merge");
    capture->places = g_array_new(FALSE, FALSE, sizeof(struct scenario_place));
    g_ptr_array_add(s->captures, capture);
    find_places(s, &r, "at", capture->places);
    capture->filter =
        key_is_given(&r, "filter") ? key_text(&r, "filter") : NULL;
    capture->merge = key_is_given(&r, "merge") ? key_text(&r, "merge") : NULL;
    if (capture->merge && key_is_ok(&r, "merge")
        && !is_file_name(capture->merge)) {
        key_report(&r, "merge", E086, "'%s' is no file name", capture->merge);
        diag_help(s->diag, "the file is made in the run's pcap folder");
    }
    capture->snaplen = (uint32_t) key_int(&r, "snaplen");
    capture->limit_bytes = key_bytes(&r, "limit");
    capture->is_pcap = key_word_index(&r, "format") == 1;
    capture->from = key_time(&r, "from");
    capture->to = key_is_given(&r, "to") ? key_time(&r, "to") : SIM_NEVER;
    if (!r.failed && capture->to <= capture->from) {
        key_report(&r, "to", E076, "the capture ends before it begins");
    }
    key_reader_clear(&r);
}

/* Reads 'capture'. */
void
read_captures(struct scenario *s, const struct key_reader *root)
{
    for (size_t i = 0; i < key_count(root, "capture"); i++) {
        read_capture(s, key_at(root, "capture", i), i);
    }
}
