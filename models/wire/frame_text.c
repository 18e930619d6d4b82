#include "models/wire/frame_text.h"

#include <stdbool.h>
#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/eth.h"
#include "models/wire/frame.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "models/wire/nd.h"
#include "models/wire/stp.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"

#define FRAMES_MAX 4 /* In one another, shown. */

/* Text being made: always null-terminated, never more than 'cap' bytes. */
struct text {
    char *buf;
    size_t cap, length;
};

static void
put_str(struct text *text, const char *s)
{
    size_t n = strlen(s);

    if (n > text->cap - text->length - 1) {
        n = text->cap - text->length - 1;
    }
    memcpy(text->buf + text->length, s, n);
    text->length += n;
    text->buf[text->length] = '\0';
}

/* Puts 's', and 'value' in 'base', 10 or 16, behind it. */
static void
put_num(struct text *text, const char *s, uint64_t value, unsigned base)
{
    char digits[21];
    char *p = digits + sizeof digits - 1;

    *p = '\0';
    do {
        *--p = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    put_str(text, s);
    put_str(text, p);
}

static void
put_dec(struct text *text, const char *s, uint64_t value)
{
    put_num(text, s, value, 10);
}

static void
put_ip(struct text *text, const char *s, const struct ip_addr *addr)
{
    char buf[IP_ADDR_STRLEN];

    ip_addr_format(addr, buf);
    put_str(text, s);
    put_str(text, buf);
}

static void
put_mac(struct text *text, const char *s, struct eth_addr addr)
{
    char buf[ETH_ADDR_STRLEN];

    eth_addr_format(addr, buf);
    put_str(text, s);
    put_str(text, buf);
}

static void
put_arp(struct text *text, const struct frame_view *view)
{
    if (view->arp_op == ARP_REQUEST) {
        put_ip(text, "ARP who-has ", &view->dst);
        put_ip(text, " tell ", &view->src);
    } else if (view->arp_op == ARP_REPLY) {
        put_ip(text, "ARP ", &view->src);
        put_mac(text, " is-at ", view->arp_sha);
    } else {
        put_str(text, "ARP");
        if (!view->is_malformed) {
            put_dec(text, " op ", view->arp_op);
        }
    }
}

/* tcpdump's letters, an acknowledgment as a dot. */
static void
put_tcp_flags(struct text *text, uint8_t flags)
{
    static const struct {
        uint8_t flag;
        const char *letter;
    } letters[] = {
        { TCP_FIN, "F" }, { TCP_SYN, "S" }, { TCP_RST, "R" }, { TCP_PSH, "P" },
        { TCP_URG, "U" }, { TCP_ECE, "E" }, { TCP_CWR, "W" }, { TCP_ACK, "." },
    };

    put_str(text, " [");
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (flags & letters[i].flag) {
            put_str(text, letters[i].letter);
        }
    }
    put_str(text, "]");
}

static void
put_ports(struct text *text, const char *name, const struct frame_view *view)
{
    put_str(text, name);
    if (view->has_ports) {
        put_dec(text, " ", view->sport);
        put_dec(text, " > ", view->dport);
    }
}

/* 'size' bytes may be read at 'data'. */
static void
put_tcp(struct text *text, const struct frame_view *view, const uint8_t *data,
        size_t size)
{
    struct tcp_hdr hdr;

    put_ports(text, " TCP", view);
    if (view->has_ports && tcp_decode(&hdr, data, size)) {
        put_tcp_flags(text, hdr.flags);
        put_dec(text, " seq ", hdr.seq);
        if (hdr.flags & TCP_ACK) {
            put_dec(text, " ack ", hdr.ack);
        }
        put_dec(text, " len ", view->l4_size - hdr.header_length);
    }
}

static void
put_echo(struct text *text, const char *what, const uint8_t *data)
{
    struct icmp_hdr hdr = { 0 };

    icmp_decode(&hdr, data, ICMP_HLEN);
    put_str(text, what);
    put_dec(text, " id ", icmp_echo_id(hdr.rest));
    put_dec(text, " seq ", icmp_echo_seq(hdr.rest));
}

static void
put_type_and_code(struct text *text, const struct frame_view *view)
{
    put_dec(text, " type ", view->icmp_type);
    put_dec(text, " code ", view->icmp_code);
}

