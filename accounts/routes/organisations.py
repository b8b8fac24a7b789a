"""Organisations: mine, or all of them for the staff; their members and invitations."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from accounts import queries, services
from accounts.errors import (
    AlreadyMember,
    CountryRefused,
    EmailRefused,
    LinkExpired,
    NameRefused,
    NotAnOwner,
    TaxIdRefused,
)
from accounts.forms import ConfirmForm, InvitationForm, MemberRoleForm, OrganisationForm, country_names
from accounts.models import MEMBER_ROLE_LABELS, ORGANISATION_KIND_LABELS, MemberRole, Membership, Organisation
from accounts.routes.room import blueprint, refuse, show, this_person
from core.access import ensure, signed_in
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from core.listing import page_number, paginate, searched
from core.roles import STAFF_ROLES, Role

READERS = STAFF_ROLES | {Role.AUDITOR}
EDITORS = (MemberRole.OWNER, MemberRole.EDITOR)
FIELDS: dict[type[Refusal], str] = {NameRefused: "name", TaxIdRefused: "tax_id", CountryRefused: "country"}


def visible(organisation_id: int) -> tuple[Organisation, Membership | None]:
    """Return an organisation and my place in it; for strangers other than staff there is no such page."""
    organisation = queries.organisation(organisation_id)
    if organisation is None:
        raise NotFound()
    mine = next((m for m in organisation.memberships if m.user_id == actor().user_id), None)
    ensure(mine is not None or actor().has(*READERS))
    return organisation, mine


def governed(organisation_id: int) -> Organisation:
    """Return an organisation that I answer for."""
    organisation, mine = visible(organisation_id)
    ensure(mine is not None and mine.member_role is MemberRole.OWNER, NotAnOwner())
    return organisation


@blueprint.get("/organizaciones")
@signed_in
def organisation_list() -> Response:
    """My organisations; below, for the staff, all of them."""
    listing = None
    if actor().has(*READERS):
        listing = paginate(queries.organisations(search=searched(request.args)), page=page_number(request.args))
    return show(
        "accounts/organisation_list.html",
        memberships=queries.memberships_of(this_person()),
        listing=listing,
        kinds=ORGANISATION_KIND_LABELS,
        countries=dict(country_names()),
        member_roles=MEMBER_ROLE_LABELS,
    )


@blueprint.route("/organizaciones/nueva", methods=["GET", "POST"])
@signed_in
def organisation_create() -> Response:
    """Create an organisation and answer for it."""
    form = OrganisationForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/organisation_edit.html", status, form=form, extra=[], organisation=None)
    try:
        organisation = services.create_organisation(**_facts(form))
        services.add_member(organisation, this_person(), MemberRole.OWNER)
    except Refusal as refusal:
        return refuse("accounts/organisation_edit.html", form, refusal, FIELDS, organisation=None)
    session().commit()
    flash(_("Registramos la organización."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=organisation.id), 303)


@blueprint.get("/organizaciones/<int:organisation_id>")
@signed_in
def organisation_show(organisation_id: int) -> Response:
    """One organisation, its members and its open invitations."""
    organisation, mine = visible(organisation_id)
    owner = mine is not None and mine.member_role is MemberRole.OWNER
    return show(
        "accounts/organisation_show.html",
        organisation=organisation,
        mine=mine,
        owner=owner,
        editor=mine is not None and mine.member_role in EDITORS,
        kind=_(ORGANISATION_KIND_LABELS[organisation.kind]),
        country=dict(country_names())[organisation.country],
        member_roles=MEMBER_ROLE_LABELS,
        invitations=queries.open_invitations(organisation.id) if owner else [],
        moment=now(),
    )


@blueprint.route("/organizaciones/<int:organisation_id>/editar", methods=["GET", "POST"])
@signed_in
def organisation_edit(organisation_id: int) -> Response:
    """Change the facts of an organisation."""
    organisation, mine = visible(organisation_id)
    ensure(mine is not None and mine.member_role in EDITORS, NotAnOwner())
    form = OrganisationForm(obj=organisation)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/organisation_edit.html", status, form=form, extra=[], organisation=organisation)
    try:
        services.edit_organisation(organisation, **_facts(form))
    except Refusal as refusal:
        return refuse("accounts/organisation_edit.html", form, refusal, FIELDS, organisation=organisation)
    session().commit()
    flash(_("Guardamos los datos de la organización."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=organisation.id), 303)


@blueprint.route("/organizaciones/<int:organisation_id>/invitar", methods=["GET", "POST"])
@signed_in
def organisation_invite(organisation_id: int) -> Response:
    """Invite somebody by e-mail."""
    organisation, form = governed(organisation_id), InvitationForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/organisation_invite.html", status, form=form, extra=[], organisation=organisation)
    try:
        services.invite_member(
            organisation, email=form.email.data or "", member_role=form.member_role.data, inviter=this_person()
        )
    except Refusal as refusal:
        fields: dict[type[Refusal], str] = {EmailRefused: "email", AlreadyMember: "email"}
        return refuse("accounts/organisation_invite.html", form, refusal, fields, organisation=organisation)
    session().commit()
    flash(_("Enviamos la invitación."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=organisation.id), 303)


@blueprint.route("/organizaciones/invitacion/<token>", methods=["GET", "POST"])
@signed_in
def invitation_accept(token: str) -> Response:
    """Accept an invitation with the link from the letter."""
    invitation = queries.live_invitation(token)
    if invitation is None:
        raise LinkExpired()
    form = ConfirmForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        role = _(MEMBER_ROLE_LABELS[invitation.member_role])
        return show("accounts/invitation_accept.html", status, form=form, invitation=invitation, role=role)
    joined = services.accept_invitation(token, this_person())
    session().commit()
    flash(_("Ya formas parte de la organización."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=joined.organisation_id), 303)


@blueprint.route("/organizaciones/<int:organisation_id>/personas/<int:user_id>", methods=["GET", "POST"])
@signed_in
def member_edit(organisation_id: int, user_id: int) -> Response:
    """Change what a member may do."""
    member = _member(governed(organisation_id), user_id)
    form = MemberRoleForm(obj=member)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/member_edit.html", status, form=form, extra=[], member=member)
    services.change_member_role(member, form.member_role.data)
    session().commit()
    flash(_("Guardamos el cambio."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=organisation_id), 303)


@blueprint.post("/organizaciones/<int:organisation_id>/personas/<int:user_id>/quitar")
@signed_in
def member_remove(organisation_id: int, user_id: int) -> Response:
    """End a membership: an owner's act, or one's own leaving."""
    organisation, mine = visible(organisation_id)
    leaving = mine is not None and user_id == actor().user_id
    member = _member(organisation if leaving else governed(organisation_id), user_id)
    services.remove_member(member)
    session().commit()
    if leaving:
        flash(_("Dejaste la organización."), "success")
        return redirect(url_for("accounts.organisation_list"), 303)
    flash(_("La persona ya no forma parte de la organización."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=organisation_id), 303)


@blueprint.post("/organizaciones/<int:organisation_id>/invitaciones/<int:invitation_id>/retirar")
@signed_in
def invitation_withdraw(organisation_id: int, invitation_id: int) -> Response:
    """Take an invitation back."""
    organisation = governed(organisation_id)
    waiting = queries.open_invitations(organisation.id)
    invitation = next((waits for waits in waiting if waits.id == invitation_id), None)
    if invitation is None:
        raise NotFound()
    services.withdraw_invitation(invitation)
    session().commit()
    flash(_("Retiramos la invitación."), "success")
    return redirect(url_for("accounts.organisation_show", organisation_id=organisation_id), 303)


def _member(organisation: Organisation, user_id: int) -> Membership:
    found = next((member for member in organisation.memberships if member.user_id == user_id), None)
    if found is None:
        raise NotFound()
    return found


def _facts(form: OrganisationForm) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "kind": form.kind.data,
        "tax_id": form.tax_id.data,
        "country": form.country.data,
        "public_name_allowed": bool(form.public_name_allowed.data),
    }
