"""Word the letters of a call. Letters are no rules: their text may change after publication, until each is sent."""

from collections.abc import Mapping

from core.audit import abridged, record
from core.database import session
from core.language import LANGUAGES, in_language
from grants.errors.calls import CallChanged
from grants.errors.wordings import LettersOver, LetterUnknown, WordingIncomplete
from grants.models import Call, LetterWording
from grants.rules import content
from grants.rules.letter_kinds import KINDS, LetterKind
from grants.rules.wordings import LONGEST_BODY, LONGEST_SUBJECT, Wording, problems, standard
from grants.states.call import CallState


def kind_of(kind: str) -> LetterKind:
    """Return a letter by its id.

    Raises:
        LetterUnknown: there is none.
    """
    if kind not in KINDS:
        raise LetterUnknown()
    return KINDS[kind]


def may_word(call: Call) -> bool:
    """Return whether the letters of a call may still be worded."""
    return call.state is not CallState.CANCELLED


def own_wording(call: Call, kind: LetterKind, language: str) -> LetterWording | None:
    """Return a call's own text of a letter, or None where it uses ours."""
    return next((own for own in call.wordings if (own.kind, own.language) == (kind.id, language)), None)


def wordings_of(call: Call, kind: LetterKind) -> dict[str, Wording]:
    """Return what a letter of a call says, in each language."""
    found = {}
    for language in LANGUAGES:
        own = own_wording(call, kind, language)
        found[language] = Wording(own.subject, own.body) if own is not None else our_wording(kind, language)
    return found


def our_wording(kind: LetterKind, language: str) -> Wording:
    """Return the text of a letter that a call has until it words its own."""
    with in_language(language):
        return standard(kind)


def edition_of_wordings(call: Call, kind: LetterKind) -> str:
    """Return the fingerprint of a letter's texts: the same as long as nobody changes them."""
    return content.digest({code: [text.subject, text.body] for code, text in wordings_of(call, kind).items()})


def ensure_wordings(call: Call, kind: LetterKind, expected: str) -> None:
    """Refuse to go on unless the texts are still those that were read. The call stays locked until the commit.

    Raises:
        CallChanged: somebody saved them meanwhile.
    """
    session().refresh(call, with_for_update=True)
    session().refresh(call, ["wordings"])
    if edition_of_wordings(call, kind) != expected:
        raise CallChanged()


def word_letter(call: Call, kind: LetterKind, texts: Mapping[str, Wording]) -> None:
    """Give a letter of a call its own text in the languages named; a text equal to ours is ours again.

    Each language that changes leaves an audit event with both texts. What was sent keeps what it said.

    Raises:
        LettersOver: the call was cancelled. WordingIncomplete: a text is empty or too long. DatumMalformed,
        DatumUnknown, DatumMissing, DatumApart: a text names its data wrongly.
    """
    if not may_word(call):
        raise LettersOver()
    for language, typed in texts.items():
        text = Wording(" ".join(typed.subject.split()), typed.body.strip())
        _ensure_sound(kind, text)
        own, ours = own_wording(call, kind, language), our_wording(kind, language)
        before = Wording(own.subject, own.body) if own is not None else ours
        if text == before:
            continue
        if own is None:
            own = LetterWording(kind=kind.id, language=language)
            call.wordings.append(own)
        own.subject, own.body = text.subject, text.body
        if text == ours:
            call.wordings.remove(own)
            session().delete(own)
        session().flush()
        record("call.letter_worded", "call", call.id, _told(kind, language, before), _told(kind, language, text))


def _ensure_sound(kind: LetterKind, text: Wording) -> None:
    within = 0 < len(text.subject) <= LONGEST_SUBJECT and 0 < len(text.body) <= LONGEST_BODY
    if not within:
        raise WordingIncomplete(subject=LONGEST_SUBJECT, body=LONGEST_BODY)
    for _part, problem in problems(kind, text):
        raise problem


def _told(kind: LetterKind, language: str, text: Wording) -> dict[str, object]:
    return abridged({"letter": kind.id, "language": language, "subject": text.subject, "body": text.body})
