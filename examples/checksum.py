"""A worker in Python: takes one file after another from the swarm and sums it up.

Usage: python checksum.py SWARM LOG. Each line of LOG is number, attempt, sum, file.
"""

import subprocess
import sys
from pathlib import Path

import swarmsh

PROGRAMS = ("md5sum", "sha256sum", "sha512sum")


def main(home: str, log: str) -> None:
    with (
        swarmsh.open(home) as swarm,
        swarm.agent("python") as agent,
        Path(log).open("w", encoding="utf-8") as lines,
    ):
        item = agent.claim(wait=30.0)
        while item is not None:
            for program in PROGRAMS:
                command = [program, "--", item.title]
                digest = subprocess.check_output(command, text=True).split()[0]
                print(item.number, item.attempt, digest, item.title, file=lines)
            item = item.complete_and_claim(digest.encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
