/**
 * The catalogue together with what is queued: what the interface searches, and levels to expect.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Kept, Progress } from "./answers.js" */
/** @import { Effect } from "./expected.js" */

import { Catalogue } from "./catalogue.js";
import { answered, read } from "./database.js";
import { after, effects } from "./expected.js";
import { parse } from "./decimals.js";

export class Library {
    /**
     * @param {IDBDatabase} database
     * @param {() => T.QueueEntry[]} unsettled
     * @param {() => void} onChange
     */
    constructor(database, unsettled, onChange) {
        this.database = database;
        this.unsettled = unsettled;
        this.onChange = onChange;
        this.catalogue = new Catalogue();
        /** @type {{ asOf: string | null, complete: boolean }} */
        this.progress = { asOf: null, complete: false };
        /** @type {Map<string, Effect> | null} */
        this.effects = null;
        /** @type {Promise<void> | null} */
        this.loading = null;
        this.again = false;
        /** @type {Kept[]} what came while it was read */
        this.meanwhile = [];
    }

    /** Reads it from the disk; who asks while that is under way gets what is newer still. */
    load() {
        this.again = true;
        this.loading ??= this.loadAll().finally(() => {
            this.loading = null;
        });
        return this.loading;
    }

    async loadAll() {
        while (this.again) {
            this.again = false;
            await this.catalogue.load(this.database);
            /** @type {Progress | undefined} */
            const progress = await read(this.database, ["settings"], (tx) =>
                answered(tx.objectStore("settings").get("progress")));
            const { asOf = null, complete = false } = progress ?? {};
            this.changed({ asOf, complete });
            this.catchUp();
        }
    }

    /**
     * Applies what came while it was read and is not in it. Reading again would never end while
     * a first copy is on its way.
     */
    catchUp() {
        const newer = this.meanwhile.filter((kept) => kept.stamp > this.catalogue.stamp);
        this.meanwhile = [];
        for (const kept of newer)
            if (!this.again && this.catalogue.apply(kept)) this.changed(kept);
            else this.again = true;
    }

    /** @param {Kept} kept */
    apply(kept) {
        if (this.loading !== null) this.meanwhile.push(kept);
        else if (this.catalogue.apply(kept)) this.changed(kept);
        // What cannot be read now is with the next answer.
        else this.load().catch(() => {});
    }

    /** @param {{ asOf: string | null, complete: boolean }} progress */
    changed({ asOf, complete }) {
        this.progress = { asOf, complete };
        this.queueChanged();
        this.onChange();
    }

    queueChanged() {
        this.effects = null;
    }

    /** @returns {T.CatalogueState} */
    get state() {
        return { ready: this.catalogue.ready, ...this.catalogue.counts, ...this.progress };
    }

    expected() {
        this.effects ??= effects(this.unsettled(), this.catalogue);
        return this.effects;
    }

    /**
     * @param {number} itemId
     * @param {number} locationId
     * @param {number} lotId
     */
    expectedAt(itemId, locationId, lotId) {
        const level = this.catalogue.level(itemId, locationId, lotId);
        return after(level, this.expected().get(`${itemId}/${locationId}/${lotId}`));
    }

    /**
     * The levels of an item or at a location, those that only what is queued makes included.
     *
     * @param {"item_id" | "location_id"} column
     * @param {number} id
     * @returns {T.Level[]}
     */
    levels(column, id) {
        const known = new Map(this.catalogue.levels(column, id).map((level) =>
            [`${level.itemId}/${level.locationId}/${level.lotId}`, level.quantity]));
        for (const key of this.expected().keys()) {
            const [itemId, locationId] = key.split("/").map(Number);
            const isHere = (column === "item_id" ? itemId : locationId) === id;
            if (isHere && !known.has(key)) known.set(key, "0");
        }
        return [...known].flatMap(([key, quantity]) => this.level(key, quantity))
            .sort((a, b) => compare(a.location.path, b.location.path) ||
                compare(a.item.sku, b.item.sku) || compare(a.lot?.code ?? "", b.lot?.code ?? ""));
    }

    /**
     * @param {string} key
     * @param {string} quantity
     * @returns {T.Level[]} none of what is not in the copy yet, or neither was nor will be there
     */
    level(key, quantity) {
        const [itemId, locationId, lotId] = key.split("/").map(Number);
        const item = this.catalogue.item(itemId);
        const location = this.catalogue.location(locationId);
        const expected = after(quantity, this.expected().get(key));
        if (!item || !location || (parse(quantity) === 0n && parse(expected) === 0n)) return [];
        const lot = lotId === 0 ? null : this.catalogue.lot(lotId);
        return [{ item, location, lot, quantity, expected }];
    }
}

/** @param {string} a @param {string} b */
function compare(a, b) {
    return a < b ? -1 : Number(a > b);
}
