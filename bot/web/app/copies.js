/**
 * A second copy of what cannot be fetched again: who this device is, and what is queued.
 *
 * Chromium begins with an empty database if it cannot read the log of the one that it had, which
 * happens once in some hundred times when it is killed while it writes. The copy is in another
 * storage of the browser, a file for each entry, and is only read where the database is empty.
 * Whatever fails here is not told: the database alone decides what was queued.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Identity } from "./device.js" */

import { answered, read, write } from "./database.js";

const CACHE = "tallyman-kept";
const HERE = new URL("./kept/", location.href).href;
const DEVICE = `${HERE}device`;

/** @param {string} id */
function urlOf(id) {
    return `${HERE}queue/${id}`;
}

/**
 * @param {(cache: Cache) => Promise<unknown>} work
 */
async function withCache(work) {
    try {
        await work(await caches.open(CACHE));
    } catch {
        // No room, or a browser that keeps none here.
    }
}

/** @param {Identity | null} device null if it was signed off */
export function keepDevice(device) {
    return withCache((cache) =>
        device === null ? cache.delete(DEVICE) : cache.put(DEVICE, Response.json(device)));
}

/**
 * Keeps what is open, and drops what is done.
 *
 * @param {T.QueueEntry[]} entries
 */
export function keepEntries(entries) {
    return withCache((cache) => Promise.all(entries.map((entry) =>
        entry.state === "done"
            ? cache.delete(urlOf(entry.id))
            : cache.put(urlOf(entry.id), Response.json(entry)))));
}

/**
 * Makes the copy what the database says, where a tab ended in between.
 *
 * @param {Identity} device
 * @param {Iterable<T.QueueEntry>} entries
 */
export function tidy(device, entries) {
    const open = new Map([...entries].filter((entry) => entry.state !== "done")
        .map((entry) => [urlOf(entry.id), entry]));
    return withCache(async (cache) => {
        const kept = new Set((await cache.keys()).map((request) => request.url));
        const left = [...kept].filter((url) => url !== DEVICE && !open.has(url));
        await Promise.all(left.map((url) => cache.delete(url)));
        await keepEntries([...open].filter(([url]) => !kept.has(url)).map(([, entry]) => entry));
        if (device.token && !kept.has(DEVICE)) await keepDevice(device);
    });
}

/**
 * Puts the copy into a database that has nothing.
 *
 * @param {IDBDatabase} database
 */
export async function restore(database) {
    if (!(await read(database, ["queue", "settings"], isEmpty))) return;
    /** @type {Identity | undefined} */
    let device;
    /** @type {T.QueueEntry[]} */
    const entries = [];
    await withCache(async (cache) => {
        device = await (await cache.match(DEVICE))?.json();
        for (const request of await cache.keys())
            if (request.url !== DEVICE) entries.push(await (await cache.match(request))?.json());
    });
    if (device === undefined && entries.length === 0) return;
    await write(database, ["queue", "settings"], async (tx) => {
        // Another tab may have been faster.
        if (!(await isEmpty(tx))) return;
        if (device) tx.objectStore("settings").put(device, "device");
        const queue = tx.objectStore("queue");
        // What was on its way may have arrived; the server knows its id.
        for (const entry of entries) queue.put({ ...entry, inDoubt: true });
        // Numbers go on behind all that were ever given: a time is larger than any.
        queue.delete(await answered(queue.add({ id: "", seq: Date.now() })));
    });
}

/** @param {IDBTransaction} tx */
async function isEmpty(tx) {
    return (await answered(tx.objectStore("settings").get("device"))) === undefined &&
        (await answered(tx.objectStore("queue").count())) === 0;
}
