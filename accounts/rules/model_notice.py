"""The text a first draft begins with: a model, and it says so. Whoever publishes one answers for what it says."""

from typing import Any

MODEL_ES = "[MODELO. Texto de ejemplo: lo adapta y aprueba el área jurídica de la ciudad antes de publicarse.]"
MODEL_EN = "[MODEL. Sample text: the city's lawyers adapt and approve it before it is published.]"

MODEL_PURPOSES: list[dict[str, Any]] = [
    {
        "id": "f1",
        "text": {
            "es": "Recibir, evaluar y responder lo que envías",
            "en": "Receive, review and answer what you send",
        },
        "voluntary": False,
    },
    {
        "id": "f2",
        "text": {
            "es": "Pagar los apoyos y rendir cuentas en público",
            "en": "Pay the support and account for it in public",
        },
        "voluntary": False,
    },
    {
        "id": "f3",
        "text": {
            "es": "Invitarte a encuentros y convocatorias futuras",
            "en": "Invite you to gatherings and future calls",
        },
        "voluntary": True,
    },
]


def model_notice(city: str, trust: str, contact: str) -> dict[str, Any]:
    """Return an invented notice for a city, ready to be adapted."""
    return {
        "controller": {
            "es": f"{MODEL_ES} {trust}, {city}. Contacto: {contact}.",
            "en": f"{MODEL_EN} {trust}, {city}. Contact: {contact}.",
        },
        "simplified": {
            "es": f"{MODEL_ES} Usamos tus datos para atender tus solicitudes, evaluaciones y aportaciones, y para "
            "rendir cuentas del dinero. Lo que es voluntario lo decides tú y puedes cambiarlo cuando "
            "quieras en tu cuenta.",
            "en": f"{MODEL_EN} We use your data to deal with your applications, reviews and gifts, and to account for "
            "the money. What is voluntary you decide, and you can change it in your account whenever you want.",
        },
        "data": {
            "es": "Nombre, correo y lo que escribas o subas en cada trámite. En una solicitud: itinerario, presupuesto "
            "e identificación. En una aportación: nombre, correo y, si los das, datos fiscales.",
            "en": "Name, e-mail and what you write or upload in each procedure. In an application: itinerary, budget "
            "and identification. In a gift: name, e-mail and, if you give them, tax data.",
        },
        "transfers": {
            "es": "A quien hace los pagos y a las autoridades que revisan las cuentas, solo lo necesario. Se publican "
            "los nombres de quienes reciben apoyo y los montos.",
            "en": "To whoever makes the payments and the authorities that audit the accounts, only what is needed. The "
            "names of those who are supported and the amounts are published.",
        },
        "rights": {
            "es": "Puedes pedir acceso a tus datos, su rectificación o cancelación, y oponerte a su "
            f"uso (derechos ARCO). En tu cuenta los ves, los descargas y los corriges; para lo demás escribe "
            f"a {contact}.",
            "en": "You may ask for access to your data, for their correction or erasure, and object to their "
            f"use (ARCO rights). In your account you see, download and correct them; for anything else write "
            f"to {contact}.",
        },
        "changes": {
            "es": "Cada versión se publica con su número y su fecha, junto a las anteriores. Si cambian las "
            "finalidades, te preguntamos otra vez cuando entras.",
            "en": "Each version is published with its number and date, beside the earlier ones. If the purposes "
            "change, we ask you again when you sign in.",
        },
        "purposes": MODEL_PURPOSES,
    }
