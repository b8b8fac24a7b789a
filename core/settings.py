"""Read configuration without knowing where it came from: web installs it, everybody else asks by name."""

from collections.abc import Mapping
from typing import Any

_installed: dict[str, Any] = {}


def install_settings(values: Mapping[str, Any]) -> None:
    """Replace the settings of this process with `values`."""
    _installed.clear()
    _installed.update(values)


def setting(name: str) -> Any:
    """Return the setting called `name`.

    Raises:
        KeyError: no setting has this name, which is a mistake in the code, not in the configuration.
    """
    return _installed[name]
