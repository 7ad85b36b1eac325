"""One of everything that a message can hold."""

import struct
import time
import zlib

from simulator.messages import Flag
from simulator.world import Channel
from tests.simulator.puppet import Puppet

MARKDOWN = """# Heading one
### Heading three
**bold** *italic* _also_ __under__ ~~gone~~ `code` ***both*** ||secret||
> quoted **text**
- one
  - nested
- two
1. first
2. second
-# small print
```py
print("<b>not markup</b>")
```
[masked](https://example.com/a) https://example.com/b \\*not italic\\* snake_case_name
"""
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> &amp; <b>bold?</b>'


def picture(red: int, green: int, blue: int) -> bytes:
    """A PNG of eight by eight pixels in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = zlib.compress((b"\0" + bytes((red, green, blue)) * 8) * 8)
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def fill_gallery(puppet: Puppet, channel: Channel) -> None:
    """Post one of everything."""
    guild = channel.guild
    assert guild is not None
    mia = next(it for it in guild.members.values() if it.user.name == "Mia")
    role, now = next(iter(guild.roles.values())), int(time.time())
    manager = next(it for it in guild.roles.values() if it.name == "Manager")
    puppet.post(channel, content=MARKDOWN)
    puppet.post(channel, content=HOSTILE)
    stamps = " ".join(f"<t:{now - 90}:{style}>" for style in "tTdDfFR")
    puppet.post(
        channel,
        content=f"<@{mia.user.id}> <@&{manager.id}> <@&{role.id}> <#{channel.id}> @everyone\n"
        + stamps,
    )
    puppet.post(
        channel,
        content="A report",
        files={"audit.csv": b"a,b\n1,2\n"},
        embeds=[
            {
                "title": "Supplier **Nordic Bolts**",
                "description": "Waits for a decision.",
                "color": 0xF2A33C,
                "fields": [
                    {"name": "Email", "value": "n***@example.com", "inline": True},
                    {"name": "Phone", "value": "***42", "inline": True},
                    {"name": "Note", "value": HOSTILE},
                ],
                "footer": {"text": "Proposed by Eli"},
            }
        ],
        components=[
            {
                "type": 1,
                "components": [
                    {"type": 2, "style": 3, "label": "Approve", "custom_id": "approve"},
                    {"type": 2, "style": 4, "label": "Reject", "custom_id": "reject"},
                    {"type": 2, "style": 2, "label": "Deaf", "custom_id": "deaf"},
                    {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": True},
                ],
            },
            {
                "type": 1,
                "components": [
                    {
                        "type": 3,
                        "custom_id": "areas",
                        "placeholder": "Permissions",
                        "min_values": 1,
                        "max_values": 3,
                        "options": [
                            {"label": "stock.view", "value": "view", "description": "Look"},
                            {"label": "stock.move", "value": "move", "default": True},
                            {"label": "stock.adjust", "value": "adjust"},
                        ],
                    }
                ],
            },
            {"type": 1, "components": [{"type": 5, "custom_id": "who", "placeholder": "Who"}]},
        ],
    )
    _post_pictures(puppet, channel)


def _post_pictures(puppet: Puppet, channel: Channel) -> None:
    """Post pictures as attachments, in an embed, and in a layout with all that it can hold."""
    green, amber = picture(70, 194, 174), picture(242, 163, 60)
    puppet.post(
        channel, content="Two files", files={"shelf.png": green, "audit.csv": b"a,b\n1,2\n"}
    )
    puppet.post(
        channel,
        files={"bolt.png": green, "chart.png": amber},
        embeds=[
            {
                "title": "BOLT-8",
                "description": "88 pcs",
                "thumbnail": {"url": "attachment://bolt.png"},
                "image": {"url": "attachment://chart.png"},
            }
        ],
    )
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "### A section\nwith **text**"}],
        "accessory": {"type": 2, "style": 2, "label": "Details", "custom_id": "details"},
    }
    described = {
        "type": 9,
        "components": [{"type": 10, "content": "**BOLT-8** Hex bolt\n88 pcs, reorder at 100"}],
        "accessory": {
            "type": 11,
            "media": {"url": "attachment://bolt.png"},
            "description": "A bolt",
        },
    }
    shown = [
        {"media": {"url": "attachment://bolt.png"}, "description": "The shelf"},
        {"media": {"url": "attachment://chart.png"}, "description": "A chart", "spoiler": True},
    ]
    inside = [
        section,
        {"type": 14},
        described,
        {"type": 14, "divider": False, "spacing": 2},
        {"type": 12, "items": shown},
        {"type": 13, "file": {"url": "attachment://audit.csv"}},
        {"type": 10, "content": "and a line below"},
    ]
    puppet.post(
        channel,
        flags=int(Flag.COMPONENTS_V2),
        files={"bolt.png": green, "chart.png": amber, "audit.csv": b"a,b\n1,2\n"},
        components=[{"type": 17, "accent_color": 0x46C2AE, "components": inside}],
    )
