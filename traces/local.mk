## traces: captures, packet walks and metrics files.
