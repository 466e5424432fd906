"""The catalogue of KPIs."""
