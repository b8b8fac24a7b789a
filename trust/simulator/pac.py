"""A stand-in for a certified provider and for the tax office's seals. Nothing it stamps counts for anybody.

It refuses what a real one refuses, knows a receipt it stamped before by its bytes, and can be told to fail: `down`
answers nothing and does nothing, `late` stamps and then the answer is lost on the way.
"""

import copy
import hashlib
from collections import deque
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from core.clock import city_zone, now
from core.settings import setting
from trust.errors.fiscal import FiscalInvalid, PacRejected, PacUnavailable
from trust.gateway import cfdi
from trust.gateway.emitters import use_emitter
from trust.gateway.pac import SIMULATOR, Stamped, use_pac
from trust.gateway.seals import UNIQUE_IDENTIFIER, Seal, certificate_in, certificate_rfc, is_in_force, signed_by
from trust.rules.cfdi import Emitter, too_old
from trust.rules.cfdi_words import CancelCode
from trust.simulator.store import Store

# The names the tax office itself publishes for trying things out.
TEST_EMITTER = Emitter(
    rfc="EKU9003173C9",
    name="ESCUELA KEMPER URGATE",
    regime="603",
    postal_code="06000",
    authorisation="PRUEBA-000-0000",
    authorised_on=datetime(2026, 1, 2, tzinfo=UTC).date(),
    legend="Documento de prueba: no ampara un donativo deducible.",
)
TEST_PROVIDER_RFC = "SPR190613I52"
CLOCKS_DIFFER_BY = timedelta(minutes=5)
Fault = Literal["down", "late"]


def mint_seal(rfc: str, name: str, number: str = "30001000000500003416") -> Seal:
    """Return a fresh seal shaped as the tax office's, which nobody but this simulator believes."""
    key = rsa.generate_private_key(65537, 2048)
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(UNIQUE_IDENTIFIER, f"{rfc} / XAXX010101000"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(number.encode(), "big"))
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return Seal(certificate, key)


@lru_cache(maxsize=1)
def invented_seal() -> Seal:
    """Return the invented emitter's seal, minted once in this process."""
    return mint_seal(TEST_EMITTER.rfc, TEST_EMITTER.name)


@lru_cache(maxsize=1)
def _provider_seal() -> Seal:
    return mint_seal(TEST_PROVIDER_RFC, "PROVEEDOR DE PRUEBA", "30001000000500003456")


class SimulatedPac:
    """A certified provider in this process. What it stamped and cancelled it keeps in the simulator's own file."""

    livemode = False

    def __init__(self, store: Store) -> None:
        self._store = store
        self.faults: deque[Fault] = deque()
        self.asked: list[str] = []  # every request, in order

    def stamp(self, xml: bytes) -> Stamped:
        """Stamp a sealed receipt; the same bytes again get the same stamp."""
        fault = self._asked("stamp")
        digest = hashlib.sha256(xml).hexdigest()
        known = self._store.get(f"cfdi_{digest}")
        if known is None:
            known = self._stamp(xml, digest)
        if fault == "late":
            raise PacUnavailable()
        return Stamped(known["uuid"], known["xml"].encode(), datetime.fromisoformat(known["stamped_at"]))

    def cancel(self, uuid: str, reason: str) -> None:
        """Cancel what it stamped; again does nothing more."""
        fault = self._asked("cancel")
        known = self._store.get(f"uuid_{uuid}")
        if known is None:
            raise PacRejected(code="205", reason="UUID no existe")
        if reason not in set(CancelCode):
            raise PacRejected(code="CASD", reason="Motivo de cancelación no válido")
        if not known["cancelled"]:
            self._store.put({**known, "cancelled": reason})
        if fault == "late":
            raise PacUnavailable()

    def cancelled_for(self, uuid: str) -> str:
        """Return the reason a receipt was cancelled for; empty while it is in force."""
        known = self._store.get(f"uuid_{uuid}")
        return str(known["cancelled"]) if known else ""

    def stamped(self) -> list[str]:
        """Return the numbers it gave, oldest first."""
        return [str(one["uuid"]) for one in self._store.all("cfdi", newest_first=False)]

    def _asked(self, what: str) -> Fault | None:
        self.asked.append(what)
        fault = self.faults.popleft() if self.faults else None
        if fault == "down":
            raise PacUnavailable()
        return fault

    def _stamp(self, xml: bytes, digest: str) -> dict[str, Any]:
        moment = now()
        _check(xml, moment)
        uuid = str(uuid5(NAMESPACE_URL, f"puente-simulator:{digest}")).upper()
        answered = _stamped(xml, uuid, moment)
        made = {
            "id": f"cfdi_{digest}",
            "object": "cfdi",
            "created": int(moment.timestamp()),
            "uuid": uuid,
            "xml": answered.decode(),
            "stamped_at": moment.isoformat(),
        }
        self._store.put(made)
        self._store.put({"id": f"uuid_{uuid}", "object": "cfdi_uuid", "created": made["created"], "cancelled": ""})
        return made


