"""What two applications share that a person should look at: it decides nothing by itself."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.language import N_
from grants.rules.itinerary import Leg
from grants.rules.places import fold_place


class LikenessKind(StrEnum):
    """What may be the same in two applications, in the order in which they are told."""

    PERSON = "person"
    CURP = "curp"
    RFC = "rfc"
    CLABE = "clabe"
    PHONE = "phone"
    TAX_ID = "tax_id"
    NAME = "name"
    ITINERARY = "itinerary"
    FILE = "file"


PEOPLE = (
    LikenessKind.PERSON,
    LikenessKind.CURP,
    LikenessKind.RFC,
    LikenessKind.PHONE,
    LikenessKind.TAX_ID,
    LikenessKind.NAME,
)
ACCOUNTS = (LikenessKind.CLABE,)
FLAGGED = (*PEOPLE, *ACCOUNTS, LikenessKind.ITINERARY)  # in every list; one file may be everybody's annex
WHO = (LikenessKind.PERSON, LikenessKind.NAME, LikenessKind.TAX_ID)  # not written in the application: it may change
BITS: Mapping[LikenessKind, int] = {  # in `ApplicationAlike.alike`; a number once given stays its kind's
    LikenessKind.PERSON: 1,
    LikenessKind.CURP: 2,
    LikenessKind.RFC: 4,
    LikenessKind.CLABE: 8,
    LikenessKind.PHONE: 16,
    LikenessKind.TAX_ID: 32,
    LikenessKind.NAME: 64,
    LikenessKind.ITINERARY: 128,
    LikenessKind.FILE: 256,
}
LIKENESS_LABELS: Mapping[LikenessKind, str] = {
    LikenessKind.PERSON: N_("La misma persona"),
    LikenessKind.CURP: N_("La misma CURP"),
    LikenessKind.RFC: N_("El mismo RFC"),
    LikenessKind.CLABE: N_("La misma cuenta bancaria"),
    LikenessKind.PHONE: N_("El mismo teléfono"),
    LikenessKind.TAX_ID: N_("El mismo RFC de la organización"),
    LikenessKind.NAME: N_("El mismo nombre, con otra cuenta"),
    LikenessKind.ITINERARY: N_("El mismo itinerario"),
    LikenessKind.FILE: N_("El mismo archivo"),
}
_SAID = {
    LikenessKind.CURP: re.compile(r"(?<!\w)[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?!\w)"),
    LikenessKind.RFC: re.compile(r"(?<!\w)[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}(?!\w)"),
    LikenessKind.CLABE: re.compile(r"(?<![\d.,])\d{3}[ -]?\d{3}[ -]?\d{11}[ -]?\d(?![\d.,])"),
    LikenessKind.PHONE: re.compile(r"(?<![\d.,$-])(?:\+?52[ -]?1?[ -]?)?\(?\d{2,3}\)?(?:[ -]?\d){7,8}(?![\d-]|[.,]\d)"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something of an application that another may have too: its kind, a fingerprint, and what readers are told."""

    kind: LikenessKind
    key: str
    said: str


def mark(kind: LikenessKind, value: str) -> Mark:
    """Return the mark of a value without its spaces: readers see its last four signs."""
    return Mark(kind, hashlib.sha256(f"{kind.value}|{value}".encode()).hexdigest(), f"…{value[-4:]}")


def mark_of(kind: LikenessKind, value: str, said: str) -> Mark:
    """Return the mark of a person's address, a folded name or a tax number, with the words that readers see."""
    return Mark(kind, mark(kind, value).key, said)


def people_marks(email: str | None, name_folded: str | None, said: str) -> list[Mark]:
    """Return the marks of somebody by address and whole name; a first name alone is many people's."""
    found = [mark_of(LikenessKind.PERSON, email, said)] if email else []
    return [*found, mark_of(LikenessKind.NAME, name_folded, said)] if name_folded and " " in name_folded else found


def marks_in(texts: Iterable[str]) -> list[Mark]:
    """Return the CURPs, tax numbers, bank accounts and telephones in what was answered about oneself, once each."""
    found: dict[Mark, None] = {}
    for text in texts:
        spoken = text.upper()
        for kind, pattern in _SAID.items():
            for match in pattern.finditer(spoken):
                value = re.sub(r"[^A-ZÑ&0-9]", "", match.group())
                if kind is LikenessKind.PHONE:
                    value = value[-10:]
                if len(value) >= 10 and (kind is not LikenessKind.CLABE or _is_clabe(value)):
                    found[mark(kind, value)] = None
            spoken = pattern.sub(" ", spoken)  # the end of an account is no telephone
    return list(found)


def _is_clabe(digits: str) -> bool:
    weighed = sum(int(digit) * weight % 10 for digit, weight in zip(digits[:17], (3, 7, 1) * 6, strict=False))
    return len(digits) == 18 and -weighed % 10 == int(digits[17])


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


def bits_of(kinds: Iterable[LikenessKind]) -> int:
    """Return several kinds as one number."""
    return sum(BITS[kind] for kind in set(kinds))


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
    known = {one.other_id for one in found.values() if one.kind is LikenessKind.PERSON}
    told = (one for one in found.values() if one.kind is not LikenessKind.NAME or one.other_id not in known)
    return sorted(told, key=lambda one: (kinds.index(one.kind), one.other_id, one.said))


def by_application(found: Iterable[Likeness]) -> list[tuple[int, list[Likeness]]]:
    """Return what is shared with each other application together, in the order in which they are first told."""
    together: dict[int, list[Likeness]] = {}
    for one in found:
        together.setdefault(one.other_id, []).append(one)
    return list(together.items())
