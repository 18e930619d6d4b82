/* How the judge compares values and walks. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "scenarios/judge_private.h"
#include "traces/frame_counter.h"
#include "traces/number_text.h"
#include "traces/walk.h"

/* Two numbers closer than this part of them are equal: metrics that are not
 * counts have been divided. */
#define EQUAL_ENOUGH 1e-9

/* Returns a wanted value in the unit that metrics have: seconds for times,
 * the base unit for all else. */
static double
in_metric_unit(struct value value)
{
    double number = quantity_to_double(value.quantity);

    return value.quantity.dim == DIM_TIME ? number / (double) SIM_S : number;
}

static bool
is_equal(struct value wanted, const struct answer *answer)
{
    double number;

    if (answer->is_text) {
        return wanted.kind == VALUE_TEXT && !strcmp(wanted.text, answer->text);
    }
    if (wanted.kind != VALUE_QUANTITY) {
        return false;
    }
    number = in_metric_unit(wanted);
    return fabs(number - answer->number)
           <= EQUAL_ENOUGH * MAX(fabs(number), fabs(answer->number));
}

static void
append_wanted(GString *text, bool has, const char *sign, struct value value)
{
    if (has) {
        char *formatted = value_format(value);

        g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", sign,
                               formatted);
        g_free(formatted);
    }
}

/* "between 1s and 2s", "since 1s". */
static void
append_window(GString *text, const struct scenario_expect *expect)
{
    char *from = quantity_format(quantity_int(expect->from, DIM_TIME));
    char *to = quantity_format(quantity_int(expect->to, DIM_TIME));

    if (expect->has_window && expect->to == SIM_NEVER) {
        g_string_append_printf(text, " since %s", from);
    } else if (expect->has_window) {
        g_string_append_printf(text, " between %s and %s", from, to);
    }
    g_free(from);
    g_free(to);
}

/* Compares what 'query' answers with what 'expect' wants. */
void
judge_metric(const struct scenario_expect *expect, struct query *query,
             struct verdict *verdict)
{
    GString *wanted = g_string_new(NULL);
    struct answer answer;
    char number[NUMBER_TEXT_MAX];

    append_wanted(wanted, expect->has_equals, "=", expect->equals);
    append_wanted(wanted, expect->has_min, ">=", expect->min);
    append_wanted(wanted, expect->has_max, "<=", expect->max);
    append_window(wanted, expect);
    verdict->wanted = g_string_free(wanted, FALSE);
    query_answer(query, &answer);
    if (!answer.has_value) {
        verdict->measured = g_strdup("no data");
        return;
    }
    verdict->passed =
        (!expect->has_equals || is_equal(expect->equals, &answer))
        && (!expect->has_min
            || (!answer.is_text
                && answer.number >= in_metric_unit(expect->min)))
        && (!expect->has_max
            || (!answer.is_text
                && answer.number <= in_metric_unit(expect->max)));
    verdict->measured =
        answer.is_text
            ? g_strdup(answer.text)
            : g_strdup_printf("%s%s%s", number_format(number, answer.number),
                              strcmp(answer.unit, "1") ? " " : "",
                              strcmp(answer.unit, "1") ? answer.unit : "");
    g_free(answer.text);
}

static bool
step_matches(const struct scenario_step *wanted, const struct walk_step *step)
{
    return step->kind == WALK_FRAME && !strcmp(step->place, wanted->at)
           && (!wanted->src.family || ip_addr_equal(&wanted->src, &step->src))
           && (!wanted->dst.family || ip_addr_equal(&wanted->dst, &step->dst));
}

static char *
step_text(const char *at, const struct ip_addr *src, const struct ip_addr *dst)
{
    char from[IP_ADDR_STRLEN] = "any", to[IP_ADDR_STRLEN] = "any";

    if (src->family) {
        ip_addr_format(src, from);
    }
    if (dst->family) {
        ip_addr_format(dst, to);
    }
    return g_strdup_printf("%s: %s > %s", at, from, to);
}

/* Says what the packet looked like at the place of 'wanted', or that it did
 * not come there. */
static char *
what_was_there(const struct walk_packet *packet,
               const struct scenario_step *wanted)
{
    for (size_t i = 0; i < packet->n_steps; i++) {
        const struct walk_step *step = walk_step(packet, i);

        if (step->kind == WALK_FRAME && !strcmp(step->place, wanted->at)) {
            return step_text(step->place, &step->src, &step->dst);
        }
    }
    return packet->fate
               ? g_strdup_printf("it did not pass %s: %s at %s", wanted->at,
                                 packet->fate->name, packet->end)
               : g_strdup_printf("it did not pass %s", wanted->at);
}

/* ARP messages belong to the flow that asks, but are not of it. */
static bool
is_arp(const struct walk_packet *packet)
{
    return packet->n_steps && walk_step(packet, 0)->kind == WALK_FRAME
           && walk_step(packet, 0)->is_arp;
}

/* Finds packet number 'n', from 1, of a direction, ARP left out. */
static const struct walk_packet *
find_packet(const struct walk *walk, enum walk_direction direction, uint64_t n)
{
    const struct walk_packet *packet;

    for (size_t i = 0; (packet = walk_packet(walk, direction, i)) != NULL;
         i++) {
        if (!is_arp(packet) && --n == 0) {
            return packet;
        }
    }
    return NULL;
}

/* Compares the way of the wanted packet with the wanted steps: these come in
 * this order, and other places may lie between. */
void
judge_walk(const struct scenario_expect *expect, const struct walk *walk,
           struct verdict *verdict)
{
    const struct walk_packet *packet = find_packet(
        walk, expect->reply ? WALK_REPLY : WALK_REQUEST, expect->packet);
    unsigned int n = 0;

    verdict->wanted = g_strdup_printf("%u steps", expect->steps->len);
    if (!packet) {
        verdict->measured = g_strdup_printf("no data: %s has no such packet",
                                            expect->flow->config.id);
        return;
    }
    for (size_t i = 0; i < packet->n_steps && n < expect->steps->len; i++) {
        n += step_matches(
            &g_array_index(expect->steps, struct scenario_step, n),
            walk_step(packet, i));
    }
    verdict->passed = n == expect->steps->len;
    verdict->measured = g_strdup_printf("%u steps", n);
    if (!verdict->passed) {
        const struct scenario_step *wanted =
            &g_array_index(expect->steps, struct scenario_step, n);
        char *right = step_text(wanted->at, &wanted->src, &wanted->dst);
        char *found = what_was_there(packet, wanted);

        verdict->where =
            g_strdup_printf("step %u, %s; found %s", n + 1, right, found);
        g_free(right);
        g_free(found);
    }
}

/* Describes a frame that was seen; the caller frees. */
char *
judge_sighting_text(const struct frame_sighting *seen)
{
    char when[NUMBER_TEXT_MAX];

    return g_strdup_printf("%s %s %s, packet %" PRIu64 ": %s",
                           milliseconds_format(when, seen->when), seen->place,
                           seen->direction == TAP_IN ? "in" : "out",
                           seen->packet, seen->summary);
}

/* Removes what stands in 'places' before. */
void
judge_unique_places(GArray *places)
{
    for (unsigned int i = places->len; i > 1; i--) {
        const char *name =
            g_array_index(places, struct scenario_place, i - 1).name;

        for (unsigned int j = 0; j < i - 1; j++) {
            if (g_array_index(places, struct scenario_place, j).name == name) {
                g_array_remove_index(places, i - 1);
                break;
            }
        }
    }
}
