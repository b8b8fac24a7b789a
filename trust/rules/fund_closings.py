"""Where the rest of a fund that ends may go: what the committee decides on, and what a giver tied, stay apart."""

from enum import StrEnum

_COMMITTEES = frozenset({"unrestricted", "designated"})


class MayTake(StrEnum):
    """Whether a fund may take what another leaves."""

    YES = "yes"
    WITH_CONSENT = "with_consent"
    NO = "no"


def may_take_rest(source_kind: str, target_kind: str, *, same_giver: bool) -> MayTake:
    """Return whether a fund of one kind may take what a fund of another leaves.

    The committee decides on what it may spend freely or has set aside. What a giver tied stays with funds that the same
    giver tied; anywhere else it goes only with the giver's consent. Capital goes to capital.
    """
    if "endowment" in (source_kind, target_kind):
        return MayTake.YES if source_kind == target_kind else MayTake.NO
    if source_kind in _COMMITTEES:
        return MayTake.YES if target_kind in _COMMITTEES else MayTake.NO
    return MayTake.YES if target_kind == "restricted" and same_giver else MayTake.WITH_CONSENT
