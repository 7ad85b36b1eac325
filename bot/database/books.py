"""Books: a guild's controllers within one transaction, to read."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

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


class Books:
    """The coordinator: the controllers of one guild within one transaction.

    Behind `DatabaseService.look_up` each controller checks its view permission when it is
    first touched; behind `query` and `run` the query or operation has declared its own.
    """

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
    def items(self) -> ItemController:
        return self._open(ItemController)

    @cached_property
    def locations(self) -> LocationController:
        return self._open(LocationController)

    @cached_property
    def stock(self) -> StockController:
        return self._open(StockController)

    @cached_property
    def barcodes(self) -> BarcodeController:
        return self._open(BarcodeController)

    @cached_property
    def boards(self) -> BoardController:
        return self._open(BoardController)

    @cached_property
    def board_messages(self) -> BoardMessageController:
        return self._open(BoardMessageController)

    @cached_property
    def charts(self) -> ChartController:
        return self._open(ChartController)

    @cached_property
    def item_units(self) -> ItemUnitController:
        return self._open(ItemUnitController)

    @cached_property
    def item_images(self) -> ItemImageController:
        return self._open(ItemImageController)

    @cached_property
    def item_merges(self) -> ItemMergeController:
        return self._open(ItemMergeController)

    @cached_property
    def tracked_items(self) -> TrackedItemController:
        return self._open(TrackedItemController)

    @cached_property
    def item_days(self) -> ItemDayController:
        return self._open(ItemDayController)

    @cached_property
    def item_day_marks(self) -> ItemDayMarkController:
        return self._open(ItemDayMarkController)

    @cached_property
    def lots(self) -> LotController:
        return self._open(LotController)

    @cached_property
    def stock_counts(self) -> StockCountController:
        return self._open(StockCountController)

    @cached_property
    def count_lines(self) -> CountLineController:
        return self._open(CountLineController)

    @cached_property
    def requests(self) -> RequestController:
        return self._open(RequestController)

    @cached_property
    def request_lines(self) -> RequestLineController:
        return self._open(RequestLineController)

    @cached_property
    def values(self) -> ValueController:
        return self._open(ValueController)

    @cached_property
    def report_rows(self) -> ReportRowController:
        return self._open(ReportRowController)

    @cached_property
    def report_schedules(self) -> ReportScheduleController:
        return self._open(ReportScheduleController)

    @cached_property
    def report_postings(self) -> ReportPostingController:
        return self._open(ReportPostingController)

    @cached_property
    def shifts(self) -> ShiftController:
        return self._open(ShiftController)

    @cached_property
    def import_previews(self) -> ImportPreviewController:
        return self._open(ImportPreviewController)

    @cached_property
    def feed(self) -> FeedController:
        return self._open(FeedController)

    @cached_property
    def file_rows(self) -> FileRowController:
        return self._open(FileRowController)

    @cached_property
    def figures(self) -> FigureController:
        return self._open(FigureController)

    @cached_property
    def suppliers(self) -> SupplierController:
        return self._open(SupplierController)

    @cached_property
    def supplier_prices(self) -> SupplierPriceController:
        return self._open(SupplierPriceController)

    @cached_property
    def orders(self) -> OrderController:
        return self._open(OrderController)

    @cached_property
    def order_lines(self) -> OrderLineController:
        return self._open(OrderLineController)

    @cached_property
    def invoices(self) -> InvoiceController:
        return self._open(InvoiceController)

    @cached_property
    def invoice_lines(self) -> InvoiceLineController:
        return self._open(InvoiceLineController)

    @cached_property
    def invoice_files(self) -> InvoiceFileController:
        return self._open(InvoiceFileController)

    @cached_property
    def payments(self) -> PaymentController:
        return self._open(PaymentController)

    @cached_property
    def devices(self) -> DeviceSessionController:
        return self._open(DeviceSessionController)

    @cached_property
    def device_contacts(self) -> DeviceContactController:
        return self._open(DeviceContactController)

    @cached_property
    def sync_operations(self) -> SyncOperationController:
        return self._open(SyncOperationController)

    @cached_property
    def observations(self) -> StockObservationController:
        return self._open(StockObservationController)

    @cached_property
    def dated_moves(self) -> DatedMoveController:
        return self._open(DatedMoveController)

    @cached_property
    def approvals(self) -> ApprovalController:
        return self._open(ApprovalController)

    @cached_property
    def approval_cards(self) -> ApprovalCardController:
        return self._open(ApprovalCardController)

    @cached_property
    def roles(self) -> RoleController:
        return self._open(RoleController)

    @cached_property
    def role_bindings(self) -> RoleBindingController:
        return self._open(RoleBindingController)

    @cached_property
    def role_assignments(self) -> RoleAssignmentController:
        return self._open(RoleAssignmentController)

    @cached_property
    def default_role_grants(self) -> DefaultRoleGrantController:
        return self._open(DefaultRoleGrantController)

    @cached_property
    def lookalikes(self) -> LookalikeController:
        return self._open(LookalikeController)

    @cached_property
    def members(self) -> MemberController:
        return self._open(MemberController)

    @cached_property
    def guilds(self) -> GuildController:
        return self._open(GuildController)

    @cached_property
    def guild_channels(self) -> GuildChannelController:
        return self._open(GuildChannelController)

    @cached_property
    def audit(self) -> AuditController:
        return self._open(AuditController)

    @cached_property
    def audit_messages(self) -> AuditMessageController:
        return self._open(AuditMessageController)

    @cached_property
    def outbox(self) -> OutboxController:
        return self._open(OutboxController)

    @cached_property
    def outbox_lanes(self) -> OutboxLaneController:
        return self._open(OutboxLaneController)

    @cached_property
    def schedule(self) -> ScheduleController:
        return self._open(ScheduleController)

    @cached_property
    def receipts(self) -> ReceiptController:
        return self._open(ReceiptController)

    def open_subjects(self) -> dict[str, SubjectController[Any]]:
        """Return the controllers of all that records are about, by noun."""
        return {noun: self._open(each) for noun, each in SUBJECTS.items()}

    async def explain_rights(self, actor: Actor) -> RightsExplained:
        """Return what a member may do and why, as of this snapshot."""
        assert actor.guild_id == self.actor.guild_id
        return await explain_rights(self.scope.connection, actor, self.now)

    def require_permission(self, *permissions: str) -> None:
        """Raise NotAllowed unless the actor holds at least one of these."""
        Need(any_of=permissions).check(self.rights)

    def _open(self, controller: Callable[[Scope], ControllerT]) -> ControllerT:
        opened = controller(self.scope)
        if self._guarded:
            self.require_permission(opened.permission)
        return opened
