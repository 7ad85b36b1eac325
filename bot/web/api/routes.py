"""Routes: what there is under `/api/v1`, and who may ask it."""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

import orjson
from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.devices import AlreadyRevoked, DeviceRevoked, session_ends_at
from bot.domain.quantities import format_quantity
from bot.services.callers import GetCaller, get_caller
from bot.services.device_calls import DeviceFound
from bot.services.devices import RevokeDevice, revoke_device
from bot.services.receiving.awaiting import ListAwaited, OrderAwaited, list_awaited
from bot.web.api.answers import bytes_answer, json_answer
from bot.web.api.bodies import Arriving, read_model
from bot.web.api.callers import (
    SOURCE,
    Caller,
    Callers,
    credential_of_link,
    credential_of_token,
)
from bot.web.api.limits import ApiLimits
from bot.web.api.models import AwaitedOrders, Linked, Me, Redemption, SyncAnswer, SyncRequest
from bot.web.api.openapi import OF_BODIES, OF_CALLERS, OF_LINKS, OF_MEMBERS, documents, takes
from bot.web.api.problems import Explain, Refused
from bot.web.api.syncing import sync

PREFIX: Final = "/api/v1"
_LINK_BYTES: Final = 16_384

router = APIRouter(prefix=PREFIX)
_bearer = HTTPBearer(auto_error=False, description="The token of a linked device.")


@dataclass(frozen=True, slots=True)
class Context:
    """What the routes work with."""

    db: DatabaseService
    callers: Callers
    limits: ApiLimits
    name_of_guild: Callable[[int], str]
    explain: Explain
    arriving: Arriving = field(default_factory=Arriving)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _device(
    context: Annotated[Context, Depends(_context)],
    sent: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> AsyncIterator[tuple[int, DeviceFound]]:
    """Find the device of the token, and count its request while it is under way."""
    if sent is None or not sent.credentials:
        raise Refused("token_missing")
    credential = credential_of_token(sent.credentials)
    if not context.callers.has_seen(credential):
        context.limits.try_token(credential.guild_id)
    device = await context.callers.find_device(credential)
    with context.limits.entered((credential.guild_id, device.device_id)):
        yield credential.guild_id, device


InContext: TypeAlias = Annotated[Context, Depends(_context)]
KnownDevice: TypeAlias = Annotated[tuple[int, DeviceFound], Depends(_device)]


async def current_caller(context: InContext, known: KnownDevice) -> Caller:
    """Say for whom the device works, as Discord describes them now."""
    return await context.callers.describe(*known)


CurrentCaller: TypeAlias = Annotated[Caller, Depends(current_caller)]


@router.post(
    "/devices",
    status_code=201,
    response_class=Response,
    responses=documents(Linked, *OF_BODIES, *OF_LINKS, *OF_MEMBERS, status=201),
    openapi_extra=takes(Redemption),
)
async def redeem_link(request: Request, context: InContext) -> Response:
    """Exchange a link for a device's token, once."""
    redemption = await read_model(
        request, Redemption, limit=_LINK_BYTES, within=context.arriving.within
    )
    credential = credential_of_link(redemption.link)
    context.limits.redeem_link((credential.guild_id, credential.device_id))
    token, caller = await context.callers.redeem(credential)
    linked = {**await _me(context, caller), "token": token}
    return await json_answer(request, linked, 201)


@router.get(
    "/me",
    response_class=Response,
    responses=documents(Me, *OF_CALLERS, *OF_MEMBERS),
)
async def get_me(request: Request, context: InContext, caller: CurrentCaller) -> Response:
    """Say who the token speaks for."""
    if not caller.is_certain:
        raise Refused("discord_unavailable")
    return await json_answer(request, await _me(context, caller))


@router.get(
    "/orders",
    response_class=Response,
    responses=documents(AwaitedOrders, *OF_CALLERS, *OF_MEMBERS),
)
async def get_orders(request: Request, context: InContext, caller: CurrentCaller) -> Response:
    """List the orders that goods may come in of, to those who may receive them."""
    if not caller.is_certain:
        raise Refused("discord_unavailable")
    found = await context.db.query(list_awaited, ListAwaited(), caller.actor)
    return await json_answer(request, {"orders": [_order(each) for each in found]})


@router.delete(
    "/device",
    status_code=204,
    response_class=Response,
    responses=documents(None, *OF_CALLERS, status=204),
)
async def revoke_itself(context: InContext, known: KnownDevice) -> Response:
    """Revoke the device whose token this is; it needs no right, and no Discord."""
    guild_id, device = known
    actor = Actor(guild_id=guild_id, user_id=device.user_id, source=SOURCE)
    key = f"revoke-{secrets.token_hex(16)}"
    try:
        await context.db.run(revoke_device, RevokeDevice(device=device.device_id), actor, key)
    except AlreadyRevoked as error:
        raise DeviceRevoked(device.name, context.db.clock()) from error
    return Response(status_code=204)


@router.post(
    "/sync",
    response_class=Response,
    responses=documents(SyncAnswer, *OF_BODIES, "unknown_protocol", *OF_CALLERS, *OF_MEMBERS),
    openapi_extra=takes(SyncRequest),
)
async def sync_device(request: Request, context: InContext, caller: CurrentCaller) -> Response:
    """Carry out what was done at the device, then say what changed."""
    asked = await read_model(request, SyncRequest)
    languages = request.headers.get("accept-language", "")
    answer = await sync(context.db, caller, asked, context.explain, languages)
    return await json_answer(request, answer)


@router.get(
    "/openapi.json",
    response_class=Response,
    responses={
        **documents(None),
        200: {
            "description": "This description.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
    },
)
async def get_description(request: Request) -> Response:
    """Describe the API."""
    return await bytes_answer(request, orjson.dumps(request.app.openapi()))


def _order(order: OrderAwaited) -> dict[str, Any]:
    return {
        "label": order.label,
        "supplier": order.supplier,
        "promised_on": order.promised_on,
        "lines": [
            {
                "item_id": line.item_id,
                "sku": line.sku,
                "left": format_quantity(line.left),
                "unit": line.unit,
            }
            for line in order.lines
        ],
    }


async def _me(context: Context, caller: Caller) -> dict[str, Any]:
    shown = await context.db.query(get_caller, GetCaller(), caller.actor)
    device, guild, member = caller.device, shown.guild, shown.member
    return {
        "device": {
            "id": str(device.device_id),
            "name": device.name,
            "linked_at": device.linked_at,
            "expires_at": session_ends_at(device.linked_at, context.db.clock()),
        },
        "person": {
            "id": str(device.user_id),
            "name": member.name if member else "",
            "language": member.language if member else "",
            "permissions": shown.permissions,
        },
        "guild": {
            "id": str(caller.guild_id),
            "name": context.name_of_guild(caller.guild_id),
            "language": guild.language,
            "timezone": guild.timezone,
            "currency": guild.currency,
            "undo_minutes": guild.undo_minutes,
            "expiry_warning_days": guild.expiry_warning_days,
            "over_delivery_percent": format_quantity(guild.over_delivery_percent),
        },
    }
