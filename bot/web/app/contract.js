/**
 * What the interface may ask of the store. `createStore` in store.js makes one.
 *
 * Promises reject with `StoreError` alone, whose `code` is a word the interface has a sentence for.
 *
 * @module
 */

/** @import * as T from "./types.js" */

/**
 * @typedef {object} Store
 * @property {T.State} state as of now; a new object after every change, never changed in itself
 * @property {(listener: (state: T.State) => void) => () => void} subscribe
 *   called after every change; answers how to stop
 * @property {() => Promise<void>} start opens the storage, redeems a link, loads and syncs
 * @property {() => void} stop ends timers and connections: for tests
 *
 * @property {(mode: T.Mode) => void} setMode remembered for the next visit
 * @property {(offline: boolean) => void} setOffline the person's own switch
 *
 * @property {(text: string, limit?: number) => T.Found} search
 *   words in any order, anywhere in part numbers and names; at once, from memory
 * @property {(code: string) => T.Meaning[]} lookUp what a scanned or typed code means exactly
 * @property {(id: number) => T.Item | null} item
 * @property {(id: number) => T.Location | null} location
 * @property {(itemId: number) => T.Lot[]} lots first-expiring first
 * @property {(itemId: number) => T.Level[]} levelsOfItem where it is
 * @property {(locationId: number) => T.Level[]} levelsAt what is there
 * @property {(itemId: number, locationId: number, lotId?: number) => string} expected
 *   the level with everything that is queued here
 *
 * @property {(operation: T.NewOperation) => Promise<T.QueueEntry>} enqueue
 *   resolves once it is on the disk: confirm it to the person then, not before
 * @property {() => Promise<T.QueueEntry[]>} queueList oldest first, the done ones of late included
 * @property {(id: string, data: T.Data) => Promise<T.QueueEntry>} correct
 *   queues another in place of one that is not done
 * @property {(id: string) => Promise<void>} discard
 *   code `in_doubt` while it may have been applied already
 * @property {(format: "json" | "csv") => Promise<T.ExportedQueue>} exportQueue
 *   everything that is not done by anyone; also of a locked device
 *
 * @property {(link: string) => Promise<void>} link redeems the link or its fragment
 * @property {() => Promise<void>} unlink
 *   says so to the server if it can, deletes token and catalogue, keeps the queue
 * @property {() => Promise<void>} syncNow also tries a locked device again
 * @property {() => Promise<void>} applyUpdate opens the newer page; the queue stays
 */

/** What went wrong, as a word: the interface says it in the person's language. */
export class StoreError extends Error {
    /**
     * @param {string} code not_linked, locked, not_yours, unknown_operation, in_doubt,
     *   already_done, storage, outdated; of links bad_link, network and the server's words
     * @param {string} [message] the server's sentence, if there is one
     */
    constructor(code, message = "") {
        super(message || code);
        this.code = code;
        this.said = message;
    }
}
