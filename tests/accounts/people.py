"""What a person asks of the services, with whatever does not matter filled in."""

from collections.abc import Callable

from accounts import services
from accounts.models import User
from tests.factories.accounts import PASSWORD

ADDRESS = "203.0.113.7"
OTHER_PASSWORD = "otra frase bien distinta"
Letters = Callable[[str], list[str]]
Token = Callable[[str], str]


def confirm(link: str, password: str = PASSWORD) -> User | None:
    return services.verify_email(link, password, address=ADDRESS)


def register(email: str = "ana@example.org", password: str = PASSWORD) -> User:
    return services.register_user(email=email, name="Ana Ruiz", password=password, language="en")


def enters(email: str, password: str) -> bool:
    return services.sign_in(email=email, password=password, address=ADDRESS, device="") is not None
