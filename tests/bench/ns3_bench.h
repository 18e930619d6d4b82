/* What our programs for ns-3 share: a sender and a sink of datagrams, and the
 * measure that they print, a line of JSON such as
 *
 *     {"packet_hops": 3199488, "user_s": 27.9, "per_s": 114677, ...}
 *
 * They play the workloads of tests/bench/w*.yaml as fast as we know how to make
 * ns-3 do it: no queue discs, no IPv6, no log, no checksums (its default), no
 * attributes looked up while it runs.  Time is user CPU time of the event loop;
 * all before it is set-up.
 *
 *     g++ -O2 -std=c++17 ns3_w1.cc $(pkg-config --cflags --libs ...)
 */

#ifndef TESTS_BENCH_NS3_BENCH_H
#define TESTS_BENCH_NS3_BENCH_H 1

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"

namespace bench
{

const uint16_t UDP_PORT = 5001;
const uint32_t PAYLOAD_BYTES = 1472; /* 1,500 with UDP's and IP's headers. */

inline double
user_seconds()
{
    rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6;
}

inline double
peak_rss_bytes()
{
    rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024.0;
}

/* Sends 'count' datagrams from 'start' on, one every 'gap'. */
class Sender
{
  public:
    Sender(ns3::Ptr<ns3::Node> node, ns3::Ipv4Address to, uint64_t count,
           ns3::Time start, ns3::Time gap)
        : left(count), gap(gap)
    {
        socket = ns3::Socket::CreateSocket(node,
                                           ns3::UdpSocketFactory::GetTypeId());
        socket->Bind();
        socket->Connect(ns3::InetSocketAddress(to, UDP_PORT));
        ns3::Simulator::ScheduleWithContext(node->GetId(), start,
                                            &Sender::fire, this);
    }

  private:
    void
    fire()
    {
        socket->Send(ns3::Create<ns3::Packet>(PAYLOAD_BYTES));
        if (--left > 0) {
            ns3::Simulator::Schedule(gap, &Sender::fire, this);
        }
    }

    ns3::Ptr<ns3::Socket> socket;
    uint64_t left;
    ns3::Time gap;
};

/* Counts the datagrams that arrive at a node. */
class Sink
{
  public:
    explicit Sink(ns3::Ptr<ns3::Node> node)
    {
        socket = ns3::Socket::CreateSocket(node,
                                           ns3::UdpSocketFactory::GetTypeId());
        socket->Bind(
            ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), UDP_PORT));
        socket->SetRecvCallback(ns3::MakeCallback(&Sink::receive, this));
    }

    uint64_t n_received = 0;

  private:
    void
    receive(ns3::Ptr<ns3::Socket> from)
    {
        while (from->Recv()) {
            n_received++;
        }
    }

    ns3::Ptr<ns3::Socket> socket;
};

/* Gives 'device' the address on its node.  Not by Ipv4AddressHelper, which
 * would add a queue disc. */
inline void
assign(ns3::Ptr<ns3::NetDevice> device, ns3::Ipv4Address address,
       ns3::Ipv4Mask mask)
{
    ns3::Ptr<ns3::Ipv4> ipv4 = device->GetNode()->GetObject<ns3::Ipv4>();
    uint32_t interface = ipv4->AddInterface(device);

    ipv4->AddAddress(interface, ns3::Ipv4InterfaceAddress(address, mask));
    ipv4->SetUp(interface);
}

/* Installs IPv4 with the routing that 'routing' makes. */
inline void
install_stack(const ns3::NodeContainer &nodes,
              const ns3::Ipv4RoutingHelper &routing)
{
    ns3::InternetStackHelper stack;

    stack.SetIpv6StackInstall(false);
    stack.SetRoutingHelper(routing);
    stack.Install(nodes);
}

/* Runs to 'end' and returns the user CPU time that took. */
inline double
run(ns3::Time end)
{
    double before = user_seconds();

    ns3::Simulator::Stop(end);
    ns3::Simulator::Run();
    return user_seconds() - before;
}

} // namespace bench

#endif /* TESTS_BENCH_NS3_BENCH_H */
