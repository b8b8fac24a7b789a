"""Where a call begins: from the standard documents, or from an earlier call."""

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles
from core.database import session
from core.errors import Refusal
from core.money import Money
from core.settings import setting
from grants import services
from grants.forms.editor import NewCallForm
from grants.models import Call
from grants.queries import calls as queries
from grants.routes.editor import ADMINISTRATOR, OFFICER
from grants.routes.room import blueprint, show
from grants.rules.standard import standard_eligibility, standard_form, standard_tariff

COPIABLE = 100  # calls on offer to start from, the newest


@blueprint.route("/programa/convocatorias/nueva", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_new() -> Response | BaseResponse:
    """Begin a call from the standard form, requirements and tariff, or from an earlier call."""
    earlier = list(session().scalars(queries.staff_calls().limit(COPIABLE)))
    form = NewCallForm.after(earlier)
    if not form.validate_on_submit():
        return show("grants/call_new.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    slug, title = form.slug.data or "", {"es": form.title_es.data or "", "en": form.title_en.data or ""}
    source = next((one for one in earlier if one.slug == form.source.data), None)
    try:
        if source is not None:
            call = services.copy_call(source, slug=slug, title=title)
        else:
            call = _from_the_standard(slug, title)
    except Refusal as refusal:
        session().rollback()
        form.slug.errors = [refusal.message()]
        return show("grants/call_new.html", refusal.status, form=form, extra=[])
    session().commit()
    return redirect(url_for("grants.call_edit", slug=call.slug, section="textos"), 303)


def _from_the_standard(slug: str, title: dict[str, str]) -> Call:
    return services.draft_call(
        slug=slug,
        title=title,
        summary={},
        body={},
        axes=[],
        regions=[],
        audience=[],
        direction="outbound",
        cap_per_award=Money(10_000_000, setting("BASE_CURRENCY")),
        form=standard_form(
            setting("AXES"),
            setting("TERRITORIES"),
            home_country=setting("COUNTRY"),
            territory=setting("TERRITORY_LABEL"),
        ),
        tariff=standard_tariff({}),  # the checklist asks for the rate of the day
        eligibility=standard_eligibility(),
    )
