#include "models/hnv/policy.h"

#include <glib.h>
#include <string.h>

#define SLOTS_MIN 8

/* The tables here are open-addressed with linear probing and at least half
 * empty, so a probe sequence is short and always ends.  A slot of an index
 * holds 1 + the number of a record, 0 if it is empty. */

enum index_key { BY_CA, BY_MAC, BY_PA, N_INDEXES };

struct policy_table {
    struct policy_record *records; /* In the order in which they came. */
    uint32_t n_records, n_allocated;
    uint32_t *slots[N_INDEXES];
    uint32_t n_slots; /* Of each index, a power of 2. */
    uint32_t vsid;
    uint32_t n_refs;
};

struct policy {
    struct policy_table **tables; /* By VSID. */
    uint32_t n_slots;             /* A power of 2. */
    uint32_t n_tables;
    size_t n_records;
    uint64_t version;
};

/* Fibonacci hashing (Knuth, TAOCP volume 3, section 6.4). */
static inline uint32_t
hash_number(uint64_t n)
{
    return (uint32_t) (n * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* Index of one table. */

static inline uint32_t
record_hash(const struct policy_record *record, enum index_key key)
{
    switch (key) {
    case BY_CA: return (uint32_t) ip_addr_hash(&record->ca);
    case BY_MAC: return hash_number(eth_addr_to_u64(record->mac));
    case BY_PA: return (uint32_t) ip_addr_hash(&record->pa);
    case N_INDEXES: break;
    }
    g_assert_not_reached();
}

static inline bool
record_equal(const struct policy_record *a, const struct policy_record *b,
             enum index_key key)
{
    switch (key) {
    case BY_CA: return ip_addr_equal(&a->ca, &b->ca);
    case BY_MAC: return eth_addr_equal(a->mac, b->mac);
    case BY_PA: return ip_addr_equal(&a->pa, &b->pa);
    case N_INDEXES: break;
    }
    g_assert_not_reached();
}

/* Returns the slot of the index 'key' whose record has the same key as '*like',
 * or the empty one where it would go. */
static inline uint32_t *
find_slot(const struct policy_table *table, enum index_key key,
          const struct policy_record *like)
{
    uint32_t *slots = table->slots[key];
    uint32_t mask = table->n_slots - 1;
    uint32_t at = record_hash(like, key) & mask;

    while (slots[at]
           && !record_equal(&table->records[slots[at] - 1], like, key)) {
        at = (at + 1) & mask;
    }
    return &slots[at];
}

static inline const struct policy_record *
find(const struct policy_table *table, enum index_key key,
     const struct policy_record *like)
{
    uint32_t number = *find_slot(table, key, like);

    return number ? &table->records[number - 1] : NULL;
}

/* Puts record 'number' into the index 'key', unless one before it has the same
 * key: the first one is found. */
static void
index_add(struct policy_table *table, enum index_key key, uint32_t number)
{
    uint32_t *slot = find_slot(table, key, &table->records[number]);

    if (!*slot) {
        *slot = number + 1;
    }
}

static void
index_record(struct policy_table *table, uint32_t number)
{
    index_add(table, BY_CA, number);
    index_add(table, BY_MAC, number);
    if (table->records[number].pa.family != IP_NONE) {
        index_add(table, BY_PA, number);
    }
}

/* Makes the indexes anew, with room for as many records as are allocated. */
static void
reindex(struct policy_table *table)
{
    uint32_t n_slots = SLOTS_MIN;

    while (n_slots < 2 * table->n_allocated) {
        n_slots *= 2;
    }
    table->n_slots = n_slots;
    for (int key = 0; key < N_INDEXES; key++) {
        g_free(table->slots[key]);
        table->slots[key] = g_new0(uint32_t, n_slots);
    }
    for (uint32_t i = 0; i < table->n_records; i++) {
        index_record(table, i);
    }
}

/* One table. */

/* Returns an empty table for the virtual subnet 'vsid', with one reference, the
 * caller's. */
struct policy_table *
policy_table_new(uint32_t vsid)
{
    struct policy_table *table = g_new0(struct policy_table, 1);

    table->vsid = vsid;
    table->n_refs = 1;
    reindex(table);
    return table;
}

/* Returns 'table' with one reference more, for another holder. */
struct policy_table *
policy_table_ref(struct policy_table *table)
{
    table->n_refs++;
    return table;
}

/* Gives up one reference; the last one frees 'table', which may be null. */
void
policy_table_unref(struct policy_table *table)
{
    if (!table || --table->n_refs) {
        return;
    }
    for (int key = 0; key < N_INDEXES; key++) {
        g_free(table->slots[key]);
    }
    g_free(table->records);
    g_free(table);
}

static struct policy_table *
table_copy(const struct policy_table *from)
{
    struct policy_table *table = g_new0(struct policy_table, 1);

    table->vsid = from->vsid;
    table->n_refs = 1;
    table->n_records = table->n_allocated = from->n_records;
    table->records =
        g_memdup2(from->records, from->n_records * sizeof *from->records);
    reindex(table);
    return table;
}

static void
append(struct policy_table *table, const struct policy_record *record)
{
    uint32_t number = table->n_records++;

    if (number == table->n_allocated) {
        table->n_allocated = MAX(4, 2 * table->n_allocated);
        table->records =
            g_renew(struct policy_record, table->records, table->n_allocated);
        table->records[number] = *record;
        reindex(table);
    } else {
        table->records[number] = *record;
        index_record(table, number);
    }
}

/* Adds '*record', of the table's virtual subnet, to 'table', which nobody else
 * may hold.  It takes the place of the one with the same customer address, if
 * there is one; if MAC or provider address differ, that costs a pass over the
 * table.  Records that were looked up before are no longer valid. */
void
policy_table_add(struct policy_table *table,
                 const struct policy_record *record)
{
    const struct policy_record *old = find(table, BY_CA, record);

    g_assert(table->n_refs == 1 && record->vsid == table->vsid);
    if (!old) {
        append(table, record);
    } else {
        bool same_keys = record_equal(old, record, BY_MAC)
                         && record_equal(old, record, BY_PA);

        table->records[old - table->records] = *record;
        if (!same_keys) {
            reindex(table);
        }
    }
}

/* Takes 'record', one of 'table', out of it: a pass over the table. */
static void
table_remove(struct policy_table *table, const struct policy_record *record)
{
    size_t number = (size_t) (record - table->records);

    table->n_records--;
    memmove(&table->records[number], &table->records[number + 1],
            (table->n_records - number) * sizeof *table->records);
    reindex(table);
}

size_t
policy_table_size(const struct policy_table *table)
{
    return table->n_records;
}

const struct policy_record *
policy_table_get(const struct policy_table *table, size_t index)
{
    g_assert(index < table->n_records);
    return &table->records[index];
}

/* What one host knows. */

/* Returns the slot of 'vsid': its table's, or the empty one where it would
 * go. */
static inline struct policy_table **
slot_of(const struct policy *policy, uint32_t vsid)
{
    uint32_t mask = policy->n_slots - 1;
    uint32_t at = hash_number(vsid) & mask;

    while (policy->tables[at] && policy->tables[at]->vsid != vsid) {
        at = (at + 1) & mask;
    }
    return &policy->tables[at];
}

/* Returns the policy of a host that knows nothing yet. */
struct policy *
policy_new(void)
{
    struct policy *policy = g_new0(struct policy, 1);

    policy->n_slots = SLOTS_MIN;
    policy->tables = g_new0(struct policy_table *, SLOTS_MIN);
    return policy;
}

/* Frees 'policy', which may be null, and gives up its tables. */
void
policy_free(struct policy *policy)
{
    if (policy) {
        for (uint32_t i = 0; i < policy->n_slots; i++) {
            policy_table_unref(policy->tables[i]);
        }
        g_free(policy->tables);
        g_free(policy);
    }
}

static void
grow(struct policy *policy)
{
    struct policy_table **old = policy->tables;
    uint32_t n_old = policy->n_slots;

    policy->n_slots *= 2;
    policy->tables = g_new0(struct policy_table *, policy->n_slots);
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i]) {
            *slot_of(policy, old[i]->vsid) = old[i];
        }
    }
    g_free(old);
}

