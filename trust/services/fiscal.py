"""Fiscal receipts (CFDI): drafted, sealed, stamped and cancelled by jobs. A receipt never waits for any of it.

A provider is asked while no transaction is open. That it was asked is written down before, what it said after.
"""

from collections.abc import Callable

from core.audit import record
from core.clock import local, now
from core.database import session
from core.errors import Refusal
from core.files import StoredFile, forget, read, store_generated
from core.jobs import Job, JobState, enqueue
from core.language import in_language
from trust.documents.fiscal import render_fiscal
from trust.errors.fiscal import FiscalInvalid, FiscalReceiptNotFound, NothingToRetry, PacRejected, PacUnavailable
from trust.gateway import cfdi, emitters
from trust.gateway.pac import Pac, Stamped, configured_pac
from trust.models import Receipt
from trust.models.fiscal import FiscalReceipt
from trust.queries import fiscal as queries
from trust.rules.cfdi import is_deductible
from trust.rules.cfdi_words import CancelCode
from trust.services.fiscal_plans import plan_of
from trust.states.fiscal import FISCAL_STATES, FiscalState

STAMP, CANCEL, FORGET_FILE = "trust.stamp_cfdi", "trust.cancel_cfdi", "trust.forget_cfdi_file"
# Ten seconds, twenty, forty … six hours: some three days of asking, which is how long a date is good for.
ATTEMPTS = 20
OUT_OF_DATE = "401"  # the office's code for a date too long ago
DRAFT_MARK = b"<!-- BORRADOR SIN VALIDEZ FISCAL -->"
Settle = Callable[[], None]


def open_fiscal(receipt: Receipt) -> FiscalReceipt | None:
    """Have a fiscal receipt made of a deductible gift's receipt, where this installation issues them."""
    if not is_deductible(receipt.contribution.kind) or not emitters.issues():
        return None
    one = FiscalReceipt(receipt=receipt, state=FiscalState.DRAFT, attempts=0, created_at=now())
    session().add(one)
    session().flush()
    record("cfdi.opened", "fiscal_receipt", one.id, None, {"receipt": receipt.code})
    hurry(STAMP, one)
    return one


def stamp_fiscal(fiscal_id: int, settle: Settle) -> None:
    """Seal a draft and have it stamped, if a provider is configured. `settle` commits what was written so far.

    Raises:
        PacUnavailable: the provider did not answer; asked again later, it answers the same.
    """
    one = queries.fiscal_receipt(fiscal_id, hold=True)
    if one.state != FiscalState.DRAFT:
        return
    if one.cancel_code is not None and one.attempts == 0:
        _cancel(one)
        return
    if one.credits is not None and one.credits.state != FiscalState.STAMPED:
        return  # it names the folio that the gift's own does not have yet
    try:
        xml = _draft(one)
        pac = configured_pac()
    except FiscalInvalid as refusal:
        _refused(one, refusal.message())
        return
    except Refusal as refusal:
        _unanswered(fiscal_id, refusal, settle)
        raise
    if pac is None:
        return
    for again in (True, False):
        _asking(one, settle)
        try:
            answer = _checked(pac.stamp(xml), xml)
        except PacRejected as refusal:
            one = queries.fiscal_receipt(fiscal_id, hold=True)
            if refusal.parameters["code"] == OUT_OF_DATE and again and one.cancel_code is None:
                xml = _draft(one, afresh=True)
                continue
            _refused(one, refusal.message())
        except FiscalInvalid as refusal:
            _refused(queries.fiscal_receipt(fiscal_id, hold=True), refusal.message())
        except PacUnavailable as silence:
            _unanswered(fiscal_id, silence, settle)
            raise
        else:
            _stamped(queries.fiscal_receipt(fiscal_id, hold=True), answer, pac)
        return


