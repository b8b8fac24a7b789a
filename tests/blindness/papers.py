"""Files that tell whose they are wherever a file can: to be made anew before a reviewer gets them."""

import io
from typing import Any

import pikepdf
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

ARTIST = 0x013B  # of EXIF


def telling_pdf(name: str, *, picture: bytes | None = None) -> bytes:
    """Return a page whose text names nobody, and all of the rest `name`; with a picture on it or without."""
    drawn, made = io.BytesIO(), io.BytesIO()
    page = canvas.Canvas(drawn)
    page.setAuthor(name)
    page.drawString(60, 750, "Obra reciente.")
    if picture is not None:
        page.drawImage(ImageReader(io.BytesIO(picture)), 60, 60)
    page.showPage()
    page.save()
    with pikepdf.open(drawn) as pdf:
        with pdf.open_metadata() as known:
            known["dc:creator"] = [name]
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(name, 0))
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"https://ejemplo.mx/{name}"))
        shown: dict[str, Any] = {
            "Type": pikepdf.Name.Annot,
            "Subtype": pikepdf.Name.Link,
            "Rect": [0, 0, 9, 9],
            "A": action,
        }
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pikepdf.Dictionary(**shown, Contents=pikepdf.String(name))])
        pdf.attachments["datos.txt"] = name.encode()
        pdf.save(made, deterministic_id=True)
    return made.getvalue()


def photograph(name: str) -> bytes:
    """Return a picture whose camera was told whose it is."""
    picture, made = Image.new("RGB", (40, 20), "teal"), io.BytesIO()
    known = picture.getexif()
    known[ARTIST] = name
    picture.save(made, "JPEG", exif=known, comment=name.encode())
    return made.getvalue()
