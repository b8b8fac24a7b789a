"""One rule about length, one about guessability, none about punctuation."""

import unicodedata

from accounts.errors import PasswordTooCommon, PasswordTooLong, PasswordTooShort

SHORTEST = 12
LONGEST = 200
FEWEST_DIFFERENT_SIGNS = 5

# The long ones among published lists of leaked passwords, and their Mexican cousins.
COMMON = frozenset(
    """
    000000000000 012345678910 0123456789ab 0987654321ab 111111111111 112233445566 121212121212 123123123123
    123321123321 123412341234 1234512345ab 123456123456 123456654321 123456789012 1234567890123 1234567890ab
    1234567890qw 1234567891011 12345678910a 123456789123 123456789123456 1234567898765 123456789abc 123456789asd
    123456789qwe 123456qwerty 1a2b3c4d5e6f 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qazxsw23edc 9876543210ab
    987654321987 abc123abc123 abcd12345678 abcdefghijkl abcdefghijklm adminadmin123 administrador administrator
    amordemivida asdfghjkl123 asdfghjklzxc asdfghjklñzx bienvenido123 cambiame1234 changeme1234 ciudaddemexico
    ciudaddeméxico contrasena123 contrasena1234 contraseña12 contraseña123 contraseña1234 contraseñasegura
    correctbatteryhorsestaple correcthorsebatterystaple estrellita123 fuckyou12345 futbolmexico guadalupe123
    guadalupe1234 hola12345678 holamundo123 iloveyou1234 iloveyou2000 internet1234 letmein12345 liverpool123
    manchesterunited mexico123456 mexico2020mexico micontraseña micontraseña1 mipassword123 mynameisjohn
    p@ssw0rd1234 pa$$word1234 password0123 password1234 password12345 password123456 password2024 password2025
    password2026 passwordpassword princess1234 puente123456 puentepuente q1w2e3r4t5y6 qazwsxedcrfv querty123456
    qwe123qwe123 qwerty123456 qwerty1234567 qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiopas qwertyuiopasdf
    qwertyuiopñl secreto12345 sinnombre123 spiderman123 superadmin123 superman1234 teamo1234567 teamomucho12
    teamomucho123 tequieromucho tequieromucho1 unodostrescuatro usuario12345 welcome12345 welcome123456 zaq12wsxcde3
    zxcvbnm12345 zxcvbnmasdfg
    """.split()  # noqa: SIM905 (a list of one word a line would be three screens long)
)


def normal_password(text: str) -> str:
    """Return the password as it is hashed: the same signs typed on another keyboard give the same bytes."""
    return unicodedata.normalize("NFKC", text)


def check_password(text: str, *, email: str, name: str) -> str:
    """Return `text` ready to be hashed.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: why it will not do.
    """
    password = normal_password(text)
    if len(password) < SHORTEST:
        raise PasswordTooShort(minimum=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordTooLong(limit=LONGEST)
    plain = password.casefold()
    known = {email.casefold(), email.partition("@")[0].casefold(), name.casefold(), "".join(name.casefold().split())}
    if plain in COMMON or plain in known or len(set(plain)) < FEWEST_DIFFERENT_SIGNS:
        raise PasswordTooCommon()
    return password
