## models/hnv: policy records and the datapaths.

noinst_LIBRARIES += libhnv.a
libhnv_a_SOURCES = \
	models/hnv/datapath.c models/hnv/datapath.h \
	models/hnv/flat.c \
	models/hnv/nvgre.c \
	models/hnv/policy.c models/hnv/policy.h \
	models/hnv/rewrite.c \
	models/hnv/tag.h \
	models/hnv/vlan.c
