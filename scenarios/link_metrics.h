/* What the links of a running network are asked for.
 *
 * link.util, of each port that sends: the part of the line rate that was in use
 * since it was last sampled, or since the beginning if it was not.  A sample ends
 * one interval and begins the next, and whoever asks at its very time is told of
 * the one that ends there.
 *
 * link.spread, of each switch and router: how unevenly the bytes that it sent
 * away from the hosts are spread, as maximum over mean of its links to switches
 * and routers that are at least as far from all hosts and servers as it is
 * itself.  1 is even; n is all on one of n.  There is none where fewer than two
 * such links are, or nothing was sent.
 *
 * Nothing is kept for link.util before somebody wants it. */

#ifndef SCENARIOS_LINK_METRICS_H
#define SCENARIOS_LINK_METRICS_H 1

struct link_metrics;
struct network;
struct node;
struct port;

struct link_metrics *link_metrics_new(const struct network *);
void link_metrics_free(struct link_metrics *);

/* Before the run: link.util will be asked for.  Then at every sample, when all
 * have asked. */
void link_metrics_want_util(struct link_metrics *);
void link_metrics_sample(struct link_metrics *);

/* NaN: there is no value. */
double link_util(const struct link_metrics *, const struct port *);
double link_spread(struct link_metrics *, const struct node *);

#endif /* scenarios/link_metrics.h */
