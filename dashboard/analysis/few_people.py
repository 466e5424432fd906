"""No group is told of in which fewer than five people can be recognised; nor can a hidden one be worked out.

Methods 0.2 and F: groups under five agents are pooled; as long as the pool itself stands on fewer than five, the
smallest group shown joins it. What is then taken from the whole is never one group of few.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TypeVar

LEAST = 5
Name = TypeVar("Name")


def hidden(agents: Mapping[Name, Set[str]]) -> set[Name]:
    """The groups to pool, by the agents of each; all of them where even together they are fewer than five."""
    found = {name for name, people in agents.items() if len(people) < LEAST}
    shown = sorted((name for name in agents if name not in found), key=lambda name: (len(agents[name]), str(name)))
    while found and shown and len(set().union(*(agents[name] for name in found))) < LEAST:
        found.add(shown.pop(0))
    return found
