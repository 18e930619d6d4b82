/* "did you mean 'subnet'?"
 *
 * The nearest word by Damerau-Levenshtein distance (insert, delete, replace,
 * swap neighbours; optimal string alignment), if it is near enough to be worth
 * saying.  Of equally near words the first wins. */

#ifndef SCENARIOS_SUGGEST_H
#define SCENARIOS_SUGGEST_H 1

#include <glib.h>
#include <stddef.h>

/* Words longer than this, in bytes, are not compared. */
#define SUGGEST_WORD_MAX 64

unsigned int suggest_distance(const char *, const char *);
const char *suggest_nearest(const char *word, const char *const *words,
                            size_t n_words);

/* "a, b, c", of words in the order given or sorted; the caller frees. */
char *suggest_list(const char *const *words, size_t n_words);
char *suggest_sorted_list(const char *const *words, size_t n_words);

#endif /* scenarios/suggest.h */
