"""Make a file anew so that only what is seen on its pages is left. Bytes in, bytes out.

A PDF is rebuilt page by page into an empty one from a list of what may stay; whatever is not on the list
(information, XMP, private data, annotations, outlines, attachments, scripts, thumbnails, alternative texts) is never
copied. Pictures are decoded and encoded again.
"""

import base64
import io
import re
import zlib
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from PIL import Image, ImageOps

from core.errors import InvalidInput
from core.language import N_

PAGE_KEYS = frozenset({"/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Parent", "/UserUnit"})
RESOURCE_KEYS = frozenset({"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"})
# Keys that carry words about a thing instead of the thing.
_TALKING = (
    "/Metadata /PieceInfo /LastModified /AF /StructParent /StructParents /OC /OPI /Alternates /Measure /PtData /Info "
    "/Creator /Author /Title /Keywords /Producer /Thumb /Ref /Group_Info /AA /A /URI /JS /EF /Desc /UF"
)
TALKING_KEYS = frozenset(_TALKING.split())
EXTERNAL_KEYS = frozenset({"/F", "/FFilter", "/FDecodeParms"})  # of a stream: its bytes lie in another file
MARKS = frozenset({"BMC", "BDC", "EMC", "MP", "DP"})  # say what a stretch means, and may say it in words
# What draws a JPEG: frames and Huffman tables, scans, quantisation, lines, restarts. All else is somebody's words.
JPEG_DRAWS = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD})
JPEG_END = b"\xff\xd9"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"  # square pixels, no thumbnail
ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"  # and one byte more: the colour transform
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # within a scan, zeros and restarts follow 0xFF in the data
_INLINE_PICTURE = re.compile(rb"(?:^|[\s\])>])BI[\s/]")
LARGEST_PIXELS = 60_000_000
LONGEST_TEXT = 400_000
FARTHEST = 1_000_000  # points from the origin


