"""Turn a row of the outbox into the letter that travels, and paragraphs into its two bodies."""

from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from markupsafe import Markup, escape

from core.clock import now
from core.files import StoredFile, read
from core.language import _, in_language, localised
from core.settings import setting
from mail.models import OutboxMessage

Action = tuple[str, str]

PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{subject}</title></head>'
    '<body style="margin:0;background:#fbfaf7;color:#1e1b26;font:16px/1.55 sans-serif">'
    '<div style="max-width:36em;margin:0 auto;padding:24px 16px">{content}'
    '<hr style="border:0;border-top:1px solid #e7e3da;margin:32px 0 16px">'
    '<p style="margin:0;font-size:14px">{signature}</p></div></body></html>'
)
PARAGRAPH = Markup('<p style="margin:0 0 16px">{}</p>')
BUTTON = Markup(
    '<p style="margin:24px 0"><a href="{url}" style="display:inline-block;padding:10px 18px;border-radius:4px;'
    'background:#4f3a86;color:#ffffff;text-decoration:none">{label}</a></p>'
    '<p style="margin:0 0 16px;font-size:14px;overflow-wrap:anywhere">{url}</p>'
)


def signature(language: str) -> str:
    """Return the line under every letter: who writes."""
    with in_language(language):
        return _("Puente, de parte de %(trust)s", trust=localised(setting("TRUST_NAME"), language))


def text_body(paragraphs: Sequence[str], action: Action | None, language: str) -> str:
    """Return the plain text of a letter. The action stands after the first paragraph, on lines of its own."""
    parts = list(paragraphs)
    if action is not None:
        parts.insert(1, f"{action[0]}:\n{action[1]}")
    return "\n\n".join([*parts, f"-- \n{signature(language)}"]) + "\n"


def html_body(subject: str, paragraphs: Sequence[str], action: Action | None, language: str) -> str:
    """Return the same letter as a small page. Everything given is escaped."""
    parts = [PARAGRAPH.format(escape(paragraph).replace("\n", Markup("<br>"))) for paragraph in paragraphs]
    if action is not None:
        parts.insert(1, BUTTON.format(label=action[0], url=action[1]))
    return str(
        PAGE.format(language=language, subject=subject, content=Markup("").join(parts), signature=signature(language))
    )


def compose(letter: OutboxMessage, files: Sequence[StoredFile]) -> EmailMessage:
    """Return the letter with its head, both bodies and its enclosures."""
    name, address = parseaddr(setting("MAIL_FROM"))
    composed = EmailMessage()
    composed["From"] = Address(display_name=name, addr_spec=address)
    composed["To"] = Address(addr_spec=letter.to)
    composed["Subject"] = letter.subject
    composed["Date"] = format_datetime(now())
    composed["Message-ID"] = letter.message_id
    composed["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe_url is not None:
        composed["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        composed["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    composed.set_content(letter.body_text)
    composed.add_alternative(letter.body_html, subtype="html")
    for stored in files:
        kind, _slash, subtype = stored.content_type.partition("/")
        composed.add_attachment(read(stored), maintype=kind, subtype=subtype, filename=stored.original_name)
    composed["Content-Language"] = letter.language  # last: enclosing parts takes every Content- header along
    return composed
