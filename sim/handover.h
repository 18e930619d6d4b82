/* Hand-over: the frames that cross from one partition into another.
 *
 * A frame that leaves a partition is put here as bytes, with the port at which
 * it arrives and the time when it does, and given back to the partition's pool.
 * Between two windows all are delivered: made packets again, from the far
 * partition's pool, and put on the way to their port.  Nothing else passes
 * between partitions while they run, so this is what another transport (MPI)
 * would replace. */

#ifndef SIM_HANDOVER_H
#define SIM_HANDOVER_H 1

struct handover;
struct packet;
struct partitions;
struct port;

struct handover *handover_new(struct partitions *);
void handover_free(struct handover *);
void handover_put(struct handover *, const struct port *to,
                  const struct packet *);
void handover_deliver(struct handover *);

#endif /* sim/handover.h */
