"""Open data: what there is, what each field means, and the files."""

from flask import Response, render_template, url_for

from core.access import public
from transparency import queries
from transparency.documents import open_data as documents
from transparency.routes.cache import cached, cached_page, download
from transparency.routes.room import blueprint

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/transparencia/datos")
@public
def open_data() -> Response:
    """Everything that can be downloaded, with its fields."""
    return cached_page(
        lambda: render_template(
            "transparency/open_data.html",
            grant_fields=documents.GRANT_FIELDS,
            entry_fields=documents.ENTRY_FIELDS,
            licence=documents.LICENCE,
        )
    )


@blueprint.get("/transparencia/datos/360giving.json")
@public
def grants_360() -> Response:
    """The awards in the 360Giving standard."""
    return cached(
        lambda: download(
            documents.as_json(documents.giving_360(queries.all_beneficiaries())), "application/json", "360giving.json"
        )
    )


@blueprint.get("/transparencia/datos/apoyos.<any(csv, xlsx):kind>")
@public
def grants_file(kind: str) -> Response:
    """The awards as a table."""

    def file() -> Response:
        awards = queries.all_beneficiaries()
        if kind == "csv":
            return download(documents.grants_csv(awards), "text/csv", "apoyos.csv")
        return download(documents.grants_xlsx(awards), XLSX, "apoyos.xlsx")

    return cached(file)


@blueprint.get("/transparencia/datos/datapackage.json")
@public
def data_package() -> Response:
    """The description of the tables, for programs."""

    def file() -> Response:
        addresses = {
            "grants": url_for("transparency.grants_file", kind="csv", _external=True),
            "entries": url_for("transparency.entry_csv", _external=True),
        }
        return download(documents.as_json(documents.data_package(addresses)), "application/json", "datapackage.json")

    return cached(file)
