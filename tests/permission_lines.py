"""What everything takes that the bot declares: one line each, to be played by everybody.

A line says which right is needed (nothing: it is for everyone), and a request that is well
formed but leads nowhere, so that an actor with the permission is refused for what they ask, and
nothing ever changes.
"""

from dataclasses import dataclass, field
from typing import Any, Final

NOBODYS: Final = "no such thing"
# What everyone may do about themselves, but for those whose access was deactivated.
NOT_DEACTIVATED: Final = "access"
NO_ID: Final = 4711
# Stand for what only a guild has: a Discord role, the person who asks, another one, and a
# channel that is gone.
ROLE, ONESELF, ANOTHER, CHANNEL = object(), object(), object(), object()


@dataclass(frozen=True)
class Line:
    """A right, the options in order (`?` for those that may be left out), and what is asked for."""

    needs: str
    options: str
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ControlLine:
    """A right, a custom id, and what is chosen in a menu or filled into a form."""

    needs: str
    custom_id: str
    chosen: tuple[str, ...] = ()
    filled: dict[str, str] = field(default_factory=dict)
    waiting: str = ""  # the command that its message keeps


def takes(needs: str, options: str, **given: Any) -> Line:
    """Write a command's line; `from_` stands for the option `from`."""
    return Line(needs, options, {name.removesuffix("_"): value for name, value in given.items()})


def card_of(
    noun: str,
    needs: str,
    *,
    details: str,
    decisions: tuple[str, ...] = ("approve",),
    with_reason: str = "reject",
) -> dict[str, ControlLine]:
    """Write the lines of a kind that is decided about: its card's buttons, and the form."""
    buttons = {
        f"button {noun}:{verb}": ControlLine(needs, f"{noun}:{verb}:4711:1")
        for verb in (*decisions, with_reason)
    }
    form = ControlLine(needs, f"{noun}:{with_reason}:4711:1", filled={"reason": "none"})
    return buttons | {
        f"form {noun}:{with_reason}": form,
        f"button {noun}:details": ControlLine(details, f"{noun}:details:4711"),
    }


_SETUP: Final = "settings.manage and role.manage"
_IMPORT: Final = "item.manage or stock.bulk or location.manage or supplier.propose or price.edit"

