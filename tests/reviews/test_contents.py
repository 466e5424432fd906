"""The agendas: each within its time box, every KPI in them known, keys named once."""

from __future__ import annotations

import pytest

from dashboard import kpis
from dashboard.reviews.contents import AGENDAS, TIME_BOX
from dashboard.rhythm import Rhythm


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_a_review_fits_its_time_box(rhythm: Rhythm) -> None:
    parts = AGENDAS[rhythm]
    assert sum(part.minutes for part in parts) <= TIME_BOX[rhythm]
    assert len({part.key for part in parts}) == len(parts)
    assert {name for part in parts for name in part.figures} <= set(kpis.catalogue())


def test_the_seven_come_first_in_every_review() -> None:
    assert [AGENDAS[rhythm][0].figures for rhythm in Rhythm] == [kpis.HEADLINES] * 3
