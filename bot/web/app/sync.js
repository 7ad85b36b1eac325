/**
 * Sends what is queued to the books and fetches what changed in them, one tab at a time.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Kept, Progress } from "./answers.js" */
/** @import { Queue } from "./queue.js" */

import { SCHEMA_VERSION, keep, release } from "./answers.js";
import { amend, identity, ownerOf } from "./device.js";
import { answered, read } from "./database.js";
import { RequestFailed, ask } from "./network.js";

const PROTOCOL = 1;
/** The server's own limits. */
const MAX_OPERATIONS = 200;
const PULL_LIMIT = 5_000;

/** Locked: only another link leads on. Barred: a manager may allow it again. */
const LOCKED = new Set(["token_missing", "token_unknown", "device_revoked", "device_expired"]);
const BARRED = "not_allowed";
/** What one operation can do to the whole request that carries it. */
const UNUSABLE = new Set([400, 413, 422]);

/**
 * What became of a run: `later` is tried again by itself, `stopped` is not.
 *
 * @typedef {{ kind: "done" | "stopped" }
 *   | { kind: "later", error: string, message: string, wait: number }} Outcome
 */

export class Sync {
    /**
     * @param {IDBDatabase} database
     * @param {Queue} queue
     * @param {object} on
     * @param {(kept: Kept) => void} on.kept
     * @param {() => Promise<void>} on.deviceChanged
     * @param {(skew: number) => void} on.reached
     */
    constructor(database, queue, on) {
        this.database = database;
        this.queue = queue;
        this.on = on;
    }

    /**
     * Sends and asks until there is nothing more. The lock is held meanwhile: another tab that
     * sent the same operations would be answered, but both would count their results.
     *
     * @param {AbortSignal} signal
     * @param {boolean} [insisted] a person asked for it: a locked device is tried too
     * @returns {Promise<Outcome>}
     */
    async run(signal, insisted = false) {
        try {
            return await navigator.locks.request("tallyman-sync", { signal }, async () =>
                this.rounds(signal, insisted));
        } catch (error) {
            if (signal.aborted) return { kind: "stopped" };
            throw error;
        }
    }

    /** @param {AbortSignal} signal @param {boolean} insisted @returns {Promise<Outcome>} */
    async rounds(signal, insisted) {
        let limit = MAX_OPERATIONS;
        /** @type {Promise<T.SyncAnswer> | null} the next page, asked for while one is written */
        let ahead = null;
        for (;;) {
            const device = await identity(this.database);
            const isLocked = device.state === "locked";
            if (!device.token || (isLocked && device.reason !== BARRED && !insisted))
                return { kind: "stopped" };
            signal.throwIfAborted();
            const doubted = new Set([...this.queue.entries.values()]
                .filter((entry) => entry.inDoubt).map((entry) => entry.id));
            /** @type {T.QueueEntry[]} */
            const batch = ahead ? [] : await this.queue.take(ownerOf(device), limit);
            try {
                /** @type {T.SyncAnswer} */
                const answer = await (ahead ?? this.send(device.token, batch, signal));
                ahead = answer.has_more && batch.length === 0 && answer.cursor !== null
                    ? this.send(device.token, [], signal, answer.cursor) : null;
                // Its failure is met when it is its turn.
                ahead?.catch(() => {});
                const kept = await keep(this.database, answer);
                if (isLocked) await this.amend(device.token, "linked", "", "");
                this.queue.said(kept.entries);
                this.on.kept(kept);
                const held = answer.results.find((result) => result.status === "held");
                if (held) return { kind: "later", error: "held", message: "", wait: 0 };
                if (!answer.has_more && batch.length < limit) return { kind: "done" };
                limit = MAX_OPERATIONS;
            } catch (error) {
                if (!(error instanceof RequestFailed)) throw error;
                if (batch.length > 0 && isOfOperations(error)) {
                    await this.letGo(batch, doubted, batch.length === 1 ? error : undefined);
                    limit = Math.max(1, Math.floor(batch.length / 2));
                    continue;
                }
                if (error.status >= 400 && error.status < 500) await this.letGo(batch, doubted);
                return this.failed(error, device.token);
            }
        }
    }

    /**
     * @param {string} token
     * @param {T.QueueEntry[]} batch
     * @param {AbortSignal} signal
     * @param {string} [cursor] of a page that is not written yet
     * @returns {Promise<T.SyncAnswer>}
     */
    async send(token, batch, signal, cursor) {
        /** @type {Progress | undefined} */
        const progress = await read(this.database, ["settings"], (tx) =>
            answered(tx.objectStore("settings").get("progress")));
        const sent = Date.now();
        /** @type {T.SyncAnswer} */
        const answer = await ask("POST", "sync", {
            token,
            signal,
            body: {
                protocol: PROTOCOL,
                schema_version: SCHEMA_VERSION,
                // By it the server knows how wrong this clock is.
                device_time: new Date(sent).toISOString(),
                // A copy by other rules is of no use: without a cursor everything comes again.
                cursor: cursor ??
                    (progress?.schema === SCHEMA_VERSION ? progress.cursor : undefined),
                pull_limit: PULL_LIMIT,
                operations: batch.map(asOperation),
            },
        });
        const middle = (sent + Date.now()) / 2;
        this.on.reached(Math.round(middle - Date.parse(answer.server_timestamp)));
        return answer;
    }

    /**
     * @param {T.QueueEntry[]} batch
     * @param {Set<string>} doubted
     * @param {RequestFailed} [refusal]
     */
    async letGo(batch, doubted, refusal) {
        const said = refusal && { reason: refusal.code, message: refusal.detail };
        this.queue.said(await release(this.database, batch, doubted, said));
    }

    /**
     * @param {string} token
     * @param {T.DeviceState} state
     * @param {string} reason
     * @param {string} message
     */
    async amend(token, state, reason, message) {
        await amend(this.database, token, { state, reason, message });
        await this.on.deviceChanged();
    }

    /**
     * @param {RequestFailed} error
     * @param {string} token
     * @returns {Promise<Outcome>}
     */
    async failed({ status, code, detail, retryAfter }, token) {
        if (status === 401 || LOCKED.has(code) || code === BARRED) {
            await this.amend(token, "locked", code, detail);
            if (code !== BARRED) return { kind: "stopped" };
        }
        const outdated = code === "unknown_protocol";
        const word = status === 0 ? "network" : outdated ? "outdated" : code;
        return { kind: "later", error: word, message: detail, wait: retryAfter };
    }
}

/**
 * Whether one of the operations may be why a whole request was refused: it is looked for, so that
 * it holds up no other.
 *
 * @param {RequestFailed} error
 */
function isOfOperations({ status, code, fields }) {
    if (!UNUSABLE.has(status) || code === "unknown_protocol") return false;
    return fields.length === 0 || fields.some((field) => field.startsWith("operations"));
}

/** @param {T.QueueEntry} entry */
function asOperation({ id, seq, table, operation, data, timestamp, base_version, supersedes }) {
    return { id, seq, table, operation, data, timestamp, base_version, supersedes };
}
