"""A planted trace in every channel of a file, and none of them left."""

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image
from reportlab.pdfgen import canvas

from grants.blinding import FileCannotBeBlinded, clean_file

SECRET = b"SECRETO"


def photograph() -> bytes:
    picture = Image.new("RGB", (40, 20), "red")
    exif = picture.getexif()
    exif[0x013B] = "SECRETO autora"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, comment=b"SECRETO comentario")
    return buffer.getvalue() + b"SECRETO tras el final"


def pdf(*lines: str, picture: bytes | None = None) -> bytes:
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    for number, line in enumerate(lines or ("Texto visible",)):
        page.drawString(60, 700 - 20 * number, line)
    if picture is not None:
        from reportlab.lib.utils import ImageReader

        page.drawImage(ImageReader(io.BytesIO(picture)), 60, 60)
    page.showPage()
    page.drawString(60, 700, "Segunda")
    page.save()
    return buffer.getvalue()


def planted(change: Any, **more: Any) -> bytes:
    with pikepdf.open(io.BytesIO(pdf(**more))) as document:
        change(document)
        buffer = io.BytesIO()
        document.save(buffer)
    return buffer.getvalue()


def everything_in(data: bytes) -> bytes:
    """Every byte of a PDF, compressed streams opened."""
    parts = [data]
    with pikepdf.open(io.BytesIO(data)) as document:
        parts.append(repr(document.trailer).encode())
        for thing in document.objects:
            parts.append(repr(thing).encode())
            if isinstance(thing, Stream):
                parts.append(thing.read_raw_bytes())
                if thing.get("/Filter") != Name.DCTDecode:
                    parts.append(thing.read_bytes())
    return b"".join(parts)


def _information(document: Any) -> None:
    document.docinfo["/Author"] = "SECRETO"


def _xmp(document: Any) -> None:
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["SECRETO"]


def _private_data(document: Any) -> None:
    document.pages[0].obj.PieceInfo = Dictionary(App=Dictionary(Private=String("SECRETO")))


def _annotation(document: Any) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String("SECRETO"))
    document.pages[0].obj.Annots = Array([document.make_indirect(note)])


def _outline(document: Any) -> None:
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("SECRETO", 0))


def _attachment(document: Any) -> None:
    document.attachments["SECRETO.txt"] = b"SECRETO"


def _script(document: Any) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('SECRETO')"))


def _form(document: Any) -> None:
    field = document.make_indirect(Dictionary(FT=Name.Tx, T=String("SECRETO"), V=String("SECRETO")))
    document.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=document.make_stream(b"SECRETO"))


def _structure(document: Any) -> None:
    document.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Dictionary(Alt=String("SECRETO")))


def _alternative_text(document: Any) -> None:
    document.pages[0].contents_add(b"/Span <</ActualText (SECRETO)>> BDC EMC")


def _comment(document: Any) -> None:
    document.pages[0].contents_add(b"% SECRETO\n")


def _drawing(document: Any) -> None:
    drawing = document.make_stream(b"/P <</Alt (SECRETO)>> BDC EMC % SECRETO")
    drawing.Type, drawing.Subtype, drawing.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    drawing.Metadata = document.make_stream(b"SECRETO")
    drawing.PieceInfo = Dictionary(App=String("SECRETO"))
    document.pages[0].obj.Resources["/XObject"] = Dictionary(Fm0=drawing)
    document.pages[0].contents_add(b"/Fm0 Do")


def _properties(document: Any) -> None:
    document.pages[0].obj.Resources["/Properties"] = Dictionary(P0=Dictionary(Name=String("SECRETO")))


def _thumbnail(document: Any) -> None:
    document.pages[0].obj.Thumb = document.make_stream(b"SECRETO")


def _page_action(document: Any) -> None:
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://SECRETO.mx")))


CHANNELS = [
    _information,
    _xmp,
    _private_data,
    _annotation,
    _outline,
    _attachment,
    _script,
    _form,
    _structure,
    _alternative_text,
    _comment,
    _drawing,
    _properties,
    _thumbnail,
    _page_action,
]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.__name__.strip("_"))
def test_nothing_hidden_in_a_pdf_survives(channel: Any) -> None:
    before = planted(channel)
    assert SECRET in everything_in(before)
    clean = clean_file(before, "application/pdf")
    assert SECRET not in everything_in(clean.data)
    assert clean.pages == ("Texto visible", "Segunda")


