/* A bench for the front half of scenarios: a text, what was read from it, and
 * what was reported. */

#ifndef TESTS_SCENARIO_TEXT_H
#define TESTS_SCENARIO_TEXT_H 1

#include "scenarios/diag.h"
#include "scenarios/scope.h"
#include "scenarios/source.h"
#include "scenarios/tree.h"

struct scenario_text {
    struct source *source, *settings;
    struct diag *diag;
    struct tree *tree; /* Null if it could not be read. */
    struct scope *scope;
    char *report; /* Of scenario_text_report(). */
};

/* Reads 'text', called "t.yaml".  'settings' are for --set, up to a null, or
 * null. */
void scenario_text_init(struct scenario_text *, const char *text,
                        const char *const *settings);
void scenario_text_clear(struct scenario_text *);

/* Returns all diagnostics as they are printed; empty if there are none. */
const char *scenario_text_report(struct scenario_text *);

/* Returns the value of 'key' at the root. */
const struct tree_node *scenario_text_node(struct scenario_text *,
                                           const char *key);

/* Appends 'node' in flow style, quoted scalars in quotes. */
void scenario_text_dump(const struct tree_node *node, GString *out);

/* Asserts that 'loc' is this. */
void assert_loc(struct loc loc, unsigned int line, unsigned int column,
                unsigned int length);

/* Asserts that reading 'text' as a tree reports exactly 'report'. */
void assert_tree_report(const char *text, const char *report);

#endif /* tests/scenario_text.h */
