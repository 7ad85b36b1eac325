"""Controllers: one per table, each bound to one guild's rows within one transaction.

`Books` (to read) and `UnitOfWork` (to change) open them; nothing else makes one.
"""

from bot.database.controllers.approvals import ApprovalCardController, ApprovalController
from bot.database.controllers.audit import AuditController
from bot.database.controllers.audit_messages import AuditMessageController
from bot.database.controllers.barcodes import BarcodeController
from bot.database.controllers.base import BaseController, ChangedRows, Page
from bot.database.controllers.boards import BoardController, BoardMessageController
from bot.database.controllers.charts import ChartController
from bot.database.controllers.dated_moves import DatedMoveController
from bot.database.controllers.dated_stock import StockObservationController
from bot.database.controllers.devices import (
    DeviceContactController,
    DeviceSessionController,
)
from bot.database.controllers.documents import DocumentController
from bot.database.controllers.feed import FeedController
from bot.database.controllers.figures import FigureController
from bot.database.controllers.file_rows import FileRowController
from bot.database.controllers.guild_channels import GuildChannelController
from bot.database.controllers.guilds import GuildController
from bot.database.controllers.import_previews import ImportPreviewController
from bot.database.controllers.invoices import (
    InvoiceController,
    InvoiceFileController,
    InvoiceLineController,
)
from bot.database.controllers.item_days import (
    ItemDayController,
    ItemDayMarkController,
    TrackedItemController,
)
from bot.database.controllers.item_images import ItemImageController
from bot.database.controllers.item_merges import ItemMergeController
from bot.database.controllers.item_units import ItemUnitController
from bot.database.controllers.items import FormerSkuController, ItemController
from bot.database.controllers.locations import LocationController
from bot.database.controllers.lookalikes import LookalikeController
from bot.database.controllers.lots import LotController
from bot.database.controllers.members import MemberController
from bot.database.controllers.orders import OrderController, OrderLineController
from bot.database.controllers.outbox import (
    OutboxController,
    OutboxLaneController,
    ScheduleController,
)
from bot.database.controllers.payments import PaymentController
from bot.database.controllers.receipts import ReceiptController
from bot.database.controllers.report_rows import ReportRowController
from bot.database.controllers.report_schedules import (
    ReportPostingController,
    ReportScheduleController,
)
from bot.database.controllers.requests import RequestController, RequestLineController
from bot.database.controllers.roles import (
    DefaultRoleGrantController,
    RoleAssignmentController,
    RoleBindingController,
    RoleController,
)
from bot.database.controllers.search import SearchableController
from bot.database.controllers.shifts import ShiftController
from bot.database.controllers.stock import StockController
from bot.database.controllers.stock_counts import CountLineController, StockCountController
from bot.database.controllers.supplier_prices import SupplierPriceController
from bot.database.controllers.suppliers import SupplierController
from bot.database.controllers.sync_operations import SyncOperationController
from bot.database.controllers.values import ValueController

__all__ = [
    "ApprovalCardController",
    "ApprovalController",
    "AuditController",
    "AuditMessageController",
    "BarcodeController",
    "BaseController",
    "BoardController",
    "BoardMessageController",
    "ChangedRows",
    "ChartController",
    "CountLineController",
    "DatedMoveController",
    "DefaultRoleGrantController",
    "DeviceContactController",
    "DeviceSessionController",
    "DocumentController",
    "FeedController",
    "FigureController",
    "FileRowController",
    "FormerSkuController",
    "GuildChannelController",
    "GuildController",
    "ImportPreviewController",
    "InvoiceController",
    "InvoiceFileController",
    "InvoiceLineController",
    "ItemController",
    "ItemDayController",
    "ItemDayMarkController",
    "ItemImageController",
    "ItemMergeController",
    "ItemUnitController",
    "LocationController",
    "LookalikeController",
    "LotController",
    "MemberController",
    "OrderController",
    "OrderLineController",
    "OutboxController",
    "OutboxLaneController",
    "Page",
    "PaymentController",
    "ReceiptController",
    "ReportPostingController",
    "ReportRowController",
    "ReportScheduleController",
    "RequestController",
    "RequestLineController",
    "RoleAssignmentController",
    "RoleBindingController",
    "RoleController",
    "ScheduleController",
    "SearchableController",
    "ShiftController",
    "StockController",
    "StockCountController",
    "StockObservationController",
    "SupplierController",
    "SupplierPriceController",
    "SyncOperationController",
    "TrackedItemController",
    "ValueController",
]