# A command may have several lines, told apart by what stands behind the dot.
COMMANDS: dict[str, Line] = {
    "take": takes(
        "stock.move", "item quantity? location? lot? note?", item=NOBODYS, location=NOBODYS
    ),
    "put": takes(
        "stock.move",
        "item quantity? location? lot? expiry? note?",
        item=NOBODYS,
        location=NOBODYS,
    ),
    "move": takes(
        "stock.move",
        "item quantity from to lot? note?",
        item=NOBODYS,
        quantity="1",
        from_=NOBODYS,
        to=NOBODYS,
    ),
    "adjust": takes(
        "stock.adjust",
        "item location counted reason lot?",
        item=NOBODYS,
        location=NOBODYS,
        counted="1",
        reason="none",
    ),
    "undo": takes("stock.move or stock.reverse", "record?", record=str(NO_ID)),
    "find": takes("stock.view", "query", query=NOBODYS),
    "history": takes("stock.view", "item? location? member?"),
    "item add": takes(
        "item.manage",
        "sku name unit? reorder_point? reorder_target? tracking? barcode? whole? image?",
        sku="<@1>",
        name="<@1>",
    ),
    "item edit": takes(
        "item.manage",
        "item sku? name? unit? reorder_point? reorder_target? tracking? barcode? whole? image?",
        item=NOBODYS,
    ),
    "track": takes("item.manage", "item on?", item=NOBODYS),
    "item merge": takes("item.manage", "item into", item=NOBODYS, into=NOBODYS),
    "item unit": takes("item.manage", "item unit factor", item=NOBODYS, unit="box", factor="50"),
    "item barcode": takes("item.manage", "item code unit? quantity?", item=NOBODYS, code="40"),
    "item archive": takes("item.manage", "item", item=NOBODYS),
    "item restore": takes("item.manage", "item", item=NOBODYS),
    "item show": takes("item.view", "item", item=NOBODYS),
    "item list": takes("item.view", "query?"),
    "location add": takes("location.manage", "name parent? kind?", name="<@1>"),
    "location edit": takes(
        "location.manage", "location name? parent? kind?", location=NOBODYS, name="Other"
    ),
    "location restore": takes("location.manage", "location", location=NOBODYS),
    "location rename": takes("location.manage", "location name", location=NOBODYS, name="Other"),
    "location archive": takes("location.manage", "location", location=NOBODYS),
    "location show": takes("stock.view", "location", location=NOBODYS),
    "lot show": takes("stock.view", "item lot", item=NOBODYS, lot=NOBODYS),
    "lot list": takes("stock.view", "item? expiring_within_days?", item=NOBODYS),
    "lot hold": takes("lot.control", "item lot reason", item=NOBODYS, lot=NOBODYS, reason="x"),
    "lot release": takes("lot.control", "item lot reason", item=NOBODYS, lot=NOBODYS, reason="x"),
    "lot recall": takes("lot.control", "item lot reason", item=NOBODYS, lot=NOBODYS, reason="x"),
    "location list": takes("stock.view", ""),
    "export": takes("stock.export", "kind format?", kind="prices"),
    "bulk": takes(
        "stock.bulk",
        "action location? to? file?",
        action="take",
        file=("lines.csv", b"sku,quantity\nno such thing,1\n"),
    ),
    "import": takes(
        _IMPORT,
        "kind file",
        kind="prices",
        file=("prices.csv", b"a\nb\n"),
    ),
    "count start": takes("count.perform", "location items? blind?", location=NOBODYS),
    "count show": takes("count.perform", "count", count="C-4711"),
    "count list": takes("count.perform", "status?"),
    "request new": takes(
        "request.create", "for lines? needed_by? note?", for_="<@1>", lines=f"{NOBODYS} 1"
    ),
    "request lines": takes("request.create", "request", request="R-4711"),
    "request show": takes("request.view", "request", request="R-4711"),
    "request list": takes("request.view", "status?"),
    "request pick": takes("request.pick", "request", request="R-4711"),
    "request cancel": takes("request.create or request.pick", "request", request="R-4711"),
    "receive": takes("order.receive", "order location?", order="PO-4711"),
    "order new": takes(
        "order.create",
        "supplier lines? currency? rate?",
        supplier=NOBODYS,
        lines=f"{NOBODYS} 1",
    ),
    "order suggest": takes("order.create", ""),
    "order lines": takes("order.create", "order", order="PO-4711"),
    "order submit": takes("order.create", "order", order="PO-4711"),
    "order send": takes("order.create", "order", order="PO-4711"),
    "order cancel": takes("order.create", "order", order="PO-4711"),
    "order close": takes("order.create", "order", order="PO-4711"),
    "order show": takes("order.view", "order", order="PO-4711"),
    "order list": takes("order.view", "status? supplier?"),
    "supplier propose": takes("supplier.propose", "name email? phone? tax_id? note?", name="<@1>"),
    "supplier edit": takes(
        "supplier.propose", "supplier name? email? phone? tax_id? note?", supplier=NOBODYS
    ),
    "supplier resubmit": takes("supplier.propose", "supplier", supplier=NOBODYS),
    "supplier suspend": takes(
        "supplier.suspend", "supplier reason", supplier=NOBODYS, reason="none"
    ),
    "supplier reinstate": takes("supplier.suspend", "supplier", supplier=NOBODYS),
    "supplier show": takes("supplier.view", "supplier", supplier=NOBODYS),
    "supplier list": takes("supplier.view", "status?"),
    "price set": takes(
        "price.edit",
        "supplier item amount unit? min_quantity? from?",
        supplier=NOBODYS,
        item=NOBODYS,
        amount="1",
    ),
    "price list": takes("price.view", "supplier? item?", item=NOBODYS),
    "price history": takes("price.view", "item", item=NOBODYS),
    "report show": takes(
        "report.view", "kind as_of? location? format?", kind="stock", location=NOBODYS
    ),
    "report schedule": takes(
        "board.manage",
        "kind channel every at?",
        kind="stock",
        channel=CHANNEL,
        every="day",
    ),
    "report unschedule": takes("board.manage", "schedule", schedule=NOBODYS),
    "board create": takes(
        "board.manage",
        "channel kind location?",
        channel=CHANNEL,
        kind="stock",
        location=NOBODYS,
    ),
    "board remove": takes("board.manage", "channel", channel="4711"),
    "chart": takes("report.view", "kind item? location? days?", kind="level", item=NOBODYS),
    "chart · price": takes("report.view and price.view", "", kind="price", item=NOBODYS),
    "chart · value": takes("report.view and price.view", "", kind="value", item=NOBODYS),
    "invoice add": takes(
        "invoice.edit",
        "supplier number total date? file?",
        supplier=NOBODYS,
        number="1",
        total="1",
    ),
    "invoice lines": takes("invoice.edit", "invoice", invoice=NOBODYS),
    "invoice match": takes("invoice.edit", "invoice", invoice=NOBODYS),
    "invoice dispute": takes("invoice.edit", "invoice reason", invoice=NOBODYS, reason="none"),
    "invoice list": takes("price.view", "status?"),
    "payment request": takes("payment.request", "invoice amount?", invoice=NOBODYS),
    "payment record": takes(
        "payment.execute", "payment reference date?", payment="PAY-4711", reference="1"
    ),
    "payment reverse": takes(
        "payment.execute", "payment reason", payment="PAY-4711", reason="none"
    ),
    "payment list": takes("price.view", "status?"),
    "shift start": takes("stock.move", "location? hours?", location=NOBODYS),
    "shift end": takes("stock.move", ""),
    "device link": takes("device.use", "name?", name="<@1>"),
    "device list": takes("", ""),
    "device revoke": takes("", "device", device=NOBODYS),
    "my register": takes(NOT_DEACTIVATED, "email?", email=NOBODYS),
    "my profile": takes("", ""),
    "my email": takes(NOT_DEACTIVATED, "email", email=NOBODYS),
    "my permissions": takes("", ""),
    "my export": takes("", ""),
    "my erase": takes("", ""),
    "people list": takes("people.view", "role?"),
    "people show": takes("people.view", "member", member=ANOTHER),
    "people roles": takes("people.manage", "member", member=ANOTHER),
    "people deactivate": takes("people.manage", "member reason", member=ANOTHER, reason=" "),
    "people reactivate": takes("people.manage", "member", member=ANOTHER),
    "audit search": takes("audit.view", "member? action? subject? since? until?"),
    "audit show": takes("audit.view", "record", record=str(NO_ID)),
    "audit verify": takes("audit.view", ""),
    "audit export": takes("audit.view", "since? until?"),
    "role list": takes("people.view or role.manage", ""),
    "role create": takes("role.manage", "name description?", name="<@1>"),
    "role permissions": takes("role.manage", "role", role=NOBODYS),
    "role delete": takes("role.manage", "role", role=NOBODYS),
    "role bind": takes("role.manage", "discord_role role", discord_role=ROLE, role=NOBODYS),
    "role unbind": takes("role.manage", "discord_role role", discord_role=ROLE, role=NOBODYS),
    "access why": takes("", "member permission", member=ONESELF, permission=NOBODYS),
    "access why · another": takes("people.view", "", member=ANOTHER, permission=NOBODYS),
    "help": takes("", "topic?"),
    "setup": takes(
        "settings.manage and role.manage",
        "audit_channel? approvals_channel? alerts_channel? requests_channel? "
        "admin_role? manager_role? employee_role? buyer_role? accountant_role? auditor_role?",
        audit_channel=CHANNEL,
    ),
    "settings show": takes("settings.manage", ""),
    "settings set": takes("settings.manage", "key value", key="default_role", value=NOBODYS),
}

