#!/usr/bin/env bash
# A sample consumer: reads penstock.readings from the beginning to the present end and prints, per tag, the number of
# records, the newest one by sample time, and its quality. The same record may stand in the topic twice (delivery is at
# least once): (agent, epoch, seq) names it, so each triple counts once. What is no record of version 1 is passed over.
#   consume.sh BROKERS [TOPIC]        needs kcat and jq
set -euo pipefail
brokers=${1:?usage: consume.sh BROKERS [TOPIC]}
topic=${2:-penstock.readings}

kcat -b "$brokers" -C -t "$topic" -o beginning -e -q -u |
  jq -R -r 'fromjson? | objects | select(.v == 1 and .seq != null)
            | [.agent, .epoch, .seq, "\(.site)/\(.device)/\(.tag)", .ts, (.value // .text // "-"), (.unit // "-"), .q] | @tsv' |
  sort -u -t $'\t' -k1,1 -k2,2 -k3,3n |
  awk -F '\t' '{ count[$4]++; if ($5 > newest[$4]) { newest[$4] = $5; line[$4] = $5 "\t" $6 " " $7 "\t" $8 } }
               END { for (tag in count) print tag "\t" count[tag] " records\t" line[tag] }' |
  sort
