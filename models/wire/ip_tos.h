/* The DS field and ECN: the second byte of IPv4's header, bits 4 to 11 of
 * IPv6's (RFC 2474, RFC 3168), as a switch or tunnel reads and changes it in
 * place.
 *
 *      0   1   2   3   4   5   6   7
 *    +---+---+---+---+---+---+---+---+
 *    |         DSCP          |  ECN  |
 *    +---+---+---+---+---+---+---+---+
 *
 * Functions are given the ethertype and the bytes behind it; of what is no IP
 * packet, or is cut short, there is nothing to read or change. */

#ifndef MODELS_WIRE_IP_TOS_H
#define MODELS_WIRE_IP_TOS_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ECN codepoints, RFC 3168 section 5. */
enum ip_ecn {
    IP_ECN_NONE, /* Not-ECT: its sender does not know ECN. */
    IP_ECN_ECT1,
    IP_ECN_ECT0,
    IP_ECN_CE, /* Congestion experienced. */
};

#define IP_ECN_MASK 3u

/* Returns DSCP << 2 | ECN, 0 if there is none. */
uint8_t ip_tos_get(uint16_t ethertype, const uint8_t *l3, size_t stored);

/* Changes ECN, and IPv4's checksum with it (RFC 1624). */
void ip_ecn_set(uint16_t ethertype, uint8_t *l3, size_t stored, enum ip_ecn);

/* What a tunnel's end makes of the two fields that arrive: RFC 6040 section
 * 4.2, figure 4.  Returns false if the packet must be dropped: it was marked,
 * and its sender would not understand. */
bool ip_ecn_decapsulate(enum ip_ecn inner, enum ip_ecn outer,
                        enum ip_ecn *result);

#endif /* models/wire/ip_tos.h */
