"""``python -m swarmviz``: the command line."""

from swarmviz.cli.main import main

if __name__ == "__main__":
    main()
