import initSqlJs from "sql.js";

export default initSqlJs;
