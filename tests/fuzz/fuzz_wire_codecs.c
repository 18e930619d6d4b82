/* Every codec on any bytes: what decodes is encoded, decodes again, and is then
 * encoded to the same bytes.  So nothing a header says is lost but what encoding
 * leaves out by design: options, reserved bits, wrong checksums.  The readers of
 * addresses as text are tried on the same bytes. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/gre.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/nd.h"
#include "models/wire/nvgre.h"
#include "models/wire/stp.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "models/wire/vlan.h"
#include "models/wire/vxlan.h"

#define ENCODED_MAX 2048

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(bool ok)
{
    if (!ok) {
        abort();
    }
}

/* A codec: decodes 'size' bytes at 'data', encodes what it got into 'encoded'
 * and returns the bytes of it, 0 if it did not decode. */
typedef size_t codec_fn(const uint8_t *data, size_t size, uint8_t *encoded);

/* A codec whose encode() writes always 'hlen' bytes. */
#define CODEC(NAME, HLEN, DECODE)                                             \
    static size_t NAME##_codec(const uint8_t *data, size_t size,              \
                               uint8_t *encoded)                              \
    {                                                                         \
        struct NAME##_hdr hdr;                                                \
                                                                              \
        if (!(DECODE)) {                                                      \
            return 0;                                                         \
        }                                                                     \
        NAME##_encode(&hdr, encoded);                                         \
        return HLEN;                                                          \
    }

CODEC(eth, ETH_HLEN, eth_decode(&hdr, data, size))
CODEC(arp, ARP_HLEN, arp_decode(&hdr, data, size))
CODEC(ipv4, IPV4_HLEN, ipv4_decode(&hdr, data, size, SIZE_MAX))
CODEC(ipv6, IPV6_HLEN, ipv6_decode(&hdr, data, size, SIZE_MAX))
CODEC(ipv6_fragment, IPV6_FRAGMENT_HLEN,
      ipv6_fragment_decode(&hdr, data, size))
CODEC(icmp, ICMP_HLEN, icmp_decode(&hdr, data, size))
CODEC(icmp6, ICMP6_HLEN, icmp6_decode(&hdr, data, size))
CODEC(udp, UDP_HLEN, udp_decode(&hdr, data, size, SIZE_MAX))
CODEC(nvgre, NVGRE_HLEN, nvgre_decode(&hdr, data, size) == NVGRE_OK)
CODEC(vxlan, VXLAN_HLEN, vxlan_decode(&hdr, data, size))

static size_t
vlan_codec(const uint8_t *data, size_t size, uint8_t *encoded)
{
    struct vlan_tag tag;

    if (!vlan_decode(&tag, data, size)) {
        return 0;
    }
    vlan_encode(&tag, encoded);
    return VLAN_HLEN;
}

static size_t
gre_codec(const uint8_t *data, size_t size, uint8_t *encoded)
{
    struct gre_hdr hdr;

    return gre_decode(&hdr, data, size) ? gre_encode(&hdr, encoded) : 0;
}

static size_t
nd_codec(const uint8_t *data, size_t size, uint8_t *encoded)
{
    struct nd_msg msg;

    return nd_decode(&msg, data, size) ? nd_encode(&msg, encoded) : 0;
}

static size_t
stp_codec(const uint8_t *data, size_t size, uint8_t *encoded)
{
    struct stp_bpdu bpdu;

    return stp_decode(&bpdu, data, size) ? stp_encode(&bpdu, encoded) : 0;
}

static size_t
stp_frame_codec(const uint8_t *data, size_t size, uint8_t *encoded)
{
    struct stp_bpdu bpdu;

    return stp_frame_decode(&bpdu, data, size, size)
               ? stp_frame_encode(&bpdu, ETH_ADDR_BROADCAST, encoded)
               : 0;
}

/* Header and options, as many bytes as the header says. */
static size_t
tcp_codec(const uint8_t *data, size_t size, uint8_t *encoded)
{
    struct tcp_hdr hdr;
    struct tcp_options options;
    size_t length;

    if (!tcp_decode(&hdr, data, size)
        || !tcp_options_decode(&options, data + TCP_HLEN,
                               (size_t) hdr.header_length - TCP_HLEN)) {
        return 0;
    }
    length = tcp_options_encode(&options, encoded + TCP_HLEN);
    hdr.header_length = (uint8_t) (TCP_HLEN + length);
    tcp_encode(&hdr, encoded);
    return TCP_HLEN + length;
}

