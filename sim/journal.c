#include "sim/journal.h"

#include <glib.h>
#include <stdlib.h>

#include "sim/partitions.h"

enum record_kind { RECORD_FRAME, RECORD_FATE, RECORD_NOTE, RECORD_EVENT };

struct record {
    /* Order. */
    sim_time when;
    uint64_t rank;  /* Place of its event among those of that time. */
    uint64_t place; /* Among all records, as they were written. */
    /* What is told, and of what. */
    enum record_kind kind;
    enum tap_direction direction;
    const struct node *node;
    const struct tap_point *point;
    const struct fate *fate;
    const char *name; /* Table of a note, kind of an event. */
    const char *text;
    uint64_t event;              /* Which of its partition. */
    struct packet *copy;         /* Null: it concerns no packet. */
    const struct packet *packet; /* Which packet it was; never read. */
};

struct journal {
    struct partitions *run;
    struct packet_pool *pool; /* Of the copies. */
    GArray *records;          /* Of struct record. */
    GStringChunk *strings;    /* Their text. */
    bool is_open;             /* A window runs: write down, tell later. */
    const struct record *now; /* What is being told, null: nothing. */
    uint64_t n_events;        /* Events that were told of. */
};

struct journal *
journal_new(struct partitions *run)
{
    struct journal *journal = g_new0(struct journal, 1);

    journal->run = run;
    journal->pool = packet_pool_new();
    journal->records = g_array_new(FALSE, FALSE, sizeof(struct record));
    journal->strings = g_string_chunk_new(4096);
    return journal;
}

/* Frees 'journal', which may be null. */
void
journal_free(struct journal *journal)
{
    if (journal) {
        packet_pool_free(journal->pool);
        g_array_unref(journal->records);
        g_string_chunk_free(journal->strings);
        g_free(journal);
    }
}

/* From now on what is told is written down. */
void
journal_open(struct journal *journal)
{
    journal->is_open = true;
}

/* The functions that call the listeners. */

static void
call_taps(const struct tap_point *point, enum tap_direction direction,
          const struct packet *pkt)
{
    for (struct tap *tap = point->first; tap; tap = tap->next) {
        tap->frame(tap, point, direction, pkt);
    }
}

static void
call_fates(const struct node *node, const struct packet *pkt,
           const struct fate *fate)
{
    struct fate_listener *l = node->sim->run->fate_listeners;

    for (; l; l = l->next) {
        l->fate(l, node, pkt, fate);
    }
}

static void
call_notes(const struct node *node, const struct packet *pkt,
           const char *table, const char *text)
{
    struct note_listener *l = node->sim->run->note_listeners;

    for (; l; l = l->next) {
        l->note(l, node, pkt, table, text);
    }
}

static void
call_events(const struct node *node, const char *event, const char *text)
{
    struct node_event_listener *l = node->sim->run->event_listeners;

    for (; l; l = l->next) {
        l->event(l, node, event, text);
    }
}

/* Writing and reading. */

static void
add_record(const struct node *node, const struct packet *pkt,
           struct record record)
{
    struct journal *journal = node->sim->run->journal;

    record.when = node->sim->now;
    record.rank = node->sim->rank;
    record.place = journal->records->len;
    record.node = node;
    record.event = node->sim->n_events;
    record.copy = pkt ? packet_copy(journal->pool, pkt) : NULL;
    record.packet = pkt;
    if (record.name) {
        record.name =
            g_string_chunk_insert_const(journal->strings, record.name);
        record.text = g_string_chunk_insert(journal->strings, record.text);
    }
    g_array_append_val(journal->records, record);
}

static int
compare_records(const void *a, const void *b)
{
    const struct record *x = a, *y = b;

    if (x->when != y->when) {
        return x->when < y->when ? -1 : 1;
    }
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

static void
tell(const struct record *record)
{
    switch (record->kind) {
    case RECORD_FRAME:
        call_taps(record->point, record->direction, record->copy);
        break;
    case RECORD_FATE:
        call_fates(record->node, record->copy, record->fate);
        break;
    case RECORD_NOTE:
        call_notes(record->node, record->copy, record->name, record->text);
        break;
    case RECORD_EVENT:
        call_events(record->node, record->name, record->text);
        break;
    }
}

/* Tells all that was written down, in order; from now on what is told is told
 * at once. */
void
journal_close(struct journal *journal)
{
    const struct record *records =
        (const struct record *) (void *) journal->records->data;
    guint n = journal->records->len;

    journal->is_open = false;
    if (!n) {
        return;
    }
    qsort(journal->records->data, n, sizeof *records, compare_records);
    for (guint i = 0; i < n; i++) {
        const struct record *record = &records[i];

        if (!i || record->event != record[-1].event
            || record->node->sim != record[-1].node->sim) {
            journal->n_events++;
        }
        journal->now = record;
        tell(record);
        packet_free(journal->pool, record->copy);
    }
    journal->now = NULL;
    g_array_set_size(journal->records, 0);
    g_string_chunk_clear(journal->strings);
}

/* Telling. */

static inline bool
is_open(const struct node *node)
{
    const struct journal *journal = node->sim->run->journal;

    return journal && journal->is_open;
}

void
tell_frame(const struct tap_point *point, enum tap_direction direction,
           const struct packet *pkt)
{
    if (is_open(point->node)) {
        add_record(point->node, pkt,
                   (struct record){ .kind = RECORD_FRAME,
                                    .point = point,
                                    .direction = direction });
    } else {
        call_taps(point, direction, pkt);
    }
}

void
tell_fate(const struct node *node, const struct packet *pkt,
          const struct fate *fate)
{
    if (is_open(node)) {
        add_record(node, pkt,
                   (struct record){ .kind = RECORD_FATE, .fate = fate });
    } else {
        call_fates(node, pkt, fate);
    }
}

void
tell_note(const struct node *node, const struct packet *pkt, const char *table,
          const char *text)
{
    if (is_open(node)) {
        add_record(node, pkt,
                   (struct record){
                       .kind = RECORD_NOTE, .name = table, .text = text });
    } else {
        call_notes(node, pkt, table, text);
    }
}

void
tell_event(const struct node *node, const char *event, const char *text)
{
    if (is_open(node)) {
        add_record(node, NULL,
                   (struct record){
                       .kind = RECORD_EVENT, .name = event, .text = text });
    } else {
        call_events(node, event, text);
    }
}

/* For listeners. */

static const struct record *
record_now(const struct node *node)
{
    const struct journal *journal = node->sim->run->journal;

    return journal ? journal->now : NULL;
}

/* Returns when that happened of which a listener is told. */
sim_time
told_time(const struct node *node)
{
    const struct record *record = record_now(node);

    return record ? record->when : node->sim->now;
}

/* Returns a number that all have in common that happened in one event, or
 * between two of them, and nothing else has. */
uint64_t
told_event(const struct node *node)
{
    const struct partitions *run = node->sim->run;

    return run->n_actions
           + (run->journal ? run->journal->n_events : node->sim->n_events);
}

/* Returns which packet it was of which a listener is told, 'pkt' as it was
 * given: the same for the same packet as long as that is alive.  It is not to be
 * read. */
const void *
told_packet(const struct node *node, const struct packet *pkt)
{
    const struct record *record = record_now(node);

    return record ? record->packet : pkt;
}
