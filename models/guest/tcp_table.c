#include <glib.h>
#include <string.h>

#include "models/guest/tcp_internal.h"

#define BUCKETS_START 8
#define GOLDEN_RATIO  UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / phi, odd. */
#define ISN_TICK      (4 * SIM_US)                 /* RFC 9293 sec. 3.4.1. */

struct tcp_stack *
tcp_stack_new(struct guest *guest)
{
    struct tcp_stack *stack = g_new0(struct tcp_stack, 1);
    char *stream = g_strconcat(guest_name(guest), "/isn", NULL);

    stack->guest = guest;
    stack->address = guest_address(guest);
    stack->next_port = TCP_PORT_FIRST;
    /* Not of the run's seed: that changes when traffic comes, not its bytes. */
    random_stream_init(&stack->isn, 0, stream);
    g_free(stream);
    return stack;
}

/* Frees 'stack', which may be null, with its connections and listeners.
 * Applications are not told. */
void
tcp_stack_free(struct tcp_stack *stack)
{
    if (!stack) {
        return;
    }
    for (uint32_t i = 0; i < stack->n_buckets; i++) {
        while (stack->buckets[i]) {
            struct tcp_conn *conn = stack->buckets[i];

            stack->buckets[i] = conn->next;
            tcp_timers_clear(conn);
            tcp_conn_free(conn);
        }
    }
    while (stack->listeners) {
        struct tcp_listener *listener = stack->listeners;

        stack->listeners = listener->next;
        g_free(listener);
    }
    g_free(stack->buckets);
    g_free(stack);
}

static inline uint64_t
hash_ends(uint16_t lport, const struct ip_addr *remote, uint16_t rport)
{
    uint32_t addr = get_be32(remote->octets) ^ get_be32(remote->octets + 12);
    uint64_t key = (uint64_t) addr << 32 | (uint32_t) lport << 16 | rport;

    key *= GOLDEN_RATIO;
    return key ^ key >> 32;
}

static struct tcp_conn **
bucket_of(const struct tcp_stack *stack, uint16_t lport,
          const struct ip_addr *remote, uint16_t rport)
{
    return &stack->buckets[hash_ends(lport, remote, rport)
                           & (stack->n_buckets - 1)];
}

/* Returns the connection with these ends, or null. */
struct tcp_conn *
tcp_lookup(const struct tcp_stack *stack, uint16_t lport,
           const struct ip_addr *remote, uint16_t rport)
{
    struct tcp_conn *conn = NULL;

    if (stack->n_conns) {
        conn = *bucket_of(stack, lport, remote, rport);
    }
    while (conn
           && (conn->lport != lport || conn->rport != rport
               || !ip_addr_equal(&conn->remote, remote))) {
        conn = conn->next;
    }
    return conn;
}

/* Returns the listener on 'port', or null. */
struct tcp_listener *
tcp_lookup_listener(const struct tcp_stack *stack, uint16_t port)
{
    struct tcp_listener *listener = stack->listeners;

    while (listener && listener->port != port) {
        listener = listener->next;
    }
    return listener;
}

static void
put(struct tcp_stack *stack, struct tcp_conn *conn)
{
    struct tcp_conn **bucket =
        bucket_of(stack, conn->lport, &conn->remote, conn->rport);

    conn->next = *bucket;
    *bucket = conn;
}

static void
grow(struct tcp_stack *stack)
{
    struct tcp_conn **old = stack->buckets;
    uint32_t n_old = stack->n_buckets;

    stack->n_buckets = MAX(BUCKETS_START, 2 * n_old);
    stack->buckets = g_new0(struct tcp_conn *, stack->n_buckets);
    for (uint32_t i = 0; i < n_old; i++) {
        while (old[i]) {
            struct tcp_conn *conn = old[i];

            old[i] = conn->next;
            put(stack, conn);
        }
    }
    g_free(old);
}

void
tcp_table_add(struct tcp_stack *stack, struct tcp_conn *conn)
{
    if (stack->n_conns == stack->n_buckets) {
        grow(stack);
    }
    stack->n_conns++;
    put(stack, conn);
}

void
tcp_table_remove(struct tcp_stack *stack, struct tcp_conn *conn)
{
    struct tcp_conn **link =
        bucket_of(stack, conn->lport, &conn->remote, conn->rport);

    while (*link != conn) {
        link = &(*link)->next;
    }
    *link = conn->next;
    stack->n_conns--;
}

/* Returns a local port for a connection to 'remote':'rport', or 0 if all are
 * in use. */
uint16_t
tcp_choose_port(struct tcp_stack *stack, const struct ip_addr *remote,
                uint16_t rport)
{
    for (uint32_t i = TCP_PORT_FIRST; i <= UINT16_MAX; i++) {
        uint16_t port = stack->next_port;

        stack->next_port = port == UINT16_MAX ? (uint16_t) TCP_PORT_FIRST
                                              : (uint16_t) (port + 1);
        if (!tcp_lookup(stack, port, remote, rport)
            && !tcp_lookup_listener(stack, port)) {
            return port;
        }
    }
    return 0;
}

/* Returns the initial sequence number for 'conn', opened now. */
uint32_t
tcp_choose_isn(const struct tcp_conn *conn)
{
    struct random_stream stream = conn->stack->isn;

    stream.n = hash_ends(conn->lport, &conn->remote, conn->rport);
    return (uint32_t) random_u64(&stream)
           + (uint32_t) (tcp_now(conn) / ISN_TICK);
}
