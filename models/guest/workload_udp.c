/* udp: datagrams by rate or by gap.
 *
 * The payload begins with the sequence number and the time of sending (ps),
 * eight bytes each, as far as they fit; the rest are zeros.  The second end
 * reads the delay from it. */

#include <glib.h>

#include "models/guest/udp.h"
#include "models/guest/workload_inside.h"
#include "models/wire/bytes.h"

#define OFS_SEQUENCE 0
#define OFS_TIME     8
#define MARK_LENGTH  16

struct sender {
    struct udp_socket *socket;
    struct random_stream gaps, sizes;
    uint64_t remainder; /* Of flow_time_of_bytes(). */
};

static uint64_t
send_one(struct flow_end *end)
{
    struct sender *sender = end->state;
    const struct flow_config *config = end->config;
    uint8_t mark[MARK_LENGTH];
    uint64_t size =
        (uint64_t) distribution_draw(&config->size, &sender->sizes);

    size = MIN(size, UDP_PAYLOAD_MAX);
    put_be64(mark + OFS_SEQUENCE, end->stats.sent);
    put_be64(mark + OFS_TIME, (uint64_t) flow_now(end));
    flow_count_sent(end, size);
    udp_send(sender->socket, config->to, flow_dport(config), flow_tag(end),
             mark, MIN(size, MARK_LENGTH), size);
    return size;
}

/* Returns the time between a datagram of 'size' bytes and the next. */
static sim_time
gap_behind(struct sender *sender, const struct flow_config *config,
           uint64_t size)
{
    return config->rate_bps
               ? flow_time_of_bytes(size, config->rate_bps, &sender->remainder)
               : distribution_draw(&config->gap, &sender->gaps);
}

static void
udp_fire(struct flow_end *end)
{
    uint64_t size;

    if (flow_is_done(end)) {
        return;
    }
    size = send_one(end);
    if (!flow_is_done(end)) {
        flow_schedule(end, flow_now(end)
                               + gap_behind(end->state, end->config, size));
    }
}

static void
failed(struct udp_socket *socket, void *end_, const struct icmp_hdr *error)
{
    struct flow_end *end = end_;

    (void) socket;
    (void) error;
    end->stats.errors++;
}

static const struct udp_app sender_app = { .failed = failed };

static void
udp_start(struct flow_end *end)
{
    struct sender *sender = end->state = g_new0(struct sender, 1);

    sender->socket = udp_open(end->guest, 0, &sender_app, end);
    flow_stream(end, &sender->gaps, "gap");
    flow_stream(end, &sender->sizes, "size");
    if (sender->socket) {
        udp_fire(end);
    } else {
        end->stats.errors++; /* The guest has used up its ports. */
    }
}

static void
udp_receive(struct flow_end *end, const struct udp_datagram *datagram)
{
    sim_time sent_at;

    end->stats.received++;
    end->stats.completed++;
    flow_count_delivered(end, datagram->size);
    if (datagram->stored >= MARK_LENGTH) {
        sent_at = (sim_time) get_be64(datagram->data + OFS_TIME);
        if (sent_at >= 0 && sent_at <= flow_now(end)) {
            histogram_add(&end->stats.latency, flow_now(end) - sent_at);
        }
    }
}

static void
udp_clear(struct flow_end *end)
{
    struct sender *sender = end->state;

    if (sender) {
        udp_close(sender->socket);
        g_free(sender);
    }
}

const struct workload_kind workload_udp = {
    .name = "udp",
    .help = "datagrams of 'size' at 'rate', or one every 'gap'",
    .unit_of_count = "datagrams",
    .default_port = 5001, /* As iperf. */
    .start = udp_start,
    .fire = udp_fire,
    .receive = udp_receive,
    .clear = udp_clear,
};
