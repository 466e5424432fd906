"""The definitions of a figure beside each other: each option a KPI obeys, one value after the other, by name."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import CHOICES, Options


@dataclass(frozen=True)
class Alternative:
    """One definition of a figure: its short name, the KPI that counts so, and the options it takes."""

    label: str
    kpi: str
    options: Options


_FCR = {
    "net": "Net (our default)",
    "zendesk": "Zendesk one-touch",
    "fivetran": "Fivetran, one comment",
    "intercom": "Intercom, one teammate",
    "freshservice": "Freshservice, no more asked",
    "zoho": "Zoho, closed on one reply",
    "gladly": "Gladly, no repeat contact",
}
#: KPI → (short name, KPI that counts so, options that differ from those chosen). The first is the default.
_FIELD: dict[str, tuple[tuple[str, str, dict[str, str]], ...]] = {
    "fcr": tuple((label, "fcr", {"fcr_rule": rule}) for rule, label in _FCR.items()),
    "mttr": (
        ("Mean, last resolve", "mttr", {"resolve": "last"}),
        ("Mean, first resolve", "mttr", {"resolve": "first"}),
        ("Mean, incidents only", "mttr", {"ticket_kind": "incident"}),
        ("Mean, resolves only", "mttr", {"closed_without_resolve": "exclude"}),
        ("Mean, business hours", "mttr", {"clock": "business"}),
        ("Mean, less customer's turn", "mttr", {"clock": "active"}),
        ("Median, last resolve", "mttr_median", {"resolve": "last"}),
        ("Median, first resolve", "mttr_median", {"resolve": "first"}),
        ("Median, open included", "mttr_censored", {"resolve": "last"}),
        ("90th percentile", "mttr_p90", {"resolve": "last"}),
    ),
    "reopen_rate": (
        ("Reopened in the window", "reopen_rate", {"reopen_rule": "window"}),
        ("Reopened at any time", "reopen_rate", {"reopen_rule": "any"}),
        ("Every reopen counted", "reopen_rate", {"reopen_rule": "events"}),
    ),
    "escalation_rate": (
        ("Of created tickets", "escalation_rate", {"escalation_among": "created"}),
        ("Of resolved tickets only", "escalation_rate", {"escalation_among": "resolved"}),
    ),
    "csat": (
        ("Satisfied answers", "csat", {"csat_rule": "satisfied"}),
        ("Top answers only", "csat", {"csat_rule": "top"}),
        ("Mean answer on its scale", "csat", {"csat_rule": "mean"}),
        ("First rating of a ticket", "csat", {"csat_answer": "first"}),
        ("By the resolve of the ticket", "csat", {"dated_by": "resolved"}),
    ),
    "nps": (
        ("One answer a person, quarter", "nps", {"nps_rule": "relational"}),
        ("Every answer about a ticket", "nps", {"nps_rule": "transactional"}),
    ),
    "sla_compliance": (
        ("Every cycle", "sla_compliance", {"sla_cycle": "every"}),
        ("Last cycle only", "sla_compliance", {"sla_cycle": "last"}),
        ("First reply only", "sla_compliance", {"sla_clock": "first_reply"}),
        ("Resolution only", "sla_compliance", {"sla_clock": "resolution"}),
    ),
}


def of_the_field(name: str, chosen: Options) -> list[Alternative]:
    """What the field means by a KPI, our default first, everything else counted as chosen; none but itself: empty."""
    found = []
    for label, kpi, differing in _FIELD.get(name, ()):
        options = chosen
        for option, word in differing.items():
            options = options.but(option, word)
        found.append(Alternative(label, kpi, options))
    return found


def choices_of(kpi: Kpi) -> list[tuple[str, str]]:
    """Each option a KPI obeys, with its values in words, the one that counts by default first."""
    found = []
    for name in kpi.options:
        choice, default = CHOICES[name], getattr(Options(), name)
        if choice.numbers is not None:
            words = f"{default}; {choice.numbers[0]} to {choice.numbers[-1]} can be chosen"
        else:
            words = "; or ".join(choice.words.values())
        found.append((choice.label, words))
    return found
