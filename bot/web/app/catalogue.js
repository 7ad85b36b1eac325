/**
 * What is known of the books, searchable at once and without a network.
 *
 * The rows are in the browser's database, written together with the cursor; this is a copy of them
 * in memory that can be asked in SQL.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { KeptRow } from "./segments.js" */
/** @import { Database, SqlJsStatic, SqlValue, Statement } from "sql.js" */

import { SCHEMA, STATEMENTS, TABLES, bindings } from "./catalogue_tables.js";
import { StoreError } from "./contract.js";
import { answered, read } from "./database.js";
import { key, spellings, words } from "./folding.js";
import { rowsOf } from "./segments.js";

/** @type {Promise<SqlJsStatic> | null} */
let engine = null;

async function loadEngine() {
    const { default: initSqlJs } = await import("./vendor/sql.js");
    return initSqlJs({ locateFile: () => new URL("./vendor/sql.wasm", import.meta.url).href });
}

export class Catalogue {
    constructor() {
        /** @type {Database | null} */
        this.sql = null;
        /** @type {Map<string, Statement>} */
        this.prepared = new Map();
        this.counts = { items: 0, locations: 0, barcodes: 0, lots: 0, levels: 0 };
        /** Which of the answers of the server its rows come from. */
        this.stamp = -1;
    }

    get ready() {
        return this.sql !== null;
    }

    /**
     * Reads all rows; the stamp is read with them.
     *
     * @param {IDBDatabase} database
     */
    async load(database) {
        engine ??= loadEngine();
        const { Database: New } = await engine;
        const kept = await read(database, ["segments", "settings"], async (tx) => {
            const progress = await answered(tx.objectStore("settings").get("progress"));
            return { stamp: progress?.stamp ?? 0, rows: await rowsOf(tx) };
        });
        const sql = new New();
        sql.exec(SCHEMA);
        this.close();
        this.sql = sql;
        this.fill(kept.rows);
        this.stamp = kept.stamp;
    }

    /**
     * Takes over what an answer changed. False: it missed one before, and has to be loaded.
     *
     * @param {{ stamp: number, reset: boolean, changes: T.RowChange[] }} answer
     */
    apply({ stamp, reset, changes }) {
        if (this.sql === null || stamp !== this.stamp + 1) return false;
        if (reset) for (const table of TABLES) this.sql.run(STATEMENTS[table].clear);
        this.fill(changes);
        this.stamp = stamp;
        return true;
    }

    /** @param {KeptRow[]} rows */
    fill(rows) {
        const sql = this.opened();
        sql.run("BEGIN");
        for (const { table, id, version, data } of rows)
            if (data === null) this.run(STATEMENTS[table].remove, [id]);
            else this.run(STATEMENTS[table].put, bindings[table]({ id, version, data }));
        sql.run("COMMIT");
        for (const table of TABLES) {
            const name = table === "stock_levels" ? "levels" : table;
            this.counts[name] = Number(this.all(STATEMENTS[table].count)[0].n);
        }
    }

    close() {
        for (const statement of this.prepared.values()) statement.free();
        this.prepared.clear();
        this.sql?.close();
        this.sql = null;
        this.stamp = -1;
    }

    /**
     * @param {string} text
     * @param {number} limit
     * @returns {T.Found}
     */
    search(text, limit) {
        const wanted = words(text);
        if (this.sql === null || wanted.length === 0)
            return { items: [], locations: [], more: false };
        const has = wanted.map(() => "instr(words, ?) > 0").join(" AND ");
        /** @param {string} table @param {string} name */
        const found = (table, name) => this.all(
            `SELECT * FROM ${table} WHERE NOT archived AND ${has}
            ORDER BY ${name}_key = ? DESC, instr(${name}_key, ?) = 1 DESC, ${name}_key LIMIT ?`,
            [...wanted, key(text), key(text), limit + 1]);
        const items = found("items", "sku").map(asItem);
        const locations = found("locations", "path").map(asLocation);
        return {
            items: items.slice(0, limit),
            locations: locations.slice(0, limit),
            more: items.length > limit || locations.length > limit,
        };
    }

