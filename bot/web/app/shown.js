/**
 * What the interface may look at: the state, and what the catalogue has.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Library } from "./library.js" */

import { StoreError } from "./contract.js";
import { UNLINKED } from "./device.js";

/** @type {T.State} */
const INITIAL = {
    device: { ...UNLINKED, state: "starting" },
    mode: "take",
    online: false,
    offlineSwitch: false,
    queue: { waiting: 0, held: 0, refused: 0, foreign: 0, oldest: null },
    catalogue: { ready: false, items: 0, locations: 0, barcodes: 0, lots: 0, levels: 0, asOf: null,
        complete: false },
    sync: { running: false, lastSuccess: null, retryAt: null, error: "", message: "", clockSkew: 0 },
    persisted: false,
    updateReady: false,
    outdated: false,
};

export class Shown {
    constructor() {
        /** @type {T.State} */
        this.state = INITIAL;
        /** @type {Set<(state: T.State) => void>} */
        this.listeners = new Set();
        /** @type {Library | null} */
        this.library = null;
    }

    get found() {
        if (this.library === null) throw new StoreError("storage", "The storage is not open.");
        return this.library;
    }

    /** @param {(state: T.State) => void} listener */
    subscribe(listener) {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
    }

    /** @param {Partial<T.State>} change */
    show(change) {
        this.state = { ...this.state, ...change };
        for (const listener of this.listeners) listener(this.state);
    }

    /** @param {string} text */
    search(text, limit = 20) {
        return this.found.catalogue.search(text, limit);
    }

    /** @param {string} code */
    lookUp(code) {
        return this.found.catalogue.lookUp(code);
    }

    /** @param {number} id */
    item(id) {
        return this.found.catalogue.item(id);
    }

    /** @param {number} id */
    location(id) {
        return this.found.catalogue.location(id);
    }

    /** @param {number} itemId */
    lots(itemId) {
        return this.found.catalogue.lots(itemId);
    }

    /** @param {number} itemId */
    levelsOfItem(itemId) {
        return this.found.levels("item_id", itemId);
    }

    /** @param {number} locationId */
    levelsAt(locationId) {
        return this.found.levels("location_id", locationId);
    }

    /** @param {number} itemId @param {number} locationId */
    expected(itemId, locationId, lotId = 0) {
        return this.found.expectedAt(itemId, locationId, lotId);
    }
}
