import { prisma } from './db.js';

export interface CartView {
  id: string;
  lines: { name: string; quantity: number; cents: number }[];
  cents: number;
}

export async function viewCart(id: string): Promise<CartView> {
  const cart = await prisma.cart.findUniqueOrThrow({
    where: { id },
    include: { lines: { include: { product: true } } },
  });
  const lines = cart.lines.map((line) => ({
    name: line.product.name,
    quantity: line.quantity,
    cents: line.quantity * line.product.cents,
  }));
  return { id: cart.id, lines, cents: lines.reduce((sum, line) => sum + line.cents, 0) };
}

/** Names of the products a cart asks more of than there is; an empty list lets the checkout go on. */
export async function shortages(cartId: string): Promise<string[]> {
  const lines = await prisma.cartLine.findMany({ where: { cartId }, include: { product: true } });
  const short: string[] = [];
  for (const line of lines) {
    const stock = await prisma.stock.findUnique({ where: { productId: line.productId } });
    if ((stock?.onHand ?? 0) < line.quantity) {
      short.push(line.product.name);
    }
  }
  return short;
}
