"""Take the name off an application, and hand what was cleared to the committee under a code."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.antivirus import Scanned
from core.audit import record
from core.clock import now
from core.database import session
from core.files import read, store_generated
from core.money import Money
from core.settings import setting
from grants import blinding
from grants.errors.awards import (
    NoPanel,
)
from grants.models.application import Application, Attachment
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.queries import dossiers as queries
from grants.queries.readmissions import receiving_panel
from grants.queries.screening import Behind, behind
from grants.rules.detector import Identity
from grants.rules.tariff_lines import own_names
from grants.services.course import bring_to
from grants.states.application import APPLICATION_STATES, KIND_LABELS, ApplicantKind, ApplicationState
from grants.states.call import CallState
from grants.states.screening import CLEARING, ClearingState
from scoring import queries as scoring_queries
from scoring.services import DossierAttachment, receive_dossier
from scoring.services import withdraw_dossier as withdraw_from_panel
from scoring.states import PanelState

Progress = Callable[[int, int], None]
ORDERED = (PanelState.RANKED, PanelState.RELEASED, PanelState.CANCELLED)
UNBLINDABLE = "unblindable"
WITHDRAWN_REASON = "La solicitud se retiró."  # the applicant's own words could say who they are
KINDS_EN: Mapping[ApplicantKind, str] = {
    ApplicantKind.PERSON: "One person",
    ApplicantKind.COLLECTIVE: "A group of two or more people",
    ApplicantKind.ORGANISATION: "An organisation or firm",
}


@dataclass(frozen=True, slots=True)
class DossierTally:
    """How many dossiers were prepared, and in how many of them something was found."""

    prepared: int
    with_findings: int


def prepare_dossiers(call: Call, *, progress: Progress | None = None, batch: int = 250) -> DossierTally:
    """Blind every eligible application that has no dossier yet: projection, regenerated files, search for traces.

    Nothing reaches the committee from here: each dossier waits for a person. Doing it again adds only what is new.
    """
    total, done, flagged, last = queries.count_without_dossier(call), 0, 0, 0
    while applications := queries.without_dossier(call, last, batch):
        people = behind(applications)
        for application in applications:
            flagged += bool(_prepare(application, people[application.id]).open_findings)
        done += len(applications)
        last = applications[-1].id
        session().flush()
        if progress is not None:
            progress(done, total)
    return DossierTally(done, flagged)


def identity_of(application: Application, people: Behind) -> Identity:
    """Return what a dossier of this application is searched for."""
    form, as_person = application.call.form, application.kind is ApplicantKind.PERSON
    names, bodies, literals = list(people.names), list(people.organisations), []
    # what they sent, and what they asked to have there instead
    for answers in (application.answers, *({question_id: said} for question_id, said in people.corrected)):
        (names if as_person else bodies).append(str(answers.get("public_name") or ""))
        names += [line.split(",")[0].split("(")[0].split(":")[0].strip() for line in _lines(answers.get("members"))]
        literals += blinding.identifying_values(form, answers)
    return Identity(
        names=tuple(filter(None, names)),
        organisations=tuple(filter(None, bodies)),
        emails=people.emails,
        literals=tuple(literals),
    )


def hand_over_dossiers(call: Call, *, progress: Progress | None = None, batch: int = 250) -> int:
    """Give every cleared dossier to the call's committee, in an order drawn by chance.

    Neither the code nor the number a dossier gets there says anything about its folio or its turn.

    Raises:
        NoPanel: the call has no committee to receive them.
    """
    panel = receiving_panel(call)
    if panel is None:
        raise NoPanel()
    waiting = queries.ready_dossier_ids(call)
    secrets.SystemRandom().shuffle(waiting)
    for start in range(0, len(waiting), batch):
        loaded = {clearing.id: clearing for clearing in queries.dossiers_by_id(waiting[start : start + batch])}
        with session().no_autoflush:  # scoring flushes each dossier itself; a second flush a row doubles the time
            for clearing_id in waiting[start : start + batch]:
                _hand_over(panel, loaded[clearing_id])
        session().flush()
        if progress is not None:
            progress(min(start + batch, len(waiting)), len(waiting))
    if waiting:
        bring_to(call, CallState.REVIEW)
    return len(waiting)


def move_clearing(clearing: BlindClearing, target: ClearingState) -> None:
    """Take the next step of a dossier's life; refuses by naming both ends."""
    CLEARING.check(clearing.state, target)
    before, clearing.state = clearing.state, target
    record(f"dossier.{target.value}", "blind_clearing", clearing.id, {"state": before.value}, {"state": target.value})


