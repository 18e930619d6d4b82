#include <string.h>

#include "scenarios/text_check.h"
#include "scenarios/tree_build.h"

/* A list or map that is not closed yet. */
struct frame {
    struct tree_node *node;
    bool is_key;     /* It stands where a key should: dropped. */
    bool has_key;    /* Map: the next node is a value ... */
    const char *key; /* ... of this key, or is dropped if it is null. */
    struct loc key_loc;
};

struct builder {
    const struct source *source;
    struct diag *diag;
    struct tree *tree;
    struct frame frames[TREE_DEPTH_MAX];
    size_t depth;
    size_t n_documents;
    size_t last_line; /* The last whose indentation was checked. */
    bool given_up;    /* There is no point in going on. */
    bool failed;      /* What there is of a tree is of no use. */
};

/* Returns the place from 'start' to 'end', or to the end of the line. */
static struct loc
loc_of(const struct builder *b, yaml_mark_t start, yaml_mark_t end)
{
    struct loc loc = { b->source, (unsigned int) start.line + 1,
                       (unsigned int) start.column + 1, 1 };
    size_t size = 0, n;

    if (end.line == start.line) {
        loc.length = (unsigned int) (end.column - start.column);
    } else {
        const char *line = source_line(b->source, loc.line, &size);

        n = line ? source_n_characters(line, size) : 0;
        loc.length = (unsigned int) (MAX(n, start.column) - start.column);
    }
    return loc;
}

static struct loc
event_loc(const struct builder *b, const yaml_event_t *event)
{
    struct loc loc = loc_of(b, event->start_mark, event->end_mark);

    loc.length = MAX(loc.length, 1);
    return loc;
}

static struct frame *
top(struct builder *b)
{
    return b->depth ? &b->frames[b->depth - 1] : NULL;
}

static bool
wants_key(struct builder *b)
{
    return b->depth && top(b)->node->kind == TREE_MAP && !top(b)->has_key;
}

/* Puts 'node' where the events have come to. */
static void
add_node(struct builder *b, struct tree_node *node)
{
    struct frame *frame = top(b);

    if (!frame) {
        b->tree->root = node;
    } else if (frame->node->kind == TREE_LIST) {
        tree_append(frame->node, NULL, (struct loc){ 0 }, node);
    } else {
        if (frame->key) {
            tree_append(frame->node, frame->key, frame->key_loc, node);
        }
        frame->has_key = false;
    }
}

/* The key of the map on top is there, and is 'key' or, if null, refused. */
static void
take_key(struct builder *b, const char *key, struct loc loc)
{
    struct frame *frame = top(b);

    frame->has_key = true;
    frame->key = key;
    frame->key_loc = loc;
}

static void
refuse_properties(struct builder *b, struct loc loc, const yaml_char_t *anchor,
                  const yaml_char_t *tag)
{
    if (anchor) {
        diag_report(b->diag, E005, loc, "anchor '&%s' is not read by paca",
                    (const char *) anchor);
        diag_help(b->diag,
                  "use count, params and let for what repeats; a text "
                  "that starts with '&' wants quotes");
    }
    if (tag) {
        diag_report(b->diag, E006, loc, "tag '%s' is not read by paca",
                    (const char *) tag);
        diag_help(b->diag, "remove it: the key says what type its value is; a "
                           "text that starts with '!' wants quotes");
    }
}

static bool
take_node(struct builder *b, struct loc loc)
{
    if (b->tree->nodes->len >= TREE_NODES_MAX) {
        diag_report(b->diag, E009, loc, "there are more than %d values",
                    TREE_NODES_MAX);
        b->given_up = b->failed = true;
        return false;
    }
    return true;
}

static void
on_key(struct builder *b, const yaml_event_t *event, struct loc loc)
{
    const char *text = (const char *) event->data.scalar.value;
    struct frame *frame = top(b);
    const struct tree_entry *first;
    yaml_scalar_style_t style = event->data.scalar.style;

    if (style == YAML_PLAIN_SCALAR_STYLE && !strcmp(text, "<<")) {
        diag_report(b->diag, E005, loc, "merge key '<<' is not read by paca");
        diag_help(b->diag, "write the keys out, or use count, params and let");
        take_key(b, NULL, loc);
        return;
    }
    if (!text[0] || strlen(text) != event->data.scalar.length
        || style == YAML_LITERAL_SCALAR_STYLE
        || style == YAML_FOLDED_SCALAR_STYLE || !text_check_is_harmless(text)
        || strpbrk(text, "\n\r\t")) {
        diag_report(b->diag, E008, loc, "a key must be a word");
        take_key(b, NULL, loc);
        return;
    }
    first = tree_find(frame->node, text);
    if (first) {
        diag_report(b->diag, E022, loc, "key '%s' is here twice", text);
        diag_help(b->diag, "the first is in line %u", first->key_loc.line);
        take_key(b, NULL, loc);
        return;
    }
    take_key(b, g_string_chunk_insert(b->tree->texts, text), loc);
}

static void
on_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *text = (const char *) event->data.scalar.value;
    yaml_scalar_style_t style = event->data.scalar.style;
    struct loc loc = event_loc(b, event);
    struct tree_node *node;

    refuse_properties(b, loc, event->data.scalar.anchor,
                      event->data.scalar.tag);
    if (wants_key(b)) {
        on_key(b, event, loc);
        return;
    }
    if (!take_node(b, loc)) {
        return;
    }
    node = tree_new_scalar(b->tree, text, loc);
    node->plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->broken = event->data.scalar.anchor || event->data.scalar.tag;
    if (style == YAML_FOLDED_SCALAR_STYLE) {
        diag_report(b->diag, E008, loc, "'>' text is not read by paca");
        diag_help(b->diag, "use '|', or one line");
        node->broken = true;
    }
    if (strlen(text) != event->data.scalar.length
        || !text_check_is_harmless(text)) {
        diag_report(b->diag, E002, loc,
                    "a text may not have control characters, escaped or not");
        node->broken = true;
    }
    add_node(b, node);
}

