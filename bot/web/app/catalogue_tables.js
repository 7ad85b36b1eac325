/**
 * The tables of the catalogue in memory, and how rows of the protocol are written to them.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { SqlValue } from "sql.js" */

import { key, searched } from "./folding.js";

/** @typedef {{ id: string, version: number, data: T.Data }} Row */

/** @type {T.PullTable[]} */
export const TABLES = ["items", "locations", "barcodes", "lots", "stock_levels"];

export const SCHEMA = `
CREATE TABLE items (
    id INTEGER PRIMARY KEY, version, archived, sku_key TEXT, words TEXT, former TEXT, data TEXT
);
CREATE INDEX items_by_sku ON items (sku_key);
CREATE TABLE former (item_id INTEGER, sku_key TEXT, PRIMARY KEY (item_id, sku_key)) WITHOUT ROWID;
CREATE INDEX former_by_sku ON former (sku_key);
CREATE TRIGGER item_deleted AFTER DELETE ON items BEGIN
    DELETE FROM former WHERE item_id = OLD.id;
END;
CREATE TRIGGER item_written AFTER INSERT ON items BEGIN
    DELETE FROM former WHERE item_id = NEW.id;
    INSERT OR IGNORE INTO former SELECT NEW.id, value FROM json_each(NEW.former);
END;
CREATE TABLE locations (
    id INTEGER PRIMARY KEY, version, archived, path_key TEXT, name_key TEXT, words TEXT, data TEXT
);
CREATE TABLE barcodes (code_key TEXT PRIMARY KEY, item_id INTEGER, code, unit, quantity)
WITHOUT ROWID;
CREATE TABLE lots (id INTEGER PRIMARY KEY, item_id INTEGER, code_key TEXT, expires_on, data TEXT);
CREATE INDEX lots_by_item ON lots (item_id);
CREATE INDEX lots_by_code ON lots (code_key);
CREATE TABLE levels (
    key TEXT PRIMARY KEY, item_id INTEGER, location_id INTEGER, lot_id INTEGER, quantity TEXT
) WITHOUT ROWID;
CREATE INDEX levels_by_item ON levels (item_id);
CREATE INDEX levels_by_location ON levels (location_id);
`;

/**
 * @param {string} table
 * @param {string} keyColumn
 * @param {number} columns
 */
function statements(table, keyColumn, columns) {
    const values = Array(columns).fill("?").join(", ");
    return {
        put: `INSERT OR REPLACE INTO ${table} VALUES (${values})`,
        remove: `DELETE FROM ${table} WHERE ${keyColumn} = ?`,
        clear: `DELETE FROM ${table}`,
        count: `SELECT count(*) AS n FROM ${table}`,
    };
}

/** @type {Record<T.PullTable, ReturnType<typeof statements>>} */
export const STATEMENTS = {
    items: statements("items", "id", 7),
    locations: statements("locations", "id", 7),
    barcodes: statements("barcodes", "code_key", 5),
    lots: statements("lots", "id", 5),
    stock_levels: statements("levels", "key", 5),
};

/** @param {unknown} value */
const text = (value) => (value === null || value === undefined ? "" : String(value));
/** @param {unknown} value */
const number = (value) => Number(value ?? 0);
/** @param {T.Data} data */
const archived = (data) => (data.archived ? 1 : 0);

/** @type {Record<T.PullTable, (row: Row) => SqlValue[]>} */
export const bindings = {
    items: ({ id, version, data }) => {
        const former = Array.isArray(data.former_skus) ? data.former_skus.map(text) : [];
        const words = searched(text(data.sku), text(data.name), ...former);
        return [number(id), version, archived(data), key(text(data.sku)), words,
            JSON.stringify(former.map(key)), JSON.stringify(data)];
    },
    locations: ({ id, version, data }) => [
        number(id), version, archived(data), key(text(data.path)), key(text(data.name)),
        searched(text(data.path)), JSON.stringify(data),
    ],
    // By the server's own key, so that a deletion finds it.
    barcodes: ({ id, data }) => [
        id, number(data.item_id), text(data.code), text(data.unit), text(data.quantity),
    ],
    lots: ({ id, data }) => [
        number(id), number(data.item_id), key(text(data.code)),
        data.expires_on ? text(data.expires_on) : null, JSON.stringify(data),
    ],
    stock_levels: ({ id, data }) => [
        id, number(data.item_id), number(data.location_id), number(data.lot_id),
        text(data.quantity),
    ],
};
