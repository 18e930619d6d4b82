#include "traces/frame_filter.h"

#include <pcap/pcap.h>
#include <string.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "sim/packet.h"
#include "traces/capture_format.h"

#define DIGITS     "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

struct frame_filter {
    struct bpf_program program;
    GByteArray *scratch; /* A frame with its zeros; all beyond 'used' is 0. */
    uint32_t used;       /* Bytes of 'scratch' that may not be zero. */
};

GQuark
frame_filter_error_quark(void)
{
    return g_quark_from_static_string("frame-filter-error");
}

/* Words of pcap-filter(7), sorted by strcmp().  Protocols that Ethernet frames
 * cannot carry are left out, libpcap refuses them anyway. */
static const char *const words[] = {
    "aarp",     "address1", "address2",   "address3",  "address4",
    "ah",       "and",      "arp",        "atalk",     "broadcast",
    "carp",     "clnp",     "dst",        "esis",      "esp",
    "ether",    "gateway",  "geneve",     "greater",   "gre",
    "host",     "icmp",     "icmp6",      "icmp6code", "icmp6type",
    "icmpcode", "icmptype", "igmp",       "igrp",      "inbound",
    "ip",       "ip6",      "ipx",        "isis",      "iso",
    "lat",      "len",      "less",       "link",      "llc",
    "mask",     "moprc",    "mopdl",      "mpls",      "multicast",
    "net",      "netbeui",  "not",        "or",        "outbound",
    "pim",      "port",     "portrange",  "ppp",       "pppoed",
    "pppoes",   "proto",    "protochain", "rarp",      "sctp",
    "src",      "stp",      "tcp",        "tcpflags",  "udp",
    "vlan",     "vrrp",
};

/* Words that begin so name constants: "tcp-syn", "icmp-echo". */
static const char *const prefixes[] = { "tcp-", "icmp-", "icmp6-" };

static bool
is_word(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(word, words[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(word, prefixes[i])) {
            return true;
        }
    }
    return false;
}

/* Says whether 'word' is a run of 'digits', then 'separator', then another. */
static bool
is_pair(const char *word, char separator)
{
    size_t n = strspn(word, DIGITS);

    return n > 0 && word[n] == separator && word[n + 1]
           && strspn(word + n + 1, DIGITS) == strlen(word + n + 1);
}

/* Says whether 'word' is a number, or up to four with dots between. */
static bool
is_number(const char *word)
{
    unsigned int parts = 0;
    size_t n;

    if (g_str_has_prefix(word, "0x")) {
        return word[2] && strspn(word + 2, HEX_DIGITS) == strlen(word + 2);
    }
    do {
        n = strspn(word, DIGITS);
        word += n;
        parts++;
    } while (n > 0 && parts < 4 && *word == '.' && word++);
    return n > 0 && !*word;
}

/* Says whether libpcap would have to look up 'word', which follows 'before',
 * outside: what is no number, no address and no word of its own. */
static bool
is_name(const char *word, const char *before)
{
    struct eth_addr eth;
    struct ip_addr ip;

    return !is_word(word) && !is_number(word)
           && !is_pair(word, ':') /* "ether[12:2]". */
           && !(is_pair(word, '-') && !strcmp(before, "portrange"))
           && !ip_addr_parse(word, &ip) && !eth_addr_parse(word, &eth);
}

static bool
is_word_byte(char c)
{
    return g_ascii_isalnum(c) || strchr("_.:-", c) || (c & 0x80);
}

/* Words begin like numbers, names or "::1". */
static const char *
skip_to_word(const char *text)
{
    while (*text && (!is_word_byte(*text) || strchr("_.-", *text))) {
        text++;
    }
    return text;
}

/* Returns the first name in 'text' that libpcap would look up, null if there
 * is none; the caller frees it. */
static char *
find_name(const char *text)
{
    char *before = g_strdup("");

    while (*(text = skip_to_word(text))) {
        size_t n = 0;
        char *word;

        while (text[n] && is_word_byte(text[n])) {
            n++;
        }
        word = g_strndup(text, n);
        if (is_name(word, before)) {
            g_free(before);
            return word;
        }
        g_free(before);
        before = word;
        text += n;
    }
    g_free(before);
    return NULL;
}

static bool
compile(const char *text, struct bpf_program *program, GError **error)
{
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, CAPTURE_SNAPLEN_MAX);
    bool ok;

    g_assert(pcap);
    ok = !pcap_compile(pcap, program, text, 1, PCAP_NETMASK_UNKNOWN);
    if (!ok) {
        g_set_error(error, FRAME_FILTER_ERROR, 0, "%s", pcap_geterr(pcap));
    }
    pcap_close(pcap);
    return ok;
}

/* Compiles 'text', a filter in the language of pcap-filter(7); the empty text
 * matches every frame.  Returns null and sets the error, libpcap's words or
 * ours, without the filter in it, if it is none. */
struct frame_filter *
frame_filter_new(const char *text, GError **error)
{
    struct frame_filter *filter;
    struct bpf_program program;
    char *name;

    if (strlen(text) > FRAME_FILTER_TEXT_MAX) {
        g_set_error(error, FRAME_FILTER_ERROR, 0,
                    "the filter has %zu bytes, at most %d are allowed",
                    strlen(text), FRAME_FILTER_TEXT_MAX);
        return NULL;
    }
    name = find_name(text);
    if (name) {
        g_set_error(error, FRAME_FILTER_ERROR, 0,
                    "'%s' is no word of the filter language; hosts, ports and "
                    "protocols are written as numbers",
                    name);
        g_free(name);
        return NULL;
    }
    if (!compile(text, &program, error)) {
        return NULL;
    }
    filter = g_new0(struct frame_filter, 1);
    filter->program = program;
    filter->scratch = g_byte_array_new();
    return filter;
}

/* Frees 'filter', which may be null. */
void
frame_filter_free(struct frame_filter *filter)
{
    if (filter) {
        pcap_freecode(&filter->program);
        g_byte_array_unref(filter->scratch);
        g_free(filter);
    }
}

/* Returns all bytes of 'pkt', with the zeros that it does not store. */
static const uint8_t *
whole_frame(struct frame_filter *filter, const struct packet *pkt)
{
    GByteArray *scratch = filter->scratch;
    guint had = scratch->len;

    if (pkt->stored == pkt->size) {
        return packet_data(pkt);
    }
    if (had < pkt->size) {
        g_byte_array_set_size(scratch, pkt->size);
        memset(scratch->data + had, 0, pkt->size - had);
    }
    if (filter->used > pkt->stored) {
        memset(scratch->data + pkt->stored, 0, filter->used - pkt->stored);
    }
    memcpy(scratch->data, packet_data(pkt), pkt->stored);
    filter->used = pkt->stored;
    return scratch->data;
}

/* Says whether 'pkt', a frame, passes 'filter'. */
bool
frame_filter_matches(struct frame_filter *filter, const struct packet *pkt)
{
    struct pcap_pkthdr header = { .caplen = pkt->size, .len = pkt->size };

    return pcap_offline_filter(&filter->program, &header,
                               whole_frame(filter, pkt))
           != 0;
}
