/* The readers of a scenario's sections: each takes its part of the tree and
 * adds to the scenario, reporting what is wrong.  scenario.c calls them in an
 * order in which each finds the names it needs.  Tables of keys stand beside
 * the readers that use them. */

#ifndef SCENARIOS_READ_H
#define SCENARIOS_READ_H 1

#include "scenarios/key_reader.h"
#include "scenarios/scenario.h"

struct segments;

/* Tables of keys; the three lists end with a row without name. */
extern const struct key_table scenario_table, run_table, topology_table,
    switch_table, router_key_table, host_table, server_table, ecn_table,
    provider_table, datapath_table, tenant_table, subnet_table, vm_table,
    policy_table_keys, capture_table, metrics_table, pairs_table,
    workload_tables[], event_tables[], expect_tables[];
extern const struct key_table cable_table, bundle_table;
const struct key_table *generator_table_at(size_t index);

/* Sections. */
void read_run(struct scenario *, const struct key_reader *root);
void read_topology(struct scenario *, const struct key_reader *root);
void read_provider(struct scenario *, const struct key_reader *root);
void read_datapath(struct scenario *, const struct key_reader *root);
void read_tenants(struct scenario *, const struct key_reader *root);
void read_policy(struct scenario *, const struct key_reader *root);
void read_workloads(struct scenario *, const struct key_reader *root);
void read_events(struct scenario *, const struct key_reader *root);
void read_captures(struct scenario *, const struct key_reader *root);
void read_metrics(struct scenario *, const struct key_reader *root);
void read_expects(struct scenario *, const struct key_reader *root);

/* Checks over all sections, once each was read without an error. */
void check_topology(struct scenario *);
void check_provider(struct scenario *, struct segments *);
void check_addresses(struct scenario *);
void check_traffic(struct scenario *);
void check_events(struct scenario *);
void check_vlans(struct scenario *);
void check_expected_metric(struct scenario *, const struct scenario_expect *);
void check_collected(struct scenario *);
void check_notes(struct scenario *);

/* Parts of checks. */
void check_machine(struct scenario *, const struct ip_prefix *subnet,
                   const struct ip_addr *, struct loc, const char *whose);
void check_mac(struct scenario *, struct eth_addr, struct loc,
               const char *whose);

/* Hash tables whose keys are struct ip_prefix. */
guint scenario_prefix_hash(gconstpointer);
gboolean scenario_prefix_equal(gconstpointer, gconstpointer);

/* Shared by readers. */
extern const char *const use_words[], *const later_uses[];
bool read_distribution(struct key_reader *, const char *key, enum dim,
                       struct distribution *);
bool read_spread(struct key_reader *, const char *key, enum dim,
                 struct distribution *range);
const struct datapath_ops *read_use(const struct key_reader *,
                                    const struct datapath_ops *otherwise);
uint32_t add_flow_index(struct scenario *, const char *id);
bool claim_flow_id(struct scenario *, const char *id, struct loc);
struct scenario_flow *add_probe(struct scenario *,
                                const struct scenario_end *from,
                                const struct scenario_end *to, sim_time start,
                                struct loc);
void refuse_unknown(struct scenario *, enum diag_code, struct loc,
                    const char *what, const char *name, GHashTable *names);

bool read_moment(struct scenario *, const char *text, struct loc,
                 sim_time *when);

/* Names to things; what is not there is reported and gives null or false. */
struct scenario_vm *find_vm(struct scenario *, const char *path, struct loc);
struct scenario_node *find_host(struct scenario *, const char *name,
                                struct loc);
struct scenario_node *find_switch(struct scenario *, const char *name,
                                  struct loc);
struct scenario_node *find_switch_or_router(struct scenario *,
                                            const char *name, struct loc);
struct scenario_node *find_host_or_server(struct scenario *, const char *name,
                                          struct loc);
struct scenario_link *find_link(struct scenario *, const char *name,
                                struct loc);
char *scenario_link_name(const struct scenario_link *);
struct scenario_port *find_port(struct scenario *, const char *path,
                                struct loc);
bool find_places(struct scenario *, const struct key_reader *, const char *key,
                 GArray *places);
bool find_vms(struct scenario *, const char *glob, struct loc, GPtrArray *vms);
bool find_tenants(struct scenario *, const char *glob, struct loc,
                  GPtrArray *tenants);
bool find_hosts(struct scenario *, const char *glob, struct loc,
                GPtrArray *hosts);

#endif /* scenarios/read.h */
