ALTER TABLE users DROP COLUMN legacy_login;
ALTER TABLE products RENAME COLUMN price_cents TO unit_cents;
DROP TABLE price_imports;
