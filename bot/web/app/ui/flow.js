/** One flow for all modes: item, quantity, locations, and one button that queues it. */

import {
  SLOTS, amountOf, asksLot, emptyDraft, modeOf, operationOf, problemOf, unitOf,
} from "./draft.js";
import { add, compare, readQuantity } from "./quantities.js";

/** @import * as T from "../types.js" */
/** @import { Store } from "../contract.js" */
/** @import { Draft, Slot } from "./draft.js" */
/** @import { Cue } from "./feedback.js" */
/** @import { Preferences } from "./preferences.js" */

/**
 * @typedef {object} Notice What is said at the top, and to those who listen.
 * @property {"good" | "bad" | "plain"} tone
 * @property {string} word A key of the catalogue of words.
 * @property {Record<string, string>} [values]
 * @property {T.QueueEntry} [entry] What was queued: it is described, and may be taken back.
 * @property {T.Meaning[]} [choices] What a code may mean.
 * @property {string} [code]
 * @property {T.Meaning} [next] Was scanned while something else was not queued yet.
 */

/**
 * @typedef {object} Surroundings
 * @property {Store} store
 * @property {Preferences} preferences
 * @property {() => void} keep Writes the preferences.
 * @property {(cue: Cue) => void} cue
 * @property {() => void} changed
 */

