#include "models/guest/server.h"

#include <glib.h>

#include "models/guest/guest_inside.h"
#include "sim/port.h"

struct server {
    struct node node;
    struct guest guest;
};

const struct fate server_fates[SERVER_N_FATES] = {
#define X(ID, KIND, NAME, HELP)                                               \
    [SERVER_FATE_##ID] = { FATE_##KIND, NAME, HELP },
    SERVER_FATES(X)
#undef X
};

static const struct node_ops server_ops;

bool
node_is_server(const struct node *node)
{
    return node->ops == &server_ops;
}

static struct server *
server_cast(const struct node *node)
{
    g_assert(node_is_server(node));
    return (struct server *) node;
}

/* Sends 'pkt', which the stack has made, out of the only port. */
static void
output(void *ports, struct guest *guest, struct packet *pkt)
{
    (void) guest;
    port_send(ports, pkt);
}

/* Makes a server with one port, number 0.  It belongs to 'sim'. */
struct node *
server_new(struct sim *sim, const struct server_config *config)
{
    struct server *server = g_new0(struct server, 1);
    const struct guest_config guest = {
        .name = config->name,
        .mac = config->mac,
        .address = config->address,
        .gateway = config->gateway,
        .mtu = config->mtu,
    };

    node_init(&server->node, &server_ops, sim, config->name, 1);
    guest_init(&server->guest, &server->node, &guest, output,
               server->node.ports);
    return &server->node;
}

struct guest *
server_guest(struct node *node)
{
    return &server_cast(node)->guest;
}

/* Stops the server 'node', or lets it go on where it stopped. */
void
server_set_down(struct node *node, bool is_down)
{
    struct server *server = server_cast(node);

    if (is_down) {
        guest_pause(&server->guest);
    } else {
        guest_resume(&server->guest);
    }
}

static void
server_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct server *server = server_cast(node);

    (void) in;
    if (server->guest.is_paused) {
        node_end_packet(node, pkt, &server_fates[SERVER_FATE_DOWN]);
        return;
    }
    guest_input(&server->guest, pkt);
    if (server->guest.sending.first) {
        guest_flush(&server->guest);
    }
}

static struct port *
server_prefetch(struct node *node, const struct port *in,
                const struct packet *pkt, unsigned int step)
{
    (void) in;
    (void) pkt;
    guest_prefetch_input(&((struct server *) node)->guest, step);
    return NULL;
}

static uint64_t
server_held(const struct node *node)
{
    return guest_held(&server_cast(node)->guest);
}

static void
server_destroy(struct node *node)
{
    struct server *server = server_cast(node);

    guest_clear(&server->guest);
    node_clear(node);
    g_free(server);
}

static uint64_t
read_arp_used(const struct node *node)
{
    struct table_usage usage;

    guest_arp_usage(&server_cast(node)->guest, &usage);
    return usage.used;
}

const struct metric server_metrics[] = {
    { "server.arp.used", "entries", METRIC_GAUGE,
      "Neighbors in the server's ARP cache, those asked for included.",
      read_arp_used },
    { 0 },
};

static bool
server_table(const struct node *node, unsigned int index,
             struct table_usage *usage)
{
    if (index == 0) {
        guest_arp_usage(&server_cast(node)->guest, usage);
    }
    return index == 0;
}

static const struct node_ops server_ops = {
    .kind = "server",
    .receive = server_receive,
    .prefetch = server_prefetch,
    .held = server_held,
    .destroy = server_destroy,
    .metrics = server_metrics,
    .table = server_table,
};
