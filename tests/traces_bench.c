#include "tests/traces_bench.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"

const struct fate bench_delivered = { FATE_DELIVERED, "delivered",
                                      "a workload got it" };
const struct fate bench_consumed = { FATE_CONSUMED, "arp", "an ARP message" };
const struct fate bench_dropped = { FATE_DROPPED, "policy-mismatch",
                                    "the source does not match policy" };

static const char *
name_of_flow(void *aux, uint32_t flow)
{
    (void) aux;
    return flow == 1 ? "blue-q" : NULL;
}

static const char *
name_of_tenant(void *aux, uint32_t tenant)
{
    (void) aux;
    return tenant == 1 ? "blue" : tenant == 2 ? "red" : NULL;
}

const struct tag_names bench_names = { name_of_flow, name_of_tenant, NULL };

static void
bench_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct bench_node *self = (struct bench_node *) node;

    (void) in;
    if (self->note) {
        node_note(node, pkt, "policy", "%s", self->note);
    }
    if (self->nic) {
        tap_frame(self->nic, TAP_IN, pkt);
    }
    node_end_packet(node, pkt, self->fate);
}

static void
bench_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops bench_ops = {
    .kind = "bench",
    .receive = bench_receive,
    .destroy = bench_destroy,
};

static struct bench_node *
make_node(struct bench *b, const char *name, const char *port)
{
    struct bench_node *self = g_new0(struct bench_node, 1);

    self->bench = b;
    self->fate = &bench_delivered;
    node_init(&self->node, &bench_ops, b->sim, name, 1);
    port_set_name(&self->node.ports[0], port);
    return self;
}

int
bench_setup(void **state)
{
    struct bench *b = g_new0(struct bench, 1);
    static const struct link_config link = { .rate_bps = 10000000000,
                                             .delay = SIM_US,
                                             .buffer_bytes = 1000000 };

    b->root = g_dir_make_tmp("paca-traces-XXXXXX", NULL);
    assert_non_null(b->root);
    b->path = g_build_filename(b->root, "run", NULL);
    b->dir = outdir_open(b->path, false, NULL);
    assert_non_null(b->dir);
    b->sim = sim_new(1);
    b->hv1 = make_node(b, "hv1", "hv1:eth0");
    b->hv2 = make_node(b, "hv2", "hv2:eth0");
    b->web =
        (struct tap_point){ .node = &b->hv2->node, .name = "blue/web:eth0" };
    port_connect(&b->hv1->node.ports[0], &b->hv2->node.ports[0], &link);
    *state = b;
    return 0;
}

static void
remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK)
                    ? NULL
                    : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL) {
        char *file = g_build_filename(path, name, NULL);

        remove_tree(file);
        g_free(file);
    }
    if (dir) {
        g_dir_close(dir);
    }
    g_remove(path);
}

int
bench_teardown(void **state)
{
    struct bench *b = *state;

    sim_free(b->sim);
    while (b->frames) {
        struct bench_frame *next = b->frames->next;

        g_free(b->frames);
        b->frames = next;
    }
    outdir_free(b->dir);
    remove_tree(b->root);
    g_free(b->path);
    g_free(b->root);
    g_free(b);
    return 0;
}

/* A UDP datagram of zeros from 10.1.1.2:49152 to 10.1.1.1:1433, or back if hv1
 * sends it; its checksum is right. */
struct packet *
bench_packet(struct bench_node *from, uint32_t size)
{
    struct packet *pkt = node_new_packet(&from->node, BENCH_HEADERS, size);
    bool back = from == from->bench->hv1;
    uint8_t *data = packet_data(pkt);
    uint16_t l3 = (uint16_t) (size - ETH_HLEN);
    struct ip_addr web = ip_addr_from_v4(0x0a010102);
    struct ip_addr sql = ip_addr_from_v4(0x0a010101);
    struct eth_hdr eth = {
        .dst = { { 2, 0, 0, 0, 0, back ? 2 : 1 } },
        .src = { { 2, 0, 0, 0, 0, back ? 1 : 2 } },
        .type = ETH_TYPE_IPV4,
    };
    struct ipv4_hdr ip = {
        .ttl = 64,
        .protocol = IP_PROTO_UDP,
        .total_length = l3,
        .src = back ? sql : web,
        .dst = back ? web : sql,
    };
    struct udp_hdr udp = {
        .sport = back ? 1433 : 49152,
        .dport = back ? 49152 : 1433,
        .length = (uint16_t) (l3 - IPV4_HLEN),
    };
    struct checksum sum = { 0, false };

    eth_encode(&eth, data);
    ipv4_encode(&ip, data + ETH_HLEN);
    udp_encode(&udp, data + ETH_HLEN + IPV4_HLEN);
    checksum_add_pseudo(&sum, &ip.src, &ip.dst, IP_PROTO_UDP, udp.length);
    checksum_add(&sum, data + ETH_HLEN + IPV4_HLEN, UDP_HLEN);
    udp.checksum = checksum_udp_on_wire(checksum_finish(&sum));
    udp_encode(&udp, data + ETH_HLEN + IPV4_HLEN);
    return pkt;
}

