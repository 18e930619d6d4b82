## Tests of sim.  A node that does what a test says is tests/plain_node.[ch].

check_LIBRARIES += tests/libplain.a
tests_libplain_a_SOURCES = tests/plain_node.c tests/plain_node.h
SIM_TEST_LIBS = tests/libplain.a libsim.a $(GLIB_LIBS) $(CMOCKA_LIBS)

sim_tests = tests/test_agenda tests/test_event tests/test_link \
	tests/test_node tests/test_packet tests/test_partitions \
	tests/test_port tests/test_random tests/test_tap
check_PROGRAMS += $(sim_tests)
TESTS += $(sim_tests)

tests_test_agenda_SOURCES = tests/test_agenda.c
tests_test_agenda_LDADD = $(SIM_TEST_LIBS)
tests_test_event_SOURCES = tests/test_event.c
tests_test_event_LDADD = $(SIM_TEST_LIBS)
tests_test_link_SOURCES = tests/test_link.c
tests_test_link_LDADD = $(SIM_TEST_LIBS)
tests_test_node_SOURCES = tests/test_node.c
tests_test_node_LDADD = $(SIM_TEST_LIBS)
tests_test_packet_SOURCES = tests/test_packet.c
tests_test_packet_LDADD = $(SIM_TEST_LIBS)
tests_test_partitions_SOURCES = tests/test_partitions.c
tests_test_partitions_LDADD = $(SIM_TEST_LIBS)
tests_test_port_SOURCES = tests/test_port.c
tests_test_port_LDADD = $(SIM_TEST_LIBS)
tests_test_random_SOURCES = tests/test_random.c
tests_test_random_LDADD = $(SIM_TEST_LIBS) -lm
tests_test_tap_SOURCES = tests/test_tap.c
tests_test_tap_LDADD = $(SIM_TEST_LIBS)
