## Tests of scenarios.
