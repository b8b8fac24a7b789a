"""This room alone, speaking both languages, without the rest of the house."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel

CATALOGUE = Path(__file__).parents[2] / "translations" / "en" / "rendering.po"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[None]:
    """A context in which this room's English catalogue is compiled and found; the reader is a Spanish one."""
    compiled = tmp_path / "en" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    with CATALOGUE.open("rb") as source, compiled.open("wb") as target:
        write_mo(target, read_po(source, locale="en"))
    app = Flask("rendering")
    Babel(app, default_locale="es", default_translation_directories=str(tmp_path))
    with app.app_context():
        yield
