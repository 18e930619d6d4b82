/* W1 in ns-3: UDP over a fat tree of routers, see w1.yaml.
 *
 * Routing is a class of our own that knows the fat tree: down by the address,
 * up by the destination's place in its rack, then by its rack, as Al-Fares et
 * al. do (SIGCOMM 2008): each flow has its own way, and nothing is lost.  It asks
 * no table and makes no object per packet; ns-3's own protocols are 3 to 9 times
 * as slow here.  It also counts what arrives at a node, which is the number of
 * packet-hops.
 *
 *     ns3_w1 [--k=8] [--count=4166] [--snaplen=BYTES --folder=FOLDER]
 * With a snaplen all ports of servers are captured. */

#include "ns3_bench.h"

#include "ns3/point-to-point-module.h"

using namespace ns3;

namespace
{

uint64_t n_arrived;

/* Server 'host' of switch 'edge' in 'pod' is 10.pod.edge.host + 2. */
Ipv4Address
address_of(uint32_t pod, uint32_t edge, uint32_t host)
{
    return Ipv4Address(10u << 24 | pod << 16 | edge << 8 | (host + 2));
}

/* Where a node is; its interfaces go down first, in order, then up. */
struct Place {
    enum { SERVER, EDGE, AGGREGATION, CORE } tier;
    uint32_t pod, index;
    uint32_t n_up;
};

class FatTreeRouting : public Ipv4RoutingProtocol
{
  public:
    static TypeId
    GetTypeId()
    {
        static TypeId id =
            TypeId("bench::FatTreeRouting").SetParent<Ipv4RoutingProtocol>();

        return id;
    }

    Place place = {};

    /* All interfaces are there: one route for each. */
    void
    prepare()
    {
        for (uint32_t i = 1; i < ipv4->GetNInterfaces(); i++) {
            Ptr<Ipv4Route> route = Create<Ipv4Route>();

            route->SetOutputDevice(ipv4->GetNetDevice(i));
            route->SetSource(ipv4->GetAddress(i, 0).GetLocal());
            route->SetGateway(Ipv4Address::GetAny());
            routes.push_back(route);
        }
    }

    Ptr<Ipv4Route>
    RouteOutput(Ptr<Packet>, const Ipv4Header &, Ptr<NetDevice>,
                Socket::SocketErrno &error) override
    {
        error = Socket::ERROR_NOTERROR;
        return routes[0];
    }

    bool
    RouteInput(Ptr<const Packet> packet, const Ipv4Header &header,
               Ptr<const NetDevice> device, UnicastForwardCallback forward,
               MulticastForwardCallback, LocalDeliverCallback deliver,
               ErrorCallback) override
    {
        n_arrived++;
        if (place.tier == Place::SERVER) {
            deliver(packet, header, ipv4->GetInterfaceForDevice(device));
        } else {
            forward(routes[choose(header)], packet, header);
        }
        return true;
    }

    void
    SetIpv4(Ptr<Ipv4> mine) override
    {
        ipv4 = mine;
    }

    void
    NotifyInterfaceUp(uint32_t) override
    {
    }
    void
    NotifyInterfaceDown(uint32_t) override
    {
    }
    void
    NotifyAddAddress(uint32_t, Ipv4InterfaceAddress) override
    {
    }
    void
    NotifyRemoveAddress(uint32_t, Ipv4InterfaceAddress) override
    {
    }
    void
    PrintRoutingTable(Ptr<OutputStreamWrapper>, Time::Unit) const override
    {
    }

  private:
    uint32_t
    choose(const Ipv4Header &header) const
    {
        uint32_t to = header.GetDestination().Get();
        uint32_t pod = to >> 16 & 0xff, edge = to >> 8 & 0xff;

        if (place.tier == Place::CORE) {
            return pod;
        }
        if (pod == place.pod && place.tier == Place::AGGREGATION) {
            return edge;
        }
        if (pod == place.pod && edge == place.index) {
            return (to & 0xff) - 2;
        }
        return place.n_up
               + (place.tier == Place::EDGE ? (to & 0xff) - 2 : edge);
    }

    Ptr<Ipv4> ipv4;
    std::vector<Ptr<Ipv4Route>> routes; /* By interface, without loopback. */
};

class FatTreeRoutingHelper : public Ipv4RoutingHelper
{
  public:
    FatTreeRoutingHelper *
    Copy() const override
    {
        return new FatTreeRoutingHelper(*this);
    }

