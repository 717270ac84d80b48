-- The database and its two users, once, by the server's administrator: put two passwords in, then
--     mariadb -u root -p < deploy/database.sql
-- tunda_app     serves: it reads and writes rows, and can neither make, change nor drop a table or a trigger.
-- tunda_keeper  migrates (`python -m tools.admin init`) and forgets (`python -m tools.admin forget`). The triggers
--               it makes refuse tunda_app every UPDATE and DELETE of ledger, receipts, audit and histories.
-- With a binary log, MariaDB and MySQL let tunda_keeper make triggers only after
--     SET GLOBAL log_bin_trust_function_creators = 1;      (and the same line in the server's own settings)
-- Narrow '%' to the addresses of your machines if you can.
CREATE DATABASE IF NOT EXISTS tunda CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE USER IF NOT EXISTS 'tunda_keeper'@'%' IDENTIFIED BY 'first password';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER ON tunda.* TO 'tunda_keeper'@'%';

CREATE USER IF NOT EXISTS 'tunda_app'@'%' IDENTIFIED BY 'second password';
GRANT SELECT, INSERT, UPDATE, DELETE ON tunda.* TO 'tunda_app'@'%';
