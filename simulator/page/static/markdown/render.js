import { h, whole } from "../dom.js";
import { channelOf, memberOf, open, roleOf, state } from "../store.js";
import { moment } from "../time.js";
import { parse } from "./parse.js";

const HERE = /^http:\/\/localhost(:\d{1,5})?(\/|$)/;
const PLAIN = { strong: "strong", emphasis: "em", underline: "u", strike: "s" };

/** Discord's markdown as nodes. */
export function markdown(text) {
  return parse(text).map(render);
}

function render(node) {
  if (PLAIN[node.type]) return h(PLAIN[node.type], {}, node.children.map(render));
  return RENDERERS[node.type](node);
}

const mention = (text, more = {}) => h("span", { class: "mention", ...more }, text);

const RENDERERS = {
  text: ({ text }) => whole(text),
  code: ({ text }) => h("code", {}, text),
  codeblock: ({ text, language }) =>
    h("pre", { tabindex: "0", "aria-label": "Code" }, h("code", { data: { language } }, text)),
  heading: ({ level, children }) => h(`h${level + 2}`, { class: `heading-${level}` }, children.map(render)),
  subtext: ({ children }) => h("small", { class: "subtext" }, children.map(render)),
  quote: ({ children }) => h("blockquote", {}, children.map(render)),
  list: ({ ordered, start, items }) =>
    h(
      ordered ? "ol" : "ul",
      ordered ? { start } : {},
      items.map((item) => h("li", {}, item.map(render))),
    ),
  link: ({ url, children }) => link(url, children.map(render)),
  spoiler: ({ children }) => spoiler(children.map(render)),
  time: ({ at, style }) => moment(at, style, "moment"),
  emoji: ({ name }) => h("span", {}, `:${name}:`),
  command: ({ name }) => mention(`/${name}`),
  everyone: ({ name }) => mention(`@${name}`),
  user: ({ id }) =>
    mention(`@${memberOf(id)?.name ?? "unknown-user"}`, id === state.me ? { data: { me: "" } } : {}),
  role: ({ id }) => mention(`@${roleOf(id)?.name.replace(/^@/, "") ?? "unknown-role"}`),
  channel: ({ id }) => channelLink(id),
};

/** The bot's own pages on this machine are followed; nothing leads out of the simulated Discord. */
function link(url, children) {
  if (!HERE.test(url)) {
    return h("span", { class: "link", title: `${url} (links are not followed here)` }, children);
  }
  return h("a", { class: "link", href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

function channelLink(id) {
  const channel = channelOf(id);
  if (!channel) return mention("#no-access");
  return h("button", { type: "button", class: "mention", on: { click: () => open(id) } }, `#${channel.name}`);
}

function spoiler(children) {
  const inside = h("span", { class: "spoiler-text", "aria-hidden": "true" }, children);
  const cover = h(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, show it" },
    inside,
  );
  const reveal = () => {
    cover.classList.add("is-open");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    inside.removeAttribute("aria-hidden");
  };
  cover.addEventListener("click", reveal);
  cover.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    reveal();
  });
  return cover;
}
