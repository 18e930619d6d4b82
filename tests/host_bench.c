#include "tests/host_bench.h"

#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/arp.h"
#include "tests/wire_vectors.h"

struct bench_tap {
    struct tap tap;
    struct sim *sim;
    GArray *frames; /* Of struct seen_frame. */
};

static const struct fate fate_wire = { FATE_CONSUMED, "wire",
                                       "left the bench" };

static void
wire_receive(struct node *node, struct port *in, struct packet *pkt)
{
    (void) in;
    node_end_packet(node, pkt, &fate_wire);
}

static void
wire_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops wire_ops = {
    .kind = "wire",
    .receive = wire_receive,
    .destroy = wire_destroy,
};

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    struct bench_tap *self = (struct bench_tap *) (void *) tap;
    struct seen_frame frame = {
        .when = sim_now(self->sim),
        .direction = direction,
        .tag = pkt->tag,
        .size = pkt->size,
    };

    (void) point;
    assert_true(pkt->size <= sizeof frame.data && pkt->stored >= ETH_HLEN);
    memcpy(frame.data, packet_data(pkt), pkt->stored);
    frame.type = get_be16(frame.data + 12);
    g_array_append_val(self->frames, frame);
}

static void
watch(struct host_bench *b, unsigned int place, struct tap_point *point)
{
    struct bench_tap *tap = g_new0(struct bench_tap, 1);

    tap->tap.frame = see_frame;
    tap->sim = b->sim;
    tap->frames = g_array_new(FALSE, FALSE, sizeof(struct seen_frame));
    b->taps[place] = tap;
    tap_add(point, &tap->tap);
}

static void
hear_note(struct note_listener *listener, const struct node *node,
          const struct packet *pkt, const char *table, const char *text)
{
    struct host_bench *b =
        (struct host_bench *) (void *) ((char *) listener
                                        - offsetof(struct host_bench, notes));

    (void) node;
    (void) pkt;
    g_string_append_printf(b->said, "%s: %s\n", table, text);
}

static struct policy_record
record_of(const struct host_bench *b, enum hnv_vm vm)
{
    struct policy_record record = hnv_record(vm, b->config.rule, IP_V4, IP_V4);

    record.use_vm_mac = b->config.use_vm_mac;
    return record;
}

/* Rewriting has PAs .10 to .13 for the VMs, so the hosts have others. */
static struct node *
new_host(struct host_bench *b, unsigned int host)
{
    static const char *const pas[2][2] = { { "192.168.1.10", "192.168.1.12" },
                                           { "192.168.1.1", "192.168.1.2" } };
    struct host_config config = {
        .name = host ? "hv2" : "hv1",
        .mac = mac_of(host ? "02000000000b" : "02000000000a"),
        .datapath = { .dont_fragment = true, .ttl = 128 },
    };

    if (b->config.has_flow_ids) {
        config.datapath.flow_id = FLOW_ID_INNER_5TUPLE;
    }
    if (!b->config.has_no_pa) {
        config.pa.addr = ip_of(pas[b->config.rule == POLICY_RULE_NAT][host]);
        config.pa.length = 24;
    }
    if (b->config.gateway) {
        config.gateway = ip_of(b->config.gateway);
    }
    return host_new(b->sim, &config);
}

static void
place_vm(struct host_bench *b, enum hnv_vm vm)
{
    struct policy_record record = record_of(b, vm);
    unsigned int host = b->config.is_one_host ? 0 : vm % 2;
    struct host_vm_config config = {
        .guest = { .name = record.vm,
                   .mac = record.mac,
                   .address = { record.ca, 24 },
                   .mtu = 1500,
                   .tenant = vm < RED_SQL ? 1 : 2 },
        .vsid = record.vsid,
        .vlan = record.vlan,
        .rule = record.rule,
        .pa = record.pa,
    };

    if (b->hosts[host]) {
        host_add_vm(b->hosts[host], &config);
        b->vms[vm] = host_vm_find(b->hosts[host], record.vm);
        watch(b, vm, host_vm_tap(b->vms[vm]));
    }
}

/* Every host knows everything, and shares the tables. */
static void
tell_policy(struct host_bench *b)
{
    for (unsigned int i = 0; i < N_HNV_VMS; i += 2) {
        struct policy_record first = record_of(b, i);
        struct policy_record second = record_of(b, i + 1);
        struct policy_table *table = policy_table_new(first.vsid);

        if (b->config.is_one_host && first.rule == POLICY_RULE_ENCAP) {
            second.pa = first.pa;
        }
        policy_table_add(table, &first);
        policy_table_add(table, &second);
        for (unsigned int host = 0; host < 2; host++) {
            if (b->hosts[host]) {
                policy_learn_table(host_policy(b->hosts[host]), table);
            }
        }
        policy_table_unref(table);
    }
}

static void
connect(struct host_bench *b, struct node *other)
{
    const struct link_config link = { .rate_bps = 10000000000,
                                      .delay = 1 * SIM_US,
                                      .buffer_bytes = 1000000 };
    struct port *port = &b->hosts[0]->ports[0];

    port_set_name(port, "hv1:eth0");
    port_set_name(&other->ports[0], "other:eth0");
    port_connect(port, &other->ports[0], &link);
    port->mtu = other->ports[0].mtu = b->config.mtu;
    watch(b, AT_HOST1, &port->tap);
    if (other == b->hosts[1]) {
        watch(b, AT_HOST2, &other->ports[0].tap);
    }
}

