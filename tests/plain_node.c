#include "tests/plain_node.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cmocka_all.h"

const struct fate plain_delivered = { FATE_DELIVERED, "end", "arrived" };
const struct fate plain_consumed = { FATE_CONSUMED, "hello", "understood" };
const struct fate plain_dropped = { FATE_DROPPED, "unwanted", "not wanted" };

static void
plain_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct plain_node *plain = (struct plain_node *) node;

    if (plain->arrivals) {
        struct plain_arrival arrival = { sim_now(node->sim), pkt->tag.packet,
                                         pkt->size, in->index };

        g_array_append_val(plain->arrivals, arrival);
    }
    switch (plain->mode) {
    case PLAIN_DELIVER: node_end_packet(node, pkt, &plain_delivered); break;
    case PLAIN_CONSUME: node_end_packet(node, pkt, &plain_consumed); break;
    case PLAIN_DROP: node_end_packet(node, pkt, &plain_dropped); break;
    case PLAIN_RELAY:
        port_send(&node->ports[(in->index + 1) % node->n_ports], pkt);
        break;
    case PLAIN_KEEP:
    case PLAIN_LEAK: packet_queue_push(&plain->kept, pkt); break;
    }
}

static void
plain_link_changed(struct node *node, struct port *port)
{
    struct plain_node *plain = (struct plain_node *) node;

    if (plain->changes) {
        g_string_append_printf(plain->changes, "%u %s, ", port->index,
                               port_is_up(port) ? "up" : "down");
    }
}

static uint64_t
plain_held(const struct node *node)
{
    const struct plain_node *plain = (const struct plain_node *) node;

    return plain->mode == PLAIN_LEAK ? 0 : plain->kept.n_packets;
}

static void
plain_destroy(struct node *node)
{
    struct plain_node *plain = (struct plain_node *) node;

    if (plain->arrivals) {
        g_array_unref(plain->arrivals);
    }
    if (plain->changes) {
        g_string_free(plain->changes, TRUE);
    }
    node_clear(node);
    g_free(plain);
}

static const struct node_ops plain_ops = {
    .kind = "plain",
    .receive = plain_receive,
    .link_changed = plain_link_changed,
    .held = plain_held,
    .destroy = plain_destroy,
};

struct plain_node *
plain_node_new(struct sim *sim, const char *name, uint32_t n_ports,
               enum plain_mode mode)
{
    struct plain_node *plain = g_new0(struct plain_node, 1);

    plain->mode = mode;
    plain->arrivals = g_array_new(FALSE, FALSE, sizeof(struct plain_arrival));
    plain->changes = g_string_new(NULL);
    node_init(&plain->node, &plain_ops, sim, name, n_ports);
    return plain;
}

/* Sends a frame of 'size' bytes, none of them held, out of 'port'. */
void
plain_node_send(struct plain_node *plain, uint32_t port, size_t size)
{
    port_send(&plain->node.ports[port],
              node_new_packet(&plain->node, 0, size));
}

const struct plain_arrival *
plain_node_arrival(const struct plain_node *plain, guint i)
{
    assert_true(i < plain->arrivals->len);
    return &g_array_index(plain->arrivals, struct plain_arrival, i);
}

void
plain_connect(struct port *a, struct port *b, struct link_config config)
{
    config.rate_bps = config.rate_bps ? config.rate_bps : 10000000000;
    config.delay = config.delay ? config.delay : SIM_US;
    config.buffer_bytes = config.buffer_bytes ? config.buffer_bytes : 1000000;
    port_connect(a, b, &config);
}

bool
plain_aborts(void (*call)(void *aux), void *aux)
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        const struct rlimit no_core = { 0, 0 };

        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stdout)
            || !freopen("/dev/null", "w", stderr)) {
            _exit(1);
        }
        call(aux);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}
