/* W4 in ns-3: idle servers behind learning switches, see w4.yaml.
 *
 * Devices and bridges are those of ns3_w2.cc.  The memory of a server is what
 * the process has grown by, its share of the switches included.
 *
 *     ns3_w4 [--racks=250] [--servers=40] */

#include "ns3_bench.h"

#include "ns3/bridge-module.h"

using namespace ns3;

namespace
{

/* Makes one rack and joins its switch to 'above', whose port is returned. */
Ptr<NetDevice>
make_rack(SimpleNetDeviceHelper &wire, uint32_t first, uint32_t n,
          Ptr<Node> above)
{
    NodeContainer servers(n), top(1);
    NetDeviceContainer ports, up;

    bench::install_stack(servers, Ipv4StaticRoutingHelper());
    for (uint32_t i = 0; i < n; i++) {
        NetDeviceContainer ends =
            wire.Install(NodeContainer(servers.Get(i), top.Get(0)));

        bench::assign(ends.Get(0), Ipv4Address((10u << 24) + 1 + first + i),
                      Ipv4Mask("255.0.0.0"));
        ports.Add(ends.Get(1));
    }
    up = wire.Install(NodeContainer(top.Get(0), above));
    ports.Add(up.Get(0));
    BridgeHelper().Install(top.Get(0), ports);
    return up.Get(1);
}

} // namespace

int
main(int argc, char **argv)
{
    uint32_t n_racks = 250, n_servers = 40;
    CommandLine options;

    options.AddValue("racks", "how many", n_racks);
    options.AddValue("servers", "of each rack", n_servers);
    options.Parse(argc, argv);

    const double before = bench::peak_rss_bytes();
    SimpleNetDeviceHelper wire;
    NetDeviceContainer below;
    Ptr<Node> above = CreateObject<Node>();

    wire.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    wire.SetChannelAttribute("Delay", StringValue("1us"));
    wire.SetNetDevicePointToPointMode(false);
    wire.DisableFlowControl();
    for (uint32_t i = 0; i < n_racks; i++) {
        below.Add(make_rack(wire, i * n_servers, n_servers, above));
    }
    BridgeHelper().Install(above, below);
    const double setup = bench::user_seconds();
    const double user = bench::run(MilliSeconds(1));
    const double rss = bench::peak_rss_bytes();

    std::printf("{\"user_s\": %.4f, \"setup_s\": %.4f, \"rss_bytes\": %.0f, "
                "\"bytes_a_node\": %.0f}\n",
                user, setup, rss, (rss - before) / (n_racks * n_servers));
    return 0;
}
