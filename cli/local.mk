## cli: the program, one file per subcommand.

bin_PROGRAMS += paca
paca_CPPFLAGS = $(AM_CPPFLAGS) $(PKGDATADIR_CPPFLAGS)
paca_LDADD = $(ROOM_LIBS) $(EXTERNAL_LIBS)
paca_SOURCES = \
	cli/cmd_check.c \
	cli/cmd_explain.c \
	cli/cmd_kinds.c \
	cli/cmd_list.c \
	cli/cmd_run.c \
	cli/cmd_show.c \
	cli/cmd_walk.c \
	cli/command.h \
	cli/common.c \
	cli/main.c

dist_man_MANS += doc/paca.1
dist_doc_DATA += README.md doc/scenarios.md
