"""The front door, a person's desk, help, health, and the page where staff see background work."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from accounts.forms import CurrentPasswordForm
from accounts.routes.room import address, this_person
from accounts.services import prove_password
from core import antivirus, scanning
from core.access import ensure, public, roles, signed_in
from core.audit import record
from core.clock import today
from core.context import actor
from core.database import db, session
from core.jobs import JOB_STATES, Job, JobState, label_of, requeue
from core.language import N_, _
from core.listing import chosen, page_number, paginate
from core.navigation import NavItem
from core.roles import Role
from core.web_files import send_bytes
from grants.queries.corrections import correctable_applications
from web import audit_trail, front_door, queries
from web.held_data import held_on, package
from web.navigation import desk_items

blueprint = Blueprint("web", __name__)
machine_blueprint = Blueprint("machine", __name__)
audit_trail.install(blueprint)
# How a job's state reads to the progress component.
PROGRESS = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "finished",
    JobState.DEAD: "failed",
}

NAVIGATION = (
    NavItem(N_("Mi espacio"), "web.desk", order=1, roles=frozenset()),
    NavItem(N_("Trabajos"), "web.job_list", order=95, roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    NavItem(N_("Bitácora"), "web.audit_list", order=97, roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
)


@blueprint.get("/")
@public
def home() -> str:
    """The front door."""
    return render_template("web/home.html", **front_door.facts())


@blueprint.get("/mi-espacio")
@signed_in
def desk() -> str:
    """What waits for me."""
    return render_template("web/desk.html", waiting=[item for item in desk_items() if item[2]])


@blueprint.route("/mi-espacio/mis-datos", methods=["GET", "POST"])
@signed_in
def personal_data() -> Response:
    """What the site holds on whoever asks, by kind; with their password, all of it in one file."""
    person, form = this_person(), CurrentPasswordForm()
    held = [one for one in held_on(person.id, person.email) if one.rows]
    if form.validate_on_submit():
        proved = prove_password(person, form.current.data or "", address=address())
        data = package(held) if proved else b""
        if proved:
            record("account.data_taken_home", "user_account", person.id)
        session().commit()  # a wrong guess counts too
        if proved:
            return send_bytes(data, f"mis-datos-{today().isoformat()}.zip", "application/zip")
        form.current.errors = [_("La contraseña no es correcta.")]
    page = render_template(
        "web/personal_data.html", form=form, held=held, correctable=correctable_applications(person.id)
    )
    answer = make_response(page, 422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/ayuda")
@public
def help() -> str:
    """How to use Puente and whom to ask."""
    return render_template("web/help.html")


@blueprint.get("/accesibilidad")
@public
def accessibility() -> str:
    """What we promise to people who read with other means."""
    return render_template("web/accessibility.html")


@blueprint.get("/privacidad")
@public
def privacy() -> str:
    """What we keep about people, why, and for how long."""
    return render_template("web/privacy.html")


@blueprint.get("/componentes")
@public
def gallery() -> str:
    """Every component in every state, for those who build pages; not there in production."""
    ensure(current_app.config["MODE"] in ("development", "test"))
    from web import gallery_data  # local: only development reads it

    return render_template("web/gallery.html", **gallery_data.examples())


@blueprint.get("/trabajos")
@roles(Role.ADMINISTRATOR)
def job_list() -> str:
    """Background work and how it goes."""
    state = chosen(request.args, "estado", [state.value for state in JobState])
    query = queries.jobs(JobState(state) if state is not None else None)
    return render_template(
        "web/job_list.html",
        scanner=_scanner_state(),
        listing=paginate(query, page=page_number(request.args)),
        label_of=label_of,
        states=JOB_STATES,
        state_options=[("", _("Todos")), *((one.value, JOB_STATES.label(one)) for one in JobState)],
    )


def _scanner_state() -> dict[str, str]:
    if not antivirus.is_configured():
        return {
            "tone": "info",
            "says": _("Este sitio no tiene antivirus: los archivos se revisan por su formato, no por virus."),
        }
    try:
        says, tone = _("El antivirus responde: %(version)s.", version=antivirus.version()), "good"
    except antivirus.ScannerSilent:
        says, tone = (
            _("El antivirus no responde. Lo que llega se guarda y nadie lo descarga hasta que lo revise."),
            "bad",
        )
    waiting, withheld = scanning.waiting_count(), scanning.withheld_count()
    counted = _(
        "Archivos que lo esperan: %(waiting)s. Retenidos por un virus: %(withheld)s.",
        waiting=waiting,
        withheld=withheld,
    )
    return {"tone": tone, "says": f"{says} {counted}"}


@blueprint.get("/trabajos/<int:job_id>")
@roles(Role.ADMINISTRATOR)
def job_show(job_id: int) -> str:
    """One piece of background work."""
    job = session().get(Job, job_id)
    ensure(job)
    assert job is not None
    return render_template(
        "web/job_show.html",
        job=job,
        label_of=label_of,
        states=JOB_STATES,
        progress=PROGRESS[job.state],
        may_requeue=job.state is JobState.DEAD and actor().has(Role.ADMINISTRATOR),
    )


@blueprint.post("/trabajos/<int:job_id>/reintentar")
@roles(Role.ADMINISTRATOR)
def job_requeue(job_id: int) -> BaseResponse:
    """Put dead work back in the queue."""
    job = session().get(Job, job_id)
    ensure(job)
    assert job is not None
    requeue(job)
    db.session.commit()
    flash(_("El trabajo volvió a la fila."), "success")
    return redirect(url_for("web.job_show", job_id=job.id), 303)


@machine_blueprint.get("/salud")
@public
def health() -> tuple[Response, int]:
    """Say whether the database answers, for a load balancer."""
    session().execute(text("SELECT 1"))
    return jsonify(status="ok", version=current_app.config["VERSION"]), 200
