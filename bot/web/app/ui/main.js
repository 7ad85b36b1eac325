/** Where the page begins. */

import { createStore } from "../store.js";
import { Scanner } from "./app.js";

const store = createStore();
const scanner = document.querySelector("tallyman-scanner");
if (scanner instanceof Scanner) scanner.store = store;
void store.start();
