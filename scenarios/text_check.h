/* Is a text fit to be taken for YAML at all?
 *
 * It must be UTF-8, without the characters that YAML forbids and without those
 * that some call line ends and some do not; after this check, every tool agrees
 * on which line is which.  And indentation must be without tabs, which only the
 * parser can tell from tabs in a text, so that is checked line by line as it
 * asks. */

#ifndef SCENARIOS_TEXT_CHECK_H
#define SCENARIOS_TEXT_CHECK_H 1

#include <stdbool.h>

#include "scenarios/diag.h"
#include "scenarios/source.h"

bool text_check(const struct source *, struct diag *);
bool text_check_is_harmless(const char *text);
bool text_check_indentation(const struct source *, unsigned int line,
                            struct diag *);
void text_check_all_indentation(const struct source *, unsigned int line,
                                struct diag *);

#endif /* scenarios/text_check.h */
