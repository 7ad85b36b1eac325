/** Where the page begins. */

import { createStore } from "../store.js";
import { Scanner } from "./app.js";

const store = createStore();
const scanner = document.querySelector("tallyman-scanner");
if (scanner instanceof Scanner) scanner.store = store;
store.start().catch((error) => {
  // Without storage nothing can be kept: better no page than one that loses what is done.
  if (scanner instanceof Scanner) scanner.broken = true;
  throw error;
});
