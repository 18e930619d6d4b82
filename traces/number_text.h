/* Numbers as text, the same in every locale.  The text begins where the result
 * points to, in the caller's buffer. */

#ifndef TRACES_NUMBER_TEXT_H
#define TRACES_NUMBER_TEXT_H 1

#include <stdint.h>

#include "sim/clock.h"

#define NUMBER_TEXT_MAX 32 /* Room for any of these, with the null. */

/* "12". */
const char *integer_format(char buf[NUMBER_TEXT_MAX], uint64_t);

/* "0", "0.1", "12.000000000001", "-0.5": seconds. */
const char *seconds_format(char buf[NUMBER_TEXT_MAX], sim_time);

/* The shortest text that reads back as the same number: "0.1", "3", "1e+20". */
const char *number_format(char buf[NUMBER_TEXT_MAX], double);

/* "100.000000 ms", for people: to the nanosecond. */
const char *milliseconds_format(char buf[NUMBER_TEXT_MAX], sim_time);

#endif /* traces/number_text.h */
