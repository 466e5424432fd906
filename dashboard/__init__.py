"""Everything that reads facts: KPIs, readings, pages and files."""
