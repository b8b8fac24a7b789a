"""A configured emitter with a seal of its own, in files, as the tax office hands them out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from flask import Flask

from core.settings import install_settings
from trust.gateway.seals import Seal
from trust.simulator.pac import TEST_EMITTER, mint_seal

PASSWORD = "12345678a"


@lru_cache(maxsize=1)
def a_seal() -> Seal:
    """Return one seal for all tests: minting takes a while."""
    return mint_seal(TEST_EMITTER.rfc, TEST_EMITTER.name)


def emitter_settings(folder: Path) -> dict[str, str]:
    """Write a certificate and its key, and return the settings of who issues with them."""
    seal = a_seal()
    certificate, key = folder / "sello.cer", folder / "sello.key"
    certificate.write_bytes(seal.certificate.public_bytes(serialization.Encoding.DER))
    encrypted = serialization.BestAvailableEncryption(PASSWORD.encode())
    key.write_bytes(seal.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, encrypted))
    return {
        "CFDI_RFC": TEST_EMITTER.rfc,
        "CFDI_NAME": "Escuela Kemper Urgate",
        "CFDI_POSTAL_CODE": "06000",
        "CFDI_AUTHORISATION": "325-SAT-09-III-2026-001",
        "CFDI_AUTHORISED_ON": "2026-01-15",
        "CFDI_CERTIFICATE": str(certificate),
        "CFDI_KEY": str(key),
        "CFDI_KEY_PASSWORD": PASSWORD,
    }


@contextmanager
def configured(app: Flask, values: Mapping[str, Any]) -> Iterator[None]:
    """Run the application with other settings inside the block."""
    before = {name: app.config[name] for name in values}
    app.config.update(values)
    install_settings(app.config)
    try:
        yield
    finally:
        app.config.update(before)
        install_settings(app.config)