def cancel_fiscal(receipt: Receipt, code: CancelCode) -> None:
    """Cancel what a receipt is before the tax office: at once while nobody was asked to stamp it, else by a job."""
    found = queries.fiscal_receipt_of(receipt)
    if found is None:
        return
    one = queries.fiscal_receipt(found.id, hold=True)
    for note in queries.credit_notes_of(one, hold=True):  # the office wants them gone first
        cancel_one(note, code)
    cancel_one(one, code)


def cancel_one(one: FiscalReceipt, code: CancelCode) -> None:
    """Cancel one, held: at once while nobody was asked to stamp it, else by a job."""
    if one.state == FiscalState.CANCELLED or one.cancel_code is not None:
        return
    one.cancel_code = code
    if one.state == FiscalState.DRAFT and one.attempts == 0:
        _cancel(one)
        return
    session().flush()
    hurry(CANCEL if one.state == FiscalState.STAMPED else STAMP, one)


def carry_cancel(fiscal_id: int, settle: Settle) -> None:
    """Ask the provider to cancel a stamped receipt.

    Raises:
        PacUnavailable: it did not answer, or there is none any more.
    """
    one = queries.fiscal_receipt(fiscal_id, hold=True)
    if one.state != FiscalState.STAMPED or one.cancel_code is None or one.uuid is None:
        return
    uuid, code = one.uuid, one.cancel_code
    settle()
    try:
        pac = configured_pac()
        if pac is None:
            raise PacUnavailable()
        pac.cancel(uuid, code.value)
    except PacRejected as refusal:
        _refused(queries.fiscal_receipt(fiscal_id, hold=True), refusal.message())
    except PacUnavailable as silence:
        _unanswered(fiscal_id, silence, settle)
        raise
    else:
        _cancel(queries.fiscal_receipt(fiscal_id, hold=True))


def retry_fiscal(one: FiscalReceipt) -> None:
    """Ask again about one that waits or failed, now.

    Raises:
        NothingToRetry: it is what it should be.
    """
    if one.state == FiscalState.DRAFT:
        hurry(STAMP, one)
    elif one.waits_to_be_cancelled:
        hurry(CANCEL, one)
    else:
        raise NothingToRetry()
    record("cfdi.retried", "fiscal_receipt", one.id)


def retry_waiting() -> int:
    """Ask again about all that wait or failed, and return how many."""
    waiting = queries.fiscal_waiting()
    for one in waiting:
        retry_fiscal(one)
    return len(waiting)


def forget_fiscal_file(file_id: int) -> None:
    """Destroy the file of a draft that another took the place of."""
    stored = session().get(StoredFile, file_id)
    if stored is not None:
        forget(stored)


def fiscal_xml(one: FiscalReceipt) -> bytes:
    """Return a fiscal receipt's XML. A draft says in its first line that it is one.

    Raises:
        FiscalReceiptNotFound: it was not prepared yet.
    """
    xml = _kept(one)
    return xml if one.uuid else xml.replace(b"?>", b"?>\n" + DRAFT_MARK, 1)


def fiscal_pdf(one: FiscalReceipt, language: str) -> bytes:
    """Return a fiscal receipt as a PDF, marked as what it is worth.

    Raises:
        FiscalReceiptNotFound: it was not prepared yet.
    """
    facts = cfdi.facts_in(_kept(one))
    with in_language(language):
        return render_fiscal(facts, state=one.state, counts=one.livemode, language=language)


def _draft(one: FiscalReceipt, *, afresh: bool = False) -> bytes:
    """Return the sealed draft, built now where there is none or a new date is wanted."""
    if one.xml_file is not None and not afresh:
        return read(one.xml_file)
    emitter = emitters.emitter()
    if emitter is None:
        raise PacUnavailable()  # whoever issued has been taken out of the configuration
    dated = now().replace(microsecond=0)
    gift = one.credits
    plan = plan_of(one, emitter, local(dated), gift_xml=_kept(gift) if gift is not None else b"")
    xml = cfdi.build(plan, emitters.seal())
    _keep(one, xml)
    one.dated, one.is_generic = dated, plan.receiver.is_generic
    session().flush()
    return xml


