// The mark of a class, the same in every picture.

/**
 * Return the path of a mark: a circle for class 0, a square for class 1, a triangle for class 2.
 * @param {number} label
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function mark(label, x, y, r) {
  const [a, b] = [x.toFixed(1), y.toFixed(1)];
  if (label === 0) return `M${a},${b}m${-r},0a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
  if (label === 1) return `M${a},${b}m${-0.9 * r},${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
  return `M${a},${b}m0,${-1.2 * r}l${1.15 * r},${2.05 * r}h${-2.3 * r}z`;
}
