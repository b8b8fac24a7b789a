"""E-mail addresses, names, tax ids, countries and the words a browser introduces itself with."""

import hashlib
import ipaddress
import re

import pycountry
from email_validator import EmailNotValidError, validate_email

from accounts.errors import CountryRefused, EmailRefused, NameRefused, TaxIdRefused

LONGEST_EMAIL = 254
# Three letters for a body, four for a person, a date, and the three signs of the homoclave.
RFC = re.compile(r"[A-ZÑ&]{3,4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[A-Z0-9]{3}")
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def normal_email(text: str) -> str:
    """Return the one spelling under which an address is kept: casefolded, its domain in ASCII.

    Raises:
        EmailRefused: no letter could reach it.
    """
    typed = text.strip()
    try:
        if len(typed) > LONGEST_EMAIL:
            raise EmailRefused(email=f"{typed[:40]}…")
        # "test_environment" lets the reserved domain .test through: rehearsals write to nobody.
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        raise EmailRefused(email="".join(c for c in typed[:60] if c.isprintable())) from None
    return f"{found.local_part}@{found.ascii_domain}".casefold()


def account_key(email: str) -> str:
    """Return the name under which failed sign-ins of an address are counted, whether or not it has an account."""
    try:
        spelling = normal_email(email)
    except EmailRefused:
        spelling = email.strip().casefold()
    return hashlib.sha256(spelling.encode("utf-8", "replace")).hexdigest()


def address_key(address: str | None) -> str:
    """Return the network an address is counted under: the IPv4 address, or the /64 an IPv6 customer owns."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def normal_name(text: str, limit: int) -> str:
    """Return a name on one line.

    Raises:
        NameRefused: nothing is left, or too much.
    """
    name = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if not 1 <= len(name) <= limit:
        raise NameRefused(limit=limit)
    return name


def normal_country(text: str) -> str:
    """Return an ISO 3166 code in capitals.

    Raises:
        CountryRefused: no country has it.
    """
    code = text.strip() if not text.isascii() else text.strip().upper()
    if not code.isascii() or len(code) != 2 or pycountry.countries.get(alpha_2=code) is None:
        raise CountryRefused(country=text.strip()[:40])
    return code


def normal_tax_id(text: str | None, country: str) -> str | None:
    """Return a tax id in capitals without spaces, or None. Only the Mexican RFC has its form checked.

    Raises:
        TaxIdRefused: not an RFC, or longer than any tax id.
    """
    tax_id = "".join((text or "").upper().split()).replace("-", "")
    if not tax_id:
        return None
    if len(tax_id) > 20 or (country == "MX" and RFC.fullmatch(tax_id) is None):
        raise TaxIdRefused(tax_id=tax_id[:20])
    return tax_id


def device_name(user_agent: str) -> str:
    """Return a browser and its system in words a person recognises, such as "Firefox · Linux"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    known = " · ".join(part for part in (browser, system) if part)
    return known or "".join(c for c in user_agent if c.isprintable())[:40]
