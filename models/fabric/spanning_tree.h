/* Spanning tree, computed: what RSTP would come to, without its frames.
 *
 * It knows all switches of a run.  In each part of the network that hangs
 * together it opens the ports of the tree that IEEE 802.1D-2004 section 17.3
 * demands (the root is the lowest bridge identifier; then the least path cost,
 * the lowest designated bridge, designated port and port count) and closes the
 * others.  A port to anything but a switch is always open.
 *
 * After a link between switches has changed, the tree is computed anew when the
 * convergence time has passed.  Until then the ports stay as they are.  A link
 * that is down is no part of the tree, so one that comes up is not used before
 * the tree knows of it, and no loop is ever open.  Where the tree moves, switches
 * forget what they learned from each other.
 *
 * It is management: it acts at set-up and from the agenda, between events. */

#ifndef MODELS_FABRIC_SPANNING_TREE_H
#define MODELS_FABRIC_SPANNING_TREE_H 1

#include <stdint.h>

#include "sim/clock.h"

struct agenda;
struct node;
struct port;
struct spanning_tree;

struct spanning_tree *spanning_tree_new(struct agenda *, sim_time convergence);
void spanning_tree_free(struct spanning_tree *);

/* Set-up: add all switches, whose links are made, then compute. */
void spanning_tree_add(struct spanning_tree *, struct node *l2_switch);
void spanning_tree_compute(struct spanning_tree *);

/* Tells that the link at 'port' has changed.  Switches call it themselves, from
 * the agenda. */
void spanning_tree_link_changed(struct spanning_tree *, const struct port *);

/* Returns how many times the tree has moved since it was first computed. */
uint64_t spanning_tree_n_changes(const struct spanning_tree *);

#endif /* models/fabric/spanning_tree.h */