/* Puts 'table', with the caller's reference, into the place of the one for its
 * virtual subnet. */
static void
put_table(struct policy *policy, struct policy_table *table)
{
    struct policy_table **slot = slot_of(policy, table->vsid);

    if (!*slot && 2 * ++policy->n_tables > policy->n_slots) {
        grow(policy);
        slot = slot_of(policy, table->vsid);
    }
    if (*slot) {
        policy->n_records -= (*slot)->n_records;
        policy_table_unref(*slot);
    }
    policy->n_records += table->n_records;
    *slot = table;
}

/* Tells the host all of 'table', instead of what it knew of that virtual
 * subnet.  The policy takes a reference of its own. */
void
policy_learn_table(struct policy *policy, struct policy_table *table)
{
    put_table(policy, policy_table_ref(table));
    policy->version++;
}

/* Returns the host's table for 'vsid' as one that may be changed: a copy, if
 * others hold it too. */
static struct policy_table *
own_table(struct policy *policy, uint32_t vsid)
{
    struct policy_table *table = *slot_of(policy, vsid);

    if (!table) {
        put_table(policy, policy_table_new(vsid));
    } else if (table->n_refs > 1) {
        put_table(policy, table_copy(table));
    }
    return *slot_of(policy, vsid);
}

/* Tells the host '*record'; it replaces the one of the same virtual subnet and
 * customer address.  Records looked up before are no longer valid. */
