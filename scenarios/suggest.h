/* "did you mean 'subnet'?"
 *
 * The nearest word by Damerau-Levenshtein distance (insert, delete, replace,
 * swap neighbours; optimal string alignment), if it is near enough to be worth
 * saying.  Another case of a letter is a small difference.  Of equally near
 * words the first wins. */

#ifndef SCENARIOS_SUGGEST_H
#define SCENARIOS_SUGGEST_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "scenarios/diag.h"

/* Words longer than this, in bytes, are not compared. */
#define SUGGEST_WORD_MAX 64

unsigned int suggest_distance(const char *, const char *);
const char *suggest_nearest(const char *word, const char *const *words,
                            size_t n_words);

/* "a, b, c"; the caller frees. */
char *suggest_list(const char *const *words, size_t n_words);
void suggest_sort(GPtrArray *words);

/* Gives the last diagnostic the help "did you mean 'word'? Intro: a, b, c". */
void suggest_help(struct diag *, const char *word, const char *const *words,
                  size_t n_words, const char *intro);

#endif /* scenarios/suggest.h */
