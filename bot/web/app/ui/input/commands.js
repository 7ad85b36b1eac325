/** Command barcodes: printed codes that press the page's buttons. */

/** @import { Mode } from "../../types.js" */
/** @type {readonly Mode[]} */
export const MODES = ["take", "put", "move", "count", "receive", "look"];

/**
 * @typedef {{ name: "mode", value: Mode }
 *   | { name: "location" | "from" | "to" | "item" | "qty" | "unit" | "lot" | "order" | "count", value: string }
 *   | { name: "ok" | "clear" | "undo-last" | "offline" | "online" | "sync", value: "" }} Command
 */

const PREFIX = "tallyman:";
const WITH_VALUE = new Set(["location", "from", "to", "item", "qty", "unit", "lot", "order", "count"]);
const ALONE = new Set(["ok", "clear", "undo-last", "offline", "online", "sync"]);

/** Whether a code is meant for the page, also if it is none that it knows. @param {string} code */
export const isCommand = (code) => code.trim().toLowerCase().startsWith(PREFIX);

/**
 * Read a command barcode; null if it is none that the page knows.
 * @param {string} code
 * @returns {Command | null}
 */
export function readCommand(code) {
  if (!isCommand(code)) return null;
  const text = code.trim().slice(PREFIX.length);
  const at = text.indexOf("=");
  const name = (at < 0 ? text : text.slice(0, at)).trim().toLowerCase();
  const value = at < 0 ? "" : text.slice(at + 1).trim();
  if (name === "mode") {
    const mode = MODES.find((it) => it === value.toLowerCase());
    return mode ? { name, value: mode } : null;
  }
  if (WITH_VALUE.has(name) && value) return /** @type {Command} */ ({ name, value });
  if (ALONE.has(name) && at < 0) return /** @type {Command} */ ({ name, value: "" });
  return null;
}
