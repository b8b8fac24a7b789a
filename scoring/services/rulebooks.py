"""Freeze a rulebook under the name of its hash."""

from collections.abc import Mapping
from typing import Any

from core.audit import record
from core.clock import now
from core.database import session
from core.language import _
from scoring import queries
from scoring.errors import RulebookInvalid
from scoring.models import RulebookVersion
from scoring.rules.rulebook import check, digest


def freeze_rulebook(document: Mapping[str, Any], *, call_key: str) -> RulebookVersion:
    """Keep `document` for a call, never to change. The same document again returns the version already frozen.

    Raises:
        RulebookInvalid: the document has a problem of shape or contradicts itself; `parameters["problems"]` has all.
    """
    problems = check(document)
    if problems:
        first = f"{problems[0].path}: {_(problems[0].message, **problems[0].params)}"
        raise RulebookInvalid(first=first, count=len(problems), problems=problems)
    sha256 = digest(document)
    versions = queries.rulebooks_of_call(call_key)
    for version in versions:
        if version.sha256 == sha256:
            return version
    frozen = RulebookVersion(
        call_key=call_key, version=len(versions) + 1, sha256=sha256, document=dict(document), frozen_at=now()
    )
    session().add(frozen)
    session().flush()
    record("rulebook.frozen", "rulebook_version", frozen.id, after={"sha256": sha256, "version": frozen.version})
    return frozen
