## Tests of guest.

## TCP.