static void
send_now(struct event *event)
{
    struct bench_frame *frame = (struct bench_frame *) event;
    struct packet *pkt = bench_packet(frame->from, frame->size);
    uint64_t number = pkt->tag.packet;

    pkt->tag = frame->tag;
    pkt->tag.packet = number;
    port_send(&frame->from->node.ports[0], pkt);
}

void
bench_send(struct bench *b, struct bench_node *from, sim_time when,
           uint32_t size, struct packet_tag tag)
{
    struct bench_frame *frame = g_new0(struct bench_frame, 1);

    frame->from = from;
    frame->size = size;
    frame->tag = tag;
    frame->next = b->frames;
    b->frames = frame;
    event_init(&frame->event, send_now, node_next_rank(&from->node));
    event_schedule_at(b->sim, &frame->event, when);
}

void
bench_run(struct bench *b, sim_time end)
{
    assert_true(sim_run(b->sim, end, UINT64_MAX));
}

struct tap_point *
bench_tap(struct bench_node *self)
{
    return &self->node.ports[0].tap;
}

char *
bench_path(const struct bench *b, const char *name)
{
    return g_build_filename(b->path, name, NULL);
}

/* 'size' may be null. */
char *
bench_read(const struct bench *b, const char *name, gsize *size)
{
    char *path = bench_path(b, name);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, size, NULL)) {
        fail_msg("cannot read %s", path);
    }
    g_free(path);
    return text;
}

bool
bench_exists(const struct bench *b, const char *name)
{
    char *path = bench_path(b, name);
    bool exists = g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return exists;
}

void
bench_make(const struct bench *b, const char *name, const char *text)
{
    char *path = bench_path(b, name);
    char *folder = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(folder, 0777), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_free(folder);
    g_free(path);
}

void
assert_file(const struct bench *b, const char *name, const char *text)
{
    char *contents = bench_read(b, name, NULL);

    assert_string_equal(contents, text);
    g_free(contents);
}

void
bench_commit(struct bench *b)
{
    GError *error = NULL;

    if (!outdir_commit(b->dir, &error)) {
        fail_msg("%s", error->message);
    }
}

bool
has_tshark(void)
{
    char *path = g_find_program_in_path("tshark");
    bool has = path != NULL;

    g_free(path);
    if (!has) {
        print_message("tshark is missing: captures are NOT judged by it\n");
    }
    return has;
}

/* What tshark prints about 'file' of the run directory; the caller's. */
char *
tshark(const struct bench *b, const char *file, const char *arguments)
{
    char *path = bench_path(b, file);
    char *command = g_strdup_printf("tshark -n -r '%s' %s", path, arguments);
    char *out = NULL;
    char *said = NULL; /* Warnings, e.g. about root. */
    GError *error = NULL;
    gint status;

    if (!g_spawn_command_line_sync(command, &out, &said, &status, &error)
        || status) {
        fail_msg("%s: %s%s", command, error ? error->message : "",
                 said ? said : "");
    }
    g_free(said);
    g_free(command);
    g_free(path);
    return out;
}

void
assert_tshark(const struct bench *b, const char *file, const char *arguments,
              const char *expected)
{
    char *out = tshark(b, file, arguments);

    assert_string_equal(out, expected);
    g_free(out);
}

void
assert_error(GError *error, const char *part)
{
    assert_non_null(error);
    if (!strstr(error->message, part)) {
        fail_msg("'%s' is not in '%s'", part, error->message);
    }
    g_error_free(error);
}