def test_photograph_inside_a_pdf_loses_its_metadata_and_is_flagged() -> None:
    clean = clean_file(pdf("Texto", picture=photograph()), "application/pdf")
    assert SECRET not in everything_in(clean.data)
    assert clean.unreadable == (1,)
    assert clean.pages == ("Texto", "Segunda")


def jpeg(**more: Any) -> bytes:
    buffer = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(buffer, "JPEG", **more)
    return buffer.getvalue()


def segment(marker: int, said: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(said) + 2).to_bytes(2, "big") + said


def _another_picture_behind(plain: bytes) -> bytes:
    return plain + photograph()


def _words_between_scans(plain: bytes) -> bytes:
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + segment(0xFE, SECRET) + plain[last:]


def _words_in_the_header(plain: bytes) -> bytes:
    thumbnails = segment(0xE0, b"JFIF\x00" + SECRET * 2) + segment(0xE0, b"JFXX\x00" + SECRET)
    return plain[:2] + thumbnails + segment(0xEE, b"Adobe" + SECRET[:6] + b"\x01" + SECRET) + plain[2:]


def _words_of_an_unknown_kind(plain: bytes) -> bytes:
    return plain[:2] + segment(0xF7, SECRET) + plain[2:]


@pytest.mark.parametrize(
    "plant", [_another_picture_behind, _words_between_scans, _words_in_the_header, _words_of_an_unknown_kind]
)
def test_photograph_keeps_what_draws_it_and_nothing_that_talks(plant: Any) -> None:
    plain = jpeg(progressive=True)

    def embed(document: Any) -> None:
        image = document.make_stream(plant(plain))
        image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
        image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 256, 256, Name.DeviceRGB, 8
        document.pages[0].obj.Resources["/XObject"] = Dictionary(Im0=image)
        document.pages[0].contents_add(b"q 99 0 0 99 60 60 cm /Im0 Do Q")

    before = planted(embed)
    assert SECRET in everything_in(before)
    clean = clean_file(before, "application/pdf")
    assert SECRET not in everything_in(clean.data)
    with pikepdf.open(io.BytesIO(clean.data)) as document:
        kept = document.pages[0].obj.Resources.XObject.Im0.read_raw_bytes()
    with Image.open(io.BytesIO(kept)) as seen, Image.open(io.BytesIO(plain)) as meant:
        assert seen.tobytes() == meant.tobytes()


def _inline_picture(document: Any) -> Any:
    return document.make_stream(b"q 9 0 0 9 0 0 cm\nBI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q")


def _picture_in_a_pattern(document: Any) -> None:
    image = document.make_stream(b"\xff")
    image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
    image.Width = image.Height = 1
    image.BitsPerComponent = 8
    tile = document.make_stream(b"/Im0 Do")
    tile.PatternType, tile.BBox = 1, Array([0, 0, 9, 9])
    tile.Resources = Dictionary(XObject=Dictionary(Im0=image))
    document.pages[0].obj.Resources["/Pattern"] = Dictionary(P0=tile)


def _picture_within_a_drawing(document: Any) -> None:
    drawing = _inline_picture(document)
    drawing.Type, drawing.Subtype, drawing.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    document.pages[0].obj.Resources["/XObject"] = Dictionary(Fm0=drawing)


def _picture_within_a_pattern(document: Any) -> None:
    tile = _inline_picture(document)
    tile.PatternType, tile.BBox = 1, Array([0, 0, 9, 9])
    document.pages[0].obj.Resources["/Pattern"] = Dictionary(P0=tile)


def _picture_within_the_page(document: Any) -> None:
    document.pages[0].contents_add(_inline_picture(document))


