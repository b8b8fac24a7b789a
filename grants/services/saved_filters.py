"""Keep a filter of the queue by name, for one person."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core.clock import now
from core.database import session
from core.letters import fold_text
from grants.errors.queue import FilterEmpty, FilterNameTaken, TooManyFilters
from grants.models.queue import SavedFilter
from grants.queries import bulk as queries

MOST_FILTERS = 30


def save_filter(user_id: int, *, name: str, query: Mapping[str, str], default: bool = False) -> SavedFilter:
    """Keep what the address says under a name.

    Raises:
        FilterEmpty: nothing is filtered or ordered. FilterNameTaken: the name is in use. TooManyFilters.
    """
    if not query:
        raise FilterEmpty()
    queries.hold_person(user_id)  # before the row that names them: two clicks at once must not wait for each other
    if len(queries.saved_filters(user_id)) >= MOST_FILTERS:
        raise TooManyFilters(most=MOST_FILTERS)
    kept = SavedFilter(user_id=user_id, query=dict(query), is_default=False, created_at=now())
    _name(kept, name)
    if default:
        make_default(kept)
    return kept


def rename_filter(kept: SavedFilter, name: str) -> None:
    """Give a filter another name.

    Raises:
        FilterNameTaken: another one of that person's has it.
    """
    _name(kept, name)


def make_default(kept: SavedFilter, *, wanted: bool = True) -> None:
    """Let the person's queue open with this filter, and with no other one; or with none."""
    queries.hold_person(kept.user_id)  # two clicks at once
    others = update(SavedFilter).where(SavedFilter.user_id == kept.user_id, SavedFilter.is_default)
    session().execute(others.values(is_default=False))
    session().flush()
    session().execute(update(SavedFilter).where(SavedFilter.id == kept.id).values(is_default=wanted))
    session().refresh(kept)


def delete_filter(kept: SavedFilter) -> None:
    """Forget a filter."""
    session().delete(kept)
    session().flush()


def _name(kept: SavedFilter, name: str) -> None:
    try:
        with session().begin_nested():  # two clicks at once: the database has the last word
            kept.name, kept.name_key = name, (fold_text(name) or "")[:120]
            session().add(kept)
    except IntegrityError:
        raise FilterNameTaken() from None
