from bot.database.controllers.base import BaseController
from bot.database.controllers.subjects import SubjectController
from bot.database.models import DeviceSession, StockObservation, SyncOperation


class DeviceSessionController(SubjectController[DeviceSession]):
    """The devices that members have linked."""

    model = DeviceSession
    noun = "device"
    permission = "device.use"
    subject_code = "d"


class SyncOperationController(BaseController[SyncOperation]):
    """Which operations of devices count, and when what they tell of happened."""

    model = SyncOperation
    noun = "sync operation"
    permission = "device.use"


class StockObservationController(BaseController[StockObservation]):
    """Levels as they were seen at a time."""

    model = StockObservation
    noun = "observation"
    permission = "stock.view"
