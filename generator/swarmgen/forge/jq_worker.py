"""The process in which jq runs, so that a filter without end can be stopped.

It is started as a script and imports nothing of swarmgen. Standard input holds one
line of JSON, the context, then one line of JSON for each request, ``{"prelude": text,
"programs": [text], "arguments": {name: value}}``. Each program is answered by one line:
``+`` and the outputs as a JSON array, or ``-`` and what is wrong.

jq keeps how a number of its input is spelled, so ``1.0`` stays ``1.0``, but only as
long as jq itself writes the result: the binding makes ``1`` of it. Hence ``tojson``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import jq


def answer(request: Any, program: str, context: str) -> str:
    """The answer to one program: "+" and its outputs, or "-" and what is wrong."""
    text = f"{request['prelude']}[{program}\n] | tojson"
    try:
        compiled = jq.compile(text, args=request["arguments"])
        return "+" + str(compiled.input_text(context).first())
    except ValueError as error:
        return "-" + " ".join(str(error).split("\n"))


def answers(request: Any, context: str) -> Iterator[str]:
    """The answers to all programs, each as soon as it is known.

    Several programs read the context once. What is wrong with one of them is left empty.
    """
    programs = request["programs"]
    if len(programs) == 1:
        yield answer(request, programs[0], context)
        return
    parts = (f'(try "+\\([{one}\n] | tojson)" catch "-")' for one in programs)
    try:
        text = request["prelude"] + ", ".join(parts)
        compiled = jq.compile(text, args=request["arguments"])
        outputs = iter(compiled.input_text(context))
        for _ in programs:
            yield str(next(outputs, "-"))
    except ValueError:
        yield from ("-" for _ in programs)


def serve(requests: BinaryIO, out: BinaryIO) -> None:
    """Answer requests until there are no more."""
    context = requests.readline().decode("utf-8")
    for request in requests:
        for line in answers(json.loads(request), context):
            out.write(line.encode("utf-8", "surrogatepass") + b"\n")
            out.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
