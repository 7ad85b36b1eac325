import { h, icon } from "./dom.js";
import { state } from "./store.js";

const HUES = 8;

/** A round picture made of a name's first letter; the bot has a square one with its mark. */
export function avatar({ id, name, bot }, size = "") {
  // Neighbours in the list differ; who has left keeps some colour too.
  const position = state.guild.members.findIndex((member) => member.id === id);
  const hue = position < 0 ? Number(BigInt(id) % BigInt(HUES)) : position % HUES;
  return h(
    "span",
    { class: `avatar hue-${hue} ${bot ? "is-bot" : ""} ${size}`, "aria-hidden": "true" },
    bot ? icon("tally") : [...name][0].toUpperCase(),
  );
}
