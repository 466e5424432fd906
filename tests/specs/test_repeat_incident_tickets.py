"""Repeat-incident tickets: created after an earlier one of account and issue was solved ÷ all created of an account."""

from world import World


def test_after_a_solved_one_of_account_and_issue_within_the_window(world: World) -> None:
    world.table("ticket", "ticket_id account\na A\nb A\nc B\nd B\ne C\nf -", created_at="2025-01-05")
    world.table(
        "issue_ticket",
        """
        ticket_id issue_key account repeat_of days_since_solved
        a         K         A       z         90
        b         K         A       z         90.5
        c         K         B       y         30
        d         K         B       -         -
        """,
    )
    january = world.read("repeat_incident_tickets", "2025-01")
    # a and c, of a to e; f has no account.
    assert (january.n, january.value) == (5, 2 / 5)
    assert world.read("repeat_incident_tickets", "2025-01", repeat_days=30).value == 1 / 5


def test_where_no_ticket_has_a_known_issue_there_is_no_reading_and_no_zero(world: World) -> None:
    world.table("ticket", "ticket_id account\na A", created_at="2025-01-05")
    assert world.read("repeat_incident_tickets", "2025-01").value is None
