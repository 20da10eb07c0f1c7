// A Django shop whose loops read relations that nothing has loaded: problems that come with a verified fix.
// It holds files as text only; who commits them is the test's matter.

export const models = `from django.db import models


class Shop(models.Model):
    city = models.CharField(max_length=80)


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
`;

export const shopFiles = { 'requirements.txt': 'django==5.2\n', 'shop/models.py': models };

const query = 'Order.objects.all()';
const loaded = (...relations: string[]) =>
  `${query}${relations.map((relation) => `.select_related("${relation}")`).join('')}`;

function listing(name: string, source: string, ...reads: string[]): string {
  const lines = reads.map((read) => `        result.append(order.${read})\n`).join('');
  return `from shop.models import Order\n\n\ndef ${name}():\n    result = []\n    for order in ${source}:\n${lines}    return result\n`;
}

/** One problem, in line 7; its fix is in line 6. */
export const customers = listing('customers', query, 'customer.name');
export const customersFixed = listing('customers', loaded('customer'), 'customer.name');

/** Two problems, in lines 7 and 8; the fixes of both are in line 6. */
export const both = listing('both', query, 'customer.name', 'shop.city');
export const bothFixedOnce = listing('both', loaded('customer'), 'customer.name', 'shop.city');
export const bothFixed = listing('both', loaded('customer', 'shop'), 'customer.name', 'shop.city');

const head = 'from shop.models import Order\n\n\n';
/** One problem in line 5, which is its fix's line too; the file does not end in a line break. */
export const cities = `${head}def cities():\n    return [order.shop.city for order in ${query}]`;
export const citiesFixed = `${head}def cities():\n    return [order.shop.city for order in ${loaded('shop')}]`;
