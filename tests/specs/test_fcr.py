"""First-contact resolution, net: one reply, one team, nothing after."""

from world import World

TICKETS = """
public_replies teams escalated reopens days_to_reopen days_to_next_contact days_observed is_outbound is_bot_only is_auto_closed
1              1     no        0       -              -                    30            no          no          no
1              -     -         -       -              7.5                  30            no          no          no
2              1     no        0       -              -                    30            no          no          no
0              1     no        0       -              -                    30            no          no          no
1              2     no        0       -              -                    30            no          no          no
1              1     yes       0       -              -                    30            no          no          no
1              1     no        1       2              -                    30            no          no          no
1              1     no        0       -              6.9                  30            no          no          no
1              1     no        0       -              -                    6.9           no          no          no
1              1     no        0       -              -                    30            yes         no          no
1              1     no        0       -              -                    30            no          yes         no
-              1     no        0       -              -                    30            no          no          no
1              1     no        0       -              -                    30            no          no          yes
"""


def test_only_what_one_answer_settled_counts(world: World) -> None:
    world.table("ticket", TICKETS, first_resolved_at="2025-01-10")
    everything, outbound, bot, unanswered, unknown, young = 13, 1, 1, 1, 1, 1
    reading = world.read("fcr", "2025-01")
    assert reading.n == everything - outbound - bot - unanswered - unknown - young
    assert reading.value == 2 / 8
    assert reading.immature == young


def test_a_longer_window_sees_the_contact_that_came_later(world: World) -> None:
    world.table("ticket", TICKETS, first_resolved_at="2025-01-10")
    reading = world.read("fcr", "2025-01", window_days=14)
    assert reading.value == 1 / 8  # the second row was back after 7.5 days
    assert "within 14 days" in reading.definition


def test_the_drill_shows_the_failures_first(world: World) -> None:
    world.table("ticket", TICKETS, first_resolved_at="2025-01-10")
    assert list(world.tickets("fcr", "2025-01")["counts_towards"]) == ["no"] * 6 + ["yes"] * 2


def test_without_messages_the_feed_is_named(world: World) -> None:
    world.table("ticket", "first_resolved_at\n2025-01-10")
    reason = world.read("fcr", "2025-01").reason
    assert reason == "needs messages with their authors, or the help desk's own count of replies"
