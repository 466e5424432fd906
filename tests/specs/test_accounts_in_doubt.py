"""Accounts reaching doubt: those that meet an issue for the second time, by account and issue."""

from world import World


def test_the_first_ticket_of_an_account_in_that_occurrence_dates_it(world: World) -> None:
    world.table("ticket", "ticket_id team\n" + "\n".join(f"{name} T" for name in "abcdefg"))
    world.table(
        "issue_ticket",
        """
        ticket_id issue_key account account_occurrence created_at
        a         K         A       2                  2025-01-05
        b         K         A       2                  2025-01-04
        c         K         B       2                  2025-01-31
        d         L         A       2                  2025-01-10
        e         L         B       3                  2025-01-10
        f         K         C       2                  2025-02-01
        g         K         C       2                  2025-01-31
        h         K         -       -                  2025-01-10
        """,
    )
    january = world.read("accounts_in_doubt", "2025-01")
    # A on K (twice in it, once counted), B on K, A on L, C on K; the ticket of February is not C's first.
    assert (january.n, january.value) == (4, 4)
    assert sorted(world.tickets("accounts_in_doubt", "2025-01")["ticket_id"]) == ["b", "c", "d", "g"]
    assert world.read("accounts_in_doubt", "2025-02").value == 0
