#include "models/wire/nvgre.h"

#include "models/wire/bytes.h"
#include "models/wire/eth.h"
#include "models/wire/gre.h"

static const char *const result_texts[] = {
#define X(NAME, TEXT) [NAME] = TEXT,
    NVGRE_RESULTS(X)
#undef X
};

/* Reads the header at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns NVGRE_OK, or, with '*hdr' untouched, the first reason for which it is
 * no NVGRE, in the order of the list. */
enum nvgre_result
nvgre_decode(struct nvgre_hdr *hdr, const uint8_t *data, size_t size)
{
    uint16_t flags;
    uint32_t vsid;

    if (size < NVGRE_HLEN) {
        return NVGRE_TOO_SHORT;
    }
    flags = get_be16(data);
    if (flags & GRE_VERSION_MASK) {
        return NVGRE_BAD_VERSION;
    }
    if (flags & GRE_RFC1701_BITS) {
        return NVGRE_BAD_FLAGS;
    }
    if (flags & GRE_C) {
        return NVGRE_HAS_CHECKSUM;
    }
    if (flags & GRE_S) {
        return NVGRE_HAS_SEQUENCE;
    }
    if (!(flags & GRE_K)) {
        return NVGRE_NO_KEY;
    }
    if (get_be16(data + 2) != ETH_TYPE_TEB) {
        return NVGRE_WRONG_PROTOCOL;
    }
    vsid = get_be24(data + 4);
    if (vsid < NVGRE_VSID_MIN || vsid > NVGRE_VSID_MAX) {
        return NVGRE_RESERVED_VSID;
    }
    hdr->vsid = vsid;
    hdr->flow_id = data[7];
    return NVGRE_OK;
}

void
nvgre_encode(const struct nvgre_hdr *hdr, uint8_t data[NVGRE_HLEN])
{
    put_be16(data, GRE_K);
    put_be16(data + 2, ETH_TYPE_TEB);
    put_be24(data + 4, hdr->vsid);
    data[7] = hdr->flow_id;
}

/* Returns what 'result' means, for people. */
const char *
nvgre_result_text(enum nvgre_result result)
{
    return result_texts[result];
}
