/**
 * Levels as they will be once everything that is queued here is in the books.
 *
 * @module
 */

/** @import * as T from "./types.js" */
/** @import { Catalogue } from "./catalogue.js" */

import { format, parse, times } from "./decimals.js";

/** @typedef {{ counted: bigint | null, moved: bigint }} Effect a count forgets what was before it */

/**
 * @param {T.QueueEntry[]} entries in their order
 * @param {Catalogue} catalogue
 * @returns {Map<string, Effect>} by the key of a level
 */
export function effects(entries, catalogue) {
    /** @type {Map<string, Effect>} */
    const found = new Map();
    /** @param {T.Data} data @param {unknown} location */
    const at = (data, location) => {
        const [item, where] = [itemOf(data, catalogue), locationOf(location, catalogue)];
        if (item === null || where === null) return null;
        const level = `${item.id}/${where}/${lotOf(data, item.id, catalogue)}`;
        const effect = found.get(level) ?? { counted: null, moved: 0n };
        found.set(level, effect);
        return effect;
    };
    for (const { table, data } of entries) {
        if (table === "stock_moves") {
            const quantity = inOwnUnit(data, data.quantity, catalogue);
            const [from, to] = [at(data, data.from), at(data, data.to)];
            if (from && quantity !== null) from.moved -= quantity;
            if (to && quantity !== null) to.moved += quantity;
        } else if (table === "stock_counts") {
            const counted = inOwnUnit(data, data.counted, catalogue);
            const effect = at(data, data.location);
            if (effect && counted !== null) Object.assign(effect, { counted, moved: 0n });
        }
    }
    return found;
}

/**
 * @param {string} quantity
 * @param {Effect | undefined} effect
 */
export function after(quantity, effect) {
    if (effect === undefined) return quantity;
    return format((effect.counted ?? parse(quantity) ?? 0n) + effect.moved);
}

/**
 * @param {T.Data} data
 * @param {unknown} quantity
 * @param {Catalogue} catalogue
 */
function inOwnUnit(data, quantity, catalogue) {
    const value = parse(quantity);
    const item = itemOf(data, catalogue);
    if (value === null || item === null) return null;
    if (!data.unit || data.unit === item.unit) return value;
    const factor = parse(item.units.find((each) => each.unit === data.unit)?.factor);
    return factor === null ? null : times(value, factor);
}

/** @param {T.Data} data @param {Catalogue} catalogue */
function itemOf({ item }, catalogue) {
    if (typeof item === "number") return catalogue.item(item);
    const meaning = catalogue.lookUp(String(item ?? "")).find((each) => each.kind !== "location");
    return meaning && "item" in meaning ? meaning.item : null;
}

/** @param {unknown} location @param {Catalogue} catalogue */
function locationOf(location, catalogue) {
    if (typeof location === "number" || location === undefined || location === null)
        return location ?? null;
    const meanings = catalogue.lookUp(String(location));
    const meaning = meanings.find((each) => each.kind === "location");
    return meaning?.kind === "location" ? meaning.location.id : null;
}

/** @param {T.Data} data @param {number} itemId @param {Catalogue} catalogue */
function lotOf({ lot }, itemId, catalogue) {
    if (typeof lot === "number") return lot;
    if (!lot) return 0;
    return catalogue.lots(itemId).find((each) => each.code === lot)?.id ?? 0;
}
