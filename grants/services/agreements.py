"""Offer the agreement of an award and take its acceptance."""

from accounts.models import User
from core.audit import record
from core.clock import now
from core.database import session
from core.files import store_generated
from core.language import in_language
from grants.documents.letters import agreement_pdf
from grants.emails import letters
from grants.errors.awards import AgreementChanged, AgreementMissing, SignatureMismatch
from grants.models.award import Agreement, Award
from grants.queries.awards import hold
from grants.rules.folding import fold_word
from grants.services.awards import make_due, move_award, plan_tranches, tell_acceptance
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_letter
from grants.states.award import AwardState, TrancheCondition


def offer_agreement(award: Award) -> Agreement:
    """Write the agreement of a committed award and send it; one already offered is returned as it is.

    An award without a plan of payments gets the standard one.

    Raises:
        IllegalTransition: the award is not committed, or already beyond. OwnCase: whoever offers it would receive it.
    """
    hold(award)
    if award.agreement is not None:
        return award.agreement
    ensure_impartial(award.application)
    if award.state is not AwardState.COMMITTED:
        move_award(award, AwardState.ACCEPTED)  # refuses, naming both ends
    if not award.tranches:
        plan_tranches(award)
    application = award.application
    person = application.applicant
    number = f"CV-{application.folio}"
    moment = now()
    with in_language(person.language):
        beneficiary = application.organisation.name if application.organisation is not None else person.name
        data = agreement_pdf(award, award.tranches, number=number, beneficiary=beneficiary, at=moment)
    stored = store_generated(data, f"convenio-{application.folio}.pdf", "application/pdf", "agreement")
    agreement = Agreement(
        number=number, stored_file_id=stored.id, stored_file=stored, sha256=stored.sha256, offered_at=moment
    )
    award.agreement = agreement
    session().flush()
    record("agreement.offered", "award", award.id, None, {"sha256": agreement.sha256})
    with in_language(person.language):
        text = letters.agreement_offer(award, agreement)
    send_letter(application, text, about=f"agreement:{agreement.id}")
    session().flush()
    return agreement


def accept_agreement(award: Award, *, user: User, signed_name: str, sha256: str) -> Agreement:
    """Take a signed-in person's acceptance of exactly the document they were shown.

    Raises:
        AgreementMissing: none was offered. AgreementChanged: `sha256` is not the one on record. SignatureMismatch: the
            typed name is not the account's. IllegalTransition: accepted or declined before.
    """
    hold(award)
    agreement = award.agreement
    if agreement is None:
        raise AgreementMissing()
    if agreement.sha256 != sha256:
        raise AgreementChanged()
    if fold_word(" ".join(signed_name.split())) != fold_word(" ".join(user.name.split())):
        raise SignatureMismatch()
    move_award(award, AwardState.ACCEPTED)
    agreement.accepted_at, agreement.accepted_by_id = now(), user.id
    agreement.signed_name = " ".join(signed_name.split())[:120]
    session().flush()
    record("agreement.accepted", "award", award.id, None, {"sha256": agreement.sha256})
    make_due(award, TrancheCondition.AGREEMENT_ACCEPTED)
    tell_acceptance(award)
    return agreement
