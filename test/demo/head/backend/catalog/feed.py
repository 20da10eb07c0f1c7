"""The product feed that price-comparison sites fetch every hour."""

from catalog.models import Product
from stock.models import StockLevel


def feed_rows():
    products = Product.objects.filter(active=True).select_related("maker", "category")
    levels = {level.product_id: level for level in StockLevel.objects.all()}
    for product in products:
        level = levels.get(product.id)
        yield {
            "id": product.sku,
            "title": f"{product.name} by {product.maker.name}",
            "category": product.category.name,
            "price": f"{product.price} EUR",
            "availability": "in stock" if level and level.on_hand > 0 else "out of stock",
        }