    /**
     * @param {string} code
     * @returns {T.Meaning[]}
     */
    lookUp(code) {
        if (this.sql === null || key(code) === "") return [];
        /** @type {T.Meaning[]} */
        const meanings = [];
        for (const spelling of spellings(code))
            for (const row of this.all("SELECT * FROM barcodes WHERE code_key = ?", [spelling])) {
                const item = this.item(Number(row.item_id));
                if (item) meanings.push({ kind: "barcode", item, barcode: asBarcode(row) });
            }
        const exact = key(code);
        for (const row of this.all("SELECT * FROM items WHERE sku_key = ?", [exact]))
            meanings.push({ kind: "item", item: asItem(row) });
        const former = "SELECT i.* FROM former f JOIN items i ON i.id = f.item_id WHERE f.sku_key = ?";
        if (meanings.length === 0)
            for (const row of this.all(former, [exact]))
                meanings.push({ kind: "item", item: asItem(row) });
        const named = "SELECT * FROM locations WHERE path_key = ?1 OR name_key = ?1 ORDER BY path_key <> ?1";
        for (const row of this.all(named, [exact]))
            meanings.push({ kind: "location", location: asLocation(row) });
        for (const row of this.all("SELECT * FROM lots WHERE code_key = ?", [exact])) {
            const item = this.item(Number(row.item_id));
            if (item) meanings.push({ kind: "lot", item, lot: asLot(row) });
        }
        return meanings;
    }

    /** @param {number} id */
    item(id) {
        return this.all("SELECT * FROM items WHERE id = ?", [id]).map(asItem)[0] ?? null;
    }

    /** @param {number} id */
    location(id) {
        return this.all("SELECT * FROM locations WHERE id = ?", [id]).map(asLocation)[0] ?? null;
    }

    /** @param {number} id */
    lot(id) {
        return this.all("SELECT * FROM lots WHERE id = ?", [id]).map(asLot)[0] ?? null;
    }

    /** @param {number} itemId */
    lots(itemId) {
        return this.all(
            `SELECT * FROM lots WHERE item_id = ?
            ORDER BY expires_on IS NULL, expires_on, code_key`, [itemId]).map(asLot);
    }

    /**
     * @param {"item_id" | "location_id"} column
     * @param {number} id
     * @returns {{ itemId: number, locationId: number, lotId: number, quantity: string }[]}
     */
    levels(column, id) {
        return this.all(`SELECT * FROM levels WHERE ${column} = ?`, [id]).map((row) => ({
            itemId: Number(row.item_id),
            locationId: Number(row.location_id),
            lotId: Number(row.lot_id),
            quantity: String(row.quantity),
        }));
    }

    /** @param {number} itemId @param {number} locationId @param {number} lotId */
    level(itemId, locationId, lotId) {
        const row = this.all("SELECT quantity FROM levels WHERE key = ?",
            [`${itemId}/${locationId}/${lotId}`])[0];
        return row === undefined ? "0" : String(row.quantity);
    }

    opened() {
        if (this.sql === null) throw new StoreError("storage", "The catalogue is not loaded.");
        return this.sql;
    }

    /** @param {string} text */
    statement(text) {
        let statement = this.prepared.get(text);
        if (statement === undefined) {
            statement = this.opened().prepare(text);
            this.prepared.set(text, statement);
        }
        return statement;
    }

    /** @param {string} text @param {SqlValue[]} values */
    run(text, values) {
        this.statement(text).run(values);
    }

    /**
     * @param {string} text
     * @param {SqlValue[]} [values]
     */
    all(text, values = []) {
        if (this.sql === null) return [];
        const statement = this.statement(text);
        const rows = [];
        statement.bind(values);
        while (statement.step()) rows.push(statement.getAsObject());
        statement.reset();
        return rows;
    }
}

/** @typedef {Record<string, SqlValue>} Found */

/** @param {Found} row @returns {T.Item} */
function asItem(row) {
    const data = JSON.parse(String(row.data));
    return {
        id: Number(row.id),
        sku: data.sku,
        name: data.name,
        unit: data.unit,
        units: data.units ?? [],
        tracking: data.tracking ?? "none",
        archived: Boolean(row.archived),
        version: Number(row.version),
        data,
    };
}

/** @param {Found} row @returns {T.Location} */
function asLocation(row) {
    const data = JSON.parse(String(row.data));
    return {
        id: Number(row.id),
        name: data.name,
        path: data.path,
        kind: data.kind,
        archived: Boolean(row.archived),
        version: Number(row.version),
        data,
    };
}

/** @param {Found} row @returns {T.Lot} */
function asLot(row) {
    const data = JSON.parse(String(row.data));
    return {
        id: Number(row.id),
        itemId: Number(row.item_id),
        code: data.code,
        expiresOn: data.expires_on ?? null,
        state: data.state ?? "open",
        data,
    };
}

/** @param {Found} row @returns {T.Barcode} */
function asBarcode(row) {
    return {
        code: String(row.code),
        itemId: Number(row.item_id),
        unit: String(row.unit),
        quantity: String(row.quantity),
    };
}
