"""Headings: which column of a file is which, by its usual names in the program's languages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.domain.names import key_of
from bot.domain.sheets.amounts import split_heading

SKU, NAME, UNIT = "sku", "name", "unit"
QUANTITY, LOCATION = "quantity", "location"
REORDER_POINT, REORDER_TARGET = "reorder_point", "reorder_target"
PARENT, KIND = "parent", "kind"
EMAIL, PHONE, TAX_ID, NOTE = "email", "phone", "tax_id", "note"
LOT, EXPIRY, TRACKING, WHOLE = "lot", "expiry", "tracking", "whole"
FURTHER_UNITS = "further_units"
SUPPLIER, BARCODE, AMOUNT, CURRENCY = "supplier", "barcode", "amount", "currency"
SUPPLIER_PART, MAKER_PART = "supplier_part", "maker_part"
LINE_TOTAL = "line_total"
PRICE_UNIT, MIN_QUANTITY, VALID_FROM = "price_unit", "min_quantity", "valid_from"

_SIGNS: Final = re.compile(r"[\W_]+")
# One entry a column: English, German, French and Spanish; signs and spaces do not matter.
_NAMES: Final = {
    SKU: (
        "sku, code, item, item code, item no, item number, item id, part, part no, part number, "
        "article, article no, article number, product code, stock code, material, material no, "
        "material number, component, "
        "artikel, artikelnr, artikel nr, artikelnummer, art nr, artnr, teilenummer, teilenr, "
        "bestellnummer, materialnummer, sachnummer, produktnummer, warennummer, "
        "référence, ref, réf, code article, numéro article, no article, "
        "referencia, código, código artículo, número de artículo, clave, codigo de producto, "
        "artículo, no de parte, núm de parte, número de parte, número de pieza"
    ),
    NAME: (
        "name, item name, part name, product, product name, article name, title, label, "
        "bezeichnung, artikelbezeichnung, benennung, artikelname, produkt, "
        "nom, désignation, libellé, produit, "
        "nombre, denominación, producto"
    ),
    UNIT: (
        "unit, units, uom, unit of measure, measure, "
        "einheit, mengeneinheit, me, unité, unité de mesure, unidad, unidad de medida, um"
    ),
    QUANTITY: (
        "quantity, qty, count, counted, stock, on hand, in stock, level, amount, balance, "
        "order qty, quantity on hand, qty on hand, qoh, soh, available, "
        "menge, anzahl, bestand, lagerbestand, istbestand, stückzahl, stückzahlen, "
        "quantité, qté, stock actuel, en stock, cantidad, existencias, existencia, cant"
    ),
    LOCATION: (
        "location, place, bin, bin location, bin no, shelf, storage, warehouse, "
        "storage location, stock location, "
        "lagerort, lagerplatz, lager, ort, platz, standort, regal, fach, "
        "emplacement, lieu, magasin, entrepôt, dépôt, rayon, "
        "ubicación, lugar, almacén, estante, sitio"
    ),
    REORDER_POINT: (
        "reorder point, reorder level, min, minimum, min stock, minimum stock, min qty, "
        "minimum quantity, safety stock, "
        "mindestbestand, meldebestand, mindestmenge, bestellpunkt, min bestand, "
        "stock minimum, stock mini, seuil, seuil d alerte, stock d alerte, "
        "seuil de réapprovisionnement, point de commande, "
        "stock mínimo, mínimo, punto de pedido, existencia mínima"
    ),
    REORDER_TARGET: (
        "reorder target, target, target stock, max, maximum, max stock, maximum stock, par, "
        "sollbestand, zielbestand, höchstbestand, maximalbestand, max bestand, "
        "stock maximum, stock cible, stock maxi, stock máximo, máximo, existencia máxima"
    ),
    LOT: "lot, batch, lot no, lot number, batch no, batch number, serial, serial number, "
    "charge, chargennummer, los, losnummer, seriennummer, numéro de lot, lote, número de lote",
    EXPIRY: "expiry, expires, expiry date, expires on, best before, use by, expiration, "
    "ablauf, ablaufdatum, mhd, haltbar bis, verfall, verfallsdatum, "
    "péremption, date de péremption, dluo, caducidad, fecha de caducidad, vencimiento",
    TRACKING: "tracking, tracked by, kept by, verfolgung, chargenpflicht, suivi, seguimiento",
    WHOLE: "whole, whole numbers, whole pieces, integer, ganz, ganzzahlig, nur ganze, "
    "entier, entiers, entero, enteros",
    PARENT: "parent, inside, in, parent location, übergeordnet, in lagerort, liegt in, "
    "parent de, emplacement parent, ubicación superior, dentro de, padre",
    KIND: "kind, type, art, typ, genre, tipo, clase",
    EMAIL: "email, e mail, mail, e mail address, mailadresse, courriel, correo, correo electrónico",
    PHONE: "phone, telephone, tel, phone number, telefon, telefonnummer, téléphone, teléfono",
    TAX_ID: "tax id, vat, vat id, vat no, vat number, tax number, ustid, ust idnr, ust id, "
    "umsatzsteuer id, steuernummer, tva, numéro de tva, nif, cif, rfc",
    NOTE: "note, notes, comment, remark, remarks, notiz, bemerkung, kommentar, anmerkung, "
    "remarque, commentaire, nota, notas, comentario, observaciones",
    SUPPLIER: "supplier, supplier name, vendor, company, lieferant, lieferantenname, kreditor, "
    "fournisseur, nom du fournisseur, proveedor, nombre del proveedor",
    FURTHER_UNITS: "further units, other units, more units, alternative units, weitere einheiten, "
    "andere einheiten, autres unités, otras unidades",
    BARCODE: "barcode, barcodes, bar code, ean, ean code, ean13, ean 13, gtin, upc, strichcode, "
    "ean gtin, gtin ean, ean upc, upc ean, gtin13, gtin 13, gtin14, gtin 14, ean nr, ean nummer, "
    "barcode nr, code barres, code ean, code à barres, código de barras",
    AMOUNT: "price, unit price, net price, list price, purchase price, cost, unit cost, amount, "
    "preis, einzelpreis, stückpreis, nettopreis, listenpreis, einkaufspreis, ek, ek preis, "
    "ek netto, netto, betrag, kosten, "
    "prix, prix unitaire, prix net, prix ht, prix achat, prix d achat, pu, tarif, montant, coût, "
    "precio, precio unitario, precio neto, precio de compra, tarifa, importe, coste, costo",
    SUPPLIER_PART: "supplier part number, supplier part no, supplier part, supplier sku, "
    "supplier number, distributor part number, vendor part number, lcsc part number, "
    "lcsc part, digi key part number, digi key part no, digi key part, mouser no, "
    "mouser part number, "
    "farnell part number, order code, order number, rs stock no, "
    "lieferantenartikelnummer, lieferanten artikelnummer, lieferantennummer, bestell nr, "
    "bestellnr, référence fournisseur, réf fournisseur, referencia del proveedor",
    MAKER_PART: "manufacture part number, manufacturer part number, manufacturer part, "
    "manufacturer part no, mfr part number, mfr part no, mfr part, mfr no, mfg part number, "
    "mfg part, mpn, maker part number, herstellernummer, herstellerteilenummer, "
    "hersteller teilenummer, hersteller artikelnummer, hersteller nr, référence fabricant, "
    "réf fabricant, "
    "referencia del fabricante, número de pieza del fabricante",
    LINE_TOTAL: "line total, total, total price, amount, line amount, net amount, order price, "
    "extended price, ext price, ext cost, extended cost, subtotal, "
    "gesamt, gesamtpreis, summe, betrag, positionswert, positionssumme, zeilensumme, nettobetrag, "
    "total ht, montant, montant ht, prix total, sous total, "
    "importe, importe total, precio total, subtotal línea, monto",
    CURRENCY: "currency, cur, curr, currency code, währung, whg, wkz, devise, monnaie, "
    "moneda, divisa",
    PRICE_UNIT: "price unit, price per, per, pricing unit, price base, price quantity, "
    "preiseinheit, pe, preis pro, preis per, preis je, je, pro, preismenge, preisbasis, "
    "unité de prix, prix par, prix pour, par, base de prix, "
    "unidad de precio, precio por, por, base de precio",
    MIN_QUANTITY: "min quantity, minimum quantity, min qty, minimum order quantity, moq, "
    "from quantity, quantity from, quantity break, price break, break, "
    "break qty, break quantity, price break qty, "
    "mindestmenge, mindestbestellmenge, mindestabnahme, ab menge, menge ab, staffel, staffel ab, "
    "ab staffel, ab stück, "
    "staffelmenge, abnahmemenge, "
    "quantité minimum, quantité minimale, quantité mini, qté min, qté mini, à partir de quantité, "
    "cantidad mínima, cantidad desde, desde cantidad, cant mín, pedido mínimo",
    VALID_FROM: "valid from, valid since, from, from date, start, start date, effective, "
    "effective from, effective date, price date, since, "
    "gültig ab, gültig von, ab datum, ab, seit, preisdatum, datum, "
    "valable à partir du, valable dès, valide à partir du, à partir du, date d effet, "
    "date de début, date, "
    "válido desde, vigente desde, desde, fecha de inicio, fecha, vigencia",
}
# What stands in for a column where a file has no better one.
_SECOND_BEST: Final = {
    NAME: "description, beschreibung, descripción, part description, item description",
    UNIT: "vpe, pack, packing unit, packaging unit, package, packaging, verpackung, "
    "verpackungseinheit, conditionnement, envase, empaque",
}
# In a file that does not order anything, a part is what its maker calls it, failing all else.
_PARTS: Final = (MAKER_PART, SUPPLIER_PART)
_NUMBER: Final = re.compile(r"[0-9][0-9.,' ]*")
_ITEM: Final = (SKU, NAME, UNIT, REORDER_POINT, REORDER_TARGET, TRACKING, WHOLE)
_STOCK: Final = (*_ITEM, LOCATION, QUANTITY, LOT, EXPIRY)
# What a supplier or a location is called has more names than those of an item.
_NAMED_BY: Final = {
    "locations": ("location", LOCATION),
    "suppliers": ("supplier, company, vendor, lieferant, firma, fournisseur, proveedor", ""),
}
# In a supplier's file `available` is the supplier's stock, and `amount` is of the whole line.
_OWN_NAMES: Final = {
    ("orders", QUANTITY): (
        "quantity, qty, order qty, order quantity, ordered, ordered qty, ordered quantity, "
        "qty ordered, quantity ordered, menge, bestellmenge, anzahl, stückzahl, "
        "quantité, qté, quantité commandée, qté commandée, cantidad, cant, cantidad pedida"
    ),
    ("orders", AMOUNT): (
        "price, unit price, net price, net unit price, unit cost, price each, "
        "preis, einzelpreis, stückpreis, nettopreis, einkaufspreis, ek, ek preis, ek netto, "
        "prix, prix unitaire, prix net, prix ht, prix achat, prix d achat, pu, "
        "precio, precio unitario, precio neto, precio de compra"
    ),
}
COLUMNS: Final = {
    "items": (*_STOCK, FURTHER_UNITS, BARCODE),
    "stock": _STOCK,
    "bulk": (SKU, QUANTITY, UNIT, LOCATION, LOT, EXPIRY),
    "locations": (NAME, PARENT, KIND),
    "suppliers": (NAME, EMAIL, PHONE, TAX_ID, NOTE),
    "orders": (
        SKU,
        SUPPLIER_PART,
        MAKER_PART,
        BARCODE,
        QUANTITY,
        UNIT,
        AMOUNT,
        LINE_TOTAL,
        CURRENCY,
    ),
    "prices": (
        SUPPLIER,
        SKU,
        BARCODE,
        AMOUNT,
        PRICE_UNIT,
        CURRENCY,
        UNIT,
        MIN_QUANTITY,
        VALID_FROM,
    ),
}
REQUIRED: Final = {
    "items": (SKU,),
    "stock": (SKU, QUANTITY, LOCATION),
    "bulk": (SKU, QUANTITY),
    "locations": (NAME,),
    "suppliers": (NAME,),
    "orders": (QUANTITY,),
    "prices": (SKU, AMOUNT),
}
# By which of these the rows of an order name their items, the surest first.
NAMING: Final = (SKU, SUPPLIER_PART, MAKER_PART, BARCODE)


def _key(heading: str) -> str:
    return _SIGNS.sub("", key_of(heading))


def _find(known: Mapping[str, tuple[str, int]], heading: str) -> tuple[str, int]:
    """Return the column that a heading names: `Mfr. #` is a number of the maker, `Mfr.` is none."""
    numbered = known.get(_key(heading.replace("#", " no ")))
    return numbered or known.get(_key(heading), ("", 0))


def _table(kind: str) -> dict[str, tuple[str, int]]:
    """Return the columns by their names, and how good each name is: the least is the best."""
    known = dict[str, tuple[str, int]]()

    def add(names: str, column: str, rank: int = 0) -> None:
        for name in names.split(", "):
            known.setdefault(_key(name), (column, rank))

    columns = COLUMNS[kind]
    for column in reversed(columns):  # of two columns with one name, the later one has it
        add(_OWN_NAMES.get((kind, column), _NAMES[column]), column)
    more, named_by = _NAMED_BY.get(kind, ("", ""))
    if more:
        add(more, NAME)
        add(_NAMES[named_by] if named_by else more, NAME)
    for column in columns:
        add(_SECOND_BEST.get(column, _NAMES[column]), column, 1)
    if SKU in columns and MAKER_PART not in columns:
        for rank, column in enumerate(_PARTS, 2):
            add(_NAMES[column], SKU, rank)
    return known


_TABLES: Final = {kind: _table(kind) for kind in COLUMNS}


def find_columns(
    kind: str, headings: Sequence[str], rows: Iterable[Sequence[str]] = ()
) -> dict[str, int]:
    """Return where each known column of a kind of import is; of two the better name counts.

    Of two as good the first does. How many are in a pack is no unit: with `rows`, a column of
    numbers that is called so is none.
    """
    known, found = _TABLES[kind], dict[str, tuple[int, int]]()
    for place, heading in enumerate(headings):
        column, rank = _find(known, heading)
        if not column and AMOUNT in COLUMNS[kind]:
            # `Preis (EUR)`, `Price per 100`: what else the heading says is read with its amounts.
            named, rank = known.get(_key(split_heading(heading).name), ("", 0))
            column = named if named in {AMOUNT, LINE_TOTAL} else ""
        if column and (column not in found or rank < found[column][0]):
            found[column] = rank, place
    if UNIT in found and found[UNIT][0] and _has_numbers(rows, found[UNIT][1]):
        del found[UNIT]
    return {column: place for column, (_, place) in found.items()}


def _has_numbers(rows: Iterable[Sequence[str]], place: int) -> bool:
    return any(_NUMBER.match(row[place].strip()) for row in rows if place < len(row))


def has_needed(kind: str, columns: Mapping[str, int]) -> bool:
    """Whether a kind of file can be read by these columns."""
    return not missing_of(kind, columns)


def missing_of(kind: str, columns: Mapping[str, int]) -> tuple[str, ...]:
    """Return the columns without which a kind of file cannot be read, and which it lacks."""
    missing = [name for name in REQUIRED[kind] if name not in columns]
    if kind == "orders" and not any(name in columns for name in NAMING):
        missing.insert(0, SKU)
    if BARCODE in columns and SKU in missing and kind != "items":
        missing.remove(SKU)
    return tuple(missing)
