"""A taxpayer's seal (CSD): the certificate the tax office gave and the key that signs with it."""

import base64
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from trust.errors.fiscal import SealUnusable

# Where a certificate of the office keeps the taxpayer's number: "RFC / RFC of the representative".
UNIQUE_IDENTIFIER = x509.ObjectIdentifier("2.5.4.45")


@dataclass(frozen=True, slots=True)
class Seal:
    """A loaded certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def number(self) -> str:
        """The certificate's number: its serial read as twenty digits."""
        return certificate_number(self.certificate)

    @property
    def encoded(self) -> str:
        """The certificate as a receipt carries it."""
        return base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()

    def sign(self, text: str) -> str:
        """Return the signature of a chain of fields."""
        return base64.b64encode(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


@lru_cache(maxsize=4)
def load_seal(certificate_path: str, key_path: str, password: str) -> Seal:
    """Read a seal from its two files, as the office hands them out.

    Raises:
        SealUnusable: a file is missing or not what it should be, the password is wrong, or they do not belong together.
    """
    try:
        certificate = x509.load_der_x509_certificate(Path(certificate_path).read_bytes())
        key = serialization.load_der_private_key(Path(key_path).read_bytes(), password.encode() or None)
    except (OSError, ValueError, TypeError) as error:
        raise SealUnusable() from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise SealUnusable()
    return Seal(certificate, key)


def certificate_in(encoded: str) -> x509.Certificate:
    """Return the certificate a receipt carries.

    Raises:
        ValueError: it carries none.
    """
    return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))


def certificate_number(certificate: x509.Certificate) -> str:
    """Return a certificate's number, as the office writes it."""
    serial = certificate.serial_number
    return serial.to_bytes((serial.bit_length() + 7) // 8, "big").decode("ascii", "replace")


def certificate_rfc(certificate: x509.Certificate) -> str:
    """Return whose certificate it is; empty when it does not say."""
    found = certificate.subject.get_attributes_for_oid(UNIQUE_IDENTIFIER)
    return str(found[0].value).split("/")[0].strip() if found else ""


def is_in_force(certificate: x509.Certificate, moment: datetime) -> bool:
    """Return whether a certificate may sign at this moment."""
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def signed_by(certificate: x509.Certificate, text: str, signature: str) -> bool:
    """Return whether a signature of `text` was made with this certificate's key."""
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
