from enum import Enum
from typing import Any

Json = dict[str, Any]


class Refusal(Enum):
    """An error as Discord sends it: HTTP status, JSON code, message."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    INVALID_TOKEN = (401, 50027, "Invalid Webhook Token")
    UNKNOWN_APPLICATION = (404, 10002, "Unknown Application")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_OVERWRITE = (404, 10009, "Unknown Overwrite")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
    MISSING_ACCESS = (403, 50001, "Missing Access")
    EDIT_OF_ANOTHERS = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    CLOSED_DM = (403, 50007, "Cannot send messages to this user")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    INVALID_FORM = (400, 50035, "Invalid Form Body")
    MALFORMED_JSON = (400, 50109, "The request body contains invalid JSON.")


class ApiError(Exception):
    """A refusal of one request; `detail` lands in the body's `errors` as Discord nests it."""

    def __init__(self, refusal: Refusal, detail: Json | None = None) -> None:
        self.status, self.code, self.message = refusal.value
        self.detail = detail
        super().__init__(f"{self.status} (error code: {self.code}): {self.message} {detail or ''}")

    def body(self) -> Json:
        """What goes over the wire."""
        body: Json = {"message": self.message, "code": self.code}
        return body if self.detail is None else {**body, "errors": self.detail}


def invalid(field: str, code: str, message: str) -> ApiError:
    """An Invalid Form Body that names one field, such as `embeds.0.title`."""
    detail: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(field.split(".")):
        detail = {part: detail}
    return ApiError(Refusal.INVALID_FORM, detail)


class ClientRefused(AssertionError):
    """A real Discord client would not let a person do this, so the test is wrong."""


class InteractionFailed(AssertionError):
    """The person reads "The application did not respond"."""
