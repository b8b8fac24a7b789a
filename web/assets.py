"""Build what the browser and the translator need: static files with Bootstrap beside them, and compiled catalogues.

Templates are compiled when they are first asked for, and kept beside them for every process that comes later.
"""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import current_app, url_for
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from whitenoise.compress import Compressor

ROOT = Path(__file__).resolve().parent.parent
FACTORY = Path(__file__).with_name("factory.py")  # says how templates are compiled
VENDOR = {"vendor/bootstrap.min.css": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css")}


def build_assets(target: Path) -> None:
    """Write static files, compressed copies and the English catalogue under `target`, an empty folder."""
    static = target / "static"
    shutil.copytree(ROOT / "static", static)
    for path, (package, inside) in VENDOR.items():
        destination = static / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        source = str(files(package) / inside)
        # Bootstrap's last line points to a source map that we do not serve.
        text = Path(source).read_text(encoding="utf-8")
        destination.write_text(text.replace("/*# sourceMappingURL=bootstrap.min.css.map */", ""), encoding="utf-8")
    compressor = Compressor(quiet=True)
    for file in sorted(static.rglob("*")):
        if file.suffix in (".css", ".js", ".svg"):
            for _made in compressor.compress(str(file)):
                pass
    build_catalogue(target / "translations")
    (target / "templates").mkdir()


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates as Python compiled them, so that a process that starts need not do it again.

    What cannot be kept (no room, a folder that is somebody else's) is compiled as if there were no such folder. Each is
    checked against its source; how it was compiled is told by the name of the folder they lie in.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, if that can be done."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def build_catalogue(target: Path) -> None:
    """Merge the rooms' English catalogues into the one that is loaded."""
    merged = None
    for path in sorted((ROOT / "translations" / "en").glob("*.po")):
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale="en")
        if merged is None:
            merged = catalogue
            continue
        for message in catalogue:
            if not message.id:
                continue
            if merged.get(message.id, message.context) is None:  # a test refuses two translations of one text
                merged[message.id] = message
    folder = target / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    if merged is not None:
        with (folder / "messages.mo").open("wb") as output:
            write_mo(output, merged)


@lru_cache(maxsize=256)
def _digest(folder: str, path: str) -> str:
    file = Path(folder) / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else ""


def asset(path: str) -> str:
    """Return the address of a static file, with its content's digest so that browsers may keep it for a year."""
    digest = _digest(cast(str, current_app.static_folder), path)
    return url_for("static", filename=path, v=digest or None)


def ensure_built(target: Path) -> Path:
    """Return the folder under `target` with the assets of today's sources, built first where it is missing.

    The folder is named after its sources and appears complete or not at all: servers that run keep reading theirs, and
    two that start at once agree. Folders of earlier sources stay until somebody prunes them.
    """
    built = target / _digest_of_sources()
    if built.is_dir():
        return built
    target.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=target))
    try:
        build_assets(making)
        making.chmod(0o755)  # a temporary folder is its maker's alone; the web server may be somebody else
        try:
            os.rename(making, built)
        except OSError:
            if not built.is_dir():
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)  # still there only if another process was first, or building failed
    return built


def prune(target: Path) -> list[Path]:
    """Delete the folders of earlier sources under `target` and return them; today's stays, and what is being made.

    Nothing may serve from them any more.
    """
    kept = target / _digest_of_sources()
    old = sorted(path for path in target.glob("*") if path.is_dir() and path != kept and path.name[0] != ".")
    for path in old:
        shutil.rmtree(path)
    return old


def _digest_of_sources() -> str:
    sources = [
        *(path for path in (ROOT / "static").rglob("*") if path.is_file()),
        *(ROOT / "translations" / "en").glob("*.po"),
        *(Path(str(files(package) / inside)) for package, inside in VENDOR.values()),
        Path(__file__),
        FACTORY,
    ]
    whole = hashlib.sha256(version("jinja2").encode())
    for path in sorted(sources):
        whole.update(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]
