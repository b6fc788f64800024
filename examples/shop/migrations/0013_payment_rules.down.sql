ALTER TABLE payments DROP CONSTRAINT payments_amount_positive;
ALTER TABLE payments ALTER COLUMN reference DROP NOT NULL;
