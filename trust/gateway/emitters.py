"""Who issues fiscal receipts here, and with which seal: as configured, or a stand-in for a demonstration."""

from collections.abc import Callable
from datetime import date

from core.settings import setting
from trust.gateway import cfdi
from trust.gateway.seals import Seal, load_seal
from trust.rules.cfdi import Emitter, fiscal_name

NEEDED = (
    "CFDI_RFC", "CFDI_NAME", "CFDI_REGIME", "CFDI_POSTAL_CODE", "CFDI_AUTHORISATION", "CFDI_AUTHORISED_ON",
    "CFDI_LEGEND", "CFDI_CERTIFICATE", "CFDI_KEY",
)  # fmt: skip
_stand_ins: list[tuple[Emitter, Callable[[], Seal]]] = []


def use_emitter(emitter: Emitter, seal: Callable[[], Seal]) -> None:
    """Let an invented emitter issue drafts in a demonstration where none is configured."""
    _stand_ins[:] = [(emitter, seal)]


def emitter() -> Emitter | None:
    """Return who issues fiscal receipts, or None where nobody does."""
    if _invented():
        return _stand_ins[0][0]
    if not all(setting(name) for name in NEEDED):
        return None
    return Emitter(
        rfc=setting("CFDI_RFC"),
        name=fiscal_name(setting("CFDI_NAME")),
        regime=setting("CFDI_REGIME"),
        postal_code=setting("CFDI_POSTAL_CODE"),
        authorisation=setting("CFDI_AUTHORISATION"),
        authorised_on=date.fromisoformat(setting("CFDI_AUTHORISED_ON")),
        legend=setting("CFDI_LEGEND"),
    )


def seal() -> Seal:
    """Return the seal of who issues.

    Raises:
        SealUnusable: the configured files cannot be used.
    """
    if _invented():
        return _stand_ins[0][1]()
    return load_seal(setting("CFDI_CERTIFICATE"), setting("CFDI_KEY"), setting("CFDI_KEY_PASSWORD"))


def issues() -> bool:
    """Return whether fiscal receipts are issued here: somebody may, and the extra is installed."""
    return emitter() is not None and cfdi.is_installed()


def _invented() -> bool:
    return (
        is_fiscal_country()
        and setting("MODE") in ("demo", "development")
        and not setting("CFDI_RFC")
        and bool(_stand_ins)
    )


def is_fiscal_country() -> bool:
    """Return whether this is the country whose law knows fiscal receipts of this kind."""
    return bool(setting("COUNTRY") == "MX")
