"""The process in which jq runs, so that a filter without end can be stopped.

It is started as a script and imports nothing of swarmgen. Standard input holds one
line of JSON, the context, then one line of JSON for each request, ``{"program": text,
"arguments": {name: value}}``. Each request is answered by one line: ``+`` and the
outputs as a JSON array, or ``-`` and what is wrong.

jq keeps how a number of its input is spelled, so ``1.0`` stays ``1.0``, but only as
long as jq itself writes the result: the binding makes ``1`` of it. Hence ``tojson``.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import jq


def answer(request: bytes, context: str) -> str:
    """The answer to one request."""
    wanted = json.loads(request)
    try:
        program = jq.compile(
            f"[{wanted['program']}\n] | tojson", args=wanted["arguments"]
        )
        result = program.input_text(context).first()
    except ValueError as error:
        return "-" + " ".join(str(error).split("\n"))
    return "+" + str(result)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    context = requests.readline().decode("utf-8")
    for request in requests:
        answers.write(answer(request, context).encode("utf-8", "surrogatepass") + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
