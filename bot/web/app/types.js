/**
 * The shapes that the modules of the scanner page share: the protocol's, and the interface's.
 *
 * @module
 */

/** @typedef {"take" | "put" | "move" | "count" | "receive" | "look"} Mode */
/** @typedef {"stock_moves" | "stock_counts" | "items" | "locations" | "barcodes"} PushTable */
/** @typedef {"items" | "locations" | "barcodes" | "lots" | "stock_levels"} PullTable */
/** @typedef {"INSERT" | "UPDATE" | "DELETE"} Verb */
/** @typedef {Record<string, unknown>} Data `data` of a table; decimals are text */

/**
 * What is queued: see `data` of each table in the protocol. `item`, `from`, `to`, `location` and
 * `lot` are best given as the numbers of rows of the catalogue: expected levels follow at once.
 *
 * @typedef {object} NewOperation
 * @property {PushTable} table
 * @property {Verb} [operation] INSERT unless said otherwise
 * @property {Data} data
 * @property {number} [base_version]
 */

/**
 * Waiting: not yet answered. Held: neither done nor refused, sent again by itself. Refused: needs
 * a person. Done: applied, corrected or discarded; the last ones are kept as history.
 *
 * @typedef {"waiting" | "held" | "refused" | "done"} QueueState
 */

/**
 * @typedef {object} QueueEntry
 * @property {string} id
 * @property {number} seq grows by one with every operation of this browser
 * @property {PushTable} table
 * @property {Verb} operation
 * @property {Data} data
 * @property {string} timestamp by this device's clock
 * @property {string} owner the guild and member it was done for; only they may send it
 * @property {number} [base_version]
 * @property {string} [supersedes]
 * @property {QueueState} state
 * @property {boolean} inDoubt was sent, and the answer has not arrived
 * @property {"" | "applied" | "duplicate" | "superseded" | "corrected" | "discarded"} outcome
 *   of done ones
 * @property {string} reason a word of the protocol: insufficient_stock
 * @property {string} message what the server said, to be shown as it is
 * @property {Data | null} serverRecord the row as the server has it, beside a refusal
 * @property {number | null} record what it made in the books
 * @property {boolean} settled done, and the levels that it made have arrived
 * @property {string} changed when its state last changed
 */

/**
 * @typedef {object} QueueSummary
 * @property {number} waiting
 * @property {number} held
 * @property {number} refused
 * @property {number} foreign of those, done for another member or guild than this device's
 * @property {string | null} oldest timestamp of the oldest that is not done: its age is in sight
 */

/**
 * Locked: the server does not know the device any more, or no longer lets it. Its queue is kept.
 *
 * @typedef {"starting" | "unlinked" | "linking" | "linked" | "locked"} DeviceState
 */

/**
 * @typedef {object} Device
 * @property {DeviceState} state
 * @property {string} reason why it is locked or a link failed: a word (revoked, expired, ...)
 * @property {string} message the server's sentence about it
 * @property {string} id
 * @property {string} name
 * @property {string} guildId
 * @property {string} guildName
 * @property {string} userId
 * @property {string} userName
 * @property {string} locale the person's language, or empty
 * @property {string[]} permissions what the person may do, as of the last time it was asked
 * @property {AwaitedOrder[]} orders that goods may come in of, as of the last time it was asked
 * @property {Data} settings the guild's, as the server says them (time zone, days of warning, ...)
 */

/**
 * @typedef {object} AwaitedOrder
 * @property {string} label its number: PO-7
 * @property {string} supplier
 * @property {string | null} promised_on
 * @property {{ item_id: number, sku: string, left: string, unit: string }[]} lines still to come
 */

/**
 * @typedef {object} CatalogueState
 * @property {boolean} ready whether it may be searched
 * @property {number} items
 * @property {number} locations
 * @property {number} barcodes
 * @property {number} lots
 * @property {number} levels
 * @property {string | null} asOf the server's time of the last change it knows
 * @property {boolean} complete false while a first copy is on its way
 */

/**
 * @typedef {object} SyncState
 * @property {boolean} running
 * @property {string | null} lastSuccess
 * @property {string | null} retryAt when it is tried again after a failure
 * @property {string} error a word (network, server, busy, outdated), or empty
 * @property {string} message the server's sentence about it
 * @property {number} clockSkew milliseconds that this device's clock is ahead of the server's
 */

/**
 * @typedef {object} State
 * @property {Device} device
 * @property {Mode} mode
 * @property {boolean} online whether the server was reached last time, and nothing says offline
 * @property {boolean} offlineSwitch whether the person switched the network off
 * @property {QueueSummary} queue
 * @property {CatalogueState} catalogue
 * @property {SyncState} sync
 * @property {boolean} persisted whether the browser promised to keep the storage
 * @property {boolean} updateReady a newer page is installed: `applyUpdate` opens it
 * @property {boolean} outdated another tab runs a newer page: reload this one
 */

/** @typedef {{ unit: string, factor: string }} Unit one of it is `factor` of the item's own */

/**
 * @typedef {object} Item
 * @property {number} id
 * @property {string} sku
 * @property {string} name
 * @property {string} unit
 * @property {Unit[]} units its other units
 * @property {"none" | "lot" | "serial"} tracking
 * @property {boolean} archived
 * @property {number} version give it as `base_version`
 * @property {Data} data everything that the server says of it
 */

/**
 * @typedef {object} Location
 * @property {number} id
 * @property {string} name
 * @property {string} path
 * @property {string} kind
 * @property {boolean} archived
 * @property {number} version
 * @property {Data} data
 */

/**
 * @typedef {object} Lot
 * @property {number} id
 * @property {number} itemId
 * @property {string} code
 * @property {string | null} expiresOn
 * @property {string} state
 * @property {Data} data
 */

/**
 * @typedef {object} Barcode
 * @property {string} code
 * @property {number} itemId
 * @property {string} unit empty: the item's own
 * @property {string} quantity how much of it one scan means
 */

/**
 * @typedef {object} Level
 * @property {Item} item
 * @property {Location} location
 * @property {Lot | null} lot
 * @property {string} quantity as the server said
 * @property {string} expected with what is queued here
 */

/**
 * What a code means, the most exact first.
 *
 * @typedef {{ kind: "barcode", item: Item, barcode: Barcode }
 *   | { kind: "item", item: Item }
 *   | { kind: "location", location: Location }
 *   | { kind: "lot", item: Item, lot: Lot }
 * } Meaning
 */

/** @typedef {{ items: Item[], locations: Location[], more: boolean }} Found */

/** @typedef {{ name: string, type: string, text: string }} ExportedQueue */

/**
 * A row that changed, as the server says it.
 *
 * @typedef {object} RowChange
 * @property {number} seq
 * @property {PullTable} table
 * @property {Verb} operation
 * @property {string} id
 * @property {number} version
 * @property {Data | null} data
 * @property {string} timestamp
 */

/** @typedef {{ id: string, status: string, reason?: string, record?: number | null }} SyncResult */

/**
 * @typedef {object} SyncConflict
 * @property {string} operation_id
 * @property {string} table
 * @property {string} reason
 * @property {string} message
 * @property {Data | null} [server_record]
 */

/**
 * @typedef {object} SyncAnswer
 * @property {SyncResult[]} results
 * @property {SyncConflict[]} conflicts
 * @property {RowChange[]} changes
 * @property {string | null} cursor
 * @property {string | null} last_sync_timestamp
 * @property {boolean} has_more
 * @property {boolean} reset
 * @property {string} server_timestamp
 */

export {};
