"""What the variables and axes of a Dataset have to say of themselves, in what they are measured and by which symbol."""

HALF_WIDTHS, OF_F = "half widths of the box", "evaluations of F"
EXPECTED = {  # variables whose name begins so; of the others each is a pure number
    "final_error": HALF_WIDTHS, "tolerance": HALF_WIDTHS, "mean_error": HALF_WIDTHS, "printed_mean_error": HALF_WIDTHS,
    "error": HALF_WIDTHS, "move": HALF_WIDTHS,
    "steps_taken": "steps", "diverged_step": "steps", "first_": "steps", "still": "steps", "hit_step": "steps", "median_hit_step": "steps",
    "evaluations": OF_F, "final_evaluations": OF_F, "mean_evaluations": OF_F, "hit_evaluations": OF_F, "ert_evaluations": OF_F,
    "median_hit_evaluations": OF_F, "low_hit_evaluations": OF_F, "high_hit_evaluations": OF_F, "spent": OF_F, "horizon": OF_F,
    "gradients": "evaluations of ∇F", "final_gradients": "evaluations of ∇F",
}  # fmt: skip
EXACTLY = {
    "ert": OF_F,
    "ert_low": OF_F,
    "ert_high": OF_F,
    "k": "steps",
    "event_k": "steps",
    "snapshot": "steps",
    "step": "steps",
}
SYMBOLS = {"t": "t", "sigma": "σ", "dispersion": "V"}


def expected_units(name, is_coordinate):
    if name in EXACTLY:
        return EXACTLY[name] if is_coordinate or not name.startswith("step") else "1"
    return next((units for begin, units in EXPECTED.items() if name.startswith(begin)), "1")


def require_described(table):
    for name, values in table.variables.items():
        said = values.attrs
        assert said.get("long_name"), name
        if name != "event_value":  # of several kinds of events, each in the units of its observable
            assert said.get("units") == expected_units(str(name), name in table.coords), name
        assert said.get("symbol") == SYMBOLS.get(str(name), said.get("symbol")) and said.get("symbol") != "", name
