"""Everything on one page before it is sent, and the sending."""

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import signed_in
from core.context import actor
from core.database import session
from core.money import Money
from grants import services
from grants.errors.calls import (
    ApplicationIncomplete,
    DeadlinePassed,
)
from grants.forms.applications import ConfirmForm
from grants.models import Application, Attachment
from grants.queries import calls as call_queries
from grants.queries.applications import mine_of_the_year
from grants.routes.applications import own_application, past_writing
from grants.routes.room import blueprint, show
from grants.rules import form as form_rules
from grants.rules.answers import spoken_answer
from grants.rules.tariff_lines import labels_of, spoken_rate
from grants.services import applications as drafts
from grants.states.application import APPLICATION_STATES


@blueprint.get("/solicitudes/<int:application_id>/revision")
@signed_in
def application_review(application_id: int) -> Response | BaseResponse:
    """Everything on one page before it is sent, with every problem linked to its field."""
    application = own_application(application_id, editing=True)
    return past_writing(application) or review_page(application)


def review_page(application: Application, status: int = 200, extra: list[str] | None = None) -> Response:
    """Show the review, after the steps or after a refused submission."""
    problems = drafts.problems_of(application)
    content = drafts.working_content(application)
    steps = form_rules.steps(application.call.form)
    return show(
        "grants/application_review.html",
        status,
        application=application,
        call=application.call,
        form=ConfirmForm(),
        problems=problems,
        extra=extra or [],
        failed=drafts.eligibility_of(application).failed,
        beside=[one for one in mine_of_the_year(application.call, actor().user_id or 0) if one.id != application.id],
        states=APPLICATION_STATES,
        earlier=drafts.known_awards([application]).get(application.id, []),
        content=content,
        derived=drafts.derived_of(application),
        steps=steps,
        accepts=call_queries.accepts_now(application.call),
        applies=lambda item: form_rules.applies(item, content.answers, application.kind.value),
        files={attachment.question_id: attachment for attachment in application.current_attachments},
        shown=lambda item, value, kept: shown_answer(item, value, kept, application.currency),
        rule_labels=labels_of(application.call.tariff),
        cents=Money,
        rate=spoken_rate(application.call.tariff),
    )


def shown_answer(item: form_rules.Question, value: object, kept: Attachment | None, currency: str) -> str:
    """Return an answer as people read it; nothing for what is still missing."""
    if item["type"] == "file":
        return kept.stored_file.original_name if kept else ""
    return spoken_answer(item, value, currency)


@blueprint.post("/solicitudes/<int:application_id>/enviar")
@signed_in
def application_submit(application_id: int) -> Response | BaseResponse:
    """Send it."""
    application = own_application(application_id, editing=True)
    try:
        services.submit_application(application)
    except DeadlinePassed as late:
        session().rollback()
        application = own_application(application_id, editing=True)
        services.note_late_attempt(application)
        session().commit()
        return review_page(application, late.status, [late.message(), late.advice()])
    except ApplicationIncomplete as refusal:
        session().rollback()
        return review_page(own_application(application_id, editing=True), refusal.status)
    session().commit()
    return redirect(url_for("grants.acuse_show", application_id=application_id), 303)