@pytest.mark.parametrize(
    "hide", [_picture_in_a_pattern, _picture_within_a_drawing, _picture_within_a_pattern, _picture_within_the_page]
)
def test_picture_that_nobody_can_search_is_flagged_wherever_it_hangs(hide: Any) -> None:
    clean = clean_file(planted(hide), "application/pdf")
    assert (clean.pages, clean.unreadable) == (("Texto visible", "Segunda"), (1,))


def test_text_beside_the_page_is_read_too() -> None:
    def beside(document: Any) -> None:
        document.pages[0].CropBox = Array([0, 300, 600, 840])
        document.pages[0].contents_add(b"BT /F1 12 Tf 60 100 Td (Nombre cortado) Tj 0 -400 Td (Nombre abajo) Tj ET")

    (first, _second) = clean_file(planted(beside), "application/pdf").pages
    assert "Nombre cortado" in first
    assert "Nombre abajo" in first


def test_inherited_page_attributes_are_kept() -> None:
    def inherit(document: Any) -> None:
        page = document.pages[1].obj
        document.Root.Pages.Resources, document.Root.Pages.MediaBox = page.Resources, page.MediaBox
        del page["/Resources"], page["/MediaBox"]

    assert clean_file(planted(inherit), "application/pdf").pages == ("Texto visible", "Segunda")


def test_visible_text_is_read_page_by_page_hidden_text_too() -> None:
    def hidden(document: Any) -> None:
        document.pages[0].contents_add(b"BT 3 Tr /F1 12 Tf 60 500 Td (Nombre oculto) Tj ET")

    assert "Nombre oculto" in clean_file(planted(hidden), "application/pdf").pages[0]


def test_a_page_without_text_is_unreadable() -> None:
    with pikepdf.new() as blank:
        blank.add_blank_page()
        buffer = io.BytesIO()
        blank.save(buffer)
    assert clean_file(buffer.getvalue(), "application/pdf").unreadable == (1,)


def test_names_left_in_the_structure_are_told() -> None:
    def font(document: Any) -> None:
        document.pages[0].obj.Resources.Font.F1.BaseFont = Name("/ABCDEF+JuanaNunez")

    assert "JuanaNunez" in clean_file(planted(font), "application/pdf").inner_words


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
def test_picture_is_encoded_anew(kind: str) -> None:
    source = photograph()
    if kind == "image/png":
        from PIL.PngImagePlugin import PngInfo

        info, buffer = PngInfo(), io.BytesIO()
        info.add_text("Author", "SECRETO")
        Image.open(io.BytesIO(source)).save(buffer, "PNG", pnginfo=info)
        source = buffer.getvalue()
    assert SECRET in source
    clean = clean_file(source, kind)
    assert SECRET not in clean.data
    assert clean.unreadable == (1,)
    with Image.open(io.BytesIO(clean.data)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((40, 20), {})


def test_orientation_is_applied_before_it_is_lost() -> None:
    picture = Image.new("RGB", (40, 20), "red")
    exif = picture.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    with Image.open(io.BytesIO(clean_file(buffer.getvalue(), "image/jpeg").data)) as upright:
        assert upright.size == (20, 40)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 broken", "application/pdf"),
        (b"\xff\xd8\xff broken", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nbroken", "image/png"),
        (b"hello", "text/plain"),
    ],
)
def test_what_cannot_be_opened_stays_out(data: bytes, kind: str) -> None:
    with pytest.raises(FileCannotBeBlinded):
        clean_file(data, kind)


def test_encrypted_pdf_stays_out() -> None:
    with pikepdf.open(io.BytesIO(pdf())) as document:
        buffer = io.BytesIO()
        document.save(buffer, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(FileCannotBeBlinded):
        clean_file(buffer.getvalue(), "application/pdf")


def test_picture_format_that_cannot_be_looked_into_stays_out() -> None:
    def wavelet(document: Any) -> None:
        image = document.make_stream(b"SECRETO")
        image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.JPXDecode
        document.pages[0].obj.Resources["/XObject"] = Dictionary(Im0=image)

    with pytest.raises(FileCannotBeBlinded):
        clean_file(planted(wavelet), "application/pdf")


def test_same_file_gives_the_same_bytes() -> None:
    assert clean_file(pdf(), "application/pdf").data == clean_file(pdf(), "application/pdf").data
