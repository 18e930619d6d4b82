/* Server: a bare machine on the fabric, one IP stack behind one NIC.
 *
 * It is a guest (guest.h) that has a node to itself: no virtual switch, no
 * policy, no datapath.  What arrives at its port is the guest's input, what the
 * guest sends leaves by the port, and its NIC is the port: captures of
 * "h1:eth0" and of the guest would show the same.
 *
 * Servers come by the ten thousand and most say little, so the guest is part
 * of the node: server, link and both ends of it cost less than a kilobyte.
 *
 * A server that is down stands still (guest_pause()): frames for it end by
 * name, and nothing leaves it. */

#ifndef MODELS_GUEST_SERVER_H
#define MODELS_GUEST_SERVER_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"
#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "sim/node.h"

struct server_config {
    const char *name; /* "h1"; the caller's string. */
    struct eth_addr mac;
    struct ip_prefix address; /* IPv4, with its subnet's length. */
    struct ip_addr gateway;   /* Family 0: it has none. */
    uint16_t mtu;             /* Largest IP packet it sends. */
};

struct node *server_new(struct sim *, const struct server_config *);
bool node_is_server(const struct node *);
struct guest *server_guest(struct node *); /* Stays the server's. */
void server_set_down(struct node *, bool is_down);

/* How packets end in a server, beside guest_fates[]. */
#define SERVER_FATES(X)                                                       \
    X(DOWN, DROPPED, "server-down", "the server it arrived at was down")
enum server_fate {
#define X(ID, KIND, NAME, HELP) SERVER_FATE_##ID,
    SERVER_FATES(X)
#undef X
        SERVER_N_FATES
};
extern const struct fate server_fates[SERVER_N_FATES];

/* What a server can be asked for, up to a row without name. */
extern const struct metric server_metrics[];

#endif /* models/guest/server.h */
