"""A reviewer's question to the programme, and its answer: letters and codes on both sides."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.database import session
from core.language import _
from core.roles import Role
from scoring import queries, services
from scoring.errors.questions import AnswerTells, QuestionEmpty, QuestionNotFound
from scoring.forms import QuestionForm
from scoring.models import Panel
from scoring.routes.room import STAFF, blueprint, own_assignment, panel_or_404


@blueprint.route("/evaluacion/<code>/preguntar", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def question_ask(code: str) -> str | Response | tuple[str, int]:
    """Ask the programme about a dossier."""
    assignment = own_assignment(code)
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            services.ask_programme(assignment, form.text.data or "")
        except QuestionEmpty as refusal:
            session().rollback()
            form.text.errors = [refusal.message()]
        else:
            session().commit()
            flash(
                _("Tu pregunta llegó al programa. Te avisaremos por correo cuando responda."),
                "success",
            )
            return redirect(url_for("scoring.dossier_show", code=code), 303)
    asked = len(queries.questions_of(assignment))
    page = render_template("scoring/question_ask.html", code=code, form=form, asked=asked)
    return (page, 422) if form.text.errors else page


@blueprint.get("/paneles/<int:panel_id>/preguntas")
@roles(*STAFF)
def question_list(panel_id: int) -> str:
    """What reviewers ask, what waits first."""
    return _list(panel_or_404(panel_id), QuestionForm())


@blueprint.post("/paneles/<int:panel_id>/preguntas/<int:question_id>")
@roles(*STAFF)
def question_answer(panel_id: int, question_id: int) -> Response | tuple[str, int]:
    """Answer one."""
    panel = panel_or_404(panel_id)
    question = next((one for one in queries.questions_in(panel) if one.id == question_id), None)
    if question is None:
        raise QuestionNotFound()
    form = QuestionForm()
    try:
        services.answer_reviewer(question, form.text.data or "")
    except (AnswerTells, QuestionEmpty) as refusal:
        session().rollback()
        form.text.errors = [refusal.message()]
        return _list(panel_or_404(panel_id), form, question_id), 422
    session().commit()
    flash(_("Respondiste la pregunta."), "success")
    return redirect(url_for("scoring.question_list", panel_id=panel_id), 303)


def _list(panel: Panel, form: QuestionForm, answering: int | None = None) -> str:
    return render_template(
        "scoring/question_list.html",
        panel=panel,
        questions=queries.questions_in(panel),
        form=form,
        answering=answering,
    )
