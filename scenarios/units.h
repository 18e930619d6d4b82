/* Quantities with units, exactly.
 *
 * A quantity is a fraction of two whole numbers and a dimension.  It is held in
 * the dimension's base unit: picoseconds, bytes, bits per second, bytes per
 * second, percent, per second; a plain number has none.  So 1.5ms is exactly
 * 1,500,000,000 ps, 0.1 is one tenth, and no step of an expression rounds.
 * What becomes too large for 64 bits is an error, never another value.
 *
 * The units that are read:
 *
 *     time       ps ns us ms s min h
 *     bytes      B kB KB MB GB TB (1000)   KiB MiB GiB TiB (1024)
 *     bit rate   bps kbps Mbps Gbps Tbps
 *     byte rate  a unit of bytes and /s: B/s MB/s KiB/s
 *     percent    %
 *     frequency  /s
 *
 * There is nothing between number and unit, and no exponent.  A literal that is
 * finer than 1 ps, 1 B, 1 bps or 1 B/s is refused; the result of an expression
 * is brought to whole units by quantity_to_int(). */

#ifndef SCENARIOS_UNITS_H
#define SCENARIOS_UNITS_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/codes.h"

enum dim {
    DIM_NUMBER,
    DIM_TIME,
    DIM_BYTES,
    DIM_RATE,      /* Bits per second. */
    DIM_BYTE_RATE, /* Bytes per second. */
    DIM_PERCENT,
    DIM_PER_SECOND,
};
#define N_DIMS 7

/* num / den in the base unit: den > 0, and no common divisor. */
struct quantity {
    enum dim dim;
    int64_t num, den;
};

/* What is wrong with a text: the code, the bytes of it that are to be
 * underlined, a message, a help or null.  fault_clear() frees. */
struct fault {
    enum diag_code code;
    size_t at, size;
    char *message, *help;
};

void fault_set(struct fault *, enum diag_code, size_t at, size_t size,
               const char *format, ...) G_GNUC_PRINTF(5, 6);
void fault_help(struct fault *, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fault_clear(struct fault *);

/* Dimensions. */
const char *dim_name(enum dim);     /* "a time", "a bit rate". */
const char *dim_examples(enum dim); /* "10us, 1.5ms, 2s". */

/* Text. */
size_t quantity_scan(const char *text, struct quantity *, struct fault *);
bool quantity_parse(const char *text, enum dim, struct quantity *,
                    struct fault *);
bool quantity_check(struct quantity, enum dim, const char *text,
                    struct fault *);
char *quantity_format(struct quantity);

/* Arithmetic.  The results are false if they do not fit into 64 bits. */
struct quantity quantity_int(int64_t, enum dim);
bool quantity_add(struct quantity, struct quantity, struct quantity *);
bool quantity_subtract(struct quantity, struct quantity, struct quantity *);
bool quantity_multiply(struct quantity, struct quantity, struct quantity *);
bool quantity_divide(struct quantity, struct quantity, struct quantity *);
bool quantity_modulo(struct quantity, struct quantity, struct quantity *);
struct quantity quantity_floor(struct quantity);
struct quantity quantity_ceil(struct quantity);
int quantity_compare(struct quantity, struct quantity);
bool dims_multiply(enum dim, enum dim, enum dim *);
bool dims_divide(enum dim, enum dim, enum dim *);

/* Out: rounded to base units; true if that changed nothing. */
bool quantity_to_int(struct quantity, int64_t *);
double quantity_to_double(struct quantity);

#endif /* scenarios/units.h */
