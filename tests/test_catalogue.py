"""The catalogue: complete, documented, specified, and known to the oracle."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from oracle import ORACLES

from dashboard import kpis
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.kpis.options import CHOICES, Options
from dashboard.settings import targets
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
    "repeat_contact_rate",
    "fcr",
    "reopen_rate",
    "escalation_rate",
    "repeat_incident_rate",
    "sla_compliance",
    "tickets_created",
    "tickets_resolved",
    "backlog",
    "investigation_tax",
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
    assert kpi.enough == (20 if kpi.unit is Unit.MINUTES else 1 if kpi.unit is Unit.COUNT else 30)
    assert set(kpi.options) <= set(CHOICES)


def test_the_targets_of_the_role_sheet() -> None:
    targets = {name: kpi.target for name, kpi in kpis.catalogue().items() if kpi.target is not None}
    assert all(target.because == "role sheet, VP of Customer Support" for target in targets.values())
    assert {name: target.above for name, target in targets.items() if target.above is not None} == {
        "csat": 0.95,
        "nps": 50,
        "fcr": 0.70,
        "sla_compliance": 0.98,
    }
    assert {name: target.below for name, target in targets.items() if target.below is not None} == {
        "mttr": 24 * 60,
        "response_time": 4 * 60,
        "ces": 2.0,
        "repeat_contact_rate": 0.05,
        "escalation_rate": 0.10,
        "reopen_rate": 0.05,
    }


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
    assert targets(home)["csat"] == kpis.catalogue()["csat"].target
    home.targets_file.write_text(
        "[csat]\nabove = 0.9\nbecause = 'our contract'\n[nps]\nnone = true\n[investigation_tax]\nbelow = 20\n"
    )
    found = targets(home)
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
        ("[csat]\nbecause = 'why not'", "exactly one of above, below"),
        ("[csat", "not valid TOML"),
    ],
)
def test_a_target_nobody_can_mean_is_refused(text: str, says: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.targets_file.write_text(text)
    with pytest.raises(UsageError, match=says):
        targets(home)
