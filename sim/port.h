/* Ports and links.
 *
 * A link joins two ports and carries frames both ways.  port_send() puts a
 * frame on the line; it arrives at the peer's node in one event of its own,
 * even over a link without delay.  A drop-tail queue needs no events: the time
 * at which all that waits will have left says how full it is.  The frames on
 * their way to a port wait in a FIFO there, and only its head is an event.
 *
 * A frame occupies the line for its bytes, at least 60, and 24 more: FCS 4,
 * preamble and start delimiter 8, interpacket gap 12 (IEEE 802.3).  Shorter
 * frames are padded.  The buffer counts bytes as they occupy the line.
 *
 * A port can be set down, and a link is up if both its ends are.  When it goes
 * down, all frames that wait for it or are on their way along it are lost. */

#ifndef SIM_PORT_H
#define SIM_PORT_H 1

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/node.h"
#include "sim/random.h"

#define PORT_ALIGN      64 /* Bytes of a cache line. */
#define PORT_FRAME_MIN  60 /* Bytes of the shortest frame, without FCS. */
#define PORT_LINE_EXTRA 24 /* Bytes a frame occupies beside its own. */

/* Why a port drops a frame. */
#define PORT_DROPS(X)                                                         \
    X(QUEUE_FULL, "queue-full", "the port's buffer had no room for it")       \
    X(LINK_LOSS, "link-loss", "the link lost it, as the scenario asks")       \
    X(NO_LINK, "no-link", "the port has no link")                             \
    X(LINK_DOWN, "link-down", "the link was down, or went down")              \
    X(BUFFER_FULL, "buffer-full", "the node's shared buffer had no room")
enum port_drop {
#define X(ID, NAME, HELP) PORT_DROP_##ID,
    PORT_DROPS(X)
#undef X
        PORT_N_DROPS
};
extern const struct fate port_drops[PORT_N_DROPS];

/* What sets a port apart from one that just sends. */
enum port_trait {
    PORT_UNLINKED = 1 << 0,  /* It has no link. */
    PORT_DOWN = 1 << 1,      /* It was set down. */
    PORT_PEER_DOWN = 1 << 2, /* The other end was. */
    PORT_LOSSY = 1 << 3,     /* The link loses frames that it sends. */
    PORT_BORDER = 1 << 4,    /* The other end is in another partition. */
    PORT_QUEUED = 1 << 5,    /* It has a struct port_queue. */
    PORT_TAPPED = 1 << 6,    /* Somebody listens. */
};
#define PORT_CUT_OFF (PORT_UNLINKED | PORT_DOWN | PORT_PEER_DOWN)

/* One direction of a link, as its sender sees it. */
struct link_config {
    uint64_t rate_bps;     /* Line rate, positive. */
    sim_time delay;        /* Propagation, not negative. */
    uint64_t buffer_bytes; /* Drop-tail bound of what waits and is sent. */
    double loss;           /* Part of the frames lost, 0 to 1. */
};

/* What a model puts in the place of a port's drop-tail queue. */
struct port_queue {
    /* Takes 'pkt', padded, which is to leave by a link that is up.  It goes on
     * by port_transmit() or port_drop(), now or later. */
    void (*send)(struct port_queue *, struct port *, struct packet *pkt);
    /* Drops all that waits inside as 'why'. */
    void (*lose)(struct port_queue *, struct port *, enum port_drop why);
    uint64_t held_packets; /* That wait inside, */
    uint64_t held_bytes;   /* as they occupy the line. */
    uint64_t ecn_marked;   /* Packets marked CE. */
};

/* Decides which frames a link loses. */
struct port_losses {
    double part; /* Of the frames. */
    struct random_stream random;
};

/* Ordered by cache lines: port_send() touches the first of its own port and the
 * third of its peer, an arrival the second and third. */
struct port {
    /* Sending. */
    alignas(PORT_ALIGN) struct port *peer; /* Other end, null: no link. */
    sim_time busy_until;  /* When the last frame will have left. */
    sim_time max_backlog; /* Drop-tail bound, as time on the line. */
    uint64_t tx_frames;   /* Frames taken to be sent. */
    uint64_t tx_bytes;    /* Their bytes, padding included. */
    struct node *owner;   /* Receives what arrives here. */
    uint32_t ps_per_byte; /* 0: not a whole number, use the rate. */
    uint16_t traits;      /* Of enum port_trait, 0: it just sends. */
    uint16_t n_holds;     /* Reasons for which it is held down. */
    uint32_t mtu;         /* Largest L3 packet, for the node's use. */
    uint32_t index;       /* Place among the node's ports. */
    /* What the node sees of an arrival. */
    struct tap_point tap;
    uint64_t rx_frames;  /* Frames that arrived. */
    uint64_t rx_bytes;   /* Their bytes. */
    uint64_t role;       /* For the node's use. */
    struct port *likely; /* Out of which the first of them will go. */
    /* Arrivals. */
    struct packet *first;  /* On their way here, */
    struct packet *last;   /* in this order. */
    struct event arrival;  /* Of the first of them. */
    struct node *receiver; /* The owner. */
    sim_time delay;        /* Propagation along the link. */
    /* Seldom touched. */
    uint64_t rate_bps;
    struct port_queue *queue;   /* Of its own, or null. */
    struct port_losses *losses; /* Null: no frames are lost. */
    uint64_t drops[PORT_N_DROPS];
};

void port_set_prefetch(struct event_queue *);
void port_init(struct port *, struct node *owner);
void port_clear(struct port *);
void port_set_name(struct port *, const char *name);
void port_connect(struct port *, struct port *, const struct link_config *);
void port_set_up(struct port *, bool up);
void port_hold_down(struct port *);
void port_release(struct port *);
void port_set_loss(struct port *, double part);
double port_loss(const struct port *);
void port_set_buffer(struct port *, uint64_t bytes);
void port_set_queue(struct port *, struct port_queue *);
void port_send(struct port *, struct packet *);
void port_transmit(struct port *, struct packet *);
void port_drop(struct port *, struct packet *, enum port_drop why);
bool port_has_room(const struct port *, uint32_t size);
void port_take_over(struct port *, struct packet *);
uint64_t port_in_flight(const struct port *);
uint64_t port_held(const struct port *);
uint64_t port_left_frames(const struct port *);
uint64_t port_left_bytes(const struct port *);
uint64_t port_queue_bytes(const struct port *);
uint64_t port_ecn_marked(const struct port *);

/* Says whether 'port' has a link that is up. */
static inline bool
port_is_up(const struct port *port)
{
    return !(port->traits & PORT_CUT_OFF);
}

#endif /* sim/port.h */
