# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest of the man page: the commands for backups, and the end. Made by scripts/cli_docs from the parsers: change these, then run that."""

TEXT = r"""
.SH PGSOP BACKUP
Back up the databases of the cluster into a new set, and read every byte back before the set counts. Sets that are older than the configuration says
are removed afterwards, and only then. Nothing that is there is written over, and a run that fails leaves the sets as they were.
.IP "\fB\-\-database\fR \fINAME\fR" 4
back up this database only; may be given several times (default: all that are not excluded)
.IP "\fB\-\-dry\-run\fR" 4
say what would be done, and do nothing
.IP "\fB\-\-test\-notification\fR" 4
make no backup: run the declared failure command as for a failed backup, with a test message; exit status 1 if it fails or none is declared
.IP "\fB\-\-scheduled\fR" 4
for cron and timers: silent when all is well, one line in the system's log (journalctl \-t pgsop), warnings and errors on standard error too
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop backup\fR" 4
every database that the configuration does not exclude
.IP "\fBsudo pgsop backup \-\-dry\-run\fR" 4
what that would do, and whether there is room for it
.IP "\fBsudo pgsop backup \-\-database appdb\fR" 4
one database only, for example before a migration
.IP "\fBsudo pgsop backup \-\-database a \-\-database b\fR" 4
two of them
.IP "\fBsudo pgsop backup \-\-test\-notification\fR" 4
run pg_backup_failure_command with a test message; no backup
.SH PGSOP BACKUPS
List the backup sets, newest first, with what is wrong with them, how the last runs ended, and what should be done. It only looks; with \-\-verify it
reads every byte and notes in a set what is damaged.
.IP "\fB\-\-verify\fR" 4
read every byte of every set
.IP "\fB\-\-check\fR" 4
answer with an exit status for monitoring, see below
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop backups\fR" 4
the sets
.IP "\fBsudo pgsop backups \-\-verify\fR" 4
the same after reading every byte of every set, which may take long
.IP "\fBsudo pgsop backups \-\-check\fR" 4
the same, with an exit status for monitoring
.IP "\fBsudo pgsop backups \-\-format json\fR" 4
everything that is known, for programs
.SS COLUMNS
.IP "\fBVERIFIED\fR" 4
yes: made completely, read back, its files are as they were written, and no obstacle to a restore is known
.IP "\fBDRILLED\fR" 4
when it was last restored for a test
.IP "\fBCOPIES\fR" 4
how often the copy command took it off the host; none: it is on this disk only
.SS EXIT STATUS
0; with \-\-check 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, by the worst finding
.SH PGSOP RESTORE
Bring a database back from a set, beside the one there is. The new database is compared with what was noted when it was dumped (every table, row
count, sequence and object), and is there only when nothing of it is missing. A database that exists is never written to.
.PP
With \-\-replace the restored database then takes the name of the one there is, which stays under another name until you drop it; nobody may be
connected meanwhile.
.IP "\fB\-\-database\fR \fINAME\fR" 4
the database, as it is called in the set
.IP "\fB\-\-target\fR \fINAME\fR" 4
the database to make, which must not exist (default: the name with _restore behind it)
.IP "\fB\-\-set\fR \fISET\fR" 4
restore from this set: latest, a name that 'pgsop backups' shows, or a moment in UTC such as 2026\-11\-22 or '2026\-11\-22 14:30', which means the
newest set finished by then (default: latest)
.IP "\fB\-\-replace\fR \fINAME\fR" 4
afterwards, put it in the place of this database; it must be the name given with \-\-database, typed a second time because it is meant
.IP "\fB\-\-all\-roles\fR" 4
make every missing role of the set, not only those the database needs
.IP "\fB\-\-keep\-going\fR" 4
if an object cannot be restored, such as a constraint that its rows violate, restore everything else and list what is left out; all rows must be there
all the same; the exit status is then 1 (default: stop at the first failure)
.IP "\fB\-\-dry\-run\fR" 4
say what would be done, and do nothing
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop restore \-\-database appdb\fR" 4
appdb of the newest set, as appdb_restore
.IP "\fBsudo pgsop restore \-\-database appdb \-\-dry\-run\fR" 4
what that would do, and whether it can be done
.IP "\fBsudo pgsop restore \-\-database appdb \-\-target appdb_old \-\-set 2026\-11\-20\fR" 4
as it was on that day, under a name of your own
.IP "\fBsudo pgsop restore \-\-database appdb \-\-replace appdb\fR" 4
in the place of the database there is
.IP "\fBsudo pgsop backups\fR" 4
the sets to choose from
.SH PGSOP DRILL
Prove that a set can be restored: restore its databases under names of their own, compare them with what was noted when they were dumped, ask what the
configuration asks of them, and drop them again. The databases there are, and whoever works in them, are left alone. How long it took is how long a
real restore would take.
.IP "\fB\-\-set\fR \fISET\fR" 4
drill this set: latest, a name that 'pgsop backups' shows, or a moment in UTC such as 2026\-11\-22 or '2026\-11\-22 14:30', which means the newest set
finished by then (default: latest)
.IP "\fB\-\-database\fR \fINAME\fR" 4
drill this database only; may be given several times (default: all of the set)
.IP "\fB\-\-dry\-run\fR" 4
say what would be done, and do nothing
.IP "\fB\-\-scheduled\fR" 4
for cron and timers: silent when all is well, one line in the system's log (journalctl \-t pgsop), warnings and errors on standard error too
.IP "\fB\-\-format\fR \fItext|json\fR" 4
text for people, json for programs (default: text)
.SS EXAMPLES
.IP "\fBsudo pgsop drill\fR" 4
every database of the newest set
.IP "\fBsudo pgsop drill \-\-dry\-run\fR" 4
what that would do, and whether there is room for it
.IP "\fBsudo pgsop drill \-\-database appdb\fR" 4
one of them
.IP "\fBsudo pgsop drill \-\-set 20261122T023000Z\fR" 4
another set
.SH PGSOP HELP
Show the help of pgsop, or of one command, as \-\-help does.
.IP "[\fICOMMAND\fR]" 4
one of the commands (default: all of them, in short)
.SS EXAMPLES
.IP "\fBpgsop help\fR" 4
the commands
.IP "\fBpgsop help restore\fR" 4
everything about one command
.SH FILES
.IP "\fI/etc/pgsop/health.json\fR" 4
Which cluster is examined and how; role pg_monitoring writes it.
.IP "\fI/etc/pgsop/backup.json\fR" 4
What is backed up, where and how; role pg_backup writes it.
.SH ENVIRONMENT
.IP "\fBCOLUMNS\fR" 4
Columns of the terminal. Lines are folded only on a terminal; a pipe gets each line whole.
.IP "\fBNO_COLOR\fR" 4
If it is set, statuses have no color.
.SH SEE ALSO
.BR psql (1),
.BR pg_dump (1),
.BR pg_lsclusters (1)
"""
