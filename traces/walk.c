#include "traces/walk.h"

#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/frame.h"
#include "models/wire/frame_text.h"
#include "sim/journal.h"
#include "traces/walk_private.h"

/* A tap point of the walk. */
struct listener {
    struct tap tap; /* First: the tap is the listener. */
    struct walk *walk;
};

/* Makes a record of the packet with 'tag', or null if there is no room. */
static struct packet_walk *
add_record(struct walk *walk, GPtrArray *records, const struct packet_tag *tag)
{
    struct packet_walk *record;

    if (records->len == walk->config.max_packets) {
        walk->is_cut = true;
        return NULL;
    }
    record = g_new0(struct packet_walk, 1);
    record->seen.number = tag->packet;
    record->seen.flow = tag->flow;
    record->seen.tenant = tag->tenant;
    record->seen.is_reply = tag->reply;
    record->steps = g_array_new(FALSE, TRUE, sizeof(struct walk_step));
    g_ptr_array_add(records, record);
    g_hash_table_insert(walk->by_number, &record->seen.number, record);
    return record;
}

/* Returns the record of the packet with 'tag', a new one if it is seen for the
 * first time; null if it is not of interest or there is no room. */
static struct packet_walk *
record_of(struct walk *walk, const struct packet_tag *tag)
{
    bool is_ours = tag->flow == walk->config.flow;
    struct packet_walk *record = NULL;

    if (is_ours || walk->asked->len) {
        record = g_hash_table_lookup(walk->by_number, &tag->packet);
    }
    if (!record && is_ours) {
        record = add_record(walk, walk->packets, tag);
        if (record) {
            record->seen.place = walk->packets->len;
        }
    }
    return record;
}

/* Starts a record of 'pkt', of another flow, if it is an ARP request that
 * leaves one of the flow's own VMs. */
static void
look_for_question(struct walk *walk, const struct tap_point *point,
                  enum tap_direction direction, const struct packet *pkt)
{
    bool is_own =
        point == walk->config.asking[0] || point == walk->config.asking[1];
    struct frame_view view;

    if (is_own && direction == TAP_OUT && pkt->tag.flow != walk->config.flow
        && frame_parse(&view, packet_data(pkt), pkt->stored, pkt->size)
        && view.type == ETH_TYPE_ARP && view.arp_op == ARP_REQUEST) {
        add_record(walk, walk->asked, &pkt->tag);
    }
}

/* Adds a step to 'record' and returns it, or null if there is no room; it may
 * be used until the next one is added. */
static struct walk_step *
add_step(struct walk *walk, struct packet_walk *record,
         enum walk_step_kind kind, const struct node *node, const char *place,
         const char *text)
{
    struct walk_step step = {
        .kind = kind,
        .when = told_time(node),
        .place = place,
    };

    if (walk->n_steps == walk->config.max_steps) {
        walk->is_cut = true;
        return NULL;
    }
    walk->n_steps++;
    step.text = g_string_chunk_insert_const(walk->strings, text);
    g_array_append_val(record->steps, step);
    record->seen.n_steps = record->steps->len;
    return &g_array_index(record->steps, struct walk_step,
                          record->steps->len - 1);
}

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    struct walk *walk = ((struct listener *) tap)->walk;
    struct packet_walk *record;
    char text[FRAME_TEXT_MAX];
    struct frame_view view;
    struct walk_step *step;

    look_for_question(walk, point, direction, pkt);
    record = record_of(walk, &pkt->tag);
    if (!record) {
        return;
    }
    frame_summary(text, sizeof text, packet_data(pkt), pkt->stored, pkt->size);
    step = add_step(walk, record, WALK_FRAME, point->node, point->name, text);
    if (step) {
        frame_parse(&view, packet_data(pkt), pkt->stored, pkt->size);
        step->direction = direction;
        step->src = view.src;
        step->dst = view.dst;
        step->is_arp = view.type == ETH_TYPE_ARP;
        step->size = pkt->size;
    }
    record->last = direction == TAP_IN ? told_packet(point->node, pkt) : NULL;
    record->last_point = point;
}

static struct walk *
walk_of_notes(struct note_listener *listener)
{
    return (struct walk *) (void *) ((char *) listener
                                     - offsetof(struct walk, notes));
}

static void
see_note(struct note_listener *listener, const struct node *node,
         const struct packet *pkt, const char *table, const char *text)
{
    struct walk *walk = walk_of_notes(listener);
    struct packet_walk *record = record_of(walk, &pkt->tag);
    struct walk_step *step;

    if (record) {
        step = add_step(walk, record, WALK_NOTE, node, node->name, text);
        if (step) {
            step->table = g_string_chunk_insert_const(walk->strings, table);
        }
    }
}

/* Returns where 'pkt' ends: at the VM whose NIC it went into last, "blue/web"
 * if that is blue/web:eth0; else at 'node'. */
