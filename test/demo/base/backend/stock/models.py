from django.db import models

from catalog.models import Product


class StockLevel(models.Model):
    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0)
    reorder_at = models.PositiveIntegerField(default=5)
