// The arithmetic of the overflow lab: four ways from scores to probabilities in three float types. Every
// number equals NumPy's in that type, bit for bit: sums, differences and quotients follow the IEEE rules;
// e^n and the logarithm are computed with correct rounding, and the state lists where NumPy's differ.
export const TYPES = ["float16", "float32", "float64"];
export const METHODS = {
  unguarded: "no guard",
  "whole-matrix": "whole-matrix guard",
  row: "row guard",
  "log-softmax": "log-softmax",
};
export const STEPS = {
  score: "score",
  shifted: "shifted",
  exponential: "exp",
  sum: "sum",
  logarithm: "log sum",
  result: "P",
};
const FORMATS = {
  // significant bits, exponent of the smallest step, largest number
  float16: { bits: 11, least: -24, largest: 65504 },
  float32: { bits: 24, least: -149, largest: (2 - 2 ** -23) * 2 ** 127 },
  float64: { bits: 53, least: -1074, largest: Number.MAX_VALUE },
};

// Real numbers as [m, s], for m · 2^s with a whole number m of 200 bits.
/** @typedef {[bigint, number]} Real */
const BITS = 200,
  ONE = 1n << 200n;
/** @param {bigint} m */
const length = (m) => m.toString(2).length;
/**
 * @param {Real} a
 * @param {Real} b
 * @returns {Real}
 */
function times([m, s], [n, t]) {
  const product = m * n,
    extra = length(product) - BITS;
  return [product >> BigInt(extra), s + t + extra];
}
let fixedE = 0n;
for (let term = ONE, k = 1n; term; term /= k++) fixedE += term;
/** @param {number} n */
function ePower(n) {
  /** @type {Real} */
  let result = [ONE, -BITS];
  /** @type {Real} */
  let square = [n < 0 ? (ONE * ONE) / fixedE : fixedE, -BITS];
  for (let left = Math.abs(n); left; left >>= 1) {
    if (left & 1) result = times(result, square);
    square = times(square, square);
  }
  return result;
}
/**
 * Return ln x = 2 artanh((x − 1)/(x + 1)).
 * @param {number} x 1 < x ≤ 3
 * @returns {Real}
 */
function naturalLog(x) {
  const fixed = BigInt(x * 2 ** 52) << BigInt(BITS - 52);
  const z = ((fixed - ONE) << BigInt(BITS)) / (fixed + ONE),
    square = (z * z) >> BigInt(BITS);
  let sum = 0n;
  for (let power = z, k = 1n; power; power = (power * square) >> BigInt(BITS), k += 2n) sum += power / k;
  return [2n * sum, -BITS];
}
/**
 * Return the nearest float of a format, moved by some units in its last place.
 * @param {Real} value
 * @param {{ bits: number, least: number }} format
 */
function nearest([m, s], { bits, least }, ulps = 0) {
  const drop = Math.max(length(m) - bits, least - s);
  return (Number((m + (1n << BigInt(drop - 1))) >> BigInt(drop)) + ulps) * 2 ** (drop + s);
}

function toHalf(v) {
  const size = Math.abs(v);
  if (!(size < 65520)) return v / 0 || v; // ±inf; NaN stays
  let step = 2 ** -24;
  while (size >= 2048 * step) step *= 2;
  const anchor = 1.5 * 2 ** 52 * step; // adding it rounds to the step, ties to even
  return v + anchor - anchor;
}

/**
 * Return a float type's arithmetic.
 * @param {string} type
 * @param {any} differences Where NumPy's differs: { first, last, exp: [[n, ulps], …], log: [[x, ulps], …] }.
 */
