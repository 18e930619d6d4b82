#include "sim/packet.h"

#include <glib.h>
#include <string.h>

#include "sim/arena.h"

#define REFILL_BYTES (32 * 1024) /* Taken from the arena at a time. */

/* Free packets of one size. */
struct packet_class {
    struct packet *free;
    size_t bytes; /* Of a packet, header and 'buf'. */
};

struct packet_pool {
    struct packet_class small, large;
    uint64_t alive;      /* Packets given out. */
    struct arena *arena; /* All memory. */
};

G_STATIC_ASSERT(PACKET_SMALL % ARENA_ALIGN == 0);
G_STATIC_ASSERT(PACKET_LARGE % ARENA_ALIGN == 0);
G_STATIC_ASSERT((offsetof(struct packet, buf) + PACKET_HEADROOM) % ARENA_ALIGN
                == 0);
G_STATIC_ASSERT(sizeof(struct packet) + PACKET_HEADROOM + PACKET_STORED_MAX
                <= PACKET_LARGE);

struct packet_pool *
packet_pool_new(void)
{
    struct packet_pool *pool = g_new0(struct packet_pool, 1);

    pool->small.bytes = PACKET_SMALL;
    pool->large.bytes = PACKET_LARGE;
    pool->arena = arena_new();
    return pool;
}

/* Frees 'pool' and every packet that came from it. */
void
packet_pool_free(struct packet_pool *pool)
{
    arena_free(pool->arena);
    g_free(pool);
}

/* Returns the number of packets that were given out and not given back. */
uint64_t
packet_pool_alive(const struct packet_pool *pool)
{
    return pool->alive;
}

static void
class_refill(struct packet_pool *pool, struct packet_class *class)
{
    uint8_t *chunk = arena_take(pool->arena, REFILL_BYTES);

    for (size_t i = 0; i + class->bytes <= REFILL_BYTES; i += class->bytes) {
        struct packet *pkt = (struct packet *) (void *) (chunk + i);

        pkt->capacity = (uint16_t) (class->bytes - sizeof *pkt);
        pkt->next = class->free;
        class->free = pkt;
    }
}

static struct packet *
take(struct packet_pool *pool, struct packet_class *class)
{
    struct packet *pkt;

    if (!class->free) {
        class_refill(pool, class);
    }
    pkt = class->free;
    class->free = pkt->next;
    pkt->next = NULL;
    pool->alive++;
    return pkt;
}

static inline struct packet_class *
class_of(struct packet_pool *pool, const struct packet *pkt)
{
    return pkt->capacity == PACKET_SMALL - sizeof *pkt ? &pool->small
                                                       : &pool->large;
}

/* Returns a packet of 'size' bytes of which the first 'stored', at most
 * PACKET_STORED_MAX and 'size', are held and not yet set; the rest are zeros.
 * There are PACKET_HEADROOM bytes in front, and the tag is all zeros. */
struct packet *
packet_alloc(struct packet_pool *pool, size_t stored, size_t size)
{
    struct packet_class *class =
        sizeof(struct packet) + PACKET_HEADROOM + stored <= PACKET_SMALL
            ? &pool->small
            : &pool->large;
    struct packet *pkt;

    g_assert(stored <= size && stored <= PACKET_STORED_MAX
             && size <= UINT32_MAX);
    pkt = take(pool, class);
    pkt->tag = (struct packet_tag){ 0 };
    pkt->size = (uint32_t) size;
    pkt->stored = (uint16_t) stored;
    pkt->head = PACKET_HEADROOM;
    return pkt;
}

/* Returns a copy of 'pkt' with the same tag and room in front, in no
 * queue. */
struct packet *
packet_copy(struct packet_pool *pool, const struct packet *pkt)
{
    struct packet *copy = take(pool, class_of(pool, pkt));

    copy->tag = pkt->tag;
    copy->size = pkt->size;
    copy->stored = pkt->stored;
    copy->head = pkt->head;
    memcpy(packet_data(copy), packet_data(pkt), pkt->stored);
    return copy;
}

/* Gives 'pkt', which may be null, back to 'pool', where it came from. */
void
packet_free(struct packet_pool *pool, struct packet *pkt)
{
    struct packet_class *class;

    if (pkt) {
        class = class_of(pool, pkt);
        pkt->next = class->free;
        class->free = pkt;
        pool->alive--;
    }
}

/* Adds 'pkt' to 'bytes': what is known beside its bytes, and those it holds. */
void
packet_encode(const struct packet *pkt, GByteArray *bytes)
{
    g_byte_array_append(bytes, (const guint8 *) pkt, sizeof *pkt);
    g_byte_array_append(bytes, packet_data(pkt), pkt->stored);
}

/* Returns the packet that was encoded at 'data[*at]', in no queue, and moves
 * '*at' behind it. */
struct packet *
packet_decode(struct packet_pool *pool, const uint8_t *data, size_t *at)
{
    struct packet known, *pkt;

    memcpy(&known, data + *at, sizeof known);
    pkt = take(pool, class_of(pool, &known));
    pkt->tag = known.tag;
    pkt->size = known.size;
    pkt->stored = known.stored;
    pkt->head = known.head;
    memcpy(packet_data(pkt), data + *at + sizeof known, known.stored);
    *at += sizeof known + known.stored;
    return pkt;
}

/* Makes the first 'n' bytes of 'pkt', or all if it has fewer, held bytes that
 * can be read and written.  There must be room: 'n' is at most a header. */
void
packet_store(struct packet *pkt, size_t n)
{
    n = MIN(n, pkt->size);
    if (n > pkt->stored) {
        g_assert(pkt->head + n <= pkt->capacity);
        memset(packet_data(pkt) + pkt->stored, 0, n - pkt->stored);
        pkt->stored = (uint16_t) n;
    }
}

void
packet_queue_push(struct packet_queue *queue, struct packet *pkt)
{
    pkt->next = NULL;
    if (queue->last) {
        queue->last->next = pkt;
    } else {
        queue->first = pkt;
    }
    queue->last = pkt;
    queue->n_packets++;
}

struct packet *
packet_queue_pop(struct packet_queue *queue)
{
    struct packet *pkt = queue->first;

    if (pkt) {
        queue->first = pkt->next;
        if (!queue->first) {
            queue->last = NULL;
        }
        queue->n_packets--;
        pkt->next = NULL;
    }
    return pkt;
}
