"""Life cycles as tables: what they refuse to be, and what they refuse to let pass."""

from collections.abc import Iterator
from enum import StrEnum

import pytest
from flask import Flask

from core.errors import IllegalTransition
from core.jobs import JOB_STATES, JobState
from core.language import in_language
from core.states import State, StateTable, Transition


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Forget the tables made here: other tests read every life cycle of the house."""
    before = dict(StateTable.registry)
    yield
    StateTable.registry.clear()
    StateTable.registry.update(before)


def doors() -> StateTable:
    states: dict[StrEnum, State] = {
        Door.OPEN: State("Abierta", "Se puede pasar.", "good"),
        Door.SHUT: State("Cerrada", "No se puede pasar."),
    }
    return StateTable("door", states, [Transition(Door.OPEN, Door.SHUT)], Door.OPEN)


def test_a_table_knows_its_moves_labels_and_tones(app: Flask) -> None:
    table = doors()
    assert (table.allows(Door.OPEN, Door.SHUT), table.allows(Door.SHUT, Door.OPEN)) == (True, False)
    assert (table.targets(Door.OPEN), table.targets(Door.SHUT)) == ([Door.SHUT], [])
    assert (table.label(Door.OPEN), table.meaning(Door.SHUT)) == ("Abierta", "No se puede pasar.")
    assert (table.tone(Door.OPEN), table.tone(Door.SHUT)) == ("good", "neutral")


def test_an_illegal_move_is_refused_naming_both_ends_in_either_language(app: Flask) -> None:
    with pytest.raises(IllegalTransition) as caught, in_language("es"):
        JOB_STATES.check(JobState.DONE, JobState.QUEUED)
    assert caught.value.message() == "No se puede pasar de «Hecha» a «En espera»."
    assert caught.value.status == 409
    with pytest.raises(IllegalTransition) as caught, in_language("es"):
        JOB_STATES.check(JobState.DONE, JobState.DONE)
    assert caught.value.message() == "Ya está en «Hecha»."


def test_a_state_without_a_label_or_with_a_made_up_tone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="without a label"):
        StateTable("door", {Door.OPEN: State("Abierta", "Se puede pasar.")}, [], Door.OPEN)
    with pytest.raises(ValueError, match="unknown tone"):
        State("Abierta", "Se puede pasar.", "purple")
