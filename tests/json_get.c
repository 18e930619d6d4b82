/* json_get FILE [KEY...]: checks that FILE is JSON, and prints the value that the
 * keys, numbers for members of arrays, lead to. */

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>

static JsonNode *
step(JsonNode *node, const char *key)
{
    if (node && JSON_NODE_HOLDS_OBJECT(node)) {
        return json_object_get_member(json_node_get_object(node), key);
    } else if (node && JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        guint i = (guint) strtoul(key, NULL, 10);

        return i < json_array_get_length(array)
                   ? json_array_get_element(array, i)
                   : NULL;
    }
    return NULL;
}

static void
print(JsonNode *node)
{
    if (JSON_NODE_HOLDS_VALUE(node)
        && json_node_get_value_type(node) == G_TYPE_STRING) {
        puts(json_node_get_string(node));
    } else {
        char *text = json_to_string(node, FALSE);

        puts(text);
        g_free(text);
    }
}

int
main(int argc, char **argv)
{
    JsonParser *parser = json_parser_new();
    GError *error = NULL;
    JsonNode *node;
    int status = EXIT_SUCCESS;

    if (argc < 2 || !json_parser_load_from_file(parser, argv[1], &error)) {
        fprintf(stderr, "json_get: %s\n",
                error ? error->message : "which file?");
        g_clear_error(&error);
        g_object_unref(parser);
        return EXIT_FAILURE;
    }
    node = json_parser_get_root(parser);
    for (int i = 2; i < argc; i++) {
        node = step(node, argv[i]);
    }
    if (!node) {
        fprintf(stderr, "json_get: %s has no such value\n", argv[1]);
        status = EXIT_FAILURE;
    } else if (argc > 2) {
        print(node);
    }
    g_object_unref(parser);
    return status;
}
