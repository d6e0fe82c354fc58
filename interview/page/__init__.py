"""The report page, drawn from the plain values of `report.json` alone."""
