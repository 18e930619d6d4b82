#include "models/guest/flow_port.h"

#include <glib.h>

#include "models/guest/key_table.h"
#include "models/guest/udp.h"
#include "models/guest/workload_inside.h"
#include "sim/prefetch.h"

struct flow_port {
    struct flow_port *next;
    uint16_t port;
    struct tcp_listener *listener; /* One of the two. */
    struct udp_socket *socket;
    struct key_table ends; /* By flow. */
};

static void
accepted(struct tcp_conn *conn, void *port_)
{
    struct flow_port *port = port_;
    struct flow_end *end = key_table_lookup(&port->ends, tcp_flow(conn));

    if (end) {
        end->kind->accept(end, conn);
    } else {
        tcp_abort(conn);
    }
}

static void
received(struct udp_socket *socket, void *port_,
         const struct udp_datagram *datagram)
{
    struct flow_port *port = port_;
    struct flow_end *end =
        key_table_lookup(&port->ends, datagram->pkt->tag.flow);

    (void) socket;
    if (end) {
        end->kind->receive(end, datagram);
    }
}

static const struct udp_app datagrams = { .received = received };

static struct flow_port **
find(const struct flow_end *end)
{
    struct flow_port **at = guest_flow_ports(end->guest);
    bool is_tcp = end->config->kind->accept;

    while (*at
           && ((*at)->port != flow_dport(end->config)
               || ((*at)->listener != NULL) != is_tcp)) {
        at = &(*at)->next;
    }
    return at;
}

/* Lets 'end', a second end whose kind accepts or receives, have what arrives
 * for its flow. */
void
flow_port_open(struct flow_end *end)
{
    const struct flow_config *config = end->config;
    struct flow_port **at = find(end);
    uint16_t dport = flow_dport(config);

    if (!*at) {
        struct flow_port *port = *at = g_new0(struct flow_port, 1);

        port->port = dport;
        if (config->kind->accept) {
            port->listener =
                tcp_listen(end->guest, dport, &config->tcp, accepted, port);
        } else {
            port->socket = udp_open(end->guest, dport, &datagrams, port);
        }
        g_assert(port->listener || port->socket);
    }
    if (!key_table_add(&(*at)->ends, config->index, end)) {
        g_assert_not_reached(); /* A flow has one second end. */
    }
}

/* The reverse.  With its last end the port is closed. */
void
flow_port_close(struct flow_end *end)
{
    struct flow_port **at = find(end);
    struct flow_port *port = *at;

    key_table_remove(&port->ends, end->config->index);
    if (!port->ends.n) {
        *at = port->next;
        if (port->listener) {
            tcp_listener_free(port->listener);
        }
        udp_close(port->socket);
        key_table_clear(&port->ends);
        g_free(port);
    }
}

/* Fetches what a datagram for 'port', which may be null, will touch: in step 1
 * the port, in step 2 the end that was asked for last. */
void
flow_port_prefetch(const struct flow_port *port, unsigned int step)
{
    if (step == 1) {
        prefetch_bytes(port, sizeof *port);
    } else if (port && port->ends.last.value) {
        prefetch_bytes(port->ends.last.value, sizeof(struct flow_end));
    }
}
