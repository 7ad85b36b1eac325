/**
 * Who this browser works for: the link it redeems, the token it keeps, and how it was locked.
 *
 * @module
 */

/** @import * as T from "./types.js" */

import { StoreError } from "./contract.js";
import { keepDevice } from "./copies.js";
import { answered, read, write } from "./database.js";
import { RequestFailed, ask } from "./network.js";

/** @typedef {T.Device & { token: string }} Identity */

/** @type {Identity} */
export const UNLINKED = {
    state: "unlinked",
    reason: "",
    message: "",
    id: "",
    name: "",
    guildId: "",
    guildName: "",
    userId: "",
    userName: "",
    locale: "",
    permissions: [],
    orders: [],
    settings: {},
    token: "",
};

/** @param {T.Device} device */
export function ownerOf({ guildId, userId }) {
    return guildId && `${guildId}.${userId}`;
}

/**
 * The link in the page's address, which is taken out of it at once: an address is kept in the
 * history, in bookmarks and on shared screens.
 *
 * @returns {string | null}
 */
export function takeLink() {
    const link = new URLSearchParams(location.hash.slice(1)).get("link");
    if (link !== null)
        history.replaceState(history.state, "", location.pathname + location.search);
    return link;
}

/**
 * @param {IDBDatabase} database
 * @returns {Promise<Identity>}
 */
export async function identity(database) {
    const kept = await read(database, ["settings"], (tx) =>
        answered(tx.objectStore("settings").get("device")));
    return { ...UNLINKED, ...kept };
}

/**
 * Exchanges a link for a token. Another guild or member's copy of the books is deleted with it.
 *
 * @param {IDBDatabase} database
 * @param {string} link
 * @returns {Promise<Identity>}
 */
export async function redeem(database, link) {
    const code = link.includes("#") ? new URLSearchParams(link.split("#")[1]).get("link") : link;
    if (!code) throw new StoreError("bad_link");
    const answer = await ask("POST", "devices", { body: { link: code.trim() } }).catch(refusal);
    const device = { ...told(answer), token: String(answer.token) };
    await write(database, ["settings", "segments"], async (tx) => {
        const settings = tx.objectStore("settings");
        const before = { ...UNLINKED, ...(await answered(settings.get("device"))) };
        if (ownerOf(before) !== ownerOf(device)) await forget(tx);
        settings.put(device, "device");
    });
    await keepDevice(device);
    return device;
}

/**
 * Deletes what is known of the books, never what is queued.
 *
 * @param {IDBTransaction} tx
 */
export async function forget(tx) {
    tx.objectStore("segments").clear();
    const settings = tx.objectStore("settings");
    const progress = await answered(settings.get("progress"));
    // The stamp goes on, so that no tab takes its old copy for the new one.
    settings.put({ stamp: (progress?.stamp ?? 0) + 1 }, "progress");
}

/**
 * @param {IDBDatabase} database
 * @param {string} token only the device it was said of is changed: another tab may have linked
 * @param {Partial<Identity>} change
 */
export function amend(database, token, change) {
    return write(database, ["settings"], async (tx) => {
        const settings = tx.objectStore("settings");
        const device = { ...UNLINKED, ...(await answered(settings.get("device"))) };
        if (device.token === token) settings.put({ ...device, ...change }, "device");
    });
}

/**
 * What the server says of the device, with the orders that may be received by those who may; the
 * ones of before if they cannot be fetched.
 *
 * @param {Identity} device
 * @returns {Promise<T.Device>}
 */
export async function whoAmI({ token, orders }) {
    const me = told(await ask("GET", "me", { token }));
    if (!me.permissions.includes("order.receive")) return me;
    const answer = await ask("GET", "orders", { token }).catch(() => ({ orders }));
    return { ...me, orders: answer.orders };
}

/** @param {IDBDatabase} database */
export async function signOff(database) {
    const { token } = await identity(database);
    // Without a network it stays in /device list, where it can be revoked.
    if (token) await ask("DELETE", "device", { token }).catch(() => {});
    await keepDevice(null);
    await write(database, ["settings", "segments"], async (tx) => {
        tx.objectStore("settings").delete("device");
        await forget(tx);
    });
}

/**
 * @param {any} me
 * @returns {T.Device}
 */
function told({ device, person, guild }) {
    return {
        state: "linked",
        reason: "",
        message: "",
        id: device.id,
        name: device.name,
        guildId: guild.id,
        guildName: guild.name,
        userId: person.id,
        userName: person.name,
        locale: person.language || guild.language || "",
        permissions: person.permissions,
        orders: [],
        settings: guild,
    };
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function refusal(error) {
    if (error instanceof RequestFailed) throw new StoreError(error.code, error.detail);
    throw error;
}
