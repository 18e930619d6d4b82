## scenarios: from YAML to a running network, and the bundled scenarios.

noinst_LIBRARIES += libscenarios.a
libscenarios_a_SOURCES =

## From a file to typed keys.
libscenarios_a_SOURCES += \
	scenarios/codes.c \
	scenarios/codes.def \
	scenarios/codes.h \
	scenarios/codes_file.def \
	scenarios/codes_model.def \
	scenarios/codes_notes.def \
	scenarios/codes_traffic.def \
	scenarios/diag.c \
	scenarios/diag.h \
	scenarios/diag_print.c \
	scenarios/expr.c \
	scenarios/expr.h \
	scenarios/expr_operand.c \
	scenarios/expr_parse.h \
	scenarios/expr_token.c \
	scenarios/expr_token.h \
	scenarios/key_convert.c \
	scenarios/key_get.c \
	scenarios/key_path.c \
	scenarios/key_reader.c \
	scenarios/key_reader.h \
	scenarios/key_slot.h \
	scenarios/keys.c \
	scenarios/keys.h \
	scenarios/override.c \
	scenarios/override.h \
	scenarios/quantity.c \
	scenarios/scope.c \
	scenarios/scope.h \
	scenarios/scope_entry.h \
	scenarios/scope_param.c \
	scenarios/scope_text.c \
	scenarios/source.c \
	scenarios/source.h \
	scenarios/suggest.c \
	scenarios/suggest.h \
	scenarios/text_check.c \
	scenarios/text_check.h \
	scenarios/tree.c \
	scenarios/tree.h \
	scenarios/tree_build.h \
	scenarios/tree_read.c \
	scenarios/tree_syntax.c \
	scenarios/units.c \
	scenarios/units.h \
	scenarios/value.c \
	scenarios/value.h

## From typed keys to a running network, and its results.
libscenarios_a_SOURCES += \
	scenarios/check_addresses.c \
	scenarios/check_events.c \
	scenarios/check_provider.c \
	scenarios/check_topology.c \
	scenarios/check_metrics.c \
	scenarios/check_traffic.c \
	scenarios/check_vlans.c \
	scenarios/described_events.h \
	scenarios/described_net.h \
	scenarios/described_nodes.h \
	scenarios/described_run.h \
	scenarios/end.c \
	scenarios/end.h \
	scenarios/fates.c \
	scenarios/fates.h \
	scenarios/find.c \
	scenarios/find_link.c \
	scenarios/generate.c \
	scenarios/generate.h \
	scenarios/generate_addresses.c \
	scenarios/generate_kinds.c \
	scenarios/judge.c \
	scenarios/judge.h \
	scenarios/judge_parts.c \
	scenarios/judge_private.h \
	scenarios/link_metrics.c \
	scenarios/link_metrics.h \
	scenarios/manual.c \
	scenarios/manual.h \
	scenarios/metric_name.c \
	scenarios/metric_name.h \
	scenarios/moment.c \
	scenarios/interfaces.c \
	scenarios/network.c \
	scenarios/network.h \
	scenarios/network_vlans.c \
	scenarios/network_vlans.h \
	scenarios/network_nodes.c \
	scenarios/network_nodes.h \
	scenarios/node_keys.c \
	scenarios/outputs.c \
	scenarios/partition.c \
	scenarios/outputs.h \
	scenarios/partition.h \
	scenarios/query.c \
	scenarios/query.h \
	scenarios/read.h \
	scenarios/read_capture.c \
	scenarios/read_distribution.c \
	scenarios/read_events.c \
	scenarios/read_expect.c \
	scenarios/read_pairs.c \
	scenarios/read_policy.c \
	scenarios/read_nodes.c \
	scenarios/read_provider.c \
	scenarios/read_run.c \
	scenarios/read_tenants.c \
	scenarios/read_topology.c \
	scenarios/read_vms.c scenarios/read_vms.h \
	scenarios/read_topology.h \
	scenarios/read_workload.h \
	scenarios/read_workloads.c \
	scenarios/resolved.c \
	scenarios/resolved.h \
	scenarios/resolved_parts.h \
	scenarios/resolved_topology.c \
	scenarios/resolved_events.c \
	scenarios/results.c \
	scenarios/results.h \
	scenarios/run.c \
	scenarios/run.h \
	scenarios/scenario.c \
	scenarios/scenario.h \
	scenarios/segments.c \
	scenarios/segments.h \
	scenarios/series.c \
	scenarios/series.h \
	scenarios/show.c \
	scenarios/show.h \
	scenarios/timeline.c \
	scenarios/timeline.h \
	scenarios/topology.c \
	scenarios/topology.h \
	scenarios/totals.c \
	scenarios/totals.h \
	scenarios/vlans.c \
	scenarios/vlans.h \
	scenarios/walking.c \
	scenarios/walking.h

## Bundled scenarios, and what they read.
dist_scenarios_DATA += \
	scenarios/address-caching.yaml \
	scenarios/bad-nvgre.yaml \
	scenarios/blue-red.yaml \
	scenarios/ecmp-spread.yaml \
	scenarios/hnv_golden.pcap \
	scenarios/mac-overflow.yaml \
	scenarios/overlap.yaml \
	scenarios/policy-miss.yaml \
	scenarios/rstp-failover.yaml \
	scenarios/vlan-isolation.yaml \
	scenarios/vlan-limits.yaml \
	scenarios/vlan-subnets.yaml