CONTROLS: dict[str, ControlLine] = {
    "button record:undo": ControlLine("stock.move or stock.reverse", "record:undo:4711"),
    "button record:again": ControlLine(
        "stock.move or stock.adjust or stock.reverse", "record:again:4711"
    ),
    "button record:insist": ControlLine(
        "stock.move or stock.adjust or stock.reverse", "record:insist:4711"
    ),
    "form bulk:fill": ControlLine(
        "stock.bulk", "bulk:fill:take:0:0", filled={"lines": "NOTHING-4711 1"}
    ),
    "button import:apply": ControlLine(_IMPORT, "import:apply:gone:all"),
    "button import:cancel": ControlLine(_IMPORT, "import:cancel:gone"),
    "button import:read": ControlLine(_IMPORT, "import:read:gone:comma"),
    "button import:days": ControlLine(_IMPORT, "import:days:gone:day"),
    "menu import:supplier": ControlLine(_IMPORT, "import:supplier:gone", ("4711",)),
    "button import:suppliers": ControlLine(_IMPORT, "import:suppliers:f0:gone"),
    "button stock:move": ControlLine("stock.move", "stock:move:4711:1:101:102"),
    "button alert:snooze": ControlLine("item.manage", "alert:snooze:4711:1"),
    "button alert:dismiss": ControlLine("item.manage", "alert:dismiss:4711:1"),
    "button stock:take": ControlLine("stock.move", "stock:take:4711:1:101"),
    "button stock:put": ControlLine("stock.move", "stock:put:4711:1:101"),
    "button history:page": ControlLine("stock.view", "history:page:a7.1:0:0:0"),
    "button command:choose": ControlLine(
        "item.view", "command:choose:item:item:4711", waiting="/item show item:x"
    ),
    "button command:read": ControlLine(
        "stock.move", "command:read:quantity:1000", waiting='/put item:x quantity:"1,000"'
    ),
    "button find:page": ControlLine("stock.view", "find:page:10:bolt"),
    "button history:item": ControlLine("item.view", "history:item:4711:7:0"),
    "button history:of": ControlLine("stock.view", "history:of:i:4711"),
    "button stock:asktake": ControlLine("stock.move", "stock:asktake:4711:0"),
    "button stock:askput": ControlLine("stock.move", "stock:askput:4711:0"),
    "button stock:askmove": ControlLine("stock.move", "stock:askmove:4711:0"),
    "form stock:asktake": ControlLine(
        "stock.move", "stock:asktake:4711:4712", filled={"quantity": "1"}
    ),
    "form stock:askput": ControlLine(
        "stock.move", "stock:askput:4711:4712", filled={"quantity": "1"}
    ),
    "form stock:askmove": ControlLine(
        "stock.move", "stock:askmove:4711:4712", filled={"quantity": "1", "to": NOBODYS}
    ),
    "button why:stock": ControlLine("stock.view", "why:stock:f0:4711:0:0:0"),
    "button why:levels": ControlLine("stock.view", "why:levels:f0:4711"),
    "button why:held": ControlLine("stock.view", "why:held:f0:4711"),
    "button why:reserved": ControlLine("stock.view", "why:reserved:0:4711"),
    "button why:value": ControlLine("report.view and price.view", "why:value:0:4711:0:0"),
    "button why:report": ControlLine("report.view", "why:report:f0:stock:4711:7"),
    "button why:left": ControlLine("report.view", "why:left:f0:4711:0:7:2026-01-02"),
    "menu why:row": ControlLine("stock.view", "why:row:stock:0:7", (f"{NO_ID}.0.0",)),
    "button why:document": ControlLine(
        "order.view or request.view or count.perform", "why:document:f0:order:4711"
    ),
    "button why:documents": ControlLine(
        "order.view or request.view or count.perform", "why:documents:f0:order"
    ),
    "button why:board": ControlLine("stock.view", "why:board:4711"),
    "button why:check": ControlLine("audit.view", "why:check"),
    "button item:open": ControlLine("item.view", "item:open:4711"),
    "button item:levels": ControlLine("item.view", "item:levels:f0:4711"),
    "button item:merge": ControlLine("item.manage", "item:merge:4711:4712"),
    "button item:nopicture": ControlLine("item.manage", "item:nopicture:4711"),
    "button item:restore": ControlLine("item.manage", "item:restore:4711"),
    "button lot:open": ControlLine("stock.view", "lot:open:4711:4712"),
    "button lot:page": ControlLine("stock.view", "lot:page:f0:4711:-1"),
    "button lot:got": ControlLine("lot.control", "lot:got:a7.1:4711"),
    "button digest:lots": ControlLine("stock.view", "digest:lots:739000:30"),
    "button location:open": ControlLine("stock.view", "location:open:4711"),
    "button location:held": ControlLine("stock.view", "location:held:f0:4711"),
    "button location:inside": ControlLine("stock.view", "location:inside:f0:4711"),
    "button location:found": ControlLine("stock.view", "location:found:f0:a"),
    "button location:restore": ControlLine("location.manage", "location:restore:4711"),
    "menu location:child": ControlLine("stock.view", "location:child:4711", ("4711",)),
    "button price:page": ControlLine("price.view", "price:page:f0:4711:0"),
    "button price:hist": ControlLine("price.view", "price:hist:f0:4711"),
    "button board:all": ControlLine("stock.view", "board:all:4711:stock:4711"),
    "button board:order": ControlLine("order.create", "board:order:4711"),
    "button board:count": ControlLine("count.perform", "board:count:4711"),
    "button chart:days": ControlLine("report.view", "chart:days:90:level:4711:0"),
    "button price:history": ControlLine("price.view", "price:history:4711:4712"),
    "button invoice:open": ControlLine("price.view", "invoice:open:4711"),
    "button invoice:page": ControlLine("price.view", "invoice:page:a7:any"),
    "button invoice:file": ControlLine("price.view", "invoice:file:4711"),
    "button invoice:lines": ControlLine("invoice.edit", "invoice:lines:4711"),
    "form invoice:lines": ControlLine(
        "invoice.edit", "invoice:lines:4711:1", filled={"lines": "X 1 1"}
    ),
    "button invoice:match": ControlLine("invoice.edit", "invoice:match:4711"),
    "button invoice:dispute": ControlLine("invoice.edit", "invoice:dispute:4711"),
    "form invoice:dispute": ControlLine(
        "invoice.edit", "invoice:dispute:4711", filled={"reason": "none"}
    ),
    "button invoice:void": ControlLine("invoice.edit", "invoice:void:4711:1"),
    "button invoice:pay": ControlLine("payment.request", "invoice:pay:4711"),
    "button payment:open": ControlLine("price.view", "payment:open:4711"),
    "button payment:page": ControlLine("price.view", "payment:page:a7:any"),
    **card_of("payment", "payment.approve", details="price.view"),
    "button payment:record": ControlLine("payment.execute", "payment:record:4711:1"),
    "form payment:record": ControlLine(
        "payment.execute", "payment:record:4711:1", filled={"reference": "1", "date": ""}
    ),
    "button payment:reverse": ControlLine("payment.execute", "payment:reverse:4711:1"),
    "form payment:reverse": ControlLine(
        "payment.execute", "payment:reverse:4711:1", filled={"reason": "none"}
    ),
    "button supplier:history": ControlLine("supplier.view", "supplier:history:f0:4711"),
    "button supplier:open": ControlLine("supplier.view", "supplier:open:4711"),
    "button people:open": ControlLine("people.view", "people:open:4711"),
    "button audit:open": ControlLine("audit.view", "audit:open:4711"),
    "button item:page": ControlLine("item.view", "item:page:a100:"),
    "button location:page": ControlLine("stock.view", "location:page:a101"),
    **card_of("supplier", "supplier.approve", details="supplier.view"),
    "button supplier:page": ControlLine("supplier.view", "supplier:page:a103:any"),
    "button count:open": ControlLine("count.perform", "count:open:4711"),
    "button count:page": ControlLine("count.perform", "count:page:a7:any"),
    "button count:enter": ControlLine("count.perform", "count:enter:4711"),
    "button count:again": ControlLine("count.perform", "count:again:4711:1.2"),
    "form count:enter": ControlLine("count.perform", "count:enter:4711:7", filled={"1": "1"}),
    "button count:skip": ControlLine("count.perform", "count:skip:4711"),
    "menu count:skip": ControlLine("count.perform", "count:skip:4711", ("1",)),
    "button count:add": ControlLine("count.perform", "count:add:4711"),
    "form count:add": ControlLine(
        "count.perform", "count:add:4711:7", filled={"lines": "X 1", "location": ""}
    ),
    "button count:submit": ControlLine("count.perform", "count:submit:4711:1"),
    **card_of(
        "count",
        "count.approve",
        details="count.approve",
        decisions=("post", "recount", "recountall"),
        with_reason="discard",
    ),
    "button count:differ": ControlLine("count.approve", "count:differ:f0:4711"),
    "button request:open": ControlLine("request.view", "request:open:4711"),
    "button request:page": ControlLine("request.view", "request:page:a7:any"),
    "button digest:requests": ControlLine("request.view", "digest:requests:739000"),
    "form request:new": ControlLine(
        "request.create",
        "request:new",
        filled={"for": "Jo", "lines": "X 1", "needed_by": "", "note": ""},
    ),
    "button request:lines": ControlLine("request.create", "request:lines:4711"),
    "form request:lines": ControlLine(
        "request.create", "request:lines:4711:1", filled={"lines": "X 1"}
    ),
    "button request:again": ControlLine("request.create", "request:again:4711"),
    "button request:pick": ControlLine("request.pick", "request:pick:4711"),
    "button request:all": ControlLine("request.pick", "request:all:4711:7"),
    "button request:short": ControlLine("request.pick", "request:short:4711"),
    "form request:short": ControlLine(
        "request.pick", "request:short:4711:7", filled={"1.101.0": "1"}
    ),
    "button request:next": ControlLine("request.pick", "request:next:4711:1.101.0"),
    "button request:close": ControlLine("request.pick", "request:close:4711:1"),
    "button request:cancel": ControlLine("request.create or request.pick", "request:cancel:4711"),
    "button request:confirm": ControlLine(
        "request.create or request.pick", "request:confirm:4711:1"
    ),
    "button digest:orders": ControlLine("order.view", "digest:orders:739000"),
    "button order:receive": ControlLine("order.receive", "order:receive:4711"),
    "form order:deliver": ControlLine(
        "order.receive",
        "order:deliver:4711:1",
        filled={"lines": "X 1", "location": "A1", "note": ""},
    ),
    "button order:open": ControlLine("order.view", "order:open:4711"),
    "button order:page": ControlLine("order.view", "order:page:a7:any"),
    **card_of("order", "order.approve", details="order.view"),
    "form order:new": ControlLine(
        "order.create",
        "order:new:4711:/",
        filled={"lines": "X 1", "promised_on": "", "note": ""},
    ),
    "button order:lines": ControlLine("order.create", "order:lines:4711"),
    "form order:lines": ControlLine(
        "order.create",
        "order:lines:4711:1",
        filled={"lines": "X 1", "promised_on": "", "note": ""},
    ),
    "button order:submit": ControlLine("order.create", "order:submit:4711:1"),
    "button order:send": ControlLine("order.create", "order:send:4711:1"),
    "button order:pdf": ControlLine("price.view", "order:pdf:4711"),
    "button order:draft": ControlLine("order.create", "order:draft:4711"),
    "button alert:order": ControlLine("order.create", "alert:order:4711:1"),
    "menu alert:supplier": ControlLine("order.create", "alert:supplier:4711:1:0", ("4711",)),
    "button order:close": ControlLine("order.create", "order:close:4711:1"),
    "button order:cancel": ControlLine("order.create", "order:cancel:4711"),
    "button order:confirm": ControlLine("order.create", "order:confirm:4711:1"),
    "button my:erase": ControlLine("", "my:erase"),
    "button people:page": ControlLine("people.view", "people:page:a7:0"),
    "menu people:assign": ControlLine("people.manage", "people:assign:4711:Ann", ("4711",)),
    "button audit:page": ControlLine("audit.view", "audit:page:a7::::1:zz"),
    "button device:page": ControlLine("", "device:page:f0"),
    "button device:revoke": ControlLine("", "device:revoke:4711"),
    "menu help:topic": ControlLine("", "help:topic", ("floor",)),
    "menu setup:channel": ControlLine(_SETUP, "setup:channel:audit", ("4711",)),
    "menu setup:role": ControlLine(_SETUP, "setup:role:admin", ("4711",)),
    "button setup:only": ControlLine(_SETUP, "setup:only:4711:admin"),
    "button setup:claim": ControlLine(_SETUP, "setup:claim:no such thing"),
    "button setup:use": ControlLine(_SETUP, "setup:use:4711:audit"),
    "button setup:another": ControlLine(_SETUP, "setup:another:audit"),
    "menu role:area": ControlLine("role.manage", "role:area:4711", ("stock",)),
    "menu role:permit": ControlLine("role.manage", "role:permit:4711:stock", ("stock.view",)),
    "button role:page": ControlLine("people.view or role.manage", "role:page:10"),
    "button role:open": ControlLine("people.view or role.manage", "role:open:0:4711"),
    "button role:delete": ControlLine("role.manage", "role:delete:4711:0"),
}

# What is offered while one types, by the option's name; nothing without the permission.
SUGGESTIONS: dict[str, str] = {
    "schedule": "board.manage",
    "item": "item.view",
    "into": "item.view",
    "location": "stock.view",
    "lot": "item.view and stock.view",
    "from": "stock.view",
    "to": "stock.view",
    "parent": "stock.view",
    "query": "item.view and stock.view",
    "supplier": "supplier.view",
    "count": "count.perform",
    "request": "request.view",
    "order": "order.view",
    "invoice": "price.view",
    "payment": "price.view",
    "role": "people.view or role.manage or settings.manage",
    "value": "people.view or role.manage or settings.manage",
    "permission": "",
    "device": "people.manage",
    "channel": "board.manage",
    "action": "audit.view",
    "subject": "item.view and stock.view",
    "record": "audit.view",
}
# Where the same option of another command takes another right.
SUGGESTIONS_OF: dict[str, str] = {"/undo record": "stock.reverse"}
