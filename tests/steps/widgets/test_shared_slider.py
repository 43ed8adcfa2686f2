"""The logarithmic scale of sliders: its ends, its grid, and what it accepts from an address."""

import numpy as np
import pytest

SCALE = "const scale = view.logarithmicScale(data);"
RANGES = [
    {"from": -5, "to": 1, "perDecade": 100},
    {"from": -3, "to": 0, "perDecade": 50},
    {"from": 0, "to": 1, "perDecade": 1},
]


@pytest.mark.parametrize("limits", RANGES)
def test_positions_are_powers_of_ten_above_a_zero(in_javascript, limits):
    last, largest, values, positions = in_javascript(
        "shared/slider",
        f"{SCALE} const all = Array.from({{ length: scale.last + 1 }}, (_, k) => scale.toValue(k));"
        "return [scale.last, scale.largest, all, all.map(scale.toPosition)];",
        limits,
    )
    powers = np.linspace(limits["from"], limits["to"], last)
    np.testing.assert_allclose(values, [0, *10.0**powers], rtol=1e-14)
    assert positions == list(range(last + 1))
    assert largest == 10.0 ** limits["to"]
    assert (last - 1) / (limits["to"] - limits["from"]) == limits["perDecade"]


def test_values_out_of_range_stand_at_the_ends(in_javascript):
    found = in_javascript(
        "shared/slider", f"{SCALE} return [1e-9, 1e9].map(scale.toPosition);", RANGES[0]
    )
    assert found == [1, 601]


def test_a_rounded_value_is_that_of_its_position(in_javascript):
    exact = 10 ** (-5 + 123 / 100)
    found = in_javascript(
        "shared/slider",
        f"{SCALE} return [{exact:.4g}, 0.0124, 0].map(scale.onGrid);",
        RANGES[0],
    )
    assert found == [pytest.approx(exact, rel=1e-14), 0.0124, 0]


def test_there_is_a_tick_for_each_decade(in_javascript):
    ticks = [
        in_javascript("shared/slider", f"{SCALE} return scale.ticks();", limits)
        for limits in RANGES[:2]
    ]
    assert ticks == [
        ["0", "10⁻⁴", "10⁻³", "0.01", "0.1", "1", "10"],
        ["0", "0.01", "0.1", "1"],
    ]


def test_an_address_holds_what_the_scale_does(in_javascript):
    texts = ["0.1", "0", "10", "10.1", "-1", "", "abc", "NaN", "Infinity"]
    found = in_javascript(
        "shared/address",
        """const scale = { from: -2, to: 1, perDecade: 100 };
        const read = view.onScale("scale");
        return data.map((text) => read(text, (trait) => ({ scale })[trait]) ?? null);""",
        texts,
    )
    assert found == [0.1, 0, 10, None, None, None, None, None, None]
