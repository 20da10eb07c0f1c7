from django.db import models


class Maker(models.Model):
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80)


class Category(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)


class Product(models.Model):
    name = models.CharField(max_length=160)
    sku = models.CharField(max_length=32, unique=True)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    maker = models.ForeignKey(Maker, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
