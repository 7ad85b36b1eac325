/**
 * The queue as a file: for a manager who enters by hand what a locked device could not send.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Catalogue } from "./catalogue.js" */

const PLACES = ["item", "lot", "from", "to", "location"];
const COLUMNS = ["seq", "timestamp", "state", "reason", "message", "table", "operation", ...PLACES,
    "quantity", "counted", "unit", "note", "data", "id", "owner"];

/**
 * @param {T.QueueEntry[]} entries
 * @param {Catalogue} catalogue
 * @param {"json" | "csv"} format
 * @param {T.Device} device
 * @returns {T.ExportedQueue}
 */
export function exported(entries, catalogue, format, device) {
    const now = new Date().toISOString();
    const name = `tallyman-queue-${now.slice(0, 19).replace(/[T:]/g, "-")}.${format}`;
    if (format === "csv")
        return { name, type: "text/csv;charset=utf-8", text: table(entries, catalogue) };
    const { id, name: called, guildId, guildName, userId, userName } = device;
    const content = {
        format: "tallyman-queue",
        version: 1,
        exported_at: now,
        device: { id, name: called, guildId, guildName, userId, userName },
        operations: entries.map((entry) => ({ ...entry, names: names(entry, catalogue) })),
    };
    return { name, type: "application/json", text: `${JSON.stringify(content, null, 2)}\n` };
}

/**
 * @param {T.QueueEntry[]} entries
 * @param {Catalogue} catalogue
 */
function table(entries, catalogue) {
    const rows = entries.map((entry) => {
        /** @type {Record<string, unknown>} */
        const values = { ...entry.data, ...entry, ...names(entry, catalogue),
            data: JSON.stringify(entry.data) };
        return COLUMNS.map((column) => cell(values[column])).join(",");
    });
    // With its mark, or spreadsheets read it in an old code page.
    return `\ufeff${[COLUMNS.join(","), ...rows].join("\r\n")}\r\n`;
}

/** @param {unknown} value */
function cell(value) {
    const text = value === null || value === undefined ? "" : String(value);
    // A spreadsheet calculates what begins like a formula; a negative number stays one.
    const inert = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/**
 * @param {T.QueueEntry} entry
 * @param {Catalogue} catalogue
 */
function names({ data }, catalogue) {
    /** @type {Record<string, unknown>} */
    const said = {};
    for (const place of PLACES) {
        const value = data[place];
        if (value === undefined) continue;
        said[place] = typeof value === "number" ? nameOf(place, value, catalogue) : value;
    }
    return said;
}

/**
 * @param {string} place
 * @param {number} id
 * @param {Catalogue} catalogue
 */
function nameOf(place, id, catalogue) {
    if (place === "item") return catalogue.item(id)?.sku ?? id;
    if (place === "lot") return catalogue.lot(id)?.code ?? id;
    return catalogue.location(id)?.path ?? id;
}
