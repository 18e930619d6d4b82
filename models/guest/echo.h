/* ICMP echo, as a program that pings uses it.
 *
 * An echo client has an identifier of its own in its guest (as raw sockets of
 * Unix; RFC 792) and is told of the replies to it and of errors about its
 * requests.  It is embedded in the program; all memory is the caller's.  The
 * answering side is the guest's and needs nobody.
 *
 * Payload is the alphabet from a to w over and over, as Windows sends. */

#ifndef MODELS_GUEST_ECHO_H
#define MODELS_GUEST_ECHO_H 1

#include "models/guest/stack.h"

struct echo_client {
    struct guest *guest;
    uint16_t id; /* Given by echo_open(). */
    struct guest_flow_tag tag;
    void (*replied)(struct echo_client *, uint16_t seq, size_t bytes);
    void (*failed)(struct echo_client *, const struct icmp_hdr *);
};

void echo_open(struct echo_client *);
void echo_close(struct echo_client *);
void echo_send(struct echo_client *, struct ip_addr dst, uint16_t seq,
               size_t bytes);

#endif /* models/guest/echo.h */
