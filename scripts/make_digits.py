"""Make ``src/softmax_steps/digits.npz``, the handwritten digits that ship with the package.

It reads the copy that scikit-learn bundles, so the book itself needs no scikit-learn, and
writes the pixel counts (0…16) and the labels as bytes. The file is the same on every run.

    python scripts/make_digits.py
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).resolve().parents[1] / "src" / "softmax_steps" / "digits.npz"


def main() -> None:
    """Write the file and say how large it is."""
    pixels, labels = load_digits(return_X_y=True)
    compact = {"pixels": pixels.astype(np.uint8), "labels": labels.astype(np.uint8)}
    if not np.array_equal(compact["pixels"], pixels):
        raise SystemExit("The pixels are no longer whole numbers 0…255; bytes would change them.")
    np.savez_compressed(TARGET, **compact)
    print(f"{TARGET.name}: {len(labels)} digits, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
