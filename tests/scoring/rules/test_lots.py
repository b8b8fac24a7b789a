import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.lots import Reveal, commit, draw, tickets, verify

SECRET = b"totally not a bikeshed"
REVEAL = Reveal(SECRET, "1.2.3.4.5.6./" * 3)


def test_tickets_are_those_of_the_published_draft() -> None:
    drawn = tickets(["blue", "lavenderblush", "darkgoldenrod"], REVEAL, 10)
    assert drawn["lavenderblush"][:12] == "002ed527ae0a"
    assert drawn["blue"][:8] == "03f710be"
    assert drawn["darkgoldenrod"][:8] == "08bab813"


def test_the_order_follows_the_tickets() -> None:
    commitment = commit(["blue", "darkgoldenrod", "lavenderblush"], "a lottery", SECRET, 10)
    assert draw(commitment, REVEAL) == ["lavenderblush", "blue", "darkgoldenrod"]


def test_another_secret_does_not_open_the_commitment() -> None:
    commitment = commit(["blue"], "a lottery", SECRET, 10)
    with pytest.raises(ValueError, match="does not open"):
        draw(commitment, Reveal(b"another", REVEAL.randomness))


def test_verification_finds_a_moved_place() -> None:
    commitment = commit(["blue", "darkgoldenrod", "lavenderblush"], "a lottery", SECRET, 10)
    honest = {"lavenderblush": 1, "blue": 2, "darkgoldenrod": 3}
    assert verify(commitment, REVEAL, honest)
    assert not verify(commitment, REVEAL, honest | {"blue": 1, "lavenderblush": 2})
    assert not verify(commitment, REVEAL, {"lavenderblush": 1, "blue": 2})
    assert not verify(commitment, Reveal(b"another", REVEAL.randomness), honest)
    assert not verify(commitment, Reveal(SECRET, "1.2.3.4.5.7./"), honest)


@pytest.mark.parametrize("labels", [["a", "a"], ["", "b"]])
def test_labels_are_distinct_and_not_empty(labels: list[str]) -> None:
    with pytest.raises(ValueError, match="distinct"):
        commit(labels, "a lottery", SECRET, 10)


def test_one_iteration_would_reveal_the_key_and_is_refused() -> None:
    with pytest.raises(ValueError, match="iterations"):
        commit(["a"], "a lottery", SECRET, 1)


@given(st.sets(st.text(min_size=1, max_size=8), min_size=2, max_size=12), st.data())
def test_a_withdrawal_does_not_reshuffle_the_rest(labels: set[str], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(labels)))
    everyone = draw(commit(labels, "a lottery", SECRET, 10), REVEAL)
    rest = draw(commit(labels - {gone}, "a lottery", SECRET, 10), REVEAL)
    assert [label for label in everyone if label != gone] == rest
