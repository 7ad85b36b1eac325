/**
 * What was done at this device and is not in the books yet. Nothing in it is ever lost.
 *
 * @module
 */

/** @import * as T from "./types.js" */

import { StoreError } from "./contract.js";
import { keepEntries } from "./copies.js";
import { answered, read, write } from "./database.js";

/** How many done entries are kept to look back at. */
const HISTORY = 200;

/** @type {T.QueueState[]} */
const OPEN = ["waiting", "held", "refused"];

/**
 * @param {T.NewOperation} operation
 * @param {string} owner
 * @param {string} [supersedes]
 * @returns {Omit<T.QueueEntry, "seq">}
 */
function fresh(operation, owner, supersedes) {
    const now = new Date().toISOString();
    return {
        id: crypto.randomUUID(),
        table: operation.table,
        operation: operation.operation ?? "INSERT",
        data: operation.data,
        timestamp: now,
        owner,
        ...(operation.base_version === undefined ? {} : { base_version: operation.base_version }),
        ...(supersedes === undefined ? {} : { supersedes }),
        state: "waiting",
        inDoubt: false,
        outcome: "",
        reason: "",
        message: "",
        serverRecord: null,
        record: null,
        settled: false,
        changed: now,
    };
}

export class Queue {
    /**
     * @param {IDBDatabase} database
     * @param {(entries: T.QueueEntry[]) => void} onChange
     *   called with what changed here, once it is on the disk
     */
    constructor(database, onChange) {
        this.database = database;
        this.onChange = onChange;
        /** @type {Map<number, T.QueueEntry>} what is on the disk, to be read at once */
        this.entries = new Map();
    }

    /** Reads what is on the disk; what other tabs said meanwhile is newer. */
    async load() {
        for (const entry of await this.list())
            if (!this.entries.has(entry.seq)) this.entries.set(entry.seq, entry);
    }

    /** @param {T.QueueEntry[]} entries as another tab wrote them */
    know(entries) {
        for (const entry of entries) this.entries.set(entry.seq, entry);
        const done = [...this.entries.values()].filter((entry) => entry.state === "done");
        for (const entry of forgettable(done)) this.entries.delete(entry.seq);
    }

    /** @returns {Promise<T.QueueEntry[]>} */
    list() {
        return read(this.database, ["queue"], (tx) => answered(tx.objectStore("queue").getAll()));
    }

    /**
     * @param {T.NewOperation} operation
     * @param {string} owner
     */
    async add(operation, owner) {
        const [entry] = await this.decide((tx) => put(tx, [fresh(operation, owner)]));
        return entry;
    }

    /**
     * Queues another operation in place of one that was not done. The server knows both ids: if
     * the first one arrives late, or was applied after all, nothing is done twice.
     *
     * @param {string} id
     * @param {T.Data} data
     * @param {string} owner
     */
    async correct(id, data, owner) {
        const [, entry] = await this.decide(async (tx) => {
            const old = await open(tx, id);
            if (old.owner !== owner) throw new StoreError("not_yours");
            const { table, operation, base_version } = old;
            // All corrections of one thing take the place of the first: the books keep no
            // refusals, and one that the network delivers late would be booked beside the last.
            const first = old.supersedes ?? id;
            const next = fresh({ table, operation, data, base_version }, owner, first);
            return put(tx, [finished(old, "corrected"), { ...next, timestamp: old.timestamp }]);
        });
        return entry;
    }

    /**
     * @param {string} id
     * @param {boolean} [isLost] no answer about it can come any more
     */
    async discard(id, isLost = false) {
        await this.decide(async (tx) => {
            const old = await open(tx, id);
            if (old.inDoubt && !isLost) throw new StoreError("in_doubt");
            return put(tx, [finished(old, "discarded")]);
        });
    }

