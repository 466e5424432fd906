"""Review meetings: what is shown in them, what is written in them, and what was shown once it is frozen.

``contents`` makes the sections of a review from readings; ``entries`` are what people write; ``frozen`` keeps a review
as it was shown. Pages, files and mail show the same sections.
"""
