#!/usr/bin/env bash
# Makes what compose.yaml needs and no repository may hold: three passwords and the id of the Kafka cluster. What is there stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }

mkdir -p secrets
for name in admin-password penstock-password replication-password; do
  # Readable in the containers, whose users have other numbers; the folder keeps others on this host out.
  [ -s "secrets/$name" ] || random 24 >"secrets/$name"
done
chmod 700 secrets
[ -s .env ] || echo "PENSTOCK_CLUSTER_ID=$(random 16)" >.env
echo "Passwords are in $PWD/secrets, the cluster's id in $PWD/.env"
