// The small scripts of every page, in one file: a browser asks once.
import "./jumps.js";
import "./contents.js";
import "./menus.js";
import "./sidebar.js";
import "./drawers.js";
import "./scrolling.js";
import "./copying.js";
