"""What each definition of the field reads on the same few tickets, with the arithmetic visible."""

import pytest
from world import World

from dashboard import kpis
from dashboard.kpis.alternatives import choices_of, of_the_field
from dashboard.kpis.options import CHOICES, Options

FIRST_CONTACT = """
public_replies repliers customer_followups teams reopens days_to_reopen days_to_next_contact closed_at  requester
1              1        0                  1     0       -              -                    2025-01-15 ann
0              -        0                  1     0       -              -                    -          bo
1              1        2                  2     0       -              -                    2025-01-15 cy
4              1        3                  1     0       -              -                    2025-01-15 di
2              2        1                  1     0       -              -                    -          ed
1              1        0                  1     1       2              3                    -          fay
3              1        0                  1     0       -              9                    -          -
"""


@pytest.mark.parametrize(
    ("rule", "met", "n"),
    [
        ("net", 1, 7),  # ann; cy saw two teams, fay came back
        ("zendesk", 4, 7),  # ann, bo (no reply at all), cy, fay
        ("fivetran", 3, 7),  # ann, cy, fay
        ("intercom", 4, 6),  # ann, cy, di and the last; of bo nobody is known
        ("freshservice", 4, 7),  # ann, bo, fay and the last
        ("zoho", 2, 3),  # of the closed ones: ann, cy
        ("gladly", 5, 6),  # all with a requester but fay
    ],
)
def test_first_contact_by_seven_rules(rule: str, met: int, n: int, world: World) -> None:
    world.table("ticket", FIRST_CONTACT, first_resolved_at="2025-01-10")
    reading = world.read("fcr", "2025-01", fcr_rule=rule)
    assert (reading.events, reading.n) == (met, n)
    assert rule in (*reading.kpi.chosen.deviations().values(), "net")


def test_tickets_nobody_confirmed_and_bots_may_be_counted(world: World) -> None:
    world.table(
        "ticket",
        "public_replies is_auto_closed is_bot_only\n1 yes no\n0 no yes\n1 no no",
        first_resolved_at="2025-01-10",
    )
    assert world.read("fcr").n == 1
    assert world.read("fcr", auto_closed="include").n == 2
    with_bots = world.read("fcr", bot_handled="include", fcr_rule="zendesk")
    assert (with_bots.n, with_bots.value) == (2, 1)
    assert "bot" in with_bots.definition


RESOLVED = """
created_at first_resolved_at resolved_at first_resolution_minutes resolution_minutes resolution_active_minutes ticket_type
2024-12-30 2025-01-02        2025-02-03  100                      900                50                        incident
2025-01-10 2025-01-11        2025-01-11  200                      200                20                        question
"""


@pytest.mark.parametrize(
    ("options", "when", "value"),
    [
        ({}, "2025-01", 200),
        ({"resolve": "first"}, "2025-01", (100 + 200) / 2),
        ({"resolve": "first", "ticket_kind": "incident"}, "2025-01", 100),
        ({"dated_by": "created"}, "2024-12", 900),
        ({"dated_by": "first_resolved"}, "2025-01", (900 + 200) / 2),
        ({"dated_by": "resolved", "resolve": "first"}, "2025-02", 100),
        ({"clock": "active"}, "2025-02", 50),
    ],
)
def test_resolution_time_by_end_kind_date_and_clock(
    options: dict[str, str], when: str, value: float, world: World
) -> None:
    world.table("ticket", RESOLVED)
    assert world.read("mttr", when, **options).value == pytest.approx(value)


def test_reopens_as_tickets_at_any_time_and_as_events(world: World) -> None:
    world.table(
        "ticket",
        "reopens days_to_reopen\n0 -\n3 2\n1 20\n- 5",
        first_resolved_at="2025-01-10",
    )
    assert world.read("reopen_rate", "2025-01").value == 2 / 4
    assert world.read("reopen_rate", "2025-01", reopen_rule="any").value == 3 / 4
    events = world.read("reopen_rate", "2025-01", reopen_rule="events")
    assert (events.value, events.events) == ((0 + 3 + 1 + 1) / 4, 5)


