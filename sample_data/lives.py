"""The life of one Zendesk ticket: what happens to it, step by step, until the exports were drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from sample_data import company
from sample_data.clock import DAY, EXPORTED
from sample_data.company import AUTOMATION, JIRA, Agent, Contact, Team
from sample_data.topics import Topic

SAME = object()  # "leave as it is", where None means "nobody"


@dataclass
class Step:
    """One audit: what an author changed and said at one instant."""

    at: int
    author: int
    changes: list[tuple[str, object, object]] = field(default_factory=list)  # field, before, after
    text: str | None = None
    public: bool = False
    via: str = "web"  # web, rule (an automation) or merge


@dataclass
class Life:
    """A ticket. ``kind`` is the generator's own word for what it planted."""

    contact: Contact
    topic: Topic
    title: str
    created: int
    priority: str
    channel: str
    kind: str = "normal"
    submitter: int = 0
    number: int = 0
    tags: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    status: str = "new"
    team: Team | None = None
    first_team: Team | None = None
    owner: Agent | None = None
    key: str | None = None  # the engineering record linked last
    merged_into: Life | None = None
    issue: str | None = None  # the chronic issue or bad deployment it was planted for

    def begin(self, text: str, team: Team, author: int | None = None) -> None:
        """The creation: the first message, and the group a trigger puts it into."""
        self.submitter = author or self.contact.id
        self.team = self.first_team = team
        self.steps.append(Step(self.created, self.submitter, [], text, True, self.channel))

    @property
    def now(self) -> int:
        """The instant of the newest step."""
        return self.steps[-1].at

    def act(
        self,
        at: int,
        author: int,
        *,
        say: str | None = None,
        note: str | None = None,
        status: str | None = None,
        team: Team | None = None,
        owner: object = SAME,
        link: str | None = None,
        via: str = "web",
    ) -> None:
        """Add one step; never before the step that came last. A link stands in a private note, as people do it."""
        step = Step(max(at, self.now + 7), author, [], say or note, say is not None, via)
        if link is not None:
            step.text = f"{note} {JIRA}{link}"
            self.key = link
        if team is not None and team is not self.team:
            step.changes.append(("group_id", self.team.id if self.team else None, team.id))
            self.team = team
        if owner is not SAME and owner is not self.owner:
            assert owner is None or isinstance(owner, Agent)  # noqa: S101
            step.changes.append(("assignee_id", self.owner.id if self.owner else None, owner.id if owner else None))
            self.owner = owner
        if status is not None and status != self.status:
            step.changes.append(("status", self.status, status))
            self.status = status
        self.steps.append(step)

    def cut(self) -> None:
        """Forget what would happen after the exports were drawn, and set the state back to that moment."""
        self.steps = [step for step in self.steps if step.at <= EXPORTED]
        last: dict[str, object] = {name: after for step in self.steps for name, _, after in step.changes}
        self.status = str(last.get("status", "new"))
        group, assignee = last.get("group_id"), last.get("assignee_id")
        self.team = next((team for team in company.TEAMS if team.id == group), self.first_team)
        self.owner = next((agent for agent in company.AGENTS if agent.id == assignee), None)


def nightly(at: int) -> int:
    """The first run of the nightly automation (00:02 UTC) at or after an instant."""
    return -(-(at - 120) // DAY) * DAY + 120


def close_later(life: Life) -> None:
    """The automation closes what has been solved for four days."""
    if life.status == "solved":
        life.act(nightly(life.now + 4 * DAY), AUTOMATION, status="closed", via="rule")
