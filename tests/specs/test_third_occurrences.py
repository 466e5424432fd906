"""Issues back for the third time or more: occurrences numbered three and above, by when they began."""

from world import World


def test_third_and_later_occurrences_of_the_period(world: World) -> None:
    world.table("ticket", "ticket_id occurrence_id\na K#2\nb K#3\nc L#7\nd L#7\ne M#3")
    world.table(
        "occurrence",
        """
        occurrence_id first_ticket_id issue_key number started_at
        K#2           a               K         2      2025-01-05
        K#3           b               K         3      2025-01-20
        L#7           c               L         7      2025-01-20
        M#3           e               M         3      2025-02-01
        """,
    )
    january = world.read("third_occurrences", "2025-01")
    assert (january.n, january.value) == (2, 2)
    assert sorted(world.tickets("third_occurrences", "2025-01")["ticket_id"]) == ["b", "c", "d"]
