/**
 * What an answer of the server changes here: all of it with the cursor, or nothing.
 *
 * @module
 */

/** @import * as T from "./types.js" */

import { answered, write } from "./database.js";
import { prune, put } from "./queue.js";
import { append } from "./segments.js";

/** Raised with every change of what the page keeps of rows: everything is copied again then. */
export const SCHEMA_VERSION = 1;

/**
 * How far the copy of the books is.
 *
 * @typedef {object} Progress
 * @property {number} stamp grows by one with every answer that is kept
 * @property {string} [cursor]
 * @property {number} [schema]
 * @property {string | null} [asOf]
 * @property {boolean} [complete]
 */

/**
 * What other tabs are told.
 *
 * @typedef {object} Kept
 * @property {number} stamp
 * @property {boolean} reset
 * @property {T.RowChange[]} changes
 * @property {T.QueueEntry[]} entries
 * @property {string | null} asOf
 * @property {boolean} complete
 */

/**
 * @param {IDBDatabase} database
 * @param {T.SyncAnswer} answer
 * @returns {Promise<Kept>}
 */
export function keep(database, answer) {
    return write(database, ["queue", "settings", "segments"], async (tx) => {
        const settings = tx.objectStore("settings");
        /** @type {Progress} */
        const before = (await answered(settings.get("progress"))) ?? { stamp: 0 };
        await append(tx, answer.changes, answer.reset);
        const progress = {
            stamp: before.stamp + 1,
            // None: nothing could be looked up, and the next request asks on from where it was.
            cursor: answer.cursor ?? before.cursor,
            schema: SCHEMA_VERSION,
            asOf: answer.last_sync_timestamp ?? before.asOf ?? null,
            complete: !answer.has_more && (answer.cursor !== null || before.complete === true),
        };
        settings.put(progress, "progress");
        const entries = await settle(tx, answer, progress.complete);
        await prune(tx);
        const { stamp, asOf, complete } = progress;
        return { stamp, reset: answer.reset, changes: answer.changes, entries, asOf, complete };
    });
}

/**
 * @param {IDBTransaction} tx
 * @param {T.SyncAnswer} answer
 * @param {boolean} complete everything that was applied is in the copy of the books
 */
async function settle(tx, answer, complete) {
    const index = tx.objectStore("queue").index("id");
    const conflicts = new Map(answer.conflicts.map((each) => [each.operation_id, each]));
    /** @type {T.QueueEntry[]} */
    const entries = [];
    for (const result of answer.results) {
        const entry = await answered(index.get(result.id));
        if (entry) entries.push(outcome(entry, result, conflicts.get(result.id)));
    }
    if (complete) {
        const seen = new Set(entries.map((entry) => entry.id));
        const done = await answered(tx.objectStore("queue").index("state").getAll("done"));
        entries.push(...done.filter((entry) => !entry.settled && !seen.has(entry.id)));
    }
    return put(tx, entries.map((entry) =>
        complete && entry.state === "done" ? { ...entry, settled: true } : entry));
}

/**
 * @param {T.QueueEntry} entry
 * @param {T.SyncResult} result
 * @param {T.SyncConflict} [conflict]
 * @returns {T.QueueEntry}
 */
function outcome(entry, { status, reason, record }, conflict) {
    const changed = new Date().toISOString();
    const sure = { ...entry, inDoubt: false, changed, record: record ?? entry.record };
    // Corrected or discarded while it was on its way: the correction's own answer says the rest.
    if (entry.state === "done") return sure;
    const said = {
        reason: reason || conflict?.reason || "",
        message: conflict?.message ?? "",
        serverRecord: conflict?.server_record ?? null,
    };
    if (status === "held") return { ...sure, ...said, state: "held" };
    if (status === "rejected") return { ...sure, ...said, state: "refused" };
    const word = status === "duplicate" || status === "superseded" ? status : "applied";
    return { ...sure, ...said, state: "done", outcome: word };
}

/**
 * Marks what a request carried as not done by it, because the server refused the whole request.
 *
 * @param {IDBDatabase} database
 * @param {T.QueueEntry[]} sent
 * @param {Set<string>} doubted which were in doubt before, and are still
 * @param {{ reason: string, message: string }} [refusal] of a request with one operation
 */
export function release(database, sent, doubted, refusal) {
    return write(database, ["queue"], async (tx) => {
        const index = tx.objectStore("queue").index("id");
        /** @type {T.QueueEntry[]} */
        const entries = [];
        for (const { id } of sent) {
            const entry = await answered(index.get(id));
            if (!entry) continue;
            const refused = refusal && entry.state !== "done" ? { ...refusal, state: "refused" } : {};
            entries.push({ ...entry, ...refused, inDoubt: doubted.has(id) });
        }
        return put(tx, entries);
    });
}
