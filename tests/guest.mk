## Tests of guest.
