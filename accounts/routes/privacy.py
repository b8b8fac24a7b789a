"""The privacy notice: in public, with every earlier version; my answers to it; its writing by the administration."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from accounts import queries, services
from accounts.errors import NoticeEditedMeanwhile, NoticeNotFound
from accounts.forms import ConfirmForm, NoticeForm, PurposesForm
from accounts.models import PLACE_LABELS, NoticePlace, PrivacyNotice, User
from accounts.routes.room import blueprint, kept_place, show, this_person, wanted_place
from accounts.rules import privacy as rules
from accounts.rules.model_notice import model_notice
from core.access import public, roles, signed_in
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import LANGUAGES, _, current_language, localised
from core.roles import Role
from core.settings import setting


def offer_purposes(form: PurposesForm) -> PrivacyNotice | None:
    """Offer the voluntary purposes of the notice this page was sent with, or of the one in force; return it."""
    sent = queries.published_notice(form.number_shown) if form.is_submitted() else None
    notice = sent or queries.notice_in_force()
    if notice is not None and notice.number is not None:
        voluntary = rules.purposes(notice.content, voluntary=True)
        form.offer(notice.number, [(one["id"], localised(one["text"])) for one in voluntary])
    return notice


def place_after(person: User) -> str:
    """Return where somebody who has just signed in goes: on, or first to what they have not been asked yet."""
    if queries.notice_to_answer(person) is None:
        return wanted_place()
    return url_for("accounts.notice_answer", **kept_place(), entrando=1)


@blueprint.get("/privacidad/aviso")
@public
def notice_current() -> Response:
    """The notice in force, whole."""
    return _page(queries.notice_in_force())


@blueprint.get("/privacidad/avisos/<int:number>")
@public
def notice_show(number: int) -> Response:
    """One published version."""
    return _page(_published(number), by_number=True)


@blueprint.get("/privacidad/avisos/<int:number>/cambios")
@public
def notice_changes(number: int) -> Response:
    """A version beside the one before it."""
    notice, former = _published(number), _published(number - 1)
    found = list(rules.changes(former.content, notice.content, current_language()))
    return show("accounts/notice_changes.html", notice=notice, former=former, changes=found)


@blueprint.route("/cuenta/aviso", methods=["GET", "POST"])
@signed_in
def notice_answer() -> Response:
    """What I was told and what I answered; each voluntary purpose can be given and taken back at any time."""
    person, form = this_person(), PurposesForm()
    notice, entering = offer_purposes(form), "entrando" in request.args
    if notice is not None and form.validate_on_submit():
        place = NoticePlace.SIGN_IN if entering else NoticePlace.ACCOUNT
        services.answer_notice(person, notice, form.purposes.data or [], place)
        session().commit()
        flash(_("Guardamos lo que decidiste. Puedes cambiarlo cuando quieras en tu cuenta."), "success")
        return redirect(wanted_place() if entering else url_for("accounts.notice_answer"), 303)
    if not form.is_submitted():
        standing = queries.standing_answers(person)
        form.purposes.data = [number for number, yes in standing.items() if yes]
    return show(
        "accounts/notice_answer.html",
        422 if form.is_submitted() else 200,
        form=form,
        notice=notice,
        entering=entering,
        due=queries.notice_to_answer(person) is not None,
        history=[(answer, _spoken(answer.purposes, answer.notice)) for answer in reversed(queries.answers_of(person))],
        places=PLACE_LABELS,
    )


@blueprint.get("/avisos-de-privacidad")
@roles(Role.ADMINISTRATOR)
def notice_list() -> Response:
    """Every version, and the draft of the next one."""
    draft = queries.draft_notice()
    return show(
        "accounts/notice_list.html",
        notices=queries.published_notices(),
        draft=draft,
        lacking=rules.what_lacks(draft.content) if draft is not None else [],
        answers=queries.count_answers(),
        may_write=actor().has(Role.ADMINISTRATOR),
    )


@blueprint.route("/avisos-de-privacidad/borrador", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR, auditor=False)
def notice_edit() -> Response:
    """Write the next version."""
    form = NoticeForm()
    if not form.is_submitted():
        draft = queries.draft_notice()
        return _editor(NoticeForm.of(_beginning(draft), draft.edition if draft is not None else 0))
    if not form.validate():
        return _editor(form, 422)
    try:
        services.save_notice(form.content, edition=form.edition.data or 0)
    except NoticeEditedMeanwhile as refusal:
        session().rollback()
        draft = queries.draft_notice()
        form.edition.raw_data, form.edition.data = None, draft.edition if draft is not None else 0
        return _editor(form, refusal.status, refusal)
    session().commit()
    flash(_("Guardamos el borrador. Nadie lo ve hasta que lo publiques."), "success")
    return redirect(url_for("accounts.notice_list"), 303)


@blueprint.route("/avisos-de-privacidad/publicar", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR, auditor=False)
def notice_publish() -> Response:
    """Put the draft in force, once asked whether one means it."""
    form, draft = ConfirmForm(), queries.draft_notice()
    if draft is None:
        return redirect(url_for("accounts.notice_list"), 303)
    if form.validate_on_submit():
        typed = request.form.get("edicion", "")
        try:
            services.publish_notice(edition=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0)
        except Refusal as refusal:
            session().rollback()
            flash(refusal.message(), "warning")
            return redirect(url_for("accounts.notice_list"), 303)
        session().commit()
        flash(_("El aviso está publicado. Desde ahora es el vigente."), "success")
        return redirect(url_for("accounts.notice_current"), 303)
    return show(
        "accounts/notice_publish.html",
        422 if form.is_submitted() else 200,
        form=form,
        draft=draft,
        asks=_asks_again(draft),
    )


def _page(notice: PrivacyNotice | None, *, by_number: bool = False) -> Response:
    needed = rules.purposes(notice.content, voluntary=False) if notice is not None else []
    voluntary = rules.purposes(notice.content, voluntary=True) if notice is not None else []
    notices = queries.published_notices()
    return show(
        "accounts/notice_show.html",
        notice=notice,
        by_number=by_number,
        texts={key: _(name) for key, name in rules.TEXTS.items()},
        needed=needed,
        voluntary=voluntary,
        notices=notices,
        in_force=notices[0] if notices else None,
    )


def _published(number: int) -> PrivacyNotice:
    notice = queries.published_notice(number)
    if notice is None:
        raise NoticeNotFound()
    return notice


def _spoken(said: Mapping[str, bool], notice: PrivacyNotice) -> list[tuple[str, bool]]:
    texts = {one["id"]: localised(one["text"]) for one in notice.content["purposes"]}
    return [(texts.get(number, number), yes) for number, yes in said.items()]


def _beginning(draft: PrivacyNotice | None) -> Mapping[str, Any]:
    """Return what the editor opens with: the draft, the notice in force, or the model."""
    known = draft or queries.notice_in_force()
    if known is not None:
        return known.content
    texts = [
        model_notice(
            localised(setting("CITY_NAME"), language),
            localised(setting("TRUST_NAME"), language),
            setting("CONTACT_EMAIL"),
        )
        for language in LANGUAGES
    ]
    spoken = {key: {code: text[key][code] for code, text in zip(LANGUAGES, texts, strict=True)} for key in rules.TEXTS}
    return {**spoken, "purposes": texts[0]["purposes"]}


def _asks_again(draft: PrivacyNotice) -> bool:
    current = queries.notice_in_force()
    return rules.asks_again(current.content if current is not None else None, draft.content)


def _editor(form: NoticeForm, status: int = 200, refusal: Refusal | None = None) -> Response:
    return show(
        "accounts/notice_edit.html",
        status,
        form=form,
        texts=list(rules.TEXTS),
        extra=[refusal.message()] if refusal is not None else [],
    )
