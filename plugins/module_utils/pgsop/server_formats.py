# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of PostgreSQL 13 to 18 by the condition that they report, as the server's sources format them."""

from __future__ import annotations

#: Each name of a condition with its messages below it. ``%s`` stands for any text, ``%d`` for a number; neither is ever shown.
FORMATS = """\
check_violation
    new row for relation "%s" violates check constraint "%s"
    new row for relation "%s" violates partition constraint
    check constraint "%s" of relation "%s" is violated by some row
    check constraint "%s" is violated by some row
    partition constraint of relation "%s" is violated by some row
    partition constraint is violated by some row
    updated partition constraint for default partition "%s" would be violated by some row
    no partition of relation "%s" found for row
    value for domain %s violates check constraint "%s"
    column "%s" of table "%s" contains values that violate the new constraint
    domain %s contains values that violate the new constraint
foreign_key_violation
    insert or update on table "%s" violates foreign key constraint "%s"
    update or delete on table "%s" violates foreign key constraint "%s" on table "%s"
    update or delete on table "%s" violates RESTRICT setting of foreign key constraint "%s" on table "%s"
not_null_violation
    null value in column "%s" of relation "%s" violates not-null constraint
    null value in column "%s" violates not-null constraint
    column "%s" of relation "%s" contains null values
    column "%s" of table "%s" contains null values
    column "%s" contains null values
    domain %s does not allow null values
unique_violation
    duplicate key value violates unique constraint "%s"
    could not create unique index "%s"
exclusion_violation
    conflicting key value violates exclusion constraint "%s"
    could not create exclusion constraint "%s"
invalid_text_representation
    invalid input syntax for type %s: "%s"
    invalid input syntax for type %s
    invalid input value for enum %s: "%s"
    malformed array literal: "%s"
    malformed record literal: "%s"
    malformed range literal: "%s"
    malformed multirange literal: "%s"
    invalid input syntax for %s: "%s"
numeric_value_out_of_range
    value "%s" is out of range for type %s
    "%s" is out of range for type %s
    %s out of range
    numeric field overflow
    value overflows numeric format
    value out of range: overflow
    value out of range: underflow
division_by_zero
    division by zero
datetime_field_overflow
    date/time field value out of range: "%s"
    date out of range: "%s"
    timestamp out of range: "%s"
    interval field value out of range: "%s"
    interval out of range
    timestamp out of range
    date out of range for timestamp
    time zone displacement out of range: "%s"
string_data_right_truncation
    value too long for type %s
character_not_in_repertoire
    invalid byte sequence for encoding "%s": %s
    invalid byte sequence for encoding "%s"
untranslatable_character
    character with byte sequence %s in encoding "%s" has no equivalent in encoding "%s"
    unsupported Unicode escape sequence
invalid_datetime_format
    invalid input syntax for type date: "%s"
    invalid input syntax for type interval: "%s"
    invalid input syntax for type time: "%s"
    invalid input syntax for type time with time zone: "%s"
    invalid input syntax for type timestamp: "%s"
    invalid input syntax for type timestamp with time zone: "%s"
    invalid value "%s" for "%s"
    time zone "%s" not recognized
invalid_regular_expression
    invalid regular expression: %s
bad_copy_file_format
    missing data for column "%s"
    extra data after last expected column
    incorrect binary data format
    unexpected EOF in COPY data
    row field count is %d, expected %d
cardinality_violation
    more than one row returned by a subquery used as an expression
query_canceled
    canceling statement due to statement timeout
    canceling statement due to user request
    canceling statement due to lock timeout
lock_not_available
    could not obtain lock on relation "%s"
    could not obtain lock on row in relation "%s"
deadlock_detected
    deadlock detected
admin_shutdown
    terminating connection due to administrator command
crash_shutdown
    terminating connection because of crash of another server process
idle_in_transaction_session_timeout
    terminating connection due to idle-in-transaction timeout
transaction_timeout
    terminating connection due to transaction timeout
in_failed_sql_transaction
    current transaction is aborted, commands ignored until end of transaction block
cannot_connect_now
    the database system is starting up
    the database system is shutting down
    the database system is in recovery mode
    the database system is not yet accepting connections
    the database system is not accepting connections
too_many_connections
    sorry, too many clients already
    too many connections for role "%s"
    too many connections for database "%s"
    remaining connection slots are reserved for %s
invalid_authorization_specification
    role "%s" is not permitted to log in
    no pg_hba.conf entry for %s
    pg_hba.conf rejects connection for %s
    Peer authentication failed for user "%s"
    Ident authentication failed for user "%s"
invalid_password
    password authentication failed for user "%s"
invalid_catalog_name
    database "%s" does not exist
    cannot connect to invalid database "%s"
object_not_in_prerequisite_state
    database "%s" is not currently accepting connections
    must load "%s" module via "shared_preload_libraries"
    %s must be loaded via shared_preload_libraries
    %s must be loaded via "shared_preload_libraries"
    materialized view "%s" has not been populated
    canceling statement due to conflict with recovery
undefined_table
    relation "%s" does not exist
    table "%s" does not exist
    view "%s" does not exist
undefined_column
    column "%s" of relation "%s" does not exist
    column "%s" does not exist
    column %s does not exist
undefined_function
    function %s does not exist
    procedure %s does not exist
    aggregate %s does not exist
    operator does not exist: %s
    data type %s has no default operator class for access method "%s"
undefined_object
    role "%s" does not exist
    type "%s" does not exist
    collation "%s" for encoding "%s" does not exist
    collation "%s" does not exist
    language "%s" does not exist
    extension "%s" does not exist
    tablespace "%s" does not exist
    access method "%s" does not exist
    operator class "%s" does not exist for access method "%s"
    operator class "%s" does not exist
    operator family "%s" does not exist for access method "%s"
    server "%s" does not exist
    foreign-data wrapper "%s" does not exist
    trigger "%s" for table "%s" does not exist
    constraint "%s" of relation "%s" does not exist
    policy "%s" for table "%s" does not exist
    publication "%s" does not exist
    text search configuration "%s" does not exist
    text search dictionary "%s" does not exist
    large object %d does not exist
    unrecognized configuration parameter "%s"
invalid_schema_name
    schema "%s" does not exist
    no schema has been selected to create in
undefined_file
    %s: No such file or directory
duplicate_table
    relation "%s" already exists
duplicate_database
    database "%s" already exists
duplicate_schema
    schema "%s" already exists
duplicate_function
    function "%s" already exists with same argument types
duplicate_column
    column "%s" of relation "%s" already exists
    column "%s" specified more than once
duplicate_object
    role "%s" already exists
    type "%s" already exists
    extension "%s" already exists
    constraint "%s" for relation "%s" already exists
    trigger "%s" for relation "%s" already exists
    policy "%s" for table "%s" already exists
    language "%s" already exists
    server "%s" already exists
    foreign-data wrapper "%s" already exists
    publication "%s" already exists
    subscription "%s" already exists
insufficient_privilege
    could not open file "%s": Permission denied
    permission denied for %s
    permission denied to %s
    permission denied: %s
    permission denied
    must be owner of %s
    must be superuser%s
    must be able to SET ROLE "%s"
    query would be affected by row-level security policy for table "%s"
    new row violates row-level security policy for table "%s"
    new row violates row-level security policy "%s" for table "%s"
    cannot execute %s within security-restricted operation
datatype_mismatch
    column "%s" is of type %s but expression is of type %s
    column "%s" is of type %s but default expression is of type %s
    column "%s" cannot be cast automatically to type %s
invalid_object_definition
    functions in index expression must be marked IMMUTABLE
    functions in index predicate must be marked IMMUTABLE
    generation expression is not immutable
ambiguous_column
    column reference "%s" is ambiguous
ambiguous_function
    function %s is not unique
    operator is not unique: %s
syntax_error
    syntax error at or near "%s"
    syntax error at end of input
    syntax error
wrong_object_type
    "%s" is not a table
    "%s" is not a view
    "%s" is not an index
    cannot change view column %s
dependent_objects_still_exist
    cannot drop %s because other objects depend on it
    role "%s" cannot be dropped because some objects depend on it
feature_not_supported
    extension "%s" is not available
    cannot alter type of a column used by a generated column
    build with %s support is required
invalid_parameter_value
    invalid value for parameter "%s": %s
    extension "%s" has no installation script nor update path for version "%s"
    extension "%s" has no update path from version "%s" to version "%s"
    parameter "%s" requires a Boolean value
cant_change_runtime_param
    parameter "%s" cannot be changed %s
    parameter "%s" cannot be set %s
program_limit_exceeded
    index row size %d exceeds %s maximum %d for index "%s"
    index row requires %d bytes, maximum size is %d
    row is too big: size %d, maximum size %d
    invalid memory alloc request size %d
statement_too_complex
    stack depth limit exceeded
disk_full
    could not extend file "%s": No space left on device
    could not extend file "%s": wrote only %d of %d bytes at block %d
    could not extend file "%s" with FileFallocate(): No space left on device
    could not write to file "%s": No space left on device
    could not write block %d of temporary file: No space left on device
    could not write to tuplestore temporary file: No space left on device
    %s: No space left on device
out_of_memory
    out of memory
    out of shared memory
configuration_limit_exceeded
    temporary file size exceeds "temp_file_limit" (%s)
    temporary file size exceeds temp_file_limit (%s)
read_only_sql_transaction
    cannot execute %s in a read-only transaction
io_error
    could not open file "%s": %s
    could not read file "%s": %s
    could not write to file "%s": %s
    could not fsync file "%s": %s
    could not extend file "%s": %s
data_corrupted
    invalid page in block %d of relation %s
    missing chunk number %d for toast value %d in %s
    could not read block %d in file "%s": read only %d of %d bytes
    could not read blocks %s in file "%s": read only %d of %d bytes
    unexpected chunk number %d (expected %d) for toast value %d in %s
    compressed %s data is corrupt
    could not access status of transaction %d
index_corrupted
    index "%s" contains unexpected zero page at block %d
    index "%s" contains corrupted page at block %d
    could not find tuple using search from root page in index "%s"
    item order invariant violated for index "%s"
    high key invariant violated for index "%s"
    heap tuple %s from table "%s" lacks matching index tuple within index "%s"
"""
