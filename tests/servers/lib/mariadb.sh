# shellcheck shell=bash
# MariaDB 10.11: how its data is made, how it is run, how it is asked.

# mariadb_base FOLDER: what its data's making and its running have in common; sets `command`. Sockets have short names
# because their paths may not be longer than 107 bytes; they are relative to the data directory.
mariadb_base() {
    local root=$bookworm/usr
    # of its own: a server that starts removes the temporary files that it finds, and one at work on them crashes
    mkdir -p "$1/tmp"
    command=("$root/sbin/mariadbd" --no-defaults --basedir="$root" --lc-messages-dir="$root/share/mysql"
        --character-sets-dir="$root/share/mysql/charsets" --plugin-dir="$root/lib/mysql/plugin"
        --datadir="$1/data" --tmpdir="$1/tmp" --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci)
    if [ "$(id --user)" = 0 ]; then command+=(--user=root); fi
}

# mariadb_prepare FOLDER PASSWORD: the same scripts that mariadb-install-db runs.
mariadb_prepare() {
    local command scripts=$bookworm/usr/share/mysql
    mariadb_base "$1"
    mkdir "$1/data"
    {
        # One statement a line: that is how they are read here.
        echo 'CREATE DATABASE mysql;'
        echo 'USE mysql;'
        cat "$scripts"/{mysql_system_tables,mysql_performance_tables,mysql_system_tables_data,maria_add_gis_sp_bootstrap,mysql_sys_schema}.sql
        echo 'FLUSH PRIVILEGES;'
        echo "CREATE USER migrate@'%' IDENTIFIED BY '$2';"
        echo "GRANT ALL ON *.* TO migrate@'%' WITH GRANT OPTION;"
        echo "DELETE FROM mysql.global_priv WHERE user IN ('root', '');"
    } | "${command[@]}" --bootstrap --enforce-storage-engine='' --log-warnings=0 --max-allowed-packet=8M \
        --innodb-flush-log-at-trx-commit=0
}

# mariadb_command FOLDER PORT fast|durable: sets `command`.
mariadb_command() {
    mariadb_base "$1"
    command+=(--bind-address=127.0.0.1 --port="$2" --socket=s --pid-file=pid --max-connections=300
        --skip-name-resolve --default-time-zone=+00:00)
    # 2: handed to the operating system at each commit, so that nothing is lost when only the server dies.
    if [ "$3" = fast ]; then command+=(--innodb-flush-log-at-trx-commit=2 --innodb-flush-method=nosync); fi
}

# mariadb_query PORT PASSWORD SQL
mariadb_query() {
    MYSQL_PWD=$2 "$bookworm/usr/bin/mariadb" --no-defaults --protocol=tcp --host=127.0.0.1 --port="$1" --user=migrate \
        --connect-timeout=5 --skip-column-names --batch --execute="$3"
}

# shellcheck disable=SC2034 # asked for by name
readonly MARIADB_RELEASE=bookworm MARIADB_VERSION='SELECT version()' MARIADB_STOP=TERM
