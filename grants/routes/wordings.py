"""The letters of a call: what each says, in the clerk's own words, and how it would read."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles
from core.database import session
from core.errors import Refusal
from core.language import LANGUAGES, _, in_language
from grants.emails.samples import preview, sample_data
from grants.errors.calls import ApplicationNotFound, CallChanged
from grants.forms.comparison import stored_instead
from grants.forms.wordings import WordingForm
from grants.models import Call
from grants.queries.determinations import determination_of
from grants.queries.wordings import application_of_folio, letters_sent
from grants.routes.editor import ADMINISTRATOR, EDITION, OFFICER, any_call, stepper_of
from grants.routes.room import blueprint, show
from grants.rules.letter_kinds import KINDS, MEANINGS, LetterKind
from grants.services import wordings as services
from grants.services.impartiality import ensure_impartial

BACK = {f"modelo-{code}": code for code in LANGUAGES}


@blueprint.get("/programa/convocatorias/<slug>/cartas")
@roles(OFFICER, ADMINISTRATOR)
def letter_list(slug: str) -> Response:
    """Every letter a call sends, and whose words it has."""
    call = any_call(slug)
    own = {(one.kind, one.language) for one in call.wordings}
    steps = stepper_of(call)
    return show("grants/wording_list.html", call=call, kinds=KINDS.values(), own=own, stepper=steps, current=len(steps))


@blueprint.route("/programa/convocatorias/<slug>/cartas/<kind_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def letter_word(slug: str, kind_id: str) -> Response | BaseResponse:
    """The text of one letter in both languages: saved, seen as it would read, or ours again."""
    call, kind = any_call(slug), services.kind_of(kind_id)
    form = WordingForm.of(kind, services.wordings_of(call, kind))
    act = request.form.get("accion", "")
    if request.method == "GET":
        return _page(call, form)
    if act in BACK:
        return _save(call, form, {BACK[act]: services.our_wording(kind, BACK[act])})
    if not form.validate_on_submit():
        return _page(call, form, 422)
    if act != "vista":
        return _save(call, form, form.texts())
    try:
        return _page(call, form, read=_read(call, form))
    except Refusal as refusal:
        form.folio.errors = [refusal.message()]
        return _page(call, form, refusal.status)


def _save(call: Call, form: WordingForm, texts: dict[str, Any]) -> Response | BaseResponse:
    slug, kind = call.slug, form.kind
    try:
        services.ensure_wordings(call, kind, request.form.get(EDITION, ""))
        services.word_letter(call, kind, texts)
    except Refusal as refusal:
        session().rollback()
        call = any_call(slug)
        said = [refusal.message(), *([refusal.advice()] if refusal.advice() else [])]
        if not isinstance(refusal, CallChanged):
            return _page(call, form, refusal.status, extra=said)
        form = WordingForm.of(kind, services.wordings_of(call, kind))
        return _page(call, form, refusal.status, extra=said, stored=list(stored_instead(form)))
    session().commit()
    flash(_("Guardamos la carta. Las que ya se enviaron conservan su texto."), "success")
    return redirect(url_for("grants.letter_word", slug=slug, kind_id=kind.id), 303)


def _read(call: Call, form: WordingForm) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return language, subject and paragraphs of what was typed, about the application named or an invented one."""
    application = found = None
    if folio := (form.folio.data or "").strip():
        application = application_of_folio(call, folio)
        if application is None:
            raise ApplicationNotFound()
        ensure_impartial(application)
        found = determination_of(application)
    read = []
    for code, text in form.texts().items():
        with in_language(code):
            read.append((code, *preview(form.kind, text, sample_data(call, form.kind, application, found))))
    return read


def _page(
    call: Call,
    form: WordingForm,
    status: int = 200,
    *,
    extra: list[str] | None = None,
    read: list[tuple[str, str, tuple[str, ...]]] | None = None,
    stored: list[tuple[str, str]] | None = None,
) -> Response:
    kind: LetterKind = form.kind
    edition = services.edition_of_wordings(call, kind)
    if stored is None and request.method == "POST":
        edition = request.form.get(EDITION, "")[:64]  # refused for something else, or only read: as old as it was
    return show(
        "grants/wording_edit.html",
        status,
        call=call,
        form=form,
        kind=kind,
        meanings=MEANINGS,
        edition=edition,
        extra=extra or [],
        read=read,
        stored=stored,
        editable=services.may_word(call),
        own={code for code in LANGUAGES if services.own_wording(call, kind, code)},
        sent=letters_sent(call)[kind.id],
    )
