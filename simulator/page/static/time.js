import { h } from "./dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const FARTHEST_MILLISECONDS = 8.64e15;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });
const nearby = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** A moment in one of Discord's styles, in the reader's own zone and language. */
export function formatMoment(milliseconds, style, now = Date.now()) {
  if (style === "R") return formatRelative(milliseconds - now);
  return new Intl.DateTimeFormat(undefined, STYLES[style] ?? STYLES.f).format(milliseconds);
}

function formatRelative(distance) {
  const seconds = Math.round(distance / 1000);
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return nearby.format(seconds, "second");
}

/** A <time> element; relative ones tick. */
export function moment(milliseconds, style = "f", className = "") {
  if (Math.abs(milliseconds) > FARTHEST_MILLISECONDS) return h("span", {}, "an impossible time");
  return h(
    "time",
    {
      class: className,
      datetime: new Date(milliseconds).toISOString(),
      title: formatMoment(milliseconds, "F"),
      data: style === "R" ? { relative: String(milliseconds) } : {},
    },
    formatMoment(milliseconds, style),
  );
}

/** The day of a moment, as shown between messages. */
export function formatDay(milliseconds) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "long" }).format(milliseconds);
}

/** When a message was sent, short for today. */
export function formatSent(milliseconds) {
  const today = formatDay(milliseconds) === formatDay(Date.now());
  return formatMoment(milliseconds, today ? "t" : "s");
}

/** Keep relative times true. */
export function startTicking() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const text = formatMoment(Number(element.dataset.relative), "R");
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
