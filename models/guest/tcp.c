#include "models/guest/tcp.h"

#include <glib.h>

#include "models/guest/tcp_internal.h"

/* Written at once without a bound: far from overflow, and years at any
 * rate. */
#define QUEUED_MAX (UINT64_MAX / 4)

/* Opens a connection from 'guest' to 'remote':'rport' and sends SYN.  The local
 * port is 'lport', or one from 49152 up if that is 0.  Its packets carry 'tag';
 * 'config' is copied, 'app' (null: nobody wants to know) is the caller's and
 * outlives the connection.  Returns null if the port, or every port, is in use
 * towards that end. */
struct tcp_conn *
tcp_connect(struct guest *guest, struct ip_addr remote, uint16_t rport,
            uint16_t lport, const struct tcp_config *config,
            const struct tcp_app *app, void *user, struct guest_flow_tag tag)
{
    struct tcp_stack *stack = guest_tcp(guest);
    struct tcp_conn *conn;

    if (!lport) {
        lport = tcp_choose_port(stack, &remote, rport);
    }
    if (!lport || tcp_lookup(stack, lport, &remote, rport)) {
        return NULL;
    }
    conn = tcp_conn_new(stack, remote, lport, rport, config, tag);
    tcp_set_app(conn, app, user);
    conn->state = TCP_SYN_SENT;
    tcp_enter(conn);
    tcp_send_syn(conn);
    tcp_leave(conn);
    return conn;
}

/* Listens on 'port' of 'guest'.  Accepted connections get a copy of 'config',
 * and their packets carry the flow of the SYN, in the other direction.  Returns
 * null if somebody listens there already. */
struct tcp_listener *
tcp_listen(struct guest *guest, uint16_t port, const struct tcp_config *config,
           tcp_accept_fn *accept, void *user)
{
    struct tcp_stack *stack = guest_tcp(guest);
    struct tcp_listener *listener;

    if (tcp_lookup_listener(stack, port)) {
        return NULL;
    }
    listener = g_new0(struct tcp_listener, 1);
    listener->stack = stack;
    listener->port = port;
    listener->config = *config;
    listener->accept = accept;
    listener->user = user;
    listener->next = stack->listeners;
    stack->listeners = listener;
    return listener;
}

/* Stops listening.  Connections that arrived live on. */
void
tcp_listener_free(struct tcp_listener *listener)
{
    struct tcp_stack *stack = listener->stack;
    struct tcp_listener **link = &stack->listeners;

    while (*link != listener) {
        link = &(*link)->next;
    }
    *link = listener->next;
    for (uint32_t i = 0; i < stack->n_buckets; i++) {
        for (struct tcp_conn *c = stack->buckets[i]; c; c = c->next) {
            c->listener = c->listener == listener ? NULL : c->listener;
        }
    }
    g_free(listener);
}

/* Gives 'conn' an application, or none if 'app' is null: a connection whose
 * application has left goes on by itself. */
void
tcp_set_app(struct tcp_conn *conn, const struct tcp_app *app, void *user)
{
    conn->app = app;
    conn->user = user;
}

/* Lets the IP packets of 'conn' carry 'tos', DSCP << 2 | ECN.  One that was
 * opened here carries that of its tag, one that arrived 0, until this. */
void
tcp_set_tos(struct tcp_conn *conn, uint8_t tos)
{
    conn->tag.tos = tos;
}

/* Writes 'bytes' more of zeros.  Returns how many were taken: less if the send
 * buffer is full, 0 after tcp_close(). */
uint64_t
tcp_write(struct tcp_conn *conn, uint64_t bytes)
{
    uint64_t bound =
        conn->config.send_buffer ? conn->config.send_buffer : QUEUED_MAX;

    if (conn->close_wanted || conn->app_told_closed) {
        return 0;
    }
    bytes = MIN(bytes, bound > conn->queued ? bound - conn->queued : 0);
    tcp_enter(conn);
    conn->queued += bytes;
    tcp_leave(conn);
    return bytes;
}

/* With 'hold', stops reading: what arrives stays in the receive buffer, and the
 * window that the peer sees shrinks.  Without, reads on, what waited first. */
void
tcp_hold(struct tcp_conn *conn, bool hold)
{
    tcp_enter(conn);
    conn->held = hold;
    if (!hold && !conn->app_told_closed) {
        tcp_read_held(conn);
    }
    tcp_leave(conn);
}

/* Finishes sending: FIN follows what was written.  Receiving goes on until the
 * peer finishes too. */
void
tcp_close(struct tcp_conn *conn)
{
    tcp_enter(conn);
    switch (conn->state) {
    case TCP_SYN_SENT:
        if (!conn->queued) {
            tcp_end(conn, TCP_END_CLOSED);
        }
        conn->close_wanted = true;
        break;
    case TCP_SYN_RECEIVED: conn->close_wanted = true; break;
    case TCP_ESTABLISHED:
        conn->close_wanted = true;
        conn->state = TCP_FIN_WAIT_1;
        break;
    case TCP_CLOSE_WAIT:
        conn->close_wanted = true;
        conn->state = TCP_LAST_ACK;
        break;
    case TCP_CLOSED:
    case TCP_FIN_WAIT_1:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
    case TCP_TIME_WAIT: break;
    }
    tcp_leave(conn);
}

/* Ends 'conn' at once, with RST to a peer that knows of it (RFC 9293 section
 * 3.10.5), and tells the application so. */
void
tcp_abort(struct tcp_conn *conn)
{
    tcp_enter(conn);
    switch (conn->state) {
    case TCP_SYN_RECEIVED:
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT_1:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSE_WAIT: tcp_send_reset(conn); break;
    case TCP_CLOSED:
    case TCP_SYN_SENT:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
    case TCP_TIME_WAIT: break;
    }
    tcp_end(conn, TCP_END_ABORTED);
    tcp_leave(conn);
}

/* Returns what 'conn' has seen; valid as long as it lives. */
const struct tcp_stats *
tcp_stats(const struct tcp_conn *conn)
{
    return &conn->stats;
}

/* Returns the flow whose tag the packets of 'conn' carry. */
uint32_t
tcp_flow(const struct tcp_conn *conn)
{
    return conn->tag.flow;
}
