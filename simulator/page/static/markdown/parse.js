/**
 * Discord's markdown as a tree of plain objects: no markup is ever made from text.
 * Blocks: heading, subtext, quote, list, codeblock. The rest is inline.
 */
const MAX_DEPTH = 12;
const FENCE = /```(?:([\w+\-.#]*)\n)?\n*([\s\S]*?)\n*```/g;
const LIST_LINE = /^( *)([-*]|\d{1,9}\.) +(\S.*)$/;
const BODY = String.raw`((?:\\[\s\S]|[^\\])+?)`;

const rule = (type, pattern, make) => ({ type, pattern: new RegExp(pattern, "yu"), make });
const around = (type, pattern) =>
  rule(type, pattern, (match, depth) => ({ children: inline(match[1], depth) }));

const RULES = [
  rule("text", String.raw`\\([^\p{L}\p{N}\s])`, (match) => ({ text: match[1] })),
  rule("code", "(`+)([\\s\\S]*?[^`])\\1(?!`)", (match) => ({ text: match[2].replace(/^ (.*) $/s, "$1") })),
  rule("time", "<t:(-?\\d{1,13})(?::([tTdDfFRsS]))?>", (match) => ({
    at: Number(match[1]) * 1000,
    style: match[2] ?? "f",
  })),
  rule("user", "<@!?(\\d{1,20})>", (match) => ({ id: match[1] })),
  rule("role", "<@&(\\d{1,20})>", (match) => ({ id: match[1] })),
  rule("channel", "<#(\\d{1,20})>", (match) => ({ id: match[1] })),
  rule("command", "<\\/([-_'\\p{L}\\p{N} ]{1,100}):\\d{1,20}>", (match) => ({ name: match[1] })),
  rule("emoji", "<a?:(\\w{2,32}):\\d{1,20}>", (match) => ({ name: match[1] })),
  rule("everyone", "@(everyone|here)\\b", (match) => ({ name: match[1] })),
  rule("link", "<(https?:\\/\\/[^\\s<>]+)>", (match) => ({
    url: match[1],
    children: [{ type: "text", text: match[1] }],
  })),
  rule(
    "link",
    String.raw`\[((?:[^\[\]\\]|\\.)+)\]\(\s*<?(https?:\/\/[^\s<>)]+)>?(?:\s+"[^"]*")?\s*\)`,
    (match, depth) => ({ url: match[2], children: inline(match[1], depth) }),
  ),
  rule("link", String.raw`https?:\/\/[^\s<>]*[^\s<>.,:;"'\])*_~|]`, (match) => ({
    url: match[0],
    children: [{ type: "text", text: match[0] }],
  })),
  around("strong", String.raw`\*\*${BODY}\*\*(?!\*)`),
  around("underline", `__${BODY}__(?!_)`),
  around("emphasis", String.raw`\*(?=\S)((?:\\[\s\S]|\*\*|[^\\*])+?)(?<!\s)\*(?!\*)`),
  around("emphasis", String.raw`(?<![\p{L}\p{N}_])_((?:__|\\[\s\S]|[^\\_])+?)_(?![\p{L}\p{N}_])`),
  around("strike", `~~${BODY}~~`),
  around("spoiler", String.raw`\|\|${BODY}\|\|`),
  rule("text", String.raw`[\s\S](?:(?!https?:\/\/)[^\\${"`"}<@\[*_~|])*`, (match) => ({ text: match[0] })),
];

/** Parse inline markdown. */
export function inline(text, depth = 0) {
  if (depth > MAX_DEPTH) return [{ type: "text", text }];
  const nodes = [];
  let at = 0;
  while (at < text.length) {
    for (const { type, pattern, make } of RULES) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) continue;
      at = pattern.lastIndex;
      nodes.push({ type, ...make(match, depth + 1) });
      break;
    }
  }
  return nodes;
}

/** Parse a whole message. */
export function parse(text, depth = 0) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    nodes.push(...parseLines(text.slice(from, match.index), depth));
    nodes.push({ type: "codeblock", language: match[1] ?? "", text: match[2] });
    from = match.index + match[0].length;
    if (text[from] === "\n") from += 1;
  }
  return [...nodes, ...parseLines(text.slice(from), depth)];
}

function parseLines(text, depth) {
  if (!text) return [];
  const lines = text.split("\n");
  const nodes = [];
  const paragraph = [];
  const flush = () => {
    if (paragraph.length) nodes.push(...inline(paragraph.splice(0).join("\n"), depth));
  };
  while (lines.length) {
    const block = takeBlock(lines, depth);
    if (block) {
      flush();
      nodes.push(block);
    } else {
      paragraph.push(lines.shift());
    }
  }
  flush();
  return nodes;
}

/** Take the block that the first line begins off the lines, if it begins one. */
function takeBlock(lines, depth) {
  const [line] = lines;
  const heading = /^(#{1,3}) +(\S.*)$/.exec(line);
  if (heading) {
    lines.shift();
    return { type: "heading", level: heading[1].length, children: inline(heading[2], depth) };
  }
  const subtext = /^-# +(\S.*)$/.exec(line);
  if (subtext) {
    lines.shift();
    return { type: "subtext", children: inline(subtext[1], depth) };
  }
  if (depth < MAX_DEPTH && line.startsWith(">>> ")) {
    const quoted = lines.splice(0).join("\n").slice(4);
    return { type: "quote", children: parse(quoted, depth + 1) };
  }
  if (depth < MAX_DEPTH && /^> /.test(line)) {
    const quoted = takeWhile(lines, (each) => /^> /.test(each)).map((each) => each.slice(2));
    return { type: "quote", children: parse(quoted.join("\n"), depth + 1) };
  }
  if (LIST_LINE.test(line)) {
    const [, indent, mark] = LIST_LINE.exec(line);
    const belongs = (row) =>
      row !== null && (row[1].length > indent.length + 1 || isOrdered(row[2]) === isOrdered(mark));
    return makeList(
      takeWhile(lines, (each) => belongs(LIST_LINE.exec(each))).map((each) => LIST_LINE.exec(each)),
      depth,
    );
  }
  return null;
}

function takeWhile(lines, holds) {
  const end = lines.findIndex((line) => !holds(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

const isOrdered = (mark) => mark.endsWith(".");

/** Nest lines of a list by how far they are indented. */
function makeList(rows, depth) {
  const [indent, mark] = [rows[0][1].length, rows[0][2]];
  const ordered = isOrdered(mark);
  const items = [];
  while (rows.length) {
    const [row] = rows;
    if (row[1].length > indent + 1 && items.length && depth < MAX_DEPTH) {
      const inner = takeWhile(rows, (each) => each[1].length > indent + 1);
      items.at(-1).push(makeList(inner, depth + 1));
    } else {
      items.push(inline(rows.shift()[3], depth));
    }
  }
  return { type: "list", ordered, start: ordered ? parseInt(mark, 10) : 1, items };
}
