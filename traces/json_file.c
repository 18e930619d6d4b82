#include "traces/json_file.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "traces/number_text.h"
#include "traces/outdir.h"

#define INDENT 2 /* Blanks per level. */

struct writer {
    GString *text;
    bool indented;
    unsigned int level;
};

static void write_node(struct writer *, JsonNode *);

static void
line_break(struct writer *w)
{
    if (w->indented) {
        g_string_append_printf(w->text, "\n%*s", (int) w->level * INDENT, "");
    }
}

/* RFC 8259 section 7. */
static void
write_string(struct writer *w, const char *string)
{
    g_string_append_c(w->text, '"');
    for (; *string; string++) {
        unsigned char c = (unsigned char) *string;

        if (c == '"' || c == '\\') {
            g_string_append_c(w->text, '\\');
            g_string_append_c(w->text, *string);
        } else if (c == '\n') {
            g_string_append(w->text, "\\n");
        } else if (c == '\t') {
            g_string_append(w->text, "\\t");
        } else if (c < ' ' || c == 127) {
            g_string_append_printf(w->text, "\\u%04x", (unsigned int) c);
        } else {
            g_string_append_c(w->text, *string);
        }
    }
    g_string_append_c(w->text, '"');
}

static void
write_value(struct writer *w, JsonNode *node)
{
    GType type = json_node_get_value_type(node);
    char buf[NUMBER_TEXT_MAX];

    if (type == G_TYPE_STRING) {
        write_string(w, json_node_get_string(node));
    } else if (type == G_TYPE_BOOLEAN) {
        g_string_append(w->text,
                        json_node_get_boolean(node) ? "true" : "false");
    } else if (type == G_TYPE_INT64) {
        g_string_append_printf(w->text, "%" PRId64, json_node_get_int(node));
    } else if (isfinite(json_node_get_double(node))) {
        g_string_append(w->text,
                        number_format(buf, json_node_get_double(node)));
    } else {
        g_string_append(w->text, "null");
    }
}

static void
write_array(struct writer *w, JsonArray *array)
{
    guint n = json_array_get_length(array);

    g_string_append_c(w->text, '[');
    w->level++;
    for (guint i = 0; i < n; i++) {
        g_string_append(w->text, i ? "," : "");
        line_break(w);
        write_node(w, json_array_get_element(array, i));
    }
    w->level--;
    if (n > 0) {
        line_break(w);
    }
    g_string_append_c(w->text, ']');
}

static void
write_object(struct writer *w, JsonObject *object)
{
    GList *names = json_object_get_members(object);

    g_string_append_c(w->text, '{');
    w->level++;
    for (GList *name = names; name; name = name->next) {
        g_string_append(w->text, name != names ? "," : "");
        line_break(w);
        write_string(w, name->data);
        g_string_append(w->text, w->indented ? ": " : ":");
        write_node(w, json_object_get_member(object, name->data));
    }
    w->level--;
    if (names) {
        line_break(w);
    }
    g_string_append_c(w->text, '}');
    g_list_free(names);
}

static void
write_node(struct writer *w, JsonNode *node)
{
    switch (json_node_get_node_type(node)) {
    case JSON_NODE_OBJECT: write_object(w, json_node_get_object(node)); break;
    case JSON_NODE_ARRAY: write_array(w, json_node_get_array(node)); break;
    case JSON_NODE_VALUE: write_value(w, node); break;
    case JSON_NODE_NULL: g_string_append(w->text, "null"); break;
    }
}

/* Returns 'node' as text without a line end behind it; the caller frees it.
 * Strings in it are UTF-8. */
char *
json_text(JsonNode *node, bool indented)
{
    struct writer w = { .text = g_string_new(NULL), .indented = indented };

    write_node(&w, node);
    return g_string_free(w.text, FALSE);
}

/* Makes 'node' the whole file 'name' of 'dir'.  'node' stays the caller's. */
void
json_file_write(struct outdir *dir, const char *name, JsonNode *node)
{
    char *text = json_text(node, true);
    char *file = g_strconcat(text, "\n", NULL);

    outdir_write(dir, name, file, strlen(file));
    g_free(file);
    g_free(text);
}
