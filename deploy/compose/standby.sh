#!/bin/sh
# Copies the primary where there is nothing yet, and follows it from then on.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  PGPASSWORD=$REPLICATION_PASSWORD pg_basebackup --pgdata="$PGDATA" --write-recovery-conf --slot=standby --checkpoint=fast \
    --dbname="host=$PRIMARY_HOST port=$PRIMARY_PORT user=replicator application_name=standby"
  # What a primary waits for, a standby that is promoted would wait for in vain.
  sed -i '/^synchronous_standby_names/d' "$PGDATA/postgresql.auto.conf"
fi
exec "$@"
