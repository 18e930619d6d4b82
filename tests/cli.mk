## Tests of the program, as its users see it.

TESTS += tests/test_bad.sh
