#include "traces/sampler.h"

#include <glib.h>
#include <math.h>

#include "traces/csv_file.h"

struct sampler {
    struct csv_file *csv;
    GArray *sources; /* Of struct sample_source. */
    sim_time next, period;
};

/* Returns a sampler that writes metrics.csv in 'dir', first at 'first' and then
 * every 'period', which is positive. */
struct sampler *
sampler_new(struct outdir *dir, sim_time first, sim_time period)
{
    struct sampler *sampler = g_new0(struct sampler, 1);

    g_assert(first >= 0 && period > 0);
    sampler->csv = csv_new(dir, "metrics.csv", "t_s,metric,entity,value,unit");
    sampler->sources = g_array_new(FALSE, FALSE, sizeof(struct sample_source));
    sampler->next = first;
    sampler->period = period;
    return sampler;
}

/* Frees 'sampler', which may be null. */
void
sampler_free(struct sampler *sampler)
{
    if (sampler) {
        csv_free(sampler->csv);
        g_array_unref(sampler->sources);
        g_free(sampler);
    }
}

/* Adds something to sample; its strings stay the caller's and must last. */
void
sampler_add(struct sampler *sampler, const struct sample_source *source)
{
    g_array_append_val(sampler->sources, *source);
}

/* Returns the time of the next sample, SIM_NEVER if time ends before. */
sim_time
sampler_next(const struct sampler *sampler)
{
    return sampler->next;
}

/* Writes a row for every source, at time 'now'.  If 'now' is the time of the
 * next sample, or later, the one after that is next. */
void
sampler_sample(struct sampler *sampler, sim_time now)
{
    for (guint i = 0; i < sampler->sources->len; i++) {
        const struct sample_source *source =
            &g_array_index(sampler->sources, struct sample_source, i);
        double value = source->read(source->aux);

        if (isnan(value)) {
            continue;
        }
        csv_time(sampler->csv, now);
        csv_text(sampler->csv, source->metric);
        csv_text(sampler->csv, source->entity);
        csv_number(sampler->csv, value);
        csv_text(sampler->csv, source->unit);
        csv_end_row(sampler->csv);
    }
    while (sampler->next <= now && sampler->next != SIM_NEVER) {
        sampler->next = sampler->next > SIM_NEVER - sampler->period
                            ? SIM_NEVER
                            : sampler->next + sampler->period;
    }
}
