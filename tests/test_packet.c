/* Packets, queues of packets, and the pool they come from. */

#include <string.h>

#include "sim/packet.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

static int
setup(void **state)
{
    *state = packet_pool_new();
    return 0;
}

static int
teardown(void **state)
{
    packet_pool_free(*state);
    return 0;
}

/* Returns a packet whose first 'stored' bytes are 1, 2, 3, ... */
static struct packet *
counting_packet(struct packet_pool *pool, size_t stored, size_t size)
{
    struct packet *pkt = packet_alloc(pool, stored, size);

    for (size_t i = 0; i < stored; i++) {
        packet_data(pkt)[i] = (uint8_t) (i + 1);
    }
    return pkt;
}

static void
packet_begins_with_headroom_and_an_empty_tag(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt = packet_alloc(pool, 10, 1000);

    memset(&pkt->tag, 0xff, sizeof pkt->tag); /* Of a former life. */
    packet_free(pool, pkt);
    pkt = packet_alloc(pool, 10, 1000);
    assert_int_equal(pkt->size, 1000);
    assert_int_equal(pkt->stored, 10);
    assert_int_equal(pkt->tag.packet, 0);
    assert_int_equal(pkt->tag.flow, 0);
    assert_int_equal(pkt->tag.tenant, 0);
    assert_int_equal(pkt->tag.vsid, 0);
    assert_false(pkt->tag.reply);
    assert_null(pkt->tag.step);
    assert_null(pkt->next);
    assert_ptr_equal(packet_push(pkt, PACKET_HEADROOM), pkt->buf);
    assert_int_equal(pkt->size, 1000 + PACKET_HEADROOM);
    packet_free(pool, pkt);
}

static void
pushed_header_stands_in_front_and_is_pulled_off_again(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt = counting_packet(pool, 4, 100);
    uint8_t *header = packet_push(pkt, 3);

    memcpy(header, "abc", 3);
    assert_int_equal(pkt->size, 103);
    assert_int_equal(pkt->stored, 7);
    assert_memory_equal(packet_data(pkt), "abc\1\2\3\4", 7);
    assert_ptr_equal(packet_pull(pkt, 3), header);
    assert_memory_equal(header, "abc", 3);
    assert_int_equal(pkt->size, 100);
    assert_int_equal(pkt->stored, 4);
    assert_memory_equal(packet_data(pkt), "\1\2\3\4", 4);
    packet_free(pool, pkt);
}

static void
trim_cuts_zeros_first_and_then_what_is_held(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt = counting_packet(pool, 20, 100);

    packet_trim(pkt, 200);
    assert_int_equal(pkt->size, 100);
    packet_trim(pkt, 50);
    assert_int_equal(pkt->size, 50);
    assert_int_equal(pkt->stored, 20);
    packet_trim(pkt, 8);
    assert_int_equal(pkt->size, 8);
    assert_int_equal(pkt->stored, 8);
    packet_free(pool, pkt);
}

static void
pad_adds_zeros_that_are_not_held(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt = counting_packet(pool, 20, 20);

    packet_pad(pkt, 60);
    assert_int_equal(pkt->size, 60);
    assert_int_equal(pkt->stored, 20);
    packet_pad(pkt, 30);
    assert_int_equal(pkt->size, 60);
    packet_free(pool, pkt);
}

static void
stored_tail_reads_as_zeros(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt = counting_packet(pool, 60, 60);

    packet_trim(pkt, 2); /* Leaves old bytes behind the end. */
    packet_pad(pkt, 30);
    packet_store(pkt, 1);
    assert_int_equal(pkt->stored, 2);
    packet_store(pkt, 5);
    assert_int_equal(pkt->stored, 5);
    assert_memory_equal(packet_data(pkt), "\1\2\0\0\0", 5);
    packet_store(pkt, 1000); /* All there is. */
    assert_int_equal(pkt->stored, 30);
    for (size_t i = 2; i < 30; i++) {
        assert_int_equal(packet_data(pkt)[i], 0);
    }
    packet_free(pool, pkt);
}

static void
assert_is_copy(struct packet_pool *pool, const struct packet *pkt)
{
    struct packet *copy = packet_copy(pool, pkt);

    assert_int_equal(copy->size, pkt->size);
    assert_int_equal(copy->stored, pkt->stored);
    assert_int_equal(copy->capacity, pkt->capacity);
    assert_memory_equal(&copy->tag, &pkt->tag, sizeof pkt->tag);
    assert_memory_equal(packet_data(copy), packet_data(pkt), pkt->stored);
    assert_null(copy->next);
    packet_data(copy)[0]++;
    assert_int_not_equal(packet_data(copy)[0], packet_data(pkt)[0]);
    packet_free(pool, copy);
}

static void
copy_has_equal_bytes_and_tag_of_its_own(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt = counting_packet(pool, 60, 1500);

    pkt->tag = (struct packet_tag){
        .packet = 7,
        .flow = 3,
        .tenant = 2,
        .vsid = 5001,
        .reply = true,
    };
    pkt->next = pkt; /* As if it were in a queue. */
    assert_is_copy(pool, pkt);
    memset(packet_push(pkt, PACKET_HEADROOM), 9, PACKET_HEADROOM);
    assert_is_copy(pool, pkt);
    packet_pull(pkt, PACKET_HEADROOM + 10);
    assert_is_copy(pool, pkt);
    packet_free(pool, pkt);
}

