#include <string.h>

#include "traces/number_text.h"
#include "traces/walk_private.h"

static const char *const fate_verbs[] = {
    [FATE_DELIVERED] = "delivered",
    [FATE_CONSUMED] = "consumed",
    [FATE_DROPPED] = "dropped",
};

/* What a step is, in one word. */
static const char *
step_word(const struct walk_step *step)
{
    switch (step->kind) {
    case WALK_FRAME: return step->direction == TAP_IN ? "in" : "out";
    case WALK_NOTE: return step->table;
    case WALK_END: return fate_verbs[step->fate->kind];
    }
    return "";
}

/* How wide the columns of places and words have to be. */
static void
measure(const struct walk_packet *packet, int *place, int *word)
{
    *place = *word = 0;
    for (size_t i = 0; i < packet->n_steps; i++) {
        const struct walk_step *step = walk_step(packet, i);

        *place = MAX(*place, (int) strlen(step->place));
        if (step->kind != WALK_END) {
            *word = MAX(*word, (int) strlen(step_word(step)));
        }
    }
}

static void
print_step(const struct walk_step *step, size_t number, int place, int word,
           GString *out)
{
    char buf[NUMBER_TEXT_MAX];

    g_string_append_printf(out, "%4zu  %14s  %-*s  ", number,
                           milliseconds_format(buf, step->when), place,
                           step->place);
    if (step->kind != WALK_END) {
        g_string_append_printf(out, "%-*s  %s\n", word, step_word(step),
                               step->text);
    } else if (step->fate->kind == FATE_DELIVERED) {
        g_string_append_printf(out, "delivered at %s\n", step->place);
    } else {
        g_string_append_printf(out, "%s at %s: %s: %s\n", step_word(step),
                               step->place, step->fate->name, step->text);
    }
}

static void
print_headline(const struct walk *walk, const struct walk_packet *packet,
               GString *out)
{
    const struct tag_names *names = &walk->config.names;
    const char *flow = tag_flow_name(names, packet->flow);
    const char *tenant = tag_tenant_name(names, packet->tenant);

    g_string_append(out, "packet");
    if (packet->place) {
        g_string_append_printf(out, " %zu", packet->place);
    }
    if (flow) {
        g_string_append_printf(out, " of %s", flow);
    }
    g_string_append_printf(out, " (number %" G_GUINT64_FORMAT "), %s",
                           packet->number,
                           packet->is_reply ? "reply" : "request");
    if (tenant) {
        g_string_append_printf(out, ", tenant %s", tenant);
    }
    g_string_append(out, packet->place ? "\n" : ", asks for an address\n");
}

/* Appends a headline and a line for each step of 'packet' to 'out'. */
void
walk_print_packet(const struct walk *walk, const struct walk_packet *packet,
                  GString *out)
{
    int place;
    int word;

    print_headline(walk, packet, out);
    measure(packet, &place, &word);
    for (size_t i = 0; i < packet->n_steps; i++) {
        print_step(walk_step(packet, i), i + 1, place, word, out);
    }
    if (!packet->fate) {
        g_string_append(out, "      still on its way\n");
    }
}

/* Appends the walks of the ARP requests that packets of the flow may wait
 * for: those of other flows, from the same VMs. */
void
walk_print_questions(const struct walk *walk, GString *out)
{
    for (guint i = 0; i < walk->asked->len; i++) {
        g_string_append_c(out, '\n');
        walk_print_packet(walk, walk->asked->pdata[i], out);
    }
}

/* Appends the walks of all packets of a direction, or both, to 'out', what
 * those that did not end may wait for, and says so if there were more than were
 * recorded. */
void
walk_print(const struct walk *walk, enum walk_direction direction,
           GString *out)
{
    bool is_first = true;
    bool waits = false;

    for (guint i = 0; i < walk->packets->len; i++) {
        const struct walk_packet *packet = walk->packets->pdata[i];

        if (walk_is_that_way(packet, direction)) {
            g_string_append(out, is_first ? "" : "\n");
            walk_print_packet(walk, packet, out);
            is_first = false;
            waits = waits || !packet->fate;
        }
    }
    if (waits) {
        walk_print_questions(walk, out);
    }
    if (walk->is_cut) {
        g_string_append_printf(
            out,
            "\nstopped at a limit, there was more: at most %zu packets and "
            "%zu steps are recorded\n",
            walk->config.max_packets, walk->config.max_steps);
    }
}
