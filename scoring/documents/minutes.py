"""The minutes of a session as a PDF, by letters and codes: the same content and signatures give the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.language import _, in_language, localised
from core.moments import exact_moment
from rendering.pdf import Block, Document, Facts, Heading, Notice, Paragraph, Signature, Space, render_pdf
from scoring.states import CHOICE_LABELS, OUTCOME_LABELS, MotionOutcome, VoteChoice


def render_minutes(
    content: Mapping[str, Any],
    sha256: str,
    signatures: Sequence[tuple[str, datetime]],
    *,
    ended: tuple[str, datetime] | None = None,
) -> bytes:
    """Return the minutes in the language they were written in, with the signatures they have: letter and moment.

    `ended` is why and when the signing ended without those that are missing; None while it goes on or all signed.
    """
    with in_language(content["language"]):
        title = _("Acta de la sesión %(number)s", number=content["number"])
        trust = localised(content["trust_name"])
        return render_pdf(
            Document(
                title=title,
                reference=sha256[:12],
                language=content["language"],
                author=trust,
                subject=localised(content["panel"]),
                footer_note=trust,
                dated=datetime.fromisoformat(content["closed_at"]),
                blocks=[*_head(content, sha256), *_points(content), *_signatures(content, sha256, signatures, ended)],
            )
        )


def _head(content: Mapping[str, Any], sha256: str) -> list[Block]:
    facts = [
        (_("Convocada para"), _moment(content["starts_at"])),
        (_("Lugar o enlace"), content["place"]),
        (_("Empezó"), _moment(content["opened_at"])),
        (_("Terminó"), _moment(content["closed_at"])),
        (_("Convocadas"), ", ".join(content["called"])),
        (_("Asistieron"), attendance(content)),
        (_("No asistieron"), absent(content) or _("nadie faltó")),
        (_("Quórum"), str(content["quorum"])),
        (_("Preside"), content["chair"] or _("nadie")),
        (_("Huella de las reglas"), content["rulebook"]),
        (_("Huella del acta"), sha256),
    ]
    blocks: list[Block] = [Paragraph(localised(content["panel"]), "lead"), Facts(facts)]
    if content["corrects"]:
        said = _(
            "Corrige el acta de la sesión %(number)s, de huella %(sha256)s, que se conserva como se firmó.",
            **content["corrects"],
        )
        blocks.insert(1, Notice(said))
    return blocks


def attendance(content: Mapping[str, Any]) -> str:
    """Return who attended, by letter: since when who came after the first vote, until when who left before the end."""
    first = min((point["opened_at"] for point in content["points"] if point.get("opened_at")), default=None)
    said = []
    for one in content["attended"]:
        late = first is not None and datetime.fromisoformat(one["from"]) > datetime.fromisoformat(first)
        stretch = [_("desde el %(moment)s", moment=_moment(one["from"]))] if late else []
        stretch += [_("hasta el %(moment)s", moment=_moment(one["until"]))] if one["until"] is not None else []
        said.append(f"{one['letter']} ({', '.join(stretch)})" if stretch else one["letter"])
    return "; ".join(said)


def absent(content: Mapping[str, Any]) -> str:
    """Return who was called and did not come, by letter."""
    came = {one["letter"] for one in content["attended"]}
    return ", ".join(letter for letter in content["called"] if letter not in came)


def _points(content: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = [Heading(_("Puntos"))]
    if not content["points"]:
        blocks.append(Paragraph(_("No hubo puntos.")))
    for point in content["points"]:
        blocks += [
            Heading(point_heading(point), level=2),
            Paragraph(point["motion"]),
            Paragraph(result(point)),
        ]
        if point["votes"]:
            blocks.append(Paragraph(votes(point), "small"))
        if point["recused"]:
            said = _("No votaron por conflicto de interés: %(letters)s.", letters=", ".join(point["recused"]))
            blocks.append(Paragraph(said, "small"))
    blocks.append(
        Paragraph(_("Ningún voto cambió una calificación: solo la cambia quien la dio, con su razón."), "small")
    )
    return blocks


def point_heading(point: Mapping[str, Any]) -> str:
    """Return what a point is called: its number, and the dossier's code where it is about one."""
    if point["dossier"] is None:
        return _("Punto %(number)s", number=point["position"])
    return _("Punto %(number)s: expediente %(code)s", number=point["position"], code=point["dossier"])


def result(point: Mapping[str, Any]) -> str:
    """Return what was decided on a point, with the counts."""
    if point["outcome"] is None:
        return _("No se trató.")
    counts = _(
        "A favor: %(in_favour)s. En contra: %(against)s. Abstenciones: %(abstained)s.",
        in_favour=point["in_favour"],
        against=point["against"],
        abstained=point["abstained"],
    )
    said = f"{_(OUTCOME_LABELS[MotionOutcome(point['outcome'])][0])}. {counts}"
    return f"{said} {_('Decidió el voto de quien preside, como dicen las reglas.')}" if point["by_chair"] else said


def votes(point: Mapping[str, Any]) -> str:
    """Return how each letter voted."""
    return "; ".join(f"{letter}: {_(CHOICE_LABELS[VoteChoice(choice)]).lower()}" for letter, choice in point["votes"])


def _signatures(
    content: Mapping[str, Any],
    sha256: str,
    signatures: Sequence[tuple[str, datetime]],
    ended: tuple[str, datetime] | None,
) -> list[Block]:
    blocks: list[Block] = [Space(12), Heading(_("Firmas"))]
    signed = {letter for letter, _at in signatures}
    role = _("Integrante del comité. Confirmó su identidad con su contraseña al firmar.")
    for letter, at in signatures:
        said = _("Persona %(letter)s", letter=letter)
        blocks.append(Signature(name=said, role=role, date=exact_moment(at), hash=sha256))
    missing = [one["letter"] for one in content["attended"] if one["letter"] not in signed]
    if missing and ended is not None:
        blocks.append(Notice(without(missing, *ended), "warning"))
    elif missing:
        blocks.append(Notice(_("Falta la firma de: %(letters)s.", letters=", ".join(missing)), "warning"))
    return blocks


def without(letters: Sequence[str], reason: str, at: datetime) -> str:
    """Return who attended and did not sign, and why the minutes stand without them."""
    return _(
        "No firmaron: %(letters)s. Las firmas se cerraron el %(moment)s. Razón: %(reason)s",
        letters=", ".join(letters),
        moment=exact_moment(at),
        reason=reason,
    )


def _moment(text: str | None) -> str:
    return exact_moment(datetime.fromisoformat(text)) if text else "—"
