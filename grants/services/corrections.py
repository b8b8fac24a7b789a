"""Ask for the correction of a datum that was sent, and answer. What was sent and its acuse never change."""

from dataclasses import dataclass

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.language import in_language
from grants.emails import letters
from grants.errors.awards import ReasonMissing
from grants.errors.calls import TextOutOfBounds
from grants.errors.corrections import (
    CorrectInstead,
    CorrectionWaits,
    DatumNotCorrectable,
    SameDatum,
    TooManyCorrections,
)
from grants.models.application import Application
from grants.models.correction import LONGEST_DATUM, DataCorrection
from grants.queries import corrections as queries
from grants.queries.applications import hold
from grants.rules import corrections as rules
from grants.rules import form as forms
from grants.rules.answers import spoken_answer
from grants.services.applications import is_editable
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_letter
from grants.states.correction import CORRECTION, CorrectionState


def correctable_of(application: Application) -> list[forms.Question]:
    """Return the data of an application that its sender may ask to have corrected now."""
    if application.submitted_at is None or is_editable(application):
        return []
    return rules.correctable(application.call.form, application.answers, application.kind.value)


def ask_correction(application: Application, question_id: str, asked: str) -> DataCorrection:
    """Put on record how a datum should read. The same asked twice is asked once.

    Raises:
        CorrectInstead: it may still be sent again. DatumNotCorrectable. TextOutOfBounds. SameDatum. CorrectionWaits:
        something else was asked for the same datum. TooManyCorrections.
    """
    hold(application)  # two at once: the second waits and finds the first
    if application.submitted_at is not None and is_editable(application):
        raise CorrectInstead()
    item = next((one for one in correctable_of(application) if one["id"] == question_id), None)
    if item is None:
        raise DatumNotCorrectable()
    is_line = item["type"] == "line"  # a name may be published: it is as long as one that is sent
    said, most = (" ".join(asked.split()), forms.LONGEST_LINE) if is_line else (asked.strip(), LONGEST_DATUM)
    if not 0 < len(said) <= most:
        raise TextOutOfBounds(most=most)
    if said == sent_answer(application, item):
        raise SameDatum()
    known = queries.corrections_of(application)
    waiting = next(
        (one for one in known if one.question_id == question_id and one.state is CorrectionState.ASKED), None
    )
    if waiting is not None and waiting.asked != said:
        raise CorrectionWaits()
    if waiting is not None:
        return waiting
    if len(known) >= rules.MOST_CORRECTIONS:
        raise TooManyCorrections(most=rules.MOST_CORRECTIONS)
    correction = DataCorrection(
        application=application,
        question_id=question_id,
        asked=said,
        state=CorrectionState.ASKED,
        asked_by_id=actor().user_id,
        asked_at=now(),
        reason="",
    )
    session().add(correction)
    session().flush()
    record("correction.asked", "application", application.id, None, {"correction": correction.id, "datum": question_id})
    return correction


def answer_correction(correction: DataCorrection, *, corrected: bool, reason: str = "") -> DataCorrection:
    """Correct a datum or not, on record and by letter. The correction stands beside what was sent.

    Raises:
        ReasonMissing: it is refused without one. IllegalTransition: it was answered. OwnCase: whoever answers has a
        stake in the application.
    """
    application, target = correction.application, CorrectionState.REFUSED
    if corrected:
        target = CorrectionState.CORRECTED
    ensure_impartial(application)
    hold(application)
    session().refresh(correction)
    CORRECTION.check(correction.state, target)
    if not corrected and not reason.strip():
        raise ReasonMissing()
    correction.state, correction.reason = target, reason.strip()
    correction.decided_at, correction.decided_by_id = now(), actor().user_id
    session().flush()
    told = {"correction": correction.id, "datum": correction.question_id}
    record(f"correction.{target.value}", "application", application.id, {"state": "asked"}, told)
    with in_language(application.applicant.language):
        letter = letters.correction_answered(correction)
    send_letter(application, letter, about=f"correction:{correction.id}")
    session().flush()
    return correction


def sent_answer(application: Application, item: forms.Question) -> str:
    """Return an answer as it was sent, as its reader reads it."""
    return spoken_answer(item, application.answers.get(item["id"]), application.currency)


@dataclass(frozen=True, slots=True)
class Told:
    """A correction as people read it: the datum's name, what was sent and what was asked for."""

    correction: DataCorrection
    label: str
    before: str


def told(correction: DataCorrection) -> Told:
    """Return one correction as people read it."""
    application = correction.application
    item = forms.question(application.call.form, correction.question_id)
    if item is None:
        return Told(correction, correction.question_id, "")
    return Told(correction, forms.label(item), sent_answer(application, item))


def told_of(application: Application) -> list[Told]:
    """Return the corrections of an application as people read them, oldest first."""
    return [told(one) for one in queries.corrections_of(application)]
