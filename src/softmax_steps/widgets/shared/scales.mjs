// The ranges of the sliders for λ and η. Sliders, ticks and addresses all use these.
import { logarithmicScale } from "./slider.mjs";

export const STRENGTHS = {
  explorer: logarithmicScale({ from: -5, to: 1, perDecade: 100 }),
  plane: logarithmicScale({ from: -5, to: 1, perDecade: 50 }),
  conventions: logarithmicScale({ from: -3, to: 0, perDecade: 50 }),
};
export const LEARNING_RATES = logarithmicScale({ from: -2, to: 1, perDecade: 50 });
