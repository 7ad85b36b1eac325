from bot.database.controllers.base import BaseController
from bot.database.models import ImportPreview


class ImportPreviewController(BaseController[ImportPreview]):
    """Files as they were read; a unit of work writes here which record applied one."""

    model = ImportPreview
    noun = "import"
    permission = "stock.bulk"
