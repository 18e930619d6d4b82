/* What the tests of models/wire share: the golden frames, captures of other
 * stacks, and checks that every codec must pass.
 *
 * The files are in tests/vectors: hnv_golden.txt has a frame on each line (name,
 * length, bytes in hexadecimal, a note), ovs/ has captures.  Whatever cannot be
 * read fails the test. */

#ifndef TESTS_WIRE_VECTORS_H
#define TESTS_WIRE_VECTORS_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 256

struct test_frame {
    char name[40]; /* "07-nvgre-blue". */
    size_t size;
    uint8_t data[FRAME_MAX];
};

/* Golden frames, by place in the file and by the start of the name. */
size_t n_golden_frames(void);
const struct test_frame *golden_frame_at(size_t i);
const struct test_frame *golden_frame(const char *start_of_name);

/* Calls 'each' with every frame of a capture of tests/vectors/ovs.  Returns how
 * many there were. */
typedef void capture_fn(const uint8_t *data, size_t size, void *aux);
int each_captured(const char *name, capture_fn *, void *aux);

/* Bytes on the heap, exactly 'size', so that reading beyond them is seen. */
uint8_t *heap_copy(const uint8_t *data, size_t size);
size_t from_hex(const char *hex, uint8_t *data, size_t cap);

/* Fails unless 'decode' takes the 'size' bytes at 'data', and refuses each cut
 * of them without touching the 'hdr_size' bytes of the structure. */
typedef bool decode_fn(void *hdr, const uint8_t *data, size_t size);
void assert_only_whole_decodes(decode_fn *, size_t hdr_size,
                               const uint8_t *data, size_t size);

/* Fails unless 'decode' refuses the bytes, and leaves the structure alone. */
void assert_refused(decode_fn *, size_t hdr_size, const uint8_t *data,
                    size_t size);

/* Numbers that look random and are always the same. */
uint64_t test_random(void);

#endif /* tests/wire_vectors.h */
