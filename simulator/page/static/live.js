import { changed, receive, recall, remember, state } from "./store.js";

const RETRY_MILLISECONDS = 800;
// One failure is a line that was cut; after this many in a row no one is there.
const FAILURES_OF_AN_END = 2;
let socket = null;
let wanted = recall("as");
let failures = 0;

/** Look at the server as a member from now on. */
export function actAs(member) {
  wanted = member;
  remember("as", member);
  state.busy.clear();
  state.failures.clear();
  connect();
}

/** Open the stream of changes, and again whenever it breaks. */
export function connect() {
  if (socket) socket.onclose = socket.onmessage = null;
  socket?.close();
  const address = new URL("live", document.baseURI);
  address.protocol = "ws:";
  if (wanted) address.searchParams.set("as", wanted);
  socket = new WebSocket(address);
  socket.onmessage = (event) => {
    failures = 0;
    setEnded(false);
    receive(JSON.parse(event.data));
    setLive(true);
  };
  socket.onclose = () => {
    setLive(false);
    failures += 1;
    setEnded(failures > FAILURES_OF_AN_END);
    setTimeout(connect, RETRY_MILLISECONDS);
  };
}

function setEnded(ended) {
  document.getElementById("ended").hidden = !ended;
}

function setLive(live) {
  if (state.live === live) return;
  state.live = live;
  changed("live");
}
