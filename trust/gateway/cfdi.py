"""The one file that speaks satcfdi: it builds and seals fiscal receipts and checks them by the tax office's own schema.

The library is an extra (`cfdi`) and slow to import, so that it is only asked for inside the functions that need it.
Nothing here asks the network: the schemas and the stylesheet come with the library.
"""

from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from trust.errors.fiscal import FiscalExtraMissing, FiscalInvalid
from trust.gateway.seals import Seal
from trust.rules.cfdi import FINANCIAL_HELP, INVOICING, FiscalPlan

NAMESPACE = "http://www.sat.gob.mx/cfd/4"
STAMP_NAMESPACE = "http://www.sat.gob.mx/TimbreFiscalDigital"
COMMON = "www.sat.gob.mx/sitio_internet/cfd"
SCHEMAS = (
    f"{COMMON}/4/cfdv40.xsd",
    f"{COMMON}/donat/donat11.xsd",
    f"{COMMON}/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
)
CHAIN = f"{COMMON}/4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt"
STAMP_CHAIN = f"{COMMON}/TimbreFiscalDigital/cadenaoriginal_TFD_1_1.xslt"
INCOME, CREDIT_NOTE, CREDITS = "I", "E", "01"  # kinds of receipt, and how a credit note is related to its receipt
GIFTS_NAMESPACE = "http://www.sat.gob.mx/donat"
FACTS = {
    "kind": ("", "TipoDeComprobante"),
    "series": ("", "Serie"),
    "folio": ("", "Folio"),
    "dated": ("", "Fecha"),
    "payment_form": ("", "FormaPago"),
    "currency": ("", "Moneda"),
    "exchange_rate": ("", "TipoCambio"),
    "total": ("", "Total"),
    "place": ("", "LugarExpedicion"),
    "seal": ("", "Sello"),
    "certificate_number": ("", "NoCertificado"),
    "emitter_rfc": ("emitter", "Rfc"),
    "emitter_name": ("emitter", "Nombre"),
    "emitter_regime": ("emitter", "RegimenFiscal"),
    "receiver_rfc": ("receiver", "Rfc"),
    "receiver_name": ("receiver", "Nombre"),
    "receiver_postal_code": ("receiver", "DomicilioFiscalReceptor"),
    "receiver_regime": ("receiver", "RegimenFiscalReceptor"),
    "use": ("receiver", "UsoCFDI"),
    "reference": ("concept", "NoIdentificacion"),
    "quantity": ("concept", "Cantidad"),
    "unit_code": ("concept", "ClaveUnidad"),
    "unit": ("concept", "Unidad"),
    "description": ("concept", "Descripcion"),
    "unit_value": ("concept", "ValorUnitario"),
    "authorisation": ("gift", "noAutorizacion"),
    "authorised_on": ("gift", "fechaAutorizacion"),
    "legend": ("gift", "leyenda"),
    "credits": ("credited", "UUID"),
    "uuid": ("stamp", "UUID"),
    "stamped": ("stamp", "FechaTimbrado"),
    "stamped_seal": ("stamp", "SelloCFD"),
    "provider": ("stamp", "RfcProvCertif"),
    "office_seal": ("stamp", "SelloSAT"),
}
XSD = "{http://www.w3.org/2001/XMLSchema}"


def is_installed() -> bool:
    """Return whether the extra is there."""
    return find_spec("satcfdi") is not None


def build(plan: FiscalPlan, seal: Seal) -> bytes:
    """Return the sealed receipt, valid by the office's schema. Nobody has stamped it yet.

    Raises:
        FiscalExtraMissing: the extra is not installed. FiscalInvalid: the schema refuses it.
    """
    receipt = _receipt(plan)
    receipt["NoCertificado"], receipt["Certificado"] = seal.number, seal.encoded
    receipt["Sello"] = seal.sign(receipt.cadena_original())
    if receipt["Total"] != plan.concept.amount:
        raise FiscalInvalid(reason=f"Total {receipt['Total']}")
    xml = bytes(receipt.xml_bytes())
    validate(xml)
    return xml


def validate(xml: bytes) -> None:
    """Check a receipt, stamped or not, by the office's schemas.

    Raises:
        FiscalInvalid: it is not XML, or the schema refuses it; says why. FiscalExtraMissing: the extra is not there.
    """
    tree = parse(xml)
    schema = _schema()
    if not schema.validate(tree):
        wrong: Any = schema.error_log  # its stubs know no entries
        raise FiscalInvalid(reason=str(wrong.last_error.message)[:300])