static void
on_alias(struct builder *b, const yaml_event_t *event)
{
    struct loc loc = event_loc(b, event);
    struct tree_node *node;

    diag_report(b->diag, E005, loc, "alias '*%s' is not read by paca",
                (const char *) event->data.alias.anchor);
    diag_help(b->diag, "a text that starts with '*' wants quotes");
    if (wants_key(b)) {
        take_key(b, NULL, loc);
        return;
    }
    if (take_node(b, loc)) {
        node = tree_new_scalar(b->tree, "", loc);
        node->broken = true;
        add_node(b, node);
    }
}

static void
on_start(struct builder *b, const yaml_event_t *event, enum tree_kind kind)
{
    bool is_map = kind == TREE_MAP;
    struct loc loc = event_loc(b, event);
    bool is_key = wants_key(b);
    struct tree_node *node;

    refuse_properties(b, loc,
                      is_map ? event->data.mapping_start.anchor
                             : event->data.sequence_start.anchor,
                      is_map ? event->data.mapping_start.tag
                             : event->data.sequence_start.tag);
    if (b->depth == TREE_DEPTH_MAX) {
        diag_report(b->diag, E009, loc,
                    "maps and lists are nested more than %d deep",
                    TREE_DEPTH_MAX);
        b->given_up = b->failed = true;
        return;
    }
    if (!take_node(b, loc)) {
        return;
    }
    node = tree_new_node(b->tree, kind, loc);
    if (is_key) {
        diag_report(b->diag, E008, loc, "a key must be a word, not %s",
                    tree_kind_name(node));
    } else {
        add_node(b, node);
    }
    b->frames[b->depth++] = (struct frame){ .node = node, .is_key = is_key };
}

static void
on_end(struct builder *b, const yaml_event_t *event)
{
    struct frame frame = *top(b);
    struct tree_node *node = frame.node;

    /* A flow collection is a piece of text; a block is pointed at by its
     * first key or member. */
    if (event->end_mark.index > event->start_mark.index) {
        yaml_mark_t start = { 0, node->loc.line - 1, node->loc.column - 1 };

        node->loc = loc_of(b, start, event->end_mark);
    } else if (node->n > 0) {
        node->loc.length =
            node->entries[0].key ? node->entries[0].key_loc.length : 1;
    }
    b->depth--;
    if (frame.is_key) {
        take_key(b, NULL, node->loc);
    }
}

static void
on_document(struct builder *b, const yaml_event_t *event)
{
    struct loc loc = event_loc(b, event);

    if (event->data.document_start.version_directive
        || event->data.document_start.tag_directives.start
               != event->data.document_start.tag_directives.end) {
        diag_report(b->diag, E008, loc,
                    "'%%' directives are not read by paca");
        diag_help(b->diag, "remove the line");
    }
    if (++b->n_documents > 1) {
        diag_report(b->diag, E007, loc, "a second document starts here");
        diag_help(b->diag, "a scenario is one document: remove '---' and what "
                           "follows it, or make it a file of its own");
        b->given_up = true;
    }
}

static void
on_event(struct builder *b, const yaml_event_t *event)
{
    if (event->start_mark.line + 1 != b->last_line
        && event->end_mark.index > event->start_mark.index) {
        b->last_line = event->start_mark.line + 1;
        text_check_indentation(b->source, (unsigned int) b->last_line,
                               b->diag);
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: on_document(b, event); break;
    case YAML_SCALAR_EVENT: on_scalar(b, event); break;
    case YAML_ALIAS_EVENT: on_alias(b, event); break;
    case YAML_SEQUENCE_START_EVENT: on_start(b, event, TREE_LIST); break;
    case YAML_MAPPING_START_EVENT: on_start(b, event, TREE_MAP); break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: on_end(b, event); break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT: break;
    }
}

static void
build(struct builder *b)
{
    const char *text = b->source->text + b->source->start;
    yaml_parser_t parser;
    bool is_end = false;

    if (!yaml_parser_initialize(&parser)) {
        g_error("out of memory");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *) text,
                                 b->source->size - b->source->start);
    while (!is_end && !b->given_up) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            tree_report_syntax(b->source, &parser, b->diag);
            b->failed = true;
            break;
        }
        on_event(b, &event);
        is_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static bool
check_root(struct builder *b)
{
    const struct tree_node *root = b->tree->root;

    if (b->n_documents == 0 || !root || tree_is_empty(root)) {
        diag_report(b->diag, E007, source_loc_whole(b->source),
                    "there is nothing in this file");
        diag_help(b->diag, "'paca list' names scenarios to start from");
        return false;
    }
    if (root->kind != TREE_MAP) {
        diag_report(b->diag, E020, root->loc,
                    "a scenario is a map, and this is %s",
                    tree_kind_name(root));
        diag_help(b->diag, "start with 'format: 1'; there is a blank behind "
                           "the ':' of a key");
        return false;
    }
    return true;
}

/* Reads 'source', which must outlive the tree.  Reports to 'diag' what is wrong
 * with it as YAML; returns null if that leaves no tree, else one whose root is
 * a map.  The caller frees it. */
struct tree *
tree_read(const struct source *source, struct diag *diag)
{
    struct builder b = { .source = source, .diag = diag };

    if (!text_check(source, diag)) {
        return NULL;
    }
    b.tree = tree_new(source);
    build(&b);
    if (b.failed || !check_root(&b)) {
        tree_free(b.tree);
        return NULL;
    }
    return b.tree;
}
