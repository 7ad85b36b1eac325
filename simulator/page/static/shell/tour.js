import { act } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { actAs } from "../live.js";
import { markdown } from "../markdown/render.js";
import { channelOf, keep, kept, memberOf, on, open, prefill, state } from "../store.js";
import { toast } from "./toast.js";

let wantedChannel = null;

/** The guided tour: one step at a time; the server says which are done. */
export function startTour(root) {
  on(["tour", "me", "channel", "channels", "guild"], () => draw(root));
  on(["channels"], () => {
    if (wantedChannel && channelOf(wantedChannel)) open(wantedChannel);
    wantedChannel = null;
  });
}

function draw(root) {
  const { tour } = state;
  if (!tour || kept("tour") === "ended") return fill(root);
  const focused = root.contains(document.activeElement) && document.activeElement.textContent;
  const again = () => draw(root);
  const position = tour.steps.findIndex((step) => !step.done && !step.skipped);
  const pulled = tour.steps.find((step) => step.plug && step.done);
  let view;
  if (position === 0 && kept("tour") !== "begun") view = intro(tour, again);
  else if (pulled && kept("plug") !== "seen") view = step(tour, pulled, again);
  else view = position < 0 ? end(tour, again) : step(tour, tour.steps[position], again);
  fill(root, view);
  const lines = root.querySelector(".tour-plug");
  if (lines) lines.scrollTop = lines.scrollHeight;
  if (focused) [...root.querySelectorAll("button")].find((each) => each.textContent === focused)?.focus();
  return undefined;
}

const button = (label, click, look = "primary") =>
  h("button", { type: "button", class: `button is-${look} tour-go`, on: { click } }, h("span", {}, label));

function closing(again) {
  const click = () => {
    keep("tour", "ended");
    again();
  };
  const label = "End the tour";
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, on: { click } }, icon("close"));
}

function intro({ title, intro: it }, again) {
  const begin = () => {
    keep("tour", "begun");
    again();
  };
  const fact = ([figure, words]) => h("li", {}, h("strong", {}, figure), h("span", { class: "prose" }, markdown(words)));
  return h(
    "section",
    { class: "tour is-intro", "aria-label": title },
    h(
      "div",
      { class: "tour-text" },
      h("h3", {}, it.title),
      h("ul", { class: "tour-facts" }, it.facts.map(fact)),
      h("p", {}, it.text),
    ),
    button("Start the tour", begin),
    closing(again),
  );
}

function dots(steps, now) {
  const look = (each) => (each.done ? "is-done" : each.skipped ? "is-skipped" : each === now ? "is-now" : "");
  const done = steps.filter((each) => each.done).length;
  return h(
    "ol",
    { class: "tour-dots", "aria-label": `${done} of ${steps.length} steps done` },
    steps.map((each, at) => h("li", { class: look(each) }, each.done ? icon("check") : String(at + 1))),
  );
}

function step({ title, steps }, now, again) {
  const isPlug = now.plug && (now.plug.busy || now.plug.lines.length > 0);
  return h(
    "section",
    { class: `tour ${isPlug ? "is-plug" : ""}`, "aria-label": title, "aria-live": "polite" },
    dots(steps, now),
    h(
      "div",
      { class: "tour-text" },
      h("h3", {}, now.title),
      !isPlug && h("p", { class: "prose" }, markdown(now.text)),
    ),
    goButton(now, again),
    closing(again),
    isPlug && plugLines(now.plug),
  );
}

function plugLines({ lines, busy, trouble }) {
  const line = ({ text, quoted }) =>
    h("li", {}, h("p", { class: "prose" }, markdown(text)), quoted && h("blockquote", { class: "prose" }, markdown(quoted)));
  return h(
    "ol",
    { class: "tour-plug" },
    lines.map(line),
    busy && h("li", { class: "is-busy", "aria-hidden": "true" }, "…"),
    trouble && h("li", { class: "failure" }, trouble),
  );
}

/** What there is to do now: go there, send, look, pull the plug. */
function goButton(now, again) {
  if (now.plug && now.done)
    return button("Go on", () => {
      keep("plug", "seen");
      again();
    });
  const isThere = now.member === state.me && now.channel === state.channel;
  const actions = isThere ? doing(now) : [button(goingLabel(now), () => go(now))];
  return h("div", { class: "tour-actions" }, actions, skipping(now));
}

function doing(now) {
  if (now.plug)
    return now.plug.busy ? [] : [button("Pull the plug", () => request("unplug"), "danger")];
  if (now.seeing)
    return now.marked.length
      ? [button("I see it", () => request("seen"))]
      : [h("p", { class: "tour-hint" }, "Your lines are on their way …")];
  return [
    now.hint && h("p", { class: "tour-hint prose" }, markdown(now.hint)),
    now.fill && button("Fill it in", () => prefill(now.fill)),
  ];
}

function skipping(now) {
  if (now.plug?.busy) return null;
  return h("button", { type: "button", class: "text-button tour-skip", on: { click: () => request("skip") } }, "Skip");
}

async function request(action) {
  const answer = await act(action, {});
  if (answer.outcome !== "taken") toast(answer.why);
}

function goingLabel(now) {
  const channel = channelOf(now.channel)?.name;
  return now.member === state.me && channel ? `Open #${channel}` : `Act as ${memberOf(now.member)?.name}`;
}

/** To where the step happens; another member's channels are known only once we are them. */
function go(now) {
  // The button goes away; from the messages, typing reaches the composer at once.
  document.getElementById("log").focus();
  if (now.member === state.me) {
    open(now.channel);
    return;
  }
  wantedChannel = now.channel;
  actAs(now.member);
}

function end({ title, end: it, steps }, again) {
  const isWhole = steps.every((each) => each.done);
  return h(
    "section",
    { class: "tour is-over", "aria-label": title },
    dots(steps, null),
    h("h3", { class: "tour-text" }, isWhole ? it.title : "That was the tour."),
    closing(again),
    h(
      "div",
      { class: "tour-end" },
      h(
        "div",
        {},
        h("h4", {}, "Try next"),
        h("ul", {}, it.next.map((line) => h("li", { class: "prose" }, markdown(line)))),
      ),
      h(
        "div",
        {},
        h("h4", {}, it.server.title),
        h("p", { class: "prose" }, markdown(it.server.text)),
        h("pre", { tabindex: "0" }, h("code", {}, it.server.commands.join("\n"))),
        h("p", { class: "prose" }, markdown(it.server.after)),
      ),
    ),
  );
}
