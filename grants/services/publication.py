"""Publish a call: check that nothing is missing, freeze what decides, and hash it."""

from typing import Any

from core.audit import record
from core.clock import local, now
from core.database import session
from grants.errors.calls import CallIncomplete
from grants.models import Call
from grants.queries import calls as queries
from grants.rules import content, eligibility, form, publication, tariff
from grants.rules.publication import CheckItem, Readiness
from grants.rules.requirements import unanswerable
from grants.rules.tariff_lines import uncounted
from grants.services.course import bring_up_to_date, schedule_advances
from grants.services.subscriptions import plan_letters
from grants.states.call import CALL_STATES, CallState


def checklist(call: Call) -> tuple[CheckItem, ...]:
    """Return every line of the publication checklist, done or not, the allocated budget included."""
    facts = Readiness(
        texts=(call.title, call.summary, call.body),
        axes=bool(call.axes),
        regions=bool(call.regions),
        audience=bool(call.audience),
        consultation_closes_at=call.consultation_closes_at,
        unanswered_comments=queries.unanswered_comments(call),
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        has_results_date=call.results_on is not None
        and (call.closes_at is None or call.results_on > local(call.closes_at).date()),
        form_faults=tuple(form.faults(call.form)),
        tariff_faults=tuple(_tariff_faults(call)),
        eligibility_faults=(
            *eligibility.faults(call.eligibility),
            *(rule["id"] for rule in unanswerable(call.eligibility, call.form)),
        ),
        has_rulebook=call.rulebook_id is not None,
        without_envelope=tuple(_without_envelope(call)),
        budget_cents=call.budget_cents,
        cap_cents=call.cap_per_award_cents,
    )
    return publication.checklist(facts, now())


def _without_envelope(call: Call) -> list[str]:
    """Return the axes or regions that the call offers and for which its rules keep no money."""
    envelopes = call.rulebook.rules.envelopes if call.rulebook is not None else None
    if envelopes is None:
        return []
    offered = [str(axis) for axis in call.axes] if envelopes.by == "axis" else list(call.regions)
    return [name for name in offered if name not in {part.id for part in envelopes.parts}]


def _tariff_faults(call: Call) -> list[str]:
    found = [*tariff.faults(call.tariff), *(line.id for line in uncounted(call.tariff, call.form))]
    if not found and call.tariff["rate"]["quote"] != call.currency:
        found.append("rate.quote")
    return found


def frozen_content(call: Call) -> dict[str, Any]:
    """Return what the call's fingerprint is of. After publication it no longer changes.

    The deadline and the texts in it are those published; later ones stand in the addenda.
    """
    assert call.opens_at is not None
    assert call.closes_at is not None
    assert call.results_on is not None
    assert call.rulebook is not None
    extended = [notice.old_closes_at for notice in call.addenda if notice.old_closes_at is not None]
    closes_at = extended[0] if extended else call.closes_at
    published: dict[str, dict[str, str]] = {}
    for notice in call.addenda:
        if notice.field is not None and notice.old_text is not None:
            published.setdefault(notice.field, notice.old_text)
    return publication.frozen_content(
        slug=call.slug,
        version=call.version,
        texts={name: published.get(name, getattr(call, name)) for name in ("title", "summary", "body")},
        scope={
            "axes": call.axes,
            "regions": call.regions,
            "audience": call.audience,
            "direction": call.direction.value,
        },
        calendar={
            "opens_at": call.opens_at.isoformat(),
            "closes_at": closes_at.isoformat(),
            "results_on": call.results_on.isoformat(),
            "appeal_days": call.appeal_days,
        },
        money={"cap_per_award_cents": call.cap_per_award_cents, "currency": call.currency},
        documents={"form": call.form, "tariff": call.tariff, "eligibility": call.eligibility},
        rulebook_sha256=call.rulebook.sha256,
    )


def publish_call(call: Call) -> Call:
    """Publish a call: rules, form, calendar and tariff are frozen and hashed, and it opens by the clock.

    Raises:
        CallIncomplete: lines of the checklist are not done; it names them. IllegalTransition: not in consultation.
    """
    CALL_STATES.check(call.state, CallState.PUBLISHED)
    missing = [item for item in checklist(call) if not item.done]
    if missing:
        raise CallIncomplete(items=missing, missing=" ".join(item.text() for item in missing))
    call.frozen_sha256 = content.digest(frozen_content(call))
    call.published_at = now()
    call.state = CallState.PUBLISHED
    session().flush()
    record("call.published", "call", call.id, {"state": "consultation"}, {"sha256": call.frozen_sha256})
    schedule_advances(call)
    plan_letters(call)
    return bring_up_to_date(call)
