"""What a privacy notice says, and when somebody has to be asked again. Pure.

A notice's content is one document: texts in both languages (`TEXTS`), and a list of purposes, each with an `id` that
stays the same from version to version, its `text`, and whether it is `voluntary`: then it needs consent.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import rfc8785

from core.comparison import Piece, compared
from core.language import N_, _, localised

TEXTS = {
    "controller": N_("Quién responde por tus datos"),
    "simplified": N_("Aviso simplificado"),
    "data": N_("Qué datos usamos"),
    "transfers": N_("A quién se entregan"),
    "rights": N_("Tus derechos y cómo usarlos"),
    "changes": N_("Cómo avisamos de los cambios"),
}
LANGUAGES = ("es", "en")
LONGEST_TEXT = 20_000
LONGEST_PURPOSE = 500
MOST_PURPOSES = 12
Content = Mapping[str, Any]


def purposes(content: Content, *, voluntary: bool) -> list[Mapping[str, Any]]:
    """Return the purposes that need consent, or those that the service cannot do without."""
    return [one for one in content["purposes"] if bool(one["voluntary"]) is voluntary]


def what_lacks(content: Content) -> list[str]:
    """Return the names of what must still be written before a draft can be published, in the order of the page."""
    lacking = [
        f"{_(name)} ({language})"
        for key, name in TEXTS.items()
        for language in LANGUAGES
        if not str((content.get(key) or {}).get(language) or "").strip()
    ]
    told = content.get("purposes") or []
    if not any(not one["voluntary"] for one in told):
        lacking.append(_("Al menos una finalidad necesaria"))
    if any(not one["text"].get(language) for one in told for language in LANGUAGES):
        lacking.append(_("Cada finalidad en los dos idiomas"))
    return lacking


def fingerprint(content: Content) -> str:
    """Return the SHA-256 of a content's canonical form."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()


def with_ids(told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return purposes each with an id: one that had none gets the first that is free."""
    taken = {str(one["id"]) for one in told if one.get("id")}
    free = (f"f{number}" for number in range(1, 1_000) if f"f{number}" not in taken)
    return [
        {"id": str(one["id"]) if one.get("id") else next(free), "text": one["text"], "voluntary": one["voluntary"]}
        for one in told
    ]


def asks_again(answered: Content | None, current: Content) -> bool:
    """Return whether somebody who last answered to `answered` must be asked: never asked, or the purposes changed."""
    return answered is None or answered["purposes"] != current["purposes"]


def given(answers: Sequence[Mapping[str, bool]]) -> dict[str, bool]:
    """Return what stands for each purpose after all answers, oldest first: the last word counts."""
    standing: dict[str, bool] = {}
    for one in answers:
        standing.update(one)
    return standing


def changes(before: Content, after: Content, language: str) -> Iterator[tuple[str, list[Piece]]]:
    """Yield the name of each part that differs between two versions, with its text as one: in, out and unchanged."""
    old, new = dict(_parts(before, language)), dict(_parts(after, language))
    for name in (*new, *(name for name in old if name not in new)):
        if old.get(name, "") != new.get(name, ""):
            yield name, list(compared(old.get(name, ""), new.get(name, "")))


def _parts(content: Content, language: str) -> Iterator[tuple[str, str]]:
    for key, name in TEXTS.items():
        yield _(name), localised(content[key], language)
    for voluntary, name in ((False, N_("Finalidades necesarias")), (True, N_("Finalidades voluntarias"))):
        yield _(name), "\n".join(localised(one["text"], language) for one in purposes(content, voluntary=voluntary))
