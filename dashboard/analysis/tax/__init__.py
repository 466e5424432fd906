"""The estimators of the investigation tax, without a query: counts and minutes in, hours with their range out."""
