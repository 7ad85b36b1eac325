import initSqlJs from "sql.js/dist/sql-wasm-browser.js";

export default initSqlJs;
