"""Did tickets rise after a change more than they rise at times without one? Estimators without a query (methods, C)."""
