/**
 * The one place where the interface asks and is called back; see contract.js for what it may ask.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Store } from "./contract.js" */
/** @import { Kept } from "./answers.js" */
/** @import { Identity } from "./device.js" */

import { StoreError } from "./contract.js";
import { restore, tidy } from "./copies.js";
import { answered, openDatabase, read, write } from "./database.js";
import { UNLINKED, amend, identity, ownerOf, redeem, signOff, takeLink, whoAmI } from "./device.js";
import { exported } from "./export.js";
import { Library } from "./library.js";
import { Queue } from "./queue.js";
import { Scheduler } from "./scheduler.js";
import { Shown } from "./shown.js";
import { Sync } from "./sync.js";
import { watchUpdates } from "./updates.js";

/**
 * What tabs tell each other.
 *
 * @typedef {{ kind: "queue", entries: T.QueueEntry[] } | { kind: "kept", kept: Kept }
 *   | { kind: "device" } | { kind: "preferences" }} Message
 */

/** @returns {Store} */
export function createStore() {
    return new BrowserStore();
}

/** @implements {Store} */
class BrowserStore extends Shown {
    constructor() {
        super();
        /** @type {Identity} */
        this.device = UNLINKED;
        /** @type {{ database: IDBDatabase, queue: Queue, library: Library, sync: Sync } | null} */
        this.parts = null;
        this.channel = new BroadcastChannel("tallyman");
        this.stopped = new AbortController();
        this.openUpdate = () => location.reload();
        this.scheduler = new Scheduler((signal, insisted) => this.opened().sync.run(signal, insisted),
            () => this.showSync());
    }

    opened() {
        if (this.parts === null) throw new StoreError("storage", "The storage is not open.");
        return this.parts;
    }

    async start() {
        const link = takeLink();
        this.openUpdate = watchUpdates({
            onReady: () => this.show({ updateReady: true }),
            onReplaced: () => this.show({ outdated: true }),
        });
        const database = await openDatabase({ onOutdated: () => this.outdated() });
        await restore(database);
        const queue = new Queue(database, (entries) => {
            this.tell({ kind: "queue", entries });
            this.showQueue();
        });
        const library = new Library(database, () => queue.unsettled(), () =>
            this.show({ catalogue: library.state }));
        const sync = new Sync(database, queue, {
            kept: (kept) => {
                this.tell({ kind: "kept", kept });
                library.apply(kept);
            },
            deviceChanged: () => this.deviceChanged(),
            reached: (clockSkew) => this.show({ sync: { ...this.state.sync, clockSkew } }),
        });
        this.parts = { database, queue, library, sync };
        this.library = library;
        this.channel.onmessage = ({ data }) => void this.heard(data);
        this.watchNetwork();
        await queue.load();
        this.showQueue();
        await this.loadDevice(link === null ? "" : "linking");
        await this.loadPreferences();
        // What is found there is shown; what is queued goes on in any case.
        if (link !== null) await this.link(link).catch(() => {});
        void tidy(this.device, queue.entries.values());
        void navigator.storage?.persist?.().then((persisted) => this.show({ persisted }));
        if (!this.state.offlineSwitch) this.scheduler.start();
        void this.refreshDevice();
        await library.load();
    }

    stop() {
        this.stopped.abort();
        this.scheduler.pause();
        this.channel.close();
        this.parts?.database.close();
    }

    watchNetwork() {
        const signal = this.stopped.signal;
        addEventListener("online", () => this.scheduler.now(), { signal });
        addEventListener("offline", () => this.showSync(), { signal });
        document.addEventListener("visibilitychange", () => {
            if (document.visibilityState === "visible") this.scheduler.now();
        }, { signal });
    }

    /** Another tab runs a newer page: this one may only be looked at until it is reloaded. */
    outdated() {
        this.scheduler.pause();
        // What others say from now on may be of a shape that this page does not know.
        this.channel.onmessage = null;
        this.show({ outdated: true });
    }

    /** @param {Message} message */
    tell(message) {
        this.channel.postMessage(message);
    }

    /** @param {Message} message */
    async heard(message) {
        const { queue, library } = this.opened();
        if (message.kind === "queue") queue.know(message.entries);
        if (message.kind === "kept") {
            library.apply(message.kept);
            this.scheduler.heard();
        }
        if (message.kind === "device") await this.loadDevice();
        if (message.kind === "preferences") {
            const before = this.state.offlineSwitch;
            await this.loadPreferences();
            if (this.state.offlineSwitch !== before) this.followSwitch();
        }
        this.showQueue();
    }

    showQueue() {
        const { queue, library } = this.opened();
        library.queueChanged();
        this.show({ queue: queue.summary(ownerOf(this.device)) });
    }

