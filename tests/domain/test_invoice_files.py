"""Files of invoices: their content says what they are, whatever they are called."""

import pytest

from bot.domain.invoice_files import (
    MAX_FILE_BYTES,
    UnusableFile,
    clean_file_name,
    media_type_of,
)

UBL = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n<{0}Invoice xmlns="urn:x">'


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xef\xbb\xbf%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (UBL.format("").encode(), "application/xml"),
        (UBL.format("ubl:").encode("utf-8-sig"), "application/xml"),
        (UBL.format("").encode("utf-16"), "application/xml"),
        (b"<rsm:CrossIndustryInvoice xmlns:rsm='x'>", "application/xml"),
        (b"%PDF-" + bytes(MAX_FILE_BYTES - 5), "application/pdf"),
    ],
)
def test_what_may_be_kept_is_known_by_its_content(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-" + bytes(MAX_FILE_BYTES - 4), "too_large"),
        (b"MZ\x90\x00", "unknown_type"),
        (b"PK\x03\x04", "unknown_type"),
        (b"GIF89a", "unknown_type"),
        (b"RIFF\x10\x00\x00\x00WAVE", "unknown_type"),
        (b"<html><Invoice/></html>", "unknown_type"),
        (b"<svg xmlns='x'>", "unknown_type"),
        (b"<Invoices>", "unknown_type"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Invoice>", "unknown_type"),
        (b"An Invoice", "unknown_type"),
        (bytes(2000) + b"%PDF-", "unknown_type"),
    ],
)
def test_other_files_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableFile) as caught:
        media_type_of(content)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("bill.pdf", "application/pdf", "bill.pdf"),
        ("Bill.PDF", "application/pdf", "Bill.PDF"),
        ("bill.exe", "application/pdf", "bill.exe.pdf"),
        ("scan.jpeg", "image/jpeg", "scan.jpeg"),
        ("../../etc/passwd", "image/png", "etc_passwd.png"),
        ("Rechnung Müller.xml", "application/xml", "Rechnung Müller.xml"),
        ("\u202egnp.exe", "image/png", "gnp.exe.png"),
        ("...", "image/webp", "invoice.webp"),
    ],
)
def test_a_file_is_called_by_its_type(name: str, media_type: str, kept: str) -> None:
    assert clean_file_name(name, media_type) == kept
