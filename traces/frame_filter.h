/* Capture filters: the language of pcap-filter(7), over simulated frames.
 *
 * libpcap compiles the filter for Ethernet and runs it.  A filter sees the
 * whole frame: the zeros that a packet does not store are put back for it.
 *
 * A filter that names a host or a service ("host www", "port http") is refused:
 * libpcap would ask the machine's name services, and a run must not depend on
 * them. */

#ifndef TRACES_FRAME_FILTER_H
#define TRACES_FRAME_FILTER_H 1

#include <glib.h>
#include <stdbool.h>

struct frame_filter;
struct packet;

#define FRAME_FILTER_TEXT_MAX 4096 /* Bytes of a filter. */

#define FRAME_FILTER_ERROR (frame_filter_error_quark())
GQuark frame_filter_error_quark(void);

struct frame_filter *frame_filter_new(const char *text, GError **);
void frame_filter_free(struct frame_filter *);
bool frame_filter_matches(struct frame_filter *, const struct packet *);

#endif /* traces/frame_filter.h */
