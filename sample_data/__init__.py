"""Exports of a software company that does not exist."""