static void
put_icmp(struct text *text, const struct frame_view *view, const uint8_t *data)
{
    put_str(text, " ICMP");
    if (!view->has_icmp) {
        return;
    }
    switch (view->icmp_type) {
    case ICMP_ECHO_REQUEST: put_echo(text, " echo request", data); break;
    case ICMP_ECHO_REPLY: put_echo(text, " echo reply", data); break;
    case ICMP_UNREACHABLE:
        if (view->icmp_code == ICMP_UNREACHABLE_FRAG_NEEDED) {
            put_dec(text, " fragmentation needed mtu ", get_be16(data + 6));
        } else {
            put_dec(text, " unreachable code ", view->icmp_code);
        }
        break;
    case ICMP_TIME_EXCEEDED: put_str(text, " time exceeded"); break;
    default: put_type_and_code(text, view); break;
    }
}

/* 'size' bytes may be read at 'data'. */
static void
put_nd(struct text *text, const struct frame_view *view, const uint8_t *data,
       size_t size)
{
    struct nd_msg msg;

    if (!nd_decode(&msg, data, size)) {
        put_type_and_code(text, view);
    } else if (msg.type == ND_ROUTER_SOLICIT) {
        put_str(text, " router solicit");
    } else if (msg.type == ND_ROUTER_ADVERT) {
        put_str(text, " router advert");
    } else if (msg.type == ND_NEIGHBOR_SOLICIT) {
        put_ip(text, " neighbor solicit who-has ", &msg.target);
    } else {
        put_ip(text, " neighbor advert ", &msg.target);
    }
}

static void
put_icmp6(struct text *text, const struct frame_view *view,
          const uint8_t *data, size_t size)
{
    put_str(text, " ICMPv6");
    if (!view->has_icmp) {
        return;
    }
    switch (view->icmp_type) {
    case ICMP6_ECHO_REQUEST: put_echo(text, " echo request", data); break;
    case ICMP6_ECHO_REPLY: put_echo(text, " echo reply", data); break;
    case ICMP6_UNREACHABLE:
        put_dec(text, " unreachable code ", view->icmp_code);
        break;
    case ICMP6_TOO_BIG:
        put_dec(text, " packet too big mtu ", get_be32(data + 4));
        break;
    case ICMP6_TIME_EXCEEDED: put_str(text, " time exceeded"); break;
    default: put_nd(text, view, data, size); break;
    }
}

static void
put_gre(struct text *text, const struct frame_view *view)
{
    if (view->tunnel == FRAME_TUNNEL_NVGRE) {
        put_dec(text, " NVGRE vsid ", view->vsid);
        put_num(text, " flow 0x", view->flow_id, 16);
    } else {
        put_str(text, " GRE");
        if (view->nvgre != NVGRE_OK) {
            put_str(text, " (");
            put_str(text, nvgre_result_text(view->nvgre));
            put_str(text, ")");
        }
    }
}

/* 'stored' bytes of the frame may be read at 'data'. */
static void
put_l4(struct text *text, const struct frame_view *view, const uint8_t *data,
       size_t stored)
{
    size_t left = stored > view->l4_offset ? stored - view->l4_offset : 0;

    if (left > view->l4_size) {
        left = view->l4_size;
    }
    data += left ? view->l4_offset : 0;
    if (view->protocol == IP_PROTO_TCP) {
        put_tcp(text, view, data, left);
    } else if (view->tunnel == FRAME_TUNNEL_VXLAN) {
        put_dec(text, " VXLAN vni ", view->vsid);
    } else if (view->protocol == IP_PROTO_UDP) {
        put_ports(text, " UDP", view);
        put_dec(text, " len ",
                view->has_ports ? view->l4_size - UDP_HLEN : view->l4_size);
    } else if (view->protocol == IP_PROTO_GRE) {
        put_gre(text, view);
    } else if (view->protocol == IP_PROTO_ICMP) {
        put_icmp(text, view, data);
    } else if (view->protocol == IP_PROTO_ICMPV6) {
        put_icmp6(text, view, data, left);
    } else {
        put_dec(text, " protocol ", view->protocol);
        put_dec(text, " len ", view->l4_size);
    }
    if (view->is_fragment) {
        put_dec(text, " fragment at ", view->fragment_offset);
    }
}