void
policy_set(struct policy *policy, const struct policy_record *record)
{
    struct policy_table *table = own_table(policy, record->vsid);

    policy->n_records -= table->n_records;
    policy_table_add(table, record);
    policy->n_records += table->n_records;
    policy->version++;
}

/* Makes the host forget the record of customer address '*ca' in 'vsid'.
 * Returns false if it has none; that is no change.  Records looked up before
 * are no longer valid. */
bool
policy_delete(struct policy *policy, uint32_t vsid, const struct ip_addr *ca)
{
    struct policy_record like = { .ca = *ca };
    struct policy_table *table;

    if (!policy_lookup(policy, vsid, ca)) {
        return false;
    }
    table = own_table(policy, vsid);
    table_remove(table, find(table, BY_CA, &like));
    policy->n_records--;
    policy->version++;
    return true;
}

/* Lookups.  What they return is valid until the host is told of a change. */

const struct policy_record *
policy_lookup(const struct policy *policy, uint32_t vsid,
              const struct ip_addr *ca)
{
    const struct policy_table *table = *slot_of(policy, vsid);
    struct policy_record like = { .ca = *ca };

    return table ? find(table, BY_CA, &like) : NULL;
}

/* The first record added that has the MAC 'mac'; a VM with two addresses has
 * two. */
const struct policy_record *
policy_lookup_mac(const struct policy *policy, uint32_t vsid,
                  struct eth_addr mac)
{
    const struct policy_table *table = *slot_of(policy, vsid);
    struct policy_record like = { .mac = mac };

    return table ? find(table, BY_MAC, &like) : NULL;
}

/* The first record added that has the provider address '*pa': the only one, if
 * the records ask for rewriting. */
const struct policy_record *
policy_lookup_pa(const struct policy *policy, uint32_t vsid,
                 const struct ip_addr *pa)
{
    const struct policy_table *table = *slot_of(policy, vsid);
    struct policy_record like = { .pa = *pa };

    return table ? find(table, BY_PA, &like) : NULL;
}

/* Returns all the host knows of 'vsid', null if it was told nothing. */
const struct policy_table *
policy_subnet(const struct policy *policy, uint32_t vsid)
{
    return *slot_of(policy, vsid);
}

size_t
policy_size(const struct policy *policy)
{
    return policy->n_records;
}

uint64_t
policy_version(const struct policy *policy)
{
    return policy->version;
}

/* Returns the cmdlets' name of 'rule', or ours where they have none. */
const char *
policy_rule_name(enum policy_rule rule)
{
    switch (rule) {
    case POLICY_RULE_NONE: return "TranslationMethodNone";
    case POLICY_RULE_NAT: return "TranslationMethodNat";
    case POLICY_RULE_ENCAP: return "TranslationMethodEncap";
    case POLICY_RULE_VLAN: return "Vlan";
    }
    g_assert_not_reached();
}
