## Tests of hnv.
