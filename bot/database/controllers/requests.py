from bot.database.controllers.documents import DocumentController, LineController
from bot.database.models import Request, RequestLine
from bot.domain.documents import REQUEST


class RequestController(DocumentController[Request]):
    """Goods that people need."""

    model = Request
    kind = REQUEST
    subject_code = "q"
    noun = "request"
    permission = "request.view"


class RequestLineController(LineController):
    """The items of requests; what is left of open ones is reserved."""

    model = RequestLine
    document_key = "request_id"
    noun = "request line"
    permission = "request.view"
