/* Tables as comma-separated values (RFC 4180, lines end in LF).
 *
 * A row is written field by field and ended by csv_end_row().  Text with a
 * comma, a quote or a line end in it is quoted.  Numbers look the same in every
 * locale and read back as what they were; a number that is none (NaN, infinite)
 * is an empty field.  Times are seconds, exact to the picosecond. */

#ifndef TRACES_CSV_FILE_H
#define TRACES_CSV_FILE_H 1

#include <stdint.h>

#include "sim/clock.h"

struct csv_file;
struct outdir;

struct csv_file *csv_new(struct outdir *, const char *name,
                         const char *header);
void csv_free(struct csv_file *);

void csv_text(struct csv_file *, const char *text); /* Null: empty. */
void csv_u64(struct csv_file *, uint64_t);
void csv_number(struct csv_file *, double);
void csv_time(struct csv_file *, sim_time);
void csv_empty(struct csv_file *);
void csv_end_row(struct csv_file *);

#endif /* traces/csv_file.h */
