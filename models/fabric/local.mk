## models/fabric: switches.

noinst_LIBRARIES += libfabric.a
libfabric_a_SOURCES = \
	models/fabric/l2_switch.c models/fabric/l2_switch.h \
	models/fabric/mac_table.c models/fabric/mac_table.h \
	models/fabric/queueing.h \
	models/fabric/rstp.c models/fabric/rstp.h \
	models/fabric/vlan_port.c models/fabric/vlan_port.h
