"""Reads the warehouse's nightly count and corrects our stock levels."""

import csv

from stock.models import StockLevel


def read_count(path):
    """Differences between the shelf and our books, one for each SKU that is off."""
    differences = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            level = StockLevel.objects.get(product__sku=row["sku"])
            counted = int(row["counted"])
            if level.on_hand != counted:
                differences.append((row["sku"], level.on_hand, counted))
    return differences
