"""Pictures of items: kept and removed; `/item show` shows them."""

import base64
from dataclasses import dataclass

from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.pictures import Picture
from bot.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePicture:
    """Remove the picture of an item."""

    item: int


async def keep_picture(uow: UnitOfWork, item_id: int, picture: Picture) -> list[Change]:
    """Keep a picture instead of the one that an item has; the same one changes nothing."""
    before = await uow.item_images.get_by_id(item_id)
    values = {
        "content": base64.b64decode(picture.content),
        "content_hash": picture.content_hash,
        "width": picture.width,
        "height": picture.height,
    }
    if before is None:
        await uow.item_images.create(item_id=item_id, **values)
    elif before.content_hash == picture.content_hash:
        return []
    else:
        await uow.item_images.update_by_id(item_id, **values)
    return [Change("image", before.content_hash if before else "", picture.content_hash)]


@operation("item.remove_picture", permission="item.manage")
async def remove_picture(uow: UnitOfWork, request: RemovePicture) -> Changed:
    """Remove the picture of an item."""
    item = await uow.items.require_reference(request.item)
    before = await uow.item_images.get_by_id(item.id)
    if before is None:
        raise NotFound("image")
    await uow.item_images.delete_by_id(item.id)
    changes = [Change("image", before.content_hash, "")]
    return uow.record_changes("item.edited", "item", item.id, item.sku, changes)
