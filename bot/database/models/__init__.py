"""Every table, imported by name so that migrations see all of them."""

from bot.database.models.approval import Approval, ApprovalCard
from bot.database.models.audit_event import AuditEvent
from bot.database.models.audit_message import AuditMessage
from bot.database.models.audit_subject import AuditSubject
from bot.database.models.barcode import Barcode
from bot.database.models.base import metadata
from bot.database.models.board import Board, BoardMessage
from bot.database.models.book import Book
from bot.database.models.command_tree import CommandTree
from bot.database.models.dated_move import DatedMove
from bot.database.models.default_role_grant import DefaultRoleGrant
from bot.database.models.device_session import DeviceContact, DeviceSession
from bot.database.models.former_sku import FormerSku
from bot.database.models.guild import Guild
from bot.database.models.guild_channel import GuildChannel
from bot.database.models.import_preview import ImportPreview
from bot.database.models.invoice import Invoice, InvoiceFile, InvoiceLine
from bot.database.models.item import Item
from bot.database.models.item_day import ItemDay, ItemDayMark, TrackedItem
from bot.database.models.item_image import ItemImage
from bot.database.models.item_merge import ItemMerge
from bot.database.models.item_unit import ItemUnit
from bot.database.models.known_guild import KnownGuild
from bot.database.models.location import Location
from bot.database.models.lookalike import Lookalike
from bot.database.models.lot import Lot
from bot.database.models.member import Member
from bot.database.models.order import OrderLine, PurchaseOrder
from bot.database.models.outbox import Outbox, OutboxLane
from bot.database.models.payment import Payment
from bot.database.models.pending_answer import PendingAnswer
from bot.database.models.receipt import Receipt
from bot.database.models.report_schedule import ReportPosting, ReportSchedule
from bot.database.models.request import Request, RequestLine
from bot.database.models.role import Role
from bot.database.models.role_assignment import RoleAssignment
from bot.database.models.role_binding import RoleBinding
from bot.database.models.schedule import Schedule
from bot.database.models.search_part import SearchPart
from bot.database.models.search_word import SearchWord
from bot.database.models.shift import Shift
from bot.database.models.stock_count import CountLine, StockCount
from bot.database.models.stock_level import StockLevel
from bot.database.models.stock_move import StockMove
from bot.database.models.stock_observation import StockObservation
from bot.database.models.supplier import Supplier
from bot.database.models.supplier_price import SupplierPrice
from bot.database.models.sync_operation import SyncOperation
from bot.database.models.token_share import IdentifyTurn, TokenShare
from bot.database.models.tombstone import Tombstone

__all__ = [
    "Approval",
    "ApprovalCard",
    "AuditEvent",
    "AuditMessage",
    "AuditSubject",
    "Barcode",
    "Board",
    "BoardMessage",
    "Book",
    "CommandTree",
    "CountLine",
    "DatedMove",
    "DefaultRoleGrant",
    "DeviceContact",
    "DeviceSession",
    "FormerSku",
    "Guild",
    "GuildChannel",
    "IdentifyTurn",
    "ImportPreview",
    "Invoice",
    "InvoiceFile",
    "InvoiceLine",
    "Item",
    "ItemDay",
    "ItemDayMark",
    "ItemImage",
    "ItemMerge",
    "ItemUnit",
    "KnownGuild",
    "Location",
    "Lookalike",
    "Lot",
    "Member",
    "OrderLine",
    "Outbox",
    "OutboxLane",
    "Payment",
    "PendingAnswer",
    "PurchaseOrder",
    "Receipt",
    "ReportPosting",
    "ReportSchedule",
    "Request",
    "RequestLine",
    "Role",
    "RoleAssignment",
    "RoleBinding",
    "Schedule",
    "SearchPart",
    "SearchWord",
    "Shift",
    "StockCount",
    "StockLevel",
    "StockMove",
    "StockObservation",
    "Supplier",
    "SupplierPrice",
    "SyncOperation",
    "TokenShare",
    "Tombstone",
    "TrackedItem",
    "metadata",
]
