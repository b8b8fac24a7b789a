"""Where a score stands among those of its call."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from core.clock import FrozenClock
from core.database import session
from core.roles import Role
from grants.rules.standing import Standing, standing
from tests.factories import awards as make
from tests.factories.accounts import make_user, sign_in_as


def of(own: str, scores: dict[str, int], high: str = "100", decimals: int = 2, lower: bool = False) -> Standing:
    given = {Decimal(score): many for score, many in scores.items()}
    return standing(given, Decimal(own), low=Decimal(0), high=Decimal(high), decimals=decimals, lower_is_better=lower)


def test_every_score_is_in_one_part_of_the_scale_and_the_own_one_is_told_apart() -> None:
    found = of("73.33", {"20.00": 1, "29.99": 2, "30.00": 4, "73.33": 3, "100.00": 1})
    assert (found.better, found.equal, found.worse, found.all) == (1, 2, 7, 11)
    assert [(str(one.low), str(one.high), one.others, one.own) for one in found.steps] == [
        ("90.00", "100.00", 1, False),
        ("80.00", "89.99", 0, False),
        ("70.00", "79.99", 2, True),
        ("60.00", "69.99", 0, False),
        ("50.00", "59.99", 0, False),
        ("40.00", "49.99", 0, False),
        ("30.00", "39.99", 4, False),
        ("20.00", "29.99", 3, False),
    ]


@pytest.mark.parametrize(("high", "decimals"), [("25", 0), ("5", 0), ("5", 1), ("120", 2), ("3", 0)])
def test_no_score_falls_between_two_parts(high: str, decimals: int) -> None:
    finest = Decimal(1).scaleb(-decimals)
    every = {str(finest * part): 1 for part in range(int(Decimal(high) / finest) + 1)}
    found = of(high, every, high, decimals)
    assert sum(one.others + one.own for one in found.steps) == len(every)
    assert 1 < len(found.steps) <= 10


def test_lower_may_be_better_and_a_bonus_goes_beyond_the_scale() -> None:
    found = of("2", {"-1": 1, "2": 1, "9": 2}, "10", 0, lower=True)
    assert (found.better, found.worse) == (1, 2)
    assert (found.steps[0].low, found.steps[0].others) == (Decimal(-1), 1)
    assert of("103", {"103": 1, "4": 1}).steps[0].high == Decimal(103)
    with pytest.raises(ValueError, match="not among"):
        of("50", {"49": 1})


def test_whoever_applied_sees_it_drawn_and_nobody_else_does(client: FlaskClient, clock: FrozenClock) -> None:
    _call, found = make.released(clock, make_user(Role.PROGRAMME_OFFICER), applications=3)
    page, applicant, other = f"/es/solicitudes/{found[0].id}/resultado", found[0].applicant, found[1].applicant
    session().commit()
    sign_in_as(client, applicant)
    text = client.get(page).text
    assert "Además de la tuya hay 2 calificaciones:" in text
    assert f'src="{page}/lugar.svg"' in text
    drawn = client.get(f"{page}/lugar.svg")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/svg+xml")
    assert drawn.headers["Cache-Control"].startswith("private")
    assert "La tuya" in drawn.text
    sign_in_as(client, other)
    assert client.get(f"{page}/lugar.svg").status_code == 404
