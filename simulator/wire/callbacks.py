"""Answers to interactions: the callback, and the webhook that the interaction's token opens."""

from typing import Any

from simulator import limits
from simulator.interactions import Callback, Choice, Interaction, Modal, revise
from simulator.messages import Flag, Message
from simulator.refusals import ApiError, Json, Refusal, invalid
from simulator.wire import payloads
from simulator.wire.rest import Call, Route
from simulator.world import World

ANSWER_FLAGS = Flag.EPHEMERAL | Flag.COMPONENTS_V2 | 1 << 2 | 1 << 12


def acknowledge(world: World, call: Call) -> Json | None:
    """POST /interactions/{id}/{token}/callback."""
    interaction = world.interactions.get(call.id("interaction"))
    if interaction is None or interaction.token != call.parameters["token"]:
        raise ApiError(Refusal.UNKNOWN_INTERACTION)
    try:
        callback = Callback(call.body["type"])
    except (KeyError, TypeError, ValueError):
        raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of the types.") from None
    data: Json = call.body.get("data") or {}
    _check(callback, data, call, interaction)
    interaction.acknowledge(callback)
    _perform(interaction, callback, data, call)
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return None
    return _callback_response(interaction, callback)


def _check(callback: Callback, data: Json, call: Call, interaction: Interaction) -> None:
    if callback in {Callback.MESSAGE, Callback.UPDATE}:
        before = interaction.source if callback is Callback.UPDATE else None
        limits.check_message(data, files=len(call.files), before=before)
    elif callback is Callback.MODAL:
        limits.check_modal(data)
    elif callback is Callback.CHOICES:
        limits.check_choices(data.get("choices") or [])


def _perform(interaction: Interaction, callback: Callback, data: Json, call: Call) -> None:
    if callback is Callback.DEFERRED_MESSAGE:
        flags = int(data.get("flags") or 0) & Flag.EPHEMERAL | Flag.LOADING
        interaction.answer({"flags": int(flags)}, [])
        return
    if callback in {Callback.DEFERRED_UPDATE, Callback.UPDATE}:
        interaction.original = interaction.source
    if callback is Callback.DEFERRED_UPDATE:
        return
    if callback is Callback.MESSAGE:
        interaction.answer(_with_flags(data), call.files)
    elif callback is Callback.UPDATE and interaction.source:
        revise(interaction.source, data, call.files)
    elif callback is Callback.CHOICES:
        interaction.choices = [Choice(each["name"], each["value"]) for each in data["choices"]]
    elif callback is Callback.MODAL:
        interaction.modal = Modal(data["custom_id"], data["title"], data["components"], interaction)
    interaction.settle()


def _with_flags(data: Json) -> Json:
    return {**data, "flags": int(data.get("flags") or 0) & ANSWER_FLAGS}


def _callback_response(interaction: Interaction, callback: Callback) -> Json:
    about: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    answer: Json = {"interaction": about}
    original = interaction.original
    if original is not None:
        about["response_message_id"] = str(original.id)
        about["response_message_loading"] = original.loading
        about["response_message_ephemeral"] = original.ephemeral
        about["channel_id"] = str(interaction.channel.id)
        if interaction.guild:
            about["guild_id"] = str(interaction.guild.id)
        # Discord shows the message only of answers that are whole already.
        if callback in {Callback.MESSAGE, Callback.UPDATE}:
            answer["resource"] = {"type": int(callback), "message": payloads.message(original)}
    return answer


def _require(world: World, call: Call) -> Interaction:
    interaction = world.by_token.get(call.parameters["token"])
    if interaction is None or call.id("application") != world.application_id:
        raise ApiError(Refusal.UNKNOWN_WEBHOOK)
    interaction.require_webhook()
    return interaction


def _message(interaction: Interaction, call: Call) -> Message:
    return interaction.find_message(call.parameters["message"])


def read_answer(world: World, call: Call) -> Json:
    """GET /webhooks/{application}/{token}/messages/{message or @original}."""
    return payloads.message(_message(_require(world, call), call))


def edit_answer(world: World, call: Call) -> Json:
    """PATCH the same."""
    interaction = _require(world, call)
    message = _message(interaction, call)
    limits.check_message(call.body or {}, files=len(call.files), before=message)
    revise(message, call.body or {}, call.files)
    interaction.settle()
    return payloads.message(message)


def delete_answer(world: World, call: Call) -> Any:
    """DELETE the same."""
    interaction = _require(world, call)
    message = _message(interaction, call)
    message.is_deleted = True
    interaction.settle()


def follow_up(world: World, call: Call) -> Json:
    """POST /webhooks/{application}/{token}."""
    interaction = _require(world, call)
    limits.check_message(call.body or {}, files=len(call.files))
    message = interaction.follow_up(_with_flags(call.body or {}), call.files)
    interaction.settle()
    return payloads.message(message)


WEBHOOK = "/webhooks/{application}/{token}"
ROUTES = [
    Route("POST", "/interactions/{interaction}/{token}/callback", acknowledge, needs_bot=False),
    Route("POST", WEBHOOK, follow_up, needs_bot=False),
    Route("GET", WEBHOOK + "/messages/{message}", read_answer, needs_bot=False),
    Route("PATCH", WEBHOOK + "/messages/{message}", edit_answer, needs_bot=False),
    Route("DELETE", WEBHOOK + "/messages/{message}", delete_answer, needs_bot=False),
]
