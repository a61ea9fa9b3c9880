"""What the commands of :mod:`swarmviz.command_line` share: how options are read, what Ctrl-C does, what goes out, and the help."""
