#!/bin/bash
# The part of Kafka's own script that its other scripts rely on.
exec java ${KAFKA_HEAP_OPTS:--Xmx256M} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $KAFKA_LOG4J_OPTS -cp '/opt/kafka/libs/*' "$@"