def _check(xml: bytes, moment: datetime) -> None:
    """Refuse what the tax office's rules refuse, by its codes."""
    try:
        cfdi.validate(xml)
        root = cfdi.parse(xml)
    except FiscalInvalid as error:
        raise PacRejected(code="301", reason=error.message()) from error
    if root.find(f".//{{{cfdi.STAMP_NAMESPACE}}}TimbreFiscalDigital") is not None:
        raise PacRejected(code="307", reason="El CFDI contiene un timbre previo")
    dated = datetime.fromisoformat(root.get("Fecha")).replace(tzinfo=city_zone())
    if too_old(dated, moment) or dated > moment + CLOCKS_DIFFER_BY:
        raise PacRejected(code="401", reason="Fecha y hora de generación fuera de rango")
    try:
        certificate = certificate_in(root.get("Certificado"))
    except ValueError as error:
        raise PacRejected(code="302", reason="Certificado ilegible") from error
    if not signed_by(certificate, cfdi.chain_of(xml), root.get("Sello")):
        raise PacRejected(code="302", reason="Sello mal formado o inválido")
    if certificate_rfc(certificate) != root.find(f"{{{cfdi.NAMESPACE}}}Emisor").get("Rfc"):
        raise PacRejected(code="303", reason="Sello no corresponde al emisor")
    if not is_in_force(certificate, dated):
        raise PacRejected(code="305", reason="La fecha de emisión no está dentro de la vigencia del CSD")


def _stamped(xml: bytes, uuid: str, moment: datetime) -> bytes:
    root = copy.deepcopy(cfdi.parse(xml))
    space = cfdi.STAMP_NAMESPACE
    place = root.find(f"{{{cfdi.NAMESPACE}}}Complemento")
    if place is None:  # a credit note brings none of its own
        place = etree.SubElement(root, f"{{{cfdi.NAMESPACE}}}Complemento")
    stamp = etree.SubElement(place, f"{{{space}}}TimbreFiscalDigital", nsmap={"tfd": space})
    seal = _provider_seal()
    facts = {
        "Version": "1.1",
        "UUID": uuid,
        "FechaTimbrado": moment.astimezone(city_zone()).strftime("%Y-%m-%dT%H:%M:%S"),
        "RfcProvCertif": TEST_PROVIDER_RFC,
        "Leyenda": "Timbre simulado sin validez fiscal",
        "SelloCFD": root.get("Sello"),
        "NoCertificadoSAT": seal.number,
        "SelloSAT": "",
    }
    for name, value in facts.items():
        stamp.set(name, value)
    stamp.set("SelloSAT", seal.sign(cfdi.chain_of_stamp(stamp)))
    answered: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return answered


@lru_cache(maxsize=4)
def _on(database: str) -> SimulatedPac:
    return SimulatedPac(Store(database))


def simulated_pac() -> SimulatedPac:
    """Return the stand-in on the configured file."""
    return _on(str(setting("SIMULATOR_DATABASE")))


use_pac(SIMULATOR, simulated_pac)
use_emitter(TEST_EMITTER, invented_seal)
