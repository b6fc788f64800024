DROP TABLE newsletter_batches;
DROP TABLE addresses;
DROP TABLE wishlists;