    Ptr<Ipv4RoutingProtocol>
    Create(Ptr<Node>) const override
    {
        return CreateObject<FatTreeRouting>();
    }
};

class FatTree
{
  public:
    explicit FatTree(uint32_t k) : k(k), half(k / 2)
    {
        servers.Create(k * half * half);
        edges.Create(k * half);
        aggregations.Create(k * half);
        cores.Create(half * half);
        for (NodeContainer *tier :
             { &servers, &edges, &aggregations, &cores }) {
            bench::install_stack(*tier, FatTreeRoutingHelper());
        }
        wire.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
        wire.SetChannelAttribute("Delay", StringValue("1us"));
        wire.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("100p"));
        wire.DisableFlowControl();
        join_servers();
        join_switches();
        name_places();
    }

    NodeContainer servers;
    NetDeviceContainer nics;
    PointToPointHelper wire;

  private:
    void
    join(Ptr<Node> below, Ptr<Node> above, Ipv4Address address)
    {
        NetDeviceContainer ends = wire.Install(below, above);
        Ipv4Mask mask("255.255.255.255");

        bench::assign(ends.Get(0), address, mask);
        bench::assign(ends.Get(1), Ipv4Address("127.0.0.2"), mask);
        if (address != Ipv4Address("127.0.0.2")) {
            nics.Add(ends.Get(0));
        }
    }

    void
    join_servers()
    {
        for (uint32_t i = 0; i < servers.GetN(); i++) {
            join(servers.Get(i), edges.Get(i / half),
                 address_of(i / half / half, i / half % half, i % half));
        }
    }

    /* A port leads down before the first leads up, so the links of a tier come
     * after those below it. */
    void
    join_switches()
    {
        for (uint32_t i = 0; i < k * half; i++) {
            for (uint32_t j = 0; j < half; j++) {
                join(edges.Get(i), aggregations.Get(i / half * half + j),
                     Ipv4Address("127.0.0.2"));
            }
        }
        for (uint32_t i = 0; i < k * half; i++) {
            for (uint32_t j = 0; j < half; j++) {
                join(aggregations.Get(i), cores.Get(i % half * half + j),
                     Ipv4Address("127.0.0.2"));
            }
        }
    }

    void
    name_places()
    {
        for (uint32_t i = 0; i < servers.GetN(); i++) {
            name(servers.Get(i), { Place::SERVER, 0, 0, 1 });
        }
        for (uint32_t i = 0; i < k * half; i++) {
            name(edges.Get(i), { Place::EDGE, i / half, i % half, half });
            name(aggregations.Get(i),
                 { Place::AGGREGATION, i / half, i % half, half });
        }
        for (uint32_t i = 0; i < half * half; i++) {
            name(cores.Get(i), { Place::CORE, 0, i, 0 });
        }
    }

    void
    name(Ptr<Node> node, Place place)
    {
        Ptr<FatTreeRouting> routing = DynamicCast<FatTreeRouting>(
            node->GetObject<Ipv4>()->GetRoutingProtocol());

        routing->place = place;
        routing->prepare();
    }

    uint32_t k, half;
    NodeContainer edges, aggregations, cores;
};

} // namespace

int
main(int argc, char **argv)
{
    uint32_t k = 8, snaplen = 0;
    uint64_t count = 4166, n_delivered = 0;
    std::string folder = "/tmp";
    CommandLine options;

    options.AddValue("k", "ports of a switch", k);
    options.AddValue("count", "datagrams of each server", count);
    options.AddValue("snaplen", "capture so much of each frame", snaplen);
    options.AddValue("folder", "where captures go", folder);
    options.Parse(argc, argv);
    Config::SetDefault("ns3::PcapFileWrapper::CaptureSize",
                       UintegerValue(snaplen ? snaplen : 65535));

    FatTree tree(k);
    const uint32_t n = tree.servers.GetN();
    const Time gap = NanoSeconds(2400);
    std::vector<bench::Sender *> senders;
    std::vector<bench::Sink *> sinks;

    if (snaplen) {
        tree.wire.EnablePcap(folder + "/w1", tree.nics, false);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = (i + n / 2) % n, half = k / 2;

        sinks.push_back(new bench::Sink(tree.servers.Get(i)));
        senders.push_back(new bench::Sender(
            tree.servers.Get(i),
            address_of(to / half / half, to / half % half, to % half), count,
            PicoSeconds(2400000ull * i / n), gap));
    }
    const double setup = bench::user_seconds();
    const double user = bench::run(gap * count + MilliSeconds(1));

    for (const bench::Sink *sink : sinks) {
        n_delivered += sink->n_received;
    }
    std::printf("{\"packets\": %ju, \"packet_hops\": %ju, \"user_s\": %.4f, "
                "\"per_s\": %.0f, \"setup_s\": %.4f, \"rss_bytes\": %.0f, "
                "\"captured\": %ju}\n",
                (uintmax_t) n_delivered, (uintmax_t) n_arrived, user,
                n_arrived / user, setup, bench::peak_rss_bytes(),
                (uintmax_t) (snaplen ? 2 * n_delivered : 0));
    return 0;
}