export function arithmetic(type, differences) {
  const round = { float16: toHalf, float32: Math.fround, float64: Number }[type];
  const wide = type === "float16" ? Math.fround : round; // NumPy adds float16 up in float32
  const ulps = new Map(differences.exp),
    logUlps = new Map(differences.log),
    known = new Map();
  return {
    round,
    add: ([a, b, c]) => round(wide(wide(a + b) + c)),
    exp(n) {
      if (Number.isNaN(n)) return n;
      if (n < differences.first || n > differences.last) return n < differences.first ? 0 : Infinity;
      if (!known.has(n)) known.set(n, n ? nearest(ePower(n), FORMATS[type], ulps.get(n)) : 1);
      return known.get(n);
    },
    log: (x) => (x > 1 ? nearest(naturalLog(x), FORMATS[type], logUlps.get(x)) : x - 1), // 0, or NaN
  };
}

/**
 * Return the steps of every row under one method.
 * @param {number[][]} scores
 * @param {ReturnType<typeof arithmetic>} kind
 * @param {string} method
 * @returns {any[]} For each row its steps, each an array of numbers.
 */
export function work(scores, { round, add, exp, log }, method) {
  const F = scores.map((row) => row.map(round));
  const top = Math.max(...F.flat());
  return F.map((score) => {
    const shift = { unguarded: 0, "whole-matrix": top }[method] ?? Math.max(...score);
    const shifted = score.map((v) => (method === "unguarded" ? v : round(v - shift)));
    const exponential = shifted.map(exp),
      sum = add(/** @type {[number, number, number]} */ (exponential));
    if (method !== "log-softmax") {
      return { score, shifted, exponential, sum: [sum], result: exponential.map((e) => round(e / sum)) };
    }
    const logarithm = log(sum);
    return {
      score,
      shifted,
      exponential,
      sum: [sum],
      logarithm: [logarithm],
      result: shifted.map((v) => round(v - logarithm)),
    };
  });
}

// A shifted score of −inf does no harm without the logarithm: e^−inf is 0.
export const breaks = (v, step, method) =>
  !Number.isFinite(v) && !(step === "shifted" && v === -Infinity && method !== "log-softmax");

/**
 * Return where a row's steps first overflow or lose a value, and the verdict: right, wrong, inf or nan.
 * @param {Record<string, number[]>} steps
 * @param {string} type
 * @param {string} method
 * @param {ReturnType<typeof arithmetic>} exact Of float64.
 * @returns {{ first: { step: string, column: number } | null, verdict: string, worst?: number, right?: number }}
 */
export function examine(steps, type, method, exact) {
  const step = Object.keys(steps).find((name) => steps[name].some((v) => breaks(v, name, method)));
  const first = step ? { step, column: steps[step].findIndex((v) => breaks(v, step, method)) } : null;
  if (first) return { first, verdict: steps.result.some(Number.isNaN) ? "nan" : "inf" };
  const isLog = method === "log-softmax",
    { bits, least } = FORMATS[type];
  const right = work([steps.score], exact, isLog ? method : "row")[0].result;
  // Allow for some roundings: relative ones, and the format's smallest step near 0.
  const allowed = right.map((v) => 8 * 2 ** (1 - bits) * (isLog ? Math.max(1, -v) : v) + 2 ** least);
  const errors = steps.result.map((v, j) => Math.abs(v - right[j]) / allowed[j]);
  const worst = errors.indexOf(Math.max(...errors));
  return { first, verdict: errors[worst] > 1 ? "wrong" : "right", worst, right: right[worst] };
}

/**
 * Return every number and verdict shown: [type][method] holds one entry for each row.
 * @param {number[][]} scores
 * @param {Record<string, any>} kinds The arithmetic of each type.
 */
export function lab(scores, kinds) {
  const exact = kinds.float64;
  return Object.fromEntries(
    TYPES.map((type) => [
      type,
      Object.fromEntries(
        Object.keys(METHODS).map((method) => [
          method,
          work(scores, kinds[type], method).map((steps) => ({ steps, ...examine(steps, type, method, exact) })),
        ]),
      ),
    ]),
  );
}

/** @param {number | string} v */
export const plain = (v) => String(v).replace("-", "−").replace("Infinity", "inf");

