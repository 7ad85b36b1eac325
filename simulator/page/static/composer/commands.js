import { state } from "../store.js";

const SUBCOMMAND = 1;
const GROUP = 2;

/** Every command that can be sent, with the words that name it: "item add". */
function allCommands() {
  return state.commands.flatMap((command) => leaves(command, command.name));
}

function leaves(it, words) {
  const inner = (it.options ?? []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (inner.length) return inner.flatMap((option) => leaves(option, `${words} ${option.name}`));
  return [{ words, description: it.description, options: it.options ?? [] }];
}

/** Commands for what was typed after the slash: names that begin so, then words, then the rest. */
export function findCommands(typed) {
  const wanted = typed.toLowerCase().trimStart().replace(/\s+/g, " ");
  const ranked = allCommands().map((command) => ({ command, rank: rank(command, wanted.trimEnd()) }));
  return ranked
    .filter((each) => each.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.command.words.localeCompare(b.command.words))
    .map((each) => each.command);
}

function rank({ words, description }, wanted) {
  if (words === wanted) return 0;
  if (words.startsWith(wanted)) return 1;
  if (words.split(" ").some((word) => word.startsWith(wanted))) return 2;
  if (words.includes(wanted)) return 3;
  return wanted.length > 2 && description.toLowerCase().includes(wanted) ? 4 : 9;
}

/** The command that was typed out and followed by a space, if no other begins the same way. */
export function typedOut(typed) {
  if (!typed.endsWith(" ")) return undefined;
  const wanted = typed.trim().replace(/\s+/g, " ").toLowerCase();
  return allCommands().find((command) => command.words === wanted);
}
