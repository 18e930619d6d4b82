## Tests of fabric.