class FileCannotBeBlinded(InvalidInput):
    """The file could not be made anew; it stays out of the dossier."""

    sentence = N_("El archivo no se pudo regenerar sin sus metadatos y queda fuera del expediente.")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file made anew. `pages` holds the visible text of each page; `unreadable` the pages (from 1)
    without any or with a picture; `inner_words` what the file's structure still says, such as the names of its fonts.
    """

    data: bytes
    content_type: str
    extension: str
    pages: tuple[str, ...]
    unreadable: tuple[int, ...]
    inner_words: str = ""


def clean_file(data: bytes, content_type: str) -> CleanFile:
    """Return a file with the same visible content and nothing else.

    Raises:
        FileCannotBeBlinded: it cannot be opened, is encrypted, or holds something we cannot look into.
    """
    try:
        if content_type == "application/pdf":
            rebuilt, inner_words, pictures = _rebuild_pdf(data)
            pages = pdf_text(rebuilt)
            silent = {number for number, text in enumerate(pages, start=1) if len(text.strip()) < 3}
            return CleanFile(rebuilt, content_type, "pdf", pages, tuple(sorted(silent | pictures)), inner_words)
        if content_type in ("image/jpeg", "image/png"):
            return CleanFile(*_recode_picture(data, content_type), pages=(), unreadable=(1,))
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        pypdfium2.PdfiumError,
        OSError,
        ValueError,
        TypeError,
        RuntimeError,
        SyntaxError,
        KeyError,
        AttributeError,
        zlib.error,
        Image.DecompressionBombError,
    ) as error:
        raise FileCannotBeBlinded() from error
    raise FileCannotBeBlinded()


def pdf_text(data: bytes) -> tuple[str, ...]:
    """Return the text of each page as a reader could select it, hidden text included."""
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            text_page = page.get_textpage()
            # Not only within the page's box: what lies beside it is cut on the screen, and copied with the rest.
            found = text_page.get_text_bounded(-FARTHEST, -FARTHEST, FARTHEST, FARTHEST)
            texts.append(found[:LONGEST_TEXT].replace("\r\n", "\n").replace("\x02", ""))
            text_page.close()
            page.close()
        return tuple(texts)
    finally:
        document.close()


# --- PDF -----------------------------------------------------------------------------------------------------------


def _rebuild_pdf(data: bytes) -> tuple[bytes, str, set[int]]:
    words: list[str] = []
    with pikepdf.open(io.BytesIO(data)) as source, Pdf.new() as target:
        if source.is_encrypted or not len(source.pages):
            raise ValueError("encrypted or empty")
        for page in source.pages:
            # In the source already: what hangs from a page (annotations, other pages) must not be copied along.
            _keep_only(page.obj, PAGE_KEYS)
        target.pages.extend(source.pages)
        pictures = set()
        for number, page in enumerate(target.pages, start=1):
            if "/Resources" in page.obj:
                _keep_only(page.obj.Resources, RESOURCE_KEYS)
                if _has_picture(page.obj.Resources):
                    pictures.add(number)
            if _clean_page_content(target, page):
                pictures.add(number)
        for thing in target.objects:
            _clean(thing, words)
        buffer = io.BytesIO()
        target.remove_unreferenced_resources()
        target.save(buffer, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue(), " ".join(words), pictures


def _keep_only(thing: Object, keys: frozenset[str]) -> None:
    for key in list(thing.keys()):
        if key not in keys:
            del thing[key]


def _has_picture(resources: Object, depth: int = 0) -> bool:
    if depth > 8:
        return True
    for kind in ("/XObject", "/Pattern"):
        for item in resources.get(kind, Dictionary()).values():
            if item.get("/Subtype") == Name.Image:
                return True
            if isinstance(item, Stream) and _INLINE_PICTURE.search(item.read_bytes()):
                return True
            inner = item.get("/Resources")
            if inner is not None and _has_picture(inner, depth + 1):
                return True
    return False


def _clean_page_content(target: Pdf, page: pikepdf.Page) -> bool:
    """Rewrite what draws the page without marks and comments; tell whether it holds a picture of its own."""
    if "/Contents" not in page.obj:
        return False
    page.contents_coalesce()
    raw = page.obj.Contents.read_bytes()
    if _talks(raw):
        page.obj.Contents = target.make_stream(_without_marks(page.obj))
    return _INLINE_PICTURE.search(raw) is not None


def _talks(raw: bytes) -> bool:
    if b"/DCT" in raw and b"BI" in raw:
        raise ValueError("an inline JPEG cannot be looked into")
    return any(mark in raw for mark in (b"BDC", b"BMC", b"DP", b"MP", b"%"))


def _without_marks(content: Object) -> bytes:
    kept = [item for item in pikepdf.parse_content_stream(content) if str(item.operator) not in MARKS]
    return bytes(pikepdf.unparse_content_stream(kept))


def _clean(thing: Any, words: list[str]) -> None:
    """Drop every talking key of an object and of what lies directly in it; note the words that stay."""
    if isinstance(thing, Stream):
        _clean_stream(thing)
    if isinstance(thing, (Dictionary, Stream)):
        for key in list(map(str, thing.keys())):
            if key in TALKING_KEYS:
                del thing[key]
            else:
                words.append(key[1:])
                _clean_direct(thing[key], words)
    elif isinstance(thing, Array):
        for value in thing:
            _clean_direct(value, words)
    elif isinstance(thing, (Name, pikepdf.String)):
        words.append(str(thing).removeprefix("/"))


def _clean_direct(value: Any, words: list[str]) -> None:
    # Indirect objects have their own turn; following them here would walk in circles.
    if isinstance(value, Object) and not value.is_indirect:
        _clean(value, words)


def _clean_stream(stream: Stream) -> None:
    for key in EXTERNAL_KEYS & set(stream.keys()):
        del stream[key]
    if "/Resources" in stream:
        _keep_only(stream.Resources, RESOURCE_KEYS)
    filters = stream.get("/Filter")
    names = [str(item) for item in filters] if isinstance(filters, Array) else [str(filters)]
    if "/JPXDecode" in names or "/JBIG2Decode" in names:
        raise ValueError("a picture in a format that cannot be looked into")
    if names[-1] == "/DCTDecode":
        stream.write(_bare_jpeg(_unwrapped(stream.read_raw_bytes(), names[:-1])), filter=Name.DCTDecode)
    elif "/DCTDecode" in names:
        raise ValueError("a JPEG inside another filter cannot be looked into")
    elif stream.get("/Subtype") == Name.Form or stream.get("/PatternType") == 1:
        raw = stream.read_bytes()
        if _talks(raw):
            stream.write(_without_marks(stream))


def _unwrapped(data: bytes, filters: list[str]) -> bytes:
    for name in filters:
        if name == "/ASCII85Decode":
            data = base64.a85decode(data.strip().removeprefix(b"<~").removesuffix(b"~>"))
        elif name == "/FlateDecode":
            data = zlib.decompress(data)
        else:
            raise ValueError(f"{name} around a JPEG")
    return data


def _bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG with its picture and nothing else: no comment, EXIF, XMP or thumbnail, nor what follows its end.

    The picture itself is untouched.
    """
    kept, place = [data[:2]], 2
    while place + 4 <= len(data) and data[place : place + 2] != JPEG_END:
        if data[place] != 0xFF:
            raise ValueError("not a JPEG")
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA:
            after = _NEXT_MARKER.search(data, end)
            end = after.start() if after is not None else len(data)
        kept.append(_kept_segment(marker, data[place:end]))
        place = end
    if not any(part[1] == 0xDA for part in kept[1:] if part):
        raise ValueError("a JPEG without a picture")
    return b"".join(kept) + JPEG_END


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """Return what may stay of a segment: whole what draws; of JFIF and of Adobe's only which colours are meant."""
    if marker == 0xE0 and segment[4:9] == b"JFIF\x00":
        return JFIF
    if marker == 0xEE and segment[4:9] == b"Adobe":
        return ADOBE + segment[15:16]
    return segment if marker in JPEG_DRAWS else b""


# --- pictures ------------------------------------------------------------------------------------------------------


def _recode_picture(data: bytes, content_type: str) -> tuple[bytes, str, str]:
    with Image.open(io.BytesIO(data)) as picture:
        if picture.width * picture.height > LARGEST_PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(picture)
        mode = "RGBA" if content_type == "image/png" and upright.has_transparency_data else "RGB"
        plain = upright.convert(mode)
    bare = Image.frombytes(mode, plain.size, plain.tobytes())
    buffer = io.BytesIO()
    if content_type == "image/png":
        bare.save(buffer, "PNG", optimize=False)
        return buffer.getvalue(), content_type, "png"
    bare.save(buffer, "JPEG", quality=90)
    return buffer.getvalue(), content_type, "jpg"
