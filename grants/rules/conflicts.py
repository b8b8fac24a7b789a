"""Conflicts of interest worked out from data reviewers never see. Facts in, pairs out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from grants.rules.folding import fold_word


class Tie(StrEnum):
    """Why a reviewer may not judge an application; the words are those of the rulebook."""

    SAME_ORGANISATION = "same_organisation"
    SAME_HOUSEHOLD = "same_household"
    EARLIER_COLLABORATION = "earlier_collaboration"
    SPONSOR_OF_FUND = "sponsor_of_fund"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever stands behind an application, or a reviewer: accounts, names and organisations."""

    user_ids: frozenset[int]
    names: tuple[str, ...]
    organisation_ids: frozenset[int]


def surnames(name: str) -> tuple[str, str] | None:
    """Return both folded surnames of a full name (at least three words), or None: one surname says nothing here."""
    words = fold_word(name).split()
    return (words[-2], words[-1]) if len(words) >= 3 else None


def ties(
    reviewer: Party,
    applicants: Party,
    *,
    sponsors: Collection[int],
    collaborators: Collection[int] = (),
    judged: bool = False,
) -> list[Tie]:
    """Return every tie between a reviewer and those who apply.

    `sponsors` are the organisations that give to a fund that pays; `collaborators` the accounts that once applied
    together with the reviewer; `judged` says that the reviewer had the application before its appeal was upheld. Both
    surnames equal counts as one household: better a colleague reads the file.
    """
    found = []
    if judged or reviewer.user_ids & applicants.user_ids:
        found.append(Tie.OTHER)
    if reviewer.organisation_ids & applicants.organisation_ids:
        found.append(Tie.SAME_ORGANISATION)
    if _both_surnames(reviewer.names) & _both_surnames(applicants.names):
        found.append(Tie.SAME_HOUSEHOLD)
    if applicants.user_ids & set(collaborators):
        found.append(Tie.EARLIER_COLLABORATION)
    if reviewer.organisation_ids & set(sponsors):
        found.append(Tie.SPONSOR_OF_FUND)
    return found


def _both_surnames(names: Iterable[str]) -> set[tuple[str, str]]:
    return {pair for name in names if (pair := surnames(name))}
