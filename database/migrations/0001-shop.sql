-- The demo shop's tables. Runs on TiDB 8.5 and MariaDB 11.4 alike, in the database that the client has selected.
--
-- A file of this folder never changes once it is applied: a later change of the tables is a file with the next number.
-- Each statement can be run again (IF NOT EXISTS), since neither server takes back half of a file that fails.
--
-- Foreign keys have no CASCADE: rows that a cascade removes never reach MariaDB's binlog.
-- The binary collation makes comparisons, and so unique keys, the same on both servers.

CREATE TABLE IF NOT EXISTS customers (
  customer_id    BIGINT NOT NULL AUTO_INCREMENT,
  email          VARCHAR(190) NOT NULL,
  full_name      VARCHAR(120) NOT NULL,
  birth_date     DATE NULL,
  loyalty_points BIGINT UNSIGNED NOT NULL DEFAULT 0,
  preferences    JSON NOT NULL,
  avatar         VARBINARY(64) NULL,
  created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (customer_id),
  UNIQUE KEY customers_email (email)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS products (
  product_id   BIGINT NOT NULL AUTO_INCREMENT,
  sku          VARCHAR(64) NOT NULL,
  title        VARCHAR(200) NOT NULL,
  price        DECIMAL(12,2) NOT NULL,
  attributes   JSON NULL,
  image_digest BINARY(32) NULL,
  released_on  DATE NULL,
  PRIMARY KEY (product_id),
  UNIQUE KEY products_sku (sku)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS orders (
  order_id    BIGINT NOT NULL AUTO_INCREMENT,
  customer_id BIGINT NOT NULL,
  status      ENUM('new','paid','shipped','cancelled') NOT NULL DEFAULT 'new',
  total       DECIMAL(14,2) NOT NULL DEFAULT 0.00,
  note        TEXT NULL,
  placed_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (order_id),
  KEY orders_customer (customer_id),
  CONSTRAINT orders_of_customer FOREIGN KEY (customer_id) REFERENCES customers (customer_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS order_items (
  order_id    BIGINT NOT NULL,
  line_number INT NOT NULL,
  product_id  BIGINT NOT NULL,
  quantity    INT NOT NULL,
  unit_price  DECIMAL(12,2) NOT NULL,
  PRIMARY KEY (order_id, line_number),
  KEY order_items_product (product_id),
  CONSTRAINT items_of_order FOREIGN KEY (order_id) REFERENCES orders (order_id),
  CONSTRAINT items_of_product FOREIGN KEY (product_id) REFERENCES products (product_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
