#include "traces/drops.h"

#include <glib.h>

#include "sim/journal.h"
#include "traces/csv_file.h"

struct drops {
    struct fate_listener fates; /* First: the listener is the struct. */
    struct csv_file *csv;
    uint64_t max, written, left_out; /* Rows. */
    struct tag_names names;
};

static void
see_fate(struct fate_listener *listener, const struct node *node,
         const struct packet *pkt, const struct fate *fate)
{
    struct drops *drops = (struct drops *) listener;

    if (fate->kind != FATE_DROPPED) {
        return;
    }
    if (drops->written == drops->max) {
        drops->left_out++;
        return;
    }
    drops->written++;
    csv_time(drops->csv, told_time(node));
    csv_text(drops->csv, node->name);
    csv_text(drops->csv, fate->name);
    csv_text(drops->csv, tag_tenant_name(&drops->names, pkt->tag.tenant));
    csv_text(drops->csv, tag_flow_name(&drops->names, pkt->tag.flow));
    csv_u64(drops->csv, pkt->tag.packet);
    csv_end_row(drops->csv);
}

/* Writes the first 'max_rows' drops of 'sim' to drops.csv in 'dir'.  'names'
 * may be null; a copy is kept. */
struct drops *
drops_new(struct sim *sim, struct outdir *dir, uint64_t max_rows,
          const struct tag_names *names)
{
    struct drops *drops = g_new0(struct drops, 1);

    drops->fates.fate = see_fate;
    drops->csv =
        csv_new(dir, "drops.csv", "t_s,node,reason,tenant,flow,packet");
    drops->max = max_rows;
    drops->names = names ? *names : (struct tag_names){ 0 };
    sim_listen_to_fates(sim, &drops->fates);
    return drops;
}

/* Frees 'drops', which may be null. */
void
drops_free(struct drops *drops)
{
    if (drops) {
        csv_free(drops->csv);
        g_free(drops);
    }
}

/* Returns the number of rows. */
uint64_t
drops_written(const struct drops *drops)
{
    return drops->written;
}

/* Returns the number of drops that have no row, for there were too many. */
uint64_t
drops_left_out(const struct drops *drops)
{
    return drops->left_out;
}
