#include "tests/guest_pair.h"

#include <stddef.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/eth.h"
#include "sim/port.h"

static const struct fate fate_lost = { FATE_DROPPED, "pair-lost",
                                       "lost as the test asks" };
static const struct fate fate_copied = { FATE_CONSUMED, "pair-copied",
                                         "each receiver got a copy" };

/* A frame on its way. */
struct flight {
    struct event arrival;
    struct guest_pair *pair;
    struct packet *pkt;
    struct guest *to;
};

static const char *const names[PAIR_MAX_GUESTS] = { "a", "b", "c", "d",
                                                    "e", "f", "g", "h" };

static struct guest_pair *
pair_cast(const struct node *node)
{
    return (
        struct guest_pair *) (void *) ((char *) node
                                       - offsetof(struct guest_pair, node));
}

static void
log_free(void *frame_)
{
    struct pair_frame *frame = frame_;

    g_free(frame->bytes);
    g_free(frame);
}

static uint64_t
pair_held(const struct node *node)
{
    const struct guest_pair *pair = pair_cast(node);
    uint64_t n = pair->n_flying;

    for (unsigned int i = 0; i < pair->n_guests; i++) {
        n += guest_held(pair->guests[i]);
    }
    return n;
}

static void
pair_destroy(struct node *node)
{
    struct guest_pair *pair = pair_cast(node);

    for (unsigned int i = 0; i < pair->n_guests; i++) {
        guest_free(pair->guests[i]);
    }
    for (guint i = 0; i < pair->flights->len; i++) {
        struct flight *flight = g_ptr_array_index(pair->flights, i);

        event_cancel(node->sim, &flight->arrival);
        g_free(flight);
    }
    g_ptr_array_unref(pair->flights);
    g_ptr_array_unref(pair->log);
    node_clear(node);
    g_free(pair);
}

static const struct node_ops pair_ops = {
    .kind = "pair",
    .held = pair_held,
    .destroy = pair_destroy,
};

static void
arrive(struct event *event)
{
    struct flight *flight =
        (struct flight *) (void *) ((char *) event
                                    - offsetof(struct flight, arrival));
    struct packet *pkt = flight->pkt;

    flight->pkt = NULL;
    flight->pair->n_flying--;
    guest_input(flight->to, pkt);
    guest_flush(flight->to);
}

static void
fly(struct guest_pair *pair, struct guest *to, struct packet *pkt,
    sim_time when)
{
    struct flight *flight = NULL;

    for (guint i = 0; i < pair->flights->len && !flight; i++) {
        struct flight *old = g_ptr_array_index(pair->flights, i);

        flight = old->pkt ? NULL : old;
    }
    if (!flight) {
        flight = g_new0(struct flight, 1);
        flight->pair = pair;
        event_init(&flight->arrival, arrive, node_next_rank(&pair->node));
        g_ptr_array_add(pair->flights, flight);
    }
    flight->to = to;
    flight->pkt = pkt;
    pair->n_flying++;
    event_schedule_at(pair->sim, &flight->arrival, when);
}

/* Gives 'pkt' to the guest it is for, or a copy to each of the others. */
static void
carry(struct guest_pair *pair, unsigned int from, struct packet *pkt,
      sim_time when)
{
    struct eth_hdr eth;

    assert_true(eth_decode(&eth, packet_data(pkt), pkt->stored));
    for (unsigned int i = 0; i < pair->n_guests; i++) {
        struct guest *to = pair->guests[i];

        if (i != from && eth_addr_equal(guest_mac(to), eth.dst)) {
            fly(pair, to, pkt, when);
            return;
        }
        if (i != from && eth_addr_is_group(eth.dst)) {
            fly(pair, to, node_clone_packet(&pair->node, pkt), when);
        }
    }
    node_end_packet(&pair->node, pkt,
                    eth_addr_is_group(eth.dst) ? &fate_copied : &fate_lost);
}

static struct pair_frame *
log_frame(struct guest_pair *pair, unsigned int from, const struct packet *pkt)
{
    struct pair_frame *frame = g_new0(struct pair_frame, 1);

    frame->when = sim_now(pair->sim);
    frame->from = from;
    frame->tag = pkt->tag;
    frame->size = pkt->size;
    frame->stored = pkt->stored;
    frame->bytes = g_memdup2(packet_data(pkt), pkt->stored);
    g_ptr_array_add(pair->log, frame);
    return frame;
}

/* Returns true, with '*when' the time of arrival, unless the line's queue is
 * full. */
static bool
queue(struct guest_pair *pair, unsigned int from, const struct packet *pkt,
      sim_time *when)
{
    sim_time now = sim_now(pair->sim);
    sim_time start = MAX(now, pair->busy_until[from]);

    if (pair->rate_bps) {
        size_t bytes = MAX(pkt->size, PORT_FRAME_MIN) + PORT_LINE_EXTRA;
        sim_time end = start + sim_transmission_time(bytes, pair->rate_bps);

        if (pair->buffer_bytes && start > now
            && end - now > sim_transmission_time(pair->buffer_bytes,
                                                 pair->rate_bps)) {
            return false;
        }
        pair->busy_until[from] = start = end;
    }
    *when = start + pair->delay;
    return true;
}

