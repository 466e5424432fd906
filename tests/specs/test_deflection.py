"""Deflection: contacts no person touched and that were not repeated in 7 days ÷ all contacts."""

from world import World


def test_sessions_and_tickets_are_contacts(world: World) -> None:
    world.table(
        "ticket",
        """
        ticket_id is_bot_only is_outbound days_to_next_contact open_days first_resolution_minutes days_observed
        person    no          no          -                    -         1440                     9
        bot       yes         no          -                    -         0                        9
        repeated  yes         no          7                    -         0                        9
        young     no          no          -                    6.9       -                        -
        ours      no          yes         -                    20        -                        -
        handed    no          no          -                    20        -                        -
        """,
        created_at="2025-01-10",
    )
    world.table(
        "self_service",
        """
        outcome     ticket_id hours_to_next_contact hours_observed
        resolved    -         -                     200
        abandoned   -         168                   200
        abandoned   -         169                   200
        handed_over handed    0                     200
        """,
        started_at="2025-01-10",
    )
    january = world.read("deflection", "2025-01")
    # person, bot, repeated and four sessions: the ticket a session was handed over to is no contact of its own.
    assert (january.n, january.immature) == (3 + 4, 1)
    assert january.value == (1 + 1 + 1) / 7  # bot, resolved, the one that came back after 169 hours
    assert len(world.tickets("deflection", "2025-01")) == 7


def test_without_a_bot_or_sessions_there_is_no_zero(world: World) -> None:
    world.table("ticket", "created_at open_days\n2025-01-10 20")
    assert str(world.read("deflection", "2025-01").reason).startswith("needs visits to the bot")
