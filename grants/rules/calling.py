"""What people are called besides their name: short forms, initials, and how they speak of themselves and their work.

Pure: folded words go in, expressions come out, to be looked for in folded text.
"""

import re
from collections.abc import Sequence
from itertools import combinations

# Short forms in use in Mexico, of folded first names. Each is looked for with a capital: many are words as well.
_SHORT_FORMS = """
adriana adri; adalberto beto; alberto beto; alejandra ale alex jandra; alejandro ale alex jandro; alfonso poncho
fonso; alfredo fredo; alicia licha; ana anita any; andrea andy; andres andy; angelica angie; antonia tona tonita;
antonio tono tony; araceli chely cheli; armando mando; arturo turo; aurelio yeyo; aurora bola; beatriz betty bety;
benjamin benja; bernardo berna nayo; carlos charly carlitos; carmen carmelita mela; catalina cata; cecilia ceci;
concepcion concha conchita; consuelo chelo; cristina cris tina; daniel dani; daniela dani; david deivid; dolores lola
lolita; eduardo lalo edu; elena lena nena; elizabeth eli liz; emiliano emi; enrique quique kike; ernesto neto;
esperanza pelancha; eugenia kena maru; federico fede; felipe pipe; fernanda fer; fernando fer nando; francisca paca
pancha paquita; francisco paco pancho kiko curro; gabriel gabo gabi gaby; gabriela gabi gaby; gerardo gera; gilberto
beto; graciela chela; gregorio goyo; guadalupe lupe lupita; guillermina mina; guillermo memo; heriberto beto; hilario
layo; hortensia tencha; humberto beto; ignacia nacha; ignacio nacho; isabel chabela isa chave; jacinto chinto;
javier javi; jesus chucho chuy; jimena jime; joaquin quino; jorge coque jorgito; jose pepe pepito chepe; josefina
chepina pepa fina; juan juancho juanito; juana juanita; julia yuya; leonardo leo; leonor leo; leticia lety leti;
lourdes lulu; luis lucho guicho luisito; luisa lucha luchita; magdalena magda malena; manuel manolo meme manny;
manuela manola; margarita mago margara; maria mari mary maru mariquita; mariana mari; maximiliano max; maximo max;
mercedes meche; micaela mica; miguel migue mike; monica moni; natalia nati; nicolas nico; norberto beto; patricia paty
pati; paulina pau; pedro pedrito perico; rafael rafa; rafaela rafa; ramon moncho; refugio cuca cuco; regina regi;
renata rena; ricardo richi ricky; rigoberto rigo beto; roberto beto rober; rodrigo rodri rigo; rosa rosita; rosario
chayo charo; salvador chava; samuel sam; santiago santi chago; sebastian sebas; socorro coco soco; sofia sofi; susana
susy susi; teresa tere; tomas tomy; valentina vale; valeria vale; veronica vero; vicente chente; victoria vicky toya;
ximena xime; yolanda yola yoli
"""
_TOGETHER = """
jose maria chema; jose luis joselu pepelui; juan carlos juanca; juan pablo juampa; luis fernando luisfer; maria
eugenia maru; maria carmen maricarmen; maria fernanda marifer mafer; maria jose majo; maria luisa marilu; maria teresa
maite maritere
"""


def _entries(table: str) -> list[list[str]]:
    return [entry.split() for entry in table.split(";")]


SHORT_FORMS = {name: tuple(called) for name, *called in _entries(_SHORT_FORMS)}
OF_TWO = {(first, second): tuple(called) for first, second, *called in _entries(_TOGETHER)}
ENDINGS = (("o", "ito"), ("a", "ita"))
MOST_INITIALS = 5


def short_forms(parts: Sequence[str]) -> list[str]:
    """Return what somebody with these folded words in the name may be called, without repeating any."""
    found = [called for part in parts for called in SHORT_FORMS.get(part, ())]
    found += [called for pair in combinations(parts, 2) for called in OF_TWO.get(pair, ())]
    for part in parts[:1]:
        found += [part[: -len(end)] + small for end, small in ENDINGS if part.endswith(end) and len(part) > 3]
    return [called for called in dict.fromkeys(found) if called not in parts]


def initials(parts: Sequence[str], particles: str) -> list[tuple[str, str]]:
    """Return expressions for the initials of a name, in capitals, each with what a text that has them must hold.

    With full stops, those of any two words or more from the first on (J. N., J.I.N.); without, all of three or more.
    """
    letters = [part[0] for part in parts[:MOST_INITIALS]]
    found: list[tuple[str, str]] = []
    between = rf"\.\s?(?:(?:{particles})\s+)*"
    for count in range(1, len(letters)):
        for later in combinations(letters[1:], count):
            written = between.join(re.escape(letter) for letter in (letters[0], *later))
            found.append((f"{letters[0]}.", rf"(?<![^\W_]){written}(?:\.|(?![^\W_]))"))
    if len(letters) >= 3:
        whole = "".join(letters)
        found.append((whole, rf"(?<![^\W_]){re.escape(whole)}(?![^\W_])"))
    return list(dict.fromkeys(found))


_WORKS = """
obras? piezas? peliculas? cortometrajes? documental(?:es)? largometrajes? discos? albumes album canciones cancion
libros? novelas? poemarios? cuentos? coreografias? exposicion(?:es)? series? murales mural instalacion(?:es)?
performances? montajes? tesis articulos? investigacion(?:es)? podcasts? proyectos? compania colectiv[oa] banda grupo
"""
_WORKS_ENGLISH = "works? films? books? novels? albums? records? songs? pieces? shows? exhibitions? thesis"
_CALLED = r"(?:(?:titulad[oa]s?|llamad[oa]s?|de\s+nombre|called|titled|entitled)\s+)"
_QUOTED = r"[«\"“'‘][^»\"”'’\n]{2,80}[»\"”'’]"
# «mi obra «Ceniza»», «me dicen el Flaco», «conocida como …», «mi nombre artístico es …».
OF_THEMSELVES = re.compile(
    rf"\b(?:mis?|nuestr[oa]s?|my|our)\s+(?:\w+\s+)?(?:{'|'.join(_WORKS.split())}|{'|'.join(_WORKS_ENGLISH.split())})\s+"
    rf"(?:{_CALLED}?{_QUOTED}|{_CALLED}[^.,;\n]{{2,60}})"
    r"|\bme\s+(?:dicen|llaman|apodan|conocen\s+como|llamo)\s+(?!que\b|la\s+atencion)[^.,;\n]{2,60}"
    r"|\b(?:conocid|apodad)[oa]\s+como\s+[^.,;\n]{2,60}"
    r"|\b(?:mi\s+)?nombre\s+artistico(?:\s+es)?\s+[^.,;\n]{2,60}"
    r"|\bmi\s+nombre\s+es\s+[^.,;\n]{2,60}|\bmy\s+name\s+is\s+[^.,;\n]{2,60}|\b(?:aka|alias)\s+[^.,;\n]{2,40}"
)
