"""Looks at a Grafana dashboard without Grafana: what its own documentation asks of panels, and what would show as a hole or a wrong name.

    dashboard.py FILE

Exit code 1 with every fault, by panel.
"""

import json
import re
import sys

# A row of panels has 24 columns.
COLUMNS = 24
KINDS = {"row", "stat", "timeseries"}
# Those of Grafana's units that are used here.
UNITS = {"short", "ops", "reqps", "s", "bytes", "percentunit"}
BUILT_IN = {"__rate_interval", "__interval", "__range"}


def faults(dashboard):
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    panels = dashboard["panels"]
    found = []
    if not dashboard.get("uid") or not isinstance(dashboard.get("schemaVersion"), int):
        found.append("the dashboard has no uid, or no version of its schema")
    for name in ("id", "title"):
        values = [panel.get(name) for panel in panels]
        found += [f"two panels have the {name} {value!r}" for value in {value for value in values if values.count(value) > 1}]
    for panel in panels:
        found += [f"{panel.get('title')}: {fault}" for fault in panel_faults(panel, variables)]
    for number, one in enumerate(panels):
        found += [f"{one['title']} lies over {other['title']}" for other in panels[number + 1:] if overlap(one["gridPos"], other["gridPos"])]
    return found


def panel_faults(panel, variables):
    place = panel["gridPos"]
    if panel["type"] not in KINDS:
        yield f"the kind {panel['type']!r} is not known here"
    if min(place.values()) < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > COLUMNS:
        yield "it leaves the grid"
    if panel["type"] == "row":
        return
    if not panel.get("description"):
        yield "it has no description"
    if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
        yield "its unit is none that is known here"
    targets = panel.get("targets", [])
    if not targets:
        yield "it asks nothing"
    if len({target["refId"] for target in targets}) < len(targets):
        yield "two queries have the same refId"
    for target in targets:
        query = target["expr"]
        source = target.get("datasource", panel.get("datasource", {})).get("uid", "")
        unknown = set(re.findall(r"\$\{?(\w+)", query + source)) - variables - BUILT_IN
        if unknown:
            yield f"there is no variable {', '.join(sorted(unknown))}"
        if len(targets) > 1 and not target.get("legendFormat"):
            yield f"of several queries {target['refId']} has no name"
        quantile = re.match(r"histogram_quantile\(([\d.]+),", query)
        if quantile and "{{" not in target["legendFormat"] and target["legendFormat"] != f"p{float(quantile[1]) * 100:g}":
            yield f"{target['legendFormat']!r} is the quantile {quantile[1]}"
        # A label that the query adds up over has no name to show.
        kept = re.findall(r"\bby \(([^)]*)\)", query)
        for label in re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")):
            if kept and not any(label in re.split(r",\s*", labels) for labels in kept):
                yield f"the query keeps no label {label}"


def overlap(one, other):
    return (one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
            and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"])


def main():
    with open(sys.argv[1]) as file:
        found = faults(json.load(file))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
