## Tests of traces.
