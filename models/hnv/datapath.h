/* Datapaths: ways to carry a customer's frame over the provider's network.
 *
 * A datapath turns a customer frame into a provider frame (egress) and back
 * (ingress).  It knows bytes and no rules: whom a frame goes to, and whether
 * it may, is the policy's answer, handed in as records.  Each kind (flat,
 * vlan, rewrite, nvgre) is one file that fills in a 'struct datapath_ops' and
 * one row of datapath_kinds[]; the host calls through it and knows none of
 * them.
 *
 * Egress leaves the destination MAC zero where the frame goes to a provider
 * address: the host resolves the next hop and fills it in. */

#ifndef MODELS_HNV_DATAPATH_H
#define MODELS_HNV_DATAPATH_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/hnv/policy.h"
#include "models/wire/frame.h"
#include "sim/node.h"
#include "sim/packet.h"

/* How NVGRE sets the FlowID (RFC 7637 section 3.2). */
enum flow_id_mode {
    FLOW_ID_ZERO,         /* Always zero ("none" and "zero"). */
    FLOW_ID_INNER_5TUPLE, /* A hash over the inner flow. */
};

/* What a host's datapaths share and the scenario sets. */
struct datapath_config {
    enum flow_id_mode flow_id;
    bool dont_fragment; /* DF of the outer IPv4 header. */
    uint8_t ttl;        /* Of the outer header; 128 unless set. */
};

/* A host's instance of all kinds: configuration and what must be counted. */
struct datapath {
    struct datapath_config config;
    struct eth_addr nic_mac; /* Of the host's NIC. */
    uint16_t next_ip_id;     /* Of the next outer IPv4 header; starts at 1. */
};

/* What is known about a frame besides its bytes. */
struct datapath_frame {
    const struct policy_record *src; /* Of the sender. */
    const struct policy_record *dst; /* Of the receiver, null: not one VM. */
    struct ip_addr outer_src;        /* Ingress: of the provider frame. */
    struct ip_addr outer_dst;
    uint32_t vsid;   /* Ingress: virtual subnet it names. */
    uint16_t vlan;   /* Ingress: its VLAN, 0: untagged. */
    uint8_t flow_id; /* Ingress: NVGRE's FlowID, 0: none. */
};

struct datapath_ops {
    const char *kind;      /* As written in a scenario: "rewrite". */
    enum policy_rule rule; /* Which records ask for it. */
    const char *help;      /* One sentence for people. */

    /* Turns 'pkt', a customer frame from the VM of 'frame->src' to that of
     * 'frame->dst', into a provider frame.  'pkt' has no pad.  Returns null, or
     * why it cannot: the caller then drops 'pkt'. */
    const struct fate *(*egress)(struct datapath *,
                                 const struct datapath_frame *frame,
                                 struct packet *pkt);

    /* Turns 'pkt', a provider frame, into a customer frame.  Rewrite needs
     * 'frame->src' and 'frame->dst' set; the others fill in what they learn
     * from the bytes.  Rewrite and NVGRE take off the pad of the link, as they
     * know the packet's length.  Returns null, or why it cannot: the caller
     * then drops 'pkt'. */
    const struct fate *(*ingress)(struct datapath *,
                                  struct datapath_frame *frame,
                                  struct packet *pkt);

    /* Returns the bytes that egress adds to a frame for a provider address of
     * 'family' (4 or 6). */
    size_t (*overhead)(uint8_t family);
};

/* Why a datapath refuses a frame. */
#define DATAPATH_DROPS(X)                                                     \
    X(REWRITE_NOT_IP, "rewrite-not-ip", "only IP can be rewritten")           \
    X(REWRITE_GROUP, "rewrite-group",                                         \
      "a broadcast or multicast has no provider address to be rewritten to")  \
    X(REWRITE_FAMILY, "rewrite-family",                                       \
      "customer and provider address are of different families")              \
    X(REWRITE_MALFORMED, "rewrite-malformed",                                 \
      "the headers to rewrite are cut short or wrong")                        \
    X(NVGRE_FAMILY, "nvgre-family",                                           \
      "the two provider addresses are of different families")                 \
    X(NVGRE_MALFORMED, "nvgre-malformed",                                     \
      "the headers are cut short or wrong")                                   \
    X(NVGRE_FRAGMENT, "nvgre-fragment",                                       \
      "a fragment of an outer packet (RFC 7637 section 4.4)")                 \
    X(NVGRE_NO_KEY, "nvgre-no-key", "the GRE key is missing (RFC 7637 3.2)")  \
    X(NVGRE_CHECKSUM, "nvgre-checksum",                                       \
      "the GRE checksum bit is set (RFC 7637 section 3.2)")                   \
    X(NVGRE_SEQUENCE, "nvgre-sequence",                                       \
      "the GRE sequence bit is set (RFC 7637 section 3.2)")                   \
    X(NVGRE_PROTOCOL, "nvgre-protocol",                                       \
      "GRE of another version or protocol type")                              \
    X(NVGRE_RESERVED_VSID, "nvgre-reserved-vsid",                             \
      "a reserved virtual subnet ID (RFC 7637 section 3.4)")                  \
    X(NVGRE_INNER_TAG, "nvgre-inner-tag",                                     \
      "the inner frame has an 802.1Q tag (RFC 7637 section 3.3)")             \
    X(NVGRE_ECN, "nvgre-ecn",                                                 \
      "marked as congested, which its sender does not know (RFC 6040 4.2)")   \
    X(VLAN_UNTAGGED, "vlan-untagged", "a tag was expected and is missing")    \
    X(VLAN_TAGGED, "vlan-tagged", "the VM's frame has a tag already")         \
    X(VLAN_MALFORMED, "vlan-malformed", "the Ethernet header is cut short")
enum datapath_drop {
#define X(ID, NAME, HELP) DATAPATH_DROP_##ID,
    DATAPATH_DROPS(X)
#undef X
        DATAPATH_N_DROPS
};
extern const struct fate datapath_drops[DATAPATH_N_DROPS];

extern const struct datapath_ops datapath_flat, datapath_vlan,
    datapath_rewrite, datapath_nvgre;

/* All of them, up to a null pointer. */
extern const struct datapath_ops *const datapath_kinds[];

/* NVGRE's egress with a FlowID of the caller's choice. */
const struct fate *nvgre_encapsulate(struct datapath *,
                                     const struct datapath_frame *,
                                     struct packet *, uint8_t flow_id);

const struct datapath_ops *datapath_by_rule(enum policy_rule);
const struct datapath_ops *datapath_by_kind(const char *kind);

#endif /* models/hnv/datapath.h */
