"""What views share: following the model, until the view is closed."""

BODY = """
const heard = [], listeners = new Map();
const model = {
  on: (event, listener) => listeners.set(event, listener),
  off: (event, listener) => listeners.get(event) === listener && listeners.delete(event),
};
const note = (text) => () => heard.push(text);
const end = view.follow(
  model,
  [[["p", "axis"], note("update")], [["numpy_says"], note("compare")]],
  [{ stop: note("redraw stopped") }, { stop: note("spoken stopped") }],
);
const events = [...listeners.keys()];
for (const listener of listeners.values()) listener();
end();
return { events, heard, left: listeners.size };
"""


def test_a_view_follows_each_trait_until_it_is_closed(in_javascript):
    assert in_javascript("shared/view", BODY, None) == {
        "events": ["change:p", "change:axis", "change:numpy_says"],
        "heard": ["update", "update", "compare", "redraw stopped", "spoken stopped"],
        "left": 0,
    }
