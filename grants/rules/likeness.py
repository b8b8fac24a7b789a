"""What two applications share that a person should look at: it decides nothing by itself."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grants.rules.itinerary import Leg
from grants.rules.places import fold_place


class LikenessKind(StrEnum):
    """What may be the same in two applications, in the order in which they are told."""

    PERSON = "person"
    ITINERARY = "itinerary"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Trait:
    """Something of an application that another may have too: equal keys of a kind are alike. `said` is for readers."""

    application_id: int
    kind: LikenessKind
    key: str
    said: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another application that shares something, and what."""

    other_id: int
    kind: LikenessKind
    said: str


def itinerary_key(legs: Sequence[Leg]) -> str | None:
    """Return what is equal in two journeys to the same cities on the same days, or None while one is not known."""
    if not legs or any(not (leg.city and leg.starts_on and leg.ends_on) for leg in legs):
        return None
    stays = sorted(f"{leg.country}|{fold_place(leg.city)}|{leg.starts_on}|{leg.ends_on}" for leg in legs)
    return hashlib.sha256(";".join(stays).encode()).hexdigest()


def likenesses(mine: Iterable[Trait], others: Iterable[Trait]) -> list[Likeness]:
    """Return what each other application has in common with one, once each, in its own words."""
    own: dict[tuple[LikenessKind, str], Trait] = {(trait.kind, trait.key): trait for trait in mine}
    found: dict[tuple[int, LikenessKind, str], Likeness] = {}
    for other in others:
        trait = own.get((other.kind, other.key))
        if trait is not None and trait.application_id != other.application_id:
            likeness = Likeness(other.application_id, trait.kind, trait.said)
            found.setdefault((other.application_id, trait.kind, trait.key), likeness)
    kinds = list(LikenessKind)
    return sorted(found.values(), key=lambda one: (kinds.index(one.kind), one.other_id, one.said))
