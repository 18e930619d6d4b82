#include "traces/number_text.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Writes 'number' in decimal so that it ends before 'end', with zeros in front
 * if it has less than 'n_digits' digits.  Returns where it begins. */
static char *
write_before(char *end, uint64_t number, int n_digits)
{
    for (; number > 0 || n_digits > 0; n_digits--) {
        *--end = (char) ('0' + number % 10);
        number /= 10;
    }
    return end;
}

/* Writes 'number' into 'buf'.  Returns where it begins there.  (Tables have many
 * numbers, and printf() is slow.) */
const char *
integer_format(char buf[NUMBER_TEXT_MAX], uint64_t number)
{
    char *end = buf + NUMBER_TEXT_MAX - 1;

    *end = '\0';
    return write_before(end, number, 1);
}

/* Writes 'time' as seconds, exactly, into 'buf': as many digits behind the
 * point as it takes and no point without digits.  Returns where it begins
 * there. */
const char *
seconds_format(char buf[NUMBER_TEXT_MAX], sim_time time)
{
    uint64_t ps = time < 0 ? 0 - (uint64_t) time : (uint64_t) time;
    uint64_t fraction = ps % (uint64_t) SIM_S;
    char *end = buf + NUMBER_TEXT_MAX - 1;
    char *begin;
    int n_digits = 12;

    *end = '\0';
    if (fraction) {
        for (; fraction % 10 == 0; fraction /= 10) {
            n_digits--;
        }
        end = write_before(end, fraction, n_digits);
        *--end = '.';
    }
    begin = write_before(end, ps / (uint64_t) SIM_S, 1);
    if (time < 0) {
        *--begin = '-';
    }
    return begin;
}

/* Writes 'number', which is finite, into 'buf'.  Returns 'buf'. */
const char *
number_format(char buf[NUMBER_TEXT_MAX], double number)
{
    /* 17 digits always read back as the same double (IEEE 754 section 5.12). */
    static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
    size_t i = 0;

    g_assert(isfinite(number));
    number += 0.0; /* -0 becomes 0. */
    do {
        g_ascii_formatd(buf, NUMBER_TEXT_MAX, formats[i], number);
    } while (++i < G_N_ELEMENTS(formats)
             && memcmp(&(double){ g_ascii_strtod(buf, NULL) }, &number,
                       sizeof number));
    return buf;
}

/* Writes 'time', which is not negative, as milliseconds into 'buf', to the
 * nanosecond, rounded down.  Returns 'buf'. */
const char *
milliseconds_format(char buf[NUMBER_TEXT_MAX], sim_time time)
{
    sim_time ns = time / SIM_NS;

    snprintf(buf, NUMBER_TEXT_MAX, "%" PRId64 ".%06" PRId64 " ms",
             ns / 1000000, ns % 1000000);
    return buf;
}
