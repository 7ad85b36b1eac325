"""The files of bills: what may be kept, judged by what a file contains and not by its name."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.names import without_meaningless
from bot.errors import RuleBroken

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
_MAX_NAME: Final = 80
_PDF: Final = "application/pdf"
_XML: Final = "application/xml"
_ENDINGS: Final = {
    _PDF: "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    _XML: "xml",
}
# PDF readers take a header within the first kilobyte.
_PDF_HEADER: Final = 1024
_WEBP_MARK: Final = slice(8, 12)
# The root of an e-invoice: UBL (also of Peppol and XRechnung), CII (ZUGFeRD, Factur-X), FatturaPA,
# Facturae, ebInterface, KSeF.
_E_INVOICES: Final = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:Invoice|CreditNote|CrossIndustryInvoice|CrossIndustryDocument"
    r"|FatturaElettronica|Facturae|Faktura)[\s>/]"
)
_DECLARATION: Final = re.compile(r"\s*(?:<\?[^>]{0,400}\?>\s*|<!--.{0,4000}?-->\s*)*", re.DOTALL)
_MAX_LOOKED_AT: Final = 20_000
_UNSAFE: Final = re.compile(r"[^\w.() -]+")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as a request carries it: its content in base64, because requests are JSON."""

    name: str
    media_type: str
    content: str
    content_hash: str


@dataclass(eq=False)
class UnusableFile(RuleBroken):
    """A file cannot be kept: `reason` is too_large, empty, unknown_type or gone."""

    reason: str


def media_type_of(content: bytes) -> str:
    """Return the type of a file that may be kept; raises UnusableFile."""
    if not content:
        raise UnusableFile("empty")
    if len(content) > MAX_FILE_BYTES:
        raise UnusableFile("too_large")
    if b"%PDF-" in content[:_PDF_HEADER]:
        return _PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[_WEBP_MARK] == b"WEBP":
        return "image/webp"
    if _is_e_invoice(content[:_MAX_LOOKED_AT]):
        return _XML
    raise UnusableFile("unknown_type")


def clean_file_name(name: str, media_type: str) -> str:
    """Return the name under which a file is shown, with the ending of its type."""
    stem = _UNSAFE.sub("_", without_meaningless(name)).strip(" ._")[:_MAX_NAME]
    ending = _ENDINGS[media_type]
    known = {f".{ending}", ".jpeg"} if ending == "jpg" else {f".{ending}"}
    if any(stem.lower().endswith(each) for each in known):
        return stem
    return f"{stem or 'invoice'}.{ending}"


def _is_e_invoice(beginning: bytes) -> bool:
    """Whether the root of an XML document is that of an e-invoice; nothing is parsed."""
    encoding = "utf-16" if beginning[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = beginning.decode(encoding, errors="ignore")
    root = _DECLARATION.match(text)
    return root is not None and _E_INVOICES.match(text, root.end()) is not None
