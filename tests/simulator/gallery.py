"""One of everything that a message can hold."""

import time

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
    puppet.post(
        channel,
        flags=int(Flag.COMPONENTS_V2),
        components=[
            {
                "type": 17,
                "accent_color": 0x46C2AE,
                "components": [
                    {
                        "type": 9,
                        "components": [{"type": 10, "content": "### A section\nwith **text**"}],
                        "accessory": {
                            "type": 2,
                            "style": 2,
                            "label": "Details",
                            "custom_id": "details",
                        },
                    },
                    {"type": 14},
                    {"type": 10, "content": "and a line above"},
                ],
            }
        ],
    )
