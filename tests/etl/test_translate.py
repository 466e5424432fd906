"""What a mapping makes of a file: a table in, an answer out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from mapped import staged

from etl.errors import FileRefusedError
from etl.settings import Loading, Settings

TICKETS: dict[str, Any] = {
    "name": "desk",
    "shape": "ticket",
    "columns": {"original_id": "Id", "created_at": "Opened", "resolved_at": "Solved", "status": "State"},
    "words": {"status": {"In  progress": "open", "done": "resolved"}},
}


def mapping(**changes: Any) -> dict[str, Any]:
    """The small ticket mapping, with other sections."""
    return TICKETS | changes


# Instants.


@pytest.mark.parametrize(
    ("written", "zone", "formats", "utc"),
    [
        ("2024-07-01T12:00:00Z", "Europe/Rome", (), datetime(2024, 7, 1, 12)),
        ("2024-07-01T12:00:00.250+02:00", "UTC", (), datetime(2024, 7, 1, 10, 0, 0, 250_000)),
        ("2024-10-01T15:22:55.068-0400", "UTC", (), datetime(2024, 10, 1, 19, 22, 55, 68_000)),
        ("2024-07-01 12:00:00 +05:30", "UTC", (), datetime(2024, 7, 1, 6, 30)),
        ("2024-07-01 12:00", "Europe/Rome", (), datetime(2024, 7, 1, 10)),  # summer: +2
        ("2024-01-01 12:00", "Europe/Rome", (), datetime(2024, 1, 1, 11)),  # winter: +1
        ("2024-01-01", "America/New_York", (), datetime(2024, 1, 1, 5)),  # local midnight
        ("1704110400", "Europe/Rome", (), datetime(2024, 1, 1, 12)),  # epochs carry their zone
        ("1704110400000", "Europe/Rome", (), datetime(2024, 1, 1, 12)),
        ("3/2/2024 4:05", "UTC", ("%d/%m/%Y %H:%M",), datetime(2024, 2, 3, 4, 5)),
        ("3/2/2024 4:05", "UTC", ("%m/%d/%Y %H:%M",), datetime(2024, 3, 2, 4, 5)),
        ("25/Feb/26 10:17 PM", "UTC", ("%d/%b/%y %I:%M %p",), datetime(2026, 2, 25, 22, 17)),
        ("01.02.2024 10:00 +0300", "Europe/Rome", ("%d.%m.%Y %H:%M %z",), datetime(2024, 2, 1, 7)),
        ("01.02.2024 10:00", "Europe/Rome", ("%d.%m.%Y %H:%M %z", "%d.%m.%Y %H:%M"), datetime(2024, 2, 1, 9)),
    ],
)
def test_clocks_become_utc(written: str, zone: str, formats: tuple[str, ...], utc: datetime) -> None:
    got = staged(f"Id;Opened;Solved;State\n1;{written};;\n", mapping(clock={"formats": formats}), timezone=zone)
    assert got.facts("ticket", "created_at") == [utc]


def test_the_zone_of_the_mapping_wins_over_that_of_the_command_line() -> None:
    content = "Id,Opened,Solved,State\n1,2024-01-01 12:00,,\n"
    got = staged(content, mapping(clock={"timezone": "Asia/Tokyo"}), timezone="Europe/Rome")
    assert got.facts("ticket", "created_at") == [datetime(2024, 1, 1, 3)]


# Every row is kept, or refused with one reason.


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ("1,soon,,", "Opened", "soon", "not a date this mapping can read"),
        ("1,2024-01-01,2024-02-30,", "Solved", "2024-02-30", "not a date this mapping can read"),
        ("1,1900-01-01,,", "Opened", "1900-01-01", "a date before 1990"),
        ("1,2999-01-01,,", "Opened", "2999-01-01", "a date in the future"),
        ("1,infinity,,", "Opened", "infinity", "a date in the future"),
        ("1,2024-01-02,2024-01-01,", "Solved", "2024-01-01", "resolved before created"),
        (",2024-01-02,,", "Id", None, "no number"),
        ("1,,,", "Opened", None, "no date of creation"),
        ("1,soon,never,", "Opened", "soon", "not a date this mapping can read"),  # two faults, one reason
    ],
)
def test_a_faulty_row_is_refused_and_its_neighbour_kept(row: str, column: str, value: str, reason: str) -> None:
    got = staged(f"Id,Opened,Solved,State\n{row}\n2,2024-01-01,,done\n", TICKETS)
    assert got.facts("ticket", "row", "original_id") == [(2, "2")]
    assert got.refusals == [(1, column, value, reason)]


def test_an_optional_date_that_cannot_be_read_is_left_out_with_a_warning() -> None:
    got = staged("Id,Opened,Solved,State\n1,2024-01-01,soon,\n", mapping(optional=["resolved_at"]))
    assert got.facts("ticket", "original_id", "resolved_at") == [("1", None)]
    assert got.stage.warnings == [
        "1 values of 'Solved' could not be read, such as 'soon'; their rows were kept without it."
    ]


@pytest.mark.parametrize(("written", "minutes"), [("12", 12.0), ("12,5", 12.5), ("-3", None), ("1,234", None)])
def test_numbers(written: str, minutes: float | None) -> None:
    columns = TICKETS["columns"] | {"vendor_resolution_minutes": "Minutes"}
    got = staged(f"Id;Opened;Solved;State;Minutes\n1;2024-01-01;;;{written}\n", mapping(columns=columns))
    assert got.facts("ticket", "vendor_resolution_minutes") == ([] if minutes is None else [minutes])
    reasons = [reason for *_, reason in got.refusals]
    assert reasons == {"-3": ["a negative number"], "1,234": ["not a number"]}.get(written, [])


def test_duplicates_and_superseded_rows_are_refused_apart() -> None:
    content = (
        "Id,Opened,Solved,State,Updated\n"
        "1,2024-01-01,,done,2024-01-05\n"  # the newest of ticket 1, though not the last
        "1,2024-01-01,,In progress,2024-01-03\n"
        "2,2024-01-01,,done,2024-01-05\n"
        "2,2024-01-01,,done,2024-01-05\n"
        "3,2024-01-01,,In progress,2024-01-05\n"
        "3,2024-01-01,,done,2024-01-05\n"  # as new as the one before: the last counts
    )
    got = staged(content, mapping(columns=TICKETS["columns"] | {"updated_at": "Updated"}))
    assert got.facts("ticket", "row") == [1, 3, 6]
    assert [(row, reason) for row, _, _, reason in got.refusals] == [
        (2, "superseded by a newer row of the same ticket"),
        (4, "duplicate row"),
        (5, "superseded by a newer row of the same ticket"),
    ]
    assert got.rows == len(got.facts("ticket", "row")) + len(got.refusals)


# Words.


def test_words_are_found_whatever_their_case_and_spaces_and_strange_ones_reported() -> None:
    content = "Id,Opened,Solved,State\n" + "".join(
        f"{number},2024-01-01,,{word}\n"
        for number, word in enumerate(["IN PROGRESS", " Done ", "Parked", "parked ", "closed", "?"])
    )
    got = staged(content, mapping(nulls=["?"]))
    assert got.facts("ticket", "status", "original_status") == [
        ("open", "IN PROGRESS"),
        ("resolved", "Done"),
        (None, "Parked"),
        (None, "parked"),
        ("closed", "closed"),  # one of our own words means itself
        (None, None),
    ]
    treated = "open, unless a resolve or a close is dated"
    assert got.unmapped == [("State", "Parked", treated, 1), ("State", "parked", treated, 1)]


def test_words_of_the_settings_stand_over_the_mapping() -> None:
    settings = Settings(loading=Loading(status={"Done": "closed"}))
    got = staged("Id,Opened,Solved,State\n1,2024-01-01,,done\n", TICKETS, settings=settings)
    assert got.facts("ticket", "status", "original_status") == [("closed", "done")]


def test_the_first_filled_of_several_columns_counts_and_a_constant_fills_the_rest() -> None:
    columns = {"original_id": "Id", "created_at": "Opened", "team": ["Queue", "Group"]}
    content = "Id,Opened,Queue,Group\n1,2024-01-01,A,B\n2,2024-01-01,,B\n3,2024-01-01,,\n"
    got = staged(content, mapping(columns=columns, constants={"team": "nobody", "status": "closed"}))
    assert got.facts("ticket", "team", "status") == [("A", "closed"), ("B", "closed"), ("nobody", "closed")]


@pytest.mark.parametrize(
    "heading", ["50% done", "a:b", 'said "so"', "select", "row", "text", "(1)", "it's", "état", "a.b"]
)
def test_a_column_may_be_called_anything(heading: str) -> None:
    quoted = '"' + heading.replace('"', '""') + '"'
    columns = {"original_id": "Id", "created_at": "Opened", "subject": heading}
    got = staged(f"Id,Opened,{quoted}\n1,2024-01-01,yes\n", mapping(columns=columns))
    assert got.facts("ticket", "original_id", "subject") == [("1", "yes")]


# Event logs.

LOG: dict[str, Any] = {
    "name": "log",
    "shape": "event",
    "columns": {"original_id": "Id", "occurred_at": "When", "status": "State", "owner": "Owner", "actor": "By"},
    "constants": {"actor_role": "agent"},
    "words": {"status": {"Working": "open", "On it": "open", "Solved": "resolved"}},
}


def test_a_log_becomes_its_last_state_and_its_changes() -> None:
    content = (
        "Id,When,State,Owner,By\n"
        "1,2024-01-03 10:00,Solved,ann,ann\n"  # out of order
        "1,2024-01-01 10:00,new,,bot\n"
        "1,2024-01-02 10:00,Working,ann,ann\n"
        "1,2024-01-02 11:00,On it,,bob\n"  # our word is the same, and an empty owner says nothing
        "2,2024-01-01 10:00,new,ann,ann\n"
        "2,2024-01-01 10:00,new,ann,ann\n"
    )
    got = staged(content, LOG)
    assert got.facts("ticket", "original_id", "status", "original_status", "owner", "created_at", "updated_at") == [
        ("1", "resolved", "Solved", "ann", datetime(2024, 1, 1, 10), datetime(2024, 1, 3, 10)),
        ("2", "new", "new", "ann", datetime(2024, 1, 1, 10), datetime(2024, 1, 1, 10)),
    ]
    events = got.facts("event", "original_id", "kind", "old_value", "new_value", "original_value", "actor")
    assert [event[1:] for event in events if event[0] == "1"] == [  # in the order of the file
        ("status", "open", "resolved", "Solved", "ann"),
        ("created", None, None, None, None),
        ("status", None, "new", "new", "bot"),
        ("owner", None, "ann", "ann", "ann"),
        ("status", "new", "open", "Working", "ann"),
    ]
    assert [(row, reason) for row, _, _, reason in got.refusals] == [(6, "duplicate row")]


def test_a_sequence_stands_over_the_clock() -> None:
    columns = LOG["columns"] | {"sequence": "No"}
    content = "Id,When,State,Owner,By,No\n1,2024-01-01 10:00,Solved,,,10\n1,2024-01-01 10:00,Working,,,9\n"
    got = staged(content, LOG | {"columns": columns})
    assert got.facts("ticket", "status") == ["resolved"]  # 9 comes before 10, as numbers do
    got = staged(content.replace("9\n", "ix\n"), LOG | {"columns": columns})
    assert got.refusals == [(2, "No", "ix", "not a number")]


def test_a_resolve_taken_back_by_a_reopen_is_gone() -> None:
    columns = LOG["columns"] | {"resolved_at": "Solved"}
    content = (
        "Id,When,State,Owner,By,Solved\n"
        "1,2024-01-01 10:00,Solved,,,2024-01-01 10:00\n1,2024-01-02 10:00,Working,,,\n"
        "2,2024-01-01 10:00,Solved,,,2024-01-01 10:00\n2,2024-01-02 10:00,,,,\n"  # says nothing of the state
    )
    got = staged(content, LOG | {"columns": columns})
    assert got.facts("ticket", "original_id", "resolved_at") == [("1", None), ("2", datetime(2024, 1, 1, 10))]


def test_activities_are_events_each_time_and_strange_ones_reported() -> None:
    desk = {
        "name": "log",
        "shape": "event",
        "columns": {"original_id": "Id", "occurred_at": "When", "activity": "What"},
        "activities": {
            "take": {"event": "status", "value": "open"},
            "solve": {"event": "status", "value": "resolved"},
            "help!": {"event": "escalation", "value": "functional", "role": "agent"},
        },
        "ignored_activities": ["tea"],
    }
    content = "Id,When,What\n" + "".join(
        f"1,2024-01-0{day},{what}\n" for day, what in enumerate(["take", "solve", "Solve", "help!", "tea", "nap"], 1)
    )
    got = staged(content, desk)
    assert got.facts("event", "kind", "old_value", "new_value", "original_value", "actor_role")[1:] == [
        ("status", None, "open", "take", None),
        ("status", "open", "resolved", "solve", None),
        ("status", "resolved", "resolved", "Solve", None),
        ("escalation", None, "functional", "help!", "agent"),
    ]
    assert got.facts("ticket", "status", "original_status") == [("resolved", "Solve")]
    assert got.unmapped == [("What", "nap", "no event", 1)]


def test_a_field_history_names_the_field_and_its_new_value() -> None:
    history = {
        "name": "history",
        "shape": "event",
        "columns": {"original_id": "Id", "occurred_at": "When", "activity": "Field", "new_value": "To", "actor": "By"},
        "activities": {"state": {"event": "status"}, "assignee": {"event": "owner"}},
        "words": {"status": {"Working": "open"}},
    }
    content = (
        "Id,When,Field,To,By\n1,2024-01-01,state,Working,a\n1,2024-01-02,assignee,ann,a\n1,2024-01-03,state,Odd,a\n"
    )
    got = staged(content, history)
    assert got.facts("event", "kind", "old_value", "new_value", "original_value")[1:] == [
        ("status", None, "open", "Working"),
        ("owner", None, "ann", "ann"),
        ("status", "open", None, "Odd"),
    ]
    assert got.facts("ticket", "status", "original_status", "owner") == [(None, "Odd", "ann")]


def test_the_one_who_asked_is_no_agent() -> None:
    columns = LOG["columns"] | {"requester": "Caller"}
    content = "Id,When,State,Owner,By,Caller\n1,2024-01-01,new,,eve,eve\n1,2024-01-02,Solved,,ann,eve\n"
    got = staged(content, LOG | {"columns": columns})
    roles = got.facts("event", "kind", "actor", "actor_role")
    assert roles == [("created", None, None), ("status", "eve", "customer"), ("status", "ann", "agent")]


# Surveys.

SURVEY: dict[str, Any] = {
    "name": "nps",
    "shape": "survey",
    "nulls": ["NA"],
    "columns": {"score": "Q1", "answered_at": "When"},
    "survey": {"kind": "nps", "lowest": 0, "highest": 10, "higher_is_better": True},
}


def test_scores_outside_the_scale_and_no_scores_are_refused() -> None:
    content = "Q1,When\n" + "".join(f"{score},2024-01-01\n" for score in ["10", "0", "11", "-1", "NA", "", "good", "7"])
    got = staged(content, SURVEY)
    assert got.facts("survey", "survey_id", "score", "original_score") == [
        ("export.csv:1", 10.0, "10"),
        ("export.csv:2", 0.0, "0"),
        ("export.csv:8", 7.0, "7"),
    ]
    assert got.refusals == [
        (3, "Q1", "11", "score 11 is outside 0–10"),
        (4, "Q1", "-1", "score -1 is outside 0–10"),
        (5, "Q1", "NA", "no score"),
        (6, "Q1", None, "no score"),
        (7, "Q1", "good", "not a score this mapping can read"),
    ]


def test_words_of_a_survey() -> None:
    survey = {
        "kind": "csat", "lowest": 0, "highest": 1, "higher_is_better": True,
        "words": {"Good": 1, "Bad": 0}, "unanswered": ["Offered"], "not_sent": ["Not Offered"],
    }  # fmt: skip
    columns = {"score": "Satisfaction", "ticket_original_id": "Id", "sent_at": "Sent"}
    content = "Id,Satisfaction,Sent\n1,good,2024-01-01\n2,Bad,2024-01-01\n3,Offered,2024-01-01\n4,Not Offered,\n"
    got = staged(content, {"name": "csat", "shape": "survey", "columns": columns, "survey": survey})
    assert got.facts("survey", "ticket_original_id", "score", "original_score", "kind", "scale_high") == [
        ("1", 1.0, "good", "csat", 1.0),
        ("2", 0.0, "Bad", "csat", 1.0),
        ("3", None, "Offered", "csat", 1.0),
    ]
    assert got.refusals == []
    assert "1 rows say that no survey was sent; they count nowhere." in got.stage.warnings
    assert any(warning.startswith("2 answers have no date") for warning in got.stage.warnings)


def test_a_declared_date_dates_every_answer() -> None:
    changed = SURVEY | {"columns": {"score": "Q1"}, "constants": {"answered_at": "2024-06-01"}}
    got = staged("Q1\n9\n3\n", changed)
    assert got.facts("survey", "answered_at") == [datetime(2024, 6, 1)] * 2


def test_two_equal_anonymous_answers_are_two_answers() -> None:
    got = staged("Q1,When\n9,2024-01-01\n9,2024-01-01\n", SURVEY)
    assert got.facts("survey", "score") == [9.0, 9.0]


# Other shapes, JSON, and columns that are not there.


def test_a_worklog_is_copied() -> None:
    worklog = {
        "name": "time", "shape": "worklog",
        "columns": {"ticket_original_id": "Id", "minutes": "Min", "agent": "Who"},
    }  # fmt: skip
    got = staged("Id,Min,Who\n1,15,ann\n1,15,ann\n2,x,ann\n", worklog)
    assert got.facts("worklog", "ticket_original_id", "minutes", "agent") == [("1", 15.0, "ann"), ("1", 15.0, "ann")]
    assert got.refusals == [(3, "Min", "x", "not a number")]


def test_json_is_read_by_its_paths() -> None:
    columns = {"original_id": "id", "created_at": "at", "owner": "who.name"}
    content = (
        '[{"id": 7, "at": "2024-01-01T00:00:00Z", "who": {"name": "ann"}}, {"id": 8, "at": "2024-01-01T00:00:00Z"}]'
    )
    got = staged(content, {"name": "js", "shape": "ticket", "columns": columns}, name="export.json")
    assert got.facts("ticket", "original_id", "owner") == [("7", "ann"), ("8", None)]


def test_a_mapping_naming_a_column_that_is_not_there_is_told_the_nearest() -> None:
    with pytest.raises(FileRefusedError, match=r"no column 'Opened'.*Did you mean 'opened'"):
        staged("Id,opened,Solved,State\n1,2024-01-01,,\n", TICKETS)
