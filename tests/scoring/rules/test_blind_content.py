from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.blind_content import LONGEST_TEXT, stranger


def content(**changes: Any) -> dict[str, Any]:
    section = {"heading": {"es": "Proyecto", "en": "Project"}, "fields": [{"label": "Qué harás", "value": "Talleres"}]}
    return {"title": "Son", "summary": "Gira", "sections": [section]} | changes


def test_what_is_on_the_whitelist_passes() -> None:
    assert stranger(content()) is None
    assert stranger(content(sections=[])) is None


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        (content(applicant="Ana"), "$.applicant"),
        (content(title=None), "$.title"),
        (content(summary=["Gira"]), "$.summary"),
        (content(sections={}), "$.sections"),
        (content(sections=["Ana"]), "$.sections[0]"),
        (content(sections=[{"heading": "x"}]), "$.sections[0].fields"),
        (content(sections=[{"heading": {"fr": "x"}, "fields": []}]), "$.sections[0].heading"),
        (content(sections=[{"heading": "x", "fields": "y"}]), "$.sections[0].fields"),
        (content(sections=[{"heading": "x", "fields": [{"label": "y"}]}]), "$.sections[0].fields[0].value"),
        (
            content(sections=[{"heading": "x", "fields": [{"label": "y", "value": {"name": "Ana"}}]}]),
            "$.sections[0].fields[0].value",
        ),
        (content(summary="x" * (LONGEST_TEXT + 1)), "$.summary"),
        ([], "$"),
        (None, "$"),
    ],
)
def test_anything_else_is_named_by_its_path(changed: Any, path: str) -> None:
    assert stranger(changed) == path


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "summary", "sections", "heading", "fields", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(SHAPES)
def test_no_shape_makes_it_fail(shape: object) -> None:
    found = stranger(shape)
    assert found is None or found.startswith("$")
