/** Quantities: exact decimals of three places, from what people type to what they read. */

import { GROUPED, applyForm, takeForm } from "./quantity_forms.js";

/** @typedef {{ value: string, unit: string }} Typed A number, and the unit behind it. */
/** @typedef {"not_a_number" | "not_positive" | "too_large" | "too_many_decimals" | "not_exact"} QuantityProblem */
/** @typedef {{ readings: Typed[], problem: QuantityProblem | "" }} Reading
 * One reading: understood. Two: ask which. None: the problem says why. */

const PLACES = 3;
const ONE = 1000n;
const MAX_WHOLE = 9;
// A number, and perhaps a unit behind it, which begins with a letter, `%` or `°`.
const TYPED = /^([+-]?)([0-9.,]{1,80})\s*((?:[\p{L}%°][^\n]{0,39})?)$/u;
const SPACED = new RegExp(`^[+-]?${GROUPED}`);
// Behind a digit these are another way of writing a number (`1e3`, `0x10`), never a unit.
const NO_UNIT = /^[ex][+-]?[0-9]+$/i;
const ONE_GROUP = /^([1-9][0-9]{0,2}),([0-9]{3})$/;
const FORMS = [
  /^([0-9]*)(?:\.([0-9]+))?$/,
  /^([0-9]*),([0-9]+)$/,
  /^([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?$/,
  /^([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)$/,
  /^([0-9]{1,3}(?:\.[0-9]{3}){2,})()$/,
];
const MARKS = new Map([["\u066b", "."], ["\u066c", ","], ["\u2212", "-"], ["\u3002", "."]]);

/**
 * Read a quantity as people type it: `3`, `2.5`, `2,5`, `1/2`, `3 x 12`, with a unit.
 * @param {string} text
 * @param {{ allowZero?: boolean }} [options]
 * @returns {Reading}
 */
export function readQuantity(text, { allowZero = false } = {}) {
  const form = takeForm(toAsciiDigits(text).trim());
  const apart = takeApart(form.plain);
  if (!apart) return refuse("not_a_number");
  if (form.part || form.times.length) return readForm(form, apart, allowZero);
  const readings = [];
  for (const [whole, behind] of apart.numbers) {
    const problem = fault(apart.sign, whole, behind, allowZero);
    if (problem) return refuse(problem);
    readings.push({ value: format(inThousandths(whole, behind)), unit: apart.unit });
  }
  return { readings, problem: "" };
}

/** @typedef {{ sign: string, unit: string, numbers: [string, string][] }} Apart
 * A sign, a unit, and the digits before and behind the point in each way they can be read. */

/** @param {string} text @returns {Apart | null} */
function takeApart(text) {
  const typed = text.replace(SPACED, (spaced) => spaced.replace(/[^0-9+-]/g, ""));
  const [, sign = "", number = "", unit = ""] = TYPED.exec(typed) ?? [];
  if (!/[0-9]/.test(number) || NO_UNIT.test(unit)) return null;
  const group = ONE_GROUP.exec(number);
  const parts = group
    ? [[`${group[1]}${group[2]}`, ""], [group[1] ?? "", group[2] ?? ""]]
    : [split(number)];
  const numbers = /** @type {[string, string][]} */ (parts.filter((it) => it.length === 2));
  return numbers.length ? { sign, unit, numbers } : null;
}

/**
 * Read what is more than one number: all that it takes is exact, or it is refused.
 * @param {import("./quantity_forms.js").Form} form
 * @param {Apart} apart
 * @param {boolean} allowZero
 * @returns {Reading}
 */
function readForm(form, { sign, unit, numbers }, allowZero) {
  const times = form.times.map(takeApart);
  /** @param {[string, string][]} each @param {bigint} by */
  const amounts = (each, by) =>
    each.map(([whole, behind]) => by * inThousandths(whole, behind));
  const all = applyForm(
    form,
    amounts(numbers, sign === "-" ? -1n : 1n),
    times.map((it) => amounts(it?.numbers ?? [], 1n)),
  );
  if (all.length < 1 || all.length > 2) return refuse("not_a_number");
  const readings = [];
  for (const amount of all) {
    if (amount === null) return refuse("not_exact");
    if (amount < 0n || (amount === 0n && !allowZero)) return refuse("not_positive");
    if (amount >= ONE * 10n ** BigInt(MAX_WHOLE)) return refuse("too_large");
    readings.push({ value: format(amount), unit });
  }
  return { readings, problem: "" };
}

/** @param {string} whole @param {string} behind */
const inThousandths = (whole, behind) => toThousandths(`${whole || "0"}.${behind || "0"}`);

/** @param {QuantityProblem} problem @returns {Reading} */
const refuse = (problem) => ({ readings: [], problem });

/** @param {string} number @returns {string[]} */
function split(number) {
  for (const form of FORMS) {
    const found = form.exec(number);
    if (found) return [(found[1] ?? "").replace(/[.,]/g, ""), found[2] ?? ""];
  }
  return [];
}

/**
 * @param {string} sign @param {string} whole @param {string} behind @param {boolean} allowZero
 * @returns {QuantityProblem | ""}
 */
function fault(sign, whole, behind, allowZero) {
  const isZero = /^0*$/.test(whole + behind);
  if (behind.replace(/0+$/, "").length > PLACES) return "too_many_decimals";
  if (whole.replace(/^0+/, "").length > MAX_WHOLE) return "too_large";
  if (isZero ? !allowZero : sign === "-") return "not_positive";
  return "";
}

/** @param {string} text */
function toAsciiDigits(text) {
  return [...text.normalize("NFC")].map((c) => {
    if (MARKS.has(c)) return MARKS.get(c);
    if (c >= "\uff01" && c <= "\uff5e") return c.normalize("NFKC");
    return /\p{Nd}/u.test(c) && c > "9" ? digitValue(c) : c;
  }).join("");
}

/** The digits of every script come in runs of ten. @param {string} digit @returns {string} */
function digitValue(digit) {
  const plain = digit.normalize("NFKC");
  if (plain >= "0" && plain <= "9") return plain;
  const point = digit.codePointAt(0) ?? 0;
  let first = point;
  while (point - first < 9 && /\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String(point - first);
}

/** @param {string} value A decimal with a point. @returns {bigint} */
export function toThousandths(value) {
  const [whole = "0", behind = ""] = value.replace("-", "").split(".");
  const amount = BigInt(whole || "0") * ONE + BigInt(behind.padEnd(PLACES, "0").slice(0, PLACES));
  return value.startsWith("-") ? -amount : amount;
}

/** Write thousandths as people do: `3`, `2.5`, never `3.000`. @param {bigint} amount */
export function format(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, "0");
  const text = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, "");
  return amount < 0n ? `-${text}` : text;
}

/** Add two decimals. @param {string} one @param {string} other */
export const add = (one, other) => format(toThousandths(one) + toThousandths(other));

/** @param {string} one @param {string} other @returns {number} Below, at or above zero. */
export function compare(one, other) {
  const difference = toThousandths(one) - toThousandths(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * How much of the base unit a number of another unit is, or null if three places cannot say it.
 * @param {string} value @param {string} factor To six places.
 * @returns {string | null}
 */
export function toBase(value, factor) {
  const [whole = "0", behind = ""] = factor.split(".");
  const millionths = BigInt(whole || "0") * 1_000_000n + BigInt(behind.padEnd(6, "0").slice(0, 6));
  const product = toThousandths(value) * millionths;
  return product % 1_000_000n === 0n ? format(product / 1_000_000n) : null;
}
