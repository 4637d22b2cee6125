# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completion of the command for zsh. Made by scripts/cli_docs from the parsers: change these, then run that."""

TEXT = r"""
#compdef pgsop

# made by scripts/cli_docs of the collection aerovista.postgresql, with shtab


_shtab_pgsop_commands() {
  local _commands=(
    activity:'what clients do, the harmful first'
    backup:'back up the databases now'
    backups:'list the sets there are'
    diagnose:'say why a connection fails'
    drill:'prove that a set can be restored'
    health:'whether the server is well'
    help:'show the help of a command'
    locks:'who waits for whom, and stuck migrations'
    restore:'bring a database back beside the one there is'
  )
  _describe 'pgsop commands' _commands
}

_shtab_pgsop_options=(
  "(- : *)"{-h,--help}"[show this help message and exit]"
  "(- : *)--version[show program\'s version number and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_defaults_added=0

_shtab_pgsop_activity_options=(
  "--limit[how many sessions are listed]:N:"
  "--cluster[which cluster, as pg_lsclusters shows it]:VERSION/NAME:"
  "--dsn[look as another role]:DSN:"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_activity_defaults_added=0

_shtab_pgsop_backup_options=(
  "*--database[back up this database only]:NAME:"
  "--dry-run[say what would be done, and do nothing]"
  "--test-notification[make no backup]"
  "--scheduled[for cron and timers]"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_backup_defaults_added=0

_shtab_pgsop_backups_options=(
  "--verify[read every byte of every set]"
  "--check[answer with an exit status for monitoring, see below]"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_backups_defaults_added=0

_shtab_pgsop_diagnose_options=(
  "--dsn-file[what DSN would be, from a file]:FILE:_files"
  "--env-file[file with variables, such as .env, read as systemd reads EnvironmentFile\=]:FILE:_files"
  "--unit[environment of this systemd service]:NAME:"
  "--host[name, address, or folder of the socket]:HOST:"
  "--port[TCP port, also in the name of the socket]:PORT:"
  "--database[database]:NAME:"
  "--user[role]:ROLE:"
  "--password-file[the password is the first line of this file]:FILE:_files"
  "--password-stdin[the password is the first line of standard input]"
  "--error-file[what the application logged, - for standard input]:FILE:_files"
  "--as[connect as this user of the host]:OSUSER:"
  "--as-client[predict what this client library does with the connection string]:NAME:(psycopg psycopg2 asyncpg pg8000 sqlalchemy-asyncpg django \
peewee connectorx odbc node-postgres postgres.js knex sequelize typeorm prisma pgx lib-pq jdbc php-pdo ruby-pg dbd-pg)"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
  ":URI, key\=value pairs, the name of a database, or what an application is ...:"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_diagnose_defaults_added=0

_shtab_pgsop_drill_options=(
  "--set[drill this set]:SET:"
  "*--database[drill this database only]:NAME:"
  "--dry-run[say what would be done, and do nothing]"
  "--scheduled[for cron and timers]"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_drill_defaults_added=0

_shtab_pgsop_health_options=(
  "--all[show checks that are OK too]"
  "*--only[only this check, or those that match, such as \'backup.\*\']:CHECK:"
  "--watch[look again and again, every 5 seconds, on a terminal]:SECONDS:"
  "--output[write to this file, which is replaced at once, instead of standard output]:FILE:_files"
  "--scheduled[for cron and timers]"
  "--cluster[which cluster, as pg_lsclusters shows it]:VERSION/NAME:"
  "--dsn[look as another role]:DSN:"
  "--format[text for people, json for programs, nagios, prometheus]:format:(text json nagios prometheus)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_health_defaults_added=0

_shtab_pgsop_help_options=(
  "(- : *)"{-h,--help}"[show this and exit]"
  ":one of the commands:(health activity locks diagnose backup backups restore drill help)"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_help_defaults_added=0

_shtab_pgsop_locks_options=(
  "--cluster[which cluster, as pg_lsclusters shows it]:VERSION/NAME:"
  "--dsn[look as another role]:DSN:"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_locks_defaults_added=0

_shtab_pgsop_restore_options=(
  "--database[the database, as it is called in the set]:NAME:"
  "--target[the database to make, which must not exist]:NAME:"
  "--set[restore from this set]:SET:"
  "--replace[afterwards, put it in the place of this database]:NAME:"
  "--all-roles[make every missing role of the set, not only those the database needs]"
  "--keep-going[if an object cannot be restored, such as a constraint that its rows ...]"
  "--dry-run[say what would be done, and do nothing]"
  "--format[text for people, json for programs]:format:(text json)"
  "--config[the configuration]:FILE:_files"
  "(- : *)"{-h,--help}"[show this and exit]"
)

# guard to ensure default positional specs are added only once per session
_shtab_pgsop_restore_defaults_added=0


_shtab_pgsop() {
  local context state line curcontext="$curcontext" one_or_more='(*)' remainder='(-)*:' default='*::: :->pgsop'

  # Add default positional/remainder specs only if none exist, and only once per session
  if (( ! _shtab_pgsop_defaults_added )); then
    if (( ${_shtab_pgsop_options[(I)${(q)one_or_more}*]} + \
      ${_shtab_pgsop_options[(I)${(q)remainder}*]} + \
      ${_shtab_pgsop_options[(I)${(q)default}]} == 0 )); then
      _shtab_pgsop_options+=(': :_shtab_pgsop_commands' '*::: :->pgsop')
    fi
    _shtab_pgsop_defaults_added=1
  fi
  _arguments -C -s $_shtab_pgsop_options

  case $state in
    pgsop)
      words=($line[1] "${words[@]}")
      (( CURRENT += 1 ))
      curcontext="${curcontext%:*:*}:_shtab_pgsop-$line[1]:"
      case $line[1] in
        activity) _arguments -C -s $_shtab_pgsop_activity_options ;;
        backup) _arguments -C -s $_shtab_pgsop_backup_options ;;
        backups) _arguments -C -s $_shtab_pgsop_backups_options ;;
        diagnose) _arguments -C -s $_shtab_pgsop_diagnose_options ;;
        drill) _arguments -C -s $_shtab_pgsop_drill_options ;;
        health) _arguments -C -s $_shtab_pgsop_health_options ;;
        help) _arguments -C -s $_shtab_pgsop_help_options ;;
        locks) _arguments -C -s $_shtab_pgsop_locks_options ;;
        restore) _arguments -C -s $_shtab_pgsop_restore_options ;;
      esac
  esac
}



typeset -A opt_args

if [[ $zsh_eval_context[-1] == eval ]]; then
  # eval/source/. command, register function for later
  compdef _shtab_pgsop -N pgsop
else
  # autoload from fpath, call function directly
  _shtab_pgsop "$@"
fi
"""
