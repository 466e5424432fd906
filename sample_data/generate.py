"""Write every export of the sample company, and the answers planted in them: ``python -m sample_data.generate``.

Equal bytes on every run: one seed, no clock, no folder order; archives carry a fixed date.
"""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sample_data import EXPORTS, company, itdesk, register, surveys, zendesk_files, zendesk_metrics
from sample_data.answers import answers
from sample_data.arrivals import World, build
from sample_data.clock import iso
from sample_data.company import DOMAIN
from sample_data.dice import Dice

SEED = 20251109
_STAMP = (2025, 11, 10, 0, 30, 0)


def everything(seed: int = SEED) -> dict[str, str]:
    """Every file as text, by name; the name of a page inside an archive stands after ``/``."""
    dice = Dice(seed)
    world = build(dice)
    incidents = itdesk.incidents(dice)
    csat, nps = surveys.csat(dice, world), surveys.nps(dice, world)
    beside = register.Register.build(world, seed + 1)
    told = answers(world, incidents, csat, nps, seed)
    resolved = sum(told[desk]["months"][register.NAMED_MONTH]["resolved"] for desk in ("zendesk", "servicenow"))
    told["register"] = register.answers(beside, world.lives, resolved)
    made = {f"04_zendesk_tickets.zip/{name}": text for name, text in zendesk_files.ticket_pages(world)}
    made |= {f"13_zendesk_ticket_metrics.zip/{name}": text for name, text in zendesk_metrics.pages(world)}
    made |= {f"05_zendesk_ticket_audits.zip/{name}": text for name, text in zendesk_files.audit_pages(world)}
    return made | {
        "01_zendesk_users.json.gz": zendesk_files.users(world),
        "02_zendesk_groups.json": zendesk_files.groups(),
        "03_zendesk_organizations.json": zendesk_files.organizations(world),
        "06_zendesk_ticket_topics.csv.gz": ticket_topics(world),
        "07_servicenow_incident_event_log.csv.gz": itdesk.write(incidents),
        "11_csat_surveys.csv.gz": surveys.csat_csv(csat),
        "12_nps_surveys.csv.gz": surveys.nps_csv(nps),
        "10_deployments.csv": deployments(world),
        "09_agent_roster.csv": roster(),
        "08_accounts.csv": accounts(world),
        **register.files(beside),
        "answers.toml": toml(told),
    }


def ticket_topics(world: World) -> str:
    """The custom fields of each ticket by their names, as a list view exports them."""
    rows = ((life.number, life.topic.product, life.topic.name) for life in world.lives)
    return surveys.table(("Ticket ID", "Product [list]", "Topic [list]"), rows)


def deployments(world: World) -> str:
    """The release log of the five products, UTC."""
    header = ("Change", "Product", "Kind", "Title", "Started", "Deployed", "Outcome", "Rolled back", "Link")
    return surveys.table(
        header,
        (
            (
                change.id,
                change.product,
                change.kind,
                change.title,
                iso(change.at - 900),
                iso(change.at),
                change.outcome,
                iso(change.rolled_back_at) if change.rolled_back_at else None,
                f"https://deploy.{DOMAIN}/{change.id}",
            )
            for change in world.changes
        ),
    )


def roster() -> str:
    """Who works in support and engineering; pseudonyms, with Zendesk's user numbers."""
    header = ("User id", "Name", "Team", "Tier", "Role", "Schedule", "Start", "End", "Cost per hour")
    return surveys.table(
        header,
        (
            (
                agent.id,
                agent.name,
                agent.team.name,
                agent.team.tier,
                agent.role,
                agent.team.schedule,
                iso(agent.starts)[:10],
                iso(agent.leaves)[:10] if agent.leaves else None,
                agent.cost_per_hour,
            )
            for agent in company.AGENTS
        ),
    )


def accounts(world: World) -> str:
    """What the CRM knows of each customer company."""
    header = ("Organization id", "Account", "Tier", "Region", "Health", "ARR", "Renewal date")
    return surveys.table(
        header,
        ((a.id, a.name, a.tier, a.region, a.health, a.annual_revenue, a.renewal.isoformat()) for a in world.companies),
    )


def toml(tables: dict[str, Any], path: tuple[str, ...] = ()) -> str:
    """Nested dictionaries, lists of dictionaries and plain values as TOML."""
    plain = {name: value for name, value in tables.items() if not _is_table(value)}
    lines = [f"{_key(name)} = {_value(value)}" for name, value in plain.items()]
    if path and lines:
        lines.insert(0, f"[{'.'.join(map(_key, path))}]")
    parts = ["\n".join(lines)] if lines else []
    for name, value in tables.items():
        if isinstance(value, dict):
            parts.append(toml(value, (*path, name)))
        elif _is_table(value):
            head = f"[[{'.'.join(map(_key, (*path, name)))}]]"
            for row in value:
                text = toml(row, (*path, name))
                parts.append(text.replace(f"[{'.'.join(map(_key, (*path, name)))}]", head, 1))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else f'"{name}"'


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value) if isinstance(value, int | float) else f'"{value}"'


def write(folder: Path, made: dict[str, str]) -> None:
    """Put the files into a folder; ``answers.toml`` goes beside it, since it is no export."""
    folder.mkdir(parents=True, exist_ok=True)
    archives: dict[str, list[tuple[str, str]]] = {}
    for name, text in made.items():
        if "/" in name:
            archive, page = name.split("/")
            archives.setdefault(archive, []).append((page, text))
        elif name == "answers.toml":
            (folder.parent / name).write_text(text, encoding="utf-8", newline="\n")
        else:
            content = text.encode()
            (folder / name).write_bytes(gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content)
    for name, pages in archives.items():
        (folder / name).write_bytes(_zipped(pages))


def _zipped(pages: Iterable[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in pages:
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return out.getvalue()


def main() -> None:
    """Write the sample data where the package expects it, or into a folder named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EXPORTS
    write(folder, everything())
    total = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder}: {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
