#!/bin/sh
# Runs once, as the database is made: who may stream from it, what commits wait for, and what the program says on a
# connection of its own, which a pooler in transaction mode would not take from it.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$REPLICATION_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
create role replicator login replication password :'password';
select pg_create_physical_replication_slot('standby');
alter role current_user set statement_timeout = '5s';
alter role current_user set lock_timeout = '1s';
alter role current_user set idle_in_transaction_session_timeout = '60s';
alter role current_user set jit = off;
-- From the next start on, which follows at once: a write that is acknowledged is on the standby, too.
alter system set synchronous_standby_names = 'standby';
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
