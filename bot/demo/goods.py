"""What the demo's warehouse holds, and how people there use it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

LOCATIONS: Final = ("Dock", "Shelf A1", "Shelf A2", "Shelf B1", "Cold Room", "Yard")
_MANY: Final = 20
WHOLE_UNITS: Final = frozenset({"pcs", "pair", "box", "roll", "bag"})

# What people write beside a take, by what they take.
_FIXINGS: Final = ("site Lindenweg", "crew 2", "workshop", "order 4711", "scaffold hall 3")
_SAFETY: Final = ("new starter", "worn out", "visitors", "crew 1")
_PACKING: Final = ("dispatch", "order 4718", "returns desk")
_CABLE: Final = ("switch cabinet 2", "site Lindenweg", "hall 3 lights")
_LIQUIDS: Final = ("gate repaint", "forklift service", "workshop")
_YARD: Final = ("site Lindenweg", "car park", "crew 2")
_FOOD: Final = ("canteen", "bakery Hansen", "ship's galley")


@dataclass(frozen=True, slots=True)
class Goods:
    """An item with its location, a usual delivery, and what people take of it at a time."""

    sku: str
    name: str
    unit: str
    location: str
    delivery: int
    most_taken: str
    notes: tuple[str, ...]
    # How often it is taken, compared with the others.
    weight: int = 1

    @property
    def reorder_point(self) -> Decimal:
        """A quarter of a delivery."""
        return Decimal(self.delivery // 4)

    @property
    def opening(self) -> Decimal:
        """What was there when the books were opened, differently used up from item to item."""
        share = 36 + 12 * (len(self.name) % 5)
        return (Decimal(self.delivery * share) / 100).quantize(Decimal(1))

    @property
    def step(self) -> Decimal:
        """What people round to when they take some: pieces, half measures, or fives of many."""
        if self.unit in WHOLE_UNITS:
            return Decimal(1)
        return Decimal("0.5") if Decimal(self.most_taken) < _MANY else Decimal(5)


GOODS: Final = (
    Goods("BOLT-6", "Hex bolt M6 x 30", "pcs", "Shelf A1", 500, "60", _FIXINGS, 3),
    Goods("BOLT-8", "Hex bolt M8 x 40", "pcs", "Shelf A1", 400, "60", _FIXINGS, 5),
    Goods("BOLT-10", "Hex bolt M10 x 60", "pcs", "Shelf A1", 250, "40", _FIXINGS, 2),
    Goods("NUT-6", "Hex nut M6", "pcs", "Shelf A1", 500, "60", _FIXINGS, 2),
    Goods("NUT-8", "Hex nut M8", "pcs", "Shelf A1", 400, "60", _FIXINGS, 5),
    Goods("NUT-10", "Hex nut M10", "pcs", "Shelf A1", 250, "40", _FIXINGS, 2),
    Goods("WASH-8", "Washer 8 mm", "pcs", "Shelf A1", 600, "80", _FIXINGS, 4),
    Goods("SCREW-35", "Wood screw 3.5 x 35", "box", "Shelf A1", 40, "4", _FIXINGS, 2),
    Goods("SCREW-50", "Wood screw 5 x 50", "box", "Shelf A1", 30, "4", _FIXINGS, 2),
    Goods("ANCHOR-10", "Wall anchor 10 mm", "box", "Shelf A1", 25, "3", _FIXINGS, 2),
    Goods("GLOVE-M", "Work gloves M", "pair", "Shelf A2", 60, "8", _SAFETY, 6),
    Goods("GLOVE-L", "Work gloves L", "pair", "Shelf A2", 60, "8", _SAFETY, 5),
    Goods("MASK-P2", "Dust mask P2", "box", "Shelf A2", 20, "2", _SAFETY, 4),
    Goods("GOGGLE-1", "Safety goggles", "pcs", "Shelf A2", 24, "3", _SAFETY, 2),
    Goods("HELMET-Y", "Helmet, yellow", "pcs", "Shelf A2", 12, "2", _SAFETY),
    Goods("VEST-L", "High-visibility vest L", "pcs", "Shelf A2", 30, "4", _SAFETY, 2),
    Goods("TAPE-50", "Packing tape 50 mm", "roll", "Shelf A2", 72, "12", _PACKING, 5),
    Goods("FILM-500", "Stretch film 500 mm", "roll", "Shelf A2", 24, "4", _PACKING, 4),
    Goods("LABEL-100", "Shipping labels 100 x 150", "roll", "Shelf A2", 36, "4", _PACKING, 3),
    Goods("BOX-S", "Carton, small", "pcs", "Shelf B1", 300, "50", _PACKING, 4),
    Goods("BOX-M", "Carton, medium", "pcs", "Shelf B1", 200, "30", _PACKING, 4),
    Goods("BOX-L", "Carton, large", "pcs", "Shelf B1", 120, "15", _PACKING, 2),
    Goods("PALLET-EU", "Euro pallet", "pcs", "Yard", 40, "8", _PACKING, 4),
    Goods("CABLE-15", "Cable 3 x 1.5", "m", "Shelf B1", 500, "75", _CABLE, 3),
    Goods("CABLE-25", "Cable 3 x 2.5", "m", "Shelf B1", 300, "50", _CABLE, 2),
    Goods("HOSE-13", "Garden hose 13 mm", "m", "Shelf B1", 200, "25", _YARD),
    Goods("ROPE-10", "Rope 10 mm", "m", "Shelf B1", 250, "30", _YARD, 2),
    Goods("CHAIN-6", "Chain 6 mm", "m", "Shelf B1", 80, "6", _YARD),
    Goods("PAINT-W", "Wall paint, white", "l", "Shelf B1", 120, "20", _LIQUIDS, 2),
    Goods("PAINT-G", "Metal paint, grey", "l", "Shelf B1", 40, "5", _LIQUIDS, 2),
    Goods("OIL-2T", "Two-stroke oil", "l", "Shelf B1", 60, "5", _LIQUIDS),
    Goods("GREASE-1", "Lithium grease", "kg", "Shelf B1", 12, "1.5", _LIQUIDS),
    Goods("SAND-25", "Sand, washed", "kg", "Yard", 1500, "250", _YARD, 2),
    Goods("GRAVEL-16", "Gravel 8/16", "kg", "Yard", 2000, "300", _YARD, 2),
    Goods("CEMENT-25", "Cement", "bag", "Yard", 80, "10", _YARD, 3),
    Goods("SALT-10", "Road salt", "bag", "Yard", 50, "6", _YARD),
    Goods("YEAST-1", "Fresh yeast", "kg", "Cold Room", 10, "1.5", _FOOD, 2),
    Goods("BUTTER-25", "Butter block", "kg", "Cold Room", 50, "6", _FOOD, 2),
    Goods("MILK-10", "Whole milk", "l", "Cold Room", 200, "40", _FOOD, 4),
    Goods("COD-FIL", "Cod fillet, frozen", "kg", "Cold Room", 65, "8", _FOOD, 2),
)
