#include "scenarios/read.h"

static const char *const family_words[] = { "ipv4", NULL };
static const char *const later_families[] = { "ipv6", "dual", NULL };
static const char *const fabric_words[] = { "l2", "l3", NULL };
static const char *const routes_words[] = { "auto", "static", NULL };
static const char *const later_loops[] = { "trill", NULL };

/* In the order of enum loop_rule, but for the first. */
static const char *const loop_words[] = { "rstp", "block", "allow", NULL };

/* In the order of enum ecmp_hash. */
static const char *const ecmp_words[] = {
#define X(ID, NAME) NAME,
    ECMP_HASHES(X)
#undef X
        NULL
};

static const struct key_spec provider_keys[] = {
    { "family", KEY_WORD, .words = family_words, .later_words = later_families,
      .fallback = "ipv4", .help = "of the provider addresses" },
    { "fabric", KEY_WORD, .words = fabric_words, .fallback = "l2",
      .help = "what topology.generate joins hosts by: switches or routers" },
    { "pool", KEY_PREFIX,
      .help = "where provider addresses come from that are 'auto'" },
    { "l2_loop", KEY_WORD, .words = loop_words, .later_words = later_loops,
      .help = "what becomes of a loop of switches; absent: an error" },
    { "vlan", KEY_INT, .later = true, .help = "outer tag of all PAs" },
    { "routes", KEY_WORD, .words = routes_words, .fallback = "auto",
      .help = "routers compute routes, or have their static_routes only" },
    { "convergence", KEY_TIME, .fallback = "50ms",
      .help = "after a link has changed, routes, and the tree of 'l2_loop: "
              "block', "
              "are computed so much later" },
    { "ecmp", KEY_WORD, .words = ecmp_words, .fallback = "outer-5tuple",
      .help = "what routers hash to choose among equal ways" },
    { .name = NULL },
};
const struct key_table provider_table = {
    "provider",
    "The provider's physical network.",
    provider_keys,
    NULL,
};

/* Reads 'provider'. */
void
read_provider(struct scenario *s, const struct key_reader *root)
{
    struct scenario_provider *p = &s->provider;
    struct key_reader r;

    key_object(root, "provider", &r);
    if (key_is_given(&r, "pool") && key_is_ok(&r, "pool")) {
        p->pool = key_prefix(&r, "pool");
        if (p->pool.addr.family != 4) {
            key_report(&r, "pool", E091,
                       "an IPv6 provider network is not supported yet");
        }
    }
    p->is_routed = key_word_index(&r, "fabric") == 1;
    p->has_static_routes = key_word_index(&r, "routes") == 1;
    p->convergence = key_time(&r, "convergence");
    p->ecmp = (enum ecmp_hash) key_word_index(&r, "ecmp");
    if (key_is_given(&r, "l2_loop") && key_is_ok(&r, "l2_loop")) {
        p->l2_loop =
            (enum loop_rule)(LOOP_RSTP + key_word_index(&r, "l2_loop"));
    }
    key_reader_clear(&r);
}