static const char *
end_of(struct walk *walk, const struct packet_walk *record,
       const struct node *node, const struct packet *pkt)
{
    const char *colon;
    const char *end = node->name;
    char *owner;

    if (record->last == told_packet(node, pkt)
        && record->last_point->node == node) {
        colon = strrchr(record->last_point->name, ':');
        if (colon) {
            owner = g_strndup(record->last_point->name,
                              (gsize) (colon - record->last_point->name));
            end = g_string_chunk_insert_const(walk->strings, owner);
            g_free(owner);
        }
    }
    return end;
}

/* How much a fate says of a packet that had several. */
static int
weight(const struct fate *fate)
{
    switch (fate->kind) {
    case FATE_DELIVERED: return 3;
    case FATE_DROPPED: return 2;
    case FATE_CONSUMED: return 1;
    }
    return 0;
}

static void
see_fate(struct fate_listener *listener, const struct node *node,
         const struct packet *pkt, const struct fate *fate)
{
    struct walk *walk = (struct walk *) listener;
    struct packet_walk *record = record_of(walk, &pkt->tag);
    struct walk_packet *seen;
    struct walk_step *step;
    const char *end;

    if (!record) {
        return;
    }
    seen = &record->seen;
    end = end_of(walk, record, node, pkt);
    if (!seen->fate || weight(fate) > weight(seen->fate)) {
        seen->fate = fate;
        seen->end = end;
    }
    step = add_step(walk, record, WALK_END, node, end, fate->help);
    if (step) {
        step->fate = fate;
    }
    if (record->last == told_packet(node, pkt)) {
        record->last = NULL;
    }
}

static void
free_record(gpointer data)
{
    struct packet_walk *record = data;

    g_array_unref(record->steps);
    g_free(record);
}

/* Records the packets of a flow of 'sim' at the 'n_taps' tap points at 'taps'.
 * Of 'config' a copy is kept. */
struct walk *
walk_new(struct sim *sim, const struct walk_config *config,
         struct tap_point *const *taps, size_t n_taps)
{
    struct walk *walk = g_new0(struct walk, 1);

    g_assert(config->flow != 0);
    walk->fates.fate = see_fate;
    walk->notes.note = see_note;
    walk->config = *config;
    if (!config->max_packets) {
        walk->config.max_packets = WALK_PACKETS;
    }
    if (!config->max_steps) {
        walk->config.max_steps = WALK_STEPS;
    }
    walk->packets = g_ptr_array_new_with_free_func(free_record);
    walk->asked = g_ptr_array_new_with_free_func(free_record);
    walk->by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
    walk->strings = g_string_chunk_new(4096);
    walk->listeners = g_new0(struct listener, n_taps);
    for (size_t i = 0; i < n_taps; i++) {
        walk->listeners[i] = (struct listener){
            .tap = { .frame = see_frame },
            .walk = walk,
        };
        tap_add(taps[i], &walk->listeners[i].tap);
    }
    sim_listen_to_fates(sim, &walk->fates);
    if (config->wants_notes) {
        sim_listen_to_notes(sim, &walk->notes);
    }
    return walk;
}

/* Frees 'walk', which may be null. */
void
walk_free(struct walk *walk)
{
    if (walk) {
        g_hash_table_unref(walk->by_number);
        g_ptr_array_unref(walk->packets);
        g_ptr_array_unref(walk->asked);
        g_string_chunk_free(walk->strings);
        g_free(walk->listeners);
        g_free(walk);
    }
}

/* Says whether 'packet' goes in 'direction'. */
bool
walk_is_that_way(const struct walk_packet *packet,
                 enum walk_direction direction)
{
    return direction == WALK_BOTH
           || packet->is_reply == (direction == WALK_REPLY);
}

/* Returns how many packets of one direction, or both, were recorded. */
size_t
walk_n_packets(const struct walk *walk, enum walk_direction direction)
{
    size_t n = 0;

    for (guint i = 0; i < walk->packets->len; i++) {
        n += walk_is_that_way(walk->packets->pdata[i], direction);
    }
    return n;
}

/* Returns the packet 'index', from 0 and in the order of their first
 * appearance, of those of one direction, or both; null if there is none. */
const struct walk_packet *
walk_packet(const struct walk *walk, enum walk_direction direction,
            size_t index)
{
    for (guint i = 0; i < walk->packets->len; i++) {
        if (walk_is_that_way(walk->packets->pdata[i], direction) && !index--) {
            return walk->packets->pdata[i];
        }
    }
    return NULL;
}

/* Returns the packet with 'number', null if it was not recorded. */
const struct walk_packet *
walk_find(const struct walk *walk, uint64_t number)
{
    return g_hash_table_lookup(walk->by_number, &number);
}

/* Returns step 'index' of 'packet', from 0, in the order of happening; null if
 * it has no more.  Valid until the run goes on. */
const struct walk_step *
walk_step(const struct walk_packet *packet, size_t index)
{
    const struct packet_walk *record = (const struct packet_walk *) packet;

    return index < record->steps->len
               ? &g_array_index(record->steps, struct walk_step, index)
               : NULL;
}

/* Says whether there was more to record than the limits allow. */
bool
walk_is_cut(const struct walk *walk)
{
    return walk->is_cut;
}
