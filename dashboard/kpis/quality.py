"""How good the work and the knowledge are: reviews, articles, tests."""

from __future__ import annotations

from sqlalchemy import and_, select

from dashboard.kpis.figures import share_entered
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import (
    ROLE_SHEET,
    counted_reviews,
    counted_tickets,
    reviewed,
    reviews,
    tickets,
    votes,
)
from dashboard.kpis.statistic import Mean, Proportion
from dashboard.kpis.target import Above
from etl.tables import article, article_vote, review, ticket

qa_score = Kpi(
    name="qa_score",
    label="QA score",
    asks="How good is our work when somebody reads it again?",
    counts=(
        "The mean score of all reviews made in the period, each as its share of the way from the worst to the best of "
        "its scale; the categories of one review weigh the same and make one score."
    ),
    beware="Reviewers pick and judge: read it beside the share reviewed, and do not mix in scores made by a machine.",
    statistic=Mean(of=reviewed.c.score_share, least=0, most=1),
    tables=reviews,
    dated_by=reviewed.c.reviewed_at,
    anchor="reviewed",
    population=counted_reviews,
    among=reviewed.c.reviewed_at.is_not(None),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="quality reviews of tickets with their scale (template reviews)",
    feed=reviewed.c.reviewed_at.is_not(None),
    drill=reviewed.c.ticket_id,
    target=Above(0.90, because=ROLE_SHEET),
    counted="reviews",
    shows=(reviewed.c.reviewed_at, reviewed.c.categories),
)

_reviewed_ids = select(review.c.ticket_id).where(review.c.ticket_id.is_not(None))

qa_coverage = Kpi(
    name="qa_coverage",
    label="Tickets reviewed",
    asks="How much of our work does anybody read again?",
    counts=(
        "Tickets resolved in the period that have a quality review, whenever it was made, divided by all tickets "
        "resolved in the period; deleted, spam, merged and test tickets are left out."
    ),
    beware="The newest tickets have had the least time to be picked.",
    statistic=Proportion(of=ticket.c.ticket_id.in_(_reviewed_ids)),
    tables=tickets,
    dated_by=ticket.c.resolved_at,
    anchor="resolved",
    population=counted_tickets,
    among=ticket.c.resolved_at.is_not(None),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="quality reviews of tickets (template reviews)",
    # Without one review there is no reviewing to be measured, rather than none of it.
    feed=and_(ticket.c.resolved_at.is_not(None), ticket.c.ticket_id.in_(_reviewed_ids)),
    feed_first=True,
    drill=ticket.c.ticket_id,
)

kb_helpfulness = Kpi(
    name="kb_helpfulness",
    label="Article helpfulness",
    asks="Of the readers who say so, how many did an article help?",
    counts="Helpful votes divided by all votes on articles given in the period.",
    beware="Few readers vote, and those who are angry more often; an article's totals without dates are not counted.",
    statistic=Proportion(of=article_vote.c.is_helpful.is_(True)),
    tables=votes,
    dated_by=article_vote.c.voted_at,
    anchor="given",
    population=article_vote.c.article_id.is_not(None),
    among=article_vote.c.is_helpful.is_not(None),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="votes on articles, each with its date (template article-votes)",
    feed=and_(article_vote.c.is_helpful.is_not(None), article_vote.c.voted_at.is_not(None)),
    drill=None,
    owner="knowledge management",
    target=Above(0.85, because=ROLE_SHEET),
    counted="votes",
    shows=(article_vote.c.article_id, article_vote.c.voted_at),
    cuts={"product": article.c.product, "category": article.c.category, "source": article_vote.c.source},
)

kb_coverage = share_entered(
    "kb_coverage",
    label="Issues with an article",
    asks="Of the issues customers bring, how many have a current article?",
    of="The share of known issues that have an article somebody keeps current",
    beware="Whoever enters it decides what an issue is; count issues as the repeat-incident rate does.",
    because_no_feed="no export links an article to an issue",
    target=Above(0.90, because=ROLE_SHEET),
    owner="knowledge management",
)

knowledge_test = share_entered(
    "knowledge_test",
    label="Agent knowledge tests",
    asks="How well do agents know the product?",
    of="The mean result of the knowledge tests agents took",
    beware="A test that everybody passes tests nothing; the figure says nothing of who took it.",
    because_no_feed="tests live in a training system that none of the sources reads",
    target=Above(0.90, because=ROLE_SHEET),
    owner="training",
)
