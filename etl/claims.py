"""When a message says why something happened: one pattern, for every source that reads texts."""

from __future__ import annotations

#: In lower-case text with single spaces. English; firm words only, so that "we suspect" or "it may be" claim nothing.
ASSERTS_CAUSE = (
    r"\b(root cause|the (cause|reason) (is|was)|(is|was|were|been) (caused by|due to (a|an|the|our|your|this|that))"
    r"|turned out (to be|that)|(identified|found|traced|pinpointed) the (cause|problem|issue|bug|fault)"
    r"|traced (it|this|that) (back )?to)\b"
)
