/**
 * Forms of quantities that are more than one number: `½`, `1 1/2`, `3 x 12`, `half a dozen`.
 *
 * The same as `bot/domain/quantity_forms.py`: what is typed here is read again there.
 */

/** @typedef {{ over: bigint, under: bigint }} Fraction */
/** @typedef {{ plain: string, part: Fraction | null, times: string[] }} Form
 * A number with perhaps a unit, a part to be added to it, and what multiplies both. */

// Blanks between groups of three, as French and Swiss people write them: `1 000`.
export const GROUPED = "[0-9]{1,3}(?:[ \\u00a0\\u2007\\u2009\\u202f'\\u2019][0-9]{3})+(?![0-9])";
const DOZENS = "(?=(?:dozens?|dutzend|douzaines?|docenas?)(?![\\p{L}\\p{N}_]))";
const HALF_DOZEN = new RegExp(
  `(?:(?:an?|one|ein|une|una)\\s+)?(?:half|halbes|demi|media)[\\s-]+(?:an?\\s+)?${DOZENS}`, "iu");
const ONE_DOZEN = new RegExp(`(?:an?|one|ein|une|una)\\s+${DOZENS}`, "iu");
// `0x10` is another way of writing a number.
const TIMES = new RegExp(
  `^(?!0[xX])(${GROUPED}|[0-9.,]{1,80})\\s*[xX*\\u00d7\\u2715]\\s*(?=[0-9.,])`);
const MAX_TIMES = 3;
const FRACTION =
  /^([+-]?)(?:([0-9]{1,9})\s+(?=[0-9]{1,2}\/[0-9]{1,2}(?![0-9])))?([0-9]{1,9})\/([0-9]{1,9})(?![0-9.,/])/;

/**
 * The form of a text in plain digits; a text that is no quantity is left as it is.
 * @param {string} text
 * @returns {Form}
 */
export function takeForm(text) {
  let rest = openFractions(text.trim());
  /** @type {string[]} */
  const times = [];
  for (let found = TIMES.exec(rest); found && times.length < MAX_TIMES; found = TIMES.exec(rest)) {
    times.push(found[1] ?? "");
    rest = rest.slice(found[0].length);
  }
  rest = rest.replace(HALF_DOZEN, "0.5 ").replace(ONE_DOZEN, "1 ");
  const [all = "", sign = "", whole = "", over = "0", under = "0"] = FRACTION.exec(rest) ?? [];
  if (BigInt(under) === 0n || (whole && BigInt(over) >= BigInt(under)))
    return { plain: rest, part: null, times };
  // Minus zero has no sign.
  const isLess = sign === "-" && !whole;
  const part = { over: isLess ? -BigInt(over) : BigInt(over), under: BigInt(under) };
  return { plain: `${sign}${whole || "0"}${rest.slice(all.length)}`, part, times };
}

/** Write a sign such as `½` in front of any unit as a fraction. @param {string} text */
function openFractions(text) {
  const signs = [...text];
  for (const [at, sign] of signs.entries()) {
    if (/\p{L}/u.test(sign) && !"xX".includes(sign)) break;
    const plain = sign.normalize("NFKC").replace("\u2044", "/");
    const before = signs.slice(0, at).join("");
    const behind = signs.slice(at + 1).join("");
    if (/\p{No}/u.test(sign) && plain.includes("/"))
      return `${before}${/[0-9]$/.test(before) ? " " : ""}${plain}${behind}`;
    if ("\u2044\u2215".includes(sign)) return `${before}/${behind}`;
  }
  return text;
}

/**
 * Every number that a form can be, where its numbers may be two; in thousandths, and null for what
 * three places cannot say.
 * @param {Form} form
 * @param {bigint[]} numbers In thousandths, as those that multiply.
 * @param {bigint[][]} times
 * @returns {(bigint | null)[]}
 */
export function applyForm({ part }, numbers, times) {
  const { over, under } = part ?? { over: 0n, under: 1n };
  let found = numbers.map((number) =>
    ({ over: number * under + (number < 0n ? -over : over) * 1000n, under: under * 1000n }));
  for (const several of times)
    found = found.flatMap((it) => several.map((by) =>
      ({ over: it.over * by, under: it.under * 1000n })));
  const all = found.map((it) =>
    (it.over * 1000n) % it.under === 0n ? (it.over * 1000n) / it.under : null);
  return [...new Set(all)];
}
