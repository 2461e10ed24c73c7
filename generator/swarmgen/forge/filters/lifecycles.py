"""The filter ``lifecycles``: ``ctx | lifecycles`` gives every entity's states and transitions."""

from __future__ import annotations

from swarmgen.lifecycle import lifecycles

FILTERS = {"lifecycles": lifecycles}
