# shellcheck shell=bash
# MySQL 9, which Debian has in sid only: how its data is made, how it is run, how it is asked.

# mysql_base FOLDER: what its data's making and its running have in common; sets `command`.
mysql_base() {
    local root=$sid/usr
    mkdir -p "$1/tmp" # of its own, as MariaDB's
    command=("$root/sbin/mysqld" --no-defaults --basedir="$root" --lc-messages-dir="$root/share/mysql"
        --character-sets-dir="$root/share/mysql/charsets" --plugin-dir="$root/lib/mysql/plugin" --datadir="$1/data"
        --tmpdir="$1/tmp")
    if [ "$(id --user)" = 0 ]; then command+=(--user=root); fi
}

# mysql_prepare FOLDER PASSWORD
mysql_prepare() {
    local command
    mysql_base "$1"
    cat >"$1/administrator.sql" <<END
CREATE USER migrate@'%' IDENTIFIED BY '$2';
GRANT ALL ON *.* TO migrate@'%' WITH GRANT OPTION;
DROP USER root@localhost;
END
    "${command[@]}" --initialize-insecure --init-file="$1/administrator.sql" --innodb-flush-method=nosync
}

# mysql_command FOLDER PORT fast|durable: sets `command`. The socket's name is relative to the data directory: paths of
# sockets may not be longer than 107 bytes.
mysql_command() {
    mysql_base "$1"
    command+=(--bind-address=127.0.0.1 --port="$2" --socket=s --pid-file=pid --mysqlx=OFF --max-connections=300
        --skip-name-resolve --secure-file-priv= --default-time-zone=+00:00)
    # 2: handed to the operating system at each commit, so that nothing is lost when only the server dies.
    if [ "$3" = fast ]; then
        command+=(--skip-log-bin --innodb-flush-log-at-trx-commit=2 --innodb-flush-method=nosync)
    fi
}

# mysql_query PORT PASSWORD SQL
mysql_query() {
    MYSQL_PWD=$2 "$sid/usr/bin/mysql" --no-defaults --protocol=tcp --host=127.0.0.1 --port="$1" --user=migrate \
        --connect-timeout=5 --skip-column-names --batch --execute="$3"
}

# shellcheck disable=SC2034 # asked for by name
readonly MYSQL_RELEASE=sid MYSQL_VERSION='SELECT version()' MYSQL_STOP=TERM
