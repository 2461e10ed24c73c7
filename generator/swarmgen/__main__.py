"""The ``swarmgen`` console script."""

from swarmgen.commands import main

if __name__ == "__main__":
    main()
