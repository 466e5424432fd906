"""Customers kept and lost, and the promises to the largest of them."""

from __future__ import annotations

from dashboard.kpis.figures import share_entered
from dashboard.kpis.kpi import Good
from dashboard.kpis.population import ROLE_SHEET
from dashboard.kpis.target import Above, Below, Every

customer_retention = share_entered(
    "customer_retention",
    label="Customer retention",
    asks="Do customers stay?",
    of="The share of the customers at the beginning of twelve months who were still customers at their end",
    beware="Say whether customers or revenue are counted, and count one of them only.",
    because_no_feed="accounts are loaded as they are today, without those who left",
    target=Above(0.95, because=ROLE_SHEET),
)

churn_due_to_support = share_entered(
    "churn_due_to_support",
    label="Churn due to support",
    asks="How many customers leave because of us?",
    of="The share of the customers at the beginning of twelve months who left and gave support as the reason",
    beware="Only coded reasons can be counted: read it beside the share of churn without a reason.",
    because_no_feed="the reason a customer left stands in the CRM, which tells accounts of today only",
    good=Good.DOWN,
    target=Below(0.02, because=ROLE_SHEET),
)

churn_uncoded = share_entered(
    "churn_uncoded",
    label="Churn without a reason",
    asks="Of the customers who left, how many left without anybody writing down why?",
    of="The share of the customers lost in twelve months for whom no reason is coded",
    beware="Where it is large, churn due to support is a lower bound and nothing more.",
    because_no_feed="the reason a customer left stands in the CRM, which tells accounts of today only",
    good=Good.DOWN,
)

detractors_contacted = share_entered(
    "detractors_contacted",
    label="Detractors contacted",
    asks="Does everybody who is unhappy hear from us?",
    of="The share of NPS and CSAT detractors somebody spoke with afterwards",
    beware="A call is not yet an answer; note what came of it.",
    because_no_feed="no export tells which answers were followed up",
    target=Every(because=ROLE_SHEET),
    owner="customer experience",
)

executive_reviews = share_entered(
    "executive_reviews",
    label="Executive reviews held",
    asks="Do the twenty largest customers see an executive each quarter?",
    of="The share of the top 20 customers with an executive review in the quarter",
    beware="Enter it by quarter: a month's figure would let two thirds of them wait.",
    because_no_feed="meetings stand in a calendar or CRM that none of the sources reads",
    target=Every(because=ROLE_SHEET),
    owner="VP of Customer Support",
)

onsite_visits = share_entered(
    "onsite_visits",
    label="On-site visits made",
    asks="Were the twenty largest customers visited this year?",
    of="The share of the top 20 customers visited on site in the twelve months up to the figure's last day",
    beware="It says that somebody was there, not what was agreed.",
    because_no_feed="meetings stand in a calendar or CRM that none of the sources reads",
    target=Every(because=ROLE_SHEET),
    owner="VP of Customer Support",
)
