import { h } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { formatSent } from "../time.js";

/** A colour of the wire as CSS writes it. */
export function colour(number) {
  return number === undefined || number === null ? undefined : `#${number.toString(16).padStart(6, "0")}`;
}

/** An embed: a framed card with a coloured edge. */
export function embed(it) {
  const accent = colour(it.color);
  return h(
    "article",
    { class: "embed", vars: accent ? { edge: accent } : {} },
    it.author && h("p", { class: "embed-author" }, it.author.name),
    it.title && h("p", { class: "embed-title" }, markdown(it.title)),
    it.description && h("div", { class: "embed-text prose" }, markdown(it.description)),
    it.fields?.length && h("dl", { class: "embed-fields" }, it.fields.map(field)),
    footer(it),
  );
}

function field(it) {
  return h(
    "div",
    { class: it.inline ? "is-inline" : "" },
    h("dt", {}, markdown(it.name)),
    h("dd", { class: "prose" }, markdown(it.value)),
  );
}

function footer(it) {
  const parts = [it.footer?.text, it.timestamp && formatSent(Date.parse(it.timestamp))].filter(Boolean);
  return parts.length > 0 && h("p", { class: "embed-foot" }, parts.join(" · "));
}
