# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completion of the command for bash. Made by scripts/cli_docs from the parsers: change these, then run that."""

TEXT = r"""
# made by scripts/cli_docs of the collection aerovista.postgresql, with shtab

_shtab_pgsop_subparsers=(health activity locks diagnose backup backups restore drill help)

_shtab_pgsop_health_option_strings=(--all --only --watch --output --scheduled --cluster --dsn --format --config -h --help)
_shtab_pgsop_activity_option_strings=(--limit --cluster --dsn --format --config -h --help)
_shtab_pgsop_locks_option_strings=(--cluster --dsn --format --config -h --help)
_shtab_pgsop_diagnose_option_strings=(--dsn-file --env-file --unit --host --port --database --user --password-file --password-stdin
    --error-file --as --as-client --format --config -h --help)
_shtab_pgsop_backup_option_strings=(--database --dry-run --test-notification --scheduled --format --config -h --help)
_shtab_pgsop_backups_option_strings=(--verify --check --format --config -h --help)
_shtab_pgsop_restore_option_strings=(--database --target --set --replace --all-roles --keep-going --dry-run --format --config -h --help)
_shtab_pgsop_drill_option_strings=(--set --database --dry-run --scheduled --format --config -h --help)
_shtab_pgsop_help_option_strings=(-h --help)
_shtab_pgsop_option_strings=(-h --help --version)

_shtab_pgsop_health___output_COMPGEN=_shtab_compgen_files
_shtab_pgsop_health___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_activity___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_locks___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_diagnose___dsn_file_COMPGEN=_shtab_compgen_files
_shtab_pgsop_diagnose___env_file_COMPGEN=_shtab_compgen_files
_shtab_pgsop_diagnose___password_file_COMPGEN=_shtab_compgen_files
_shtab_pgsop_diagnose___error_file_COMPGEN=_shtab_compgen_files
_shtab_pgsop_diagnose___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_backup___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_backups___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_restore___config_COMPGEN=_shtab_compgen_files
_shtab_pgsop_drill___config_COMPGEN=_shtab_compgen_files

_shtab_pgsop_health___format_choices=(text json nagios prometheus)
_shtab_pgsop_activity___format_choices=(text json)
_shtab_pgsop_locks___format_choices=(text json)
_shtab_pgsop_diagnose___as_client_choices=(psycopg psycopg2 asyncpg pg8000 sqlalchemy-asyncpg django peewee connectorx odbc node-postgres postgres.js \
knex sequelize typeorm prisma pgx lib-pq jdbc php-pdo ruby-pg dbd-pg)
_shtab_pgsop_diagnose___format_choices=(text json)
_shtab_pgsop_backup___format_choices=(text json)
_shtab_pgsop_backups___format_choices=(text json)
_shtab_pgsop_restore___format_choices=(text json)
_shtab_pgsop_drill___format_choices=(text json)
_shtab_pgsop_help_pos_0_choices=(health activity locks diagnose backup backups restore drill help)
_shtab_pgsop_pos_0_choices=(health activity locks diagnose backup backups restore drill help)

_shtab_pgsop_health___all_nargs=0
_shtab_pgsop_health___watch_nargs='?'
_shtab_pgsop_health___scheduled_nargs=0
_shtab_pgsop_health__h_nargs=0
_shtab_pgsop_health___help_nargs=0
_shtab_pgsop_activity__h_nargs=0
_shtab_pgsop_activity___help_nargs=0
_shtab_pgsop_locks__h_nargs=0
_shtab_pgsop_locks___help_nargs=0
_shtab_pgsop_diagnose___password_stdin_nargs=0
_shtab_pgsop_diagnose__h_nargs=0
_shtab_pgsop_diagnose___help_nargs=0
_shtab_pgsop_backup___dry_run_nargs=0
_shtab_pgsop_backup___test_notification_nargs=0
_shtab_pgsop_backup___scheduled_nargs=0
_shtab_pgsop_backup__h_nargs=0
_shtab_pgsop_backup___help_nargs=0
_shtab_pgsop_backups___verify_nargs=0
_shtab_pgsop_backups___check_nargs=0
_shtab_pgsop_backups__h_nargs=0
_shtab_pgsop_backups___help_nargs=0
_shtab_pgsop_restore___all_roles_nargs=0
_shtab_pgsop_restore___keep_going_nargs=0
_shtab_pgsop_restore___dry_run_nargs=0
_shtab_pgsop_restore__h_nargs=0
_shtab_pgsop_restore___help_nargs=0
_shtab_pgsop_drill___dry_run_nargs=0
_shtab_pgsop_drill___scheduled_nargs=0
_shtab_pgsop_drill__h_nargs=0
_shtab_pgsop_drill___help_nargs=0
_shtab_pgsop_help__h_nargs=0
_shtab_pgsop_help___help_nargs=0
_shtab_pgsop_pos_0_nargs=A...
_shtab_pgsop__h_nargs=0
_shtab_pgsop___help_nargs=0
_shtab_pgsop___version_nargs=0


# $1=COMP_WORDS[1]
_shtab_compgen_files() {
  compgen -f -- $1  # files
}

# $1=COMP_WORDS[1]
_shtab_compgen_dirs() {
  compgen -d -- $1  # recurse into subdirs
}

# $1=COMP_WORDS[1]
_shtab_replace_nonword() {
  echo "${1//[^[:word:]]/_}"
}

# set default values (called for the initial parser & any subparsers)
_set_parser_defaults() {
  local subparsers_var="${prefix}_subparsers[@]"
  sub_parsers=${!subparsers_var-}

  local current_option_strings_var="${prefix}_option_strings[@]"
  current_option_strings=${!current_option_strings_var}

  completed_positional_actions=0

  _set_new_action "pos_$completed_positional_actions" true
}

# $1=action identifier
# $2=positional action (bool)
# set all identifiers for an action's parameters
_set_new_action() {
  current_action="${prefix}_$(_shtab_replace_nonword $1)"

  local current_action_compgen_var=${current_action}_COMPGEN
  current_action_compgen="${!current_action_compgen_var-}"

  local current_action_choices_var="${current_action}_choices[@]"
  current_action_choices="${!current_action_choices_var-}"

  local current_action_nargs_var="${current_action}_nargs"
  if [ -n "${!current_action_nargs_var-}" ]; then
    current_action_nargs="${!current_action_nargs_var}"
  else
    current_action_nargs=1
  fi

  current_action_args_start_index=$(( $word_index + 1 - $pos_only ))

  current_action_is_positional=$2
}

# Notes:
# `COMPREPLY`: what will be rendered after completion is triggered
# `completing_word`: currently typed word to generate completions for
# `${!var}`: evaluates the content of `var` and expand its content as a variable
#     hello="world"
#     x="hello"
#     ${!x} -> ${hello} -> "world"
_shtab_pgsop() {
  local completing_word="${COMP_WORDS[COMP_CWORD]}"
  local previous_word="${COMP_WORDS[COMP_CWORD-1]}"
  local completed_positional_actions
  local current_action
  local current_action_args_start_index
  local current_action_choices
  local current_action_compgen
  local current_action_is_positional
  local current_action_nargs
  local current_option_strings
  local sub_parsers
  COMPREPLY=()

  local prefix=_shtab_pgsop
  local word_index=0
  local pos_only=0 # "--" delimiter not encountered yet
  _set_parser_defaults
  word_index=1

  # determine what arguments are appropriate for the current state
  # of the arg parser
  while [ $word_index -ne $COMP_CWORD ]; do
    local this_word="${COMP_WORDS[$word_index]}"

    if [[ $pos_only = 1 || " $this_word " != " -- " ]]; then
      if [[ -n $sub_parsers && " ${sub_parsers[@]} " == *" $this_word "* ]]; then
        # valid subcommand: add it to the prefix & reset the current action
        prefix="${prefix}_$(_shtab_replace_nonword $this_word)"
        _set_parser_defaults
      fi

      if [[ " ${current_option_strings[@]} " == *" $this_word "* ]]; then
        # a new action should be acquired (due to recognised option string or
        # no more input expected from current action);
        # the next positional action can fill in here
        _set_new_action $this_word false
      fi

      if [[ "$current_action_nargs" != "*" ]] && \
         [[ "$current_action_nargs" != "+" ]] && \
         [[ "$current_action_nargs" != "?" ]] && \
         [[ "$current_action_nargs" != *"..." ]] && \
         (( $word_index + 1 - $current_action_args_start_index - $pos_only >= \
            $current_action_nargs )); then
        $current_action_is_positional && let "completed_positional_actions += 1"
        _set_new_action "pos_$completed_positional_actions" true
      fi
    else
      pos_only=1 # "--" delimiter encountered
    fi

    let "word_index+=1"
  done

  # Generate the completions

  COMPREPLY=()
  if [[ $pos_only = 0 && "$completing_word" == -* &&
        ( -z "$current_action_compgen" || "$current_action_is_positional" = true ) ]]; then
    # optional argument started: use option strings
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
      compgen -W "${current_option_strings[*]}" -- "$completing_word")
  elif [[ "$previous_word" =~ ^[0-9\&]*[\<\>]\>?$ ]]; then
    # handle redirection operators
    compopt -o filenames 2>/dev/null || : # bash>=4
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$completing_word")
  else
    # use choices & compgen
    local action_compgen_word="$completing_word"
    # handle tab-completing in the middle of a line (#248 <- #116)
    [[ -n "$current_action_compgen" && "$completing_word" == -* ]] && action_compgen_word=""
    [ -n "$current_action_compgen" ] && {
      [[ "$current_action_compgen" =~ _(file|dir|glob|FILE|DIR|GLOB)|File|Dir|Glob ]] &&
        compopt -o filenames 2>/dev/null || : # bash>=4
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
        "$current_action_compgen" "$action_compgen_word")
    }
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
      compgen -W "${current_action_choices[*]}" -- "$completing_word")
  fi

  if [[ ${#COMPREPLY[@]} = 0 ]]; then
    # native fallback matches are not necessarily filenames (e.g. variables)
    compopt +o filenames 2>/dev/null || : # bash>=4
  fi

  return 0
}

complete -o bashdefault -F _shtab_pgsop pgsop
"""
