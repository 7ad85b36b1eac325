import { h } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { formatSent } from "../time.js";
import { media } from "./media.js";

/** A colour of the wire as CSS writes it. */
export function colour(number) {
  return number === undefined || number === null ? undefined : `#${number.toString(16).padStart(6, "0")}`;
}

/** An embed of a message: a framed card with a coloured edge. */
export function embed(it, message) {
  const accent = colour(it.color);
  return h(
    "article",
    { class: `embed ${it.thumbnail ? "has-thumbnail" : ""}`, vars: accent ? { edge: accent } : {} },
    it.thumbnail && media({ url: it.thumbnail.url, className: "is-thumbnail" }, message),
    it.author && h("p", { class: "embed-author" }, it.author.name),
    it.title && h("p", { class: "embed-title" }, markdown(it.title)),
    it.description && h("div", { class: "embed-text prose" }, markdown(it.description)),
    it.fields?.length && h("dl", { class: "embed-fields" }, it.fields.map(field)),
    it.image && media({ url: it.image.url }, message),
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
