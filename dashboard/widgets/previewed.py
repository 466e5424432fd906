"""What a load would make of a dropped file: who claims it and why, rows as understood, rows refused, words unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import mapping_draft, wording
from dashboard.widgets import frame

#: What a source is called where its own name would not do.
_CALLED = {
    "github": "GitHub", "helpscout": "Help Scout", "help_scout": "Help Scout", "hubspot": "HubSpot",
    "pagerduty": "PagerDuty", "servicenow": "ServiceNow", "surveymonkey": "SurveyMonkey",
    **{name: name.capitalize() for name in (
        "chatwoot", "delighted", "freshdesk", "freshservice", "gorgias", "intercom", "jira", "qualtrics", "salesforce",
        "statuspage", "zammad", "zendesk",
    )},
}  # fmt: skip
_CLAIMS_SHOWN = 5


def called(source: str) -> str:
    """A source as people call it; a mapping keeps the name it was given."""
    return _CALLED.get(source, source)


def claims(table: Mapping[str, Any]) -> None:
    """Who claims the table, and the columns that decided."""
    frame.note(claimed(table))
    known = table["claims"][:_CLAIMS_SHOWN]
    if not known:
        return
    with st.expander("Why: the columns that decided"):
        rows = [
            {
                "Candidate": called(each["source"]) + (" (mapping)" if each["is_mapping"] else ""),
                "Claims it": "yes" if each["accepted"] else "no",
                "Columns it knows": ", ".join(each["matched"][:12]),
                "Columns it also needs": ", ".join(_lack(name, each["spelt"]) for name in each["missing"][:12]),
            }
            for each in known
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _lack(name: str, spelt: Mapping[str, str]) -> str:
    return f"{name} ({spelt[name]} is there)" if name in spelt else name


def claimed(table: Mapping[str, Any]) -> str:
    """Who reads the table, in a sentence."""
    accepted = [each for each in table["claims"] if each["accepted"]]
    if table["draft"] is not None:
        return "No source and no mapping knows these columns, so a mapping was drafted. Correct it below, then save it."
    if table["chosen"] is None and len(accepted) > 1:
        names = " and ".join(called(each["source"]) for each in accepted[:2])
        return f"{names} both have a right to it: say which it is."
    if table["chosen"] is None:
        return "Nobody reads it."
    decided = next((len(each["matched"]) for each in table["claims"] if each["source"] == table["chosen"]), 0)
    by = f" by {wording.quantity(decided, 'columns')}" if decided else ""
    if table["is_mapping"]:
        return f"Read by the mapping “{table['chosen']}”, recognised{by}."
    return f"Recognised as {called(table['chosen'])}{by}."


def taken(table: Mapping[str, Any]) -> str:
    """How many rows would be taken, and what they would become."""
    refused = sum(table["by_reason"].values())
    part = "first " if table["is_part"] else ""
    kept = max(table["rows"] - refused, 0)
    facts = [wording.quantity(count, f"{name.replace('_', ' ')}s") for name, count in table["facts"].items()]
    become = f", and become {' and '.join(facts)}" if facts else ""
    left = f" {refused:,} would not: see why below." if refused else ""
    return f"{kept:,} of the {part}{table['rows']:,} rows would be taken{become}.{left}"


def rows(table: Mapping[str, Any], mapping: Mapping[str, Any] | None, key: str) -> None:
    """The first records as understood, each with what stands in the file."""
    if not table["seen"]:
        return
    frame.section("As it would be understood", "Ours first, then the cell of the file it comes from. Times are UTC.")
    st.dataframe(paired(table, mapping), hide_index=True, width="stretch", height=300, key=f"{key} rows")


def paired(table: Mapping[str, Any], mapping: Mapping[str, Any] | None) -> pd.DataFrame:
    """A row a record: its number, why it is refused, ours beside theirs, then the cells nobody uses."""
    seen = table["seen"]
    ours = list(dict.fromkeys(name for each in seen for name in each["ours"]))
    theirs = list(dict.fromkeys(name for each in seen for name in each["theirs"]))
    named = {name: mapping_draft.header((mapping or {}).get("columns", {}), name) for name in ours}
    columns: dict[str, list[Any]] = {"Row": [each["row"] for each in seen]}
    if any(each["refused"] for each in seen):
        columns["Not taken because"] = [each["refused"] or "" for each in seen]
    used = set()
    for name in ours:
        their = named[name]
        if mapping is not None and name.startswith("original_") and name != "original_id":
            continue  # the file's own cell stands right beside ours
        columns[mapping_draft.label(name)] = [each["ours"].get(name) or "" for each in seen]
        if their in theirs:
            columns[f"← {their}"] = [each["theirs"].get(their) or "" for each in seen]
            used.add(their)
    for name in theirs:
        if name not in used:
            columns[f"in the file: {name}"] = [each["theirs"].get(name) or "" for each in seen]
    return pd.DataFrame(columns)


def refused(table: Mapping[str, Any], key: str) -> None:
    """Rows that would be quarantined, by reason, with the first of them."""
    if not table["by_reason"]:
        return
    total = sum(table["by_reason"].values())
    frame.section(f"Would be kept apart: {wording.quantity(total, 'rows')}", "Mend them and load the file again.")
    reasons = [{"Reason": reason, "Rows": count} for reason, count in table["by_reason"].items()]
    st.dataframe(pd.DataFrame(reasons), hide_index=True, width="stretch", key=f"{key} reasons")
    with st.expander("The first of them"):
        shown = pd.DataFrame(table["refusals"]).rename(columns=str.capitalize).fillna("")
        st.dataframe(shown, hide_index=True, width="stretch", key=f"{key} refusals")


def unknown(table: Mapping[str, Any], key: str) -> None:
    """Words nobody has mapped."""
    if not table["unmapped"]:
        return
    frame.section("Words that mean nothing yet", "Their rows are taken; the field stays as said, with the word kept.")
    words = pd.DataFrame(table["unmapped"]).rename(
        columns={"column": "Column", "word": "Word", "treated_as": "Becomes", "rows": "Rows"}
    )
    st.dataframe(words, hide_index=True, width="stretch", key=f"{key} unknown")


def notes(table: Mapping[str, Any]) -> None:
    """What else the loader noticed."""
    for sentence in table["notes"][:8]:
        frame.note(sentence)