/* An identifier of a bridge, as "8000.02:00:00:00:00:01". */
static void
put_bridge(struct text *text, const char *s, uint64_t id)
{
    put_num(text, s, id >> 48, 16);
    put_mac(text, ".", eth_addr_from_u64(id));
}

static void
put_bpdu_flags(struct text *text, uint8_t flags)
{
    static const struct {
        uint8_t flag;
        const char *name;
    } names[] = {
        { STP_PROPOSAL, "proposal" },  { STP_AGREEMENT, "agreement" },
        { STP_LEARNING, "learning" },  { STP_FORWARDING, "forwarding" },
        { STP_TC, "topology-change" }, { STP_TCA, "tc-ack" },
    };
    bool is_first = true;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (flags & names[i].flag) {
            put_str(text, is_first ? " [" : " ");
            put_str(text, names[i].name);
            is_first = false;
        }
    }
    put_str(text, is_first ? "" : "]");
}

/* The frame at 'data', of which 'stored' bytes may be read, has a BPDU. */
static void
put_bpdu(struct text *text, const uint8_t *data, size_t stored)
{
    static const char *const roles[] = { " unknown", " alternate", " root",
                                         " designated" };
    struct stp_bpdu bpdu = { .type = STP_TCN };

    stp_frame_decode(&bpdu, data, stored, SIZE_MAX);
    if (bpdu.type == STP_TCN) {
        put_str(text, "STP topology change notification");
        return;
    }
    put_str(text, bpdu.type == STP_RST ? "RSTP" : "STP");
    put_str(text, roles[bpdu.role]);
    put_num(text, " port ", bpdu.port_id, 16);
    put_bridge(text, " of ", bpdu.bridge_id);
    put_bridge(text, " root ", bpdu.root_id);
    put_dec(text, " cost ", bpdu.root_cost);
    put_bpdu_flags(text, bpdu.flags);
}

/* One frame, without those in it. */
static void
put_frame(struct text *text, const struct frame_view *view,
          const uint8_t *data, size_t stored)
{
    if (view->is_tagged) {
        put_dec(text, "vlan ", view->vlan.vid);
        put_str(text, " ");
    }
    if (view->type == ETH_TYPE_ARP) {
        put_arp(text, view);
    } else if (view->src.family != IP_NONE) {
        put_ip(text, "", &view->src);
        put_ip(text, " > ", &view->dst);
        put_l4(text, view, data, stored);
    } else if (view->has_bpdu) {
        put_bpdu(text, data, stored);
    } else {
        put_mac(text, "", view->eth_src);
        put_mac(text, " > ", view->eth_dst);
        if (view->type < ETH_TYPE_MIN) {
            put_dec(text, " 802.3 len ", view->type);
        } else {
            put_num(text, " type 0x", view->type, 16);
        }
    }
    if (view->is_malformed) {
        put_str(text, " (malformed)");
    }
}

/* Writes the frame of 'size' bytes, whose first 'stored' are at 'data', as text
 * into 'buf', which has room for 'cap' bytes.  Text that is too long is cut; it
 * ends in a null unless 'cap' is 0.  Returns the text's bytes, without the
 * null. */
size_t
frame_summary(char *buf, size_t cap, const uint8_t *data, size_t stored,
              size_t size)
{
    struct text text = { buf, cap, 0 };
    struct frame_view view;
    size_t whole = size;

    if (cap == 0) {
        return 0;
    }
    if (stored > size) {
        stored = size;
    }
    for (int n = 0; n < FRAMES_MAX; n++) {
        put_str(&text, n > 0 ? " | " : "");
        if (!frame_parse(&view, data, stored, size)) {
            put_str(&text, "Ethernet (malformed)");
            break;
        }
        put_frame(&text, &view, data, stored);
        if (view.tunnel == FRAME_TUNNEL_NONE) {
            break;
        }
        data += view.inner_offset;
        stored = stored > view.inner_offset ? stored - view.inner_offset : 0;
        size = view.inner_size;
        if (stored > size) {
            stored = size;
        }
    }
    put_dec(&text, ", ", whole);
    put_str(&text, " B");
    return text.length;
}
