"""A part of a call that its clerk writes piece by piece until it is published: each change is a whole new part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from grants.errors.calls import CallChanged
from grants.forms.applications import ConfirmForm
from grants.forms.comparison import stored_instead
from grants.models import Call
from grants.routes.editor import EDITION, any_call
from grants.routes.room import show
from grants.services.calls import EDITABLE
from grants.services.editions import edition_of, ensure_edition

Change = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """What of a call is written, how a change of it is kept, and the page with all of it."""

    fields: tuple[str, ...]
    keep: Callable[[Call, Change], object]
    page: Callable[[Call, int, str | None], Response]
    home: str  # the endpoint of that page
    saved: str
    why: Callable[[Refusal], str] = Refusal.message

    def acted(self, slug: str, change: Change) -> Response | BaseResponse:
        """Make a change that a button asks for; refused, the page says why."""
        ensure(ConfirmForm().validate_on_submit(), NotFound())
        call = any_call(slug)
        try:
            ensure_edition(call, self.fields, request.form.get(EDITION, ""))
            self.keep(call, change)
        except Refusal as refusal:
            session().rollback()
            return self.page(any_call(slug), refusal.status, self.why(refusal))
        session().commit()
        return redirect(url_for(self.home, slug=slug), 303)

    def edited(self, call: Call, form: Any, template: str, change: Change, **more: Any) -> Response | BaseResponse:
        """Show the form of one piece, or make the change it was sent with; refused, what was typed stays."""
        slug = call.slug
        problem: Refusal | None = None
        stored: list[tuple[str, str]] | None = None
        if form.validate_on_submit():
            try:
                ensure_edition(call, self.fields, request.form.get(EDITION, ""))
                self.keep(call, change)
                session().commit()
                flash(_(self.saved), "success")
                return redirect(url_for(self.home, slug=slug), 303)
            except CallChanged as refusal:
                session().rollback()
                problem, call, stored = refusal, any_call(slug), list(stored_instead(form))
            except Refusal as refusal:
                session().rollback()
                problem, call = refusal, any_call(slug)
        is_fresh = (
            request.method == "GET" or stored is not None
        )  # what stands is in sight: what is sent next replaces it
        return show(
            template,
            problem.status if problem is not None else 422 if form.is_submitted() else 200,
            call=call,
            form=form,
            edition=edition_of(call, self.fields) if is_fresh else request.form.get(EDITION, "")[:64],
            stored=stored,
            editable=call.state in EDITABLE,
            problem=self.why(problem) if problem is not None else None,
            **more,
        )
