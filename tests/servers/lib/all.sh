# shellcheck shell=bash
# What each command begins with: all the parts, from the general to the particular.

parts=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lib/common.sh
. "$parts/common.sh"
# shellcheck source=lib/packages.sh
. "$parts/packages.sh"
# shellcheck source=lib/postgres.sh
. "$parts/postgres.sh"
# shellcheck source=lib/mariadb.sh
. "$parts/mariadb.sh"
# shellcheck source=lib/mysql.sh
. "$parts/mysql.sh"
# shellcheck source=lib/control.sh
. "$parts/control.sh"
