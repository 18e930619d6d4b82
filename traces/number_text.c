#include "traces/number_text.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Writes 'time' as seconds, exactly, into 'buf': as many digits behind the
 * point as it takes and no point without digits.  Returns 'buf'. */
const char *
seconds_format(char buf[NUMBER_TEXT_MAX], sim_time time)
{
    uint64_t ps = time < 0 ? 0 - (uint64_t) time : (uint64_t) time;
    int n = snprintf(buf, NUMBER_TEXT_MAX, "%s%" PRIu64 ".%012" PRIu64,
                     time < 0 ? "-" : "", ps / (uint64_t) SIM_S,
                     ps % (uint64_t) SIM_S);

    while (buf[n - 1] == '0') {
        buf[--n] = '\0';
    }
    if (buf[n - 1] == '.') {
        buf[n - 1] = '\0';
    }
    return buf;
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
