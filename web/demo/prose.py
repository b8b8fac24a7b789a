"""What applicants write: projects of many kinds, each with a host abroad, told in believable Spanish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    """A city that receives, in a region of the catalogue."""

    country: str
    city: str
    region: str


PLACES: tuple[Place, ...] = (
    Place("FR", "Marseille", "europe"),
    Place("ES", "Barcelona", "europe"),
    Place("DE", "Berlin", "europe"),
    Place("PT", "Porto", "europe"),
    Place("NL", "Rotterdam", "europe"),
    Place("AR", "Rosario", "latin_america"),
    Place("CO", "Medellín", "latin_america"),
    Place("CL", "Valparaíso", "latin_america"),
    Place("BR", "Recife", "latin_america"),
    Place("PE", "Arequipa", "latin_america"),
    Place("US", "Los Angeles", "north_america"),
    Place("CA", "Montréal", "north_america"),
    Place("JP", "Yokohama", "asia"),
    Place("KR", "Busan", "asia"),
    Place("MA", "Rabat", "africa_middle_east_oceania"),
    Place("ZA", "Cape Town", "africa_middle_east_oceania"),
)


@dataclass(frozen=True, slots=True)
class Idea:
    """A kind of project: its axis, what is done and what comes back."""

    axis: int
    title: str
    what: str
    why: str
    benefit: str
    host: str
    themes: tuple[str, ...]


IDEAS: tuple[Idea, ...] = (
    Idea(
        1,
        "Son jarocho entre dos puertos: {theme}",
        "Tres talleres de jarana y zapateado con jóvenes de {city} y un fandango abierto al final de la estancia.",
        "La agrupación lleva seis años tocando en plazas y ya recibió la invitación; el festival solo se hace cada dos "
        "años y en esta edición está dedicado a {theme}.",
        "Al volver habrá dos fandangos gratuitos en Iztapalapa y un cuaderno con los versos compuestos allá, para las "
        "escuelas que enseñan son en la ciudad.",
        "Centro de músicas populares de {city}",
        (
            "el maíz y el mar",
            "las mujeres que versan",
            "los oficios del muelle",
            "la fiesta y el duelo",
            "las abuelas que enseñan",
        ),
    ),
    Idea(
        1,
        "Gráfica popular y memoria: {theme}",
        "Una residencia de grabado en {city} para hacer doce piezas en linóleo sobre {theme}, con vecinas y vecinos.",
        "El taller de allá presta prensas de gran formato que aquí no existen, y su archivo de carteles obreros está "
        "abierto solo este semestre.",
        "Las doce piezas se imprimirán de nuevo en un taller comunitario de la Doctores y se pegarán en la calle.",
        "Taller de estampa de {city}",
        (
            "la memoria del terremoto",
            "los oficios de la noche",
            "las mujeres que migran",
            "los mercados que resisten",
            "los archivos familiares",
        ),
    ),
    Idea(
        1,
        "Cocina de milpa en {city}: {theme}",
        "Cinco comidas públicas con maíz, frijol y quelites, y un taller de nixtamal para cocineras de {city}.",
        "Las cocineras de Milpa Alta quieren contar de viva voz cómo se cuida una milpa y aprender a vender sin "
        "intermediarios, como ya hacen sus colegas de {city}.",
        "Un recetario libre y una red de compra directa entre comedores de aquí y productoras de Milpa Alta.",
        "Mercado municipal de {city}",
        (
            "el maíz nativo",
            "los quelites de temporada",
            "las abuelas que enseñan",
            "la fiesta y el duelo",
            "el comedor de barrio",
        ),
    ),
    Idea(
        2,
        "Cuidados en común: {theme}",
        "Una estancia con tres cooperativas de cuidados de {city} para aprender cómo reparten horarios, pagos y riesgos.",
        "En la ciudad hay grupos que cuidan a personas mayores sin contrato ni descanso. En {city} llevan diez años "
        "resolviéndolo y acaban de publicar sus cuentas.",
        "Un manual en español llano y cuatro reuniones abiertas con grupos de cuidadoras en Tláhuac y Xochimilco.",
        "Federación de cooperativas de cuidados de {city}",
        (
            "el derecho a descansar",
            "la noche de quien cuida",
            "cuentas claras entre vecinas",
            "cuidar a quien cuida",
            "la vejez en casa",
        ),
    ),
    Idea(
        2,
        "Lengua de señas en escena: {theme}",
        "Un montaje bilingüe en lengua de señas con un grupo de personas sordas de {city}, sobre {theme}.",
        "Es la primera coproducción entre intérpretes de las dos lenguas y el teatro de allá presta sala y técnica.",
        "Seis funciones gratuitas al volver y un taller para maestras de escuelas públicas.",
        "Teatro accesible de {city}",
        (
            "las mujeres que migran",
            "los oficios de la noche",
            "la memoria del terremoto",
            "el derecho a descansar",
            "los juegos de la calle",
        ),
    ),
    Idea(
        3,
        "Sombra para caminar: {theme}",
        "Medir con sensores baratos la temperatura de doce calles de {city} y comparar con las mismas medidas de aquí.",
        "El equipo de {city} tiene cinco años de datos y quiere probar su método a más de dos mil metros de altura.",
        "Un mapa abierto de las calles más calientes de Iztacalco y una propuesta de arbolado con su costo.",
        "Laboratorio de clima urbano de {city}",
        (
            "el calor de la tarde",
            "el camino a la escuela",
            "las paradas sin techo",
            "el aire que respiramos",
            "banquetas para la vejez",
        ),
    ),
    Idea(
        3,
        "Agua de lluvia en la azotea: {theme}",
        "Una estancia técnica en {city} para aprender a mantener sistemas de captación en vivienda colectiva.",
        "Aquí se instalan sistemas y a los dos años la mitad no funciona; en {city} el mantenimiento lo hace el barrio.",
        "Una guía de mantenimiento probada en tres unidades habitacionales de Azcapotzalco.",
        "Oficina de agua del barrio en {city}",
        (
            "la vivienda colectiva",
            "los huertos de azotea",
            "el tinaco compartido",
            "lluvia para la escuela",
            "la cisterna del barrio",
        ),
    ),
    Idea(
        4,
        "Una tesis que viaja: {theme}",
        "Una estancia de investigación en {city} para consultar archivos y presentar avances sobre {theme}.",
        "El archivo no está digitalizado y el seminario de {city} solo recibe a dos personas de fuera al año.",
        "Los documentos copiados se entregarán a la biblioteca pública y habrá dos charlas en escuelas preparatorias.",
        "Instituto de estudios urbanos de {city}",
        (
            "los ríos entubados",
            "la vivienda colectiva",
            "el transporte de madrugada",
            "las mujeres que migran",
            "los archivos del terremoto",
        ),
    ),
    Idea(
        4,
        "Datos que se entienden: {theme}",
        "Un intercambio con el grupo de visualización de {city} para explicar con imágenes {theme}.",
        "El grupo ganó experiencia con presupuestos públicos y ofrece acompañar un caso de la ciudad durante la estancia.",
        "Un sitio con código libre y un taller para periodistas de barrio.",
        "Escuela de datos de {city}",
        (
            "el presupuesto del barrio",
            "el transporte de madrugada",
            "el aire que respiramos",
            "el agua que se pierde",
            "la vivienda en renta",
        ),
    ),
    Idea(
        5,
        "Taller pequeño, mercado grande: {theme}",
        "Una rueda de negocios y una semana de taller en {city} con compradoras de diseño y textiles.",
        "El taller exporta por encargo y sin contrato propio; en {city} la cámara de oficios ofrece asesoría legal gratuita.",
        "Tres empleos nuevos en Gustavo A. Madero y una sesión abierta para contar qué funcionó y qué no.",
        "Cámara de oficios de {city}",
        (
            "telares que exportan",
            "muebles de madera certificada",
            "joyería con nombre propio",
            "ropa de trabajo bien hecha",
            "cerámica de mesa",
        ),
    ),
)

RETURNS: tuple[str, ...] = (
    "La primera sesión abierta será un mes después de volver, en un centro comunitario.",
    "Todo queda con licencia libre, para que otros grupos lo usen sin pedir permiso.",
    "Las fechas se anunciarán en las bibliotecas públicas y en la radio comunitaria.",
    "Dos escuelas públicas ya apartaron el salón y la hora.",
    "Al final se publicará qué salió bien, qué no y cuánto costó.",
    "Se grabará en audio y con letra grande, para quien no pueda asistir.",
)

GROUP_KINDS: tuple[str, ...] = (
    "Colectivo", "Ensamble", "Compañía", "Cooperativa", "Laboratorio", "Círculo", "Red", "Brigada", "Asamblea", "Tertulia",
)  # fmt: skip
GROUP_NAMES: tuple[str, ...] = (
    "Tezontle", "La Banqueta", "Cuerda Floja", "Ahuehuete", "Fandango Nocturno", "Nido de Ajolotes", "Comadres del Maíz",
    "Ruido de Fondo", "Ajusco", "Cine de Azotea", "Jacaranda", "Media Luna", "Puerta Roja", "Agua Mansa", "Barrio Vivo",
    "Hilo Negro", "Piedra Lumbre", "Tres Volcanes", "Chinampa", "Segunda Vuelta", "Cempasúchil", "Luz de Patio",
)  # fmt: skip


def group_name(chance: Random, taken: set[str], parts_of_the_city: Sequence[str]) -> str:
    """Invent a group's name that nobody else took; when two chose the same, the part of the city tells them apart."""
    name = f"{chance.choice(GROUP_KINDS)} {chance.choice(GROUP_NAMES)}"
    for _attempt in range(50):
        if name not in taken:
            break
        kind, own, part = (chance.choice(words) for words in (GROUP_KINDS, GROUP_NAMES, parts_of_the_city))
        name = f"{kind} {own} de {part}"
    taken.add(name)
    return name


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of one application and where it goes."""

    axis: int
    idea: Idea
    place: Place
    theme: str
    returns: str

    def answers(self) -> dict[str, str]:
        """Return the answers to the standard form's questions about the project; nobody is named in them."""
        fill = {"city": self.place.city, "theme": self.theme}
        return {
            "title": self.idea.title.format(**fill),
            "summary": self.idea.what.format(**fill),
            "axis": str(self.axis),
            "purpose": self.idea.why.format(**fill),
            "benefit": f"{self.idea.benefit.format(**fill)} {self.returns}",
            "host": self.idea.host.format(**fill),
        }


def propose(chance: Random, axis: Callable[[int], int]) -> Proposal:
    """Invent a proposal on what `axis` makes of its idea's; the first gets more than its share, as in life."""
    idea = chance.choices(IDEAS, weights=[3 if one.axis == 1 else 2 for one in IDEAS])[0]
    return Proposal(axis(idea.axis), idea, chance.choice(PLACES), chance.choice(idea.themes), chance.choice(RETURNS))
