import { Log } from "./chat/log.js";
import { Composer } from "./composer/composer.js";
import { connect } from "./live.js";
import { startChannels } from "./shell/channels.js";
import { startDrawers } from "./shell/drawers.js";
import { startPeople } from "./shell/people.js";
import { startTour } from "./shell/tour.js";
import { open, recall, state } from "./store.js";
import { startTicking } from "./time.js";

const part = (id) => document.getElementById(id);

state.channel = recall("channel");
startChannels(part("channels"), part("room-head"));
startPeople(part("people"));
startTour(part("tour"));
startDrawers();
const log = new Log(part("log"));
const composer = new Composer(part("composer"));
startTicking();
connect();

// Like any chat: typing anywhere goes to the composer.
document.addEventListener("keydown", (event) => {
  const isPlain =
    event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isPlain && (event.target === document.body || event.target === log.root)) composer.focus();
});

// Alt with an arrow goes to the channel above or below.
document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!event.altKey || !step || !state.channels.length) return;
  event.preventDefault();
  const position = state.channels.findIndex((channel) => channel.id === state.channel);
  open(state.channels[(position + step + state.channels.length) % state.channels.length].id);
});
