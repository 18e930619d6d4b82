#include "models/wire/ip_addr.h"

#include <arpa/inet.h>

/* Writes 'addr' as text into 'buf', "none" if it is no address. */
void
ip_addr_format(const struct ip_addr *addr, char buf[IP_ADDR_STRLEN])
{
    if (addr->family == IP_NONE) {
        memcpy(buf, "none", sizeof "none");
        return;
    }
    inet_ntop(addr->family == IP_V4 ? AF_INET : AF_INET6, addr->octets, buf,
              IP_ADDR_STRLEN);
}

/* Reads "10.1.1.2" or "2001:db8::1" into '*addr'.  Returns false, with '*addr'
 * untouched, if 'text' is anything else. */
bool
ip_addr_parse(const char *text, struct ip_addr *addr)
{
    uint8_t octets[IP_V6_OCTETS];

    if (inet_pton(AF_INET, text, octets) == 1) {
        *addr = ip_addr_from_octets(IP_V4, octets);
        return true;
    }
    if (inet_pton(AF_INET6, text, octets) == 1) {
        *addr = ip_addr_from_octets(IP_V6, octets);
        return true;
    }
    return false;
}

/* Writes 'prefix' as text into 'buf', bits behind its length too. */
void
ip_prefix_format(const struct ip_prefix *prefix, char buf[IP_PREFIX_STRLEN])
{
    uint8_t length = prefix->length;
    char *p;

    ip_addr_format(&prefix->addr, buf);
    p = buf + strlen(buf);
    *p++ = '/';
    if (length >= 100) {
        *p++ = (char) ('0' + length / 100);
    }
    if (length >= 10) {
        *p++ = (char) ('0' + length / 10 % 10);
    }
    *p++ = (char) ('0' + length % 10);
    *p = '\0';
}

/* Reads a decimal number of at most 'max' (<= 999) that is all of 'text', or
 * returns -1. */
static int
parse_length(const char *text, int max)
{
    int length = 0;
    size_t n = strspn(text, "0123456789");

    if (n == 0 || n > 3 || text[n] || (n > 1 && text[0] == '0')) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        length = length * 10 + (text[i] - '0');
    }
    return length <= max ? length : -1;
}

/* Reads "10.0.0.0/8" into '*prefix', bits behind the length too.  Returns
 * false, with '*prefix' untouched, if 'text' is anything else. */
bool
ip_prefix_parse(const char *text, struct ip_prefix *prefix)
{
    const char *slash = strchr(text, '/');
    char buf[IP_ADDR_STRLEN];
    struct ip_addr addr;
    int length;

    if (!slash || (size_t) (slash - text) >= sizeof buf) {
        return false;
    }
    memcpy(buf, text, (size_t) (slash - text));
    buf[slash - text] = '\0';
    if (!ip_addr_parse(buf, &addr)) {
        return false;
    }
    length = parse_length(slash + 1, 8 * (int) ip_addr_octets(addr.family));
    if (length < 0) {
        return false;
    }
    prefix->addr = addr;
    prefix->length = (uint8_t) length;
    return true;
}

/* IPv4 224.0.0.0/4, IPv6 ff00::/8. */
bool
ip_addr_is_multicast(const struct ip_addr *addr)
{
    return (addr->family == IP_V4 && addr->octets[0] >> 4 == 0xe)
           || (addr->family == IP_V6 && addr->octets[0] == 0xff);
}

/* The limited broadcast, 255.255.255.255: a subnet's own is known only to who
 * knows its prefix. */
bool
ip_addr_is_broadcast(const struct ip_addr *addr)
{
    return addr->family == IP_V4 && ip_addr_to_v4(addr) == UINT32_MAX;
}

/* IPv4 127.0.0.0/8, IPv6 ::1. */
bool
ip_addr_is_loopback(const struct ip_addr *addr)
{
    return (addr->family == IP_V4 && addr->octets[0] == 127)
           || (addr->family == IP_V6 && get_be64(addr->octets) == 0
               && get_be64(addr->octets + 8) == 1);
}

/* IPv4 169.254.0.0/16 (RFC 3927), IPv6 fe80::/10 (RFC 4291). */
bool
ip_addr_is_link_local(const struct ip_addr *addr)
{
    uint16_t start = get_be16(addr->octets);

    return (addr->family == IP_V4 && start == 0xa9fe)
           || (addr->family == IP_V6 && (start & 0xffc0) == 0xfe80);
}

