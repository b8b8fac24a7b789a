"""The acuse as a PDF: made when somebody asks for it, identical every time, because its facts no longer change."""

import json
from collections.abc import Mapping
from typing import Any

from core.language import _, in_language, localised
from core.moments import exact_moment
from core.money import Money, format_money
from core.settings import setting
from grants.models import Application, ApplicationVersion
from grants.rules.places import spoken_detail
from grants.rules.tariff_lines import labels_of
from grants.states.application import KIND_LABELS, ApplicantKind
from rendering.pdf import Column, Document, Facts, Heading, Notice, Paragraph, Table, render_pdf


def acuse_pdf(application: Application, version: ApplicationVersion, language: str) -> bytes:
    """Return the acuse of one submission in `language`, read from the content that was sealed then."""
    content = json.loads(version.content)
    with in_language(language):
        return render_pdf(
            Document(
                title=_("Acuse de recibo"),
                language=language,
                reference=content["folio"],
                footer_note=localised(setting("TRUST_NAME"), language),
                subject=_("Acuse de la solicitud %(folio)s", folio=content["folio"]),
                blocks=[
                    Paragraph(_("Recibimos tu solicitud completa y a tiempo."), style="lead"),
                    _facts(application, version, content),
                    *_budget(application.call.tariff, content, language),
                    *_files(content),
                    Heading(_("Huella de lo que enviaste")),
                    Notice(version.sha256, title="SHA-256"),
                    Paragraph(
                        _(
                            "Es la huella del contenido en su forma canónica (RFC 8785). Descárgalo junto al acuse: "
                            "cualquiera puede volver a calcularla."
                        ),
                        style="small",
                    ),
                ],
            )
        )


def _facts(application: Application, version: ApplicationVersion, content: dict[str, object]) -> Facts:
    answers = content["answers"]
    assert isinstance(answers, dict)
    return Facts(
        [
            (_("Folio"), str(content["folio"])),
            (_("Recibida"), exact_moment(version.submitted_at)),
            (_("Envío número"), str(version.number)),
            (_("Convocatoria"), localised(application.call.title)),
            (_("Proyecto"), str(answers.get("title", ""))),
            (_("Quién solicita"), _(KIND_LABELS[ApplicantKind(str(content["kind"]))])),
            (_("Nombre público"), str(answers.get("public_name", ""))),
        ]
    )


def _detail(line: Mapping[str, Any], language: str) -> str:
    said = [spoken_detail(line["detail"], language), _("hasta su tope") if line.get("capped") else ""]
    return ", ".join(filter(None, said))


def _budget(tariff: Mapping[str, Any], content: dict[str, object], language: str) -> list[Heading | Table]:
    lines, labels = content["budget"], labels_of(tariff)
    assert isinstance(lines, list)
    rows = [
        (
            labels.get(line["rule"], line["rule"]),
            _detail(line, language),
            str(line["quantity"]),
            format_money(Money(line["unit_cents"], line["unit_currency"])),
            format_money(Money(line["amount_cents"], line["currency"])),
        )
        for line in lines
    ]
    requested = Money(int(str(content["requested_cents"])), str(content["currency"]))
    columns = [
        Column(_("Regla de la tarifa"), width=2.6),
        Column(_("Detalle"), width=1.5),
        Column(_("Unidades"), "right", 0.9),
        Column(_("Tarifa"), "right", 1.3),
        Column(_("Monto"), "right", 1.7),
    ]
    total = (_("Monto solicitado"), "", "", "", format_money(requested))
    return [Heading(_("Presupuesto")), Table(columns, rows, total=total)]


def _files(content: dict[str, object]) -> list[Heading | Table]:
    files = content["files"]
    assert isinstance(files, list)
    if not files:
        return []
    rows = [(entry["name"], entry["sha256"]) for entry in files]
    return [Heading(_("Archivos")), Table([Column(_("Archivo")), Column("SHA-256", width=3.0)], rows)]
