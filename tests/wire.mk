## Tests of wire.
