"""Books: a guild's controllers within one transaction, to read."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, Self, TypeVar, overload

from bot.database.book_head import BookHead
from bot.database.controllers import (
    ApprovalCardController,
    ApprovalController,
    AuditController,
    AuditMessageController,
    BarcodeController,
    BoardController,
    BoardMessageController,
    ChartController,
    CountLineController,
    DatedMoveController,
    DefaultRoleGrantController,
    DeviceContactController,
    DeviceSessionController,
    FeedController,
    FigureController,
    FileRowController,
    FormerSkuController,
    GuildChannelController,
    GuildController,
    ImportPreviewController,
    InvoiceController,
    InvoiceFileController,
    InvoiceLineController,
    ItemController,
    ItemDayController,
    ItemDayMarkController,
    ItemImageController,
    ItemMergeController,
    ItemUnitController,
    LocationController,
    LookalikeController,
    LotController,
    MemberController,
    OrderController,
    OrderLineController,
    OutboxController,
    OutboxLaneController,
    PaymentController,
    ReceiptController,
    ReportPostingController,
    ReportRowController,
    ReportScheduleController,
    RequestController,
    RequestLineController,
    RoleAssignmentController,
    RoleBindingController,
    RoleController,
    ScheduleController,
    ShiftController,
    StockController,
    StockCountController,
    StockObservationController,
    SupplierController,
    SupplierPriceController,
    SyncOperationController,
    TrackedItemController,
    ValueController,
)
from bot.database.controllers.reading import ReadingController
from bot.database.controllers.subjects import SUBJECTS, SubjectController
from bot.database.rights import RightsExplained, explain_rights
from bot.database.scope import Scope
from bot.domain.actors import Actor
from bot.domain.rights import Need, Rights

ControllerT = TypeVar("ControllerT", bound=ReadingController[Any])


class Opened(Generic[ControllerT]):
    """A controller of the books, made when it is first touched."""

    def __init__(self, controller: Callable[[Scope], ControllerT]) -> None:
        self._controller = controller

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, books: None, owner: type) -> Self: ...
    @overload
    def __get__(self, books: "Books", owner: type) -> ControllerT: ...
    def __get__(self, books: "Books | None", owner: type) -> Self | ControllerT:
        if books is None:
            return self
        # From now on the attribute is found before this is asked.
        opened = books.__dict__[self._name] = books.open(self._controller)
        return opened


class Books:
    """The coordinator: the controllers of one guild within one transaction.

    Behind `DatabaseService.look_up` each controller checks its view permission when it is
    first touched; behind `query` and `run` the query or operation has declared its own.
    """

    items = Opened(ItemController)
    former_skus = Opened(FormerSkuController)
    locations = Opened(LocationController)
    barcodes = Opened(BarcodeController)
    boards = Opened(BoardController)
    board_messages = Opened(BoardMessageController)
    charts = Opened(ChartController)
    item_units = Opened(ItemUnitController)
    item_images = Opened(ItemImageController)
    item_merges = Opened(ItemMergeController)
    tracked_items = Opened(TrackedItemController)
    item_days = Opened(ItemDayController)
    item_day_marks = Opened(ItemDayMarkController)
    lots = Opened(LotController)
    stock_counts = Opened(StockCountController)
    count_lines = Opened(CountLineController)
    requests = Opened(RequestController)
    request_lines = Opened(RequestLineController)
    values = Opened(ValueController)
    report_rows = Opened(ReportRowController)
    report_schedules = Opened(ReportScheduleController)
    report_postings = Opened(ReportPostingController)
    shifts = Opened(ShiftController)
    import_previews = Opened(ImportPreviewController)
    feed = Opened(FeedController)
    file_rows = Opened(FileRowController)
    figures = Opened(FigureController)
    suppliers = Opened(SupplierController)
    supplier_prices = Opened(SupplierPriceController)
    orders = Opened(OrderController)
    order_lines = Opened(OrderLineController)
    invoices = Opened(InvoiceController)
    invoice_lines = Opened(InvoiceLineController)
    invoice_files = Opened(InvoiceFileController)
    payments = Opened(PaymentController)
    devices = Opened(DeviceSessionController)
    device_contacts = Opened(DeviceContactController)
    sync_operations = Opened(SyncOperationController)
    observations = Opened(StockObservationController)
    dated_moves = Opened(DatedMoveController)
    approvals = Opened(ApprovalController)
    approval_cards = Opened(ApprovalCardController)
    roles = Opened(RoleController)
    role_bindings = Opened(RoleBindingController)
    role_assignments = Opened(RoleAssignmentController)
    default_role_grants = Opened(DefaultRoleGrantController)
    lookalikes = Opened(LookalikeController)
    members = Opened(MemberController)
    guilds = Opened(GuildController)
    guild_channels = Opened(GuildChannelController)
    audit = Opened(AuditController)
    audit_messages = Opened(AuditMessageController)
    outbox = Opened(OutboxController)
    outbox_lanes = Opened(OutboxLaneController)
    schedule = Opened(ScheduleController)
    receipts = Opened(ReceiptController)

    def __init__(
        self, scope: Scope, actor: Actor, rights: Rights, head: BookHead, *, guarded: bool
    ) -> None:
        self.scope = scope
        self.actor = actor
        self.rights = rights
        self.head = head
        self.now = scope.now
        self._guarded = guarded

    @cached_property
    def stock(self) -> StockController:
        """The stock; a unit's own queues moves as well."""
        return self.open(StockController)

    def open_subjects(self) -> dict[str, SubjectController[Any]]:
        """Return the controllers of all that records are about, by noun."""
        return {noun: self.open(each) for noun, each in SUBJECTS.items()}

    async def explain_rights(self, actor: Actor) -> RightsExplained:
        """Return what a member may do and why, as of this snapshot."""
        assert actor.guild_id == self.actor.guild_id
        return await explain_rights(self.scope.connection, actor, self.now)

    def require_permission(self, *permissions: str) -> None:
        """Raise NotAllowed unless the actor holds at least one of these."""
        Need(any_of=permissions).check(self.rights)

    def open(self, controller: Callable[[Scope], ControllerT]) -> ControllerT:
        """Make a controller for this transaction, if the actor may see what it holds."""
        opened = controller(self.scope)
        if self._guarded:
            self.require_permission(opened.permission)
        return opened
