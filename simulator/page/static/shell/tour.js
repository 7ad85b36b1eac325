import { fill, h, icon } from "../dom.js";
import { actAs } from "../live.js";
import { markdown } from "../markdown/render.js";
import { channelOf, memberOf, on, open, recall, remember, state } from "../store.js";

let wantedChannel = null;

/** The guided tour: one step at a time; the server says which are done. */
export function startTour(root) {
  on(["tour", "me", "channel", "guild"], () => draw(root));
  on(["channels"], () => {
    if (wantedChannel && channelOf(wantedChannel)) open(wantedChannel);
    wantedChannel = null;
  });
}

function draw(root) {
  const { tour } = state;
  if (!tour || recall("tour") === "closed") return fill(root);
  const position = tour.steps.findIndex((step) => !step.done);
  const close = h(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": "Close the tour",
      on: {
        click: () => {
          remember("tour", "closed");
          draw(root);
        },
      },
    },
    icon("close"),
  );
  const dots = h(
    "ol",
    {
      class: "tour-dots",
      "aria-label": `${tour.steps.filter((step) => step.done).length} of ${tour.steps.length} steps done`,
    },
    tour.steps.map((step, at) =>
      h(
        "li",
        { class: step.done ? "is-done" : at === position ? "is-now" : "" },
        step.done ? icon("check") : String(at + 1),
      ),
    ),
  );
  const text =
    position < 0
      ? h(
          "div",
          { class: "tour-text" },
          h("h3", {}, "That was the tour."),
          h("p", {}, "Look around as any member: everything here is real except Discord."),
        )
      : stepText(tour.steps[position]);
  return fill(
    root,
    h(
      "section",
      { class: `tour ${position < 0 ? "is-over" : ""}`, "aria-label": tour.title, "aria-live": "polite" },
      dots,
      text,
      position >= 0 && goButton(tour.steps[position]),
      close,
    ),
  );
}

function stepText(step) {
  return h(
    "div",
    { class: "tour-text" },
    h("h3", {}, step.title),
    h("p", { class: "prose" }, markdown(step.text)),
  );
}

function goButton(step) {
  const isThere = step.member === state.me && step.channel === state.channel;
  if (isThere) return step.hint && h("p", { class: "tour-hint" }, markdown(step.hint));
  const name = memberOf(step.member)?.name;
  const label = step.member === state.me ? `Open #${channelOf(step.channel)?.name ?? ""}` : `Act as ${name}`;
  return h(
    "button",
    { type: "button", class: "button is-primary tour-go", on: { click: () => go(step) } },
    h("span", {}, label),
  );
}

/** To where the step happens; another member's channels are known only once we are them. */
function go(step) {
  // The button goes away; from the messages, typing reaches the composer at once.
  document.getElementById("log").focus();
  if (step.member === state.me) {
    open(step.channel);
    return;
  }
  wantedChannel = step.channel;
  actAs(step.member);
}
