#include "sim/node.h"

#include <glib.h>
#include <stdarg.h>

#include "sim/arena.h"
#include "sim/journal.h"
#include "sim/port.h"

#define HASH_PRIME UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / phi, odd. */

/* Makes 'node' the next node of 'sim', with 'n_ports' ports that are not
 * connected yet.  The run destroys it at its own end. */
void
node_init(struct node *node, const struct node_ops *ops, struct sim *sim,
          const char *name, uint32_t n_ports)
{
    struct partitions *run = sim->run;

    g_assert(!packet_pool_alive(sim->pool)); /* Ids number packets. */
    *node = (struct node){
        .ops = ops,
        .sim = sim,
        .name = name,
        .id = run->n_nodes,
        .ports = n_ports
                     ? arena_take(run->ports, n_ports * sizeof *node->ports)
                     : NULL,
        .n_ports = n_ports,
    };
    if (run->n_nodes == run->n_nodes_allocated) {
        run->n_nodes_allocated = MAX(16, 2 * run->n_nodes_allocated);
        run->nodes =
            g_renew(struct node *, run->nodes, run->n_nodes_allocated);
    }
    run->nodes[run->n_nodes++] = node;
    for (uint32_t i = 0; i < n_ports; i++) {
        port_init(&node->ports[i], node);
    }
}

/* Frees what node_init() made.  The packets on the links to it are freed with
 * their pool. */
void
node_clear(struct node *node)
{
    for (uint32_t i = 0; i < node->n_ports; i++) {
        port_clear(&node->ports[i]);
    }
    g_free(node->fates);
}

/* Returns the rank for the next event that 'node' makes. */
uint64_t
node_next_rank(struct node *node)
{
    return (uint64_t) node->id << 32 | node->n_ranks++;
}

/* Returns a packet of 'size' bytes, the first 'stored' of them held and not
 * yet set, with a number of its own.  Numbers do not depend on what other
 * nodes do: node i of n gives i + 1, i + 1 + n, ..., so all nodes
 * are made before the first packet. */
struct packet *
node_new_packet(struct node *node, size_t stored, size_t size)
{
    struct sim *sim = node->sim;
    struct packet *pkt = packet_alloc(sim->pool, stored, size);

    pkt->tag.packet = node->n_numbered++ * sim->run->n_nodes + node->id + 1;
    node->n_created++;
    return pkt;
}

/* Returns a copy of 'pkt', with the same tag and so the same number. */
struct packet *
node_clone_packet(struct node *node, const struct packet *pkt)
{
    node->n_created++;
    return packet_copy(node->sim->pool, pkt);
}

/* Hash of a name, FNV-1a (Fowler, Noll, Vo). */
static uint64_t
hash_name(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *name; name++) {
        hash = (hash ^ (uint8_t) *name) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* Returns the count of 'fate' at 'node', a new one if it is the first. */
static struct fate_count *
find_fate(struct node *node, const struct fate *fate)
{
    uint32_t i;

    for (i = 0; i < node->n_fates; i++) {
        if (node->fates[i].fate == fate) {
            return &node->fates[i];
        }
    }
    node->fates = g_renew(struct fate_count, node->fates, i + 1);
    node->fates[i] = (struct fate_count){
        .fate = fate,
        .hash = hash_name(fate->name),
    };
    node->n_fates++;
    return &node->fates[i];
}

/* Ends 'pkt', which is at 'node', and frees it. */
void
node_end_packet(struct node *node, struct packet *pkt, const struct fate *fate)
{
    struct sim *sim = node->sim;
    struct fate_count *count = find_fate(node, fate);

    count->n++;
    if (fate->kind != FATE_CONSUMED) {
        uint64_t hash = node->fingerprint;

        hash = (hash ^ (uint64_t) sim->now) * HASH_PRIME;
        hash = (hash ^ hash >> 29 ^ pkt->size) * HASH_PRIME;
        hash ^= count->hash;
        node->fingerprint = hash ^ hash >> 32;
    }
    if (__builtin_expect(sim->run->fate_listeners != NULL, 0)) {
        tell_fate(node, pkt, fate);
    }
    packet_free(sim->pool, pkt);
}

/* Returns how many packets have ended at 'node' by 'fate'. */
uint64_t
node_fate_count(const struct node *node, const struct fate *fate)
{
    for (uint32_t i = 0; i < node->n_fates; i++) {
        if (node->fates[i].fate == fate) {
            return node->fates[i].n;
        }
    }
    return 0;
}

/* Lets 'listener', which must outlive 'sim', hear how packets end. */
void
sim_listen_to_fates(struct sim *sim, struct fate_listener *listener)
{
    struct fate_listener **end = &sim->run->fate_listeners;

    while (*end) {
        end = &(*end)->next;
    }
    listener->next = NULL;
    *end = listener;
}

/* Lets 'listener', which must outlive 'sim', hear what nodes say. */
void
sim_listen_to_notes(struct sim *sim, struct note_listener *listener)
{
    struct note_listener **end = &sim->run->note_listeners;

    while (*end) {
        end = &(*end)->next;
    }
    listener->next = NULL;
    *end = listener;
}

/* Says of 'pkt', which is at 'node', what 'table' (e.g. "policy") did. */
void
node_note(const struct node *node, const struct packet *pkt, const char *table,
          const char *format, ...)
{
    va_list args;
    char *text;

    if (!node_is_heard(node)) {
        return;
    }
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    tell_note(node, pkt, table, text);
    g_free(text);
}

/* Lets 'listener', which must outlive 'sim', hear what happens to nodes. */
void
sim_listen_to_events(struct sim *sim, struct node_event_listener *listener)
{
    struct node_event_listener **end = &sim->run->event_listeners;

    while (*end) {
        end = &(*end)->next;
    }
    listener->next = NULL;
    *end = listener;
}

/* Says that 'event' (e.g. "stp-role") has happened to 'node': a few at each
 * change of the network, never one per packet. */
void
node_event(const struct node *node, const char *event, const char *format, ...)
{
    va_list args;
    char *text;

    if (!node->sim->run->event_listeners) {
        return;
    }
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    tell_event(node, event, text);
    g_free(text);
}
