"""What the figures stand on: the entries of the journal and the register of beneficiaries."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, render_template, request

from core.access import ensure, public
from core.clock import today
from core.language import _, localised
from core.listing import chosen, page_number, paginate, searched
from grants.states.award import AWARD
from transparency import queries
from transparency.documents import open_data
from transparency.errors import ScoresNotFound
from transparency.routes.cache import cached, cached_page, download
from transparency.routes.room import blueprint
from transparency.rules.periods import FIRST_YEAR, LAST_YEAR
from trust.models import EntryKind
from trust.models.kinds import ENTRY_KINDS


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None  # what cannot be read is no filter, so that an old link still works


def _entry_filter() -> queries.EntryFilter:
    kind = chosen(request.args, "tipo", [one.value for one in EntryKind])
    slug = request.args.get("convocatoria", "")
    return queries.EntryFilter(
        fund=chosen(request.args, "bolsa", [fund.code for fund in queries.fund_refs().values()]),
        accounts=tuple(sorted(set(request.args.getlist("cuenta")) & set(queries.account_names()))),
        kind=EntryKind(kind) if kind else None,
        start=_day("desde"),
        end=_day("hasta"),
        call=queries.public_call(slug) if slug else None,
    )


@blueprint.get("/transparencia/asientos")
@public
def entry_list() -> Response:
    """The lines of the journal, filtered, with what they add up to."""

    def page() -> str:
        wanted = _entry_filter()
        listing = paginate(queries.entry_lines(wanted), page=page_number(request.args), per_page=50, scalars=False)
        return render_template(
            "transparency/entry_list.html",
            listing=replace(listing, rows=[queries.entry_line(row) for row in listing.rows]),
            sums=queries.entry_sums(wanted),
            wanted=wanted,
            kinds={kind: _(label) for kind, label in ENTRY_KINDS.items()},
            funds=[(fund.code, localised(fund.name)) for fund in queries.fund_refs().values()],
            accounts=[(code, f"{code} {localised(name)}") for code, name in queries.account_names().items()],
        )

    return cached_page(page)


@blueprint.get("/transparencia/asientos.csv")
@public
def entry_csv() -> Response:
    """The same lines as a file."""
    return cached(
        lambda: download(open_data.entries_csv(queries.entry_rows(_entry_filter())), "text/csv", "asientos.csv")
    )


@blueprint.get("/transparencia/convocatorias/<slug>/calificaciones.csv")
@public
def score_csv(slug: str) -> Response:
    """Every score of a call's committees, also of those that reviewed appeals, to rank again by the published rules."""

    def file() -> Response:
        call = queries.public_call(slug)
        scores = queries.published_scores(call) if call is not None else []
        ensure(scores, ScoresNotFound())
        return download(open_data.scores_csv(scores), "text/csv", f"calificaciones-{slug}.csv")

    return cached(file)


@blueprint.get("/transparencia/convocatorias/<slug>/justificaciones.csv")
@public
def reason_csv(slug: str) -> Response:
    """What the committees wrote, where the rules let everybody read it and as a person released it."""

    def file() -> Response:
        call = queries.public_call(slug)
        reasons = queries.published_reasons(call) if call is not None else []
        ensure(reasons, ScoresNotFound())
        return download(open_data.reasons_csv(reasons), "text/csv", f"justificaciones-{slug}.csv")

    return cached(file)


@blueprint.get("/transparencia/convocatorias/<slug>/comite.json")
@public
def committee_json(slug: str) -> Response:
    """How a call's committee judged: agreement, discrepancies, recusals, guesses, how each used the scale."""

    def file() -> Response:
        call = queries.public_call(slug)
        account = queries.published_account(call) if call is not None else None
        if account is None:
            raise ScoresNotFound()
        told = open_data.as_json(open_data.committee(slug, account))
        return download(told, "application/json", f"comite-{slug}.json")

    return cached(file)


def beneficiary_filter() -> dict[str, Any]:
    """Read the register's filters from the address."""
    year = request.args.get("anio", "")
    return {
        "text": searched(request.args),
        "call_slug": chosen(request.args, "convocatoria", [call.slug for call in queries.reported_calls()]),
        "year": int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
    }


@blueprint.get("/transparencia/padron")
@public
def beneficiary_list() -> Response:
    """Who received support, for what and how much."""

    def page() -> str:
        wanted = beneficiary_filter()
        query = queries.beneficiaries(**wanted)
        listing = paginate(query, page=page_number(request.args), scalars=False)
        years = range(today().year, max(FIRST_YEAR, queries.first_day().year) - 1, -1)
        return render_template(
            "transparency/beneficiary_list.html",
            listing=replace(listing, rows=[queries.beneficiary(row) for row in listing.rows]),
            is_filtered=any(wanted.values()),
            calls=[(call.slug, localised(call.title)) for call in queries.reported_calls()],
            years=[(str(year), str(year)) for year in years if year <= LAST_YEAR],
            states=AWARD,
            profile_name=open_data.profile_name,
        )

    return cached_page(page)


@blueprint.get("/transparencia/padron.csv")
@public
def beneficiary_csv() -> Response:
    """The register as a file, with the same filters."""
    return cached(
        lambda: download(
            open_data.grants_csv(queries.all_beneficiaries(**beneficiary_filter())), "text/csv", "padron.csv"
        )
    )
