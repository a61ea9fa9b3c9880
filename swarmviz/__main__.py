"""``python -m swarmviz``: the command line."""

from swarmviz.command_line import main

if __name__ == "__main__":
    main()