def withdraw_dossier_of(application: Application) -> None:
    """Take a withdrawn application's dossier out of the review, if it had one."""
    clearing = queries.clearing_of(application)
    if clearing is None or clearing.state is ClearingState.WITHDRAWN:
        return
    if clearing.dossier_code is not None:
        dossier = scoring_queries.dossier_by_code(clearing.dossier_code)
        # Once there is an order, a withdrawal does not reshuffle the rest.
        if dossier is not None and dossier.panel.state not in ORDERED:
            withdraw_from_panel(dossier, reason=WITHDRAWN_REASON)
    move_clearing(clearing, ClearingState.WITHDRAWN)
    session().flush()


# --- how one dossier is made -----------------------------------------------------------------------------------------


def _prepare(application: Application, people: Behind) -> BlindClearing:
    content = blinding.project(_source(application))
    files = [
        _regenerate(number, attachment)
        for number, attachment in enumerate(
            (item for item in application.submitted_attachments if item.blind_safe), start=1
        )
    ]
    findings = blinding.find_traces(content, files, identity_of(application, people))
    clearing = BlindClearing(
        call_id=application.call_id,
        application_id=application.id,
        state=ClearingState.AWAITING,
        content=content,
        files=files,
        findings=findings,
        open_findings=len(findings),
        prepared_at=now(),
    )
    session().add(clearing)
    record("dossier.prepared", "application", application.id, None, {"findings": len(findings)})
    return clearing


def _source(application: Application) -> blinding.BlindSource:
    axes = {axis["id"]: axis["name"] for axis in setting("AXES")}
    return blinding.BlindSource(
        form=application.call.form,
        answers=application.answers,
        itinerary=application.itinerary,
        budget=application.budget,
        line_names=own_names(application.call.tariff),
        requested=Money(application.requested_cents, application.currency),
        axis=axes.get(application.axis) if application.axis is not None else None,
        kind={"es": KIND_LABELS[application.kind], "en": KINDS_EN[application.kind]},
    )


def _regenerate(number: int, attachment: Attachment) -> dict[str, Any]:
    label = f"Anexo {number}"
    try:
        if attachment.stored_file.scanned == Scanned.INFECTED:
            raise blinding.FileCannotBeBlinded
        clean = blinding.clean_file(read(attachment.stored_file), attachment.stored_file.content_type)
    except blinding.FileCannotBeBlinded:
        return {
            "stored_file_id": None,
            "label": label,
            "pages": [],
            "unreadable": [],
            "inner": "",
            "excluded": UNBLINDABLE,
        }
    stored = store_generated(clean.data, f"anexo-{number}.{clean.extension}", clean.content_type, "dossier")
    return {
        "stored_file_id": stored.id,
        "label": label,
        "pages": list(clean.pages),
        "unreadable": list(clean.unreadable),
        "inner": clean.inner_words,
        "excluded": None,
    }


def _hand_over(panel: Any, clearing: BlindClearing) -> None:
    application = clearing.application
    APPLICATION_STATES.check(application.state, ApplicationState.IN_REVIEW)
    CLEARING.check(clearing.state, ClearingState.HANDED_OVER)
    dossier = receive_dossier(
        panel,
        clearing.content,
        keywords=keywords_of(application),
        axis=None if application.axis is None else str(application.axis),
        region=application.region,
        requested_cents=application.requested_cents,
        currency=application.currency,
        entitlements=_entitlements(application, panel.rulebook.document),
        files=[
            DossierAttachment(stored_file_id=item["stored_file_id"], label=item["label"])
            for item in clearing.files
            if item["excluded"] is None
        ],
        cleared=True,
    )
    clearing.dossier_code, clearing.state = dossier.code, ClearingState.HANDED_OVER
    application.state = ApplicationState.IN_REVIEW
    record("dossier.handed_over", "application", application.id, None, {"state": application.state.value})


def keywords_of(application: Application) -> list[str]:
    """Return the words that affinity with a reviewer is worked out from: axis, region, direction, nothing finer."""
    words = [
        f"eje-{application.axis}" if application.axis else "",
        application.region or "",
        application.direction.value,
    ]
    return [word for word in words if word]


def _entitlements(application: Application, rulebook: Mapping[str, Any]) -> list[str]:
    groups = (*rulebook.get("bonus", ()), *rulebook.get("reserved", ()))
    proved = {entry["id"] for entry in groups if "when" in entry and _answered(application, entry["when"])}
    if application.first_time and any(entry["id"] == "primera_vez" and "when" not in entry for entry in groups):
        proved.add("primera_vez")
    return sorted(proved)


def _answered(application: Application, condition: Mapping[str, Any]) -> bool:
    return application.answers.get(condition["question"]) in condition["in"]


def _lines(value: Any) -> Iterable[str]:
    return value.splitlines() if isinstance(value, str) else ()
