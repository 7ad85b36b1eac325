"""Verifying the books with the copies that are in the audit channel, by a command or a button."""

import asyncio
from dataclasses import replace

from bot.cogs.outside_copies import Copies, read_copies
from bot.domain.actors import Actor
from bot.domain.anchors import Anchor
from bot.domain.findings import Finding
from bot.interactions.clients import DeskClient
from bot.services.verification import find_audit_channel, verify_books
from bot.services.why.chain import Checked
from bot.views.audit import pages as views
from bot.views.replies import Reply


async def verify(client: DeskClient, actor: Actor) -> Reply:
    """Verify a guild's books, compare them with the audit channel, and say what was found."""
    desk = client.desk
    channel = await desk.db.query(find_audit_channel, None, actor)
    copies = Copies()

    async def fetch() -> tuple[Anchor, ...]:
        nonlocal copies
        copies = await read_copies(client, actor.guild_id, channel.channel_id)
        return copies.anchors

    verified = await verify_books(desk.db, actor, fetch_anchors=fetch)
    lost = copies.find_lost(channel.first_waiting)
    if lost is not None:
        findings = (*verified.findings, Finding("line_lost", lost))
        verified = replace(verified, findings=findings)
    keys = await asyncio.to_thread(desk.db.signing.list_public_keys)
    found = Checked(verified.last_record, desk.db.clock(), not verified.findings)
    desk.last_checks.note(actor.guild_id, found)
    return views.compared_page(verified, views.Outside(copies.trouble, keys, bool(copies.anchors)))
