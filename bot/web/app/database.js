/**
 * The browser's own database: what is queued, what is known of the books, and who this device is.
 *
 * @module
 */

import { StoreError } from "./contract.js";

export const NAME = "tallyman";

/**
 * Step by step from nothing to now. Steps are only ever added: a browser that was away for a year
 * takes the ones that it missed, and what is queued in it survives each of them.
 *
 * @type {((database: IDBDatabase, transaction: IDBTransaction) => void)[]}
 */
export const UPGRADES = [
    (database) => {
        // The key grows with every operation and is never used twice, in all tabs together.
        const queue = database.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
        queue.createIndex("id", "id", { unique: true });
        queue.createIndex("state", "state");
        database.createObjectStore("settings");
        database.createObjectStore("segments", { keyPath: "key", autoIncrement: true });
    },
];

/**
 * @param {object} [options]
 * @param {typeof UPGRADES} [options.upgrades]
 * @param {() => void} [options.onOutdated] another tab wants a newer version than this one knows
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase({ upgrades = UPGRADES, onOutdated = () => {} } = {}) {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open(NAME, upgrades.length);
        request.onupgradeneeded = ({ oldVersion }) => {
            const transaction = /** @type {IDBTransaction} */ (request.transaction);
            for (const upgrade of upgrades.slice(oldVersion)) upgrade(request.result, transaction);
        };
        request.onsuccess = () => {
            const database = request.result;
            // Closed at once: the newer tab could not open it otherwise, and nothing is lost,
            // because only what is on the disk was ever confirmed.
            database.onversionchange = () => {
                database.close();
                onOutdated();
            };
            resolve(database);
        };
        request.onerror = () => {
            const outdated = request.error?.name === "VersionError";
            reject(new StoreError(outdated ? "outdated" : "storage", request.error?.message));
        };
    });
}

/**
 * The answer of one request, within its transaction.
 *
 * @template R
 * @param {IDBRequest<R>} request
 * @returns {Promise<R>}
 */
export function answered(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new StoreError("storage", request.error?.message));
    });
}

/**
 * Does all of `work` or nothing of it, and returns once it is on the disk.
 *
 * `work` may await requests of its own transaction and nothing else: the browser ends a
 * transaction that has nothing to do.
 *
 * @template R
 * @param {IDBDatabase} database
 * @param {string[]} names
 * @param {(transaction: IDBTransaction) => R | Promise<R>} work
 * @returns {Promise<R>}
 */
export async function write(database, names, work) {
    const transaction = begun(database, names, "readwrite");
    const ended = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () =>
            reject(new StoreError("storage", transaction.error?.message ?? "aborted"));
    });
    try {
        const result = await work(transaction);
        await ended;
        return result;
    } catch (error) {
        ended.catch(() => {});
        if (!(error instanceof StoreError && error.code === "storage")) transaction.abort();
        throw error;
    }
}

/**
 * @template R
 * @param {IDBDatabase} database
 * @param {string[]} names
 * @param {(transaction: IDBTransaction) => R | Promise<R>} work
 * @returns {Promise<R>}
 */
export async function read(database, names, work) {
    return work(begun(database, names, "readonly"));
}

/**
 * @param {IDBDatabase} database
 * @param {string[]} names
 * @param {IDBTransactionMode} mode
 */
function begun(database, names, mode) {
    try {
        // Strict: without it the browser says "complete" before the disk has it.
        return database.transaction(names, mode, { durability: "strict" });
    } catch (error) {
        // It was closed for a newer tab.
        throw new StoreError("outdated", error instanceof Error ? error.message : "");
    }
}
