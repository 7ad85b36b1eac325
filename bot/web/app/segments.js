/**
 * The copy of the books on the disk: what each answer changed, in order, merged now and then.
 *
 * A record for every row would cost a first copy most of its time; one record for all of them
 * would be written again with every change.
 *
 * @module
 */

/** @import * as T from "./types.js" */

import { answered } from "./database.js";

/** @typedef {Pick<T.RowChange, "table" | "id" | "version" | "data">} KeptRow */
/** @typedef {{ key: number, rows: KeptRow[] }} Segment */

/** How many answers are kept one by one. */
const MOST_SEGMENTS = 48;
/** Merged answers of this size are left alone from then on. */
const LARGE = 4_000;

/**
 * Adds what an answer changed.
 *
 * @param {IDBTransaction} tx
 * @param {T.RowChange[]} changes
 * @param {boolean} reset everything before it is void
 */
export async function append(tx, changes, reset) {
    const store = tx.objectStore("segments");
    if (reset) store.clear();
    if (changes.length === 0) return;
    const rows = changes.map(({ table, id, version, data }) => ({ table, id, version, data }));
    const key = /** @type {number} */ (await answered(store.add({ rows })));
    const keys = await answered(store.getAllKeys());
    if (keys.length > MOST_SEGMENTS && key % 16 === 0) await merge(store);
}

/**
 * All rows, the latest of each.
 *
 * @param {IDBTransaction} tx
 * @returns {Promise<KeptRow[]>}
 */
export async function rowsOf(tx) {
    return latest(await answered(tx.objectStore("segments").getAll()))
        .filter((row) => row.data !== null);
}

/**
 * Puts the last small segments into one, and all of them once that would be a large one too: a
 * level that changes a hundred times a day is kept a few times, not a hundred.
 *
 * @param {IDBObjectStore} store
 */
async function merge(store) {
    /** @type {Segment[]} */
    const segments = await answered(store.getAll());
    const firstSmall = segments.findLastIndex((segment) => segment.rows.length >= LARGE) + 1;
    const small = segments.slice(firstSmall);
    const isAll = small.length < MOST_SEGMENTS / 2 ||
        small.reduce((sum, segment) => sum + segment.rows.length, 0) >= LARGE;
    const merged = isAll ? segments : small;
    const rows = latest(merged);
    for (const { key } of merged) store.delete(key);
    // Under the key of the last one, so that what comes next comes behind it.
    const key = merged[merged.length - 1].key;
    // Deletions are only kept where what they delete may be in an earlier segment.
    store.put({ key, rows: isAll ? rows.filter((row) => row.data !== null) : rows });
}

/** @param {Segment[]} segments */
function latest(segments) {
    /** @type {Map<string, KeptRow>} */
    const rows = new Map();
    for (const segment of segments)
        for (const row of segment.rows) rows.set(`${row.table} ${row.id}`, row);
    return [...rows.values()];
}
