"""What the sources of incidents share: one row an incident, already said in our clocks, becomes a fact."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, our_word, rearranged, report_unknown
from etl.staging import RawTable, Stage
from etl.translate import stage_mapping

_TOLD = ("detected_at", "engaged_at", "resolved_at", "postmortem_at")


def stage_incidents(
    source: str, raw: RawTable, into: Stage, cells: Dictionary[str, Cell], severities: Dictionary[str, str]
) -> None:
    """Put the incidents that ``cells`` say of each row of ``raw``.

    ``cells["severity"]`` is the vendor's word: kept as it came, with ours beside where ``severities`` has it. Clocks
    without an offset are UTC.
    """
    word = cells["severity"]
    said = {**cells, "severity": our_word(word, severities), "original_severity": word}
    rows = rearranged(raw, into, said)
    mapping = Mapping(
        name=f"{source}-incidents",
        shape="incident",
        source=source,
        clock=Clock(timezone="UTC"),
        columns={name: (name,) for name in said},
        optional=tuple(name for name in _TOLD if name in said),
    )
    stage_mapping(mapping, rows, into)
    report_unknown(raw, into, word, severities, "severity")
