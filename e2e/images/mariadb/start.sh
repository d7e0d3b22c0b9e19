#!/bin/bash
# Makes the data folder once, then runs the server with root's password from the start, as TiDB's service does.
set -euo pipefail
data=/var/lib/mysql/data
if [ ! -d "$data" ]; then
  rm -rf "$data.next"
  sh /opt/mariadb/scripts/mariadb-install-db --no-defaults --basedir=/opt/mariadb --datadir="$data.next" \
    --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve
  mv "$data.next" "$data"
fi
umask 077
cat >/tmp/init.sql <<SQL
SET sql_log_bin = 0;
CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '$TIDB_ROOT_PASSWORD';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
DROP USER IF EXISTS 'root'@'localhost';
DROP USER IF EXISTS ''@'localhost';
CREATE USER IF NOT EXISTS 'cdc'@'%' IDENTIFIED BY '$CDC_PASSWORD';
GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'cdc'@'%';
SQL
exec /opt/mariadb/bin/mariadbd --defaults-file=/etc/mariadb/my.cnf --bind-address=0.0.0.0 --init-file=/tmp/init.sql