/**
 * Write a number for a cell; in a narrow one a number with three digits of exponent gets one digit.
 * @param {number} v
 * @param {boolean} isRoomy
 */
export function brief(v, isRoomy = false) {
  if (Number.isNaN(v)) return "nan";
  if (!Number.isFinite(v) || (Number.isInteger(v) && Math.abs(v) < 1e6)) return plain(v);
  const isFar = !isRoomy && (Math.abs(v) < 1e-99 || Math.abs(v) >= 1e100);
  if (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5) return plain(v.toExponential(isFar ? 0 : 1).replace("+", ""));
  return plain(Math.abs(v) < 100 ? v.toPrecision(3) : v.toFixed(0));
}

// Write a number with as many digits as tell it from another, at least three.
function apart(v, other) {
  let digits = 3;
  while (digits < 17 && v.toPrecision(digits) === other.toPrecision(digits)) digits++;
  return v === 0 ? "0" : plain(v.toPrecision(digits));
}

/**
 * Describe what happened to a row. e^n stands for a power.
 * @param {any} row As lab() returns it.
 * @param {string} type
 * @param {string} method
 * @param {number[]} exact The scores before rounding.
 * @param {number} top The matrix's largest score.
 */
export function explain({ steps, first, verdict, worst, right }, type, method, exact, top) {
  const { score, shifted, exponential, result } = steps;
  const best = Math.max(...score);
  const rounded = exact.findIndex((v, j) => Number.isFinite(score[j]) && v !== score[j]);
  const says = [];
  if (rounded >= 0) says.push(`${type} stores ${plain(exact[rounded])} as ${plain(score[rounded])}.`);
  if (first?.step === "score") {
    says.push(
      `${plain(exact[first.column])} does not fit ${type}: the score itself is stored as ${plain(score[first.column])}. No guard mends that.`,
    );
  } else if (first?.step === "shifted") {
    says.push(`A gap of ${plain(best - score[first.column])} does not fit ${type}: −inf.`);
  } else if (first?.step === "exponential") {
    says.push(`e^${plain(shifted[first.column])} does not fit ${type}: inf. So is the sum, and inf/inf is nan.`);
  } else if (first?.step === "sum") {
    says.push(`Each exponential fits ${type}, their sum does not: inf. So every quotient is 0.`);
  } else if (first) {
    says.push("0/0: every exponential of the row is stored as 0.");
    if (method === "whole-matrix") says.push(`Its best score lies ${plain(top - best)} below the matrix’s.`);
  } else if (verdict === "wrong") {
    says.push(
      `Wrong, and nothing tells: class ${worst} gets ${apart(result[worst], right)}, not ${apart(right, result[worst])}. So small an exponential has lost its digits.`,
    );
  } else {
    says.push("Right.");
    const lost = exponential.findIndex((e, j) => e === 0 && Number.isFinite(shifted[j]));
    if (lost >= 0 && method === "log-softmax")
      says.push(`P of class ${lost} is too small to store; its logarithm, ${brief(result[lost])}, is not.`);
    else if (lost >= 0) says.push(`e^${plain(shifted[lost])} is stored as 0, which costs the others nothing.`);
  }
  return says.join(" ");
}

/**
 * Compare with NumPy's numbers, which are text, in the order of types, methods, rows and steps.
 * @param {any} shown As lab() returns it.
 * @param {string[]} numbers
 */
export function difference(shown, numbers) {
  const ours = TYPES.flatMap((type) =>
    Object.values(shown[type]).flatMap((rows) => rows.flatMap(({ steps }) => Object.values(steps).flat())),
  );
  const gaps = ours.map((v, k) => {
    const theirs = { inf: Infinity, "-inf": -Infinity, nan: NaN }[numbers[k]] ?? Number(numbers[k]);
    return Object.is(v, theirs) || v === theirs ? 0 : Math.abs(v - theirs) / Math.abs(theirs) || Infinity;
  });
  return { count: ours.length, gap: Math.max(...gaps, ours.length === numbers.length ? 0 : Infinity) };
}