/* Returns the bits of octet 'i' that a prefix of 'length' bits covers. */
static uint8_t
mask_octet(uint8_t length, size_t i)
{
    size_t start = 8 * i;
    size_t n = length > start ? length - start : 0;

    return (uint8_t) (0xff00u >> (n < 8 ? n : 8));
}

/* True if 'addr' is of the prefix's family and in it.  "No address" is in no
 * prefix. */
bool
ip_prefix_contains(const struct ip_prefix *prefix, const struct ip_addr *addr)
{
    size_t whole = prefix->length / 8;
    const uint8_t *a = prefix->addr.octets, *b = addr->octets;

    return addr->family == prefix->addr.family && addr->family != IP_NONE
           && !memcmp(a, b, whole)
           && (prefix->length % 8 == 0
               || !((a[whole] ^ b[whole])
                    & mask_octet(prefix->length, whole)));
}

/* Returns 'prefix' with the bits behind its length cleared. */
struct ip_prefix
ip_prefix_network(const struct ip_prefix *prefix)
{
    struct ip_prefix network = *prefix;

    for (size_t i = 0; i < IP_V6_OCTETS; i++) {
        network.addr.octets[i] &= mask_octet(prefix->length, i);
    }
    return network;
}

/* Returns 255.255.255.0 for a /24, and so on; IPv6 likewise. */
struct ip_addr
ip_prefix_netmask(const struct ip_prefix *prefix)
{
    struct ip_addr mask = { .family = prefix->addr.family };

    for (size_t i = 0; i < IP_V6_OCTETS; i++) {
        mask.octets[i] = mask_octet(prefix->length, i);
    }
    return mask;
}

/* Returns the subnet's broadcast address, RFC 922; "no address" if it has
 * none: IPv6, and /31 (RFC 3021) and /32 of IPv4. */
struct ip_addr
ip_prefix_broadcast(const struct ip_prefix *prefix)
{
    struct ip_addr none = { .family = IP_NONE };

    if (prefix->addr.family != IP_V4 || prefix->length > 30) {
        return none;
    }
    return ip_addr_from_v4(ip_addr_to_v4(&prefix->addr)
                           | UINT32_MAX >> prefix->length);
}

/* Returns how many addresses of 'prefix' a host may have: all of the last two
 * lengths (/31, /32; /127, /128); else not the first one, which is the network
 * or the routers' anycast address (RFC 4291 section 2.6.1), nor IPv4's
 * broadcast.  UINT64_MAX stands for that and more. */
uint64_t
ip_prefix_n_hosts(const struct ip_prefix *prefix)
{
    size_t all = 8 * ip_addr_octets(prefix->addr.family);
    size_t bits = all - prefix->length;

    if (all == 0) {
        return 0;
    }
    if (bits < 2) {
        return bits + 1;
    }
    if (bits >= 64) {
        return UINT64_MAX;
    }
    return (UINT64_C(1) << bits) - (prefix->addr.family == IP_V4 ? 2 : 1);
}

/* Stores into '*host' the address of host 'n' of 'prefix': 0 is the first, .1 of
 * a /24.  Returns false, with '*host' untouched, if there are not so many. */
bool
ip_prefix_host(const struct ip_prefix *prefix, uint64_t n,
               struct ip_addr *host)
{
    uint64_t n_hosts = ip_prefix_n_hosts(prefix);
    struct ip_addr addr = ip_prefix_network(prefix).addr;

    if (n >= n_hosts) {
        return false;
    }
    n += n_hosts > 2 || prefix->length < 31; /* /30 has two hosts as well. */
    if (addr.family == IP_V4) {
        addr = ip_addr_from_v4(ip_addr_to_v4(&addr) + (uint32_t) n);
    } else {
        put_be64(addr.octets + 8, get_be64(addr.octets + 8) + n);
    }
    *host = addr;
    return true;
}

/* Returns less than, equal to or greater than 0. */
int
ip_addr_compare(const struct ip_addr *a, const struct ip_addr *b)
{
    return memcmp(a, b, sizeof *a);
}