struct host_bench *
host_bench_new(const struct host_bench_config *config)
{
    struct host_bench *b = g_new0(struct host_bench, 1);

    b->config = *config;
    b->sim = sim_new(1);
    b->said = g_string_new("");
    b->notes.note = hear_note;
    sim_listen_to_notes(b->sim, &b->notes);
    b->hosts[0] = new_host(b, 0);
    if (config->is_alone) {
        b->wire = g_new(struct node, 1);
        node_init(b->wire, &wire_ops, b->sim, "wire", 1);
    } else {
        b->hosts[1] = new_host(b, 1);
    }
    connect(b, config->is_alone ? b->wire : b->hosts[1]);
    for (unsigned int vm = 0; vm < N_HNV_VMS; vm++) {
        place_vm(b, vm);
    }
    if (config->rule == POLICY_RULE_NAT || config->rule == POLICY_RULE_ENCAP) {
        tell_policy(b);
    }
    return b;
}

void
host_bench_free(struct host_bench *b)
{
    struct packet_sums sums;

    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    sim_free(b->sim);
    for (unsigned int i = 0; i < N_PLACES; i++) {
        if (b->taps[i]) {
            g_array_unref(b->taps[i]->frames);
            g_free(b->taps[i]);
        }
    }
    g_string_free(b->said, TRUE);
    g_free(b);
}

void
host_bench_send(struct host_bench *b, enum hnv_vm vm, const uint8_t *data,
                size_t size)
{
    struct guest *guest = host_vm_guest(b->vms[vm]);
    struct packet *pkt = node_new_packet(guest_node(guest), size, size);

    memcpy(packet_data(pkt), data, size);
    pkt->tag.tenant = vm < RED_SQL ? 1 : 2;
    vswitch_output(b->vms[vm], guest, pkt);
}

void
host_bench_send_golden(struct host_bench *b, enum hnv_vm vm, const char *name)
{
    const struct test_frame *frame = golden_frame(name);

    host_bench_send(b, vm, frame->data, frame->size);
}

void
host_bench_inject(struct host_bench *b, const uint8_t *data, size_t size)
{
    struct packet *pkt = node_new_packet(b->wire, size, size);

    memcpy(packet_data(pkt), data, size);
    port_send(&b->wire->ports[0], pkt);
}

void
host_bench_inject_golden(struct host_bench *b, const char *name)
{
    const struct test_frame *frame = golden_frame(name);

    host_bench_inject(b, frame->data, frame->size);
}

void
host_bench_run(struct host_bench *b, sim_time duration)
{
    sim_run(b->sim, sim_now(b->sim) + duration, UINT64_MAX);
}

size_t
host_bench_arp(uint8_t data[42], uint16_t op, const char *sha, const char *spa,
               const char *tpa, const char *dst)
{
    struct eth_hdr eth = { .dst = dst ? mac_of(dst) : ETH_ADDR_BROADCAST,
                           .src = mac_of(sha),
                           .type = ETH_TYPE_ARP };
    struct arp_hdr arp = {
        .op = op, .sha = eth.src, .spa = ip_of(spa), .tpa = ip_of(tpa)
    };

    eth_encode(&eth, data);
    arp_encode(&arp, data + ETH_HLEN);
    return ETH_HLEN + ARP_HLEN;
}

static const struct seen_frame *
find_frame(const struct host_bench *b, unsigned int place,
           enum tap_direction direction, uint16_t type, unsigned int index,
           unsigned int *n)
{
    const GArray *frames = b->taps[place]->frames;

    *n = 0;
    for (guint i = 0; i < frames->len; i++) {
        const struct seen_frame *frame =
            &g_array_index(frames, struct seen_frame, i);

        if (frame->direction == direction && (!type || frame->type == type)
            && (*n)++ == index) {
            return frame;
        }
    }
    return NULL;
}

unsigned int
host_bench_n_frames(const struct host_bench *b, unsigned int place,
                    enum tap_direction direction, uint16_t type)
{
    unsigned int n;

    find_frame(b, place, direction, type, UINT_MAX, &n);
    return n;
}

/* The frame stays where it is until another is seen at its place. */
const struct seen_frame *
host_bench_frame(const struct host_bench *b, unsigned int place,
                 enum tap_direction direction, uint16_t type,
                 unsigned int index)
{
    unsigned int n;
    const struct seen_frame *frame =
        find_frame(b, place, direction, type, index, &n);

    assert_non_null(frame);
    return frame;
}

void
assert_golden(const struct seen_frame *frame, const char *name)
{
    const struct test_frame *golden = golden_frame(name);

    assert_true(
        frame->size == golden->size
        || (golden->size < PORT_FRAME_MIN && frame->size == PORT_FRAME_MIN));
    assert_memory_equal(frame->data, golden->data, golden->size);
    for (size_t i = golden->size; i < frame->size; i++) {
        assert_int_equal(frame->data[i], 0);
    }
}

uint64_t
host_bench_fate(const struct host_bench *b, unsigned int host,
                enum host_fate fate)
{
    return node_fate_count(b->hosts[host], &host_fates[fate]);
}

uint64_t
host_bench_metric(const struct host_bench *b, unsigned int host,
                  const char *name)
{
    const struct metric *metric = b->hosts[host]->ops->metrics;

    while (metric->name && strcmp(metric->name, name) != 0) {
        metric++;
    }
    assert_non_null(metric->name);
    return metric->read(b->hosts[host]);
}

void
assert_said(const struct host_bench *b, const char *line)
{
    char *whole = g_strconcat(line, "\n", NULL);

    if (!strstr(b->said->str, whole)) {
        fail_msg("nobody said \"%s\", but:\n%s", line, b->said->str);
    }
    g_free(whole);
}

void
host_bench_set_pa(struct host_bench *b, unsigned int host, enum hnv_vm vm,
                  const char *pa)
{
    struct policy_record record = record_of(b, vm);

    record.pa = ip_of(pa);
    policy_set(host_policy(b->hosts[host]), &record);
}
