"""What browsers keep for a year is whole from its first second, and nobody changes it under a running server."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from web import assets

STYLE = "static/css/look.css"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small house with one style and one catalogue."""
    root = tmp_path / "house"
    (root / "static/css").mkdir(parents=True)
    (root / STYLE).write_text("body { color: black }")
    (root / "translations/en").mkdir(parents=True)
    (root / "translations/en/room.po").write_text('msgid "Hola"\nmsgstr "Hello"\n')
    monkeypatch.setattr(assets, "ROOT", root)
    return root


def test_a_change_is_built_beside_what_is_being_served(sources: Path, tmp_path: Path) -> None:
    first = assets.ensure_built(tmp_path / "build")
    assert assets.ensure_built(tmp_path / "build") == first
    (sources / STYLE).write_text("body { color: navy }")
    second = assets.ensure_built(tmp_path / "build")
    assert (first / STYLE).read_text() == "body { color: black }"
    assert (second / STYLE).read_text() == "body { color: navy }"
    assert (second / "translations/en/LC_MESSAGES/messages.mo").is_file()
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == sorted([first.name, second.name])


def test_pruning_leaves_what_is_served_and_what_is_being_made(sources: Path, tmp_path: Path) -> None:
    first = assets.ensure_built(tmp_path / "build")
    (sources / STYLE).write_text("body { color: navy }")
    second = assets.ensure_built(tmp_path / "build")
    making = tmp_path / "build/.making-1"
    making.mkdir()
    assert assets.prune(tmp_path / "build") == [first]
    assert sorted((tmp_path / "build").iterdir()) == sorted([second, making])
    assert assets.prune(tmp_path / "nothing") == []


def test_a_build_that_fails_leaves_nothing(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(assets, "build_catalogue", fail)
    with pytest.raises(OSError, match="disk full"):
        assets.ensure_built(tmp_path / "build")
    assert list((tmp_path / "build").iterdir()) == []


def test_two_that_build_at_once_agree(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both_built = Barrier(2, timeout=20)
    build = assets.build_assets

    def build_together(target: Path) -> None:
        build(target)
        both_built.wait()

    monkeypatch.setattr(assets, "build_assets", build_together)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(assets.ensure_built, [tmp_path / "build"] * 2)
    assert one == other
    assert list((tmp_path / "build").iterdir()) == [one]


def opened(folder: Path, source: str) -> Environment:
    """What a process that starts knows of templates."""
    return Environment(
        loader=DictLoader({"page": source}), bytecode_cache=assets.CompiledTemplates(str(folder)), autoescape=True
    )


def test_a_template_is_compiled_once_for_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(tmp_path, "Hola {{ name }}").get_template("page").render(name="Ada") == "Hola Ada"
    compiled: list[str] = []
    generate = Environment._generate

    def note(self: Environment, source: Any, *arguments: Any, **more: Any) -> str:
        compiled.append(str(arguments[0]))
        return generate(self, source, *arguments, **more)

    monkeypatch.setattr(Environment, "_generate", note)
    assert opened(tmp_path, "Hola {{ name }}").get_template("page").render(name="Luz") == "Hola Luz"
    assert compiled == []
    assert opened(tmp_path, "Adiós {{ name }}").get_template("page").render(name="Luz") == "Adiós Luz"
    assert compiled == ["page"]


def test_a_page_is_shown_where_nothing_can_be_kept(tmp_path: Path) -> None:
    assert opened(tmp_path / "nowhere", "Hola").get_template("page").render() == "Hola"
    assert not (tmp_path / "nowhere").exists()


def test_how_templates_are_compiled_names_the_folder(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = assets.ensure_built(tmp_path / "build")
    monkeypatch.setattr(assets, "version", lambda _name: "99")
    assert assets.ensure_built(tmp_path / "build") != first
