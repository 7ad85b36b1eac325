/** Queued operations in words. */

import { SLOTS, modeOf } from "./draft.js";

/** @import * as T from "../types.js" */
/** @import { Store } from "../contract.js" */
/** @import { Speech, Word } from "./words.js" */

/**
 * @param {T.QueueEntry} entry
 * @param {Store} store
 * @param {Speech} speech
 * @returns {{ title: string, where: string }} What was done, and at which locations.
 */
export function describe(entry, store, speech) {
  const { data } = entry;
  if (entry.table !== "stock_moves" && entry.table !== "stock_counts") {
    return { title: `${entry.operation} ${entry.table}`, where: "" };
  }
  const mode = modeOf(entry);
  const item = store.item(Number(data["item"]));
  const amount = String(data["counted"] ?? data["quantity"] ?? "1");
  const quantity = `${amount} ${data["unit"] ?? item?.unit ?? ""}`.trim();
  const named = item ? item.name : String(data["item"]);
  return {
    title: speech.say(`did_${mode}`, { quantity, item: named }),
    where: whereOf(data, mode, store, speech),
  };
}

/** @param {T.Data} data @param {T.Mode} mode @param {Store} store @param {Speech} speech */
function whereOf(data, mode, store, speech) {
  const parts = SLOTS[mode].map((slot) => {
    const path = store.location(Number(data[slot]))?.path ?? String(data[slot] ?? "");
    return speech.say(`at_${slot}`, { location: path });
  });
  if (data["lot"]) {
    const lot = store.lots(Number(data["item"])).find((it) => it.id === data["lot"]);
    parts.push(speech.say("at_lot", { lot: lot?.code ?? String(data["lot"]) }));
  }
  if (data["order"]) parts.push(speech.say("at_order", { order: String(data["order"]) }));
  if (data["count"]) parts.push(speech.say("at_count", { count: String(data["count"]) }));
  return parts.join(" · ");
}

/**
 * Why an operation was refused or waits, as a sentence.
 * @param {T.QueueEntry} entry
 * @param {Speech} speech
 */
export function reasonOf({ message, reason, state }, speech) {
  if (message) return message;
  const word = `reason_${reason}`;
  if (speech.knows(word)) return speech.say(word);
  return state === "refused" ? speech.say("reason_other") : "";
}

/**
 * A plain text for a manager, about something that was refused.
 * @param {T.QueueEntry} entry
 * @param {Store} store
 * @param {Speech} speech
 */
export function plea(entry, store, speech) {
  const { title, where } = describe(entry, store, speech);
  return [
    speech.say("ask_opening", { name: store.state.device.userName }),
    `${title}${where ? ` (${where})` : ""}, ${speech.time(entry.timestamp)}`,
    speech.say("ask_reason", { reason: reasonOf(entry, speech) }),
    `(${entry.id})`,
  ].join("\n");
}

/** @param {T.QueueEntry} entry @returns {Word} */
export function statusWord(entry) {
  if (entry.state !== "done") return entry.inDoubt ? "state_in_doubt" : `state_${entry.state}`;
  return entry.outcome === "corrected" || entry.outcome === "discarded"
    ? `state_${entry.outcome}` : "state_done";
}