/* Does to 'pkt' what the rules say; returns false if it is to be lost. */
static bool
apply_rules(struct guest_pair *pair, unsigned int from, struct packet *pkt,
            sim_time *when)
{
    bool is_lost = false;

    for (unsigned int i = 0; i < pair->n_rules; i++) {
        struct pair_rule *rule = &pair->rules[i];

        if (rule->from != from || (rule->matches && !rule->matches(pkt))
            || ++rule->n_seen < rule->first
            || (rule->last && rule->n_seen > rule->last)) {
            continue;
        }
        switch (rule->action) {
        case PAIR_DROP: is_lost = true; break;
        case PAIR_DELAY: *when += rule->extra; break;
        case PAIR_DUPLICATE:
            carry(pair, from, node_clone_packet(&pair->node, pkt),
                  *when + rule->extra);
            break;
        case PAIR_CORRUPT:
            packet_store(pkt, rule->offset + 1);
            packet_data(pkt)[rule->offset] ^= 0xff;
            break;
        }
    }
    return !is_lost;
}

static void
pair_output(void *pair_, struct guest *guest, struct packet *pkt)
{
    struct guest_pair *pair = pair_;
    unsigned int from = 0;
    struct pair_frame *frame;
    sim_time when = 0;

    while (pair->guests[from] != guest) {
        from++;
    }
    frame = log_frame(pair, from, pkt);
    frame->is_lost =
        !queue(pair, from, pkt, &when) || !apply_rules(pair, from, pkt, &when);
    if (frame->is_lost) {
        node_end_packet(&pair->node, pkt, &fate_lost);
    } else {
        carry(pair, from, pkt, when);
    }
}

/* Returns two guests, "a" and "b", in a run of their own. */
struct guest_pair *
guest_pair_new(uint64_t seed)
{
    struct guest_pair *pair = g_new0(struct guest_pair, 1);

    pair->sim = sim_new(seed);
    node_init(&pair->node, &pair_ops, pair->sim, "pair", 0);
    pair->delay = 50 * SIM_US;
    pair->log = g_ptr_array_new_with_free_func(log_free);
    pair->flights = g_ptr_array_new();
    guest_pair_add_guest(pair, PAIR_MTU);
    guest_pair_add_guest(pair, PAIR_MTU);
    return pair;
}

/* Frees 'pair' after a look at the sums. */
void
guest_pair_free(struct guest_pair *pair)
{
    struct packet_sums sums;

    sim_packet_sums(pair->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    sim_free(pair->sim);
}

struct guest *
guest_pair_add(struct guest_pair *pair, const struct guest_config *config)
{
    assert_true(pair->n_guests < PAIR_MAX_GUESTS);
    pair->guests[pair->n_guests] =
        guest_new(&pair->node, config, pair_output, pair);
    return pair->guests[pair->n_guests++];
}

/* Adds one more guest: number n has 10.1.1.n+1 and 00:15:5d:01:01:n+1, and
 * belongs to tenant n+1. */
struct guest *
guest_pair_add_guest(struct guest_pair *pair, uint16_t mtu)
{
    unsigned int n = pair->n_guests;
    struct guest_config config = {
        .name = names[n],
        .mac = { { 0x00, 0x15, 0x5d, 0x01, 0x01, (uint8_t) (n + 1) } },
        .address = { ip_addr_from_v4(0x0a010101 + n), 24 },
        .gateway = ip_addr_from_v4(0x0a0101fe),
        .mtu = mtu,
        .tenant = n + 1,
    };

    return guest_pair_add(pair, &config);
}

void
guest_pair_add_rule(struct guest_pair *pair, struct pair_rule rule)
{
    assert_true(pair->n_rules < PAIR_MAX_RULES);
    pair->rules[pair->n_rules++] = rule;
}

/* Runs until 'end' and looks at the sums. */
void
guest_pair_run(struct guest_pair *pair, sim_time end)
{
    struct packet_sums sums;

    assert_true(sim_run(pair->sim, end, UINT64_MAX));
    sim_packet_sums(pair->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
}

void
guest_pair_inject(struct guest_pair *pair, unsigned int to,
                  const uint8_t *bytes, size_t stored, size_t size)
{
    struct packet *pkt = node_new_packet(&pair->node, stored, size);

    memcpy(packet_data(pkt), bytes, stored);
    guest_input(pair->guests[to], pkt);
    guest_flush(pair->guests[to]);
}

static bool
is_protocol(const struct pair_frame *frame, uint8_t protocol)
{
    uint16_t type = get_be16(frame->bytes + 12);

    return protocol ? type == ETH_TYPE_IPV4
                          && frame->bytes[ETH_HLEN + 9] == protocol
                    : type == ETH_TYPE_ARP;
}

const struct pair_frame *
guest_pair_frame(const struct guest_pair *pair, unsigned int from,
                 uint8_t protocol, unsigned int n)
{
    for (guint i = 0; i < pair->log->len; i++) {
        const struct pair_frame *frame = g_ptr_array_index(pair->log, i);

        if (frame->from == from && is_protocol(frame, protocol) && !n--) {
            return frame;
        }
    }
    return NULL;
}

unsigned int
guest_pair_count(const struct guest_pair *pair, unsigned int from,
                 uint8_t protocol)
{
    unsigned int n = 0;

    while (guest_pair_frame(pair, from, protocol, n)) {
        n++;
    }
    return n;
}

uint64_t
guest_pair_fate(const struct guest_pair *pair, enum guest_fate fate)
{
    return node_fate_count(&pair->node, &guest_fates[fate]);
}

/* The same for fates of other tables. */
uint64_t
guest_pair_fate_named(const struct guest_pair *pair, const char *name)
{
    for (uint32_t i = 0; i < pair->node.n_fates; i++) {
        if (!strcmp(pair->node.fates[i].fate->name, name)) {
            return pair->node.fates[i].n;
        }
    }
    return 0;
}
