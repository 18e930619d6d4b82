/* W2 in ns-3: UDP over learning switches, see w2.yaml.
 *
 * Switches are ns-3's bridges.  These need devices that send under any address,
 * and of the two that do, CSMA is half duplex: an uplink that carries 8 Gb/s
 * each way would not fit.  So links are of SimpleNetDevice, each way with a rate
 * and a queue of its own.  Its frames have no Ethernet header; ARP is real.
 *
 *     ns3_w2 [--racks=16] [--servers=16] [--count=416] */

#include "ns3_bench.h"

#include "ns3/bridge-module.h"

using namespace ns3;

namespace
{

class Tree
{
  public:
    Tree(uint32_t n_racks, uint32_t n_servers)
    {
        NetDeviceContainer below;

        servers.Create(n_racks * n_servers);
        switches.Create(n_racks + 1); /* The last is above the others. */
        bench::install_stack(servers, Ipv4StaticRoutingHelper());
        wire.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
        wire.SetChannelAttribute("Delay", StringValue("1us"));
        wire.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("100p"));
        wire.DisableFlowControl();
        wire.SetNetDevicePointToPointMode(false);
        for (uint32_t rack = 0; rack < n_racks; rack++) {
            NetDeviceContainer ports = join_servers(rack, n_servers);
            NetDeviceContainer up = wire.Install(
                NodeContainer(switches.Get(rack), switches.Get(n_racks)));

            ports.Add(up.Get(0));
            below.Add(up.Get(1));
            BridgeHelper().Install(switches.Get(rack), ports);
        }
        BridgeHelper().Install(switches.Get(n_racks), below);
    }

    static Ipv4Address
    address_of(uint32_t server)
    {
        return Ipv4Address((10u << 24) + 1 + server);
    }

    NodeContainer servers;

  private:
    NetDeviceContainer
    join_servers(uint32_t rack, uint32_t n)
    {
        NetDeviceContainer ports;

        for (uint32_t i = rack * n; i < (rack + 1) * n; i++) {
            NetDeviceContainer ends = wire.Install(
                NodeContainer(servers.Get(i), switches.Get(rack)));

            bench::assign(ends.Get(0), address_of(i), Ipv4Mask("255.0.0.0"));
            ports.Add(ends.Get(1));
        }
        return ports;
    }

    NodeContainer switches;
    SimpleNetDeviceHelper wire;
};

} // namespace

int
main(int argc, char **argv)
{
    uint32_t n_racks = 16, n_servers = 16;
    uint64_t count = 416, n_delivered = 0, n_hops;
    CommandLine options;

    options.AddValue("racks", "how many", n_racks);
    options.AddValue("servers", "of each rack", n_servers);
    options.AddValue("count", "datagrams of each server", count);
    options.Parse(argc, argv);

    /* Else a server waits up to 10 ms before it asks. */
    Config::SetDefault("ns3::ArpL3Protocol::RequestJitter",
                       StringValue("ns3::ConstantRandomVariable[Constant=0]"));

    Tree tree(n_racks, n_servers);
    const uint32_t n = tree.servers.GetN();
    const Time gap = NanoSeconds(24000);
    std::vector<bench::Sender *> senders;
    std::vector<bench::Sink *> sinks;

    for (uint32_t i = 0; i < n; i++) {
        sinks.push_back(new bench::Sink(tree.servers.Get(i)));
        senders.push_back(new bench::Sender(
            tree.servers.Get(i), Tree::address_of((i + n_servers) % n), count,
            PicoSeconds(24000000ull * i / n), gap));
    }
    const double setup = bench::user_seconds();
    const double user = bench::run(gap * count + MilliSeconds(1));

    for (const bench::Sink *sink : sinks) {
        n_delivered += sink->n_received;
    }
    n_hops = 4 * n_delivered; /* Datagrams only; ARP is little. */
    std::printf("{\"packets\": %ju, \"packet_hops\": %ju, \"user_s\": %.4f, "
                "\"per_s\": %.0f, \"setup_s\": %.4f, \"rss_bytes\": %.0f}\n",
                (uintmax_t) n_delivered, (uintmax_t) n_hops, user,
                n_hops / user, setup, bench::peak_rss_bytes());
    return 0;
}
