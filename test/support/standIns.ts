/** Tables that fixtures and examples use without making them, as another part of the workspace might. */
export const standIns: Readonly<Record<string, string>> = {
  orders: 'CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint, product_id bigint, user_id bigint, size text, colour text, shape text, status text)',
  inventory: 'CREATE TABLE inventory (id bigint PRIMARY KEY, quantity bigint)',
  products: 'CREATE TABLE products (id bigint PRIMARY KEY, currency text)',
  sessions: 'CREATE TABLE sessions (id bigint PRIMARY KEY, expires_at timestamp NULL)',
  users: 'CREATE TABLE users (id bigint PRIMARY KEY)',
  a: 'CREATE TABLE a (id bigint PRIMARY KEY)',
  b: 'CREATE TABLE b (id bigint PRIMARY KEY)',
};
