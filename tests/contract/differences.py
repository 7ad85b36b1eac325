"""Where discord.py 2.7 and the description differ and Discord is known to bear with discord.py.

Each is written into a copy of the description, at its one place, so that all else still holds.
"""

import copy

from tests.contract.description import Json

_MEDIA_CHANNEL = {"title": "GUILD_MEDIA", "const": 16}
_TEXT = {"type": "string"}


def amend(document: Json) -> Json:
    """The description as discord.py may use it."""
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    # Commands: only the preview description knows media channels, which discord.py counts among
    # the types of channels that an option takes.
    schemas["ChannelTypes"]["oneOf"].append(_MEDIA_CHANNEL)
    # Commands: described in the prose and in answers, forgotten in requests.
    schemas["ApplicationCommandUpdateRequest"]["properties"]["nsfw"] = {"type": "boolean"}
    # Embeds: discord.py sends back the flags that it reads in answers.
    schemas["RichEmbed"]["properties"]["flags"] = {"type": "integer"}
    # New channels and direct messages: discord.py writes these ids as numbers.
    identity = {"anyOf": [{"type": "integer"}, {"$ref": "#/components/schemas/SnowflakeType"}]}
    schemas["ChannelPermissionOverwriteRequest"]["properties"]["id"] = identity
    schemas["CreatePrivateChannelRequest"]["properties"]["recipient_id"] = identity
    # Edits through a webhook: discord.py always says that they are not to be read out.
    for edit in ("ForInteractionCallbackRequestPartial", "RequestPartial"):
        schemas[f"IncomingWebhookUpdate{edit}"]["properties"]["tts"] = {"type": "boolean"}
    # Edits of messages: likewise.
    schemas["MessageEditRequestPartial"]["properties"]["tts"] = {"type": "boolean"}
    # Refused forms: the code of a field's error is a word, as the prose shows.
    word = {"type": "object", "properties": {"code": _TEXT, "message": _TEXT}}
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = word
    return document
