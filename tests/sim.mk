## Tests of sim.