def test_escalations_among_resolved_tickets_only(world: World) -> None:
    world.table(
        "ticket",
        "escalated first_resolved_at open_days\nyes 2025-01-10 -\nno 2025-01-10 -\nyes - 30\nno - 2",
        created_at="2025-01-02",
    )
    assert world.read("escalation_rate", "2025-01").value == 2 / 3
    assert world.read("escalation_rate", "2025-01", escalation_among="resolved").value == 1 / 2


def test_csat_by_top_answer_mean_first_rating_and_the_date_of_the_ticket(world: World) -> None:
    world.table("ticket", "ticket_id resolved_at\nt:1 2025-02-01\nt:2 2025-01-05")
    world.table(
        "survey",
        """
        ticket_id score_share is_latest_on_ticket is_first_on_ticket
        t:1       1.0         no                  yes
        t:1       0.0         yes                 no
        t:2       0.75        yes                 yes
        -         1.0         yes                 yes
        """,
        kind="csat",
        answered_at="2025-01-10",
    )
    assert world.read("csat", "2025-01").value == 2 / 3
    assert world.read("csat", "2025-01", csat_rule="top").value == 1 / 3
    mean = world.read("csat", "2025-01", csat_rule="mean")
    assert (mean.value, mean.target) == (pytest.approx((0 + 0.75 + 1) / 3), None)
    assert world.read("csat", "2025-01", csat_answer="first").value == 3 / 3
    by_ticket = world.read("csat", "2025-01", dated_by="resolved")
    assert (by_ticket.n, by_ticket.value, by_ticket.anchor) == (1, 1, "its ticket resolved")
    assert len(world.tickets("csat", "2025-01", dated_by="resolved")) == 1


def test_nps_about_tickets_counts_every_answer(world: World) -> None:
    world.table(
        "survey",
        "ticket_id score is_latest_in_quarter\nt:1 10 no\nt:2 3 yes\n- 10 yes",
        kind="nps", scale_low="0", scale_high="10", answered_at="2025-01-10",
    )  # fmt: skip
    assert (world.read("nps").n, world.read("nps").value) == (2, 0)
    about = world.read("nps", nps_rule="transactional")
    assert (about.n, about.value) == (2, 0)
    assert len(world.tickets("nps", nps_rule="transactional")) == 2


def test_target_clocks_of_one_kind_and_the_last_cycle(world: World) -> None:
    world.table(
        "sla_clock",
        "clock is_met is_last_cycle\nresolution no no\nresolution yes yes\nfirst_reply no yes",
        dated_at="2025-01-10",
    )
    assert world.read("sla_compliance").value == 1 / 3
    assert world.read("sla_compliance", sla_cycle="last").value == 1 / 2
    assert world.read("sla_compliance", sla_clock="first_reply").value == 0


@pytest.mark.parametrize("kpi", kpis.catalogue().values(), ids=kpis.catalogue())
def test_each_choice_changes_the_rule_that_is_printed_or_the_clock(kpi: kpis.Kpi) -> None:
    for name in kpi.options:
        choice = CHOICES[name]
        words = [str(number) for number in list(choice.numbers)[:3]] if choice.numbers else list(choice.words)
        told = set()
        for word in words:
            chosen = kpis.under(kpi.name, Options().but(name, word))
            told.add((chosen.counts, chosen.anchor))
            assert len(chosen.counts) < 700
        # An anchor may be the definition's own; whose turn it was has two clocks only.
        alike = name == "dated_by" or (name == "clock" and kpi.family == "thread")
        assert len(told) >= len(words) - alike, (kpi.name, name)


@pytest.mark.parametrize("name", ["fcr", "mttr", "reopen_rate", "escalation_rate", "csat", "nps", "sla_compliance"])
def test_the_panel_begins_with_the_default_and_names_each_definition_once(name: str) -> None:
    found = of_the_field(name, Options())
    assert found[0].options == Options()
    assert len({each.label for each in found}) == len(found)
    assert len({(each.kpi, each.options) for each in found}) == len(found)
    assert all(len(each.label) <= 28 for each in found)  # longer ones are cut in the chart
    assert of_the_field(name, Options(window_days=14))[-1].options.window_days == 14


def test_what_can_be_chosen_is_said_in_words() -> None:
    (fcr,) = kpis.named(["fcr"])
    words = dict(choices_of(fcr))
    assert words["First contact means"].startswith("FCR net of returns; or FCR as Zendesk's one-touch; or")
    assert words["Return window, days"] == "7; 1 to 30 can be chosen"
