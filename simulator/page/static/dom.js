/** Whether people tap here and have no keys. */
export const isTouched = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** Make an element. Properties become attributes, `on` listeners; strings become text nodes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "data") {
      Object.assign(element.dataset, value);
    } else if (name === "vars") {
      for (const [key, it] of Object.entries(value)) element.style.setProperty(`--${key}`, it);
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...shown(children));
  return element;
}

/** Replace everything inside an element. */
export function fill(element, ...children) {
  element.replaceChildren(...shown(children));
}

/** Elements and strings; what a condition left out is neither. */
function shown(children) {
  return children.flat(Infinity).filter((child) => child instanceof Node || typeof child === "string");
}

const HYPHENATED = /(?<![\p{L}\p{N}-])([\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+)(?![\p{L}\p{N}-])/u;
const LONGEST_WHOLE = 24;

/** A text whose hyphenated words, part numbers above all, stay on one line. */
export function whole(text) {
  const parts = text.split(HYPHENATED);
  if (parts.length === 1) return document.createTextNode(text);
  const fragment = document.createDocumentFragment();
  fragment.append(
    ...parts.map((part, at) =>
      at % 2 && part.length <= LONGEST_WHOLE ? h("span", { class: "whole" }, part) : part,
    ),
  );
  return fragment;
}

let serial = 0;

/** An id that no other element of the page has. */
export function freshId(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}

const SHAPES = {
  menu: "M4 7h16M4 12h16M4 17h10",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M16 4.5a3.3 3.3 0 0 1 0 6.3M18 14.8c2.1.7 3.3 2.4 3.6 5.2",
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z",
  at: "M16 12a4 4 0 1 0-8 0 4 4 0 0 0 8 0Zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
  send: "M4 12 20 4l-4.5 16-4-6.5zM11.5 13.5 20 4",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 2.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  contrast: "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17",
  file: "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
  down: "m6 9 6 6 6-6",
  check: "m5 12.5 4.5 4.5L19 7.5",
  slash:
    "M7.5 4h9A3.5 3.5 0 0 1 20 7.5v9a3.5 3.5 0 0 1-3.5 3.5h-9A3.5 3.5 0 0 1 4 16.5v-9A3.5 3.5 0 0 1 7.5 4ZM13.8 8.5l-3.6 7",
  warn: "M12 4 2.5 20h19zM12 10v4.5M12 17.2v.1",
  tally: "M6.5 5.5v13M10.2 5.5v13M13.8 5.5v13M17.5 5.5v13M4 16l16-8",
};

/** A line drawing of our own; it says nothing to screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}
