"""What applicants write: projects of many kinds, each with a host abroad, told in believable Spanish."""

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
    ),
    Idea(
        1,
        "Gráfica popular y memoria: {theme}",
        "Una residencia de grabado en {city} para hacer doce piezas en linóleo sobre {theme}, con vecinas y vecinos.",
        "El taller de allá presta prensas de gran formato que aquí no existen, y su archivo de carteles obreros está "
        "abierto solo este semestre.",
        "Las doce piezas se imprimirán de nuevo en un taller comunitario de la Doctores y se pegarán en la calle.",
        "Taller de estampa de {city}",
    ),
    Idea(
        1,
        "Cocina de milpa en {city}: {theme}",
        "Cinco comidas públicas con maíz, frijol y quelites, y un taller de nixtamal para cocineras de {city}.",
        "Las cocineras de Milpa Alta quieren contar de viva voz cómo se cuida una milpa y aprender a vender sin "
        "intermediarios, como ya hacen sus colegas de {city}.",
        "Un recetario libre y una red de compra directa entre comedores de aquí y productoras de Milpa Alta.",
        "Mercado municipal de {city}",
    ),
    Idea(
        2,
        "Cuidados en común: {theme}",
        "Una estancia con tres cooperativas de cuidados de {city} para aprender cómo reparten horarios, pagos y riesgos.",
        "En la ciudad hay grupos que cuidan a personas mayores sin contrato ni descanso. En {city} llevan diez años "
        "resolviéndolo y acaban de publicar sus cuentas.",
        "Un manual en español llano y cuatro reuniones abiertas con grupos de cuidadoras en Tláhuac y Xochimilco.",
        "Federación de cooperativas de cuidados de {city}",
    ),
    Idea(
        2,
        "Lengua de señas en escena: {theme}",
        "Un montaje bilingüe en lengua de señas con un grupo de personas sordas de {city}, sobre {theme}.",
        "Es la primera coproducción entre intérpretes de las dos lenguas y el teatro de allá presta sala y técnica.",
        "Seis funciones gratuitas al volver y un taller para maestras de escuelas públicas.",
        "Teatro accesible de {city}",
    ),
    Idea(
        3,
        "Sombra para caminar: {theme}",
        "Medir con sensores baratos la temperatura de doce calles de {city} y comparar con las mismas medidas de aquí.",
        "El equipo de {city} tiene cinco años de datos y quiere probar su método a más de dos mil metros de altura.",
        "Un mapa abierto de las calles más calientes de Iztacalco y una propuesta de arbolado con su costo.",
        "Laboratorio de clima urbano de {city}",
    ),
    Idea(
        3,
        "Agua de lluvia en la azotea: {theme}",
        "Una estancia técnica en {city} para aprender a mantener sistemas de captación en vivienda colectiva.",
        "Aquí se instalan sistemas y a los dos años la mitad no funciona; en {city} el mantenimiento lo hace el barrio.",
        "Una guía de mantenimiento probada en tres unidades habitacionales de Azcapotzalco.",
        "Oficina de agua del barrio en {city}",
    ),
    Idea(
        4,
        "Una tesis que viaja: {theme}",
        "Una estancia de investigación en {city} para consultar archivos y presentar avances sobre {theme}.",
        "El archivo no está digitalizado y el seminario de {city} solo recibe a dos personas de fuera al año.",
        "Los documentos copiados se entregarán a la biblioteca pública y habrá dos charlas en escuelas preparatorias.",
        "Instituto de estudios urbanos de {city}",
    ),
    Idea(
        4,
        "Datos que se entienden: {theme}",
        "Un intercambio con el grupo de visualización de {city} para explicar con imágenes {theme}.",
        "El grupo ganó experiencia con presupuestos públicos y ofrece acompañar un caso de la ciudad durante la estancia.",
        "Un sitio con código libre y un taller para periodistas de barrio.",
        "Escuela de datos de {city}",
    ),
    Idea(
        5,
        "Taller pequeño, mercado grande: {theme}",
        "Una rueda de negocios y una semana de taller en {city} con compradoras de diseño y textiles.",
        "El taller exporta por encargo y sin contrato propio; en {city} la cámara de oficios ofrece asesoría legal gratuita.",
        "Tres empleos nuevos en Gustavo A. Madero y una sesión abierta para contar qué funcionó y qué no.",
        "Cámara de oficios de {city}",
    ),
)

THEMES: tuple[str, ...] = (
    "el maíz y el mar",
    "los oficios de la noche",
    "las mujeres que migran",
    "el sonido de los mercados",
    "los ríos entubados",
    "la vivienda colectiva",
    "la memoria del terremoto",
    "los juegos de la calle",
    "las lenguas del barrio",
    "el derecho a descansar",
    "el aire que respiramos",
    "los archivos familiares",
    "la fiesta y el duelo",
    "las abuelas que enseñan",
    "el transporte de madrugada",
    "los huertos de azotea",
)

COLLECTIVES: tuple[str, ...] = (
    "Colectivo Tezontle", "La Banqueta Teatro", "Cuerda Floja", "Taller Ahuehuete", "Fandango de la Doctores",
    "Nido de Ajolotes", "Las Comadres del Maíz", "Ruido de Fondo", "Ensamble Ajusco", "Cine de Azotea",
)  # fmt: skip

JUSTIFICATIONS: dict[str, tuple[str, ...]] = {
    "calidad": (
        "La idea está bien planteada y el método se explica paso a paso.",
        "Es original y se apoya en trabajo previo que se puede comprobar.",
        "Convence a medias: el objetivo es claro, pero falta decir cómo se llega.",
    ),
    "impacto": (
        "Lo que vuelve a la ciudad es concreto y queda en manos de un barrio.",
        "El beneficio está descrito, aunque depende de apoyos que no están confirmados.",
        "Promete mucho y da pocas señas de a quién llegaría.",
    ),
    "viabilidad": (
        "Las fechas, la invitación y el presupuesto concuerdan entre sí.",
        "El calendario es apretado, pero la institución que recibe tiene experiencia.",
        "El itinerario no deja tiempo para lo que se propone hacer.",
    ),
    "alcance": (
        "Llega a personas que no suelen tener estas oportunidades.",
        "Amplía un grupo que ya existe y suma a gente nueva.",
        "Se queda en el círculo de siempre; falta una forma de abrirlo.",
    ),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of one application and where it goes."""

    idea: Idea
    place: Place
    theme: str

    def answers(self) -> dict[str, str]:
        """Return the answers to the standard form's questions about the project; nobody is named in them."""
        fill = {"city": self.place.city, "theme": self.theme}
        return {
            "title": self.idea.title.format(**fill),
            "summary": self.idea.what.format(**fill),
            "axis": str(self.idea.axis),
            "purpose": self.idea.why.format(**fill),
            "benefit": self.idea.benefit.format(**fill),
            "host": self.idea.host.format(**fill),
        }


def propose(chance: Random) -> Proposal:
    """Invent a proposal; the first axis gets more than its share, as in life."""
    idea = chance.choices(IDEAS, weights=[3 if one.axis == 1 else 2 for one in IDEAS])[0]
    return Proposal(idea, chance.choice(PLACES), chance.choice(THEMES))
