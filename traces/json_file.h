/* JSON as text: indented for files that people read, or all in one line.
 *
 * Members come in the order in which they were added.  Numbers are the shortest
 * that read back as the same (json-glib would print 0.1 as
 * 0.10000000000000001); one that JSON cannot say (NaN) is null. */

#ifndef TRACES_JSON_FILE_H
#define TRACES_JSON_FILE_H 1

#include <json-glib/json-glib.h>
#include <stdbool.h>

struct outdir;

char *json_text(JsonNode *, bool indented);
void json_file_write(struct outdir *, const char *name, JsonNode *);

#endif /* traces/json_file.h */
