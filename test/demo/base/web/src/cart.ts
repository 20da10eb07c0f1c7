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
