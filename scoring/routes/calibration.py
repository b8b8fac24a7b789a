"""Samples before real dossiers: the member's pages, and the programme's."""

from fractions import Fraction

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _
from core.roles import Role
from scoring import queries, services
from scoring.errors import ReviewIncomplete
from scoring.errors.calibration import CalibrationWithoutSamples, SampleIncomplete, SampleNotFound
from scoring.forms import ReviewForm, review_form, sample_form
from scoring.models import Panel, PanelSeat, SampleDossier, SampleReading
from scoring.routes.room import STAFF, blueprint, panel_or_404
from scoring.rules.calibration import Distance, distance
from scoring.rules.rulebook import exact, plain
from scoring.services.phases import BEFORE_RANKING


def own_sample(sample_id: int) -> tuple[SampleDossier, PanelSeat]:
    """Return a sample of a committee this person sits in, with their seat."""
    found = queries.sample_for(actor().user_id or 0, sample_id)
    if found is None:
        raise SampleNotFound()
    return found


@blueprint.get("/evaluacion/calibracion")
@roles(Role.REVIEWER, auditor=False)
def sample_list() -> str:
    """The samples of one's committees: those to score, and how far one was from what was agreed."""
    return render_template("scoring/sample_list.html", samples=queries.samples_for(actor().user_id or 0))


@blueprint.route("/evaluacion/calibracion/<int:sample_id>", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def sample_show(sample_id: int) -> str | Response | tuple[str, int]:
    """Score a sample on the form of the real ones; then see one's scores beside what was agreed."""
    sample, seat = own_sample(sample_id)
    rules = sample.panel.rulebook.rules
    form = review_form(rules, None)
    if form.validate_on_submit():
        try:
            services.read_sample(sample, seat, form.entries())
        except ReviewIncomplete as refusal:
            session().rollback()
            form.show_errors(refusal.errors)
            return _sample_page(*own_sample(sample_id), form), 422
        session().commit()
        flash(_("Estas son tus calificaciones junto a lo acordado. No cuentan para nada más."), "success")
        return redirect(url_for("scoring.sample_show", sample_id=sample_id), 303)
    return _sample_page(sample, seat, form)


def _sample_page(sample: SampleDossier, seat: PanelSeat, form: ReviewForm) -> str:
    reading = queries.reading_of(sample, seat)
    if reading is None and sample.retired_at is not None:
        raise SampleNotFound()
    return render_template(
        "scoring/sample_show.html",
        sample=sample,
        rules=sample.panel.rulebook.rules,
        form=form,
        reading=reading,
        agreed=sample.agreement() if reading is not None else {},
        found=_distance(sample.panel, reading) if reading is not None else None,
        plain=plain,
        exact=exact,
    )


def _distance(panel: Panel, reading: SampleReading) -> Distance:
    agreed = {name: value for name, (value, _reason) in reading.sample.agreement().items()}
    return distance(panel.rulebook.rules, reading.sheet(), agreed)


@blueprint.get("/paneles/<int:panel_id>/calibracion")
@roles(*STAFF)
def calibration_show(panel_id: int) -> str:
    """A committee's samples, and how far each member's scores were."""
    return _panel_page(panel_or_404(panel_id))


@blueprint.post("/paneles/<int:panel_id>/calibracion")
@roles(*STAFF)
def calibration_change(panel_id: int) -> Response | tuple[str, int]:
    """Ask for the samples first, or no longer; add the invented ones; take one out of use."""
    panel = panel_or_404(panel_id)
    act = request.form.get("accion", "")
    try:
        if act in ("exigir", "no-exigir"):
            services.require_calibration(panel, act == "exigir")
            said = _("Guardamos cuándo se abren los expedientes reales.")
        elif act == "ejemplos":
            services.add_invented_samples(panel)
            said = _("Agregamos dos muestras inventadas.")
        else:
            number = request.form.get("muestra", "")
            sample = queries.sample_in(panel, int(number)) if number.isascii() and number.isdigit() else None
            if sample is None:
                raise SampleNotFound()
            services.retire_sample(sample)
            said = _("La muestra ya no se pide; quien la calificó la sigue viendo.")
    except CalibrationWithoutSamples as refusal:
        session().rollback()
        return _panel_page(panel_or_404(panel_id), refusal), refusal.status
    session().commit()
    flash(said, "success")
    return redirect(url_for("scoring.calibration_show", panel_id=panel_id), 303)


@blueprint.route("/paneles/<int:panel_id>/calibracion/nueva", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def sample_write(panel_id: int) -> str | Response | tuple[str, int]:
    """Write a sample with what the committee agreed on."""
    panel = panel_or_404(panel_id)
    form = sample_form(panel.rulebook.rules)
    extra: list[str] = []
    if form.validate_on_submit():
        try:
            services.add_sample(
                panel,
                heading=form.heading.data or "",
                summary=form.summary.data or "",
                body=form.body.data or "",
                agreed=form.entries(),
            )
        except (ReviewIncomplete, SampleIncomplete) as refusal:
            session().rollback()
            if isinstance(refusal, ReviewIncomplete):
                form.show_errors(refusal.errors)
            else:
                extra = [refusal.message()]
        else:
            session().commit()
            flash(_("La muestra está lista."), "success")
            return redirect(url_for("scoring.calibration_show", panel_id=panel_id), 303)
    panel = panel_or_404(panel_id)
    page = render_template("scoring/sample_write.html", panel=panel, rules=panel.rulebook.rules, form=form, extra=extra)
    return (page, 422) if form.errors or extra else page


def _means(found: list[Fraction]) -> tuple[int, float, float]:
    """Return how many differences there are, their mean, and the mean of how far off they are either way."""
    count = len(found)
    return count, float(sum(found) / count), float(sum(map(abs, found)) / count)


def _panel_page(panel: Panel, refusal: Refusal | None = None) -> str:
    readings = queries.readings_in(panel)
    rows = [(reading, _distance(panel, reading)) for reading in readings]
    by_letter: dict[str, list[Fraction]] = {}
    for reading, found in rows:
        by_letter.setdefault(reading.seat.letter, []).append(found.difference)
    calibration = queries.calibration_of(panel)
    return render_template(
        "scoring/calibration_show.html",
        panel=panel,
        samples=queries.samples_of(panel, retired=True),
        seats=queries.seats_of_panel(panel),
        by_letter={letter: _means(found) for letter, found in by_letter.items()},
        required=calibration is not None and calibration.is_required,
        writes=actor().has(*STAFF) and panel.state in BEFORE_RANKING,
        problem=refusal.message() if refusal is not None else None,
    )