/* Encoded once it is in its canonical form, which does not change again. */
static void
try_codec(codec_fn *codec, const uint8_t *data, size_t size)
{
    uint8_t first[ENCODED_MAX], second[ENCODED_MAX];
    size_t n = codec(data, size, first);

    if (n) {
        check(codec(first, n, second) == n);
        check(!memcmp(first, second, n));
    }
}

static void
try_extensions(const uint8_t *data, size_t size)
{
    struct ipv6_hdr hdr;
    struct ipv6_upper upper;

    if (ipv6_decode(&hdr, data, size, SIZE_MAX)
        && ipv6_find_upper(&upper, &hdr, data, size)) {
        check(upper.offset >= IPV6_HLEN && upper.offset <= size);
        check(upper.offset <= IPV6_HLEN + (size_t) hdr.payload_length);
    }
}

static void
try_errors(const uint8_t *data, size_t size)
{
    const struct icmp_hdr icmp = { .type = ICMP_UNREACHABLE };
    const struct icmp6_hdr icmp6 = { .type = ICMP6_UNREACHABLE };
    struct ip_addr addr = { .family = IP_V6 };
    uint8_t error[ICMP_ERROR_MAX], error6[ICMP6_ERROR_MAX];
    struct ipv4_hdr hdr;
    struct ipv6_hdr hdr6;
    size_t n;

    if (ipv4_decode(&hdr, data, size, SIZE_MAX)) {
        icmp_may_report(&hdr, data + hdr.header_length,
                        size - hdr.header_length);
        n = icmp_error_encode(error, &icmp, data, size, hdr.total_length);
        check(n <= sizeof error && icmp_checksum_is_right(error, n));
    }
    if (ipv6_decode(&hdr6, data, size, SIZE_MAX)) {
        icmp6_may_report(&hdr6, data, size, ICMP6_UNREACHABLE, 0);
        n = icmp6_error_encode(error6, &icmp6, &addr, &addr, data, size,
                               IPV6_HLEN + (size_t) hdr6.payload_length);
        check(n <= sizeof error6
              && icmp6_checksum_is_right(error6, n, n, &addr, &addr));
    }
}

static void
try_text(const uint8_t *data, size_t size)
{
    char text[64], buf[IP_PREFIX_STRLEN], mac_buf[ETH_ADDR_STRLEN];
    struct ip_prefix prefix, prefix_again;
    struct ip_addr addr, addr_again;
    struct eth_addr mac, mac_again;

    if (size >= sizeof text) {
        return;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    if (ip_addr_parse(text, &addr)) {
        ip_addr_format(&addr, buf);
        check(ip_addr_parse(buf, &addr_again));
        check(ip_addr_equal(&addr, &addr_again));
    }
    if (ip_prefix_parse(text, &prefix)) {
        ip_prefix_format(&prefix, buf);
        check(ip_prefix_parse(buf, &prefix_again));
        check(ip_addr_equal(&prefix.addr, &prefix_again.addr)
              && prefix.length == prefix_again.length);
        check(ip_prefix_host(&prefix, 0, &addr));
        check(ip_prefix_contains(&prefix, &addr));
    }
    if (eth_addr_parse(text, &mac)) {
        eth_addr_format(mac, mac_buf);
        check(eth_addr_parse(mac_buf, &mac_again));
        check(eth_addr_equal(mac, mac_again));
    }
}

/* Two pieces, cut anywhere, have the checksum of the whole. */
static void
try_checksum(const uint8_t *data, size_t size)
{
    struct checksum sum = { 0, false };
    size_t cut = size ? data[0] % size : 0;

    checksum_add(&sum, data, cut);
    checksum_add(&sum, data + cut, size - cut);
    check(checksum_finish(&sum) == checksum_of(data, size));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static codec_fn *const codecs[] = {
        eth_codec,  arp_codec,           ipv4_codec,  ipv6_codec,
        icmp_codec, udp_codec,           icmp6_codec, tcp_codec,
        gre_codec,  nvgre_codec,         vlan_codec,  vxlan_codec,
        nd_codec,   ipv6_fragment_codec, stp_codec,   stp_frame_codec
    };

    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        try_codec(codecs[i], data, size);
    }
    try_extensions(data, size);
    try_errors(data, size);
    try_text(data, size);
    try_checksum(data, size);
    return 0;
}
