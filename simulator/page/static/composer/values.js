import { act } from "../api.js";
import { avatar } from "../avatar.js";
import { icon } from "../dom.js";
import { roleOf, state, topRole } from "../store.js";

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const MENTIONABLE = 9;
const NUMBER = 10;
export const ATTACHMENT = 11;
const LONGEST_TEXT = 6000;
const MOST_SHOWN = 25;
const SAFE = Number.MAX_SAFE_INTEGER;

const people = () =>
  state.guild.members.map((who) => ({
    text: who.name,
    value: who.id,
    note: who.bot ? "Application" : (roleOf(topRole(who)?.id)?.name ?? (who.owner ? "Owner" : "")),
    picture: () => avatar(who, "is-small"),
  }));
const roles = () =>
  state.guild.roles.map((role) => ({ text: role.name, value: role.id, picture: () => icon("people") }));
const channels = (option) =>
  state.channels
    .filter((it) => !it.direct && (!option.channel_types?.length || option.channel_types.includes(0)))
    .map((it) => ({
      text: `#${it.name}`,
      value: it.id,
      note: it.topic ?? "",
      picture: () => icon(it.locked ? "lock" : "hash"),
    }));

/** Everything that an option can be, when that is a list that the client knows. */
function known(option) {
  if (option.choices?.length) return option.choices.map((it) => ({ text: it.name, value: it.value }));
  if (option.type === BOOLEAN)
    return [
      { text: "True", value: true },
      { text: "False", value: false },
    ];
  if (option.type === USER) return people();
  if (option.type === CHANNEL) return channels(option);
  if (option.type === ROLE) return roles();
  if (option.type === MENTIONABLE) return [...people(), ...roles()];
  return null;
}

/** The list for what was typed so far: an array, a promise of one, or null for free text. */
export function suggest(option, text, command, values) {
  const all = known(option);
  if (all) {
    const wanted = text.toLowerCase().replace(/^[#@]/, "");
    return all.filter((it) => it.text.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
  }
  return option.autocomplete ? fetchChoices(option, text, command, values) : null;
}

async function fetchChoices(option, text, command, values) {
  const answer = await act("suggest", { command: command.words, option: option.name, text, values });
  if (answer.outcome !== "taken") throw new Error("Loading options failed");
  return answer.choices.map((it) => ({ text: it.name, value: it.value }));
}

/** Read an option as typed or chosen: { value } or { trouble } in a client's words. */
export function read(option, text, chosen) {
  if (chosen && chosen.text === text) return { value: chosen.value };
  const all = known(option);
  if (!text.trim()) return option.required ? { trouble: "This option is required. Specify a value." } : {};
  if (all) {
    const same = all.find(
      (it) => it.text.toLowerCase().replace(/^[#@]/, "") === text.trim().toLowerCase().replace(/^[#@]/, ""),
    );
    return same ? { value: same.value } : { trouble: `Choose one of the listed ${noun(option)}.` };
  }
  if (option.type === INTEGER || option.type === NUMBER) return readNumber(option, text.trim());
  return readText(option, text);
}

function noun(option) {
  return (
    { [USER]: "members", [CHANNEL]: "channels", [ROLE]: "roles", [MENTIONABLE]: "members or roles" }[
      option.type
    ] ?? "options"
  );
}

function readNumber(option, text) {
  const whole = option.type === INTEGER;
  const value = Number(text);
  if (!(whole ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)$/).test(text) || Math.abs(value) > SAFE) {
    return { trouble: whole ? "Enter a valid integer." : "Enter a valid number." };
  }
  if (option.min_value !== undefined && value < option.min_value)
    return { trouble: `Enter a number that is at least ${option.min_value}.` };
  if (option.max_value !== undefined && value > option.max_value)
    return { trouble: `Enter a number that is at most ${option.max_value}.` };
  return { value };
}

function readText(option, text) {
  const least = option.min_length ?? 0;
  const most = option.max_length ?? LONGEST_TEXT;
  if (option.type === ATTACHMENT) return { trouble: "Choose a file." };
  if (option.type !== STRING) return { trouble: "This kind of option is not simulated." };
  if (text.length < least) return { trouble: `Enter at least ${least} characters.` };
  if (text.length > most) return { trouble: `Enter at most ${most} characters (now ${text.length}).` };
  return { value: text };
}

/** The keyboard that a phone shows for an option. */
export function inputMode(option) {
  if (option.type === INTEGER) return option.min_value >= 0 ? "numeric" : "text";
  return option.type === NUMBER ? "decimal" : "text";
}
