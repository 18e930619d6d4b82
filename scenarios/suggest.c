#include "scenarios/suggest.h"

#include <string.h>

/* Returns the distance of 'a' and 'b': how many letters must be inserted,
 * deleted or replaced, or neighbours swapped, to make the one of the other.
 * Bytes count as letters.  UINT_MAX if one is longer than SUGGEST_WORD_MAX. */
unsigned int
suggest_distance(const char *a, const char *b)
{
    unsigned int rows[3][SUGGEST_WORD_MAX + 1];
    unsigned int *before = rows[0], *last = rows[1], *row = rows[2];
    size_t a_size = strlen(a), b_size = strlen(b);

    if (a_size > SUGGEST_WORD_MAX || b_size > SUGGEST_WORD_MAX) {
        return G_MAXUINT;
    }
    for (size_t j = 0; j <= b_size; j++) {
        last[j] = (unsigned int) j;
    }
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = (unsigned int) i;
        for (size_t j = 1; j <= b_size; j++) {
            unsigned int replaced = last[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = MIN(MIN(last[j], row[j - 1]) + 1, replaced);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2]
                && a[i - 2] == b[j - 1]) {
                row[j] = MIN(row[j], before[j - 2] + 1);
            }
        }
        unsigned int *oldest = before;

        before = last;
        last = row;
        row = oldest;
    }
    return last[b_size];
}

/* The distance, where another case of a letter is no difference. */
static unsigned int
distance_without_case(const char *a, const char *b)
{
    char *a_lower = g_ascii_strdown(a, -1), *b_lower = g_ascii_strdown(b, -1);
    unsigned int distance = suggest_distance(a_lower, b_lower);

    g_free(a_lower);
    g_free(b_lower);
    return distance;
}

/* Returns that of the 'n_words' words that is nearest to 'word' and differs in
 * at most a third of its letters (one in a short word); null if none does. */
const char *
suggest_nearest(const char *word, const char *const *words, size_t n_words)
{
    size_t size = strlen(word);
    unsigned int limit = (unsigned int) MAX(1, (MIN(size, 96) + 1) / 3);
    unsigned int best = G_MAXUINT;
    const char *nearest = NULL;

    if (size == 0 || size > SUGGEST_WORD_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < n_words; i++) {
        unsigned int distance = distance_without_case(word, words[i]);

        /* Equal but for case beats a changed letter; the exact distance
         * decides among equals. */
        if (distance <= limit && distance < MAX(size, strlen(words[i]))) {
            distance = distance * 256 + suggest_distance(word, words[i]);
            if (distance < best) {
                best = distance;
                nearest = words[i];
            }
        }
    }
    return nearest;
}

char *
suggest_list(const char *const *words, size_t n_words)
{
    GString *list = g_string_new(NULL);

    for (size_t i = 0; i < n_words; i++) {
        g_string_append_printf(list, "%s%s", i ? ", " : "", words[i]);
    }
    return g_string_free(list, FALSE);
}

static gint
compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

void
suggest_help(struct diag *diag, const char *word, const char *const *words,
             size_t n_words, const char *intro)
{
    const char *nearest = suggest_nearest(word, words, n_words);
    char *list = suggest_list(words, n_words);

    if (nearest) {
        diag_help(diag, "did you mean '%s'? %c%s: %s", nearest,
                  g_ascii_toupper(intro[0]), intro + 1, list);
    } else {
        diag_help(diag, "%s: %s", intro, list);
    }
    g_free(list);
}

/* Sorts 'words' in place, to be listed. */
void
suggest_sort(GPtrArray *words)
{
    g_ptr_array_sort(words, compare_words);
}
