## cli: the program, one file per subcommand.
