import { changed, receive, recall, remember, state } from "./store.js";

const RETRY_MILLISECONDS = 800;
let socket = null;
let wanted = recall("as");

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
    receive(JSON.parse(event.data));
    setLive(true);
  };
  socket.onclose = () => {
    setLive(false);
    setTimeout(connect, RETRY_MILLISECONDS);
  };
}

function setLive(live) {
  if (state.live === live) return;
  state.live = live;
  changed("live");
}
