"""Two people of one organisation write one application: each is told who else does, and what they changed."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from core.clock import FrozenClock
from core.context import Actor, acting_as
from core.database import session
from core.files import store_upload
from grants import services
from grants.rules.editing import is_at_it, next_edit
from tests.factories.accounts import make_organisation, make_user, sign_in_as
from tests.factories.grants import a_pdf, make_draft_application, make_open_call

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)


def saved(last: dict[str, object] | None, by: int, *changed: str, version: int = 2) -> dict[str, object]:
    return next_edit(last, version=version, edition="one", by=by, at=NOON, changed=changed)


def test_what_one_person_changes_save_after_save_is_one_edit() -> None:
    first = saved(None, 1, "title")
    assert saved(first, 1, "summary", "title")["fields"] == ["title", "summary"]
    assert saved(first, 2, "summary")["fields"] == ["summary"]
    unchanged = saved(first, 2, version=3)
    assert (unchanged["by"], unchanged["version"]) == (1, 3)
    assert saved(None, 1) == {"version": 2, "edition": "one"}


@pytest.mark.parametrize(("seconds", "still"), [(0, True), (119, True), (120, False)])
def test_nobody_is_at_it_for_ever(seconds: int, still: bool) -> None:
    assert is_at_it(saved(None, 1, "title"), NOON + timedelta(seconds=seconds)) is still


@pytest.mark.usefixtures("session")
def test_each_is_told_what_the_other_changes_and_on_return_what_changed(
    client: FlaskClient, clock: FrozenClock
) -> None:
    maria, juan = make_user(name="María Tzab"), make_user(name="Juan Ek")
    body = make_organisation(maria, juan)
    draft = make_draft_application(make_open_call(), juan, kind="organisation", organisation=body)
    with acting_as(Actor(maria.id, frozenset(), maria.name)):
        services.save_draft(draft, answers={"summary": "De María."}, step="proyecto", edition="hers")
        services.attach_file(draft, "invitation", store_upload(a_pdf(), "a.pdf", purpose="application"))
    session().commit()
    url = f"/es/solicitudes/{draft.id}/proyecto"
    now = "María Tzab está editando esta página. Cambió «Resumen»."
    sign_in_as(client, juan)
    assert now in client.get(url).text
    assert (client.get(f"{url}/borrador.json").json or {})["told"] == now
    assert "Cambió «Carta de invitación" in client.get(url.replace("proyecto", "documentos")).text
    clock.advance(minutes=3)
    assert "María Tzab editó esta página el 2 de marzo de 2026, a las 12:00" in client.get(url).text
    sign_in_as(client, maria)
    assert "editó esta página" not in client.get(url).text
