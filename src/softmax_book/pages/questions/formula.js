// Reads a formula as NumPy would, and works it out on small arrays. Nothing that a reader types is
// ever run: it is cut into signs, read by a grammar, and only what stands in the tables below is known.

/**
 * An array, its numbers row by row; a number has the shape [].
 * @typedef {{ shape: number[], data: number[] }} Value
 * @typedef {Record<string, Value>} Letters
 * @typedef {{ kind: "number" | "name" | "sign" | "end", text: string, at: number }} Sign
 */

/** What the reader can mend: the message says how. */
export class FormulaError extends Error {}

const SIGNS =
  /\s*(?:(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)|([A-Za-z_]\w*)|(\*\*|\/\/|[=<>]=|[-+*/@()[\].,:=<>]))/y;
/** @type {[RegExp, string][]} */
const MEANT = [
  [/\^\s*T\b|ᵀ|'/, "Write X.T for a transpose."],
  [/\^/, "Python writes a power as **, and ^ means something else."],
  [/[×·]/, "Write * for entry by entry, and @ for the matrix product."],
  [/λ|\blambda\b/, "Write lam for λ: lambda is a word of Python's own."],
  [/\bdef\b|\breturn\b|;/, "One formula is enough: no function, no further line."],
];
const MOST_LETTERS = 300;
const MOST_NUMBERS = 4096;

/** @param {string} text */
function cut(text) {
  if (text.length > MOST_LETTERS) throw new FormulaError(`That is longer than ${MOST_LETTERS} letters.`);
  /** @type {Sign[]} */
  const signs = [];
  const plain = text.replaceAll("−", "-").trimEnd();
  SIGNS.lastIndex = 0;
  while (SIGNS.lastIndex < plain.length) {
    const at = SIGNS.lastIndex;
    const found = SIGNS.exec(plain);
    if (!found) {
      const meant = MEANT.find(([pattern]) => pattern.test(plain));
      throw new FormulaError(meant ? meant[1] : `“${plain.slice(at).trim()[0]}” is no sign that a formula needs.`);
    }
    const kind = found[1] ? "number" : found[2] ? "name" : "sign";
    signs.push({ kind, text: found[1] ?? found[2] ?? found[3], at });
  }
  // As many as the grammar may look ahead.
  for (let k = 0; k < 3; k++) signs.push({ kind: "end", text: "the end", at: plain.length });
  return signs;
}

/**
 * A formula without its spaces: two that differ in nothing else are the same.
 * @param {string} text
 */
export function canonical(text) {
  try {
    return cut(text)
      .map(({ text }) => text)
      .join(" ");
  } catch {
    return text;
  }
}

// --- arrays ---

/** @param {number[]} shape */
const size = (shape) => shape.reduce((product, side) => product * side, 1);
/** @param {number[]} shape */
export const written = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
/** @type {(data: number) => Value} */
const scalar = (data) => ({ shape: [], data: [data] });

/**
 * @param {Value} a
 * @param {Value} b
 * @param {(x: number, y: number) => number} f
 * @param {string} sign
 * @returns {Value}
 */
function entryByEntry(a, b, f, sign) {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [left, right] = [a, b].map(({ shape }) => [...Array(rank - shape.length).fill(1), ...shape]);
  const shape = left.map((side, k) => {
    if (side !== right[k] && side !== 1 && right[k] !== 1) {
      const hint = sign === "*" ? " For the matrix product write @." : "";
      throw new FormulaError(
        `${written(a.shape)} ${sign} ${written(b.shape)}: entry by entry the shapes must fit, from the right.${hint}`,
      );
    }
    return side === 1 ? right[k] : side;
  });
  if (size(shape) > MOST_NUMBERS) throw new FormulaError("That makes too many numbers.");
  const data = Array.from({ length: size(shape) }, (_, place) => {
    let [i, j, rest] = [0, 0, place];
    const steps = shape.map((_, k) => {
      const inner = size(shape.slice(k + 1));
      const at = Math.floor(rest / inner);
      rest %= inner;
      return at;
    });
    for (let k = 0; k < rank; k++) {
      i = i * left[k] + (left[k] === 1 ? 0 : steps[k]);
      j = j * right[k] + (right[k] === 1 ? 0 : steps[k]);
    }
    return f(a.data[i], b.data[j]);
  });
  return { shape, data };
}

/**
 * @param {Value} a
 * @param {Value} b
 * @returns {Value}
 */
function matrixProduct(a, b) {
  if (!a.shape.length || !b.shape.length) throw new FormulaError("@ needs two arrays; a number is multiplied by *.");
  if (a.shape.length > 2 || b.shape.length > 2) throw new FormulaError("@ is known here for vectors and matrices.");
  const [rows, inner] = a.shape.length === 1 ? [1, a.shape[0]] : a.shape;
  const [height, columns] = b.shape.length === 1 ? [b.shape[0], 1] : b.shape;
  if (inner !== height) {
    throw new FormulaError(
      `${written(a.shape)} @ ${written(b.shape)}: the inner sizes, ${inner} and ${height}, must be equal. Is one transposed?`,
    );
  }
  const data = Array.from({ length: rows * columns }, (_, place) => {
    const [i, j] = [Math.floor(place / columns), place % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a.data[i * inner + k] * b.data[k * columns + j];
    return sum;
  });
  return { shape: [...(a.shape.length === 2 ? [rows] : []), ...(b.shape.length === 2 ? [columns] : [])], data };
}

/**
 * @param {Value} a
 * @returns {Value}
 */
export function transposed({ shape, data }) {
  if (shape.length < 2) return { shape, data };
  if (shape.length > 2) throw new FormulaError(".T is known here for matrices.");
  const [rows, columns] = shape;
  return {
    shape: [columns, rows],
    data: data.map((_, place) => data[(place % rows) * columns + Math.floor(place / rows)]),
  };
}

/** @type {Record<string, (numbers: number[]) => number>} */
const FOLDS = {
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  mean: (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length,
  max: (numbers) => numbers.reduce((a, b) => Math.max(a, b)),
  min: (numbers) => numbers.reduce((a, b) => Math.min(a, b)),
};
/** @type {Record<string, (x: number) => number>} */
const EACH = {
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  abs: Math.abs,
  square: (x) => x * x,
};
/** @type {Record<string, (x: number, y: number) => number>} */
const PAIRS = {
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
};
/** @type {Record<string, (x: number, y: number) => number>} */
const OPERATORS = {
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "/": (x, y) => x / y,
  "//": (x, y) => Math.floor(x / y),
  "**": (x, y) => x ** y,
};
// True is 1 and False 0, as in NumPy where they are multiplied.
/** @type {Record<string, (x: number, y: number) => number>} */
const COMPARISONS = {
  ">": (x, y) => Number(x > y),
  "<": (x, y) => Number(x < y),
  ">=": (x, y) => Number(x >= y),
  "<=": (x, y) => Number(x <= y),
};
const KNOWN = [...Object.keys(FOLDS), ...Object.keys(EACH), ...Object.keys(PAIRS)];

/**
 * @param {string} name
 * @param {Value} a
 * @param {{ axis?: number, keepdims?: boolean }} options
 * @returns {Value}
 */
function fold(name, { shape, data }, { axis, keepdims = false }) {
  if (axis === undefined) {
    return { shape: keepdims ? shape.map(() => 1) : [], data: [FOLDS[name](data)] };
  }
  const k = axis < 0 ? axis + shape.length : axis;
  if (!(k in shape)) throw new FormulaError(`axis=${axis}: an array of the shape ${written(shape)} has no such axis.`);
  const [outer, inner] = [size(shape.slice(0, k)), size(shape.slice(k + 1))];
  const folded = Array.from({ length: outer * inner }, (_, place) => {
    const start = Math.floor(place / inner) * shape[k] * inner + (place % inner);
    return FOLDS[name](Array.from({ length: shape[k] }, (_, step) => data[start + step * inner]));
  });
  return { shape: [...shape.slice(0, k), ...(keepdims ? [1] : []), ...shape.slice(k + 1)], data: folded };
}

/**
 * What stands in brackets behind an array: rows, columns, and new axes.
 * @param {Value} array
 * @param {("new" | "all" | Value)[]} items
 * @returns {Value}
 */
function take({ shape, data }, items) {
  const used = items.filter((item) => item !== "new").length;
  if (used > shape.length) {
    throw new FormulaError(`An array of the shape ${written(shape)} has no ${used} axes to pick from.`);
  }
  const rest = [...items, .../** @type {"all"[]} */ (Array(shape.length - used).fill("all"))];
  const chosen = rest.filter((item) => item !== "new" && item !== "all");
  if (chosen.length > 1 && (chosen.length < shape.length || rest.includes("new"))) {
    throw new FormulaError("Picking by several arrays is known here for one number of each row.");
  }
  /** @type {(side: number, index: number) => number} */
  const within = (side, index) => {
    const at = index < 0 ? index + side : index;
    if (!Number.isInteger(at) || at < 0 || at >= side)
      throw new FormulaError(`There is no place ${index} among ${side}.`);
    return at;
  };
  if (chosen.length > 1) {
    const [i, j] = /** @type {Value[]} */ (chosen);
    return entryByEntry(
      i,
      j,
      (row, column) => data[within(shape[0], row) * shape[1] + within(shape[1], column)],
      "with",
    );
  }
  let axis = 0;
  /** @type {number[]} */
  const result = [];
  /** @type {number[][]} */
  const places = [];
  for (const item of rest) {
    if (item === "new") {
      result.push(1);
      continue;
    }
    const side = shape[axis++];
    places.push(item === "all" ? Array.from({ length: side }, (_, k) => k) : item.data.map((k) => within(side, k)));
    result.push(...(item === "all" ? [side] : item.shape));
  }
  let found = [0];
  places.forEach((each, k) => {
    const inner = size(shape.slice(k + 1));
    found = found.flatMap((start) => each.map((place) => start + place * inner));
  });
  return { shape: result, data: found.map((place) => data[place]) };
}

// --- the grammar ---

/**
 * Work out a formula.
 * @param {string} text
 * @param {Letters} letters What its names stand for.
 * @returns {Value}
 */
export function evaluate(text, letters) {
  const signs = cut(text);
  let next = 0;
  const names = Object.keys(letters).join(", ");
  /** @param {string} sign */
  const is = (sign) => signs[next].kind !== "number" && signs[next].text === sign;
  /** @param {string} sign */
  const skip = (sign) => is(sign) && Boolean(++next);
  /** @param {string} sign */
  const expect = (sign) => {
    if (!skip(sign)) throw new FormulaError(`Here “${signs[next].text}” stands where “${sign}” was expected.`);
  };

  /** @returns {Value} */
  function comparison() {
    const value = sum();
    const sign = signs[next].text;
    if (!Object.hasOwn(COMPARISONS, sign)) return value;
    next++;
    return entryByEntry(value, sum(), COMPARISONS[sign], sign);
  }
  /** @returns {Value} */
  function sum() {
    let value = product();
    while (is("+") || is("-")) {
      const sign = signs[next++].text;
      value = entryByEntry(value, product(), OPERATORS[sign], sign);
    }
    return value;
  }
  function product() {
    let value = signed();
    while (is("*") || is("/") || is("@") || is("//")) {
      const sign = signs[next++].text;
      const right = signed();
      value = sign === "@" ? matrixProduct(value, right) : entryByEntry(value, right, OPERATORS[sign], sign);
    }
    return value;
  }
  /** @returns {Value} */
  function signed() {
    if (skip("+")) return signed();
    if (skip("-")) {
      const { shape, data } = signed();
      return { shape, data: data.map((x) => -x) };
    }
    const base = followed(atom());
    return skip("**") ? entryByEntry(base, signed(), OPERATORS["**"], "**") : base;
  }
  /**
   * @param {Value} value
   * @returns {Value}
   */
  function followed(value) {
    if (skip("[")) return followed(take(value, items()));
    if (!skip(".")) return value;
    const { text: name } = signs[next++];
    if (name === "T") return followed(transposed(value));
    if (!Object.hasOwn(FOLDS, name)) {
      throw new FormulaError(
        `.${name} is not known here; known are .T, ${Object.keys(FOLDS)
          .map((each) => `.${each}(…)`)
          .join(", ")}.`,
      );
    }
    expect("(");
    return followed(fold(name, value, options()));
  }
  function items() {
    /** @type {("new" | "all" | Value)[]} */
    const found = [];
    do {
      if (is("]")) break;
      if (skip(":")) found.push("all");
      else if (skip("None")) found.push("new");
      else if (is("np") && signs[next + 2]?.text === "newaxis") {
        next += 3;
        found.push("new");
      } else found.push(sum());
    } while (skip(","));
    expect("]");
    return found;
  }
  /** What stands in the parentheses of sum, max and the like: axis and keepdims. */
  function options() {
    /** @type {{ axis?: number, keepdims?: boolean }} */
    const found = {};
    while (!skip(")")) {
      const isNamed = signs[next + 1].text === "=";
      const name = isNamed ? signs[next++].text : "axis";
      if (isNamed) next++;
      if (name === "axis") found.axis = sum().data[0];
      else if (name === "keepdims" && (is("True") || is("False"))) found.keepdims = signs[next++].text === "True";
      else throw new FormulaError(`“${name}” is not known here; known are axis=1 and keepdims=True.`);
      if (!is(")")) expect(",");
    }
    return found;
  }
  /** @returns {Value} */
  function atom() {
    const sign = signs[next++];
    if (sign.kind === "number") return scalar(Number(sign.text));
    if (sign.text === "(") {
      const value = comparison();
      expect(")");
      return value;
    }
    if (sign.kind !== "name") {
      throw new FormulaError(
        sign.kind === "end"
          ? "The formula ends too early: a name, a number or a parenthesis is missing."
          : `“${sign.text}” stands where a name, a number or a parenthesis was expected.`,
      );
    }
    if (sign.text === "np") return called();
    if (Object.hasOwn(letters, sign.text)) return letters[sign.text];
    const meant = MEANT.find(([pattern]) => pattern.test(sign.text));
    throw new FormulaError(
      meant
        ? meant[1]
        : `“${sign.text}” is not known here. Known are ${names}${KNOWN.includes(sign.text) ? `, and np.${sign.text}` : ", and NumPy as np"}.`,
    );
  }
  function called() {
    expect(".");
    const { text: name } = signs[next++];
    expect("(");
    if (name === "arange") {
      const end = sum().data[0];
      expect(")");
      if (!(end >= 0 && end <= MOST_NUMBERS)) throw new FormulaError("That makes too many numbers.");
      return { shape: [end], data: Array.from({ length: end }, (_, k) => k) };
    }
    const value = sum();
    if (Object.hasOwn(FOLDS, name)) {
      skip(",");
      return fold(name, value, options());
    }
    if (Object.hasOwn(PAIRS, name)) {
      expect(",");
      const second = sum();
      expect(")");
      return entryByEntry(value, second, PAIRS[name], `np.${name}`);
    }
    expect(")");
    if (name === "transpose") return transposed(value);
    if (!Object.hasOwn(EACH, name))
      throw new FormulaError(`np.${name} is not known here; known are np.${KNOWN.join(", np.")}.`);
    return { shape: value.shape, data: value.data.map(EACH[name]) };
  }

  const value = comparison();
  if (signs[next].kind !== "end") {
    throw new FormulaError(`“${signs[next].text}” was not expected here. Is a sign missing before it?`);
  }
  return value;
}

// --- comparing ---

/**
 * Whether two arrays are the same but for rounding.
 * @param {Value | null} a
 * @param {Value | null} b
 */
export function same(a, b) {
  if (!a || !b || a.shape.join() !== b.shape.join()) return false;
  return a.data.every((x, k) => {
    const y = b.data[k];
    if (!Number.isFinite(x) || y === null || !Number.isFinite(y))
      return !Number.isFinite(x) && !Number.isFinite(y ?? NaN);
    return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y));
  });
}

/**
 * By which one number all of an array is too large, if it is.
 * @param {Value} a
 * @param {Value} b The right one.
 */
export function ratio(a, b) {
  if (a.shape.join() !== b.shape.join()) return null;
  const k = b.data.findIndex((y) => Math.abs(y) > 1e-9);
  const factor = k < 0 ? Number.NaN : a.data[k] / b.data[k];
  const scaled = { shape: b.shape, data: b.data.map((y) => y * factor) };
  return Number.isFinite(factor) && factor !== 0 && same(a, scaled) ? factor : null;
}
