## traces: captures, packet walks and metrics files.

noinst_LIBRARIES += libtraces.a
libtraces_a_SOURCES = \
	traces/capture.c traces/capture.h \
	traces/capture_format.c traces/capture_format.h \
	traces/capture_reader.c traces/capture_reader.h \
	traces/csv_file.c traces/csv_file.h \
	traces/drops.c traces/drops.h \
	traces/events_log.c traces/events_log.h \
	traces/frame_counter.c traces/frame_counter.h \
	traces/frame_filter.c traces/frame_filter.h \
	traces/json_file.c traces/json_file.h \
	traces/leak.c traces/leak.h \
	traces/number_text.c traces/number_text.h \
	traces/outdir.c traces/outdir.h \
	traces/outfile.c traces/outfile.h \
	traces/sampler.c traces/sampler.h \
	traces/tag_names.h \
	traces/walk.c traces/walk.h traces/walk_private.h \
	traces/walk_text.c
