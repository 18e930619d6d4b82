/* paca walk */

#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "scenarios/suggest.h"
#include "scenarios/walking.h"

#define ALL_PACKETS G_MININT

static char *flow_id, *direction;
static int packet = ALL_PACKETS;
static volatile sig_atomic_t stop;

static const GOptionEntry entries[] = {
    { "flow", 0, 0, G_OPTION_ARG_STRING, &flow_id, "id of the workload",
      "ID" },
    { "packet", 0, 0, G_OPTION_ARG_INT, &packet,
      "only its N-th packet, counting from 1; else all", "N" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &direction,
      "only requests or only replies", "request|reply" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static void
on_signal(int number)
{
    (void) number;
    stop = 1;
}

/* Takes what was set, and the folder of other files, from the manifest of an
 * earlier run in 'path'. */
static bool
read_manifest(const char *path, GPtrArray *settings, char **folder)
{
    char *file = g_build_filename(path, "manifest.json", NULL);
    JsonParser *parser = json_parser_new();
    GError *error = NULL;
    bool ok = json_parser_load_from_file(parser, file, &error);

    if (ok && JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
        JsonObject *o = json_node_get_object(json_parser_get_root(parser));
        JsonArray *list = json_object_has_member(o, "settings")
                              ? json_object_get_array_member(o, "settings")
                              : NULL;

        for (guint i = 0; list && i < json_array_get_length(list); i++) {
            g_ptr_array_add(settings,
                            g_strdup(json_array_get_string_element(list, i)));
        }
        *folder = g_strdup(
            json_object_get_string_member_with_default(o, "folder", "."));
    } else if (!ok) {
        fprintf(stderr, "paca: %s is no run directory: %s\n", path,
                error->message);
        g_error_free(error);
    }
    g_object_unref(parser);
    g_free(file);
    return ok;
}

/* Reads the scenario of an earlier run as it was then. */
static struct scenario *
read_run_directory(const char *path, int *code)
{
    GPtrArray *settings = g_ptr_array_new_with_free_func(g_free);
    struct scenario_options options = { .until = common.until };
    char *file = g_build_filename(path, "scenario.yaml", NULL);
    char *folder = NULL;
    GError *error = NULL;
    struct scenario *s = NULL;
    struct source *source;

    *code = EXIT_IO;
    if (read_manifest(path, settings, &folder)) {
        g_ptr_array_add(settings, NULL);
        options.settings = (const char *const *) (void *) settings->pdata;
        source = source_read(file, &error);
        if (source) {
            s = scenario_read(source, folder ? folder : ".", &options);
        } else {
            fprintf(stderr, "paca: %s\n", error->message);
            g_error_free(error);
        }
    }
    g_ptr_array_unref(settings);
    g_free(folder);
    g_free(file);
    return s;
}

/* Finds the index of the flow or replay called 'id'; 0, having said so, if
 * there is none. */
static uint32_t
find_flow(const struct command *command, const struct scenario *s,
          const char *id)
{
    const GPtrArray *names = s->flow_names;
    uint32_t found = 0;

    for (uint32_t i = 1; i <= names->len; i++) {
        if (!strcmp(scenario_flow_name(s, i), id)) {
            found = i;
        }
    }
    if (!found) {
        char *list = suggest_list((const char *const *) (void *) names->pdata,
                                  names->len);

        command_usage_error(command, "there is no workload '%s' in %s: %s", id,
                            s->name, list);
        g_free(list);
    }
    return found;
}

static bool
print_walk(const struct walk *walk, enum walk_direction which)
{
    GString *text = g_string_new(NULL);
    bool is_one = packet != ALL_PACKETS;
    const struct walk_packet *wanted =
        is_one ? walk_packet(walk, which, (size_t) packet - 1) : NULL;

    if (is_one && !wanted) {
        fprintf(stderr, "paca: %s sent %zu such packets, not %d\n", flow_id,
                walk_n_packets(walk, which), packet);
    } else if (is_one) {
        walk_print_packet(walk, wanted, text);
        if (!wanted->fate) {
            walk_print_questions(walk, text);
        }
    } else {
        walk_print(walk, which, text);
    }
    fputs(text->str, stdout);
    g_string_free(text, TRUE);
    return !is_one || wanted;
}

static int
walk(const struct command *command, const struct scenario *s,
     enum walk_direction which)
{
    uint32_t flow = find_flow(command, s, flow_id);
    struct walking walking;
    GError *error = NULL;
    bool found;

    if (!flow) {
        return EXIT_USAGE;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (!walking_run(s, flow, &stop, &walking, &error)) {
        fprintf(stderr, "paca: %s\n", error->message);
        g_error_free(error);
        return EXIT_IO;
    }
    found = print_walk(walking.walk, which);
    walking_clear(&walking);
    return stop ? EXIT_STOPPED : found ? EXIT_PASSED : EXIT_USAGE;
}

static bool
read_direction(const struct command *command, enum walk_direction *which)
{
    *which = WALK_BOTH;
    if (direction && !strcmp(direction, "request")) {
        *which = WALK_REQUEST;
    } else if (direction && !strcmp(direction, "reply")) {
        *which = WALK_REPLY;
    } else if (direction) {
        command_usage_error(command, "--direction is request or reply");
        return false;
    }
    return true;
}

int
command_walk(const struct command *command, int argc, char **argv)
{
    enum walk_direction which;
    struct scenario *s;
    int code = EXIT_USAGE;

    if (!command_parse(command, &argc, &argv, entries, true)
        || !read_direction(command, &which)) {
        return EXIT_USAGE;
    }
    if (argc != 2 || !flow_id) {
        return command_usage_error(command,
                                   "give one scenario or run directory, and "
                                   "a workload by --flow");
    }
    if (packet < 1 && packet != ALL_PACKETS) {
        return command_usage_error(command, "packets count from 1");
    }
    s = g_file_test(argv[1], G_FILE_TEST_IS_DIR)
            ? read_run_directory(argv[1], &code)
            : command_read_scenario(argv[1], &code);
    if (s) {
        common.quiet = TRUE;
        code = command_print_diagnostics(s) ? walk(command, s, which)
                                            : EXIT_USAGE;
        scenario_free(s);
    }
    return code;
}
