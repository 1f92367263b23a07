-- The merchant's list stands by title.
create index product_title on product (lower(title), id);