def parse(xml: bytes) -> Any:
    """Return the document, without following anything it points to.

    Raises:
        FiscalInvalid: it is not XML.
    """
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(xml, reader)
    except etree.XMLSyntaxError as error:
        raise FiscalInvalid(reason=str(error)[:300]) from error


def chain_of(xml: bytes) -> str:
    """Return the text that the emitter's seal signs."""
    return str(_stylesheet(CHAIN)(parse(xml)))


def chain_of_stamp(stamp: Any) -> str:
    """Return the text that the stamp's seal signs."""
    return str(_stylesheet(STAMP_CHAIN)(stamp))


def facts_in(xml: bytes) -> dict[str, str]:
    """Return what a receipt says, by plain names; what it does not say is empty.

    Raises:
        FiscalInvalid: it is not XML.
    """
    root = parse(xml)
    places = {
        "": root,
        "emitter": root.find(f"{{{NAMESPACE}}}Emisor"),
        "receiver": root.find(f"{{{NAMESPACE}}}Receptor"),
        "concept": root.find(f"{{{NAMESPACE}}}Conceptos/{{{NAMESPACE}}}Concepto"),
        "gift": root.find(f".//{{{GIFTS_NAMESPACE}}}Donatarias"),
        "credited": root.find(f"{{{NAMESPACE}}}CfdiRelacionados/{{{NAMESPACE}}}CfdiRelacionado"),
        "stamp": root.find(f".//{{{STAMP_NAMESPACE}}}TimbreFiscalDigital"),
    }
    return {
        name: "" if places[place] is None else places[place].get(attribute, "")
        for name, (place, attribute) in FACTS.items()
    }


def _receipt(plan: FiscalPlan) -> Any:
    if not is_installed():
        raise FiscalExtraMissing()
    # An extra, and two seconds of import: only the job that builds receipts pays for it.
    from satcfdi.create.cfd import cfdi40, donat11

    emitter, receiver, line = plan.emitter, plan.receiver, plan.concept
    whole = None
    if receiver.is_generic:
        whole = cfdi40.InformacionGlobal("01", f"{plan.dated.month:02d}", plan.dated.year)
    return cfdi40.Comprobante(
        emisor=cfdi40.Emisor(emitter.rfc, emitter.name, emitter.regime),
        lugar_expedicion=emitter.postal_code,
        receptor=cfdi40.Receptor(receiver.rfc, receiver.name, receiver.postal_code, receiver.regime, receiver.use),
        conceptos=[
            cfdi40.Concepto(
                FINANCIAL_HELP if plan.credits is None else INVOICING,
                Decimal(line.quantity),
                line.unit_code,
                line.description,
                line.unit_value,
                objeto_imp="01",
                no_identificacion=plan.reference,
                unidad=line.unit,
            )
        ],
        moneda=plan.currency,
        tipo_cambio=plan.exchange_rate,
        serie=plan.series,
        folio=plan.folio,
        forma_pago=plan.payment_form,
        metodo_pago="PUE",
        informacion_global=whole,
        tipo_de_comprobante=INCOME if plan.credits is None else CREDIT_NOTE,
        cfdi_relacionados=None if plan.credits is None else cfdi40.CfdiRelacionados(CREDITS, [plan.credits]),
        complemento=donat11.Donatarias(emitter.authorisation, emitter.authorised_on, emitter.legend)
        if plan.credits is None
        else None,
        fecha=plan.dated,
    )


def _schemas() -> Path:
    found = find_spec("satcfdi")
    if found is None or found.origin is None:
        raise FiscalExtraMissing()
    return Path(found.origin).parent / "transform" / "schemas"


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    root = etree.Element(f"{XSD}schema")
    for path in SCHEMAS:
        location = _schemas() / path
        namespace = etree.parse(str(location)).getroot().get("targetNamespace", "")
        etree.SubElement(root, f"{XSD}import", namespace=namespace, schemaLocation=location.as_uri())
    return etree.XMLSchema(root)


@lru_cache(maxsize=2)
def _stylesheet(path: str) -> etree.XSLT:
    return etree.XSLT(etree.parse(str(_schemas() / path)))