/* A full packet with all its headers is more than PACKET_STORED_MAX. */
static void
full_packet_with_headers_can_be_copied(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *pkt =
        counting_packet(pool, PACKET_STORED_MAX, PACKET_STORED_MAX);

    memset(packet_push(pkt, PACKET_HEADROOM), 9, PACKET_HEADROOM);
    assert_is_copy(pool, pkt);
    packet_free(pool, pkt);
}

/* The sanitizers see to it that every byte may be written. */
static void
packets_hold_all_sizes(void **state)
{
    struct packet_pool *pool = *state;

    for (size_t stored = 0; stored <= PACKET_STORED_MAX; stored++) {
        struct packet *pkt = packet_alloc(pool, stored, stored);

        memset(packet_data(pkt), 0xaa, stored);
        assert_true(pkt->head + stored <= pkt->capacity);
        packet_free(pool, pkt);
    }
}

/* A packet that fits into the usual size costs no more than that, as 122 stored
 * bytes behind the headroom do. */
static void
usual_packets_are_small(void **state)
{
    struct packet_pool *pool = *state;
    struct packet *usual = packet_alloc(pool, 122, 9000);
    struct packet *large = packet_alloc(pool, 123, 9000);

    assert_true(sizeof *usual + usual->capacity <= PACKET_SMALL);
    assert_true(large->capacity >= PACKET_HEADROOM + PACKET_STORED_MAX);
    packet_free(pool, usual);
    packet_free(pool, large);
}

static void
pool_gives_out_again_what_it_got_back(void **state)
{
    static const size_t stored[] = { 100, 1000 };
    struct packet_pool *pool = *state;

    for (size_t i = 0; i < 2; i++) {
        struct packet *a = packet_alloc(pool, stored[i], 1000);
        struct packet *b = packet_alloc(pool, stored[i], 1000);

        assert_ptr_not_equal(a, b);
        packet_free(pool, a);
        assert_ptr_equal(packet_alloc(pool, stored[i], 1000), a);
        packet_free(pool, a);
        packet_free(pool, b);
    }
}

static void
pool_counts_packets_alive(void **state)
{
    enum { N = 5000 }; /* More than one chunk. */
    struct packet_pool *pool = *state;
    struct packet *pkts[N];

    assert_int_equal(packet_pool_alive(pool), 0);
    for (size_t i = 0; i < N; i++) {
        pkts[i] = packet_alloc(pool, i % 100 ? 100 : 1000, 1000);
    }
    assert_int_equal(packet_pool_alive(pool), N);
    for (size_t i = 0; i < N; i += 2) {
        packet_free(pool, pkts[i]);
    }
    packet_free(pool, NULL);
    assert_int_equal(packet_pool_alive(pool), N / 2);
}

static void
queue_gives_packets_in_the_order_they_came(void **state)
{
    struct packet_pool *pool = *state;
    struct packet_queue queue = { 0 };
    struct packet *a = packet_alloc(pool, 0, 60);
    struct packet *b = packet_alloc(pool, 0, 60);

    assert_null(packet_queue_pop(&queue));
    for (int i = 0; i < 2; i++) {
        packet_queue_push(&queue, a);
        packet_queue_push(&queue, b);
        assert_int_equal(queue.n_packets, 2);
        assert_ptr_equal(packet_queue_pop(&queue), a);
        assert_null(a->next);
        assert_ptr_equal(packet_queue_pop(&queue), b);
        assert_int_equal(queue.n_packets, 0);
    }
    packet_free(pool, a);
    packet_free(pool, b);
}

static void
push_beyond_headroom(void *pool)
{
    packet_push(packet_alloc(pool, 0, 0), PACKET_HEADROOM + 1);
}

static void
pull_more_than_is_held(void *pool)
{
    packet_pull(packet_alloc(pool, 4, 100), 5);
}

static void
hold_more_than_all(void *pool)
{
    packet_alloc(pool, 5, 4);
}

static void
hold_too_much(void *pool)
{
    packet_alloc(pool, PACKET_STORED_MAX + 1, PACKET_STORED_MAX + 1);
}

static void
store_without_room(void *pool)
{
    packet_store(packet_alloc(pool, 0, 1000), 1000);
}

static void
what_does_not_fit_is_a_bug(void **state)
{
    assert_true(plain_aborts(push_beyond_headroom, *state));
    assert_true(plain_aborts(pull_more_than_is_held, *state));
    assert_true(plain_aborts(hold_more_than_all, *state));
    assert_true(plain_aborts(hold_too_much, *state));
    assert_true(plain_aborts(store_without_room, *state));
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(packet_begins_with_headroom_and_an_empty_tag),
        TEST(pushed_header_stands_in_front_and_is_pulled_off_again),
        TEST(trim_cuts_zeros_first_and_then_what_is_held),
        TEST(pad_adds_zeros_that_are_not_held),
        TEST(stored_tail_reads_as_zeros),
        TEST(copy_has_equal_bytes_and_tag_of_its_own),
        TEST(full_packet_with_headers_can_be_copied),
        TEST(packets_hold_all_sizes),
        TEST(usual_packets_are_small),
        TEST(pool_gives_out_again_what_it_got_back),
        TEST(pool_counts_packets_alive),
        TEST(queue_gives_packets_in_the_order_they_came),
        TEST(what_does_not_fit_is_a_bug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
