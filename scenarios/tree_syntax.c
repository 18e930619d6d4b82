/* libyaml says "did not find expected key" of what a person would call a wrong
 * indentation.  This says what that person wants to know. */

#include <string.h>

#include "scenarios/text_check.h"
#include "scenarios/tree_build.h"

static const struct syntax_rule {
    const char *context; /* A part of libyaml's context, null for any. */
    const char *problem; /* A part of its problem. */
    bool at_context;     /* Where the context starts tells more. */
    enum diag_code code;
    const char *message;
    const char *help; /* "%u" is the line where the context starts. */
} rules[] = {
    { "anchor", "", true, E005,
      "'&' starts an anchor, which paca does not read",
      "a text that starts with '&' wants quotes" },
    { "alias", "", true, E005, "'*' starts an alias, which paca does not read",
      "a text that starts with '*' wants quotes" },
    { "tag", "", true, E006, "'!' starts a tag, which paca does not read",
      "a text that starts with '!' wants quotes" },
    { NULL, "undefined tag handle", false, E006,
      "'!' starts a tag, which paca does not read",
      "a text that starts with '!' wants quotes" },
    { "directive", "", true, E008,
      "'%' starts a directive, which paca does not read",
      "a text that starts with '%' wants quotes" },
    { "flow sequence", "expected ',' or ']'", false, E004,
      "expected ',' or ']' here",
      "the list starts in line %u; is it closed, and is there a text that "
      "wants quotes?" },
    { "flow mapping", "expected ',' or '}'", false, E004,
      "expected ',' or '}' here",
      "the map starts in line %u; is it closed, and is there a text that "
      "wants quotes?" },
    { "quoted scalar", "end of stream", true, E004,
      "this quote is never closed", NULL },
    { "quoted scalar", "document indicator", true, E004,
      "this quote is not closed before the document ends", NULL },
    { "quoted scalar", "escape", false, E004, "this escape is unknown",
      "in \"...\" a backslash is written \\\\; in '...' it is a character "
      "like "
      "others" },
    { "simple key", "", true, E004, "there is no ':' behind this",
      "in a map each line is 'key: value'; is the line indented like its "
      "neighbours?" },
    { NULL, "mapping values are not allowed", false, E004,
      "a ':' cannot be here",
      "is this line, or the one before, indented too far? A text with ': ' in "
      "it wants quotes" },
    { NULL, "block sequence entries are not allowed", false, E004,
      "a list cannot start here", "start it on a line of its own" },
    { "block mapping", "expected key", false, E004, "expected a key here",
      "the map starts in line %u; is this line indented like it? Is there a "
      "text that wants quotes?" },
    { "block collection", "expected '-' indicator", false, E004,
      "expected '- ' here",
      "the list starts in line %u; is this line indented like it?" },
    { NULL, "cannot start any token", false, E004,
      "a text cannot start with this character", "put the text into quotes" },
    { NULL, "expected <document start>", false, E007,
      "the document ended before this", "a scenario is one document" },
    { "block scalar", "", false, E004, "this text cannot be read",
      "behind '|' comes the text, indented, on the next lines" },
};

static const struct syntax_rule *
find_rule(const yaml_parser_t *parser)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if ((!rules[i].context
             || (parser->context && strstr(parser->context, rules[i].context)))
            && strstr(parser->problem, rules[i].problem)) {
            return &rules[i];
        }
    }
    return NULL;
}

/* Returns the place of the character at 'mark', or before it the last there
 * is. */
static struct loc
mark_loc(const struct source *source, yaml_mark_t mark)
{
    unsigned int line = (unsigned int) MIN(mark.line + 1, source->n_lines);
    size_t size = 0;

    source_line(source, line, &size);
    while (line > 1 && size == 0) {
        source_line(source, --line, &size);
        mark.column = size;
    }
    return (struct loc){ source, line, (unsigned int) mark.column + 1, 1 };
}

/* True if the parser fell over a tab in an indentation; then all of them are
 * reported. */
static bool
report_tabs(const struct source *source, const yaml_parser_t *parser,
            struct diag *diag)
{
    unsigned int line = (unsigned int) parser->problem_mark.line + 1;

    if (!strstr(parser->problem, "tab character")
        && !strstr(parser->problem, "cannot start any token")) {
        return false;
    }
    if (text_check_indentation(source, line, diag)) {
        return false;
    }
    text_check_all_indentation(source, line, diag);
    return true;
}

/* Reports why 'parser' has stopped. */
void
tree_report_syntax(const struct source *source, const yaml_parser_t *parser,
                   struct diag *diag)
{
    const struct syntax_rule *rule;
    unsigned int context_line = (unsigned int) parser->context_mark.line + 1;

    if (!parser->problem) {
        diag_report(diag, E004, source_loc_whole(source),
                    "the YAML parser has given up");
        return;
    }
    if (report_tabs(source, parser, diag)) {
        return;
    }
    rule = find_rule(parser);
    if (!rule) {
        diag_report(diag, E004, mark_loc(source, parser->problem_mark),
                    "%s%s%s", parser->problem, parser->context ? " " : "",
                    parser->context ? parser->context : "");
        return;
    }
    diag_report(diag, rule->code,
                mark_loc(source, rule->at_context ? parser->context_mark
                                                  : parser->problem_mark),
                "%s", rule->message);
    if (rule->help) {
        char **parts = g_strsplit(rule->help, "%u", 2);

        if (parts[1]) {
            diag_help(diag, "%s%u%s", parts[0], context_line, parts[1]);
        } else {
            diag_help(diag, "%s", parts[0]);
        }
        g_strfreev(parts);
    }
}
