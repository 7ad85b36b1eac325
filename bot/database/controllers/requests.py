from bot.database.controllers.base import BaseController
from bot.database.controllers.documents import DocumentController
from bot.database.models import Request, RequestLine
from bot.domain.documents import REQUEST


class RequestController(DocumentController[Request]):
    """Goods that people need."""

    model = Request
    kind = REQUEST
    noun = "request"
    permission = "request.view"


class RequestLineController(BaseController[RequestLine]):
    """The items of requests; what is left of open ones is reserved."""

    model = RequestLine
    noun = "request line"
    permission = "request.view"