    showSync() {
        const { running, retryAt, error, message, lastSuccess } = this.scheduler;
        this.show({
            online: !this.state.offlineSwitch && navigator.onLine && error !== "network",
            sync: {
                ...this.state.sync,
                ...{ running, error, message, lastSuccess },
                retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
            },
        });
    }

    /** @param {"" | "linking"} [meanwhile] */
    async loadDevice(meanwhile = "") {
        const { database, library } = this.opened();
        const before = ownerOf(this.device);
        this.device = await identity(database);
        const { token: _, ...device } = this.device;
        this.show({ device: meanwhile ? { ...device, state: meanwhile } : device });
        this.showQueue();
        if (before !== "" && before !== ownerOf(this.device)) await library.load();
    }

    async deviceChanged() {
        await this.loadDevice();
        this.tell({ kind: "device" });
    }

    /** What the person is called and may do: for the interface alone, the server asks itself. */
    async refreshDevice() {
        if (!this.device.token || this.state.offlineSwitch) return;
        const { database } = this.opened();
        const { token, state } = this.device;
        const told = await whoAmI(this.device).catch(() => null);
        if (told === null || state === "locked") return;
        const { state: _, reason: __, message: ___, ...facts } = told;
        await amend(database, token, facts);
        await this.deviceChanged();
    }

    async loadPreferences() {
        const { database } = this.opened();
        const { mode = "take", offline = false } = (await read(database, ["settings"], (tx) =>
            answered(tx.objectStore("settings").get("preferences")))) ?? {};
        this.show({ mode, offlineSwitch: offline });
        this.showSync();
    }

    async keepPreferences() {
        const { mode, offlineSwitch: offline } = this.state;
        await write(this.opened().database, ["settings"], (tx) =>
            void tx.objectStore("settings").put({ mode, offline }, "preferences"));
        this.tell({ kind: "preferences" });
    }

    /** @param {T.Mode} mode */
    setMode(mode) {
        this.show({ mode });
        // Orders may have been sent, or received by others, since the page was opened.
        if (mode === "receive") void this.refreshDevice();
        // Not worth a sentence if it fails: the next visit begins with the mode before.
        this.keepPreferences().catch(() => {});
    }

    /** @param {boolean} offline */
    setOffline(offline) {
        this.show({ offlineSwitch: offline });
        this.followSwitch();
        this.keepPreferences().catch(() => {});
    }

    followSwitch() {
        if (this.state.offlineSwitch) this.scheduler.pause();
        else this.scheduler.start();
        this.showSync();
    }

    /** @param {T.NewOperation} operation */
    async enqueue(operation) {
        const entry = await this.opened().queue.add(operation, this.owner());
        this.scheduler.soon();
        return entry;
    }

    queueList() {
        return this.opened().queue.list();
    }

    /** @param {string} id @param {T.Data} data */
    async correct(id, data) {
        const entry = await this.opened().queue.correct(id, data, this.owner());
        this.scheduler.soon();
        return entry;
    }

    /** Whose work it is from now on. A locked device takes none: it would never arrive. */
    owner() {
        if (!this.device.token) throw new StoreError("not_linked");
        if (this.device.state === "locked") throw new StoreError("locked");
        return ownerOf(this.device);
    }

    /** @param {string} id */
    discard(id) {
        const { queue } = this.opened();
        const entry = [...queue.entries.values()].find((each) => each.id === id);
        // The answer that would decide it cannot come any more.
        const isLost = this.device.state !== "linked" || entry?.owner !== ownerOf(this.device);
        return queue.discard(id, isLost);
    }

    /** @param {"json" | "csv"} format */
    async exportQueue(format) {
        const { queue, library } = this.opened();
        const entries = (await queue.list()).filter((entry) => entry.state !== "done");
        return exported(entries, library.catalogue, format, this.state.device);
    }

    /** @param {string} link */
    async link(link) {
        const { database } = this.opened();
        this.show({ device: { ...this.state.device, state: "linking" } });
        try {
            await redeem(database, link);
        } catch (error) {
            await this.loadDevice();
            const { code, said } = error instanceof StoreError ? error : new StoreError("network");
            this.show({ device: { ...this.state.device, reason: code, message: said } });
            throw error;
        }
        await this.deviceChanged();
        this.scheduler.now();
    }

    async unlink() {
        const { database, library } = this.opened();
        this.scheduler.pause();
        await signOff(database);
        await this.deviceChanged();
        await library.load();
        if (!this.state.offlineSwitch) this.scheduler.start();
    }

    async syncNow() {
        this.scheduler.now(true);
    }

    async applyUpdate() {
        this.openUpdate();
    }
}