    /**
     * The next operations to send, marked as being on their way before they are.
     *
     * @param {string} owner
     * @param {number} limit
     */
    take(owner, limit) {
        return this.change(async (tx) => {
            const index = tx.objectStore("queue").index("state");
            const waiting = await answered(index.getAll("waiting"));
            const held = await answered(index.getAll("held"));
            const batch = [...waiting, ...held]
                .filter((entry) => entry.owner === owner)
                .sort((a, b) => a.seq - b.seq)
                .slice(0, limit);
            return put(tx, batch.map((entry) => ({ ...entry, inDoubt: true })));
        });
    }

    /**
     * What a person did: confirmed once it is on the disk twice.
     *
     * @param {(tx: IDBTransaction) => Promise<T.QueueEntry[]>} work answers what it wrote
     */
    async decide(work) {
        const changed = await write(this.database, ["queue"], work);
        await keepEntries(changed);
        this.announce(changed);
        return changed;
    }

    /**
     * @param {(tx: IDBTransaction) => Promise<T.QueueEntry[]>} work answers what it wrote
     */
    async change(work) {
        const changed = await write(this.database, ["queue"], work);
        this.announce(changed);
        return changed;
    }

    /** @param {T.QueueEntry[]} changed by what the server said */
    said(changed) {
        void keepEntries(changed.filter((entry) => entry.state === "done"));
        this.announce(changed);
    }

    /** @param {T.QueueEntry[]} changed */
    announce(changed) {
        if (changed.length === 0) return;
        this.know(changed);
        this.onChange(changed);
    }

    /**
     * @param {string} owner
     * @returns {T.QueueSummary}
     */
    summary(owner) {
        /** @type {T.QueueSummary} */
        const summary = { waiting: 0, held: 0, refused: 0, foreign: 0, oldest: null };
        for (const entry of this.entries.values()) {
            if (entry.state === "done") continue;
            summary[entry.state] += 1;
            if (entry.owner !== owner) summary.foreign += 1;
            if (summary.oldest === null || entry.timestamp < summary.oldest)
                summary.oldest = entry.timestamp;
        }
        return summary;
    }

    /** Which of them change the levels that are expected, in their order. */
    unsettled() {
        return [...this.entries.values()]
            .filter((entry) => entry.state === "waiting" || entry.state === "held" ||
                (entry.outcome === "applied" && !entry.settled))
            .sort((a, b) => a.seq - b.seq);
    }
}

/**
 * Writes entries; new ones are given their `seq`.
 *
 * @param {IDBTransaction} tx
 * @param {(T.QueueEntry | Omit<T.QueueEntry, "seq">)[]} entries
 */
export async function put(tx, entries) {
    const store = tx.objectStore("queue");
    /** @type {T.QueueEntry[]} */
    const written = [];
    for (const entry of entries) {
        const seq = /** @type {number} */ (await answered(store.put(entry)));
        written.push({ ...entry, seq });
    }
    return written;
}

/**
 * Deletes the oldest of what is done.
 *
 * @param {IDBTransaction} tx
 */
export async function prune(tx) {
    const store = tx.objectStore("queue");
    for (const entry of forgettable(await answered(store.index("state").getAll("done"))))
        store.delete(entry.seq);
}

/**
 * @param {T.QueueEntry[]} done
 * @returns {T.QueueEntry[]}
 */
function forgettable(done) {
    return done.filter((entry) => entry.settled).sort((a, b) => b.seq - a.seq).slice(HISTORY);
}

/**
 * @param {IDBTransaction} tx
 * @param {string} id
 * @returns {Promise<T.QueueEntry>}
 */
async function open(tx, id) {
    /** @type {T.QueueEntry | undefined} */
    const entry = await answered(tx.objectStore("queue").index("id").get(id));
    if (entry === undefined) throw new StoreError("unknown_operation");
    if (!OPEN.includes(entry.state)) throw new StoreError("already_done");
    return entry;
}

/**
 * @param {T.QueueEntry} entry
 * @param {"corrected" | "discarded"} outcome
 * @returns {T.QueueEntry}
 */
function finished(entry, outcome) {
    return { ...entry, state: "done", outcome, settled: true, changed: new Date().toISOString() };
}
