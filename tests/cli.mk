## Tests of cli.
