/* IPv4 fragmentation: RFC 791 section 3.2, RFC 1812 section 5.2.5. */

#include <glib.h>
#include <string.h>

#include "models/fabric/router_inside.h"
#include "models/wire/checksum.h"
#include "models/wire/ipv4.h"

#define OPTION_END    0
#define OPTION_NOP    1
#define OPTION_COPIED 0x80 /* It goes into all fragments. */

/* Writes at 'to' the header at 'from' with the options that are copied, and
 * returns its bytes. */
static size_t
copy_header(uint8_t *to, const uint8_t *from)
{
    size_t hlen = 4u * (from[0] & 0xf);
    size_t n = IPV4_HLEN;

    memcpy(to, from, IPV4_HLEN);
    for (size_t i = IPV4_HLEN; i < hlen && from[i] != OPTION_END;) {
        size_t length = from[i] == OPTION_NOP ? 1
                        : i + 1 < hlen        ? from[i + 1]
                                              : 0;

        if (length == 0 || i + length > hlen) {
            break; /* Malformed: what follows means nothing. */
        }
        if (from[i] & OPTION_COPIED) {
            memcpy(to + n, from + i, length);
            n += length;
        }
        i += length;
    }
    for (; n % 4; n++) {
        to[n] = OPTION_END;
    }
    to[0] = (uint8_t) (4 << 4 | n / 4);
    return n;
}

/* Makes the fragment of 'pkt' that carries 'n' bytes of its payload from
 * 'offset' on behind the 'hlen' bytes of 'header'. */
static struct packet *
make_fragment(struct router *router, const struct packet *pkt,
              const uint8_t *header, size_t hlen, size_t offset, size_t n)
{
    const uint8_t *data = packet_data(pkt);
    size_t whole_hlen = 4u * (data[ETH_HLEN] & 0xf);
    size_t begin = ETH_HLEN + whole_hlen + offset;
    size_t held = pkt->stored > begin ? MIN(n, pkt->stored - begin) : 0;
    struct packet *fragment = node_new_packet(
        &router->node, ETH_HLEN + hlen + held, ETH_HLEN + hlen + n);
    uint8_t *ip = packet_data(fragment) + ETH_HLEN;
    uint16_t field = get_be16(data + ETH_HLEN + 6);
    bool is_last = begin + n >= pkt->size;

    fragment->tag = pkt->tag;
    fragment->tag.step = "fragment";
    memcpy(packet_data(fragment), data, ETH_HLEN);
    memcpy(ip, header, hlen);
    memcpy(ip + hlen, data + begin, held);
    put_be16(ip + 2, (uint16_t) (hlen + n));
    put_be16(ip + 6, (uint16_t) (((field & IPV4_FRAG_MASK) + offset / 8)
                                 | (field & (is_last ? IPV4_MF : 0))
                                 | (is_last ? 0 : IPV4_MF)));
    put_be16(ip + IPV4_OFS_CHECKSUM, 0);
    put_be16(ip + IPV4_OFS_CHECKSUM, checksum_of(ip, hlen));
    return fragment;
}

/* Sends 'pkt', IPv4 without DF and larger than the MTU of 'out', in pieces,
 * which have its packet number; it ends here.  A port's MTU has room for a
 * header and 8 bytes: RFC 791 wants 68. */
void
router_fragment(struct router *router, struct port *out, struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    size_t hlen = 4u * (ip[0] & 0xf);
    size_t payload = pkt->size - ETH_HLEN - hlen;
    uint8_t header[IPV4_HLEN_MAX];
    const uint8_t *from = ip;

    if (out->mtu < IPV4_HLEN_MAX + 8) {
        router_end(router, pkt, ROUTER_FATE_TOO_BIG);
        return;
    }
    for (size_t offset = 0; offset < payload;) {
        size_t n = MIN((out->mtu - hlen) & ~(size_t) 7, payload - offset);

        port_send(out, make_fragment(router, pkt, from, hlen, offset, n));
        offset += n;
        hlen = copy_header(header, ip);
        from = header;
    }
    router->stats.fragmented++;
    router_end(router, pkt, ROUTER_FATE_FRAGMENTED);
}
