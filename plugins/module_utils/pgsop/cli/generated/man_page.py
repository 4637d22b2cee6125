# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man page of the command, up to the commands for backups. Made by scripts/cli_docs from the parsers: change these, then run that."""

TEXT = r"""
.\" made by scripts/cli_docs of the collection aerovista.postgresql
.TH PGSOP 1 "" "aerovista.postgresql" "PostgreSQL on one host"
.nh
.SH NAME
pgsop \- health, activity, locks, diagnosis and backups of the PostgreSQL server of this host
.SH SYNOPSIS
.B pgsop
\fICOMMAND\fR [\fIOPTION\fR]...
.br
.B pgsop help
[\fICOMMAND\fR]
.SH DESCRIPTION
PostgreSQL on this host: whether it is well, who is in whose way, why an application cannot connect, and backups that are verified, restored and
drilled. Run it as root (sudo) or as the cluster's owner; as root it becomes the owner first.
.SH COMMANDS
.IP "\fBhealth\fR" 4
whether the server is well
.IP "\fBactivity\fR" 4
what clients do, the harmful first
.IP "\fBlocks\fR" 4
who waits for whom, and stuck migrations
.IP "\fBdiagnose\fR" 4
say why a connection fails
.IP "\fBbackup\fR" 4
back up the databases now
.IP "\fBbackups\fR" 4
list the sets there are
.IP "\fBrestore\fR" 4
bring a database back beside the one there is
.IP "\fBdrill\fR" 4
prove that a set can be restored
.IP "\fBhelp\fR" 4
show the help of a command
.SH OPTIONS OF ALL COMMANDS
.IP "\fB\-\-config\fR \fIFILE\fR" 4
the configuration (default: health.json or backup.json in /etc/pgsop)
.IP "\fB\-h\fR, \fB\-\-help\fR" 4
show this and exit
.SH EXAMPLES
.IP "\fBsudo pgsop health\fR" 4
whether the server is well, and what to do if it is not
.IP "\fBsudo pgsop activity\fR" 4
what clients do, the harmful first
.IP "\fBsudo pgsop locks\fR" 4
who waits for whom, and what became of migrations
.IP "\fBsudo pgsop backups\fR" 4
what there is, and whether it can be trusted
.IP "\fBsudo pgsop backup\fR" 4
back up every database now
.IP "\fBsudo pgsop restore \-\-database appdb\fR" 4
bring appdb back beside the one there is, as appdb_restore
.IP "\fBsudo pgsop drill\fR" 4
prove that the newest set can be restored
.IP "\fBpgsop help restore\fR" 4
everything about one command
.SH EXIT STATUS
0 done, 1 failed, 2 wrong usage; of 'health' and 'backups \-\-check' 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
.SH PGSOP HEALTH
Look whether the server is well: every check of the catalogue, each with what to do if it is not. It only looks. Where the server does not answer, it
says why.
.IP "\fB\-\-all\fR" 4
show checks that are OK too
.IP "\fB\-\-only\fR \fICHECK\fR" 4
only this check, or those that match, such as 'backup.*'; may be repeated
.IP "\fB\-\-watch\fR [\fISECONDS\fR]" 4
look again and again, every 5 seconds, on a terminal
.IP "\fB\-\-output\fR \fIFILE\fR" 4
write to this file, which is replaced at once, instead of standard output
.IP "\fB\-\-scheduled\fR" 4
for cron and timers: silent when all is well, one line in the system's log (journalctl \-t pgsop), warnings and errors on standard error too
.IP "\fB\-\-cluster\fR \fIVERSION/NAME\fR" 4
which cluster, as pg_lsclusters shows it (default: the configured one, or the only one)
.IP "\fB\-\-dsn\fR \fIDSN\fR" 4
look as another role: a libpq connection string, such as 'host=localhost user=monitor'; its password is best in ~/.pgpass. What the role may not see
is UNKNOWN
.IP "\fB\-\-format\fR \fItext|json|nagios|prometheus\fR" 4
text for people, json for programs, nagios, prometheus (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop health\fR" 4
what is not well
.IP "\fBsudo pgsop health \-\-all\fR" 4
every check with what it measured
.IP "\fBsudo pgsop health \-\-watch\fR" 4
the same, again and again
.IP "\fBsudo pgsop health \-\-only 'backup.*'\fR" 4
some checks
.IP "\fBpgsop health \-\-dsn 'host=localhost user=mon'\fR" 4
as another role; what it may not see is UNKNOWN
.IP "\fBsudo pgsop health \-\-format nagios\fR" 4
one line with performance data, then the rest
.IP "\fBsudo pgsop health \-\-format prometheus \-\-output /var/lib/prometheus/node\-exporter/pgsop.prom\fR" 4
.SS EXIT STATUS
0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, by the worst finding; 3 for wrong usage too; with \-\-scheduled 0 when it could look, whatever it saw
.SH PGSOP ACTIVITY
Show what clients do: all of them counted, and a list with the harmful first: those that block others, those that are blocked, those that sleep in a
transaction, those that work, the rest. It only looks.
.IP "\fB\-\-limit\fR \fIN\fR" 4
how many sessions are listed; all are counted (default: 20)
.IP "\fB\-\-cluster\fR \fIVERSION/NAME\fR" 4
which cluster, as pg_lsclusters shows it (default: the configured one, or the only one)
.IP "\fB\-\-dsn\fR \fIDSN\fR" 4
look as another role: a libpq connection string, such as 'host=localhost user=monitor'; its password is best in ~/.pgpass. What the role may not see
is UNKNOWN
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop activity\fR" 4
the counts, and the first 20 sessions
.IP "\fBsudo pgsop activity \-\-limit 200\fR" 4
more of them
.IP "\fBsudo pgsop activity \-\-format json\fR" 4
everything that is known of each, for programs
.IP "\fBpgsop activity \-\-dsn 'host=localhost user=mon'\fR" 4
as another role, which may not see everything
.SS COLUMNS
.IP "\fBCATEGORY\fR" 4
the reason for its place in the list
.IP "\fBTRANS\fR" 4
age of its transaction
.IP "\fBSTATE\fR" 4
state, and for how long
.IP "\fBWAIT\fR" 4
what it waits for
.PP
Statements are cut, and shown without the literals of those that speak of a password.
.SH PGSOP LOCKS
Show who waits for whom, each below what is in its way, with the statements that would end it, and what became of the migrations of each database. It
only looks: no statement that it shows is run.
.IP "\fB\-\-cluster\fR \fIVERSION/NAME\fR" 4
which cluster, as pg_lsclusters shows it (default: the configured one, or the only one)
.IP "\fB\-\-dsn\fR \fIDSN\fR" 4
look as another role: a libpq connection string, such as 'host=localhost user=monitor'; its password is best in ~/.pgpass. What the role may not see
is UNKNOWN
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop locks\fR" 4
what waits, and what migrations do
.IP "\fBsudo pgsop locks \-\-format json\fR" 4
everything that is known, for programs
.IP "\fBpgsop locks \-\-dsn 'host=localhost user=mon'\fR" 4
as another role, which may not see everything
.SH PGSOP DIAGNOSE
Say why a connection does not work: everything between the connection string and the session is looked at, the connection is tried once, and the cause
is named with the command that mends it. It changes nothing. Without sudo only the client's side is seen, and causes that look alike there stay so.
.IP "[\fIDSN\fR]" 4
URI, key=value pairs, the name of a database, or what an application is configured with
.IP "\fB\-\-dsn\-file\fR \fIFILE\fR" 4
what DSN would be, from a file; \- for standard input
.IP "\fB\-\-env\-file\fR \fIFILE\fR" 4
file with variables, such as .env, read as systemd reads EnvironmentFile=; \- for standard input
.IP "\fB\-\-unit\fR \fINAME\fR" 4
environment of this systemd service; its user is the default of \-\-as
.IP "\fB\-\-host\fR \fIHOST\fR" 4
name, address, or folder of the socket (default: as libpq)
.IP "\fB\-\-port\fR \fIPORT\fR" 4
TCP port, also in the name of the socket (default: 5432)
.IP "\fB\-\-database\fR \fINAME\fR" 4
database (default: the name of the role)
.IP "\fB\-\-user\fR \fIROLE\fR" 4
role (default: the name of the user of the host)
.IP "\fB\-\-password\-file\fR \fIFILE\fR" 4
the password is the first line of this file
.IP "\fB\-\-password\-stdin\fR" 4
the password is the first line of standard input
.IP "\fB\-\-error\-file\fR \fIFILE\fR" 4
what the application logged, \- for standard input: its cause is checked on the server; its text is never shown
.IP "\fB\-\-as\fR \fIOSUSER\fR" 4
connect as this user of the host (default: whoever called sudo)
.IP "\fB\-\-as\-client\fR \fINAME\fR" 4
predict what this client library does with the connection string: psycopg, psycopg2, asyncpg, pg8000, sqlalchemy\-asyncpg, django, peewee, connectorx,
odbc, node\-postgres, postgres.js, knex, sequelize, typeorm, prisma, pgx, lib\-pq, jdbc, php\-pdo, ruby\-pg, dbd\-pg (default: libpq)
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop diagnose 'host=localhost dbname=appdb user=appuser'\fR" 4
with the password of your .pgpass
.IP "\fBsudo pgsop diagnose postgresql://appuser@localhost:5432/appdb \-\-password\-file secret\fR" 4
a URI, and a file with the password
.IP "\fBprintf %s \(dq$SECRET\(dq | sudo pgsop diagnose \-\-password\-stdin DSN\fR" 4
the password from somewhere else
.IP "\fBsudo pgsop diagnose \-\-user appuser \-\-database appdb\fR" 4
over the socket, as you
.IP "\fBsudo pgsop diagnose \-\-as deploy service=appdb\fR" 4
as another user of the host would
.IP "\fBsudo pgsop diagnose \-\-as\-client node\-postgres DSN\fR" 4
what node\-postgres would do with it
.IP "\fBsudo pgsop diagnose \-\-unit app\fR" 4
what the service app connects with
.IP "\fBsudo pgsop diagnose \-\-env\-file /etc/app/app.env \-\-as app\fR" 4
a file of variables
.IP "\fBsudo pgsop diagnose \-\-dsn\-file \- < config/database.yml\fR" 4
any other form: see docs/connection\-strings.md
.IP "\fBjournalctl \-u app \-n 50 | sudo pgsop diagnose \-\-error\-file \- DSN\fR" 4
what the application logged, compared with the server
.PP
Arguments are visible in the list of processes: give a connection string with a password in a file.
.SS EXIT STATUS
0 the connection works, 1 it does not and the cause is named, 2 wrong usage, 3 it could not be found out
"""