export class Flow {
  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.store = around.store;
    /** @type {Draft} */
    this.draft = emptyDraft();
    /** @type {Notice | null} */
    this.notice = null;
    /** What is looked at. @type {T.Location | null} */
    this.place = null;
    this.busy = false;
    /** What is being queued, or was last. @type {Promise<boolean>} */
    this.booked = Promise.resolve(true);
    /** The codes so far: the next one waits for them. @type {Promise<void>} */
    this.scanned = Promise.resolve();
    /** Whether the button was pressed too early: from then on what is missing is said. */
    this.pressed = false;
    /** Whether the large keys write on, or begin another number. */
    this.typing = false;
    /** The slot that a scanned location fills. @type {Slot | null} */
    this.active = null;
  }

  get mode() {
    return this.store.state.mode;
  }

  get problem() {
    return problemOf(this.draft, this.mode, this.store.state.device.permissions);
  }

  /** Whether something is entered that a stray scan must not drop. */
  get pending() {
    return this.mode !== "look" && this.draft.item !== null;
  }

  /** The lots of the item that may be chosen. */
  get lots() {
    const { item } = this.draft;
    return item && asksLot(this.draft, this.mode) ? this.store.lots(item.id) : [];
  }

  /** @param {T.Mode} mode */
  setMode(mode) {
    const { item, quantity, unit } = this.draft;
    this.store.setMode(mode);
    this.draft = this.fresh();
    // A count begins empty: a number that is there already would be taken for what was counted.
    const kept = mode === "count" ? "" : quantity || "1";
    if (item) Object.assign(this.draft, { item, quantity: kept, unit });
    this.place = null;
    this.say(null);
  }

  /** An empty draft at the locations where the person last worked. @returns {Draft} */
  fresh() {
    const draft = emptyDraft();
    draft.order = this.around.preferences.order;
    draft.count = this.around.preferences.count;
    for (const slot of SLOTS[this.mode]) {
      const location = this.store.location(
        this.around.preferences.locations[this.stickyKey(slot)] ?? 0,
      );
      if (location && !location.archived) draft.at[slot] = location;
    }
    this.active = null;
    this.pressed = false;
    this.typing = false;
    return draft;
  }

  /** @param {Slot} slot */
  stickyKey(slot) {
    return `${this.store.state.device.guildId} ${this.mode} ${slot}`;
  }

  /** @param {Notice | null} notice @param {Cue} [cue] */
  say(notice, cue) {
    this.notice = notice;
    if (cue) this.around.cue(cue);
    this.around.changed();
  }

  /**
   * @param {T.Item} item
   * @param {{ quantity?: string, unit?: string, lot?: string }} [more]
   */
  chooseItem(item, { quantity = "", unit = "", lot = "" } = {}) {
    const first = this.mode === "count" ? "" : "1";
    Object.assign(this.draft, { item, quantity: quantity || first, unit, lot, expiry: "" });
    this.place = null;
    this.pressed = false;
    this.typing = false;
    this.say(null, "scan");
  }

  /** One more of the item that is entered. @param {string} quantity @param {string} unit */
  addScanned(quantity, unit) {
    const amount = amountOf(this.draft);
    const same = amount && this.draft.item && amount.unit === unitOf(this.draft.item, unit);
    const isOwn = amount && this.draft.item && !unit && amount.unit.unit === this.draft.item.unit;
    // Scanned again, it is being counted by scanning: the first time was one as well.
    if (!this.draft.quantity.trim()) Object.assign(this.draft, { quantity: add(quantity, quantity), unit });
    else if (amount && (same || isOwn)) this.draft.quantity = add(amount.value, quantity);
    else return this.say({ tone: "bad", word: "other_unit_scanned" }, "wrong");
    return this.say(null, "scan");
  }

  /** @param {Partial<Draft>} values */
  set(values) {
    Object.assign(this.draft, values);
    this.around.changed();
  }

  /** @param {1 | -1} by */
  step(by) {
    const read = readQuantity(this.draft.quantity, { allowZero: true }).readings[0];
    const least = this.mode === "count" ? "0" : "1";
    const next = read ? add(read.value, String(by)) : by > 0 ? "1" : least;
    const behind = read?.unit ? ` ${read.unit}` : "";
    this.set({ quantity: `${compare(next, least) < 0 ? least : next}${behind}` });
  }

  /** @param {Slot} slot @param {T.Location | null} location */
  setLocation(slot, location) {
    if (location) this.draft.at[slot] = location;
    else delete this.draft.at[slot];
    this.active = null;
    this.around.changed();
  }

  /** Fill the slot that is meant: the chosen one, else the first empty, else the last. @param {T.Location} location */
  placeLocation(location) {
    const slots = SLOTS[this.mode];
    const slot = this.active ?? slots.find((it) => !this.draft.at[it]) ?? slots.at(-1);
    if (slot) this.setLocation(slot, location);
    else this.lookAt(location);
    this.say(null, "scan");
  }

  /** @param {T.Location} location */
  lookAt(location) {
    this.draft.item = null;
    this.place = location;
    this.around.changed();
  }

  clear() {
    this.draft = this.fresh();
    this.place = null;
    this.say(null);
  }

  /** Queue what is entered; it is confirmed once it is on the disk. @returns {Promise<boolean>} */
  async book() {
    if (this.busy || this.mode === "look") return false;
    this.pressed = true;
    const { problem, draft, mode } = this;
    if (problem) {
      this.say({ tone: "bad", word: problem, values: { unit: draft.item?.unit ?? "" } }, "wrong");
      return false;
    }
    const operation = operationOf(draft, mode, this.lots);
    this.busy = true;
    this.booked = this.queue(draft, operation);
    return this.booked;
  }

  /** @param {Draft} draft @param {T.NewOperation} operation @returns {Promise<boolean>} */
  async queue(draft, operation) {
    try {
      const entry = draft.corrects
        ? await this.store.correct(draft.corrects.id, operation.data)
        : await this.store.enqueue(operation);
      this.remember(draft);
      this.draft = this.fresh();
      this.say({ tone: "good", word: "queued", entry }, "done");
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    } finally {
      this.busy = false;
      this.around.changed();
    }
  }

  /** @param {Draft} draft */
  remember(draft) {
    const { preferences, keep } = this.around;
    for (const slot of SLOTS[this.mode]) {
      const location = draft.at[slot];
      if (location) preferences.locations[this.stickyKey(slot)] = location.id;
    }
    if (this.mode === "receive") preferences.order = draft.order;
    if (this.mode === "count") preferences.count = draft.count;
    keep();
  }

  /** Take back the newest that was not sent. */
  async undoLast() {
    const entries = await this.store.queueList();
    const { guildId, userId } = this.store.state.device;
    const last = entries.findLast((it) =>
      it.state === "waiting" && !it.inDoubt && it.owner === `${guildId}.${userId}`);
    if (!last) return this.say({ tone: "bad", word: "nothing_to_undo" }, "wrong");
    return this.discard(last, "taken_back");
  }

  /** @param {T.QueueEntry} entry @param {string} word */
  async discard(entry, word) {
    try {
      await this.store.discard(entry.id);
      this.say({ tone: "plain", word, entry: { ...entry, outcome: "discarded" } }, "scan");
    } catch (error) {
      this.fail(error);
    }
  }

  /** Enter a refused operation again, as it was. @param {T.QueueEntry} entry */
  correct(entry) {
    const { data } = entry;
    const mode = modeOf(entry);
    this.store.setMode(mode);
    this.draft = this.fresh();
    for (const slot of SLOTS[mode]) {
      const location = this.store.location(Number(data[slot]));
      if (location) this.draft.at[slot] = location;
      else delete this.draft.at[slot];
    }
    const item = this.store.item(Number(data["item"]));
    const lots = item ? this.store.lots(item.id) : [];
    Object.assign(this.draft, {
      corrects: entry,
      item,
      quantity: String(data["counted"] ?? data["quantity"] ?? ""),
      unit: String(data["unit"] ?? ""),
      lot: lots.find((it) => it.id === data["lot"])?.code ?? String(data["lot"] ?? ""),
      expiry: String(data["expiry"] ?? ""),
      order: String(data["order"] ?? ""),
      count: String(data["count"] ?? ""),
    });
    this.say({ tone: "plain", word: "correcting", entry });
  }

  /** @param {unknown} error */
  fail(error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unexpected";
    const said = error instanceof Error && "said" in error ? String(error.said) : "";
    this.say({ tone: "bad", word: `error_${code}`, values: { said } }, "wrong");
  }
}
