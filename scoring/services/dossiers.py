"""Receive blind dossiers, open them to reviewers, take them back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors import AmountNotPositive, ContentNotBlind, OtherCurrency, UnknownEntitlement
from scoring.models import Dossier, DossierFile, Panel
from scoring.rules.blind_content import stranger
from scoring.rules.rulebook import digest
from scoring.services.assignments import end_assignments_of_dossier
from scoring.services.phases import BEFORE_RANKING, hold_phase, require_phase, require_reason
from scoring.states import PanelState

# No 0 and O, 1 and I, nor vowels that would spell words.
CODE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXYZ"
CODE_LENGTH = 5


@dataclass(frozen=True, slots=True)
class DossierAttachment:
    """A re-generated file and the neutral label it is shown under."""

    stored_file_id: int
    label: str


def receive_dossier(
    panel: Panel,
    content: Mapping[str, Any],
    *,
    keywords: Sequence[str],
    axis: str | None,
    requested_cents: int,
    currency: str,
    region: str | None = None,
    entitlements: Sequence[str] = (),
    files: Sequence[DossierAttachment] = (),
    cleared: bool = False,
) -> Dossier:
    """Take in a blind projection under a new opaque code; whoever hands it over keeps what the code stands for.

    Until it is cleared it is neither assigned nor shown. Money in minor units.

    Raises:
        ContentNotBlind: the content has a shape outside the whitelist. OtherCurrency, AmountNotPositive,
        UnknownEntitlement: it does not fit the rulebook. WrongPhase: the committee is past its setup.
    """
    require_phase(panel, PanelState.SETUP)
    rules = panel.rulebook.rules
    if path := stranger(content):
        raise ContentNotBlind(path=path)
    if currency != rules.currency:
        raise OtherCurrency(expected=rules.currency, given=currency)
    if requested_cents <= 0:
        raise AmountNotPositive()
    for entitlement in entitlements:
        if entitlement not in rules.entitlements():
            raise UnknownEntitlement(entitlement=entitlement)
    dossier = Dossier(
        panel=panel,
        code=_fresh_code(),
        content=dict(content),
        content_sha256=digest(content),
        keywords=sorted(set(keywords)),
        axis=axis,
        region=region,
        requested_cents=requested_cents,
        currency=currency,
        entitlements=sorted(set(entitlements)),
        received_at=now(),
        cleared_at=now() if cleared else None,
        files=[
            DossierFile(position=position, stored_file_id=file.stored_file_id, label=file.label)
            for position, file in enumerate(files, start=1)
        ],
    )
    session().add(dossier)
    session().flush()
    record("dossier.received", "dossier", dossier.code, after={"sha256": dossier.content_sha256, "cleared": cleared})
    return dossier


def clear_dossier(dossier: Dossier) -> Dossier:
    """Open a dossier to reviewers after a person read it for traces of identity. Clearing it again changes nothing."""
    require_phase(dossier.panel, *BEFORE_RANKING)
    if dossier.cleared_at is None:
        dossier.cleared_at = now()
        session().flush()
        record("dossier.cleared", "dossier", dossier.code)
    return dossier


def withdraw_dossier(dossier: Dossier, *, reason: str) -> Dossier:
    """Take a dossier out of the contest; its reviews stay on record and no longer count."""
    hold_phase(dossier.panel, *BEFORE_RANKING)
    if dossier.withdrawn_at is None:
        dossier.withdrawn_reason = require_reason(reason)
        dossier.withdrawn_at = now()
        ended = end_assignments_of_dossier(dossier, reason=dossier.withdrawn_reason)
        session().flush()
        record("dossier.withdrawn", "dossier", dossier.code, after={"assignments_ended": ended})
    return dossier


def forget_dossier(dossier: Dossier) -> list[int]:
    """Empty a dossier whose time is over; its code, marks and place in the order stay. Return its stored files."""
    files = [file.stored_file_id for file in dossier.files]
    dossier.content = {"title": "—", "summary": "—", "sections": []}
    for file in dossier.files:
        file.label = "—"
    session().flush()
    record("dossier.forgotten", "dossier", dossier.code, after={"files": len(files)})
    return files


def _fresh_code() -> str:
    while True:
        code = "D-" + "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))
        if queries.dossier_by_code(code) is None:
            return code
