"""The pure rules of calls and applications."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from grants.rules import content, deadlines, eligibility, form, itinerary, places, tariff
from grants.rules.folio import folio
from grants.rules.itinerary import Leg, read_legs
from grants.rules.standard import standard_eligibility, standard_tariff
from grants.states.call import CallState
from tests.factories.grants import RATE
from tests.factories.rules import CITY as THE_CITY
from tests.factories.rules import standard_form

CITY = ZoneInfo("America/Mexico_City")
AXES = [{"id": 1, "name": {"es": "Cultura", "en": "Culture"}}]
TERRITORIES = ["Iztapalapa", "Xochimilco"]


def leg(
    city="Marsella", country="FR", start=date(2027, 3, 1), end=date(2027, 3, 14), origin=("MX", "Ciudad de México")
):
    return Leg(origin[0], origin[1], country, city, start, end)


def city(country, typed):
    found = places.find_city(country, typed)
    assert found is not None
    return found


def asked(question):
    found = form.question(standard_form(AXES, TERRITORIES), question)
    assert found is not None
    return found


# --- places and journeys -------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "typed", "name"),
    [
        ("FR", "marsella", "Marseille"),
        ("GB", "Londres", "London"),
        ("US", "NUEVA  YORK", "New York City"),
        ("MX", "Ciudad de Mexico", "Mexico City"),
    ],
)
def test_a_city_is_found_however_it_is_spelled(country, typed, name):
    assert city(country, typed).name == name


def test_an_unknown_city_brings_close_ones():
    assert places.find_city("FR", "Marseile") is None
    assert "Marseille" in places.similar_cities("FR", "Marseile")


def test_distance_is_the_great_circle():
    mexico, paris = city("MX", "Ciudad de México"), city("FR", "París")
    assert abs(places.distance_km(mexico, paris) - 9_200) < 30
    assert places.distance_km(mexico, mexico) == 0


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("CO", "latin_america"),
        ("CU", "latin_america"),
        ("US", "north_america"),
        ("JP", "asia"),
        ("FR", "europe"),
        ("LB", "africa_middle_east_oceania"),
        ("AU", "africa_middle_east_oceania"),
        ("ZZ", None),
    ],
)
def test_every_country_lies_in_one_of_the_five_regions(country, region):
    assert places.region_of(country, THE_CITY["REGIONS"]) == region


def test_a_day_shared_by_two_legs_counts_once():
    legs = [leg(end=date(2027, 3, 5)), leg("Lyon", start=date(2027, 3, 5), end=date(2027, 3, 8))]
    assert itinerary.days_by_leg(legs) == [4, 4]
    assert itinerary.total_days(legs) == 8


def test_the_fields_of_a_bad_leg_are_named():
    bad = leg("Atlántida", "XX", end=date(2027, 2, 1))
    found = {problem.field for problem in itinerary.problems([bad], direction="outbound", home_country="MX")}
    assert found == {"legs-0-country", "legs-0-ends_on"}


def test_an_outbound_journey_leaves_the_country():
    at_home = leg("Guadalajara", "MX")
    (problem,) = itinerary.problems([at_home], direction="outbound", home_country="MX")
    assert problem.field == "legs-0-country"


def test_junk_legs_are_read_without_a_fault():
    junk: list[dict[str, Any]] = [
        {"city": ["x"], "starts_on": "never", "ends_on": 7, "country": None},
        {},
        {"origin_city": "y" * 500},
    ]
    assert len(read_legs(junk)) == 1


# --- tariff ----------------------------------------------------------------------


def test_a_fortnight_in_marseille_is_priced_line_by_line():
    lines = tariff.price([leg()], tariff.Party(), standard_tariff(RATE))
    assert [(line.rule, line.quantity, line.unit, line.amount) for line in lines] == [
        ("per_diem", 14, Money(8_500, "EUR"), Money(2_558_500, "MXN")),
        ("travel", 1, Money(80_000, "EUR"), Money(1_720_000, "MXN")),
    ]
    assert tariff.total(lines, "MXN") == Money(4_278_500, "MXN")


def test_top_ups_multiply_people_children_days():
    party = tariff.Party(people=3, green=True, visas=2, children=1, access_days=4)
    lines = {line.rule: line.unit * line.quantity for line in tariff.price([leg()], party, standard_tariff(RATE))}
    assert lines == {
        "per_diem": Money(14 * 3 * 8_500, "EUR"),
        "travel": Money(3 * 80_000, "EUR"),
        "green": Money(3 * 40_000, "EUR"),
        "visa": Money(24_000, "EUR"),
        "family": Money(20_000, "EUR"),
        "access": Money(12_000, "EUR"),
    }


@pytest.mark.parametrize(("distance", "cents"), [(0, 40_000), (4_999, 40_000), (5_000, 80_000), (19_000, 80_000)])
def test_the_travel_band_changes_at_five_thousand_kilometres(distance, cents):
    assert tariff.travel_band(distance, standard_tariff(RATE))["cents"] == cents


@pytest.mark.parametrize(
    ("people", "days", "allowed"),
    [(1, 6, False), (1, 7, True), (1, 60, True), (1, 61, False), (2, 21, True), (5, 22, False), (6, 10, False)],
)
def test_stays_are_bounded_by_people(people, days, allowed):
    stay = leg(end=date(2027, 3, 1) + timedelta(days=days - 1))
    found = tariff.problems([stay], tariff.Party(people=people), standard_tariff(RATE))
    assert (found == []) is allowed


def test_the_request_stops_at_the_cap():
    lines = tariff.price([leg()], tariff.Party(), standard_tariff(RATE))
    assert tariff.requested(lines, Money(1_000_000, "MXN")) == Money(1_000_000, "MXN")
    assert tariff.requested(lines, Money(9_000_000, "MXN")) == Money(4_278_500, "MXN")


@given(st.integers(1, 5), st.integers(1, 60), st.fractions(Fraction(1, 100), 100, max_denominator=10_000))
def test_the_total_is_always_the_sum_of_its_lines(people, days, rate):
    value = f"{float(rate):.4f}"
    if Fraction(value) == 0:
        return
    priced = tariff.price(
        [leg(end=date(2027, 3, 1) + timedelta(days=days - 1))],
        tariff.Party(people=people, visas=2),
        standard_tariff({**RATE, "value": value}),
    )
    assert tariff.total(priced, "MXN").amount_cents == sum(line.amount.amount_cents for line in priced)
    for line in priced:
        exact = Fraction((line.unit * line.quantity).amount_cents) * Fraction(value)
        assert abs(line.amount.amount_cents - exact) <= Fraction(1, 2)


# --- eligibility ------------------------------------------------------------------


GOOD = {"lives_in_city": True, "adult": True, "previous_award": False, "days": 10}


def test_all_rules_passed_is_eligible():
    assert eligibility.evaluate(standard_eligibility(), GOOD).eligible is True


@pytest.mark.parametrize(
    ("fact", "value", "rule"),
    [
        ("lives_in_city", False, "residence"),
        ("adult", False, "age"),
        ("previous_award", True, "wait"),
        ("days", 6, "stay"),
    ],
)
def test_each_rule_says_no_with_its_reason(fact, value, rule):
    verdict = eligibility.evaluate(standard_eligibility(), {**GOOD, fact: value})
    assert verdict.eligible is False
    assert [reason.rule for reason in verdict.failed] == [rule]
    assert verdict.failed[0].reason["es"]


def test_an_unknown_fact_is_not_guessed():
    facts = {name: value for name, value in GOOD.items() if name != "adult"}
    assert eligibility.evaluate(standard_eligibility(), facts).eligible is None


def test_facts_come_from_answers():
    facts = eligibility.facts_of(
        kind="person",
        direction="outbound",
        answers={"alcaldia": "elsewhere", "adult": "yes", "previous_award": "no"},
        legs=[leg()],
        territories=TERRITORIES,
        form=standard_form([], TERRITORIES),
    )
    assert (facts["lives_in_city"], facts["adult"], facts["previous_award"], facts["days"]) == (False, True, False, 14)


# --- deadlines ---------------------------------------------------------------------


def test_the_last_second_counts_and_the_next_does_not():
    closes = datetime(2026, 5, 31, 23, 59, 59, tzinfo=CITY).astimezone(UTC)
    assert closes.date() == date(2026, 6, 1)  # already tomorrow in UTC
    assert deadlines.is_before_closing(closes, datetime(2026, 5, 31, 23, 59, 59, 999_999, tzinfo=CITY))
    assert not deadlines.is_before_closing(closes, datetime(2026, 6, 1, 0, 0, 0, tzinfo=CITY))


@pytest.mark.parametrize(
    ("state", "hours", "effective"),
    [
        (CallState.PUBLISHED, -1, CallState.PUBLISHED),
        (CallState.PUBLISHED, 0, CallState.OPEN),
        (CallState.PUBLISHED, 30, CallState.CLOSED),
        (CallState.OPEN, 30, CallState.CLOSED),
        (CallState.SCREENING, 0, CallState.SCREENING),
        (CallState.CANCELLED, 1, CallState.CANCELLED),
    ],
)
def test_the_clock_decides_the_state(state, hours, effective):
    opens = datetime(2026, 5, 1, tzinfo=UTC)
    assert (
        deadlines.effective_state(state, opens, opens + timedelta(hours=24), opens + timedelta(hours=hours))
        is effective
    )


# --- folio, form, content -------------------------------------------------------------


def checks(text):
    _prefix, year, number, _character = text.split("-")
    return text == folio(int(year), int(number))


def test_a_folio_has_a_check_character():
    assert folio(2026, 123).startswith("MOV-2026-000123-")
    assert checks(folio(2026, 123))


@given(st.integers(2000, 2199), st.integers(1, 999_999), st.data())
def test_one_wrong_digit_or_a_swap_is_caught(year, number, data):
    good = folio(year, number)
    digits = [place for place, character in enumerate(good[:-2]) if character.isdigit()]
    place = data.draw(st.sampled_from(digits))
    wrong = data.draw(st.sampled_from([c for c in "0123456789" if c != good[place]]))
    assert not checks(good[:place] + wrong + good[place + 1 :])
    left, right = data.draw(st.sampled_from([(a, b) for a, b in pairwise(digits) if b == a + 1]))
    if good[left] != good[right]:
        assert not checks(good[:left] + good[right] + good[left] + good[right + 1 :])


def test_the_standard_documents_have_no_faults():
    assert form.faults(standard_form(AXES, TERRITORIES)) == []
    assert tariff.faults(standard_tariff(RATE)) == []
    assert eligibility.faults(standard_eligibility()) == []


def test_a_tariff_without_source_or_rate_has_faults():
    assert tariff.faults({**standard_tariff({}), "source": {}}) == ["source", "rate"]


def test_words_beyond_the_limit_are_a_problem_of_the_field(app):
    document = standard_form(AXES, TERRITORIES)
    answers = {"summary": "palabra " * 121}
    found = form.problems(document, answers, kind="person", attached=())
    over = next(problem for problem in found if problem.field == "q_summary")
    assert over.parameters["written"] == 121


def test_questions_for_groups_are_not_asked_of_a_person():
    members = asked("members")
    assert not form.applies(members, {}, "person")
    assert form.applies(members, {}, "collective")


@pytest.mark.parametrize(
    ("question", "value", "possible"),
    [
        ("title", "x" * 300, True),
        ("title", "x" * 301, False),
        ("title", "two\nlines", False),
        ("axis", "1", True),
        ("axis", "9", False),
        ("adult", "maybe", False),
        ("people", True, False),
        ("people", 61, False),
        ("other_funding", -1, False),
    ],
)
def test_an_answer_has_the_type_its_question_asks_for(question, value, possible):
    assert form.is_possible(asked(question), value) is possible


@given(st.dictionaries(st.text(max_size=8), st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8), max_size=6))
def test_the_fingerprint_does_not_depend_on_order(document):
    shuffled = dict(reversed(list(document.items())))
    assert content.digest(document) == content.digest(shuffled)


def test_the_fingerprint_is_the_published_one():
    # RFC 8785 of {"b":1,"a":"é"} is {"a":"é","b":1}; its SHA-256 was computed with sha256sum.
    assert content.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert content.digest({"b": 1, "a": "é"}) == "aa58fba8483623bed37c1b02edfccbdd9a53123837c20bfa4cb4049993a2872e"


@pytest.mark.parametrize(
    ("country", "typed", "name", "spelled"),
    [
        ("FR", "marse", "Marseille", "Marseille"),
        ("FR", "MARSELLA", "Marseille", "Marsella"),
        ("FR", "marsel", "Marseille", "Marsel"),
        ("MX", "ciudad de méx", "Mexico City", "Ciudad de México"),
        ("CO", "bogota", "Bogotá", "Bogotá"),
    ],
)
def test_city_is_found_by_what_was_typed_so_far(country: str, typed: str, name: str, spelled: str) -> None:
    first = places.cities_like(country, typed)[0]
    assert (first.name, first.spelled) == (name, spelled)


@pytest.mark.parametrize(("country", "typed"), [("FR", ""), ("FR", "%"), ("XX", "mar"), ("FR", "x" * 500)])
def test_nothing_is_offered_for_nothing(country: str, typed: str) -> None:
    assert places.cities_like(country, typed) == []


@pytest.mark.parametrize(("country", "typed"), [("MX", "san"), ("MX", "juarez"), ("US", "spring"), ("FR", "saint")])
def test_what_is_offered_is_the_city_that_will_be_found(country: str, typed: str) -> None:
    offered = places.cities_like(country, typed)
    assert len(offered) == 8
    found = [places.find_city(country, city.name) for city in offered]
    assert len(set(found)) == 8
    assert None not in found
    assert found == [places.find_city(country, city.spelled) for city in offered]