def drop_draft(one: FiscalReceipt) -> None:
    """Take back a draft that nobody was asked to stamp, and have another built unless it was cancelled."""
    _let_go(one)
    one.xml_file, one.dated, one.is_generic = None, None, True
    session().flush()
    if one.state == FiscalState.DRAFT:
        hurry(STAMP, one)


def _keep(one: FiscalReceipt, xml: bytes) -> None:
    _let_go(one)
    one.xml_file = store_generated(xml, f"cfdi-{one.reference}.xml", "application/xml", "cfdi")


def _let_go(one: FiscalReceipt) -> None:
    """Have the file of a draft destroyed once it is certain that nothing points to it any more."""
    if one.xml_file_id is not None:
        enqueue(FORGET_FILE, {"file": one.xml_file_id})


def _kept(one: FiscalReceipt) -> bytes:
    if one.xml_file is None:
        raise FiscalReceiptNotFound()
    return read(one.xml_file)


def _asking(one: FiscalReceipt, settle: Settle) -> None:
    one.attempts += 1
    session().flush()
    settle()


def _checked(answer: Stamped, asked: bytes) -> Stamped:
    """Return the answer if it is our own receipt with a stamp on it."""
    cfdi.validate(answer.xml)
    ours, theirs = cfdi.facts_in(asked), cfdi.facts_in(answer.xml)
    if theirs["seal"] != ours["seal"] or theirs["stamped_seal"] != ours["seal"] or theirs["uuid"] != answer.uuid:
        raise FiscalInvalid(reason="el timbre no es de este comprobante")
    return answer


def _stamped(one: FiscalReceipt, answer: Stamped, pac: Pac) -> None:
    FISCAL_STATES.check(one.state, FiscalState.STAMPED)
    _keep(one, answer.xml)
    one.state, one.uuid, one.stamped_at = FiscalState.STAMPED, answer.uuid, answer.stamped_at
    one.livemode, one.last_error = pac.livemode, None
    session().flush()
    record("cfdi.stamped", "fiscal_receipt", one.id, {"state": "draft"}, {"state": "stamped", "uuid": answer.uuid})
    if one.cancel_code is not None:
        hurry(CANCEL, one)
    for note in queries.credit_notes_of(one):
        if note.state == FiscalState.DRAFT:
            hurry(STAMP, note)


def _cancel(one: FiscalReceipt) -> None:
    FISCAL_STATES.check(one.state, FiscalState.CANCELLED)
    before = one.state.value
    one.state, one.cancelled_at, one.last_error = FiscalState.CANCELLED, now(), None
    session().flush()
    code = one.cancel_code.value if one.cancel_code else None
    record("cfdi.cancelled", "fiscal_receipt", one.id, {"state": before}, {"state": "cancelled", "code": code})


def _refused(one: FiscalReceipt, said: str) -> None:
    one.last_error = said
    session().flush()
    record("cfdi.refused", "fiscal_receipt", one.id)
    if one.state == FiscalState.DRAFT and one.cancel_code is not None:
        _cancel(one)  # it was to be cancelled anyway, and was never stamped


def _unanswered(fiscal_id: int, silence: Refusal, settle: Settle) -> None:
    queries.fiscal_receipt(fiscal_id, hold=True).last_error = silence.message()
    session().flush()
    settle()


def hurry(kind: str, one: FiscalReceipt) -> None:
    """Enqueue the work on one, or bring what waits for its next turn forward."""
    job: Job = enqueue(kind, {"fiscal": one.id}, unique_key=f"{kind}:{one.id}", max_attempts=ATTEMPTS)
    if job.state == JobState.QUEUED and job.run_after > now():
        job.run_after = now()
        session().flush()
