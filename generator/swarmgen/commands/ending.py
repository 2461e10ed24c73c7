"""Exit statuses of a run that a signal, or the loss of its output, ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

EXIT_ERROR = 2
# What a shell says of a program that SIGINT or SIGPIPE ended: 128 and the signal's number.
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141

_LOST_OUTPUT = {errno.ENOSPC, errno.EDQUOT, errno.EIO}


@contextmanager
def like_a_filter() -> Iterator[None]:
    """End as POSIX filters do, without a traceback.

    click would exit with 1 on Ctrl-C and on a closed pipe, which means drift after
    ``generate --check``. Output that cannot be written is an error (2). Files of the
    project are not printed to: what is wrong with them is a problem, and never gets here.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
    except BrokenPipeError:
        _discard_output()
        raise click.exceptions.Exit(EXIT_CLOSED_PIPE) from None
    except OSError as error:
        if error.errno not in _LOST_OUTPUT or error.filename is not None:
            raise
        _discard_output()
        message = f"swarmgen: the output cannot be written: {error.strerror}\n"
        os.write(2, message.encode())
        raise click.exceptions.Exit(EXIT_ERROR) from None


def _discard_output() -> None:
    """Send to nowhere what is still buffered: it would fail again when Python ends."""
    with open(os.devnull, "wb") as nowhere:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                os.dup2(nowhere.fileno(), stream.fileno())
