"""CSAT after solved tickets and the relational NPS of each quarter, as a survey tool exports them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sample_data.arrivals import World
from sample_data.clock import DAY, END, iso, local, quarter, seconds
from sample_data.dice import Dice
from sample_data.lives import Life
from sample_data.truth import Told, tell


@dataclass(frozen=True)
class Answer:
    """One survey sent. ``score`` and ``answered_at`` None: no answer. ``counts``: the newest of its kind."""

    id: str
    ticket: int | None
    respondent: int
    account: int | None
    sent_at: int
    answered_at: int | None
    score: int | None
    comment: str = ""
    counts: bool = True


#: What the survey tool writes into the score of a survey nobody answered.
NO_ANSWER = "no answer"
_PRAISE = ("Quick and clear.", "Solved in one go, thank you.", "Friendly help.", "")
_BLAME = ("Took far too long.", "I had to explain it twice.", "Third time this month.", "Not solved for us.", "")


def csat(dice: Dice, world: World) -> list[Answer]:
    """One survey for about half of the solved tickets; some people change their mind, and the newest counts."""
    found: list[Answer] = []
    for life in world.lives:
        told = tell(life)
        if told.first_solved is None or life.kind in ("bot", "outbound", "test", "spam", "deleted", "merged"):
            continue
        if not dice.chance(0.60):
            continue
        sent = told.first_solved + 3600
        answered = sent + round(dice.skewed(5, 1.1) * 3600)
        if sent >= END - DAY:
            continue
        account = life.contact.account.id if life.contact.account else None
        number = f"CS-{len(found) + 1:06d}"
        if not dice.chance(0.34) or answered >= END:
            found.append(Answer(number, life.number, life.contact.id, account, sent, None, None))
            continue
        score = _score(dice, life, told)
        if dice.chance(0.01) and answered + DAY < END:
            second = Answer(f"{number}B", life.number, life.contact.id, account, sent, answered + DAY, 4, "Solved now.")
            found += [Answer(number, life.number, life.contact.id, account, sent, answered, 2, "", False), second]
            continue
        comment = dice.pick(_PRAISE if score >= 4 else _BLAME) if dice.chance(0.3) else ""
        found.append(Answer(number, life.number, life.contact.id, account, sent, answered, score, comment))
    return found


def _score(dice: Dice, life: Life, told: Told) -> int:
    unhappy = 0.028
    unhappy += 0.22 if told.reopens else 0
    unhappy += 0.07 if told.escalated else 0
    unhappy += 0.10 if life.issue else 0
    unhappy += 0.04 if told.minutes_to_solve is not None and told.minutes_to_solve > 72 * 60 else 0
    if dice.chance(unhappy):
        return dice.weighted(((1, 0.35), (2, 0.3), (3, 0.35)))
    return dice.weighted(((5, 0.72), (4, 0.28)))


#: Answers that count, promoters and detractors in each quarter. 2025-Q3 lies 8.0 points below the one before.
NPS_PLAN = {
    "2024-Q2": (400, 250, 45),
    "2024-Q3": (560, 354, 67),
    "2024-Q4": (580, 371, 64),
    "2025-Q1": (600, 372, 69),
    "2025-Q2": (600, 378, 66),
    "2025-Q3": (600, 348, 84),
    "2025-Q4": (260, 164, 29),
}
_WAVE = {"2024-Q2": "2024-05-13", "2024-Q3": "2024-07-08", "2024-Q4": "2024-10-07", "2025-Q1": "2025-01-13",
         "2025-Q2": "2025-04-07", "2025-Q3": "2025-07-07", "2025-Q4": "2025-10-06"}  # fmt: skip
_TWICE = 12  # people a quarter who answer again; the newest answer counts


def nps(dice: Dice, world: World) -> list[Answer]:
    """Exactly the planned answers of each quarter, and as many again and more that stay silent."""
    people = _panel(world)
    found: list[Answer] = []
    for name, (answers, promoters, detractors) in NPS_PLAN.items():
        scores = [dice.pick((9, 9, 10, 10, 10)) for _ in range(promoters)]
        scores += [dice.pick((0, 2, 3, 4, 5, 6, 6)) for _ in range(detractors)]
        scores += [dice.pick((7, 8)) for _ in range(answers - promoters - detractors)]
        asked = dice.shuffled(people)[: round(answers * 2.2)]
        first_day = seconds(f"{_WAVE[name]} 00:00")
        days = 30 if name == "2025-Q4" else 45 if name == "2024-Q2" else 70
        for place, (person, account) in enumerate(asked):
            sent = first_day + dice.whole(0, days - 1) * DAY + dice.whole(9 * 60, 15 * 60) * 60
            number = f"NPS-{name[2:4]}{name[-1]}-{place:04d}"
            if place >= answers:
                found.append(Answer(number, None, person, account, sent, None, None))
                continue
            answered = sent + dice.whole(10, 200) * 60
            if place < _TWICE:
                found.append(Answer(f"{number}A", None, person, account, sent, answered, dice.whole(0, 10), "", False))
                answered += 2 * DAY
            found.append(Answer(number, None, person, account, sent, answered, scores[place]))
            if quarter(answered) != name:
                raise AssertionError(f"{number} would fall out of {name}")
    return found


def _panel(world: World) -> list[tuple[int, int]]:
    """Whom the relational survey asks: the contacts who write in, and others at the same accounts."""
    panel = [(person.id, person.account.id) for person in world.people if person.account is not None]
    heavy = [account for account in world.companies for _ in range(max(1, round(account.weight * 6)))]
    panel += [(396_000_000_001 + place, heavy[place % len(heavy)].id) for place in range(900)]
    return panel


def csat_csv(answers: Sequence[Answer]) -> str:
    """ISO clock times in UTC."""
    header = ("Survey", "Ticket", "Contact", "Account", "Sent", "Answered", "Score", "Comment")
    return table(
        header,
        (
            (a.id, a.ticket, a.respondent, a.account, iso(a.sent_at), _iso(a.answered_at), _score_cell(a), a.comment)
            for a in answers
        ),
    )


def nps_csv(answers: Sequence[Answer]) -> str:
    """Dublin clock times, day first; the scale runs from 0 to 10."""
    header = ("Response", "Person", "Account", "Asked", "Answered", "How likely are you to recommend us?")
    return table(
        header,
        ((a.id, a.respondent, a.account, _dublin(a.sent_at), _dublin(a.answered_at), _score_cell(a)) for a in answers),
    )


def _score_cell(answer: Answer) -> int | str:
    return NO_ANSWER if answer.score is None else answer.score


def _iso(at: int | None) -> str:
    return "" if at is None else iso(at)


def _dublin(at: int | None) -> str:
    return "" if at is None else local(at).strftime("%d/%m/%Y %H:%M")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV text; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue()
