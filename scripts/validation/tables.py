"""What a validation found, as text, JSON and Markdown."""

import json

import designs

HEAD = ("design, point", "figure", "run", "published", "ours", "ratio", "verdict")


def verdict(published, ratio):
    """Within the tolerance, outside of it, or shown only."""
    if published.tolerance is None:
        return "shown"
    return f"{'within' if within(published, ratio) else 'OUTSIDE'} {100 * published.tolerance:g} %"


def within(published, ratio):
    return published.tolerance is None or abs(ratio - 1) <= published.tolerance


def number(value):
    """Four digits, or whole numbers with thousands."""
    return f"{value:,.0f}" if value >= 10000 else f"{value:.4g}"


def rows(design, measured):
    """One row of HEAD per published figure; `measured`: point name -> run name -> quantities."""
    found = []
    for point in design.points:
        for published in point.published:
            ours = measured[point.name][published.run][published.quantity]
            ratio = ours / published.value
            found.append((
                f"{design.name}, {point.name}", designs.QUANTITIES[published.quantity], published.run,
                number(published.value), number(ours), f"{ratio:.2f}", verdict(published, ratio),
            ))
    return found


def text_table(table):
    """Columns of one width each, figures to the right."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [cell.rjust(w) if 3 <= i <= 5 else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def markdown_table(table, right):
    head, *body = table
    rule = "|".join("---:" if i in right else "---" for i in range(len(head)))
    lines = ["| " + " | ".join(head) + " |", f"|{rule}|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in body]) + "\n"


def fusion_table(design, measured):
    """What fusion would do to a machine: frames and bytes of the runs that the design names, and of the judged ones."""
    table = [("machine", "run", "frames/s", "of published", "MB per frame", "mJ per frame",
              "GB/s at the published rate")]
    for point in design.points:
        published = next(p for p in point.published if p.tolerance is not None)
        for run in (published.run, *design.about_fusion):
            found = measured[point.name][run]
            megabytes = found["dram_bytes"] / 1e6
            table.append((
                point.name, run, number(found["frames_per_second"]),
                f"{found['frames_per_second'] / published.value:.2f}", f"{megabytes:.1f}", f"{found['energy_mj']:.1f}",
                f"{megabytes * published.value / 1e3:.2f}",
            ))
    return table


def as_json(design, measured, commit):
    figures = []
    for point in design.points:
        for published in point.published:
            ours = measured[point.name][published.run][published.quantity]
            figures.append({
                "point": point.name, "quantity": published.quantity, "run": published.run,
                "published": published.value, "ours": ours, "ratio": ours / published.value,
                "tolerance": published.tolerance, "within": within(published, ours / published.value),
                "reason": published.reason,
            })
    content = {
        "format": "fusesim.validation/1", "design": design.name, "title": design.title, "source": design.source,
        "commit": commit, "left_out": list(design.left_out), "figures": figures, "measured": measured,
    }
    return json.dumps(content, indent=1) + "\n"


def markdown(found, commit):
    """The whole of table.md; `found`: (design, measured) in order."""
    parts = [f"Written by `scripts/validate` at commit {commit}. Ratio: ours over published.\n"]
    for design, measured in found:
        parts.append(f"## {design.title}\n\n{design.source}\n")
        table = [HEAD[1:]] + [row[1:] for row in rows(design, measured)]
        names = [point.name for point in design.points for _ in point.published]
        table = [("point", *table[0])] + [(name, *row) for name, row in zip(names, table[1:])]
        parts.append(markdown_table(table, right=(3, 4, 5)))
        reasons = dict.fromkeys(
            f"- {'tolerance' if p.tolerance else 'not judged'} ({p.run}): {p.reason}"
            for point in design.points for p in point.published
        )
        parts.append("\n".join(reasons) + "\n")
        if design.about_fusion:
            parts.append("What fusion does to these machines:\n")
            parts.append(markdown_table(fusion_table(design, measured), right=(2, 3, 4, 5, 6)))
        parts.append("Left out: " + "; ".join(design.left_out) + ".\n")
    return "\n".join(parts)
