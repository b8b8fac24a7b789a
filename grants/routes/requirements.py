"""The clerk's requirements one by one: added about any fact or answer, changed, taken out."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from grants import services
from grants.errors.building import RequirementUnknown
from grants.forms.applications import ConfirmForm
from grants.forms.requirements import RequirementForm
from grants.models import Call
from grants.routes.editor import ADMINISTRATOR, EDITION, OFFICER, any_call
from grants.routes.room import blueprint, show
from grants.rules import requirements as rules
from grants.services.calls import EDITABLE
from grants.services.editions import edition_of, ensure_edition

PART = ("eligibility",)
NEW = "nuevo"


@blueprint.route("/programa/convocatorias/<slug>/requisitos/<rule_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def requirement_edit(slug: str, rule_id: str) -> Response | BaseResponse:
    """Write one requirement, or with `nuevo` another one about the fact that the address names."""
    call = any_call(slug)
    form, problem = _form(call, rule_id), None
    if form.validate_on_submit():
        try:
            ensure_edition(call, PART, request.form.get(EDITION, ""))
            put = rules.put(call.eligibility, form.rule(), None if rule_id == NEW else rule_id)
            services.edit_call(call, eligibility=put)
            session().commit()
            flash(_("Guardamos el requisito."), "success")
            return redirect(url_for("grants.call_edit", slug=slug, section="elegibilidad"), 303)
        except Refusal as refusal:
            session().rollback()
            problem, call = refusal, any_call(slug)
    return show(
        "grants/requirement_edit.html",
        problem.status if problem is not None else 422 if form.errors else 200,
        call=call,
        form=form,
        fact=form.fact,
        rule_id=rule_id,
        new=rule_id == NEW,
        edition=edition_of(call, PART) if request.method == "GET" else request.form.get(EDITION, "")[:64],
        editable=call.state in EDITABLE,
        problem=problem.message() if problem is not None else None,
    )


def _form(call: Call, rule_id: str) -> RequirementForm:
    if rule_id == NEW:
        fact = rules.fact_of(call.form, request.args.get("sobre", "")[:80])
        if fact is None:
            raise NotFound()
        return RequirementForm.of(fact, None, call.currency)
    rule = next((one for one in call.eligibility.get("rules", ()) if one["id"] == rule_id), None)
    fact = rules.fact_of(call.form, rule["fact"]) if rule is not None else None
    if fact is None:
        raise RequirementUnknown()
    return RequirementForm.of(fact, rule, call.currency)


@blueprint.post("/programa/convocatorias/<slug>/requisitos/<rule_id>/quitar")
@roles(OFFICER, ADMINISTRATOR)
def requirement_remove(slug: str, rule_id: str) -> Response | BaseResponse:
    """Take a requirement out of a draft."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    call = any_call(slug)
    ensure_edition(call, PART, request.form.get(EDITION, ""))
    services.edit_call(call, eligibility=rules.remove(call.eligibility, rule_id))
    session().commit()
    flash(_("Quitamos el requisito."), "success")
    return redirect(url_for("grants.call_edit", slug=slug, section="elegibilidad"), 303)
