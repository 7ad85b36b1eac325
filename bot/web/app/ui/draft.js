/** What is being entered, and what is queued of it. No I/O. */

import { compare, readQuantity, toBase } from "./quantities.js";

/** @import * as T from "../types.js" */
/** @typedef {"from" | "to" | "location"} Slot */

/**
 * @typedef {object} Draft
 * @property {T.Item | null} item
 * @property {string} quantity as typed; empty while nothing was
 * @property {string} unit empty: the item's own
 * @property {Partial<Record<Slot, T.Location>>} at
 * @property {string} lot as typed or chosen
 * @property {string} expiry as a form's date field gives it
 * @property {string} order number of the order that arrives
 * @property {string} count number of the running count that a level goes into
 * @property {T.QueueEntry | null} corrects the refused one that this takes the place of
 */

/** @type {Readonly<Record<T.Mode, readonly Slot[]>>} */
export const SLOTS = {
  take: ["from"],
  put: ["to"],
  move: ["from", "to"],
  count: ["location"],
  receive: ["to"],
  look: [],
};

/** @returns {Draft} */
export function emptyDraft() {
  return {
    item: null, quantity: "", unit: "", at: {}, lot: "", expiry: "", order: "", count: "", corrects: null,
  };
}

/** Whether a lot may be given. @param {Draft} draft @param {T.Mode} mode */
export const asksLot = (draft, mode) => mode !== "look" && (draft.item?.tracking ?? "none") !== "none";

/** Whether nothing can be queued without one. @param {Draft} draft @param {T.Mode} mode */
const needsLot = (draft, mode) =>
  asksLot(draft, mode) && (mode === "put" || mode === "count" || mode === "receive");

/**
 * Whether a person may count for a running count alone: without one a level is set at once.
 * @param {readonly string[]} permissions
 */
const needsCount = (permissions) => permissions.length > 0 && !permissions.includes("stock.adjust");

/** Whether the lot may be a new one, with a day it is good until. @param {T.Mode} mode */
export const makesLots = (mode) => mode === "put" || mode === "receive";

/**
 * What is missing or wrong, as a word; empty if it may be queued.
 * @param {Draft} draft
 * @param {T.Mode} mode
 * @param {readonly string[]} permissions None: not known yet.
 * @returns {string}
 */
export function problemOf(draft, mode, permissions) {
  if (!draft.item) return "need_item";
  if (mode === "receive" && !draft.order.trim()) return "need_order";
  if (!draft.quantity.trim()) return "need_quantity";
  const { readings, problem } = readQuantity(draft.quantity, { allowZero: mode === "count" });
  if (problem) return problem;
  if (readings.length > 1) return "ambiguous";
  if (readings[0]?.unit && !unitOf(draft.item, readings[0].unit)) return "unknown_unit";
  if (!isWhole(draft)) return "not_whole";
  const missing = SLOTS[mode].find((slot) => !draft.at[slot]);
  if (missing) return `need_${missing}`;
  if (mode === "move" && draft.at.from?.id === draft.at.to?.id) return "same_location";
  if (needsLot(draft, mode) && !draft.lot.trim()) return "need_lot";
  if (mode === "count" && needsCount(permissions) && !draft.count.trim()) return "need_count";
  return "";
}

const DOZEN = /^(?:dozens?|dz|doz|dutzend|douzaines?|docenas?)\.?$/iu;

/** Whether a quantity makes sense for an item that has no fractions. @param {Draft} draft */
function isWhole(draft) {
  const base = baseAmount(draft);
  return draft.item?.data["whole"] !== true || (base !== null && !base.includes("."));
}

/**
 * An item's unit by its name, however it is written: with how much of the item's own it is.
 * @param {T.Item} item
 * @param {string} name Empty: the item's own.
 * @returns {T.Unit | null}
 */
export function unitOf(item, name) {
  if (!name || alike(name, item.unit)) return { unit: item.unit, factor: "1" };
  const found = item.units.find((it) => alike(it.unit, name));
  // Twelve of what is counted whole, for an item that has no unit of that name.
  const isDozen = item.data["whole"] !== false && DOZEN.test(name.trim());
  return found ?? (isDozen ? { unit: "dozen", factor: "12" } : null);
}

/** @param {string} one @param {string} other */
export const alike = (one, other) =>
  one.trim().localeCompare(other.trim(), undefined, { sensitivity: "base" }) === 0;

/**
 * The number and the unit that a draft means, or null if it means none.
 * @param {Draft} draft
 * @returns {{ value: string, unit: T.Unit } | null}
 */
export function amountOf(draft) {
  const [read, other] = readQuantity(draft.quantity, { allowZero: true }).readings;
  if (!draft.item || !read || other) return null;
  const unit = unitOf(draft.item, read.unit || draft.unit);
  return unit && { value: read.value, unit };
}

/** A draft's quantity in the item's own unit. @param {Draft} draft @returns {string | null} */
export function baseAmount(draft) {
  const amount = amountOf(draft);
  return amount && toBase(amount.value, amount.unit.factor);
}

/** Whether a level is below what a draft takes. @param {Draft} draft @param {string} level */
export function isShort(draft, level) {
  const wanted = baseAmount(draft);
  return wanted !== null && compare(level, wanted) < 0;
}

/**
 * What is queued.
 * @param {Draft} draft One without a problem.
 * @param {T.Mode} mode
 * @param {T.Lot[]} lots The item's.
 * @returns {T.NewOperation}
 */
export function operationOf(draft, mode, lots) {
  const { item, at } = draft;
  const amount = amountOf(draft);
  if (!item || !amount) throw new Error("a draft with a problem cannot be queued");
  /** @type {T.Data} */
  const data = { item: item.id };
  data[mode === "count" ? "counted" : "quantity"] = amount.value;
  if (amount.unit.unit !== item.unit) data["unit"] = amount.unit.unit;
  for (const slot of SLOTS[mode]) if (at[slot]) data[slot] = at[slot].id;
  if (asksLot(draft, mode) && draft.lot.trim()) {
    data["lot"] = lots.find((it) => it.code === draft.lot.trim())?.id ?? draft.lot.trim();
    if (draft.expiry && makesLots(mode)) data["expiry"] = draft.expiry;
  }
  if (mode === "receive") data["order"] = draft.order.trim();
  if (mode === "count" && draft.count.trim()) data["count"] = draft.count.trim();
  return { table: mode === "count" ? "stock_counts" : "stock_moves", operation: "INSERT", data };
}

/** The mode that queued an operation. @param {T.QueueEntry} entry @returns {Exclude<T.Mode, "look">} */
export function modeOf({ table, data }) {
  if (table === "stock_counts") return "count";
  if (data["order"]) return "receive";
  if (data["from"] && data["to"]) return "move";
  return data["from"] ? "take" : "put";
}
