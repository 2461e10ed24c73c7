"""`python -m swarmsh`: the command line."""

from __future__ import annotations


def main() -> None:
    """Run the command line; only then is it imported."""
    from swarmsh.commands import main as run

    run()


if __name__ == "__main__":
    main()
