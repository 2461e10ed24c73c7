"""The one family of exceptions, each with the exit code of the command line."""

from __future__ import annotations

from typing import ClassVar


class SwarmshError(Exception):
    """Any failure that swarmsh reports; `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 1


class NotFound(SwarmshError):
    """There is no swarm directory, or no such item or agent in it."""


class Unsafe(SwarmshError):
    """The swarm directory could be read or forged by somebody else; nothing was opened."""


class UsageError(SwarmshError):
    """A value that no record can carry, such as an empty title; nothing was written."""

    exit_code = 2


class Refused(SwarmshError):
    """The record was read back and did not apply: not the holder, a stale attempt, a wrong state.

    Nothing changed. `reason` is the short reason that replay gave.
    """

    exit_code = 4

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class OutcomeUnknown(SwarmshError):
    """The record may or may not have taken effect; look at the state before trying again."""

    exit_code = 5


class Damaged(SwarmshError):
    """What was asked for cannot be read any more: a blob is missing or its content changed."""

    exit_code = 6


class UnsupportedFilesystem(SwarmshError):
    """The directory is on a filesystem whose O_APPEND or rename cannot be relied on."""

    exit_code = 7


class UnsupportedVersion(SwarmshError):
    """The journal follows rules or a layout that this software does not know; upgrade swarmsh."""

    exit_code = 7
