/** What a scanned or typed code does. */

import { isCommand, readCommand } from "./input/commands.js";
import { SLOTS } from "./draft.js";

/** @import * as T from "../types.js" */
/** @import { Command } from "./input/commands.js" */
/** @import { Slot } from "./draft.js" */
/** @import { Flow } from "./flow.js" */

/**
 * Do what a code says, once all before it is done. What is scanned while something is being written
 * to the disk belongs to what comes next: a location that went into the old entry, as that was
 * queued, would leave the next one where the person had been before.
 * @param {Flow} flow
 * @param {string} code
 * @returns {Promise<void>}
 */
export function scan(flow, code) {
  const done = flow.scanned.then(async () => {
    await flow.booked;
    await read(flow, code);
  });
  flow.scanned = done.catch(() => {});
  return done;
}

/**
 * @param {Flow} flow
 * @param {string} code
 * @returns {Promise<void>}
 */
async function read(flow, code) {
  const typed = code.trim();
  if (!typed) return;
  if (isCommand(typed)) {
    const command = readCommand(typed);
    if (command) await obey(flow, command);
    else flow.say({ tone: "bad", word: "unknown_command", values: { code: typed } }, "wrong");
    return;
  }
  const meanings = flow.store.lookUp(typed);
  const [first] = meanings;
  if (!first) {
    flow.say({ tone: "bad", word: "unknown_code", values: { code: typed }, code: typed }, "wrong");
  } else if (new Set(meanings.map(subject)).size > 1) {
    flow.say({ tone: "plain", word: "code_is_several", values: { code: typed }, choices: meanings }, "wrong");
  } else {
    choose(flow, first);
  }
}

/** What a meaning is about. @param {T.Meaning} meaning */
const subject = (meaning) =>
  meaning.kind === "location" ? `location ${meaning.location.id}` : `item ${meaning.item.id}`;

/**
 * Go on with what a code means, or a suggestion.
 * @param {Flow} flow
 * @param {T.Meaning} meaning
 */
export function choose(flow, meaning) {
  if (meaning.kind === "location") return flow.placeLocation(meaning.location);
  const { item } = meaning;
  const { quantity = "", unit = "" } = meaning.kind === "barcode" ? meaning.barcode : {};
  const lot = meaning.kind === "lot" ? meaning.lot.code : "";
  const isSame = flow.pending && flow.draft.item?.id === item.id;
  if (isSame && lot) flow.set({ lot });
  else if (isSame) flow.addScanned(quantity || "1", unit);
  else if (flow.pending) flow.say({ tone: "plain", word: "not_queued_yet", next: meaning }, "wrong");
  else flow.chooseItem(item, { quantity: flow.mode === "count" && !unit ? "" : quantity, unit, lot });
}

/**
 * Go on with what was scanned while something else was entered.
 * @param {Flow} flow
 * @param {{ first: "book" | "drop" }} options
 */
export async function goOn(flow, { first }) {
  const next = flow.notice?.next;
  if (!next) return;
  if (first === "drop") flow.clear();
  else if (!(await flow.book())) return;
  const { notice } = flow;
  choose(flow, next);
  if (notice?.entry) flow.say(notice);
}

/** @param {Flow} flow @param {Command} command */
async function obey(flow, command) {
  const { store } = flow;
  switch (command.name) {
    case "mode": return done(flow, () => flow.setMode(command.value));
    case "ok": {
      if (flow.notice?.next) return goOn(flow, { first: "book" });
      await flow.book();
      return;
    }
    case "clear": return done(flow, () => flow.clear());
    case "undo-last": return flow.undoLast();
    case "offline":
    case "online": return done(flow, () => store.setOffline(command.name === "offline"));
    case "sync": return store.syncNow();
    case "qty": return done(flow, () => flow.set({ quantity: command.value }));
    case "unit": return done(flow, () => flow.set({ unit: command.value }));
    case "lot": return done(flow, () => flow.set({ lot: command.value }));
    case "count": return done(flow, () => flow.set({ count: command.value }));
    case "order": return done(flow, () => flow.set({ order: command.value }));
    case "item": return read(flow, command.value);
    default: return goTo(flow, command.name, command.value);
  }
}

/** @param {Flow} flow @param {() => void} act */
function done(flow, act) {
  act();
  flow.say(null, "scan");
}

/** @param {Flow} flow @param {Slot} name @param {string} path */
function goTo(flow, name, path) {
  const found = flow.store.lookUp(path).find((it) => it.kind === "location");
  if (found?.kind !== "location") {
    return flow.say({ tone: "bad", word: "unknown_location", values: { code: path } }, "wrong");
  }
  if (SLOTS[flow.mode].includes(name)) flow.active = name;
  return flow.placeLocation(found.location);
}
