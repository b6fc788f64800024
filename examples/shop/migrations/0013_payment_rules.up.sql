ALTER TABLE payments ALTER COLUMN reference SET NOT NULL;
ALTER TABLE payments ADD CONSTRAINT payments_amount_positive CHECK (amount_cents > 0);
