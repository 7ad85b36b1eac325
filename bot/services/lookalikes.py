"""Names that look the same in letters of different scripts: refused when one is given."""

from collections.abc import Iterable
from typing import Any

from bot.database.controllers.base import BaseController
from bot.database.unit import Books, UnitOfWork
from bot.domain.lookalikes import (
    LooksAlike,
    differ_in_signs,
    look_alike,
    plain_code,
    skeleton_of,
    taken_for,
)

# One name has few of them: each was refused while another was there.
_MAX_ROWS = 25


async def require_distinct(
    books: Books,
    controller: BaseController[Any],
    columns: Iterable[str],
    name: str,
    key: str,
    row_id: int = 0,
) -> None:
    """Raise LooksAlike if another row has a name that looks like this one but is written otherwise.

    `columns` are those with the keys that must be told apart. Plain names cost one look-up.
    """
    skeleton = skeleton_of(key)
    noun = controller.noun
    found = await books.lookalikes.find_all(noun=noun, skeleton=skeleton, limit=_MAX_ROWS)
    others = [await controller.get_by_id(each.row_id) for each in found]
    if skeleton != key:
        others += [await controller.find_one(**{column: skeleton}) for column in columns]
    for other in others:
        if other is None or other.id == row_id:
            continue
        for column in columns:
            if look_alike(key, getattr(other, column)):
                field = column.removesuffix("_key")
                raise LooksAlike(controller.noun, field, name, getattr(other, field))


async def require_other_code(uow: UnitOfWork, sku: str, key: str, item_id: int = 0) -> None:
    """Raise LooksAlike if another item's SKU is this one but for its dashes and blanks."""
    plain = plain_code(key)
    if "-" not in plain:
        return
    found = await uow.lookalikes.find_all(noun="item", skeleton=plain, limit=_MAX_ROWS)
    others = [await uow.items.get_by_id(each.row_id) for each in found]
    if plain != key:
        others.append(await uow.items.find_one(sku_key=plain))
    for other in others:
        if other is not None and other.id != item_id and differ_in_signs(key, other.sku_key):
            raise taken_for(sku, other.sku)


async def keep_looks(
    uow: UnitOfWork, noun: str, row_id: int, keys: Iterable[str], *, code: str = ""
) -> None:
    """Keep what the names of a row look like, instead of what they looked like before.

    `code` is the key of a SKU, which is compared without its kinds of dashes as well.
    """
    await uow.lookalikes.delete_all(noun=noun, row_id=row_id)
    names = list(keys)
    looks = {skeleton_of(key) for key in names} | ({plain_code(code)} if code else set())
    for look in sorted(looks.difference(names)):
        await uow.lookalikes.get_or_create(noun, look, row_id)
