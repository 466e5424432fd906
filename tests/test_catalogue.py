"""The catalogue: complete, documented, specified, and known to the oracle."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from oracle import ORACLES

from dashboard import kpis
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.kpis.options import CHOICES, Options
from dashboard.kpis.target import Above, Below, Between, Every, Trending
from dashboard.settings import in_force, targets
from etl.errors import UsageError
from etl.settings import Home

IDS = [
    "csat",
    "csat_response_rate",
    "nps",
    "mttr",
    "mttr_median",
    "mttr_p90",
    "mttr_censored",
    "resolved_in_time",
    "first_reply_time",
    "response_time",
    "ces",
    "ces_high_effort",
    "unhappy_followed_up",
    "repeat_contact_rate",
    "fcr",
    "reopen_rate",
    "escalation_rate",
    "repeat_incident_rate",
    "sla_compliance",
    "tickets_created",
    "tickets_resolved",
    "backlog",
    "weeks_of_work",
    "investigation_tax",
    "delay_tax",
    "handoffs_per_ticket",
    "many_handoffs",
    "no_handoff",
    "four_owners",
    "ping_pong",
    "first_assignment",
    "push_to_front",
    "customer_repeats",
    "systems_per_ticket",
    "unnoted_handoffs",
    "warm_handoffs",
    "handoff_gap",
    "lost_tickets",
    "with_us_time",
    "unowned_time",
    "with_customer_time",
    "with_other_time",
    "unowned_long",
    "unproven_claims",
    "unproven_claims_returned",
    "proven_claims_returned",
    "qa_score",
    "qa_coverage",
    "kb_helpfulness",
    "kb_coverage",
    "knowledge_test",
    "self_service_resolution",
    "self_service_confirmed",
    "deflection",
    "channel_availability",
    "platform_adoption",
    "cost_per_ticket",
    "utilisation",
    "tickets_per_agent_day",
    *("functional_escalations", "hierarchical_escalations", "overdue_clocks", "rounds_per_escalation", "three_rounds"),
    *("clarification_trips", "with_engineering_time", "re_escalation_rate", "loop_rate", "path_adherence"),
    "avoidable_escalations",
    *("returned_after_fix_7", "returned_after_fix_30", "returned_after_fix_90", "repeat_incident_tickets"),
    *("accounts_in_doubt", "accounts_under_scrutiny", "third_occurrences"),
    "sev1_incidents",
    "time_to_detect",
    "detection_to_engage",
    "postmortem_in_time",
    "availability",
    "engineering_latency",
    "engineering_latency_first",
    "repeat_escalations",
    "executive_escalation_time",
    "feature_freeze_time",
    "reliability_capacity",
    "reliability_reviews",
    "assessment_time",
    "war_room_time",
    "executive_contact_time",
    "update_gap",
    "follow_up_time",
    "enps",
    "agent_retention",
    "internal_promotion",
    "time_to_proficiency",
    "new_hire_ramp",
    "training_hours",
    "customer_retention",
    "churn_due_to_support",
    "churn_uncoded",
    "detractors_contacted",
    "executive_reviews",
    "onsite_visits",
]


def test_the_names_scripts_depend_on() -> None:
    assert set(kpis.catalogue()) == set(IDS)
    assert [kpi.name for kpi in kpis.headlines()] == [
        *("csat", "nps", "mttr", "fcr", "escalation_rate", "repeat_incident_rate", "investigation_tax")
    ]
    assert {kpi.name for kpi in kpis.catalogue().values() if kpi.headline} == set(kpis.HEADLINES)


@pytest.mark.parametrize("kpi", kpis.catalogue().values(), ids=kpis.catalogue())
def test_every_kpi_has_a_specification_an_oracle_and_its_sentences(kpi: Kpi) -> None:
    assert (Path(__file__).parent / "specs" / f"test_{kpi.name}.py").exists()
    assert kpi.name in ORACLES
    assert kpi.asks.endswith("?")
    for sentence in (kpi.counts, kpi.beware):
        assert sentence.endswith(".")
        assert sentence[0].isupper()
    assert kpi.needs
    assert kpi.family in kpis.FAMILIES
    if kpi.statistic.shape == "entered":
        assert kpi.enough == (5 if kpi.name == "enps" else 1)  # nothing was sampled; five so that nobody is recognised
        assert kpi.grade == "entered, no interval"
    else:
        assert kpi.enough == (20 if kpi.unit is Unit.MINUTES else 1 if kpi.unit in (Unit.COUNT, Unit.WEEKS) else 30)
    assert kpi.owner in set(kpis.OWNERS.values()) | {"engineering", "knowledge management", "support tools", "training"}
    assert set(kpi.options) <= set(CHOICES)


def test_the_targets_of_the_role_sheet_and_of_the_plan() -> None:
    found = {name: kpi.target for name, kpi in kpis.catalogue().items() if kpi.target is not None}
    sources = ("role sheet, VP of Customer Support", "reliability plan, CEO shadows support")
    assert all(target.because.startswith(sources) for target in found.values())
    # fmt: off
    assert {name: target.value for name, target in found.items() if isinstance(target, Above)} == {
        "csat": 0.95, "nps": 50, "fcr": 0.70, "sla_compliance": 0.98, "qa_score": 0.90, "kb_helpfulness": 0.85,
        "kb_coverage": 0.90, "knowledge_test": 0.90, "self_service_resolution": 0.40, "deflection": 0.30,
        "channel_availability": 0.999, "platform_adoption": 0.95, "availability": 0.9995, "enps": 30,
        "agent_retention": 0.85, "internal_promotion": 0.20, "customer_retention": 0.95, "reliability_capacity": 0.60,
        "reliability_reviews": 0,
    }
    assert {name: target.value for name, target in found.items() if isinstance(target, Below)} == {
        "mttr": 24 * 60, "response_time": 4 * 60, "ces": 2.0, "repeat_contact_rate": 0.05, "escalation_rate": 0.10, "reopen_rate": 0.05, "churn_due_to_support": 0.02,
        "time_to_proficiency": 60 * 1440, "detection_to_engage": 15, "engineering_latency": 12 * 60,
        "executive_escalation_time": 6 * 60, "feature_freeze_time": 48 * 60, "assessment_time": 15,
        "war_room_time": 30, "executive_contact_time": 60, "update_gap": 4 * 60,
    }
    assert {name: (target.low, target.high) for name, target in found.items() if isinstance(target, Between)} == {
        "utilisation": (0.70, 0.80), "tickets_per_agent_day": (15, 25), "follow_up_time": (24 * 60, 48 * 60),
    }
    assert {name for name, target in found.items() if isinstance(target, Every)} == {
        "postmortem_in_time", "detractors_contacted", "executive_reviews", "onsite_visits",
    }
    assert {name for name, target in found.items() if isinstance(target, Trending)} == {"cost_per_ticket"}
    # fmt: on


def test_a_name_nobody_knows_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'mttr_median'"):
        kpis.named(["mttr_medain"])


def test_options_are_parsed_and_refused_with_what_they_take() -> None:
    assert Options.parse(["clock=business", "window_days = 14"]) == Options(clock="business", window_days=14)
    for wrong, says in {
        "clok=business": "Did you mean 'clock'",
        "clock=lunar": "calendar or business or active",
        "window_days=31": "from 1 to 30",
        "window_days=-1": "from 1 to 30",
        "window_days=²": "from 1 to 30",
        "minutes=3": "no option 'minutes'",
    }.items():
        with pytest.raises(UsageError, match=says):
            Options.parse([wrong])


def test_a_definition_follows_the_options_it_obeys_and_no_others() -> None:
    fcr, csat = kpis.named(["fcr", "csat"])
    assert "14 days" in kpis.definition(fcr, Options(window_days=14))
    assert kpis.definition(csat, Options(window_days=14)) == csat.counts
    assert kpis.under("fcr", Options(clock="business")) is fcr


def test_a_kpi_travels_by_name() -> None:
    kpi = kpis.under("fcr", Options(window_days=14))
    assert pickle.loads(pickle.dumps(kpi)) is kpi


def test_targets_are_overridden_in_the_home_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert in_force(targets(home))["csat"] == kpis.catalogue()["csat"].target
    home.targets_file.write_text(
        "[csat]\nabove = 0.9\nbecause = 'our contract'\n[nps]\nnone = true\n[investigation_tax]\nbelow = 20\n"
    )
    found = in_force(targets(home))
    assert (found["csat"].above, found["csat"].because) == (0.9, "our contract")
    assert found["nps"] is None
    assert found["investigation_tax"].below == 20
    assert found["fcr"] == kpis.catalogue()["fcr"].target


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[csta]\nabove = 0.9", "Did you mean 'csat'"),
        ("[csat]\nabov = 0.9", "Did you mean 'above'"),
        ("[csat]\nabove = 95", "write 95 % as 0.95"),
        ("[csat]\nabove = 0.9\nbelow = 0.1", "exactly one of above, below"),
        ("[csat]\nbetween = [0.9, 0.8]", "low end of a range lies below"),
        ("[csat]\nbetween = [70, 80]", "write 95 % as 0.95, not as 70"),
        ("[csat]\ntrending = 'sideways'", "'trending'"),
        ("[mttr]\nchange = -0.3", "needs a baseline"),
        ("[mttr]\nchange = -0.3\nbaseline = [2026-01-01, 2026-03-31]\nby = 2026-02-01", "before the day the change"),
        ("[mttr]\nevery = true", "no share of events"),
        ("[mttr]\ntrending = 'down'\nmargin = 3", "margin belongs to"),
        ("[csat]\nabove = 0.9\nsegment = { taem = 'A' }", "Did you mean 'team'"),
        ("[[csat]]\nabove = 0.9\n[[csat]]\nsinse = 2026-01-01\nabove = 0.8", "Did you mean 'since'"),
        ("[csat]\nbecause = 'why not'", "exactly one of above, below"),
        ("[csat", "not valid TOML"),
    ],
)
def test_a_target_nobody_can_mean_is_refused(text: str, says: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.targets_file.write_text(text)
    with pytest.raises(UsageError, match=says):
        targets(home)


def test_a_label_reads_as_one_thing_among_others() -> None:
    """Sentences list labels with commas between them."""
    assert [kpi.name for kpi in kpis.catalogue().values() if "," in kpi.label] == []
