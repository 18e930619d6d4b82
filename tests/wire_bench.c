#include "tests/wire_bench.h"

#include <stdlib.h>
#include <string.h>

#include "models/wire/frame_text.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "tests/cmocka_all.h"

struct ip_addr
addr(const char *text)
{
    struct ip_addr a;

    assert_true(ip_addr_parse(text, &a));
    return a;
}

void
make_eth(struct bench *b, uint16_t type)
{
    struct eth_hdr eth = { .dst = eth_addr_from_u64(0x00155d010a01),
                           .src = eth_addr_from_u64(0x00155d011401),
                           .type = type };

    memset(b, 0, sizeof *b);
    eth_encode(&eth, b->data);
    b->size = ETH_HLEN;
}

void
make_ipv4(struct bench *b, uint8_t protocol, uint16_t fragment_offset,
          bool more_fragments, const char *hex)
{
    struct ipv4_hdr ip = { .dscp = 46,
                           .ecn = 1,
                           .ttl = 64,
                           .protocol = protocol,
                           .fragment_offset = fragment_offset,
                           .more_fragments = more_fragments,
                           .src = addr("10.1.1.2"),
                           .dst = addr("10.1.1.1") };
    size_t n;

    make_eth(b, ETH_TYPE_IPV4);
    n = from_hex(hex, b->data + ETH_HLEN + IPV4_HLEN, 200);
    ip.total_length = (uint16_t) (IPV4_HLEN + n);
    ipv4_encode(&ip, b->data + ETH_HLEN);
    b->size += IPV4_HLEN + n;
}

void
make_ipv6(struct bench *b, uint8_t next_header, const char *hex)
{
    struct ipv6_hdr ip = { .dscp = 46,
                           .ecn = 1,
                           .next_header = next_header,
                           .hop_limit = 255,
                           .src = addr("2001:db8::2"),
                           .dst = addr("2001:db8::1") };
    size_t n;

    make_eth(b, ETH_TYPE_IPV6);
    n = from_hex(hex, b->data + ETH_HLEN + IPV6_HLEN, 180);
    ip.payload_length = (uint16_t) n;
    ipv6_encode(&ip, b->data + ETH_HLEN);
    b->size += IPV6_HLEN + n;
}

void
assert_text(const uint8_t *data, size_t stored, size_t size,
            const char *expected)
{
    uint8_t *copy = heap_copy(data, stored);
    char buf[FRAME_TEXT_MAX];
    size_t n = frame_summary(buf, sizeof buf, copy, stored, size);

    assert_string_equal(buf, expected);
    assert_int_equal(n, strlen(expected));
    free(copy);
}

void
assert_bench_text(const struct bench *b, const char *expected)
{
    assert_text(b->data, b->size, b->size, expected);
}
