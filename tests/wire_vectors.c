#include "tests/wire_vectors.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cmocka_all.h"

#define GOLDEN_MAX  64
#define HDR_MAX     512
#define UNTOUCHED   0xa5
#define HEX_COLUMNS (2 * FRAME_MAX)

static struct test_frame golden[GOLDEN_MAX];
static size_t n_golden;

static FILE *
vector_open(const char *name)
{
    const char *srcdir = getenv("srcdir");
    char path[1024];
    FILE *file;

    snprintf(path, sizeof path, "%s/tests/vectors/%s", srcdir ? srcdir : ".",
             name);
    file = fopen(path, "rb");
    if (!file) {
        fail_msg("%s cannot be opened", path);
    }
    return file;
}

size_t
from_hex(const char *hex, uint8_t *data, size_t cap)
{
    size_t n = strlen(hex) / 2;

    assert_true(strlen(hex) % 2 == 0 && n <= cap);
    for (size_t i = 0; i < n; i++) {
        unsigned octet;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &octet), 1);
        data[i] = (uint8_t) octet;
    }
    return n;
}

static void
golden_load(void)
{
    char line[1024], hex[HEX_COLUMNS + 1];
    FILE *file;

    if (n_golden) {
        return;
    }
    file = vector_open("hnv_golden.txt");
    while (fgets(line, sizeof line, file)) {
        struct test_frame *frame = &golden[n_golden];
        size_t size;

        if (sscanf(line, "%39[^\t]\t%zu\t%512[0-9a-f]", frame->name, &size,
                   hex)
            != 3) {
            continue;
        }
        assert_true(n_golden < GOLDEN_MAX);
        frame->size = from_hex(hex, frame->data, sizeof frame->data);
        assert_int_equal(frame->size, size);
        n_golden++;
    }
    fclose(file);
    assert_int_equal(n_golden, 36);
}

size_t
n_golden_frames(void)
{
    golden_load();
    return n_golden;
}

const struct test_frame *
golden_frame_at(size_t i)
{
    golden_load();
    assert_true(i < n_golden);
    return &golden[i];
}

const struct test_frame *
golden_frame(const char *start_of_name)
{
    golden_load();
    for (size_t i = 0; i < n_golden; i++) {
        if (!strncmp(golden[i].name, start_of_name, strlen(start_of_name))) {
            return &golden[i];
        }
    }
    fail_msg("no golden frame %s", start_of_name);
    return NULL;
}

int
each_captured(const char *name, capture_fn *each, void *aux)
{
    char path[128], error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *hdr;
    const u_char *data;
    pcap_t *pcap;
    int n = 0, rc;

    snprintf(path, sizeof path, "ovs/%s", name);
    pcap = pcap_fopen_offline(vector_open(path), error);
    if (!pcap) {
        fail_msg("%s: %s", name, error);
    }
    while ((rc = pcap_next_ex(pcap, &hdr, &data)) == 1) {
        uint8_t *copy = heap_copy(data, hdr->caplen);

        each(copy, hdr->caplen, aux);
        free(copy);
        n++;
    }
    assert_int_equal(rc, PCAP_ERROR_BREAK); /* The end. */
    pcap_close(pcap);
    return n;
}

uint8_t *
heap_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size);

    assert_true(copy || !size);
    if (size) {
        memcpy(copy, data, size);
    }
    return copy;
}

void
assert_refused(decode_fn *decode, size_t hdr_size, const uint8_t *data,
               size_t size)
{
    uint8_t hdr[HDR_MAX], untouched[HDR_MAX];
    uint8_t *copy = heap_copy(data, size);

    assert_true(hdr_size <= HDR_MAX);
    memset(hdr, UNTOUCHED, sizeof hdr);
    memset(untouched, UNTOUCHED, sizeof untouched);
    assert_false(decode(hdr, copy, size));
    assert_memory_equal(hdr, untouched, HDR_MAX);
    free(copy);
}

void
assert_only_whole_decodes(decode_fn *decode, size_t hdr_size,
                          const uint8_t *data, size_t size)
{
    uint64_t hdr[HDR_MAX / 8];
    uint8_t *copy = heap_copy(data, size);

    assert_true(decode(hdr, copy, size));
    free(copy);
    for (size_t cut = 0; cut < size; cut++) {
        assert_refused(decode, hdr_size, data, cut);
    }
}

/* SplitMix64. */
uint64_t
test_random(void)
{
    static uint64_t state;
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}
