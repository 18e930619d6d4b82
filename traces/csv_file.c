#include "traces/csv_file.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "traces/number_text.h"
#include "traces/outdir.h"
#include "traces/outfile.h"

struct csv_file {
    struct outfile *file; /* The directory's. */
    bool is_in_row;       /* The next field needs a comma. */
};

/* Returns a table that is written to the new file 'name' of 'dir', with the
 * line 'header' on top.  Free it when the last row is written. */
struct csv_file *
csv_new(struct outdir *dir, const char *name, const char *header)
{
    struct csv_file *csv = g_new0(struct csv_file, 1);

    csv->file = outdir_create(dir, name);
    outfile_puts(csv->file, header);
    outfile_puts(csv->file, "\n");
    return csv;
}

/* Frees 'csv', which may be null; its file is left to the directory. */
void
csv_free(struct csv_file *csv)
{
    g_free(csv);
}

static void
field(struct csv_file *csv, const char *text)
{
    if (csv->is_in_row) {
        outfile_write(csv->file, ",", 1);
    }
    csv->is_in_row = true;
    outfile_puts(csv->file, text);
}

void
csv_text(struct csv_file *csv, const char *text)
{
    text = text ? text : "";
    if (!strpbrk(text, ",\"\r\n")) {
        field(csv, text);
        return;
    }
    field(csv, "\"");
    for (; *text; text++) {
        outfile_write(csv->file, text, 1);
        if (*text == '"') {
            outfile_write(csv->file, text, 1);
        }
    }
    outfile_puts(csv->file, "\"");
}

void
csv_u64(struct csv_file *csv, uint64_t number)
{
    char buf[NUMBER_TEXT_MAX];

    field(csv, integer_format(buf, number));
}

void
csv_number(struct csv_file *csv, double number)
{
    char buf[NUMBER_TEXT_MAX];

    field(csv, isfinite(number) ? number_format(buf, number) : "");
}

void
csv_time(struct csv_file *csv, sim_time time)
{
    char buf[NUMBER_TEXT_MAX];

    field(csv, seconds_format(buf, time));
}

void
csv_empty(struct csv_file *csv)
{
    field(csv, "");
}

void
csv_end_row(struct csv_file *csv)
{
    outfile_puts(csv->file, "\n");
    csv->is_in_row = false;
}
