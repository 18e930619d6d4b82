## models/fabric: switches and routers.

noinst_LIBRARIES += libfabric.a
libfabric_a_SOURCES = \
	models/fabric/l2_switch.c models/fabric/l2_switch.h \
	models/fabric/l2_switch_inside.h \
	models/fabric/l2_switch_metrics.c \
	models/fabric/l2_switch_note.c \
	models/fabric/l2_switch_stp.c \
	models/fabric/l2_switch_vlans.c \
	models/fabric/mac_bounds.c models/fabric/mac_bounds.h \
	models/fabric/mac_hash.c models/fabric/mac_hash.h \
	models/fabric/mac_slots.c models/fabric/mac_slots.h \
	models/fabric/mac_table.c models/fabric/mac_table.h \
	models/fabric/provisioning.c models/fabric/provisioning.h \
	models/fabric/queueing.c models/fabric/queueing.h \
	models/fabric/rstp.c models/fabric/rstp.h \
	models/fabric/rstp_information.c \
	models/fabric/rstp_inside.h \
	models/fabric/rstp_receive.c \
	models/fabric/rstp_selection.c \
	models/fabric/rstp_states.c \
	models/fabric/rstp_transitions.c \
	models/fabric/rstp_transmit.c \
	models/fabric/rstp_vector.h \
	models/fabric/spanning_tree.c models/fabric/spanning_tree.h \
	models/fabric/storm.c models/fabric/storm.h \
	models/fabric/traffic_class.c models/fabric/traffic_class.h \
	models/fabric/vlan_port.c models/fabric/vlan_port.h

## The router.
libfabric_a_SOURCES += \
	models/fabric/ecmp.c models/fabric/ecmp.h \
	models/fabric/fib.c models/fabric/fib.h \
	models/fabric/neighbor_table.c models/fabric/neighbor_table.h \
	models/fabric/next_hops.c models/fabric/next_hops.h \
	models/fabric/router.c models/fabric/router.h \
	models/fabric/router_bridge.c \
	models/fabric/router_fates.h \
	models/fabric/router_forward.c \
	models/fabric/router_fragment.c \
	models/fabric/router_icmp.c \
	models/fabric/router_input.c \
	models/fabric/router_inside.h \
	models/fabric/router_metrics.c \
	models/fabric/router_nd.c \
	models/fabric/router_neighbor.c models/fabric/router_neighbor.h \
	models/fabric/router_note.c models/fabric/router_note.h \
	models/fabric/routing.c models/fabric/routing.h \
	models/fabric/routing_graph.c models/fabric/routing_inside.h
