// The ranges of the logarithmic sliders, by the widget's name for λ. Sliders, ticks and addresses use them.
import { logarithmicScale } from "./slider.mjs";

export const STRENGTHS = {
  lambda_explorer: logarithmicScale({ from: -5, to: 1, perDecade: 100 }),
  points_in_the_plane: logarithmicScale({ from: -5, to: 1, perDecade: 50 }),
  conventions: logarithmicScale({ from: -3, to: 0, perDecade: 50 }),
};
export const LEARNING_RATES = logarithmicScale({ from: -2, to: 1, perDecade: 50 });
