"""Who issues fiscal receipts is configured whole or not at all, and its secrets are shown to nobody."""

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner

import config
from tests.trust.cfdi import PASSWORD, emitter_settings
from trust.errors.fiscal import SealUnusable
from trust.gateway.seals import certificate_rfc, load_seal
from trust.simulator.pac import mint_seal
from web.commands import main

pytestmark = pytest.mark.only_on("sqlite")  # the same settings on either database

SAFE = {
    "PUENTE_MODE": "production",
    "PUENTE_SECRET_KEY": "s" * 32,
    "PUENTE_SECURE_COOKIES": "on",
    "PUENTE_PUBLIC_URL": "https://puente.example.org",
    "PUENTE_TRUSTED_HOSTS": "puente.example.org",
    "PUENTE_TRUSTED_PROXIES": "0",
    "PUENTE_SIMULATOR": "on",
}


@pytest.fixture
def emitter(tmp_path: Path) -> dict[str, str]:
    return {f"PUENTE_{name}": value for name, value in emitter_settings(tmp_path).items()}


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(config.BadSetting) as refused:
        config.load(environment)
    return str(refused.value)


def test_a_whole_emitter_is_taken_with_and_without_a_provider(emitter: dict[str, str]) -> None:
    for provider in ("", "simulator"):
        values, _sources = config.load({**SAFE, **emitter, "PUENTE_PAC": provider})
        assert (values["CFDI_RFC"], values["PAC"]) == ("EKU9003173C9", provider)


@pytest.mark.parametrize("name", config.EMITTER)
def test_production_refuses_half_an_emitter_and_names_what_lacks(emitter: dict[str, str], name: str) -> None:
    said = refusal({**SAFE, **emitter, f"PUENTE_{name}": ""})
    assert said == f"production mode refuses to start: PUENTE_{name} is empty, and fiscal receipts need it"


def test_production_refuses_files_that_are_not_there(emitter: dict[str, str]) -> None:
    assert "PUENTE_CFDI_KEY names no file" in refusal({**SAFE, **emitter, "PUENTE_CFDI_KEY": "/nowhere.key"})


def test_production_refuses_a_provider_without_an_emitter() -> None:
    assert "PUENTE_PAC is set, but nobody who issues" in refusal({**SAFE, "PUENTE_PAC": "simulator"})


def test_simulated_stamps_have_to_be_wanted(emitter: dict[str, str]) -> None:
    stripe = {"STRIPE_SECRET_KEY": "sk", "STRIPE_WEBHOOK_SECRET": "whsec", "PUENTE_SIMULATOR": "off"}
    said = refusal({**SAFE, **stripe, **emitter, "PUENTE_PAC": "simulator"})
    assert "PUENTE_PAC is the simulator" in said


def test_production_refuses_an_emitter_without_the_extra(
    emitter: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "find_spec", lambda _name: None)
    assert "the extra is not installed (make cfdi)" in refusal({**SAFE, **emitter})


@pytest.mark.parametrize(("variable", "value"), [("PUENTE_PAC", "finkok"), ("PUENTE_CFDI_AUTHORISED_ON", "15/01/2026")])
def test_what_cannot_be_read_is_refused_in_every_mode(variable: str, value: str) -> None:
    assert refusal({variable: value}).startswith(f"{variable}: expected ")


def test_the_keys_password_is_shown_to_nobody(emitter: dict[str, str]) -> None:
    shown = CliRunner(env=emitter).invoke(main, ["config"]).output
    assert "CFDI_KEY_PASSWORD" in shown
    assert PASSWORD not in shown


def test_a_seal_is_read_from_its_two_files(emitter: dict[str, str]) -> None:
    seal = load_seal(emitter["PUENTE_CFDI_CERTIFICATE"], emitter["PUENTE_CFDI_KEY"], PASSWORD)
    assert (seal.number, certificate_rfc(seal.certificate)) == ("30001000000500003416", "EKU9003173C9")


def test_a_seal_whose_halves_do_not_belong_together_is_refused(emitter: dict[str, str], tmp_path: Path) -> None:
    certificate, key = emitter["PUENTE_CFDI_CERTIFICATE"], emitter["PUENTE_CFDI_KEY"]
    other = tmp_path / "otro.cer"
    another = mint_seal("EKU9003173C9", "OTRO")
    other.write_bytes(base64.b64decode(another.encoded))
    for one in ((str(other), key, PASSWORD), (certificate, key, "otra"), (certificate, key, ""), (key, key, PASSWORD)):
        with pytest.raises(SealUnusable):
            load_seal(*one)
    with pytest.raises(SealUnusable):
        load_seal(str(tmp_path / "nada.cer"), key, PASSWORD)
