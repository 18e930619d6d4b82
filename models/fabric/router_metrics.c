/* What a router can be asked for. */

#include "models/fabric/router_inside.h"
#include "models/fabric/routing.h"

static uint64_t
read_arp_used(const struct node *node)
{
    return router_cast(node)->neighbors.usage.used;
}

static uint64_t
read_arp_peak(const struct node *node)
{
    return router_cast(node)->neighbors.usage.peak;
}

static uint64_t
read_arp_evicted(const struct node *node)
{
    return router_cast(node)->neighbors.usage.evicted;
}

static uint64_t
read_arp_rejected(const struct node *node)
{
    return router_cast(node)->neighbors.usage.rejected;
}

static uint64_t
read_routes_used(const struct node *node)
{
    return router_cast(node)->fib.prefixes.used;
}

static uint64_t
read_routes_peak(const struct node *node)
{
    return router_cast(node)->fib.prefixes.peak;
}

static uint64_t
read_routes_rejected(const struct node *node)
{
    return router_cast(node)->fib.prefixes.rejected;
}

static uint64_t
read_host_routes_used(const struct node *node)
{
    return router_cast(node)->fib.hosts.used;
}

static uint64_t
read_host_routes_peak(const struct node *node)
{
    return router_cast(node)->fib.hosts.peak;
}

static uint64_t
read_host_routes_rejected(const struct node *node)
{
    return router_cast(node)->fib.hosts.rejected;
}

static uint64_t
read_paths_used(const struct node *node)
{
    return fib_paths_used(&router_cast(node)->fib);
}

static uint64_t
read_reroutes(const struct node *node)
{
    const struct routing *routing = router_cast(node)->routing;

    return routing ? routing_n_reroutes(routing) : 0;
}

static uint64_t
read_rx(const struct node *node)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < node->n_ports; i++) {
        n += node->ports[i].rx_frames;
    }
    return n;
}

static uint64_t
read_forwarded(const struct node *node)
{
    return router_stats(node).forwarded;
}

static uint64_t
read_bridged(const struct node *node)
{
    return router_stats(node).bridged;
}

static uint64_t
read_fragmented(const struct node *node)
{
    return router_stats(node).fragmented;
}

static uint64_t
read_icmp_sent(const struct node *node)
{
    return router_stats(node).icmp_sent;
}

static uint64_t
read_icmp_suppressed(const struct node *node)
{
    return router_stats(node).icmp_suppressed;
}

const struct metric router_metrics[] = {
    { "router.arp.used", "entries", METRIC_GAUGE,
      "Neighbors in the table, by ARP and neighbor discovery.",
      read_arp_used },
    { "router.arp.peak", "entries", METRIC_PEAK,
      "The most neighbors there were in the table.", read_arp_peak },
    { "router.arp.evicted", "entries", METRIC_COUNTER,
      "Neighbors that made room for others in the full table.",
      read_arp_evicted },
    { "router.arp.rejected", "entries", METRIC_COUNTER,
      "Times a neighbor found no room, all others being asked for.",
      read_arp_rejected },
    { "router.routes.used", "entries", METRIC_GAUGE,
      "Routes to prefixes, those to its own networks included.",
      read_routes_used },
    { "router.routes.peak", "entries", METRIC_PEAK,
      "The most routes to prefixes there were.", read_routes_peak },
    { "router.routes.rejected", "entries", METRIC_COUNTER,
      "Times a route to a prefix found no room.", read_routes_rejected },
    { "router.host_routes.used", "entries", METRIC_GAUGE,
      "Routes to single addresses.", read_host_routes_used },
    { "router.host_routes.peak", "entries", METRIC_PEAK,
      "The most routes to single addresses there were.",
      read_host_routes_peak },
    { "router.host_routes.rejected", "entries", METRIC_COUNTER,
      "Times a route to a single address found no room.",
      read_host_routes_rejected },
    { "router.ecmp.paths_used", "paths", METRIC_PEAK,
      "The most next hops of one route that carried packets.",
      read_paths_used },
    { "router.reroutes", "times", METRIC_COUNTER,
      "Times all routers' routes were computed anew after a link changed.",
      read_reroutes },
    { "router.rx_frames", "frames", METRIC_COUNTER, "Frames received.",
      read_rx },
    { "router.forwarded_packets", "packets", METRIC_COUNTER,
      "Packets sent to a next hop.", read_forwarded },
    { "router.bridged_frames", "frames", METRIC_COUNTER,
      "Frames switched between the ports of one interface.", read_bridged },
    { "router.fragmented_packets", "packets", METRIC_COUNTER,
      "Packets sent on in fragments.", read_fragmented },
    { "router.icmp.sent", "packets", METRIC_COUNTER,
      "ICMP errors sent, of both families.", read_icmp_sent },
    { "router.icmp.suppressed", "packets", METRIC_COUNTER,
      "ICMP errors not sent, to keep below the rate.", read_icmp_suppressed },
    QUEUEING_METRICS("router"),
    { 0 },
};

bool
router_table(const struct node *node, unsigned int index,
             struct table_usage *usage)
{
    const struct router *router = router_cast(node);

    switch (index) {
    case 0: *usage = router->neighbors.usage; return true;
    case 1: *usage = router->fib.prefixes; return true;
    case 2: *usage = router->fib.hosts; return true;
    case 3: return queueing_table(node, usage);
    default: return false;
    }
}
