/** The page's icons, drawn as lines. */

import { html, svg } from "../vendor/lit.js";

const PATHS = {
  take: svg`<path d="M12 15V3M7 8l5-5 5 5M4 14v5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5"/>`,
  put: svg`<path d="M12 3v12M7 10l5 5 5-5M4 14v5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5"/>`,
  move: svg`<path d="M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4"/>`,
  count: svg`<path d="M6 5v14M10.5 5v14M15 5v14M19 5v14M3 15.5 21.5 8.5"/>`,
  receive: svg`<path d="M3 7h10v9H3zM13 10h4l4 3v3h-8z"/><circle cx="7" cy="18" r="2"/><circle cx="17" cy="18" r="2"/>`,
  look: svg`<circle cx="11" cy="11" r="7"/><path d="m16.5 16.5 4.5 4.5"/>`,
  camera: svg`<path d="M3 8V5a2 2 0 0 1 2-2h3M16 3h3a2 2 0 0 1 2 2v3M21 16v3a2 2 0 0 1-2 2h-3M8 21H5a2 2 0 0 1-2-2v-3M8 8v8M12 8v8M16 8v8"/>`,
  close: svg`<path d="M6 6l12 12M18 6 6 18"/>`,
  settings: svg`<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2.2"/><circle cx="8" cy="17" r="2.2"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  keypad: svg`<path d="M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01" stroke-width="3.2"/>`,
  erase: svg`<path d="M9 5h11v14H9l-6-7zM12.5 9.5l5 5M17.5 9.5l-5 5"/>`,
  pin: svg`<path d="M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.500C5 14.800 12 21 12 21z"/><circle cx="12" cy="9.500" r="2.300"/>`,
  item: svg`<path d="m12 3 8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9"/>`,
  waiting: svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>`,
  held: svg`<circle cx="12" cy="12" r="8.500"/><path d="M10 9v6M14 9v6"/>`,
  refused: svg`<path d="M12 3 2.500 20h19zM12 10v4.500M12 17.300v.1"/>`,
  done: svg`<path d="m5 12.500 4.500 4.500L19 7"/>`,
  offline: svg`<path d="M3 3l18 18M5 12.500a10 10 0 0 1 4-2.300M8.500 16a5 5 0 0 1 5.500-1M2 9a15 15 0 0 1 4-2.500M12 5c4 0 7.500 1.500 10 4M16 11.500a10 10 0 0 1 3 1.500M12 19.500v.1"/>`,
  online: svg`<path d="M5 12.500a10 10 0 0 1 14 0M8.500 16a5 5 0 0 1 7 0M2 9a15 15 0 0 1 20 0M12 19.500v.1"/>`,
  sync: svg`<path d="M20 11a8 8 0 0 0-14.500-4L3 9.500M3 4v5.500h5.500M4 13a8 8 0 0 0 14.500 4L21 14.500M21 20v-5.500h-5.500"/>`,
  torch: svg`<path d="M8 3h8v4l-2 3v11h-4V10L8 7zM8 7h8M12 13v2"/>`,
  chevron: svg`<path d="m9 5 7 7-7 7"/>`,
  lock: svg`<path d="M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4M12 15v2"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1.500 1.500M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1.500-1.500"/>`,
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${PATHS[name]}</svg>`;
