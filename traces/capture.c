#include "traces/capture.h"

#include <string.h>

#include "sim/journal.h"
#include "traces/frame_filter.h"
#include "traces/number_text.h"
#include "traces/outdir.h"
#include "traces/outfile.h"

#define DROP_TEXT_MAX 64 /* Room kept for " drop=REASON" in the limit. */

/* A tap point of the capture. */
struct listener {
    struct tap tap; /* First: the tap is the listener. */
    struct capture *capture;
    uint32_t interface;
};

/* The last frame, which may still be dropped. */
struct held {
    bool is_held;
    struct capture_record record; /* Its data and comment lie here: */
    GByteArray *data;
    GString *comment;
    /* To know the packet again, while its event lasts. */
    const void *pkt; /* Null once it has ended; never read. */
    const struct node *node;
    uint64_t packet, event;
};

/* What all captures of a run share, so that the end of a packet costs the same
 * whether there is one or a thousand: the one listener to fates. */
struct hub {
    struct fate_listener fates; /* First: the listener is the hub. */
    unsigned int n_users;
    uint64_t event;         /* The event in which these hold frames: */
    struct capture *recent; /* Linked by 'next_recent'. */
};

struct capture {
    struct outfile *file; /* The directory's. */
    struct frame_filter *filter;
    struct capture_config config;
    struct capture_stats stats;
    struct tag_names names;
    struct held held;
    struct listener *listeners;
    struct hub *hub;
    struct capture *next_recent;
    bool is_closed;
};

/* Writes the frame that was held back, if there is one. */
static void
release(struct capture *capture)
{
    struct held *held = &capture->held;

    if (!held->is_held) {
        return;
    }
    held->is_held = false;
    held->pkt = NULL;
    held->record.data = held->data->data;
    held->record.comment = held->comment->str;
    if (capture->config.format == CAPTURE_PCAPNG) {
        pcapng_write_record(capture->file, &held->record);
    } else {
        pcap_write_record(capture->file, &held->record);
    }
}

/* As g_string_append(), at a fifth of its cost: every frame has a comment. */
static void
append(GString *text, const char *piece)
{
    size_t n = strlen(piece);

    if (text->allocated_len - text->len > n) {
        memcpy(text->str + text->len, piece, n + 1);
        text->len += n;
    } else {
        g_string_append_len(text, piece, (gssize) n);
    }
}

static void
append_number(GString *text, const char *key, uint64_t number)
{
    char buf[NUMBER_TEXT_MAX];

    append(text, key);
    append(text, integer_format(buf, number));
}

static void
append_name(GString *text, const char *key, const char *name)
{
    if (name) {
        append(text, key);
        append(text, name);
    }
}

static void
set_comment(struct capture *capture, const struct packet_tag *tag)
{
    GString *text = capture->held.comment;

    g_string_truncate(text, 0);
    append_number(text, "packet=", tag->packet);
    append_name(text,
                " tenant=", tag_tenant_name(&capture->names, tag->tenant));
    append_name(text, " flow=", tag_flow_name(&capture->names, tag->flow));
    append_name(text, " step=", tag->step);
    if (tag->vsid) {
        append_number(text, " vsid=", tag->vsid);
    }
}

static bool
is_wanted(struct capture *capture, const struct packet *pkt, sim_time now)
{
    const struct capture_config *config = &capture->config;

    return !capture->is_closed && now >= config->from
           && (!config->to || now < config->to)
           && (!capture->filter || frame_filter_matches(capture->filter, pkt));
}

/* Says whether the frame just held fits into the file's limits. */
static bool
fits(const struct capture *capture)
{
    const struct capture_config *config = &capture->config;
    uint32_t captured = capture->held.record.captured;
    uint64_t comment = capture->held.comment->len + DROP_TEXT_MAX;
    uint64_t bytes = config->format == CAPTURE_PCAPNG
                         ? pcapng_record_bytes(captured, (uint32_t) comment)
                         : PCAP_RECORD_BYTES + captured;

    return (!config->limit_packets
            || capture->stats.packets < config->limit_packets)
           && (!config->limit_bytes
               || outfile_size(capture->file) + bytes <= config->limit_bytes);
}

/* Lets the hub know that 'capture' is about to hold a frame in 'event'. */
static void
be_recent(struct capture *capture, uint64_t event)
{
    struct hub *hub = capture->hub;

    if (hub->event != event) {
        hub->event = event;
        hub->recent = NULL;
    }
    if (capture->held.event != event) {
        capture->next_recent = hub->recent;
        hub->recent = capture;
    }
}

static void
leave_out(struct capture *capture, sim_time now)
{
    capture->held.is_held = false;
    capture->held.pkt = NULL;
    if (!capture->stats.left_out++) {
        capture->stats.full_at = now;
    }
}

static void
hold(struct capture *capture, const struct listener *at,
     const struct tap_point *point, enum tap_direction direction,
     const struct packet *pkt)
{
    struct held *held = &capture->held;
    uint32_t captured = MIN(pkt->size, capture->config.snaplen);

    be_recent(capture, told_event(point->node));
    held->is_held = true;
    held->record = (struct capture_record){
        .interface = at->interface,
        .time_ns = (uint64_t) (told_time(point->node) / SIM_NS),
        .stored = MIN(pkt->stored, captured),
        .captured = captured,
        .size = pkt->size,
        .is_out = direction == TAP_OUT,
    };
    g_byte_array_set_size(held->data, 0);
    g_byte_array_append(held->data, packet_data(pkt), held->record.stored);
    set_comment(capture, &pkt->tag);
    held->pkt = told_packet(point->node, pkt);
    held->node = point->node;
    held->packet = pkt->tag.packet;
    held->event = told_event(point->node);
}

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    const struct listener *at = (const struct listener *) tap;
    struct capture *capture = at->capture;
    sim_time now = told_time(point->node);

    if (!is_wanted(capture, pkt, now)) {
        return;
    }
    release(capture);
    hold(capture, at, point, direction, pkt);
    if (capture->stats.left_out || !fits(capture)) {
        leave_out(capture, now);
    } else {
        capture->stats.packets++;
    }
}

