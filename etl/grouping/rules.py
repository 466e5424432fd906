"""The thresholds of grouping, each with where it comes from.

"Methods B" is the project's method for repeat incidents: values marked *measured* were chosen on made-up desks whose
truth is known (8 products of 20 issues, synonyms, typos, look-alikes), values marked *default* have no source.
"""

from __future__ import annotations

#: Cosine from which a ticket is the same matter as an earlier one of its account: with its words, or with the centre of
#: its issue. Methods B i has .30 with the words alone; on the made-up desks of tests/grouping that had a precision of
#: .87 to .91 and a recall of .62 to .81, this .90 to .93 and .69 to .85.
REPEAT = 0.33
#: Cosine from which two tickets may be of one burst, and at which a burst is cut (methods B ii, measured).
BURST = 0.40
#: Cosine of their centres from which two bursts are of one issue (methods B iii, measured).
LINK = 0.60
#: What bursts that name different error codes keep of their likeness (methods B iii), and two tickets of two issues.
OTHER_CODES = 0.3
#: How much heavier than another word an error code weighs (methods B).
CODE_WEIGHT = 2.0
#: Days within which tickets of a burst follow each other (methods B ii).
NEAR_DAYS = 5.0
#: Days without a ticket after which a burst is a new one (methods B iv, default).
QUIET_DAYS = 3.0
#: What makes a burst (methods B, definitions).
BURST_TICKETS = 3
BURST_ACCOUNTS = 2
#: Share of its tickets a group keeps, counted over both, to keep its name from load to load (methods B).
INHERIT = 0.5
#: Neighbours of a text that are looked at (default: more only join what the cut takes apart again).
NEIGHBOURS = 15
#: Words a subject needs to be grouped with others: "Need help" is no matter (default). Within an account two will do.
LEAST_WORDS = 3
LEAST_WORDS_OF_PAIR = 2
#: Days after a solve (or after the creation of one that is open) that an account's next tickets are compared with it.
PAIR_DAYS = 90
#: Tickets of an account and product before it that one ticket is compared with (default: bounds what it costs).
PAIR_MOST = 20
#: Tickets of a product that are grouped in one go (on average; default: what weights need, and one memory holds).
BLOCK_TICKETS = 3_000
#: Tickets in bursts of past quarters from which on these alone give the weights of words (default: as many as weights
#: within a block rest on).
STANDING_TICKETS = BLOCK_TICKETS
#: Texts that one agglomeration takes in: its matrix grows with their square.
MOST_AT_ONCE = 3_000
