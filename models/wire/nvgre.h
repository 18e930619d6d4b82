/* NVGRE header, RFC 7637 section 3.2: GRE whose key is VSID and FlowID.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |0| |1|0|   Reserved0     | Ver |   Protocol type = 0x6558      |
 *     |               Virtual subnet ID (VSID)        |    FlowID     |
 *     |   The tenant's Ethernet frame, no 802.1Q tag, no FCS ...      |
 *
 * C and S must be 0, K must be 1.  VSIDs 0 to 0xfff are reserved and 0xffffff is
 * the vendor's own (section 3.3): a tenant's frame never comes with one.
 *
 * What is no NVGRE is dropped, and every drop has its reason: so nvgre_decode()
 * says why.  That the frame inside has no tag (section 3.3 again) is for who
 * looks at that frame. */

#ifndef MODELS_WIRE_NVGRE_H
#define MODELS_WIRE_NVGRE_H 1

#include <stddef.h>
#include <stdint.h>

#define NVGRE_HLEN     8
#define NVGRE_VSID_MIN 0x001000 /* Of what may be given to a tenant. */
#define NVGRE_VSID_MAX 0xfffffe

/* Results of nvgre_decode(): X(name, what it means). */
#define NVGRE_RESULTS(X)                                                      \
    X(NVGRE_OK, "ok")                                                         \
    X(NVGRE_TOO_SHORT, "header cut short")                                    \
    X(NVGRE_BAD_VERSION, "version is not 0")                                  \
    X(NVGRE_BAD_FLAGS, "flags of RFC 1701 set")                               \
    X(NVGRE_HAS_CHECKSUM, "checksum present")                                 \
    X(NVGRE_HAS_SEQUENCE, "sequence number present")                          \
    X(NVGRE_NO_KEY, "no key")                                                 \
    X(NVGRE_WRONG_PROTOCOL, "protocol is not 0x6558")                         \
    X(NVGRE_RESERVED_VSID, "reserved VSID")

enum nvgre_result {
#define X(NAME, TEXT) NAME,
    NVGRE_RESULTS(X)
#undef X
};

struct nvgre_hdr {
    uint32_t vsid;   /* NVGRE_VSID_MIN to NVGRE_VSID_MAX. */
    uint8_t flow_id; /* 0: none. */
};

enum nvgre_result nvgre_decode(struct nvgre_hdr *, const uint8_t *data,
                               size_t size);
void nvgre_encode(const struct nvgre_hdr *, uint8_t data[NVGRE_HLEN]);
const char *nvgre_result_text(enum nvgre_result);

#endif /* models/wire/nvgre.h */