/* A packet ends: is it the frame that 'held' holds back? */
static void
amend(struct held *held, const struct node *node, const struct packet *pkt,
      const struct fate *fate)
{
    if (told_packet(node, pkt) == held->pkt && node == held->node
        && pkt->tag.packet == held->packet) {
        held->pkt = NULL;
        if (fate->kind == FATE_DROPPED) {
            g_string_append_printf(held->comment, " drop=%s", fate->name);
        }
    }
}

static void
see_fate(struct fate_listener *listener, const struct node *node,
         const struct packet *pkt, const struct fate *fate)
{
    struct hub *hub = (struct hub *) listener;

    if (hub->event == told_event(node)) {
        for (struct capture *c = hub->recent; c; c = c->next_recent) {
            amend(&c->held, node, pkt, fate);
        }
    }
}

/* Returns the hub of 'sim', one more user's. */
static struct hub *
hub_of(struct sim *sim)
{
    struct fate_listener *listener = sim->run->fate_listeners;
    struct hub *hub;

    while (listener && listener->fate != see_fate) {
        listener = listener->next;
    }
    hub = (struct hub *) listener;
    if (!hub) {
        hub = g_new0(struct hub, 1);
        hub->fates.fate = see_fate;
        hub->event = UINT64_MAX;
        sim_listen_to_fates(sim, &hub->fates);
    }
    hub->n_users++;
    return hub;
}

static void
write_header(struct capture *capture, const struct capture_place *places,
             size_t n_places)
{
    if (capture->config.format == CAPTURE_PCAP) {
        pcap_write_header(capture->file, capture->config.snaplen);
        return;
    }
    pcapng_write_section(capture->file);
    for (size_t i = 0; i < n_places; i++) {
        pcapng_write_interface(capture->file,
                               &(struct capture_interface){
                                   .name = places[i].tap->name,
                                   .description = places[i].description,
                                   .filter = capture->config.filter,
                                   .snaplen = capture->config.snaplen,
                               });
    }
}

static void
listen(struct capture *capture, struct sim *sim,
       const struct capture_place *places, size_t n_places)
{
    capture->listeners = g_new0(struct listener, n_places);
    for (size_t i = 0; i < n_places; i++) {
        capture->listeners[i] = (struct listener){
            .tap = { .frame = see_frame },
            .capture = capture,
            .interface = (uint32_t) i,
        };
        tap_add(places[i].tap, &capture->listeners[i].tap);
    }
    capture->hub = hub_of(sim);
    capture->held.event = UINT64_MAX;
}

/* Captures the frames that pass the 'n_places' places into the new file 'name'
 * of 'dir'.  'names' may be null; of it and 'config' a copy is kept.  Returns
 * null and sets the error if the filter is none. */
struct capture *
capture_new(struct sim *sim, struct outdir *dir, const char *name,
            const struct capture_config *config,
            const struct capture_place *places, size_t n_places,
            const struct tag_names *names, GError **error)
{
    struct frame_filter *filter = NULL;
    struct capture *capture;

    if (config->filter) {
        filter = frame_filter_new(config->filter, error);
        if (!filter) {
            return NULL;
        }
    }
    capture = g_new0(struct capture, 1);
    capture->file = outdir_create(dir, name);
    capture->filter = filter;
    capture->config = *config;
    if (!config->snaplen || config->snaplen > CAPTURE_SNAPLEN_MAX) {
        capture->config.snaplen = CAPTURE_SNAPLEN_MAX;
    }
    capture->stats.full_at = SIM_NEVER;
    capture->names = names ? *names : (struct tag_names){ 0 };
    capture->held.data = g_byte_array_new();
    capture->held.comment = g_string_new(NULL);
    write_header(capture, places, n_places);
    capture->config.filter = NULL; /* The caller's; not needed any more. */
    listen(capture, sim, places, n_places);
    return capture;
}

/* Ends the capture: its file is whole, and what passes from now on is not in
 * it. */
void
capture_close(struct capture *capture)
{
    if (!capture->is_closed) {
        release(capture);
        capture->is_closed = true;
        outfile_close(capture->file);
    }
}

/* Frees 'capture', which may be null.  Its file is left to the directory, with
 * the last frame only if the capture was closed. */
void
capture_free(struct capture *capture)
{
    if (capture) {
        frame_filter_free(capture->filter);
        g_byte_array_unref(capture->held.data);
        g_string_free(capture->held.comment, TRUE);
        if (!--capture->hub->n_users) {
            g_free(capture->hub);
        }
        g_free(capture->listeners);
        g_free(capture);
    }
}

const struct capture_stats *
capture_stats(const struct capture *capture)
{
    return &capture->stats;
}

/* Returns the name of the file, without its directory; the capture's. */
const char *
capture_file_name(const struct capture *capture)
{
    return outfile_name(capture->file);
}
